package web

import (
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// waitings registers what waits for the reader to protect somebody: requests to
// show a child's identity, as second person, consents taken back across the
// border, and services that do not know of it yet. One's day leads there.
func (s *Server) waitings(pages *doors) {
	s.page(pages, "/waiting", areaProtection, func(q *request) (string, any, error) {
		q.live = act.OfficeTopic(q.by.Office)
		v, err := q.waiting()
		for i := range v.Asked {
			fixed := map[string]string{"request": v.Asked[i].ID}
			v.Asked[i].Acts = q.each(v.Asked[i].ID, fixed, "protection.reveal_approve", "protection.reveal_refuse")
		}
		for i := range v.Withdrawn {
			fixed := map[string]string{"consent": v.Withdrawn[i].Consent, "referral": v.Withdrawn[i].Referral}
			v.Withdrawn[i].Acts = q.each(v.Withdrawn[i].ID, fixed, "protection.acknowledge_withdrawal")
		}
		for i := range v.ToTell {
			v.ToTell[i].Acts = q.each(v.ToTell[i].ID, map[string]string{"consent": v.ToTell[i].ID}, "protection.tell_service")
		}
		return "waiting", v, err
	})
}

// each offers acts on one row of many: their places on the page tell the rows apart.
func (q *request) each(row string, fixed map[string]string, verbs ...string) []view.Act {
	var out []view.Act
	for _, verb := range verbs {
		for _, a := range q.offered(verb, fixed, nil) {
			a.Verb += "-" + row
			out = append(out, a)
		}
	}
	return out
}

// waiting is what waits, as one's day and its own page show it.
func (q *request) waiting() (view.Awaited, error) {
	var out view.Awaited
	asked, err := protection.ListAsked(q.r.Context(), q.s.Acts, q.by, q.purpose)
	if err != nil {
		return out, err
	}
	for _, x := range asked {
		out.Asked = append(out.Asked, view.Asked{ID: x.ID, Person: component.Person{Plant: x.Plant, Case: x.Number}, URL: "/waiting#asked-" + x.ID, At: x.At,
			By: x.By, Office: q.office(q.s.Acts.Node, x.Office), Purpose: q.t("purpose." + x.Purpose), Reason: x.Reason, Minutes: x.Minutes})
	}
	withdrawn, err := protection.ListUnacknowledged(q.r.Context(), q.s.Acts, q.by, q.purpose)
	if err != nil {
		return out, err
	}
	for _, x := range withdrawn {
		id := x.Consent + "-" + x.Referral // one consent may have let something go on several referrals
		row := view.Withdrawn{ID: id, Consent: x.Consent, Referral: x.Referral, URL: "/waiting#withdrawn-" + id, ReferralURL: "/referrals/" + x.Referral, Country: q.country(x.From.Node), At: x.At,
			Clock: q.clock(referral.Clock{Node: q.s.Acts.Node, Yours: true, Started: x.At, Due: x.Due, HasDue: true, Left: x.Left, State: x.State, Sure: x.Sure})}
		q.lookUp(func(tx *store.Tx) error {
			if r, err := referral.Load(tx, x.Referral); err == nil {
				row.Number = r.Number
			}
			return nil // a withdrawal may come before its referral
		})
		out.Withdrawn = append(out.Withdrawn, row)
	}
	out.ToTell, err = q.toTell()
	return out, err
}

// toTell are the receiving services that the reader has to tell of a withdrawal.
func (q *request) toTell() (out []view.ToTell, err error) {
	all, err := protection.ListToTell(q.r.Context(), q.s.Acts, q.by, q.purpose)
	for _, x := range all {
		out = append(out, view.ToTell{ID: x.Consent, Person: component.Person{Plant: x.Plant, Case: x.Number, URL: "/people/" + x.Person}, Service: q.receiver(x.Receiver), URL: "/waiting#tell-" + x.Consent, At: x.At,
			Clock: q.clock(referral.Clock{Node: q.s.Acts.Node, Yours: true, Started: x.At, Due: x.Due, HasDue: true, Left: x.Left, State: x.State, Sure: x.Sure})})
	}
	return out, err
}
