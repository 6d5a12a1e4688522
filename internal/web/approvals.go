package web

import (
	"cmp"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/retention"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// approvalClock is the clock within which a packet gets its second person.
const approvalClock = "prog-approval"

// approvals registers what waits for the reader as its second person.
func (s *Server) approvals(pages *doors) {
	s.page(pages, "/approvals", areaCases, func(q *request) (string, any, error) {
		q.live = act.OfficeTopic(q.by.Office)
		d, err := referral.Day(q.r.Context(), q.s.Acts, q.by, q.purpose, time.Time{})
		if err != nil {
			return "", nil, err
		}
		rows, err := q.toApprove(d)
		return "approvals", view.Approvals{Rows: rows, Links: q.approvedElsewhere()}, err
	})
}

// approves reports whether the reader answers for what others of the office do.
func (q *request) approves() bool {
	return q.permits(areaOversight, access.See, "unusual") && q.permits(areaCases, access.See, "queue")
}

// approvedElsewhere leads to what is decided for another purpose, which one
// request does not serve beside this one: accounts and their resets, and what is
// out of the ordinary in the office.
func (q *request) approvedElsewhere() (out []view.Link) {
	if q.permits(areaNode, access.See, "user") {
		out = append(out, view.Link{Text: q.t("approvals.accounts"), URL: "/admin"})
	}
	if q.permits(areaOversight, access.See, "unusual") {
		out = append(out, view.Link{Text: q.t("approvals.unusual"), URL: "/journal/overseen"})
	}
	return out
}

// toApprove are packets, identities and orders to forget that wait for the
// reader's word, the clock that dies first on top; then those without a clock,
// the longest wait first.
func (q *request) toApprove(d referral.DayView) ([]view.Approval, error) {
	var out []view.Approval
	for _, r := range d.Yours {
		if r.Clock == nil || r.Clock.ID != approvalClock {
			continue
		}
		c := q.clock(*r.Clock)
		out = append(out, view.Approval{What: q.t("approvals.packet"), Number: r.Number, Note: q.about(r), URL: "/referrals/" + r.ID, At: r.Clock.Started, Clock: &c})
	}
	asked, err := protection.ListAsked(q.r.Context(), q.s.Acts, q.by, q.purpose)
	if err != nil {
		return nil, err
	}
	for _, x := range asked {
		c := q.lapse(x.At, protection.RevealWaits)
		out = append(out, view.Approval{What: q.t("approvals.identity"), Person: &component.Person{Plant: x.Plant, Case: x.Number}, By: listed(x.By, q.office(q.s.Acts.Node, x.Office)), URL: "/waiting#asked-" + x.ID, At: x.At, Clock: &c})
	}
	if q.keptURL() != "" {
		kept, err := retention.List(q.r.Context(), q.s.Acts, q.by, q.purpose, false)
		if err != nil {
			return nil, err
		}
		for _, w := range kept.Waiting {
			row := view.Approval{What: q.t("approvals.forget"), Number: w.Number, Note: q.t("retention.what." + w.What), By: q.account(w.By), URL: "/retention", At: w.At}
			if w.Plant != "" {
				row.Person, row.Number = &component.Person{Plant: w.Plant, Case: w.Number}, ""
			}
			out = append(out, row)
		}
	}
	slices.SortStableFunc(out, func(a, b view.Approval) int {
		switch {
		case a.Clock != nil && b.Clock != nil:
			return a.Clock.Due.Compare(b.Clock.Due)
		case a.Clock == nil && b.Clock == nil:
			return a.At.Compare(b.At)
		}
		return cmp.Compare(boolRank(a.Clock == nil), boolRank(b.Clock == nil))
	})
	return out, nil
}

func boolRank(last bool) int {
	if last {
		return 1
	}
	return 0
}

// lapse is the clock of a request that falls away by itself.
func (q *request) lapse(since time.Time, span time.Duration) component.Clock {
	due := since.Add(span)
	left := due.Sub(q.s.Acts.Now())
	state := program.OnTrack
	if left < span/4 {
		state = program.DueSoon
	}
	return q.clock(referral.Clock{Node: q.s.Acts.Node, Yours: true, Started: since, Due: due, HasDue: true, Left: left, State: state, Sure: true})
}

// approvalDesk is what of it one's day shows.
func (q *request) approvalDesk(d referral.DayView, v *view.MyDay, say func(n int, key string, pairs ...any)) error {
	rows, err := q.toApprove(d)
	if err != nil {
		return err
	}
	say(len(rows), "my_day.approvals")
	desk := view.Desk{Title: q.t("approvals.title"), URL: "/approvals", All: q.t("my_day.all"), Empty: q.t("approvals.empty"), Side: true}
	for _, r := range rows[:min(len(rows), onADay)] {
		row := view.DeskRow{Title: r.What, URL: r.URL, Person: r.Person, Note: listed(r.Number, r.By), Clock: r.Clock}
		if r.Clock == nil {
			row.At = r.At
		}
		desk.Rows = append(desk.Rows, row)
	}
	v.Desks = append(v.Desks, desk)
	v.Links = append(v.Links, q.approvedElsewhere()...)
	return nil
}
