package referral

import (
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// toldBefore is how long before a protected person crosses the receiving officer
// is told where and when.
const toldBefore = 2 * time.Hour

// whereabouts reports whether somebody is told where and when a protected person
// crosses: the victim adviser at any time, the receiving officer from two hours
// before. Everybody else hears "safe, counted". It is the one rule for pages,
// lists and the API.
func whereabouts(by access.Actor, purpose string, h HandOver, now time.Time) bool {
	switch {
	case !h.Protected:
		return true
	case purpose != wire.PurposeProtection && purpose != wire.PurposeLifeAtRisk:
		return false
	case by.Has(access.RoleAdviser):
		return true
	}
	return by.Has(access.RoleINM) && by.Office == h.Office && !now.Before(h.At.Add(-toldBefore))
}

// without is the hand-over as somebody sees it who is told nothing but that the
// person is safe and counted.
func (h HandOver) without() HandOver { return HandOver{Person: h.Person, Protected: true} }

// receptionSheet draws the sheet of a protected person up for a reader who may
// know that there is one.
func (r Referral) receptionSheet(tx *store.Tx, v *act.Viewing, x Reception, now time.Time) (Sheet, error) {
	a, known, err := x.arrangement(tx, v.Ring)
	if err != nil {
		return Sheet{}, err
	}
	h := x.handOver(r).with(a)
	out := r.drawn(h)
	out.ID, out.Alarm, out.Safe = x.ID, h.alarm(now), !known || !whereabouts(v.By, v.Purpose, h, now)
	if out.Safe {
		out.HandOver = h.without()
		out.Receiver = wire.Address{Node: r.Receiver.Node}
		return out, nil
	}
	out.Clock = r.clock(v.By, h, now)
	if err = out.HandOver.counts(tx, v); err != nil {
		return out, err
	}
	if out.Outside, err = r.outside(tx, x, h); err != nil {
		return out, err
	}
	for _, o := range []struct {
		verb, named string // the procedure names what a suspect's hand-over has of the same
		owner       program.Owner
		open        bool
	}{
		{(*GiveReception)(nil).Verb(), "give", givers, h.waits() && r.Home()},
		{(*ReceiveReception)(nil).Verb(), "receive", receivers, h.Between() && !r.Home() && v.By.Office == h.Office},
		{(*CancelReception)(nil).Verb(), "cancel_hand_over", eitherEnd, h.waits()},
	} {
		rule, ok := r.procedure.Rule(o.named)
		if ok && o.open && v.May(o.verb, r.owned(o.owner, nil)) {
			out.Offered = append(out.Offered, Offer{Step: o.named, Name: rule.Title, Verb: o.verb, Released: true, Signed: rule.Signed})
		}
	}
	return out, nil
}

// outside reports whether the receiving side finds an appointment of the other
// side outside the arrangement. Where and when were sealed when it was admitted;
// here it is looked at again with this side's own data. Nobody who has come is
// turned away for it.
func (r Referral) outside(tx *store.Tx, x Reception, h HandOver) (bool, error) {
	if r.Home() {
		return false, nil
	}
	e, _, err := journal.Load(tx, x.Fact)
	if err != nil {
		return false, nilIfGone(err)
	}
	o, err := r.receiving(tx, h.Office)
	if err != nil {
		return false, err
	}
	err = r.arranged(tx, h, e.Created, o.OfChildren())
	if _, refused := refusal.As(err); refused {
		return true, nil
	}
	return false, err
}
