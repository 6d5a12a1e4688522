package protection

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Signs are what whoever meets a person can see of what makes them vulnerable,
// before anybody has asked. They decide nothing: every gate is shut until the
// person was screened, whatever was seen.
var Signs = []string{"hurt", "pregnant", "child_alone", "disability", "afraid", "controlled", "no_common_language"}

// Seen is what was seen of a person, for the protection desk alone.
type Seen struct {
	Signs []string `json:"signs,omitempty"` // of Signs
	With  []string `json:"with,omitempty"`  // ids of the people they travel with
}

// Noticed is the fact that something was seen of a person when they were met.
// What it was is sealed under a key of the person, opens at the protection desk
// alone, and crosses no border.
type Noticed struct {
	journal.Envelope
	Person string `json:"person"`
}

// Kind implements journal.Fact.
func (Noticed) Kind() string { return "protection.noticed.1" }

// Notice gives the fact that something was seen of a person whom the same act
// adds to a case. It refuses a sign that is not among Signs.
func Notice(tx *store.Tx, d *act.Draw, caseID, person string, seen Seen) (*Noticed, error) {
	if slices.ContainsFunc(seen.Signs, func(s string) bool { return !slices.Contains(Signs, s) }) {
		return nil, refusal.New("protection.sign_unknown")
	}
	part, err := d.Seal(tx, d.NewKey(keySubject(person)), partSeen, seen)
	return &Noticed{Envelope: journal.Envelope{Case: caseID, Handling: "H3", Sealed: []wire.Part{part}}, Person: person}, err
}

// SeenView is what was seen of a person, as the desk reads it.
type SeenView struct {
	Seen
	Name string    `json:"name"` // of who saw it
	At   time.Time `json:"at"`
}

// noticedRow is the row of a person of whom something was seen.
type noticedRow struct {
	Fact string    `json:"fact"` // holds the sealed part
	Name string    `json:"name"`
	At   time.Time `json:"at"`
}

func applyNoticed(tx *store.Tx, e journal.Entry, f Noticed) error {
	row := noticedRow{Fact: e.ID, At: e.Created}
	if e.By != nil {
		row.Name = e.By.Name
	}
	return tx.Exec(`INSERT INTO protection_noticed (person, case_id, doc) VALUES ($1, $2, $3)`, f.Person, e.Case, store.JSON(row))
}

// noticed opens what was seen of a person; nil where nothing was, or where its
// key is gone. That the reader is of the desk is asked before.
func (p subject) noticed(tx *store.Tx, v *act.Viewing) (*SeenView, error) {
	for _, id := range p.ids() {
		row, err := store.Doc[noticedRow](tx, `SELECT doc FROM protection_noticed WHERE person = $1`, id)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("what was seen of a person: %w", err)
		}
		out := SeenView{Name: row.Name, At: row.At}
		known, err := v.OpenPart(tx, row.Fact, partSeen, &out.Seen)
		if err != nil || !known {
			return nil, err
		}
		return &out, nil
	}
	return nil, nil
}
