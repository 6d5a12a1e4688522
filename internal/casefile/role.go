package casefile

import (
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
)

// RoleFields are a role as it is entered.
type RoleFields struct {
	Role       string `json:"role"`
	Function   string `json:"function,omitempty"`
	From       string `json:"role_from,omitempty"`
	To         string `json:"role_to,omitempty"`
	Source     string `json:"source"`
	SourceItem string `json:"source_item,omitempty"`
	Reference  string `json:"reference,omitempty"`
}

func (r RoleFields) role(person string) Role {
	return Role{Person: person, Role: r.Role, Function: r.Function, From: r.From, To: r.To, Source: Source{Kind: r.Source, Item: r.SourceItem}}
}

func (r RoleFields) detail() any {
	if r.Reference == "" {
		return nil
	}
	return RoleDetail{Reference: r.Reference}
}

// fact gives the role of a person who is being added in the same act and
// cannot be loaded yet.
func (r RoleFields) fact(tx *store.Tx, d *act.Draw, c Case, person, key string) (*Added[Role], error) {
	role := r.role(person)
	if err := role.check(); err != nil {
		return nil, err
	}
	if err := r.source(tx, c); err != nil {
		return nil, err
	}
	f := &Added[Role]{Envelope: c.envelope(), ID: d.ID(), Content: role}
	if detail := r.detail(); detail != nil {
		part, err := d.Seal(tx, key, detailPart, detail)
		if err != nil {
			return nil, err
		}
		f.Envelope = c.envelope(part)
	}
	return f, nil
}

// source demands that the item named as source is one of the case.
func (r RoleFields) source(tx *store.Tx, c Case) error {
	if r.SourceItem == "" {
		return nil
	}
	return c.has(tx, r.SourceItem)
}

// SetRole gives a person of the case a further role, with its source.
type SetRole struct {
	Person string `json:"person"`
	RoleFields
}

// Verb implements act.Command.
func (*SetRole) Verb() string { return "case.set_role" }

// Decide implements act.Command.
func (s *SetRole) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	p, err := LoadPerson(tx, s.Person)
	if err != nil {
		return nil, err
	}
	return add(tx, d, p.Case, func(c Case) (draft[Role], error) { return s.draft(tx, c, p.ID) })
}

func (r RoleFields) draft(tx *store.Tx, c Case, person string) (draft[Role], error) {
	return draft[Role]{r.role(person), r.detail()}, r.source(tx, c)
}

// CorrectRole corrects or ends a role: "role_to" ends it.
type CorrectRole struct {
	Correction
	RoleFields
}

// Verb implements act.Command.
func (*CorrectRole) Verb() string { return "case.correct_role" }

// Decide implements act.Command.
func (k *CorrectRole) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	k = new(*k) // what was sent stays as it was: the rule may run again
	return correct(tx, d, k.Correction, &k.RoleFields, func(c Case) (draft[Role], error) {
		i, err := LoadItem(tx, k.Item)
		if err != nil {
			return draft[Role]{}, err
		}
		return k.draft(tx, c, i.Person)
	})
}
