package directory

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// ProposePeer is the first person's half of pairing with a node: its
// descriptor is kept, and its fingerprint is read aloud with the other side.
type ProposePeer struct {
	Descriptor string `json:"descriptor" arg:""`
}

// Verb implements act.Command.
func (*ProposePeer) Verb() string { return "peer.propose" }

// Decide implements act.Command.
func (c *ProposePeer) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	signed := strings.TrimSpace(c.Descriptor)
	desc, err := wire.ReadDescriptor(signed)
	if err != nil {
		return nil, refusal.New("peer.descriptor")
	}
	if err := d.Allow(tx, access.Resource{Type: "peer", ID: desc.Node}); err != nil {
		return nil, err
	}
	if desc.Node == d.Node {
		return nil, refusal.New("peer.itself")
	}
	p, err := exchange.FindPeer(tx, desc.Node)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	if err == nil && p.Status == exchange.PeerApproved {
		if err := newKeys(tx, p, desc); err != nil {
			return nil, err
		}
	}
	founding, err := access.FoundingOpen(tx)
	if err != nil {
		return nil, err
	}
	return []journal.Fact{&exchange.PeerProposal{Peer: desc.Node, Descriptor: signed, Founding: founding}}, nil
}

// ApprovePeer is the second person's half: another person of another office
// has compared the same fingerprint with the other side and gives it here, as
// the 16 words in either language or in hexadecimal.
type ApprovePeer struct {
	Peer        string `json:"peer" arg:""`
	Fingerprint string `json:"fingerprint" required:""`
}

// Verb implements act.Command.
func (*ApprovePeer) Verb() string { return "peer.approve" }

// Decide implements act.Command.
func (c *ApprovePeer) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	if err := d.Allow(tx, access.Resource{Type: "peer", ID: c.Peer}); err != nil {
		return nil, err
	}
	p, err := exchange.FindPeer(tx, c.Peer)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, refusal.NotFound()
	}
	if err != nil {
		return nil, err
	}
	proposed, by := p.Fingerprint, p.Proposed.User
	if p.Renewal != nil {
		proposed, by = p.Renewal.Fingerprint, p.Renewal.Proposed.User
	}
	switch {
	case p.Status == exchange.PeerApproved && p.Renewal == nil:
		return nil, refusal.Conflict("peer.approved_already", "Node", c.Peer)
	case !sameFingerprint(proposed, c.Fingerprint):
		return nil, refusal.New("peer.fingerprint", "Node", c.Peer)
	}
	if err := Second(tx, by, d.By); err != nil {
		return nil, err
	}
	delay, founding, err := peerDelay(tx, by, d.By.User)
	if err != nil {
		return nil, err
	}
	if p.Renewal != nil {
		delay = 0 // the node is a peer already; without its keys the link is down
	}
	return []journal.Fact{&exchange.PeerApproval{Peer: c.Peer, Fingerprint: proposed, Effective: d.Now.Add(delay), Founding: founding}}, nil
}

// peerDelay is the delay of two people's changes; the founders pair with one
// node without delay, every further one waits (DESIGN §7, "Founding").
func peerDelay(tx *store.Tx, first, second string) (delay time.Duration, founding bool, err error) {
	delay, founding, err = access.Delay(tx, first, second)
	if err != nil || !founding {
		return delay, founding, err
	}
	all, err := exchange.Peers(tx)
	if err != nil {
		return 0, false, err
	}
	if slices.ContainsFunc(all, func(p exchange.Peer) bool { return p.Status == exchange.PeerApproved }) {
		return access.DefaultDelay, false, nil
	}
	return 0, true, nil
}

// sameFingerprint compares what a person typed, in words or in hexadecimal.
func sameFingerprint(f wire.Digest, typed string) bool {
	words := strings.FieldsFunc(strings.ToLower(typed), func(r rune) bool { return strings.ContainsRune(" \t\r\n-,.;·", r) })
	if slices.Equal(words, f.Words("en")) || slices.Equal(words, f.Words("es")) {
		return true
	}
	return strings.Join(words, "") == f.String()
}

// Peers lists the nodes that this one knows, proposed ones too.
func Peers(ctx context.Context, a *act.Acts, by access.Actor) ([]exchange.Peer, error) {
	return act.View(ctx, a, by, wire.PurposeAdministration, "peers", func(tx *store.Tx, v *act.Viewing) ([]exchange.Peer, error) {
		all, err := exchange.Peers(tx)
		if err != nil {
			return nil, err
		}
		return seen(v, all, func(p exchange.Peer) access.Resource { return access.Resource{Type: "peer", ID: p.ID} }), nil
	})
}

// Links gives the state of the links with all peers.
func Links(ctx context.Context, a *act.Acts, by access.Actor) ([]exchange.LinkState, error) {
	return act.View(ctx, a, by, wire.PurposeAdministration, "links", func(tx *store.Tx, v *act.Viewing) ([]exchange.LinkState, error) {
		all, err := exchange.Peers(tx)
		if err != nil {
			return nil, err
		}
		out := []exchange.LinkState{}
		for _, p := range seen(v, all, func(p exchange.Peer) access.Resource { return access.Resource{Type: "link", ID: p.ID} }) {
			s, err := exchange.State(tx, p.ID)
			if err != nil {
				return nil, err
			}
			out = append(out, s)
		}
		return out, nil
	})
}

// LinkDetail is the link with one peer in full, for its page.
type LinkDetail struct {
	exchange.LinkState
	Outbox     []exchange.Outgoing       `json:"outbox"`
	RefusedOut []exchange.RefusedMessage `json:"refused_there"`
	Quarantine []exchange.Quarantined    `json:"refused_here"`
}

// Evidence gives what an alarm about a peer's journal can be checked with, as
// the file that oasiss-verify takes.
func Evidence(ctx context.Context, a *act.Acts, by access.Actor, peer, about string) (wire.Histories, error) {
	return act.View(ctx, a, by, wire.PurposeAdministration, "link", func(tx *store.Tx, v *act.Viewing) (wire.Histories, error) {
		if err := v.Must(access.Resource{Type: "link", ID: peer}); err != nil {
			return wire.Histories{}, err
		}
		h, err := exchange.Evidence(tx, peer, about)
		if errors.Is(err, sql.ErrNoRows) {
			return h, refusal.NotFound()
		}
		return h, err
	})
}

// linkRows bounds each list of a link's page.
const linkRows = 100

// Link gives the link with one peer: its state, what waits, what was refused
// on either side.
func Link(ctx context.Context, a *act.Acts, by access.Actor, peer string) (LinkDetail, error) {
	return act.View(ctx, a, by, wire.PurposeAdministration, "link", func(tx *store.Tx, v *act.Viewing) (d LinkDetail, err error) {
		if err := v.Must(access.Resource{Type: "link", ID: peer}); err != nil {
			return d, err
		}
		d.LinkState, err = exchange.State(tx, peer)
		if errors.Is(err, sql.ErrNoRows) {
			return d, refusal.NotFound()
		}
		if err != nil {
			return d, err
		}
		if d.Outbox, err = exchange.Outbox(tx, peer, linkRows); err != nil {
			return d, err
		}
		if d.RefusedOut, err = exchange.RefusedBy(tx, peer, linkRows); err != nil {
			return d, err
		}
		if d.Quarantine, err = exchange.Quarantine(tx, peer, linkRows); err != nil {
			return d, err
		}
		return d, d.known(tx, v)
	})
}

// known leaves of a link's messages those that the reader may know of: the
// members' of their case and referral; what belongs to no case, everybody's. What
// a peer sent and was refused here belongs to nobody yet.
func (d *LinkDetail) known(tx *store.Tx, v *act.Viewing) (err error) {
	hidden := func(id string) bool {
		r := access.Resource{Type: "dispatch", ID: id}
		var e journal.Entry
		if err == nil {
			if e, _, err = journal.Load(tx, id); errors.Is(err, sql.ErrNoRows) || errors.Is(err, journal.ErrForgotten) {
				err = nil // of a message that was never a fact here, or whose case is forgotten, nobody's office is known
			}
		}
		switch {
		case err == nil && e.ID != "" && e.Case == "" && e.Referral == "":
			r.Offices = []string{v.By.Office}
		case err == nil:
			r.Offices, err = act.Knowing(tx, e)
		}
		return !v.See(r)
	}
	d.Outbox = slices.DeleteFunc(d.Outbox, func(o exchange.Outgoing) bool { return hidden(o.ID) })
	d.RefusedOut = slices.DeleteFunc(d.RefusedOut, func(o exchange.RefusedMessage) bool { return hidden(o.ID) })
	d.Quarantine = slices.DeleteFunc(d.Quarantine, func(q exchange.Quarantined) bool { return hidden(q.ID) })
	return err
}
