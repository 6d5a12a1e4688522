package alert

import (
	"slices"
	"strings"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Ended is the outcome as one side found it. Each side says its own; a later
// one of the same side takes its place. Released.
type Ended struct {
	journal.Envelope
	Alert    string `json:"alert"`
	Rescued  int    `json:"rescued"`
	NotFound int    `json:"not_found"`
	Dead     int    `json:"dead"`
}

// Kind implements journal.Fact.
func (Ended) Kind() string { return "alert.ended.1" }

// End records how an alert ended: so many rescued, not found, dead.
type End struct {
	Alert    string `json:"alert"`
	Rescued  int    `json:"rescued,omitempty"`
	NotFound int    `json:"not_found,omitempty"`
	Dead     int    `json:"dead,omitempty"`
	Known    string `json:"known,omitempty"`
}

// Verb implements act.Command.
func (*End) Verb() string { return "alert.end" }

// Decide implements act.Command.
func (c *End) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	a, err := mine(tx, d, c.Alert)
	if err != nil {
		return nil, err
	}
	f := &Ended{Envelope: a.envelope(d.Node), Alert: a.ID, Rescued: c.Rescued, NotFound: c.NotFound, Dead: c.Dead}
	if !f.counts() {
		return nil, refusal.New("alert.outcome_missing")
	}
	if err := a.write(tx, d, &f.Envelope, Words{Text: c.Known}); err != nil {
		return nil, err
	}
	return []journal.Fact{f}, nil
}

// counts reports whether the outcome says what became of somebody.
func (f Ended) counts() bool {
	for _, n := range []int{f.Rescued, f.NotFound, f.Dead} {
		if n < 0 || n > mostPeople {
			return false
		}
	}
	return f.Rescued+f.NotFound+f.Dead > 0
}

func applyEnded(tx *store.Tx, e journal.Entry, f Ended) error {
	return change(tx, f.Alert, func(a *Alert) {
		a.hears(mark(e))
		o := Outcome{Mark: mark(e), Rescued: f.Rescued, NotFound: f.NotFound, Dead: f.Dead}
		a.Outcomes = slices.DeleteFunc(a.Outcomes, func(x Outcome) bool { return x.Node == o.Node })
		a.Outcomes = append(a.Outcomes, o)
		slices.SortFunc(a.Outcomes, func(x, y Outcome) int { return strings.Compare(x.Node, y.Node) })
	})
}

func admitEnded(tx *store.Tx, m wire.Message, f Ended) (wire.Code, error) {
	if !f.counts() {
		return wire.CodeContent, nil
	}
	return admitOf(tx, m, f.Alert)
}

// Reviewed is an after-action entry: what went well, what is to be done
// otherwise. Released; the words are sealed.
type Reviewed struct {
	journal.Envelope
	Alert string `json:"alert"`
}

// Kind implements journal.Fact.
func (Reviewed) Kind() string { return "alert.reviewed.1" }

// Review writes an after-action entry.
type Review struct {
	Alert string `json:"alert"`
	Known string `json:"known"`
}

// Verb implements act.Command.
func (*Review) Verb() string { return "alert.review" }

// Decide implements act.Command.
func (c *Review) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	a, err := mine(tx, d, c.Alert)
	if err != nil {
		return nil, err
	}
	switch {
	case !a.Over():
		return nil, refusal.New("alert.not_over")
	case strings.TrimSpace(c.Known) == "":
		return nil, refusal.New("alert.words_missing")
	}
	f := &Reviewed{Envelope: a.envelope(d.Node), Alert: a.ID}
	if err := a.write(tx, d, &f.Envelope, Words{Text: c.Known}); err != nil {
		return nil, err
	}
	return []journal.Fact{f}, nil
}

func applyReviewed(tx *store.Tx, e journal.Entry, f Reviewed) error {
	return change(tx, f.Alert, func(a *Alert) { a.Reviews = insert(a.Reviews, mark(e)) })
}
