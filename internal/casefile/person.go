package casefile

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Class decides who may open a person's identity; it is sealed in every class.
// It follows from age, roles and the protection desk, never from a choice.
type Class string

// The classes. Whoever is not plainly a named adult suspect or an official
// acting as such is protected.
const (
	Protected Class = "protected"
	Suspect   Class = "suspect"
	Official  Class = "official"
)

// Age is what is established about a person's age. Doubt protects.
type Age string

// What can be established about an age.
const (
	Adult Age = "adult"
	Child Age = "child" // under 18 (niña, niño o adolescente)
	Doubt Age = "doubt"
)

// Person is one record of a person in a case.
type Person struct {
	ID        string    `json:"id"`
	Case      string    `json:"case"`
	Plant     string    `json:"plant"` // the pseudonym, unique in the case
	Age       Age       `json:"age"`
	Shielded  bool      `json:"shielded,omitempty"` // by the protection desk: protected whatever the role
	Key       string    `json:"key"`                // content key of everything about this person
	Identity  wire.Part `json:"identity"`           // sealed Identity
	Added     time.Time `json:"added"`
	By        string    `json:"by,omitempty"` // account that recorded the person
	Corrected time.Time `json:"corrected,omitzero"`
	Forgotten time.Time `json:"forgotten,omitzero"` // by order: its keys are destroyed

	Class  Class      `json:"-"`
	Merged string     `json:"-"` // the record this one became part of, or ""
	Also   []string   `json:"-"` // records that became part of this one
	Roles  []HeldRole `json:"-"` // of this record and of those merged into it
}

// HeldRole is a role with its own id.
type HeldRole struct {
	ID string `json:"id"`
	Role
}

// KeySubject is what a person's keys are stored under, so that forgetting the
// person finds them all.
func KeySubject(person string) string { return "person/" + person }

// Has reports whether the person holds a role of the case that has not ended.
func (p Person) Has(role string) bool {
	for _, r := range p.Roles {
		if r.Role.Role == role && r.To == "" {
			return true
		}
	}
	return false
}

// Plants are the pseudonyms of a person: of the record, and of those that became
// part of it.
func Plants(tx *store.Tx, p Person) ([]string, error) {
	out := []string{p.Plant}
	for _, id := range p.Also {
		r, err := loadRecord(tx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, r.Plant)
	}
	return out, nil
}

// LoadPerson reads the record that an id stands for: a merged id gives the
// record it became part of.
func LoadPerson(tx *store.Tx, id string) (Person, error) {
	p, err := standsFor(tx, id)
	return complete(tx, p, err)
}

// standsFor is LoadPerson without the roles and the records merged into it: all
// that the class, the pseudonym and the identity of a person need.
func standsFor(tx *store.Tx, id string) (Person, error) {
	for range maxMerges {
		p, err := loadRecord(tx, id)
		if err != nil || p.Merged == "" {
			return p, err
		}
		id = p.Merged
	}
	return Person{}, fmt.Errorf("person: merged in a circle")
}

// maxMerges bounds how often records were merged into further ones.
const maxMerges = 64

// loadRecord reads one record as it is, merged or not, without its roles.
func loadRecord(tx *store.Tx, id string) (Person, error) {
	var p Person
	var class, doc string
	var merged sql.NullString
	and, office := access.Reach(tx, 2, access.Tie{Type: typeCase, Column: "case_person.case_id"})
	err := tx.QueryRow(`SELECT class, merged, doc FROM case_person WHERE id = $1`+and, append([]any{id}, office...)...).Scan(&class, &merged, &doc)
	if errors.Is(err, sql.ErrNoRows) {
		tx.Miss(id)
		return p, refusal.NotFound()
	}
	if err != nil {
		return p, fmt.Errorf("person: %w", err)
	}
	if err := store.Decode(doc, &p); err != nil {
		return p, err
	}
	p.Class, p.Merged = Class(class), merged.String
	return p, nil
}

// Identities opens everything that was ever recorded of who one record of a
// person is, oldest first: names that were corrected away still lead to the
// person. None where the key was destroyed.
func Identities(tx *store.Tx, o Opener, record string) ([]Identity, error) {
	changes, err := History(tx, record)
	if err != nil {
		return nil, err
	}
	var out []Identity
	for _, c := range changes {
		part, ok := c.Entry.Part(identityPart)
		if !ok {
			continue
		}
		var who Identity
		err := o.Open(tx, part, &who)
		if errors.Is(err, seal.ErrNoKey) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("open identity: %w", err)
		}
		out = append(out, who)
	}
	return out, nil
}

// complete adds the roles and the records merged into a person.
func complete(tx *store.Tx, p Person, err error) (Person, error) {
	if err != nil {
		return p, err
	}
	all, err := records(tx, p.ID)
	if err != nil {
		return p, err
	}
	p.Also = all[1:]
	for _, id := range all {
		items, err := itemsOf(tx, id, "role")
		if err != nil {
			return p, err
		}
		for _, i := range items {
			r := HeldRole{ID: i.ID}
			if err := i.Decode(&r.Role); err != nil {
				return p, err
			}
			p.Roles = append(p.Roles, r)
		}
	}
	return p, nil
}

// records lists a person's record and all those merged into it, itself first.
func records(tx *store.Tx, id string) ([]string, error) {
	out := []string{id}
	for i := 0; i < len(out); i++ {
		more, err := store.Column[string](tx, `SELECT id FROM case_person WHERE merged = $1 ORDER BY id`, out[i])
		if err != nil {
			return nil, fmt.Errorf("merged records: %w", err)
		}
		out = append(out, more...)
	}
	return out, nil
}

// People lists the people of a case, by the order they were added. Merged
// records appear once, as the record they became part of.
func People(tx *store.Tx, caseID string) ([]Person, error) {
	list, err := store.Column[string](tx, `SELECT id FROM case_person WHERE case_id = $1 AND merged IS NULL ORDER BY id`, caseID)
	if err != nil {
		return nil, fmt.Errorf("people of a case: %w", err)
	}
	out := make([]Person, 0, len(list))
	for _, id := range list {
		p, err := loadRecord(tx, id)
		if p, err = complete(tx, p, err); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Added.Before(out[j].Added) })
	return out, nil
}

// OpenIdentity opens who a person is. The caller has decided that it may be
// opened; seal.ErrNoKey when this node holds no key any more.
func OpenIdentity(tx *store.Tx, o Opener, p Person) (Identity, error) {
	var who Identity
	if err := o.Open(tx, p.Identity, &who); err != nil {
		return who, fmt.Errorf("open identity: %w", err)
	}
	return who, nil
}

// StillSuspect reports whether a record is of a named adult suspect now, for a
// thing that rests on it: it reads as the node, and tells no more.
func StillSuspect(tx *store.Tx, record string) (bool, error) {
	var class, doc string
	err := tx.QueryRow(`SELECT class, doc FROM case_person WHERE id = $1`, record).Scan(&class, &doc)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("class of a person: %w", err)
	}
	var p Person
	if err := json.Unmarshal([]byte(doc), &p); err != nil {
		return false, fmt.Errorf("person: %w", err)
	}
	return class == string(Suspect) && !p.Gone(), nil
}

// PersonResource is a person, by pseudonym, as access sees them.
func PersonResource(c Case, p Person) access.Resource { return p.resource(c, "person") }

// IdentityResource is who a person is, as access sees it.
func IdentityResource(c Case, p Person) access.Resource { return p.resource(c, "identity") }

func (p Person) resource(c Case, typ string) access.Resource {
	r := c.resource(typ, p.ID)
	r.Attrs[access.AttrClass] = string(p.Class)
	r.Attrs[access.AttrMinor] = p.Age != Adult
	return r
}
