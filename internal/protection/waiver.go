package protection

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// A return is voluntary only with a waiver that the person signed, in a language
// of theirs and after the fear question was asked (DESIGN §8). Whoever is asked
// again has answered anew, and signs again.

// ReturnWaived is the fact that a person signed that they return by their own
// will. In which language and through whom it was explained is sealed.
type ReturnWaived struct {
	journal.Envelope
	Person    string `json:"person"`
	Screening string `json:"screening"` // fact of the screening that it follows
}

// Kind implements journal.Fact.
func (ReturnWaived) Kind() string { return "protection.return_waived.1" }

// Explained is how a waiver was explained, sealed.
type Explained struct {
	Language    string `json:"language"`
	Interpreter string `json:"interpreter,omitempty"`
}

// WaiveReturn records the waiver that a person signed before somebody outside
// arrest and prosecution.
type WaiveReturn struct {
	Case        string `json:"case"`
	Person      string `json:"person"`
	Language    string `json:"language"`
	Interpreter string `json:"interpreter,omitempty"`
	// InterpreterHousehold says that the interpreter lives with somebody of the
	// case, or was of the group.
	InterpreterHousehold bool `json:"interpreter_household,omitempty"`
	// Signed says that the person read it or had it read to them, was told that
	// saying no changes nothing, and signed.
	Signed bool `json:"signed"`
}

// Verb implements act.Command.
func (*WaiveReturn) Verb() string { return "protection.waive_return" }

// Decide implements act.Command.
func (c *WaiveReturn) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	p, err := allowed(tx, d, c.Case, c.Person, "consent")
	if err != nil {
		return nil, err
	}
	switch {
	case !c.Signed:
		return nil, refusal.New("protection.waiver_unsigned")
	case slices.Contains(p.Takers, d.By.User):
		return nil, refusal.New("protection.taker_not_apart")
	}
	asked, err := p.askedLast(tx)
	if err != nil {
		return nil, err
	}
	if err := c.understood(tx, d, asked); err != nil {
		return nil, err
	}
	if barred, err := HandOverBarred(tx, c.Case, c.Person); err != nil {
		return nil, err
	} else if barred {
		return nil, refusal.New("protection.waiver_gate_shut")
	}
	f := &ReturnWaived{Envelope: journal.Envelope{Case: c.Case, Handling: "H3"}, Person: p.ID, Screening: asked.Fact}
	part, err := d.Seal(tx, d.NewKey(keySubject(p.ID)), partWaiver, Explained{c.Language, c.Interpreter})
	if err != nil {
		return nil, err
	}
	f.Sealed = []wire.Part{part}
	return []journal.Fact{f}, nil
}

// understood demands the language in which the person answered the screening.
func (c *WaiveReturn) understood(tx *store.Tx, d *act.Draw, asked screening) error {
	if err := casefile.InterpreterApart(tx, d, c.Case, c.Interpreter, c.InterpreterHousehold); err != nil {
		return err
	}
	e, _, err := journal.Load(tx, asked.Fact)
	if err != nil {
		return fmt.Errorf("screening before a waiver: %w", err)
	}
	part, _ := e.Part(partAnswers)
	var given Given
	if err := d.Open(tx, part, &given); err != nil {
		return fmt.Errorf("screening before a waiver: %w", err)
	}
	if c.Language != given.Language {
		return refusal.New("protection.waiver_language")
	}
	return nil
}

// askedLast is the person's last screening; a waiver before it is refused.
func (p subject) askedLast(tx *store.Tx) (last screening, err error) {
	for _, id := range p.ids() {
		s, err := loadScreening(tx, p.Case, id)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return last, err
		}
		if s.At.After(last.At) {
			last = s
		}
	}
	if last.Fact == "" {
		return last, refusal.New("protection.waiver_before_fear")
	}
	return last, nil
}

// WaiverWithdrawn is the fact that the person no longer returns by their own will.
type WaiverWithdrawn struct {
	journal.Envelope
	Person string `json:"person"`
}

// Kind implements journal.Fact.
func (WaiverWithdrawn) Kind() string { return "protection.return_waiver_withdrawn.1" }

// WithdrawWaiver records that a person takes the waiver back. Whoever holds the
// case may say so.
type WithdrawWaiver struct {
	Case   string `json:"case"`
	Person string `json:"person"`
}

// Verb implements act.Command.
func (*WithdrawWaiver) Verb() string { return "protection.withdraw_waiver" }

// Decide implements act.Command.
func (c *WithdrawWaiver) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	p, err := allowed(tx, d, c.Case, c.Person, "consent")
	if err != nil {
		return nil, err
	}
	if signed, err := p.waived(tx); err != nil {
		return nil, err
	} else if !signed {
		return nil, refusal.New("protection.no_waiver")
	}
	return []journal.Fact{&WaiverWithdrawn{Envelope: journal.Envelope{Case: c.Case, Handling: "H3"}, Person: p.ID}}, nil
}

// waiver is the row of a person's last waiver.
type waiver struct {
	Fact      string    `json:"fact"`
	Screening string    `json:"screening"`
	At        time.Time `json:"at"`
	By        string    `json:"by"` // account
	Withdrawn time.Time `json:"withdrawn,omitzero"`
}

func (x waiver) save(tx *store.Tx, caseID, person string) error {
	return tx.Exec(`INSERT INTO return_waiver (case_id, person, doc) VALUES ($1, $2, $3)
		ON CONFLICT (case_id, person) DO UPDATE SET doc = excluded.doc`, caseID, person, store.JSON(x))
}

func applyWaived(tx *store.Tx, e journal.Entry, f ReturnWaived) error {
	return waiver{Fact: e.ID, Screening: f.Screening, At: e.Created, By: account(e)}.save(tx, e.Case, f.Person)
}

func applyWaiverWithdrawn(tx *store.Tx, e journal.Entry, f WaiverWithdrawn) error {
	x, err := loadWaiver(tx, e.Case, f.Person)
	if err != nil {
		return fmt.Errorf("waiver: %w", err)
	}
	x.Withdrawn = e.Created
	return x.save(tx, e.Case, f.Person)
}

func loadWaiver(tx *store.Tx, caseID, person string) (waiver, error) {
	return store.Doc[waiver](tx, `SELECT doc FROM return_waiver WHERE case_id = $1 AND person = $2`, caseID, person)
}

// waived reports whether a waiver holds: signed after the last screening, and
// not taken back.
func (p subject) waived(tx *store.Tx) (bool, error) {
	for _, id := range p.ids() {
		x, err := loadWaiver(tx, p.Case, id)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return false, fmt.Errorf("waiver: %w", err)
		}
		last, err := p.askedLast(tx)
		if err != nil {
			return false, err
		}
		if x.Withdrawn.IsZero() && x.Screening == last.Fact {
			return true, nil
		}
	}
	return false, nil
}

// ReturnsFreely reports whether a person has signed that they return by their
// own will, after the fear question was last asked.
func ReturnsFreely(tx *store.Tx, caseID, person string) (bool, error) {
	p, err := find(tx, caseID, person)
	if err != nil {
		return false, err
	}
	return p.waived(tx)
}

// AgreedNeeds are the needs for the next hours that the person agreed to pass
// on with them (DESIGN §8): never the answers behind them.
func AgreedNeeds(tx *store.Tx, o casefile.Opener, caseID, person string) ([]string, error) {
	p, err := find(tx, caseID, person)
	if err != nil {
		return nil, err
	}
	last, err := p.askedLast(tx)
	if refusal.Is(err, "protection.waiver_before_fear") { // could not be asked
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	e, _, err := journal.Load(tx, last.Fact)
	if err != nil {
		return nil, fmt.Errorf("needs of a person: %w", err)
	}
	part, _ := e.Part(partNeeds)
	var needs []string
	if err := o.Open(tx, part, &needs); err != nil {
		return nil, fmt.Errorf("needs of a person: %w", err)
	}
	return needs, nil
}
