package consular

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// What a person says on being told of the right, closed. Each has a name under
// "consular.wish".
const (
	WishAsks     = "asks"     // the consulate is to be told
	WishWaits    = "waits"    // not yet: nothing goes until the person says so
	WishDeclines = "declines" // it is not to be told
)

// Wishes in the order in which they are offered.
var Wishes = []string{WishAsks, WishWaits, WishDeclines}

// Advised is the fact that a person was told of the right to have the consulate
// told. What the person said is sealed: it is an answer like those of a screening.
type Advised struct {
	journal.Envelope
	Person string `json:"person"`
}

// Kind implements journal.Fact.
func (Advised) Kind() string { return "consular.advised.1" }

// Advice is what stands behind it, for the protection desk alone.
type Advice struct {
	Wish        string `json:"wish"`
	Language    string `json:"language"`
	Interpreter string `json:"interpreter,omitempty"`
}

// Advise records that a person was told of the right, and what the person said;
// again when the person says something else. The last counts.
type Advise struct {
	Case        string `json:"case"`
	Person      string `json:"person"`
	Wish        string `json:"wish"`
	Language    string `json:"language"`
	Interpreter string `json:"interpreter,omitempty"`
	// InterpreterHousehold says that the interpreter lives with somebody of the
	// case, or was of the group: nobody is told through such a person.
	InterpreterHousehold bool `json:"interpreter_household,omitempty"`
}

// Verb implements act.Command.
func (*Advise) Verb() string { return "consular.advise" }

// Decide implements act.Command.
func (c *Advise) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	p, _, err := held(tx, d, c.Case, c.Person)
	if err != nil {
		return nil, err
	}
	switch {
	case !slices.Contains(Wishes, c.Wish):
		return nil, refusal.New("consular.wish")
	case c.Language == "":
		return nil, refusal.New("protection.language_missing")
	}
	if err := casefile.InterpreterApart(tx, d, c.Case, c.Interpreter, c.InterpreterHousehold); err != nil {
		return nil, err
	}
	part, err := d.Seal(tx, d.NewKey(casefile.KeySubject(p.ID)), partAdvice, Advice{Wish: c.Wish, Language: c.Language, Interpreter: strings.TrimSpace(c.Interpreter)})
	if err != nil {
		return nil, err
	}
	return []journal.Fact{&Advised{Envelope: journal.Envelope{Case: c.Case, Handling: "H3", Sealed: []wire.Part{part}}, Person: p.ID}}, nil
}

// held is the person of a case for an act of those who hold them.
func held(tx *store.Tx, d *act.Draw, caseID, person string) (p casefile.Person, c casefile.Case, err error) {
	if c, err = casefile.Load(tx, caseID); err != nil {
		return p, c, err
	}
	if p, err = casefile.LoadPerson(tx, person); err != nil {
		return p, c, err
	}
	if p.Case != c.ID {
		return p, c, refusal.NotFound()
	}
	if err := d.Allow(tx, desk(c)); err != nil {
		return p, c, err
	}
	switch {
	case p.Gone():
		return p, c, refusal.Conflict("casefile.forgotten")
	case p.Class == casefile.Official:
		return p, c, refusal.New("protection.official_exempt")
	}
	return p, c, nil
}

// desk is what is known of consular notices in a case.
func desk(c casefile.Case) access.Resource {
	return access.Resource{Type: typeNotice, Offices: c.Members, Case: c.ID}
}

// ask is where a person of this node stands with the consulate. It ties the
// person and the case to the notice, which names neither.
type ask struct {
	Case    string `json:"case"`
	Person  string `json:"person"`
	Advised *Mark  `json:"advised,omitempty"` // the last time
	Notice  string `json:"notice,omitempty"`  // the last
	Opened  *Mark  `json:"opened,omitempty"`
	Outside *Mark  `json:"outside,omitempty"` // a consulate without a node was told
}

func (a ask) save(tx *store.Tx) error {
	return tx.Exec(`INSERT INTO consular_ask (case_id, person, notice, doc) VALUES ($1, $2, $3, $4)
		ON CONFLICT (case_id, person) DO UPDATE SET notice = excluded.notice, doc = excluded.doc`, a.Case, a.Person, a.Notice, store.JSON(a))
}

// asked is where a person stands; empty for whom nothing was recorded.
func asked(tx *store.Tx, caseID, person string) (ask, error) {
	a, err := store.Doc[ask](tx, `SELECT doc FROM consular_ask WHERE case_id = $1 AND person = $2`, caseID, person)
	if errors.Is(err, sql.ErrNoRows) {
		return ask{Case: caseID, Person: person}, nil
	}
	if err != nil {
		return a, fmt.Errorf("consular notice of a person: %w", err)
	}
	return a, nil
}

// askOf is whose notice it is, on the node that sent it; sql.ErrNoRows elsewhere.
func askOf(tx *store.Tx, notice string) (ask, error) {
	return store.Doc[ask](tx, `SELECT doc FROM consular_ask WHERE notice = $1`, notice)
}

func applyAdvised(tx *store.Tx, e journal.Entry, f Advised) error {
	a, err := asked(tx, e.Case, f.Person)
	if err != nil {
		return err
	}
	a.Advised = mark(e)
	return a.save(tx)
}

// advice opens what the person said on being told; empty where its key is gone.
func (a ask) advice(tx *store.Tx, o casefile.Opener) (Advice, error) {
	var out Advice
	if a.Advised == nil {
		return out, nil
	}
	err := open(tx, o, a.Advised.Fact, partAdvice, &out)
	return out, err
}

// applyForgotten removes what deleted facts of a forgotten case had made here. A
// notice that went names no case and stays, and opens to nobody.
func applyForgotten(tx *store.Tx, _ journal.Entry, f casefile.Forgotten) error {
	if !f.Whole() {
		return nil
	}
	if err := tx.Exec(`DELETE FROM consular_ask WHERE case_id = $1`, f.Object); err != nil {
		return fmt.Errorf("forget consular notices: %w", err)
	}
	return nil
}
