package casefile

import (
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Intake assembles the facts of one act that adds much to cases (an import, the
// capture of an event): it knows the cases, people and pseudonyms that the act has
// drawn and that no table knows yet. Whoever uses it asks Check of all that it adds
// before it adds the first part, so that what is refused leaves nothing behind.
type Intake struct {
	tx     *store.Tx
	d      *act.Draw
	cases  map[string]*growing
	opened int64
	facts  []journal.Fact
}

// growing is a case that the act adds to.
type growing struct {
	Case
	from   time.Time         // the earliest moment of which it speaks
	plants []string          // drawn for it in this act
	keys   map[string]string // of people added in this act, by id
}

// NewIntake begins an act's additions.
func NewIntake(tx *store.Tx, d *act.Draw) *Intake {
	return &Intake{tx: tx, d: d, cases: map[string]*growing{}}
}

// Facts are the facts assembled, in the order in which they must be recorded.
func (i *Intake) Facts() []journal.Fact { return i.facts }

// of is a case that was opened in this act, or one of the actor's that is open.
func (i *Intake) of(id string) (*growing, error) {
	if g, ok := i.cases[id]; ok {
		return g, nil
	}
	c, err := writable(i.tx, i.d, id, "person", "")
	if err != nil {
		return nil, err
	}
	from, err := c.factsFrom(i.tx, i.d.Now)
	if err != nil {
		return nil, err
	}
	i.cases[id] = &growing{Case: c, from: from, keys: map[string]string{}}
	return i.cases[id], nil
}

// Check refuses an event, a person or a role that could not be added to a
// case; caseID is empty for one yet to be opened under title. e is nil where
// there is no event.
func (i *Intake) Check(caseID, title string, e *EventFields, p Particulars, r RoleFields) error {
	at := i.d.Now
	if caseID != "" {
		c, err := i.of(caseID)
		if err != nil {
			return err
		}
		at = c.from
	} else if title == "" || len(title) > maxName {
		return refusal.New("casefile.too_long", "Field", "title", "Max", maxName)
	}
	if e != nil {
		made, err := e.draft(i.d)
		if err != nil {
			return err
		}
		if err := made.content.check(); err != nil {
			return err
		}
		at = earlier(at, made.content.When.At)
	}
	who, err := p.identity()
	if err != nil {
		return err
	}
	if _, err := establish("", who.Birth, at); err != nil {
		return err
	}
	return r.role("").check()
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// Open opens a case of the actor's office and gives its id.
func (i *Intake) Open(c Open) (string, error) {
	f, title, err := c.opened(i.d)
	if err != nil {
		return "", err
	}
	facts, err := openCase(i.tx, i.d.Draw, f, title, i.opened)
	if err != nil {
		return "", err
	}
	i.opened++
	o := facts[0].(*Opened)
	i.facts = append(i.facts, o)
	i.cases[o.ID] = &growing{Case: Case{ID: o.ID, Number: o.Number, Office: o.Office, Handling: o.Handling, Key: o.Key, Status: StatusOpen, Members: []string{o.Office}},
		from: i.d.Now, keys: map[string]string{}}
	return o.ID, nil
}

// Event adds an event and gives its id.
func (i *Intake) Event(caseID string, e EventFields) (string, error) {
	c, err := i.of(caseID)
	if err != nil {
		return "", err
	}
	made, err := e.draft(i.d)
	if err != nil {
		return "", err
	}
	f := &Added[Event]{ID: i.d.ID(), Content: made.content}
	if f.Envelope, err = seal1(i.tx, i.d, c.Case, made); err != nil {
		return "", err
	}
	c.from = earlier(c.from, made.content.When.At)
	i.facts = append(i.facts, f)
	return f.ID, nil
}

// Newcomer is a person that was added: ids of the person and the role, and the
// key under which all that is said of the person is sealed.
type Newcomer struct{ Person, Role, Key string }

// Person adds a person with a role.
func (i *Intake) Person(add AddPerson) (Newcomer, error) {
	c, err := i.of(add.Case)
	if err != nil {
		return Newcomer{}, err
	}
	person, role, err := add.facts(i.tx, i.d, c.Case, c.from, c.plants...)
	if err != nil {
		return Newcomer{}, err
	}
	c.plants, c.keys[person.ID] = append(c.plants, person.Plant), person.Key
	i.facts = append(i.facts, person, role)
	return Newcomer{Person: person.ID, Role: role.ID, Key: person.Key}, nil
}

// Vehicle adds a vehicle or vessel; its holder can be somebody of the same act.
func (i *Intake) Vehicle(caseID string, f VehicleFields) error {
	made, err := f.draft()
	if err != nil {
		return err
	}
	return addTo(i, caseID, made)
}

// Phone adds a telephone number.
func (i *Intake) Phone(caseID string, f PhoneFields) error {
	made, err := f.draft(i.d.By.Country)
	if err != nil {
		return err
	}
	return addTo(i, caseID, made)
}

// Property adds a thing.
func (i *Intake) Property(caseID string, f PropertyFields) error {
	made, err := f.draft()
	if err != nil {
		return err
	}
	return addTo(i, caseID, made)
}

func addTo[T Content](i *Intake, caseID string, made draft[T]) error {
	c, err := i.of(caseID)
	if err != nil {
		return err
	}
	f := &Added[T]{ID: i.d.ID(), Content: made.content}
	if key, added := c.keys[made.content.About()]; added {
		if err := made.content.check(); err != nil {
			return err
		}
		f.Envelope, err = sealUnder(i.tx, i.d, c.Case, key, made)
	} else {
		f.Envelope, err = seal1(i.tx, i.d, c.Case, made)
	}
	i.facts = append(i.facts, f)
	return err
}

// Correct adds what corrections of this room decide (CorrectPerson, CorrectRole,
// CorrectEvent): all of them, or none if one is refused.
func (i *Intake) Correct(cmds ...act.Command) error {
	var all []journal.Fact
	for _, cmd := range cmds {
		facts, err := cmd.Decide(i.tx, i.d)
		if err != nil {
			return err
		}
		all = append(all, facts...)
	}
	i.facts = append(i.facts, all...)
	return nil
}
