package web

import (
	"context"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/directory"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/watch"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// link is the state of the link with one node: the first one paired if none is
// named.
func (q *request) link(peer string) (view.Links, error) {
	peers, err := q.s.paired(q.r.Context())
	if err != nil {
		return view.Links{}, err
	}
	if peer == "" && len(peers) > 0 {
		peer = peers[0].ID
	}
	told, err := q.told(func(a watch.Alarm) bool {
		return a.Peer == "" || a.Peer == peer && a.Code == watch.NotTaken // the page itself tells of clocks and cosignatures
	})
	if err != nil || peer == "" {
		return view.Links{Told: told}, err
	}
	d, err := directory.Link(q.r.Context(), q.s.Acts, q.by, peer)
	if err != nil {
		return view.Links{}, err
	}
	out := q.linkState(d)
	out.Told = told
	for _, p := range peers {
		if len(peers) > 1 {
			out.Others = append(out.Others, view.Link{Text: p.Name(string(q.lang)), URL: "/links/" + p.ID, Current: p.ID == peer})
		}
	}
	return out, nil
}

// paired lists the nodes that this one exchanges with.
func (s *Server) paired(ctx context.Context) (out []exchange.Peer, err error) {
	err = s.Acts.DB.Read(ctx, func(tx *store.Tx) error {
		all, err := exchange.Peers(tx)
		for _, p := range all {
			if p.Status == exchange.PeerApproved {
				out = append(out, p)
			}
		}
		return err
	})
	return out, err
}

func (q *request) linkState(d directory.LinkDetail) view.Links {
	now, limits := q.s.Acts.Now(), q.s.Limits
	out := view.Links{Peer: strings.ToLower(d.Peer.Country), Name: d.Peer.Name(string(q.lang)), Live: d.Live(now) || d.Live(time.Now()), LastContact: d.Heard,
		Tried: d.Tried, Tries: d.Tries, Ahead: d.Ahead.Abs(), ClockOff: limits.Clock > 0 && d.Ahead.Abs() > limits.Clock,
		Cosigned: cosigned(d.Cosigned, now, limits), WeCosigned: cosigned(d.Witnessed, now, limits)}
	if d.Problem != "" {
		out.Problem = q.word("link.problem.", d.Problem)
	}
	var queued int64
	for _, l := range d.Lanes {
		queued += l.Queued
		out.Lanes = append(out.Lanes, view.Lane{NameKey: "links.lane." + l.Lane, Queue: l.Queued, Oldest: l.Oldest, Sent: l.Sent, Came: l.Received, Receipt: l.Receipt, Void: int64(l.Void)})
	}
	for _, o := range d.Outbox {
		why := "delivery.queued"
		if o.Seq == 0 {
			why, queued = "delivery.waiting", queued+1
		}
		out.Waiting = append(out.Waiting, view.Waiting{Kind: q.kind(o.Of), LaneKey: "links.lane." + o.Lane, Why: q.t(why), Since: o.Since, Expires: o.Expires})
	}
	out.More = max(0, int(queued)-len(out.Waiting))
	for _, r := range d.RefusedOut {
		out.Refused = append(out.Refused, view.Refused{Kind: q.kind(r.Of), Why: q.word("receipt.code.", string(r.Code)), Country: out.Peer, At: r.At})
	}
	for _, r := range d.Quarantine {
		out.Refused = append(out.Refused, view.Refused{Kind: q.word("links.what.", r.What), Why: q.word("receipt.code.", string(r.Code)), Country: q.country(q.s.Acts.Node), At: r.At})
	}
	for _, a := range d.Alarms {
		out.Alarms = append(out.Alarms, view.Alarm{Words: q.word("alarm.", a.Code), At: a.At})
	}
	q.peerFacts(d, &out)
	return out
}

func cosigned(s exchange.Seen, now time.Time, l watch.Limits) view.Cosigned {
	return view.Cosigned{Size: s.Size, At: s.At, Late: s.At.IsZero() || l.Cosigned > 0 && now.Sub(s.At) > l.Cosigned}
}

// told are the alarms that stand now, as remarks.
func (q *request) told(which func(watch.Alarm) bool) (out []component.Note, err error) {
	st, err := q.s.Watch.Look(q.r.Context())
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, l := range st.Links {
		names[l.Peer.ID] = l.Peer.Name(string(q.lang))
	}
	for _, a := range st.Alarms(q.s.Limits) {
		if which(a) {
			says, next := a.Words(q.lang, st.At, names[a.Peer])
			out = append(out, component.Note{Kind: "over", Title: says, Text: next})
		}
	}
	return out, nil
}

// peerFacts adds who the other node is and who vouched for its key.
func (q *request) peerFacts(d directory.LinkDetail, out *view.Links) {
	for _, l := range i18n.Languages() {
		out.Words = append(out.Words, view.KeyWords{Name: i18n.T(l, "links.language"), Lang: l.Tag(), Words: d.Peer.Fingerprint.Words(string(l))})
	}
	out.Facts = []view.Fact{{Label: q.t("links.name"), Value: out.Name}}
	if d.Peer.URL != "" {
		out.Facts = append(out.Facts, view.Fact{Label: q.t("links.address"), Value: d.Peer.URL, Mono: true})
	} else {
		out.Facts = append(out.Facts, view.Fact{Label: q.t("links.address"), Value: q.t("links.dials_us")})
	}
	for _, v := range []exchange.Vouch{d.Peer.Proposed, d.Peer.Approved} {
		if v.Name != "" {
			out.Facts = append(out.Facts, view.Fact{Label: q.t("links.vouched"), Value: v.Name + ", " + q.office(q.s.Acts.Node, v.Office) + ", " + i18n.Date(q.lang, v.At, q.zone())})
		}
	}
	for _, n := range []struct {
		key   string
		count int
	}{{"links.expired", d.Expired}, {"links.voided", d.Voided}} {
		if n.count > 0 {
			out.Facts = append(out.Facts, view.Fact{Label: q.t(n.key), Value: i18n.Number(q.lang, int64(n.count))})
		}
	}
}

// kind is what a kind of fact says was done, in words.
func (q *request) kind(kind string) string { return q.word("kind.", kind) }
