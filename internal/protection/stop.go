package protection

import (
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Stopped is the victim adviser's hold on a case: nothing is sent, shown or
// handed over. It never leaves the node; referrals that are out are withdrawn
// with the one neutral code. Why is sealed.
type Stopped struct {
	journal.Envelope
	ID     string `json:"id"`
	Person string `json:"person,omitempty"` // for whom; empty for the whole case
}

// Kind implements journal.Fact.
func (Stopped) Kind() string { return "protection.stopped.1" }

// Starts tells the id of the stop.
func (f Stopped) Starts() string { return f.ID }

// Lifted ends a stop: a second adviser's act, or a court's order.
type Lifted struct {
	journal.Envelope
	Stop  string `json:"stop"`
	Court string `json:"court,omitempty"` // the court, when one lifted it
	Order string `json:"order,omitempty"` // number of its order
	On    string `json:"on,omitempty"`    // day of it, as YYYY-MM-DD
}

// Kind implements journal.Fact.
func (Lifted) Kind() string { return "protection.lifted.1" }

// Stop holds a case for protection.
type Stop struct {
	Case   string `json:"case"`
	Person string `json:"person,omitempty"`
	Reason string `json:"reason"`
}

// Verb implements act.Command.
func (*Stop) Verb() string { return "protection.stop" }

// Decide implements act.Command.
func (c *Stop) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, keep, err := held(tx, c.Case, c.Person)
	if err != nil {
		return nil, err
	}
	if err := d.Allow(tx, r); err != nil {
		return nil, err
	}
	if c.Reason == "" {
		return nil, refusal.New("protection.reason_missing")
	}
	part, err := d.Seal(tx, d.NewKey(keep), partReason, c.Reason)
	if err != nil {
		return nil, err
	}
	return []journal.Fact{&Stopped{Envelope: journal.Envelope{Case: c.Case, Handling: "H3", Sealed: []wire.Part{part}}, ID: d.ID(), Person: c.Person}}, nil
}

// held is what a stop is about, and whom its reason tells of.
func held(tx *store.Tx, caseID, person string) (r access.Resource, keep string, err error) {
	if person != "" {
		p, err := findHere(tx, caseID, person)
		if err != nil {
			return r, "", err
		}
		return p.resource("measure"), keySubject(person), nil
	}
	r, err = caseResource(tx, caseID, "measure")
	return r, "case/" + caseID, err
}

// LiftStop ends a stop: by another adviser than who stopped, or by a court's
// order, which is recorded whole.
type LiftStop struct {
	Stop  string `json:"stop"`
	Court string `json:"court,omitempty"`
	Order string `json:"order,omitempty"`
	On    string `json:"on,omitempty"`
}

// byCourt reports whether a court's order is recorded: its court, number and a
// day that has come. Part of one is refused as protection.court_order.
func (c *LiftStop) byCourt(now time.Time) (bool, error) {
	if c.Court+c.Order+c.On == "" {
		return false, nil
	}
	on, err := time.Parse(time.DateOnly, c.On)
	if err != nil || c.Court == "" || c.Order == "" || on.After(now.AddDate(0, 0, 1)) { // a day is a day somewhere
		return false, refusal.New("protection.court_order")
	}
	return true, nil
}

// Verb implements act.Command.
func (*LiftStop) Verb() string { return "protection.lift_stop" }

// Signed implements act.Signed.
func (*LiftStop) Signed() {}

// Decide implements act.Command.
func (c *LiftStop) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	s, err := access.Reached[Hold](tx, `SELECT doc FROM protection_stop WHERE id = $1`, []any{c.Stop}, access.Tie{Type: "case", Column: "protection_stop.case_id"})
	if err := access.OrAbsent(err, "stop"); err != nil {
		return nil, err
	}
	r, _, err := held(tx, s.Case, s.Person)
	if err != nil {
		return nil, err
	}
	ordered, err := c.byCourt(d.Now)
	if err != nil {
		return nil, err
	}
	if !ordered {
		if d.By.User == s.By {
			return nil, refusal.New("protection.second_adviser")
		}
		not, err := access.NotSecond(tx, s.By)
		if err != nil {
			return nil, err
		}
		if r.Attrs == nil {
			r.Attrs = map[string]any{}
		}
		r.Attrs[access.AttrNot] = not
	}
	if err := d.Allow(tx, r); err != nil {
		return nil, err
	}
	if !s.Lifted.IsZero() {
		return nil, refusal.Conflict("protection.lifted_already")
	}
	return []journal.Fact{&Lifted{Envelope: journal.Envelope{Case: s.Case, Handling: "H3"}, Stop: c.Stop, Court: c.Court, Order: c.Order, On: c.On}}, nil
}

// Hold is a stop as it stands.
type Hold struct {
	ID     string    `json:"id"`
	Case   string    `json:"case"`
	Person string    `json:"person,omitempty"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Fact   string    `json:"fact"` // holds the sealed reason
	Lifted time.Time `json:"lifted,omitzero"`
	Lifter string    `json:"lifter,omitempty"`
	Court  string    `json:"court,omitempty"`
	Order  string    `json:"order,omitempty"`
	On     string    `json:"on,omitempty"`
}

func (h Hold) save(tx *store.Tx) error {
	return tx.Exec(`INSERT INTO protection_stop (id, case_id, person, lifted, doc) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET lifted = excluded.lifted, doc = excluded.doc`,
		h.ID, h.Case, h.Person, store.Micros(h.Lifted), store.JSON(h))
}

func applyStopped(tx *store.Tx, e journal.Entry, f Stopped) error {
	return Hold{ID: f.ID, Case: e.Case, Person: f.Person, By: account(e), At: e.Created, Fact: e.ID}.save(tx)
}

func applyLifted(tx *store.Tx, e journal.Entry, f Lifted) error {
	h, err := store.Doc[Hold](tx, `SELECT doc FROM protection_stop WHERE id = $1`, f.Stop)
	if err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	h.Lifted, h.Lifter, h.Court, h.Order, h.On = e.Created, account(e), f.Court, f.Order, f.On
	return h.save(tx)
}

// Holds lists the stops of a case, lifted ones too.
func Holds(tx *store.Tx, caseID string) ([]Hold, error) {
	return store.Docs[Hold](tx, `SELECT doc FROM protection_stop WHERE case_id = $1 ORDER BY id`, caseID)
}

// stopped reports whether a stop holds a case.
func stopped(tx *store.Tx, caseID string) (bool, error) {
	var n int
	err := tx.QueryRow(`SELECT COUNT(*) FROM protection_stop WHERE case_id = $1 AND lifted = 0`, caseID).Scan(&n)
	if err != nil {
		return true, fmt.Errorf("stops: %w", err)
	}
	return n > 0, nil
}
