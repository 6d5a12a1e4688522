package protection

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// What violence was done to a person is recorded apart from case and screening:
// it goes to oversight and to the victim adviser, never to the chain of command
// of whoever is accused, and into no packet and no export.

// ByOfficial says that an official of an agency is accused.
const ByOfficial = "official"

// Accused are those by whom a person may say that violence was done, closed.
var Accused = []string{ByOfficial, "smuggler", "trafficker", "family", "other", "unknown"}

// ViolenceRecorded is the fact that a person told of violence. In clear stands
// whose agency must not read it; all else is sealed.
type ViolenceRecorded struct {
	journal.Envelope
	ID     string `json:"id"`
	Person string `json:"person"`
	Agency string `json:"agency,omitempty"` // of the accused official
}

// Kind implements journal.Fact.
func (ViolenceRecorded) Kind() string { return "protection.violence_recorded.1" }

// Starts tells the id of the record.
func (f ViolenceRecorded) Starts() string { return f.ID }

// Violence is what the person told, sealed.
type Violence struct {
	Accused string `json:"accused"` // one of Accused
	What    string `json:"what"`
	When    string `json:"when,omitempty"`
	Where   string `json:"where,omitempty"`
	Lang    string `json:"lang"`
}

// RecordViolence records what violence was done to a person, in the person's words.
type RecordViolence struct {
	Case   string `json:"case"`
	Person string `json:"person"`
	Agency string `json:"agency,omitempty"` // of the accused official
	Violence
}

// Verb implements act.Command.
func (*RecordViolence) Verb() string { return "protection.violence" }

// Decide implements act.Command.
func (c *RecordViolence) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	if _, err := allowed(tx, d, c.Case, c.Person, "measure"); err != nil {
		return nil, err
	}
	c.Agency = strings.ToLower(strings.TrimSpace(c.Agency))
	switch {
	case !slices.Contains(Accused, c.Accused):
		return nil, refusal.New("protection.accused_unknown")
	case c.Accused == ByOfficial && c.Agency == "":
		return nil, refusal.New("protection.agency_missing")
	case strings.TrimSpace(c.What) == "":
		return nil, refusal.New("protection.violence_missing")
	case c.Lang == "":
		return nil, refusal.New("protection.language_missing")
	}
	part, err := d.Seal(tx, d.NewKey(keySubject(c.Person)), partViolence, c.Violence)
	if err != nil {
		return nil, err
	}
	f := &ViolenceRecorded{Envelope: journal.Envelope{Case: c.Case, Handling: "H3", Sealed: []wire.Part{part}}, ID: d.ID(), Person: c.Person}
	if c.Accused == ByOfficial {
		f.Agency = c.Agency
	}
	return []journal.Fact{f}, nil
}

// ViolenceView is one record as those read it who may.
type ViolenceView struct {
	ID     string    `json:"id"`
	Case   string    `json:"case"`
	Person string    `json:"person"`
	Agency string    `json:"agency,omitempty"`
	At     time.Time `json:"at"`
	Fact   string    `json:"fact"` // holds the sealed words
	Told   *Violence `json:"told,omitempty"`
}

func applyViolence(tx *store.Tx, e journal.Entry, f ViolenceRecorded) error {
	row := ViolenceView{ID: f.ID, Case: e.Case, Person: f.Person, Agency: f.Agency, At: e.Created, Fact: e.ID}
	return tx.Exec(`INSERT INTO protection_violence (id, case_id, doc) VALUES ($1, $2, $3)`, row.ID, e.Case, store.JSON(row))
}

// resource of a record as access decides on it for one reader: whoever works in
// the accused official's agency, in whatever office and rank, is of the chain.
func (x ViolenceView) resource(tx *store.Tx, own access.Office) (access.Resource, error) {
	offices, err := access.Offices(tx, "case", x.Case)
	if err != nil {
		return access.Resource{}, err
	}
	chain := x.Agency != "" && strings.EqualFold(own.Agency, x.Agency)
	return access.Resource{Type: "violence", ID: x.ID, Offices: offices, Attrs: map[string]any{access.AttrChain: chain}}, nil
}

// ListViolence gives the records of violence that the reader may open, newest
// first: auditors for oversight, victim advisers of the offices that hold the
// case, and nobody of the accused official's agency.
func ListViolence(ctx context.Context, a *act.Acts, by access.Actor, purpose string) ([]ViolenceView, error) {
	return act.View(ctx, a, by, purpose, "violence.list", func(tx *store.Tx, v *act.Viewing) ([]ViolenceView, error) {
		near, args := reach(v, "violence")
		all, err := store.Docs[ViolenceView](tx, `SELECT x.doc FROM protection_violence x WHERE `+near+` ORDER BY x.id DESC`, args...)
		if err != nil {
			return nil, fmt.Errorf("violence: %w", err)
		}
		own, _, err := access.LoadOffice(tx, by.Office)
		if err != nil {
			return nil, err
		}
		out := []ViolenceView{}
		for _, x := range all {
			r, err := x.resource(tx, own)
			if err != nil {
				return nil, err
			}
			if !v.See(r) {
				continue
			}
			var told Violence
			known, err := v.OpenPart(tx, x.Fact, partViolence, &told)
			if err != nil {
				return nil, err
			}
			if known {
				x.Told = &told
			}
			out = append(out, x)
		}
		return out, nil
	})
}
