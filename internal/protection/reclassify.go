package protection

import (
	"fmt"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Reclassified is the fact that a suspect was found to be a victim. It never
// leaves the node: the referral stops here at once and is withdrawn there with
// the one neutral code. From now on the person is protected.
type Reclassified struct {
	journal.Envelope
	Person string `json:"person"`
}

// Kind implements journal.Fact.
func (Reclassified) Kind() string { return "protection.reclassified.1" }

// Reclassify says that a suspect is a victim.
type Reclassify struct {
	Case   string `json:"case"`
	Person string `json:"person"`
	Reason string `json:"reason"`
}

// Verb implements act.Command.
func (*Reclassify) Verb() string { return "protection.reclassify" }

// Signed implements act.Signed.
func (*Reclassify) Signed() {}

// Decide implements act.Command.
func (c *Reclassify) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	p, err := allowed(tx, d, c.Case, c.Person, "measure")
	if err != nil {
		return nil, err
	}
	already, err := reclassified(tx, c.Case, c.Person)
	switch {
	case err != nil:
		return nil, err
	case already:
		return nil, refusal.Conflict("protection.reclassified_already")
	case !p.Suspect:
		return nil, refusal.New("protection.not_a_suspect")
	case c.Reason == "":
		return nil, refusal.New("protection.reason_missing")
	}
	part, err := d.Seal(tx, d.NewKey(keySubject(c.Person)), partReason, c.Reason)
	if err != nil {
		return nil, err
	}
	found := &Reclassified{Envelope: journal.Envelope{Case: c.Case, Handling: "H3", Sealed: []wire.Part{part}}, Person: p.ID}
	return []journal.Fact{found, p.classed(p.Age, true)}, nil
}

func applyReclassified(tx *store.Tx, e journal.Entry, f Reclassified) error {
	return tx.Exec(`INSERT INTO reclassification (case_id, person, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
		e.Case, f.Person, store.Micros(e.Created))
}

// reclassified reports whether a suspect of the case was found to be a victim.
func reclassified(tx *store.Tx, caseID, person string) (bool, error) {
	var n int
	if err := tx.QueryRow(`SELECT COUNT(*) FROM reclassification WHERE case_id = $1 AND person = $2`, caseID, person).Scan(&n); err != nil {
		return false, fmt.Errorf("reclassification: %w", err)
	}
	return n > 0, nil
}
