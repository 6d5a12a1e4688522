// Package decoy is fictional people among the real ones, who sound an alarm when
// somebody touches them: shows their identity, looks them up, takes them out.
//
// How a decoy came into a case is as ordinary as anybody's way: somebody of the
// case's office recorded the person by the acts that record everybody. Two
// officials of oversight, of two offices, then say of the record that it is one,
// and only a table that nobody but oversight reads knows it. No rule, page or
// file asks that table, so nothing that anybody else can reach differs between a
// decoy and a person.
//
// A decoy stands in a case that its originator's law keeps in the country
// (program.ControlNoForeign) and of which nothing was lent: nothing of it crosses
// the border, by the rule that holds every such case. Figures count no cases
// (package insight).
package decoy

import (
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// typeDecoy is the type of decoys, and of what touched them, in access.
const typeDecoy = "decoy"

// How a decoy stands.
const (
	StateProposed = "proposed" // a second official has not said so yet
	StateUnfit    = "unfit"    // it is no person that could be one
	StateStands   = "stands"   // it sounds when touched
	StateEnded    = "ended"
)

// Note is what one official of oversight said of a decoy.
type Note struct {
	By     string    `json:"by"` // account
	Name   string    `json:"name"`
	Office string    `json:"office"`
	At     time.Time `json:"at"`
}

// Decoy is one person who is none.
type Decoy struct {
	ID        string `json:"id"`
	Person    string `json:"person"`
	Case      string `json:"case,omitempty"`
	Plant     string `json:"plant,omitempty"` // the pseudonym, unique inside its case
	State     string `json:"state"`
	Proposed  Note   `json:"proposed"`
	Confirmed *Note  `json:"confirmed,omitempty"`
	Ended     *Note  `json:"ended,omitempty"`
}

// Steps that a note of oversight can be.
const (
	stepMark    = "mark"
	stepConfirm = "confirm"
	stepEnd     = "end"
)

// Noted is the fact that oversight noted something for itself. Whoever reads the
// journal learns no more: what was noted is the sealed part "note".
type Noted struct {
	journal.Envelope
	ID  string `json:"id"`
	Key string `json:"key"`
}

// Kind implements journal.Fact.
func (*Noted) Kind() string { return "oversight.noted.1" }

// Starts tells the id of the note: of the first one of a decoy, the decoy's own.
func (f Noted) Starts() string { return f.ID }

// noted is the sealed part.
type noted struct {
	Step   string `json:"step"`
	Decoy  string `json:"decoy"`
	Person string `json:"person,omitempty"`
}

const notePart = "note"

// Facts registers the facts of this room.
func Facts(k *journal.Kinds) {
	journal.Register(k, func(*store.Tx, journal.Entry, Noted) error { return nil })
}

// Watch registers what keeps the table of decoys and hears of a touch. All of it
// reacts, nothing applies: replay makes no decoy, and a copy of the facts without
// the node's keys says of nobody that they are one.
func Watch(k *journal.Kinds, hub *act.Hub) {
	journal.React(k, written)
	journal.React(k, func(tx *store.Tx, _ *journal.Draw, e journal.Entry, f casefile.Sought) ([]journal.Fact, error) {
		who := by(e)
		return nil, touched(tx, hub, Touch{Fact: e.ID, By: who.By, Name: who.Name, Office: who.Office, At: e.Recorded, Verb: (*casefile.FindProtected)(nil).Verb()}, f.Found)
	})
	journal.React(k, func(tx *store.Tx, _ *journal.Draw, e journal.Entry, f access.Recorded) ([]journal.Fact, error) {
		return nil, looked(tx, hub, e, f)
	})
}

// by is who made a fact.
func by(e journal.Entry) Note {
	n := Note{At: e.Recorded}
	if e.By != nil {
		n.By, n.Name, n.Office = e.By.ID, e.By.Name, e.By.Office
	}
	return n
}

// written keeps what a note says.
func written(tx *store.Tx, d *journal.Draw, e journal.Entry, f Noted) ([]journal.Fact, error) {
	part, ok := e.Part(notePart)
	if !ok {
		return nil, fmt.Errorf("note of oversight %s has no words", e.ID)
	}
	var n noted
	if err := d.Open(tx, part, &n); err != nil {
		return nil, fmt.Errorf("note of oversight: %w", err)
	}
	who := by(e)
	if n.Step == stepMark {
		x := Decoy{ID: f.ID, Person: n.Person, Proposed: who}
		if err := x.fit(tx); err != nil {
			return nil, err
		}
		return nil, x.save(tx)
	}
	x, err := load(tx, n.Decoy)
	if err != nil {
		return nil, err
	}
	if n.Step == stepConfirm {
		x.State, x.Confirmed = StateStands, &who
	} else {
		x.State, x.Ended = StateEnded, &who
	}
	return nil, x.save(tx)
}

// fit says whether a person can be a decoy: somebody protected, in a case of this
// node's own that leaves the country for no consent.
func (x *Decoy) fit(tx *store.Tx) error {
	x.State = StateUnfit
	p, err := casefile.LoadPerson(tx, x.Person)
	if refusal.Is(err, "access.not_found") {
		return nil
	}
	if err != nil {
		return err
	}
	c, err := casefile.Load(tx, p.Case)
	if err != nil {
		return err
	}
	if p.Class == casefile.Protected && c.Origin == "" && slices.Contains(c.Controls, program.ControlNoForeign) {
		x.State, x.Case, x.Plant = StateProposed, c.ID, p.Plant
	}
	return nil
}

func (x Decoy) save(tx *store.Tx) error {
	return tx.Exec(`INSERT INTO decoy (id, person, case_id, state, doc) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, doc = excluded.doc`, x.ID, x.Person, x.Case, x.State, store.JSON(x))
}

func load(tx *store.Tx, id string) (Decoy, error) {
	x, err := store.Docs[Decoy](tx, `SELECT doc FROM decoy WHERE id = $1`, id)
	if err != nil {
		return Decoy{}, fmt.Errorf("decoy: %w", err)
	}
	if len(x) == 0 {
		return Decoy{}, refusal.NotFound()
	}
	return x[0], nil
}
