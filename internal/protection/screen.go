package protection

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/draft"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
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
	// TooFast says that the answers took less time than they take to be read:
	// Seconds, where at least Least were needed.
	TooFast bool `json:"too_fast,omitempty"`
	// Unopened says that the answers came without this node's word of when it gave
	// the form, so that nothing can be said of how long they took.
	Unopened bool `json:"unopened,omitempty"`
	Seconds  int  `json:"seconds,omitempty"`
	Least    int  `json:"least,omitempty"`
}

// OpaqueGate is one gate of a person without its topic. The gates of a
// screening stand in drawn order, so that their place says nothing either.
type OpaqueGate struct {
	ID   string `json:"id"`
	Shut bool   `json:"shut"`
	// Follows is the gate of the earlier screening that this one takes over from:
	// whoever answers for its measures goes on answering for them.
	Follows string `json:"follows,omitempty"`
}

// Kind implements journal.Fact.
func (Screened) Kind() string { return "protection.screened.1" }

// Given is what was answered, for the protection desk alone.
type Given struct {
	Replies
	Topics      map[string]string `json:"topics"` // gate id → topic
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
	Answers     map[string]string `json:"answers"`              // "topic.question" → answer
	Reasons     map[string]string `json:"reasons,omitempty"`    // "topic.question" → why, where the form asks for it
	Indicators  []string          `json:"indicators,omitempty"` // "list.code" of the form's vocabularies
	Language    string            `json:"language"`
	Interpreter string            `json:"interpreter,omitempty"`
	// InterpreterHousehold says that the interpreter lives with somebody of the
	// case, or was of the group: nobody is asked through such a person.
	InterpreterHousehold bool     `json:"interpreter_household,omitempty"`
	Needs                []string `json:"needs,omitempty"`
	Note                 string   `json:"note,omitempty"`
	// Opening is the node's own word of when it gave the form to this account
	// (Opening), and Together how many people are asked with it. Without it the
	// screening counts, and is an anomaly: its pace cannot be judged.
	Opening  string `json:"opening,omitempty"`
	Together int    `json:"together,omitempty"`
}

// replies are what the person said.
func (c *Screen) replies() Replies { return Replies{c.Answers, c.Reasons, c.Indicators} }

// Verb implements act.Command.
func (*Screen) Verb() string { return "protection.screen" }

// Decide implements act.Command.
func (c *Screen) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	p, err := allowed(tx, d, c.Case, c.Person, "screening")
	if err != nil {
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
	out, err := form.judge(c.replies())
	if err != nil {
		return nil, err
	}
	return c.facts(tx, d, p, form, out)
}

func (c *Screen) facts(tx *store.Tx, d *act.Draw, p subject, form *Form, out outcome) ([]journal.Fact, error) {
	f := &Screened{Envelope: journal.Envelope{Case: c.Case, Handling: "H3"}, Person: c.Person, Form: form.ID,
		Doubt: p.Suspect && out.doubt, Under18: out.under18}
	if err := c.pace(tx, f, form, d); err != nil {
		return nil, err
	}
	before, err := earlierGates(tx, d.Draw, c.Case, c.Person)
	if err != nil {
		return nil, err
	}
	topics := map[string]string{}
	for _, t := range shuffled(Topics, d.Bytes(len(Topics))) {
		g := OpaqueGate{ID: d.ID(), Shut: out.shut[t], Follows: before[t]}
		f.Gates = append(f.Gates, g)
		topics[g.ID] = t
	}
	key := d.NewKey(keySubject(c.Person))
	answers, err := d.Seal(tx, key, partAnswers, Given{Replies: c.replies(), Topics: topics, Language: c.Language,
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

// pace notes answers that came faster than they can be read, and those of a form
// that this node did not give, whose pace nobody can judge. The time since the
// form was given is shared among all whom the account asked in it: those that
// the form says, or those recorded since if they are more, so that one opening
// kept for many does not stretch.
func (c *Screen) pace(tx *store.Tx, f *Screened, form *Form, d *act.Draw) error {
	if c.Opening == "" {
		f.Unopened = true
		return nil
	}
	began, ok := opened(d.Ring(), d.By.User, c.Case, c.Opening)
	if !ok {
		return refusal.New("protection.opening_unknown")
	}
	since, err := askedSince(tx, c.Case, c.Person, d.By.User, began)
	if err != nil {
		return err
	}
	took := max(0, d.Now.Sub(began)) / time.Duration(max(1, c.Together, since+1))
	if least := form.Least(c.replies(), i18n.Lang(d.By.Lang)); tooFast(took, least) {
		f.TooFast, f.Seconds, f.Least = true, int(took/time.Second), int(least/time.Second)
	}
	return nil
}

// askedSince counts the others of a case whom an account has screened since a moment.
func askedSince(tx *store.Tx, caseID, person, account string, since time.Time) (n int, err error) {
	rows, err := store.Docs[screening](tx, `SELECT doc FROM screening WHERE case_id = $1 AND person <> $2 AND at > $3`, caseID, person, store.Micros(since))
	if err != nil {
		return 0, fmt.Errorf("screenings since: %w", err)
	}
	for _, r := range rows {
		if r.By == account {
			n++
		}
	}
	return n, nil
}

// earlierGates are the gates of the person's last screening by their topics;
// none where there is none, or where its answers open no more.
func earlierGates(tx *store.Tx, d *journal.Draw, caseID, person string) (map[string]string, error) {
	row, err := loadScreening(tx, caseID, person)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("earlier screening: %w", err)
	}
	given, err := openGiven(tx, d, row.Fact)
	if errors.Is(err, seal.ErrNoKey) || errors.Is(err, journal.ErrForgotten) {
		return nil, nil
	}
	out := map[string]string{}
	for id, topic := range given.Topics {
		out[topic] = id
	}
	return out, err
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
	Since    time.Time `json:"since,omitzero"`      // shut and not ended since then
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
// its gates: the last one counts, the journal keeps them all. A gate that takes
// over from an earlier one keeps who answers for it, and its clock if it never ended.
func applyScreened(tx *store.Tx, e journal.Entry, f Screened) error {
	row := screening{Form: f.Form, Fact: e.ID, At: e.Created, By: account(e), Doubt: f.Doubt, Under18: f.Under18}
	err := tx.Exec(`INSERT INTO screening (case_id, person, at, doc) VALUES ($1, $2, $3, $4)
		ON CONFLICT (case_id, person) DO UPDATE SET at = excluded.at, doc = excluded.doc`,
		e.Case, f.Person, store.Micros(e.Created), store.JSON(row))
	if err != nil {
		return err
	}
	if err := draft.Drop(tx, draftOf(row.By, e.Case, f.Person)); err != nil {
		return err
	}
	earlier, err := gatesOf(tx, e.Case, f.Person)
	if err != nil {
		return err
	}
	if err := tx.Exec(`DELETE FROM protection_gate WHERE case_id = $1 AND person = $2`, e.Case, f.Person); err != nil {
		return err
	}
	for _, g := range f.Gates {
		now := gate{ID: g.ID, Person: f.Person, Fact: e.ID, Shut: g.Shut}
		if g.Shut {
			now.Since = e.Created
		}
		if i := slices.IndexFunc(earlier, func(was gate) bool { return was.ID == g.Follows }); i >= 0 && g.Shut {
			now.follow(earlier[i])
		}
		if err := saveGate(tx, e.Case, now); err != nil {
			return err
		}
	}
	if !f.TooFast && !f.Unopened {
		return nil
	}
	return Anomaly{ID: e.ID, Case: e.Case, Person: f.Person, At: e.Created, Unopened: f.Unopened, Seconds: f.Seconds, Least: f.Least}.by(e).save(tx)
}

// follow takes over from the gate of an earlier screening.
func (g *gate) follow(was gate) {
	g.Owner, g.OwnerName, g.TakenAt, g.TakenFact = was.Owner, was.OwnerName, was.TakenAt, was.TakenFact
	if was.Shut && was.Outcome == "" {
		g.Since = was.Since
	}
}

func gatesOf(tx *store.Tx, caseID, person string) ([]gate, error) {
	out, err := store.Docs[gate](tx, `SELECT doc FROM protection_gate WHERE case_id = $1 AND person = $2 ORDER BY id`, caseID, person)
	if err != nil {
		return nil, fmt.Errorf("gates: %w", err)
	}
	return out, nil
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
