package casefile

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
)

// View is a case as one reader may see it. Nobody protected is named in it.
type View struct {
	Row
	Case   Case         `json:"-"`
	People []PersonView `json:"people"`
	Items  []ItemView   `json:"items"`
}

// PersonView is a person as one reader may see them: by pseudonym, and by
// name only for a named adult suspect or an official acting as such.
type PersonView struct {
	ID       string     `json:"id"`
	Plant    string     `json:"plant"`
	Class    Class      `json:"class"`
	Age      Age        `json:"age"`
	Roles    []HeldRole `json:"roles"`
	Merged   []string   `json:"merged,omitempty"`
	Stood    string     `json:"stood"` // names what stands now, for a correction
	Identity *Identity  `json:"identity,omitempty"`
}

// Called is what the person is called on a page: name or pseudonym.
func (p PersonView) Called() string {
	if p.Identity != nil && p.Identity.Named() {
		return p.Identity.Name()
	}
	return p.Plant
}

// ItemView is an item with its opened detail, if the reader may see it and
// this node can open it.
type ItemView struct {
	ID        string          `json:"id"`
	Noun      string          `json:"noun"`
	Person    string          `json:"person,omitempty"`
	Content   json.RawMessage `json:"content"`
	Detail    json.RawMessage `json:"detail,omitempty"`
	Corrected bool            `json:"corrected,omitempty"`
	Ended     *TaskEnd        `json:"ended,omitempty"`  // of a task
	Stood     string          `json:"stood"`            // names what stands now, for a correction
	Sealed    bool            `json:"sealed,omitempty"` // there is a detail that was not opened
}

// See builds a case as the reader may see it. A case that may not be seen is
// absent.
func See(tx *store.Tx, v *act.Viewing, id string) (View, error) {
	c, err := Load(tx, id)
	if err != nil {
		return View{}, err
	}
	if err := v.Must(Resource(c)); err != nil {
		return View{}, err
	}
	view := View{Case: c, People: []PersonView{}, Items: []ItemView{}}
	if view.Row, err = seeRow(tx, v, c); err != nil {
		return view, err
	}
	people, err := People(tx, c.ID)
	if err != nil {
		return view, err
	}
	for _, p := range people {
		seen, ok, err := SeePerson(tx, v, c, p)
		if err != nil {
			return view, err
		}
		if ok {
			view.People = append(view.People, seen)
		}
	}
	view.Items, err = seeItems(tx, v, c)
	return view, err
}

// SeePerson builds a person as the reader may see them; false if not at all.
func SeePerson(tx *store.Tx, v *act.Viewing, c Case, p Person) (PersonView, bool, error) {
	if !v.See(PersonResource(c, p)) {
		return PersonView{}, false, nil
	}
	out := PersonView{ID: p.ID, Plant: p.Plant, Class: p.Class, Age: p.Age, Roles: p.Roles, Merged: p.Also, Stood: stoodAt(p.Added, p.Corrected)}
	if p.Class == Protected || !v.See(IdentityResource(c, p)) {
		return out, true, nil
	}
	who, err := OpenIdentity(tx, v.Ring, p)
	if errors.Is(err, seal.ErrNoKey) {
		return out, true, nil
	}
	out.Identity = &who
	return out, true, err
}

func seeItems(tx *store.Tx, v *act.Viewing, c Case) ([]ItemView, error) {
	all, err := standing(store.Docs[Item](tx, `SELECT doc FROM case_item WHERE case_id = $1 AND noun <> 'role' ORDER BY at, id`, c.ID))
	if err != nil {
		return nil, err
	}
	out := []ItemView{}
	for _, i := range all {
		if !v.See(c.resource(typeOf(i.Noun), i.ID)) {
			continue
		}
		seen, err := SeeItem(tx, v, i)
		if err != nil {
			return nil, err
		}
		out = append(out, seen)
	}
	return out, nil
}

// SeeItem builds an item that the reader may see. The number, plate or
// description of what a protected person holds leads to that person and stays
// sealed; so it is shown only where nobody protected holds it. What a person
// stated is read by whoever may see the statement.
func SeeItem(tx *store.Tx, v *act.Viewing, i Item) (ItemView, error) {
	out := ItemView{ID: i.ID, Noun: i.Noun, Person: i.Person, Content: i.Content, Corrected: !i.Corrected.IsZero(), Ended: i.Ended, Stood: stoodAt(i.Added, i.Corrected), Sealed: i.Detail != nil}
	if i.Detail == nil {
		return out, nil
	}
	if i.Person != "" && typeOf(i.Noun) != "statement" {
		p, err := standsFor(tx, i.Person)
		if err != nil || p.Class == Protected {
			return out, err
		}
	}
	var raw json.RawMessage
	_, err := i.OpenDetail(tx, v.Ring, &raw)
	if errors.Is(err, seal.ErrNoKey) {
		return out, nil
	}
	out.Detail, out.Sealed = raw, false
	return out, err
}

// Found lists the people that an act of looking somebody up has found, as its
// own actor may see them: by pseudonym, if protected.
func Found(tx *store.Tx, v *act.Viewing, fact string) ([]PersonView, error) {
	_, m, err := journal.LoadOwn(tx, fact, (Sought{}).Kind(), v.By.User)
	if err != nil {
		return nil, refusal.NotFound()
	}
	var f Sought
	if err := json.Unmarshal(m.Act.Clear, &f); err != nil {
		return nil, fmt.Errorf("what was found: %w", err)
	}
	out := []PersonView{}
	for _, id := range f.Found {
		p, err := LoadPerson(tx, id)
		if isAbsent(err) {
			continue // since it was found the office left the case, or it was forgotten
		}
		if err != nil {
			return nil, err
		}
		c, err := Load(tx, p.Case)
		if err != nil {
			return nil, err
		}
		seen, ok, err := SeePerson(tx, v, c, p)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, seen)
		}
	}
	return out, nil
}
