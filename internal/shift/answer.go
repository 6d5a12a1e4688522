package shift

import (
	"strings"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// ShiftTaken is the fact that a colleague took what was left: these things are in
// their hands from now on.
type ShiftTaken struct {
	journal.Envelope
	Change string `json:"change"`
	Items  []Item `json:"items"`
}

// Kind implements journal.Fact.
func (ShiftTaken) Kind() string { return "shift.taken.1" }

// ShiftAnswered is the fact that a change of shift ended without anything changing
// hands: refused by the colleague, or withdrawn by who offered it.
type ShiftAnswered struct {
	journal.Envelope
	Change string `json:"change"`
	State  string `json:"state"`
	Why    string `json:"why,omitempty"`
}

// Kind implements journal.Fact.
func (ShiftAnswered) Kind() string { return "shift.answered.1" }

// Take takes what a colleague leaves. What has meanwhile come into other hands is
// not taken; if that is all of it, it refuses shift.nothing_left.
type Take struct {
	Shift string `json:"shift"`
}

// Verb implements act.Command.
func (*Take) Verb() string { return "shift.take" }

// Decide implements act.Command.
func (t *Take) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	c, err := offered(tx, d, t.Shift, func(c Change) bool { return c.To == d.By.User })
	if err != nil {
		return nil, err
	}
	if d.By.Office != c.Office {
		return nil, refusal.New("shift.taker")
	}
	taken := &ShiftTaken{Change: c.ID}
	var gates []journal.Fact
	for _, i := range c.Items {
		if i.Type == ItemGate {
			f, err := protection.TakeOverGate(tx, d, c.From, i.ID)
			if err != nil {
				return nil, err
			}
			if f != nil {
				gates, taken.Items = append(gates, f), append(taken.Items, i)
			}
			continue
		}
		if _, err := known(tx, d, i); err != nil {
			return nil, refusal.New("shift.not_for_you", "Number", i.Number)
		}
		h, err := handOf(tx, i)
		if err != nil {
			return nil, err
		}
		if h.Account == "" || h.Account == c.From {
			taken.Items = append(taken.Items, i)
		}
	}
	if len(taken.Items) == 0 {
		return nil, refusal.Conflict("shift.nothing_left")
	}
	return append([]journal.Fact{taken}, gates...), nil
}

// offered loads a change that awaits an answer, for whoever may give it.
func offered(tx *store.Tx, d *act.Draw, id string, theirs func(Change) bool) (Change, error) {
	c, err := load(tx, d.By, id)
	if err != nil {
		return c, err
	}
	if err := d.Allow(tx, c.resource()); err != nil {
		return c, err
	}
	switch {
	case !theirs(c):
		return c, refusal.New("access.not_yours")
	case c.State != Offered:
		return c, refusal.Conflict("shift.answered")
	}
	return c, nil
}

// Refuse leaves things with who offered them, and says why.
type Refuse struct {
	Shift string `json:"shift"`
	Why   string `json:"why"` // off_shift, too_much, not_mine
}

// Reasons are why somebody does not take what a colleague leaves.
var Reasons = []string{"off_shift", "too_much", "not_mine"}

// Verb implements act.Command.
func (*Refuse) Verb() string { return "shift.refuse" }

// Decide implements act.Command.
func (r *Refuse) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	c, err := offered(tx, d, r.Shift, func(c Change) bool { return c.To == d.By.User })
	if err != nil {
		return nil, err
	}
	for _, why := range Reasons {
		if strings.TrimSpace(r.Why) == why {
			return []journal.Fact{&ShiftAnswered{Change: c.ID, State: Refused, Why: why}}, nil
		}
	}
	return nil, refusal.New("shift.why")
}

// Withdraw takes back what one has offered and nobody has answered.
type Withdraw struct {
	Shift string `json:"shift"`
}

// Verb implements act.Command.
func (*Withdraw) Verb() string { return "shift.withdraw" }

// Decide implements act.Command.
func (w *Withdraw) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	c, err := offered(tx, d, w.Shift, func(c Change) bool { return c.From == d.By.User })
	if err != nil {
		return nil, err
	}
	return []journal.Fact{&ShiftAnswered{Change: c.ID, State: Withdrawn}}, nil
}

func applyTaken(tx *store.Tx, e journal.Entry, f ShiftTaken) error {
	c, err := answered(tx, e, f.Change, Taken, "")
	if err != nil {
		return err
	}
	for _, i := range f.Items {
		if i.Type == ItemGate { // the gate itself says who answers for it
			continue
		}
		h := Hand{Item: i, Account: c.To, Name: c.ToName, Since: e.Created, From: c.FromName}
		if err := tx.Exec(`INSERT INTO in_hand (type, id, account, at, doc) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (type, id) DO UPDATE SET account = excluded.account, at = excluded.at, doc = excluded.doc`,
			i.Type, i.ID, h.Account, store.Micros(h.Since), store.JSON(h)); err != nil {
			return err
		}
	}
	return nil
}

func applyAnswered(tx *store.Tx, e journal.Entry, f ShiftAnswered) error {
	_, err := answered(tx, e, f.Change, f.State, f.Why)
	return err
}

// answered ends a change.
func answered(tx *store.Tx, e journal.Entry, id, state, why string) (Change, error) {
	c, err := store.Doc[Change](tx, `SELECT doc FROM shift_change WHERE id = $1`, id)
	if err != nil {
		return c, err
	}
	c.State, c.Answered, c.Why = state, e.Created, why
	return c, save(tx, c)
}
