package protection

import (
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Classes of people, as policies know them.
const (
	ClassProtected = string(casefile.Protected)
	ClassSuspect   = string(casefile.Suspect)
	ClassOfficial  = string(casefile.Official)
)

// subject is a person of a case as the rules of protection see them.
type subject struct {
	ID       string   // of the record that stands for the person
	Also     []string // records merged into it
	Case     string
	Plant    string // pseudonym
	Class    casefile.Class
	Age      casefile.Age
	Shielded bool // protected by the desk whatever the role
	Minor    bool // a child, or in doubt
	Suspect  bool
	Official bool
	Gone     bool     // forgotten by order
	Asked    bool     // found in the event or interviewed: must be screened
	Offices  []string // that hold the case
	Added    time.Time
	Takers   []string // accounts that recorded the person or took a statement: arrest and prosecution
}

// Screenable reports whether a referral waits for the person's screening.
func (p subject) Screenable() bool { return p.Asked && !p.Official && !p.Gone }

func (p subject) class() string { return string(p.Class) }

// ids lists every record of the person.
func (p subject) ids() []string { return append([]string{p.ID}, p.Also...) }

// find loads one person of a case; who is not in it is absent.
func find(tx *store.Tx, caseID, person string) (subject, error) {
	c, err := casefile.Load(tx, caseID)
	if err != nil {
		return subject{}, err
	}
	p, err := casefile.LoadPerson(tx, person)
	if err != nil {
		return subject{}, err
	}
	if p.Case != caseID {
		return subject{}, refusal.NotFound()
	}
	stated, err := statedBy(tx, caseID)
	if err != nil {
		return subject{}, err
	}
	return made(c, p, stated), nil
}

// findHere is find for an act: on a person who was forgotten there is none.
func findHere(tx *store.Tx, caseID, person string) (subject, error) {
	p, err := find(tx, caseID, person)
	if err == nil && p.Gone {
		err = refusal.Conflict("casefile.forgotten")
	}
	return p, err
}

// allowed is findHere for an act on what the protection desk has of the person.
func allowed(tx *store.Tx, d *act.Draw, caseID, person, what string) (subject, error) {
	p, err := findHere(tx, caseID, person)
	if err != nil {
		return p, err
	}
	return p, d.Allow(tx, p.resource(what))
}

// subjects lists the people of a case.
func subjects(tx *store.Tx, caseID string) ([]subject, error) {
	c, err := casefile.Load(tx, caseID)
	if err != nil {
		return nil, err
	}
	people, err := casefile.People(tx, caseID)
	if err != nil {
		return nil, err
	}
	stated, err := statedBy(tx, caseID)
	if err != nil {
		return nil, err
	}
	out := make([]subject, 0, len(people))
	for _, p := range people {
		out = append(out, made(c, p, stated))
	}
	return out, nil
}

func made(c casefile.Case, p casefile.Person, stated map[string][]string) subject {
	s := subject{ID: p.ID, Also: p.Also, Case: c.ID, Plant: p.Plant, Class: p.Class, Age: p.Age, Shielded: p.Shielded, Minor: p.Age != casefile.Adult,
		Suspect: p.Has("suspect"), Official: p.Class == casefile.Official, Gone: p.Gone(), Offices: c.Members, Added: p.Added}
	if p.By != "" {
		s.Takers = append(s.Takers, p.By)
	}
	for _, id := range s.ids() {
		takers, interviewed := stated[id]
		s.Takers = append(s.Takers, takers...)
		s.Asked = s.Asked || interviewed
	}
	s.Asked = s.Asked || !onlyNamed(p)
	return s
}

// hearsay are the sources by which a person can be named without having been found.
var hearsay = []string{"statement", "document", "court_record", "other_agency"}

// onlyNamed reports whether others merely spoke or wrote of the person: a
// relative, a payer or a suspect who was not there.
func onlyNamed(p casefile.Person) bool {
	for _, r := range p.Roles {
		if r.Role.Role != "relative" && r.Role.Role != "suspect" || !slices.Contains(hearsay, r.Source.Kind) {
			return false
		}
	}
	return len(p.Roles) > 0
}

// statedBy maps each person who made a statement to the accounts that took it.
func statedBy(tx *store.Tx, caseID string) (map[string][]string, error) {
	items, err := casefile.Items(tx, caseID, "statement")
	if err != nil {
		return nil, fmt.Errorf("statements of a case: %w", err)
	}
	out := map[string][]string{}
	for _, i := range items {
		out[i.Person] = append(out[i.Person], i.By)
	}
	return out, nil
}

// classed is the fact that gives a person the age or shield that protection found.
func (p subject) classed(age casefile.Age, shielded bool) journal.Fact {
	return &casefile.PersonClassed{Envelope: journal.Envelope{Case: p.Case}, ID: p.ID, Age: age, Shielded: shielded, Ground: "protection"}
}

// caseResource is something of protection in a case that is about no one person.
func caseResource(tx *store.Tx, caseID, kind string) (access.Resource, error) {
	c, err := casefile.Load(tx, caseID)
	if err != nil {
		return access.Resource{}, err
	}
	return access.Resource{Type: kind, Offices: c.Members, Case: c.ID}, nil
}
