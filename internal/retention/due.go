package retention

import (
	"cmp"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/alert"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/consular"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/store"
)

// Row is one thing that is kept, with its term.
type Row struct {
	What     string       `json:"what"` // case, person, referral, alert, notice
	Object   string       `json:"object"`
	Case     string       `json:"case,omitempty"`
	Number   string       `json:"number,omitempty"` // of the case or referral
	Plant    string       `json:"plant,omitempty"`  // of a person, or of whom a notice is about
	Danger   string       `json:"danger,omitempty"` // of an alert
	Class    string       `json:"class"`
	Name     program.Text `json:"name"`
	Source   program.Text `json:"source"` // of law
	Verified bool         `json:"verified"`
	Started  time.Time    `json:"started"`
	Review   time.Time    `json:"review,omitzero"`
	Purge    time.Time    `json:"purge,omitzero"`
	State    string       `json:"state"` // running, review_due, purge_due
	Held     bool         `json:"held,omitempty"`
	// Holds are the legal holds that stand, of a case.
	Holds  []casefile.LegalHold `json:"holds,omitempty"`
	Next   time.Time            `json:"next,omitzero"` // to which it was decided to keep it
	KeptBy string               `json:"kept_by,omitempty"`
}

// Due is the day on which the row asks for somebody.
func (r Row) Due() time.Time {
	switch {
	case !r.Next.IsZero():
		return r.Next
	case r.Purge.IsZero() || !r.Review.IsZero() && r.Review.Before(r.Purge) && r.State != program.PurgeDue:
		return r.Review
	}
	return r.Purge
}

// most bounds what is gone through for one list, of each kind.
const most = 2000

// rowsOf are the terms of everything that an office keeps, those that ask for
// somebody first. What may be shown is decided for each by who asks.
func rowsOf(tx *store.Tx, office string, now time.Time) ([]Row, error) {
	cases, err := casefile.Oldest(tx, office, most)
	if err != nil {
		return nil, err
	}
	var out []Row
	for _, c := range cases {
		rows, err := ofCase(tx, c)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	received, err := referral.Unopened(tx, office, most)
	if err != nil {
		return nil, err
	}
	for _, r := range received {
		h := program.Held{Of: program.KeptCase, Opened: r.Opened, Suspects: 1}
		if e, ended := r.Ending(); ended {
			h.Endings = append(h.Endings, e)
		}
		out = add(out, h, Row{What: keptReferral, Object: r.ID, Number: r.Number})
	}
	over, err := alert.Past(tx, office, most)
	if err != nil {
		return nil, err
	}
	for _, a := range over {
		held, err := casefile.Held(tx, a.Case)
		if err != nil {
			return nil, err
		}
		out = add(out, program.Held{Of: program.KeptAlert, Opened: a.Raised.At, Ended: a.EndedAt()}, Row{What: program.KeptAlert, Object: a.ID, Danger: a.Danger, Held: held})
	}
	if out, err = ofNotices(tx, out, office); err != nil {
		return nil, err
	}
	return decided(tx, out, now)
}

// ofNotices are the terms of what a consulate keeps.
func ofNotices(tx *store.Tx, out []Row, office string) ([]Row, error) {
	notices, err := consular.Received(tx, office, most)
	if err != nil {
		return nil, err
	}
	for _, n := range notices {
		last, err := n.LastDone(tx)
		if err != nil {
			return nil, err
		}
		out = add(out, program.Held{Of: program.KeptNotice, Opened: n.Sent.At, Ended: last}, Row{What: program.KeptNotice, Object: n.ID, Plant: n.Person})
	}
	return out, nil
}

// add computes the term of what is held, and leaves out what has none.
func add(out []Row, h program.Held, r Row) []Row {
	term, ok := program.Keep(h)
	if !ok {
		return out
	}
	c := term.Class
	r.Class, r.Name, r.Source, r.Verified, r.Started, r.Review, r.Purge = c.ID, c.Title, c.Source, c.Verified.Sure(), term.Start, term.Review, term.Purge
	return append(out, r)
}

// decided adds what somebody decided, and orders the rows.
func decided(tx *store.Tx, rows []Row, now time.Time) ([]Row, error) {
	for i := range rows {
		k, err := kept(tx, rows[i].Object)
		if err != nil {
			return nil, err
		}
		r := &rows[i]
		r.Next, r.KeptBy = k.Until, k.By
		r.State = program.Term{Review: r.Review, Purge: r.Purge}.State(r.Next, now)
	}
	rank := map[string]int{program.PurgeDue: 0, program.ReviewDue: 1, program.KeptRunning: 2}
	slices.SortStableFunc(rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(rank[a.State], rank[b.State]), a.Due().Compare(b.Due()), cmp.Compare(a.Object, b.Object))
	})
	return rows, nil
}

// ofCase are the terms of a case and of those of its people who have their own.
func ofCase(tx *store.Tx, c casefile.Case) ([]Row, error) {
	if c.Status == casefile.StatusForgotten {
		return nil, nil
	}
	closed, err := casefile.ClosedAt(tx, c)
	if err != nil {
		return nil, err
	}
	holds, err := casefile.LegalHolds(tx, c.ID)
	if err != nil {
		return nil, err
	}
	holds = slices.DeleteFunc(holds, func(h casefile.LegalHold) bool { return !h.Lifted.IsZero() })
	held := len(holds) > 0
	people, err := casefile.People(tx, c.ID)
	if err != nil {
		return nil, err
	}
	endings, err := endingsOf(tx, c)
	if err != nil {
		return nil, err
	}
	whole := program.Held{Of: program.KeptCase, Opened: c.Opened, Closed: closed, Endings: endings[everybody]}
	if len(whole.Endings) > 0 {
		whole.Suspects = 1
	}
	var rows []Row
	for _, p := range people {
		if p.Gone() {
			continue
		}
		var own []program.Ending
		for _, id := range append([]string{p.ID}, p.Also...) {
			own = append(own, endings[id]...)
		}
		if p.Has("suspect") {
			whole.Suspects++
			whole.Endings = append(whole.Endings, own...)
		}
		h := program.Held{Of: program.KeptPerson, Opened: c.Opened, Closed: closed, Endings: own, Suspect: p.Class == casefile.Suspect,
			Child: p.Age != casefile.Adult, Protected: p.Class == casefile.Protected}
		rows = add(rows, h, Row{What: program.KeptPerson, Object: p.ID, Case: c.ID, Number: c.Number, Plant: p.Plant, Held: held})
	}
	return add(rows, whole, Row{What: program.KeptCase, Object: c.ID, Case: c.ID, Number: c.Number, Held: held, Holds: holds}), nil
}

// everybody is under whom an ending stands that is about all whom a referral
// received asks to prosecute: who they are, the other side knows.
const everybody = ""

// endingsOf is how the case ended for each suspect: by what is recorded in it,
// and by its referrals, as both nodes see them.
func endingsOf(tx *store.Tx, c casefile.Case) (map[string][]program.Ending, error) {
	out := map[string][]program.Ending{}
	items, err := casefile.Items(tx, c.ID, "outcome")
	if err != nil {
		return nil, err
	}
	for _, i := range items {
		var o casefile.Outcome
		if err := i.Decode(&o); err != nil {
			return nil, err
		}
		out[o.Person] = append(out[o.Person], program.Ending{Outcome: o.Kind, At: o.Moment()})
	}
	referrals, err := referral.Of(tx, c)
	if err != nil {
		return nil, err
	}
	for _, r := range referrals {
		e, ended := r.Ending()
		if !ended {
			continue
		}
		suspects := r.Suspects
		if !r.Home() {
			suspects = []string{everybody}
		}
		for _, s := range suspects {
			out[s] = append(out[s], e)
		}
	}
	return out, nil
}
