package decoy

import (
	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Mark says of a person's record that it is a decoy, for a second official of
// oversight to confirm. Whether it can be one is on the list of decoys: the rule
// reads no case, as oversight does not.
type Mark struct {
	Person string `json:"person"`
}

// Verb implements act.Command.
func (*Mark) Verb() string { return "decoy.mark" }

// Decide implements act.Command.
func (c *Mark) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	if err := d.Allow(tx, resource("")); err != nil {
		return nil, err
	}
	if c.Person == "" {
		return nil, refusal.New("decoy.person", "field", "person")
	}
	return note(tx, d, noted{Step: stepMark, Person: c.Person})
}

// Confirm is the second official's word, of another office: from now on the decoy
// sounds. It refuses decoy.unfit, decoy.not_proposed and decoy.second_office.
type Confirm struct {
	Decoy string `json:"decoy"`
}

// Verb implements act.Command.
func (*Confirm) Verb() string { return "decoy.confirm" }

// Decide implements act.Command.
func (c *Confirm) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	if err := d.Allow(tx, resource(c.Decoy)); err != nil {
		return nil, err
	}
	x, err := load(tx, c.Decoy)
	switch {
	case err != nil:
		return nil, err
	case x.State == StateUnfit:
		return nil, refusal.New("decoy.unfit")
	case x.State != StateProposed:
		return nil, refusal.New("decoy.not_proposed")
	case x.Proposed.By == d.By.User || x.Proposed.Office == d.By.Office:
		return nil, refusal.New("decoy.second_office")
	}
	return note(tx, d, noted{Step: stepConfirm, Decoy: x.ID})
}

// End takes a decoy away: its record stands, and sounds no more.
type End struct {
	Decoy string `json:"decoy"`
}

// Verb implements act.Command.
func (*End) Verb() string { return "decoy.end" }

// Decide implements act.Command.
func (c *End) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	if err := d.Allow(tx, resource(c.Decoy)); err != nil {
		return nil, err
	}
	x, err := load(tx, c.Decoy)
	if err != nil {
		return nil, err
	}
	if x.State == StateEnded {
		return nil, refusal.New("decoy.ended")
	}
	return note(tx, d, noted{Step: stepEnd, Decoy: x.ID})
}

// Verbs registers the commands of this room.
func Verbs(v act.Verbs) { v.Add(&Mark{}, &Confirm{}, &End{}) }

// resource is a decoy, which belongs to no office and to no case.
func resource(id string) access.Resource { return access.Resource{Type: typeDecoy, ID: id} }

// note seals what oversight notes.
func note(tx *store.Tx, d *act.Draw, n noted) ([]journal.Fact, error) {
	f := &Noted{ID: d.ID(), Key: d.NewKey("oversight")}
	part, err := d.Seal(tx, f.Key, notePart, n)
	f.Envelope = journal.Envelope{Sealed: []wire.Part{part}}
	return []journal.Fact{f}, err
}
