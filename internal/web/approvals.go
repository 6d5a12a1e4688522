package web

import (
	"cmp"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/directory"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/refusal"
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
		return "approvals", view.Approvals{Rows: rows, Elsewhere: q.approvedElsewhere("")}, err
	})
	s.page(pages, "/approvals/accounts", areaNode, func(q *request) (string, any, error) {
		v, err := q.accountChanges()
		return "approvals_accounts", v, err
	})
	s.page(pages, "/approvals/unusual", areaOversight, func(q *request) (string, any, error) {
		v, err := q.outOfTheOrdinary()
		return "approvals_unusual", v, err
	})
}

// approves reports whether the reader answers for what others of the office do.
func (q *request) approves() bool {
	return q.permits(areaOversight, access.See, "unusual") && q.permits(areaCases, access.See, "queue")
}

// approvedElsewhere leads to what is decided for another purpose. One request
// serves one purpose, so each is a page of its own, which the page of approvals
// fetches into itself, and one's day the first few of: accounts and their resets,
// and what is out of the ordinary in the office.
func (q *request) approvedElsewhere(few string) (out []view.Part) {
	if q.permits(areaNode, access.See, "user") {
		out = append(out, view.Part{ID: "accounts", Text: q.t("approvals.accounts"), URL: "/approvals/accounts", From: "/approvals/accounts" + few})
	}
	if q.permits(areaOversight, access.See, "unusual") {
		out = append(out, view.Part{ID: "unusual", Text: q.t("approvals.unusual"), URL: "/approvals/unusual", From: "/approvals/unusual" + few})
	}
	return out
}

// fewOnADay asks a part for what one's day shows of it, and fewRows is how much
// that is; the part says how many there are.
const (
	fewOnADay = "?few=yes"
	fewRows   = 3
)

// first leaves of a part what was asked for.
func (q *request) first(v *view.Approvals, most int) {
	if q.r.URL.Query().Has("few") {
		most = min(most, fewRows)
	}
	v.Count = len(v.Rows)
	v.Rows = v.Rows[:min(len(v.Rows), most)]
}

// accountChanges are the changes of accounts and offices that one person proposed
// and a second of another office decides: resets of sign-in first, for somebody
// waits at the door, then the longest wait.
func (q *request) accountChanges() (view.Approvals, error) {
	v := view.Approvals{ID: "accounts"}
	if !q.permits(areaNode, access.See, "user") {
		return v, refusal.NotFound()
	}
	d, err := q.directory()
	if err != nil {
		return v, err
	}
	slices.SortStableFunc(d.waiting, func(a, b directory.Proposal) int {
		return cmp.Or(cmp.Compare(boolRank(!opensADoor(a)), boolRank(!opensADoor(b))), a.At.Compare(b.At))
	})
	for _, p := range d.waiting {
		row := view.Approval{What: q.change(d, p), By: q.account(p.By) + ", " + q.office(q.s.Acts.Node, p.ByOffice), URL: "/admin/proposals/" + p.ID, At: p.At}
		if p.ByOffice == q.by.Office {
			row.Note = q.t("approvals.other_office")
		}
		v.Rows = append(v.Rows, row)
	}
	q.first(&v, len(v.Rows))
	return v, nil
}

// opensADoor reports whether somebody cannot sign in until a change is decided.
func opensADoor(p directory.Proposal) bool {
	return p.Change == directory.ChangeReset || p.Change == directory.ChangeUnlock
}

// mostUnusual is how many lines of what is out of the ordinary stand beside what
// waits; all of them stand where oversight reads them.
const mostUnusual = 8

// outOfTheOrdinary is what the reader is told of unusual use, of decoys that were
// touched, where they are told of decoys at all, and of screenings that went faster
// than they can be read: the newest first.
func (q *request) outOfTheOrdinary() (view.Approvals, error) {
	v := view.Approvals{ID: "unusual"}
	if !q.permits(areaOversight, access.See, "unusual") {
		return v, refusal.NotFound()
	}
	all, err := q.overseen()
	if err != nil {
		return v, err
	}
	if all.Decoys != nil {
		for _, x := range all.Decoys.Touches {
			v.Rows = append(v.Rows, view.Approval{What: q.t("overseen.touched"), Note: listed(x.Plant, x.Did), By: listed(x.Who, x.Office), URL: "/journal/overseen#touched", At: x.At})
		}
	}
	for _, x := range all.Unusual {
		v.Rows = append(v.Rows, view.Approval{What: x.What, Note: listed(q.t("approvals.times", "Count", x.Count), x.Usual), By: listed(x.Who, x.Office), URL: "/journal/overseen#unusual", At: x.Last})
	}
	for _, x := range all.Anomalies {
		row := view.Approval{What: q.t("approvals.fast"), By: listed(x.Who, x.Office), URL: "/journal/overseen#fast", At: x.At, Note: q.t("overseen.unopened")}
		if !x.Unopened {
			row.Note = q.t("approvals.seconds", "Seconds", x.Seconds, "Least", x.Least)
		}
		if x.Person.Plant != "" {
			row.Person = &component.Person{Plant: x.Person.Plant, Case: x.Person.Case}
		}
		v.Rows = append(v.Rows, row)
	}
	slices.SortStableFunc(v.Rows, func(a, b view.Approval) int { return b.At.Compare(a.At) })
	q.first(&v, mostUnusual)
	return v, nil
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
	for _, r := range d.Seconds {
		row := view.Approval{What: q.t("approvals.packet"), Number: r.Number, Note: q.about(r), URL: "/referrals/" + r.ID, At: r.Since}
		if r.Clock != nil {
			c := q.clock(*r.Clock)
			row.Clock, row.At = &c, r.Clock.Started
		}
		out = append(out, row)
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
	v.Elsewhere = q.approvedElsewhere(fewOnADay)
	return nil
}
