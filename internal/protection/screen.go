package protection

import (
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Screened is the fact that a person was asked. In clear stands which of the
// person's gates are shut, and not what any of them is about; the answers are
// sealed under a key of the person's own.
type Screened struct {
	journal.Envelope
	Person  string       `json:"person"`
	Form    string       `json:"form"`
	Gates   []OpaqueGate `json:"gates"`
	Doubt   bool         `json:"doubt,omitempty"`    // of a suspect: signs of a victim; protected from now on
	Under18 bool         `json:"under_18,omitempty"` // a child or adolescent, or perhaps one
}

// OpaqueGate is one gate of a person without its topic. The gates of a
// screening stand in drawn order, so that their place says nothing either.
type OpaqueGate struct {
	ID   string `json:"id"`
	Shut bool   `json:"shut"`
}

// Kind implements journal.Fact.
func (Screened) Kind() string { return "protection.screened.1" }

// Given is what was answered, for the protection desk alone.
type Given struct {
	Answers     map[string]string `json:"answers"` // "topic.question" → answer
	Topics      map[string]string `json:"topics"`  // gate id → topic
	Language    string            `json:"language"`
	Interpreter string            `json:"interpreter,omitempty"`
	Note        string            `json:"note,omitempty"`
}

// Screen asks one person, once for each event or again when something changed;
// the last screening counts.
type Screen struct {
	Case        string            `json:"case"`
	Person      string            `json:"person"`
	Form        string            `json:"form,omitempty"`
	Answers     map[string]string `json:"answers"`
	Language    string            `json:"language"`
	Interpreter string            `json:"interpreter,omitempty"`
	// InterpreterHousehold says that the interpreter lives with somebody of the
	// case, or was of the group: nobody is asked through such a person.
	InterpreterHousehold bool     `json:"interpreter_household,omitempty"`
	Needs                []string `json:"needs,omitempty"`
	Note                 string   `json:"note,omitempty"`
}

// Verb implements act.Command.
func (*Screen) Verb() string { return "protection.screen" }

// Decide implements act.Command.
func (c *Screen) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	p, err := findHere(tx, c.Case, c.Person)
	if err != nil {
		return nil, err
	}
	if err := d.Allow(tx, p.resource("screening")); err != nil {
		return nil, err
	}
	form := CurrentForm()
	if c.Form != "" {
		known := false
		if form, known = FormByID(c.Form); !known {
			return nil, refusal.New("protection.form_unknown")
		}
	}
	if p.Official {
		return nil, refusal.New("protection.official_exempt")
	}
	if c.Language == "" {
		return nil, refusal.New("protection.language_missing")
	}
	if err := casefile.InterpreterApart(tx, d, c.Case, c.Interpreter, c.InterpreterHousehold); err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(c.Needs, func(n string) bool { return !slices.Contains(Needs, n) }); i >= 0 {
		return nil, refusal.New("protection.need_unknown")
	}
	out, err := form.judge(c.Answers)
	if err != nil {
		return nil, err
	}
	return c.facts(tx, d, p, form, out)
}

func (c *Screen) facts(tx *store.Tx, d *act.Draw, p subject, form *Form, out outcome) ([]journal.Fact, error) {
	f := &Screened{Envelope: journal.Envelope{Case: c.Case, Handling: "H3"}, Person: c.Person, Form: form.ID,
		Doubt: p.Suspect && out.doubt, Under18: out.under18}
	topics := map[string]string{}
	for _, t := range shuffled(Topics, d.Bytes(len(Topics))) {
		g := OpaqueGate{ID: d.ID(), Shut: out.shut[t]}
		f.Gates = append(f.Gates, g)
		topics[g.ID] = t
	}
	key := d.NewKey(keySubject(c.Person))
	answers, err := d.Seal(tx, key, partAnswers, Given{Answers: c.Answers, Topics: topics, Language: c.Language,
		Interpreter: c.Interpreter, Note: c.Note})
	if err != nil {
		return nil, err
	}
	needs, err := d.Seal(tx, key, partNeeds, c.Needs)
	if err != nil {
		return nil, err
	}
	f.Sealed = []wire.Part{answers, needs}
	age := p.Age
	if out.under18 && age == casefile.Adult {
		age = casefile.Doubt
	}
	facts := []journal.Fact{f}
	if shielded := p.Shielded || f.Doubt; shielded != p.Shielded || age != p.Age {
		facts = append(facts, p.classed(age, shielded))
	}
	return facts, nil
}

// Needs for the next hours that may be passed on with a person who agrees
// (DESIGN §8): what is needed, never why.
var Needs = []string{"medicine", "wheelchair", "interpreter", "companion", "food_and_water", "infant_supplies"}

// keySubject is whom the keys of a person's parts protect.
func keySubject(person string) string { return casefile.KeySubject(person) }

// shuffled orders by drawn bytes.
func shuffled(in []string, draw []byte) []string {
	out := slices.Clone(in)
	for i := len(out) - 1; i > 0; i-- {
		j := int(draw[i]) % (i + 1)
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// screening is the row of a person's last screening.
type screening struct {
	Form    string    `json:"form"`
	Fact    string    `json:"fact"` // the fact with the sealed answers
	At      time.Time `json:"at"`
	By      string    `json:"by"` // account
	Doubt   bool      `json:"doubt,omitempty"`
	Under18 bool      `json:"under_18,omitempty"`
}

// gate is the row of one gate.
type gate struct {
	ID       string    `json:"id"`
	Person   string    `json:"person"`
	Fact     string    `json:"fact"` // the screening that made it
	Shut     bool      `json:"shut"`
	Outcome  string    `json:"outcome,omitempty"`   // done, cannot_be_done
	HandOver bool      `json:"hand_over,omitempty"` // ended so that a hand-over may go
	EndFact  string    `json:"end_fact,omitempty"`
	EndedAt  time.Time `json:"ended_at,omitzero"`
	EndedBy  string    `json:"ended_by,omitempty"`
	// Owner answers for the measures while the gate is shut.
	Owner     string    `json:"owner,omitempty"` // account
	OwnerName string    `json:"owner_name,omitempty"`
	TakenAt   time.Time `json:"taken_at,omitzero"`
	TakenFact string    `json:"taken_fact,omitempty"` // holds the sealed service
}

// applyScreened replaces an earlier screening of the person in this case with
// its gates: the last one counts, the journal keeps them all.
func applyScreened(tx *store.Tx, e journal.Entry, f Screened) error {
	row := screening{Form: f.Form, Fact: e.ID, At: e.Created, By: account(e), Doubt: f.Doubt, Under18: f.Under18}
	err := tx.Exec(`INSERT INTO screening (case_id, person, at, doc) VALUES ($1, $2, $3, $4)
		ON CONFLICT (case_id, person) DO UPDATE SET at = excluded.at, doc = excluded.doc`,
		e.Case, f.Person, store.Micros(e.Created), store.JSON(row))
	if err != nil {
		return err
	}
	if err := tx.Exec(`DELETE FROM protection_gate WHERE case_id = $1 AND person = $2`, e.Case, f.Person); err != nil {
		return err
	}
	for _, g := range f.Gates {
		if err := saveGate(tx, e.Case, gate{ID: g.ID, Person: f.Person, Fact: e.ID, Shut: g.Shut}); err != nil {
			return err
		}
	}
	return nil
}

func saveGate(tx *store.Tx, caseID string, g gate) error {
	return tx.Exec(`INSERT INTO protection_gate (id, case_id, person, doc) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET doc = excluded.doc`, g.ID, caseID, g.Person, store.JSON(g))
}

// account is who acted; empty for the node itself.
func account(e journal.Entry) string {
	if e.By == nil {
		return ""
	}
	return e.By.ID
}
