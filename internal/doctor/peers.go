package doctor

import (
	"context"
	"time"

	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/watch"
	"github.com/oasiss/oasiss/wire"
)

// reachTimeout is how long a peer may take to answer.
const reachTimeout = 10 * time.Second

// recently is how old an alarm of the link may be to be told again.
const recently = 7 * 24 * time.Hour

// peers looks at each node that this one exchanges with: what keeps its link from
// working, and what alarms the link had.
func (x *examination) peers(ctx context.Context) {
	if x.store == nil || x.keys == nil {
		return
	}
	var all []exchange.Peer
	states := map[string]exchange.LinkState{}
	err := x.store.Read(ctx, func(tx *store.Tx) (err error) {
		if all, err = exchange.Peers(tx); err != nil {
			return err
		}
		for _, p := range all {
			if states[p.ID], err = exchange.State(tx, p.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		x.broken("peer", err)
		return
	}
	if len(all) == 0 {
		x.found("peer", OK, "peer_none", "")
	}
	for _, p := range all {
		if !p.Active(x.Now()) {
			x.found("peer", Warning, "peer_waits", "oasiss peer list", "Peer", p.ID)
			continue
		}
		x.active = append(x.active, p)
		x.link(states[p.ID])
	}
}

// reached looks whether each of them answers at its address with the key that was
// compared.
func (x *examination) reached(ctx context.Context) {
	for _, p := range x.active {
		x.reach(ctx, p)
	}
}

// reach tries the peer's address.
func (x *examination) reach(ctx context.Context, p exchange.Peer) {
	if p.URL == "" {
		x.found("peer", OK, "peer_comes", "", "Peer", p.ID)
		return
	}
	d, err := wire.ReadDescriptor(p.Descriptor)
	if err != nil {
		x.broken("peer", err)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, reachTimeout)
	defer cancel()
	r := exchange.Reach(ctx, x.keys.TLS, d)
	if r.Problem != "" {
		x.found("peer", Fault, "peer_unreached", "curl -vk "+quoted(p.URL), "Peer", p.ID, "Address", p.URL, "Why", problem(r.Problem))
		return
	}
	x.found("peer", OK, "peer_reached", "", "Peer", p.ID, "Address", p.URL, "Fingerprint", p.Fingerprint.String()[:16])
	if r.Ahead.Abs() > x.Limits.Clock {
		x.found("clock", Fault, watch.ClockApart, "sudo timedatectl set-ntp true", "Peer", p.ID, "Span", watch.Span(r.Ahead))
	}
}

// link tells what the link itself has had.
func (x *examination) link(s exchange.LinkState) {
	show := "oasiss link show " + quoted(s.Peer.ID)
	if s.Problem != "" {
		x.found("peer", Warning, "peer_problem", show, "Peer", s.Peer.ID, "Why", problem(s.Problem), "Count", s.Tries)
	}
	for _, a := range s.Alarms {
		if x.Now().Sub(a.At) < recently {
			x.found("peer", Warning, "peer_alarm", show, "Peer", s.Peer.ID, "Why", alarm(a.Code), "Day", day{a.At})
		}
	}
	if !s.Cosigned.At.IsZero() {
		x.found("peer", OK, "peer_cosigned", "", "Peer", s.Peer.ID, "Span", watch.Span(x.Now().Sub(s.Cosigned.At)), "Size", watch.Count(s.Cosigned.Size))
	}
}

// problem is a code of what keeps a link from working, read as its words.
type problem string

// In writes it in a language.
func (p problem) In(l i18n.Lang) string { return i18n.T(l, "link.problem."+string(p)) }

// alarm is a code of an alarm of the link, read as its words.
type alarm string

// In writes it in a language.
func (a alarm) In(l i18n.Lang) string { return i18n.T(l, "alarm."+string(a)) }
