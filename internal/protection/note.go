package protection

import (
	"fmt"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// NoteKept is the fact that a victim adviser wrote a note of a person, or of the
// whole case. What it says is sealed, opens at the protection desk alone, each
// opening in an access fact, and belongs to no case file, packet or export.
type NoteKept struct {
	journal.Envelope
	ID     string `json:"id"`
	Person string `json:"person,omitempty"`
}

// Kind implements journal.Fact.
func (NoteKept) Kind() string { return "protection.note_kept.1" }

// Starts tells the id of the note.
func (f NoteKept) Starts() string { return f.ID }

// KeepNote writes a note for the protection desk.
type KeepNote struct {
	Case   string `json:"case"`
	Person string `json:"person,omitempty"`
	Note   string `json:"note"`
}

// Verb implements act.Command.
func (*KeepNote) Verb() string { return "protection.note" }

// Decide implements act.Command.
func (c *KeepNote) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, keep, err := held(tx, c.Case, c.Person)
	if err != nil {
		return nil, err
	}
	if err := d.Allow(tx, r); err != nil {
		return nil, err
	}
	if strings.TrimSpace(c.Note) == "" {
		return nil, refusal.New("protection.note_missing")
	}
	part, err := d.Seal(tx, d.NewKey(keep), partNote, c.Note)
	if err != nil {
		return nil, err
	}
	return []journal.Fact{&NoteKept{Envelope: journal.Envelope{Case: c.Case, Handling: "H3", Sealed: []wire.Part{part}}, ID: d.ID(), Person: c.Person}}, nil
}

// NoteView is a note of the protection desk as the desk reads it.
type NoteView struct {
	ID     string    `json:"id"`
	Person string    `json:"person,omitempty"` // empty for the whole case
	Name   string    `json:"name"`             // of who wrote it
	At     time.Time `json:"at"`
	Fact   string    `json:"fact"`           // holds the sealed note
	Note   string    `json:"note,omitempty"` // empty when its key is gone
}

func applyNote(tx *store.Tx, e journal.Entry, f NoteKept) error {
	n := NoteView{ID: f.ID, Person: f.Person, At: e.Created, Fact: e.ID}
	if e.By != nil {
		n.Name = e.By.Name
	}
	return tx.Exec(`INSERT INTO protection_note (id, case_id, doc) VALUES ($1, $2, $3)`, n.ID, e.Case, store.JSON(n))
}

// seeNotes opens the notes of a case, newest first. That the reader is of the
// desk is asked before.
func seeNotes(tx *store.Tx, v *act.Viewing, caseID string) ([]NoteView, error) {
	all, err := store.Docs[NoteView](tx, `SELECT doc FROM protection_note WHERE case_id = $1 ORDER BY id DESC`, caseID)
	if err != nil {
		return nil, fmt.Errorf("notes: %w", err)
	}
	for i := range all {
		if _, err := v.OpenPart(tx, all[i].Fact, partNote, &all[i].Note); err != nil {
			return nil, err
		}
	}
	return all, nil
}
