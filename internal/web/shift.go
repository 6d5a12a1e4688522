package web

import (
	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/intake"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/shift"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// shifts registers the change of shift.
func (s *Server) shifts(pages *doors) {
	s.page(pages, "/shift", areaCases, func(q *request) (string, any, error) {
		q.live = act.OfficeTopic(q.by.Office)
		v, err := q.shiftPage()
		return "shift", v, err
	})
}

func (q *request) shiftPage() (v view.Shift, err error) {
	ctx := q.r.Context()
	if v.Day, err = q.shiftDay(); err != nil {
		return v, err
	}
	var owed []shift.Item
	if q.permits(areaCases, access.See, "day") {
		d, err := referral.Day(ctx, q.s.Acts, q.by, q.purpose, q.look.Before)
		if err != nil {
			return v, err
		}
		for _, r := range d.Yours {
			owed = append(owed, shift.Item{Type: shift.ItemReferral, ID: r.ID, Number: r.Number})
		}
	}
	leaving, err := shift.Leave(ctx, q.s.Acts, q.by, q.purpose, owed)
	if err != nil {
		return v, err
	}
	v.Nobody = len(leaving.Colleagues) == 0
	if len(leaving.Items) > 0 && !v.Nobody {
		v.Offer = q.offerShift(leaving)
	}
	v.Stays, err = q.staysHere(leaving)
	return v, err
}

// offerShift is the form: everything that can be left, nothing chosen.
func (q *request) offerShift(l shift.Leaving) *view.Act {
	var items, to []component.Option
	for _, i := range l.Items {
		items = append(items, component.Option{Value: i.String(), Label: i.Number, Hint: q.t("shift.item." + i.Type)})
	}
	for _, c := range l.Colleagues {
		to = append(to, component.Option{Value: c.Account, Label: c.Name})
	}
	a := q.act("shift.offer", nil, answers{"items": items, "to": to})
	a.Primary = true
	return &a
}

// staysHere says what cannot be left to a colleague, and why.
func (q *request) staysHere(l shift.Leaving) ([]string, error) {
	var out []string
	if q.takes(captureVerb, nil) {
		begun, err := intake.Drafts(q.r.Context(), q.s.Acts, q.by, q.purpose)
		if err != nil {
			return nil, err
		}
		if len(begun) > 0 {
			out = append(out, q.t("shift.stays.drafts", "Count", len(begun)))
		}
	}
	if l.Notes {
		out = append(out, q.t("shift.stays.notes"))
	}
	return append(out, q.t("shift.stays.alerts"), q.t("shift.stays.signed")), nil
}

// shiftDay is what of changes of shift one's day shows, with what can be answered.
func (q *request) shiftDay() (v view.ShiftDay, err error) {
	d, err := shift.Today(q.r.Context(), q.s.Acts, q.by, q.purpose)
	if err != nil {
		return v, err
	}
	v.URL = "/shift"
	for _, c := range d.Offered {
		row := q.shiftChange(c, c.FromName)
		row.Acts = append(q.each(c.ID, map[string]string{"shift": c.ID}, "shift.take"), q.refuseShift(c.ID)...)
		v.Offered = append(v.Offered, row)
	}
	for _, c := range d.Waiting {
		row := q.shiftChange(c, c.ToName)
		row.Acts = q.each(c.ID, map[string]string{"shift": c.ID}, "shift.withdraw")
		v.Waiting = append(v.Waiting, row)
	}
	for _, c := range d.Ended {
		v.Ended = append(v.Ended, q.shiftChange(c, c.ToName))
	}
	for _, h := range d.Held {
		i := q.shiftItem(h.Item)
		i.From, i.Since = h.From, h.Since
		v.Held = append(v.Held, i)
	}
	return v, nil
}

func (q *request) refuseShift(id string) []view.Act {
	out := q.offered("shift.refuse", map[string]string{"shift": id}, answers{"why": q.codes("shift.why.", shift.Reasons)})
	for i := range out {
		out[i].Verb += "-" + id
	}
	return out
}

func (q *request) shiftChange(c shift.Change, who string) view.ShiftChange {
	out := view.ShiftChange{ID: c.ID, Who: who, Note: c.Note, State: q.t("shift.state." + c.State), At: c.At, Class: "soon"}
	switch c.State {
	case shift.Taken:
		out.Class, out.At = "ok", c.Answered
	case shift.Refused:
		out.Class, out.At, out.Why = "over", c.Answered, q.word("shift.why.", c.Why)
	}
	for _, i := range c.Items {
		out.Items = append(out.Items, q.shiftItem(i))
	}
	return out
}

func (q *request) shiftItem(i shift.Item) view.ShiftItem {
	url := "/cases/" + i.Case
	switch i.Type {
	case shift.ItemReferral:
		url = "/referrals/" + i.ID
	case shift.ItemGate:
		url += "/screening"
	}
	return view.ShiftItem{What: q.t("shift.item." + i.Type), Number: i.Number, URL: url}
}
