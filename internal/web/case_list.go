package web

import (
	"slices"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/web/view"
)

// caseList is one's office's cases: what dies first is on top, then what has no
// clock, newest first.
func (q *request) caseList() (view.Cases, error) {
	q.live = act.OfficeTopic(q.by.Office)
	ctx := q.r.Context()
	rows, err := protection.ListCases(ctx, q.s.Acts, q.by, q.purpose)
	if err != nil {
		return view.Cases{}, err
	}
	cases := map[string]string{}
	for _, r := range rows {
		cases[r.ID] = r.Origin
	}
	// Ended referrals too: a victim can challenge one that was not accepted.
	referrals, err := referral.OfCases(ctx, q.s.Acts, q.by, q.purpose, cases)
	if err != nil {
		return view.Cases{}, err
	}
	clocks := firstClocks(referrals)
	slices.SortStableFunc(rows, func(a, b protection.CaseRow) int { return byClock(clocks[a.ID], clocks[b.ID]) })
	v := view.Cases{Total: len(rows), KeptURL: q.keptURL(), RequestsURL: q.requestsURL()}
	if q.takes(captureVerb, nil) {
		v.IntakeURL = "/intake"
	}
	if q.takes("case.open", nil) {
		v.NewURL = "/cases/new"
	}
	for _, r := range rows {
		v.Rows = append(v.Rows, q.caseRow(r, clocks[r.ID]))
	}
	return v, nil
}

// firstClocks are, by case, the clock of its referrals that dies first: a case
// is referred from here, or was opened here for what came.
func firstClocks(rows []referral.Row) map[string]*referral.Clock {
	out := map[string]*referral.Clock{}
	for _, r := range rows {
		for _, id := range []string{r.Case, r.OwnCase} {
			if id != "" && byClock(r.Clock, out[id]) < 0 {
				out[id] = r.Clock
			}
		}
	}
	return out
}

// byClock puts what dies first before what dies later, and that before what
// has no clock.
func byClock(a, b *referral.Clock) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	case a.Before(*b):
		return -1
	case b.Before(*a):
		return 1
	}
	return 0
}

func (q *request) caseRow(r protection.CaseRow, first *referral.Clock) view.CaseRow {
	row := view.CaseRow{Number: r.Number, URL: "/cases/" + r.ID, Title: r.Title, State: q.word("casefile.status.", r.Status), At: r.Opened, People: r.People, Gates: oneGate(r.Open)}
	if r.Event != nil {
		row.Place, row.At = q.placeOf(r.Event.Place), r.Event.When.At
	}
	if first != nil {
		clock := q.clock(*first)
		clock.What = first.Name.In(q.lang)
		row.Clock = &clock
	}
	return row
}
