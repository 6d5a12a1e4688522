package casefile

import (
	"reflect"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// mine loads a case for an act on the case itself.
func mine(tx *store.Tx, d *act.Draw, id string) (Case, error) {
	c, err := Load(tx, id)
	if err != nil {
		return c, err
	}
	return c, d.Allow(tx, Resource(c))
}

// writable loads a case for an act that writes something of a type into it.
func writable(tx *store.Tx, d *act.Draw, id, typ, object string) (Case, error) {
	c, err := Load(tx, id)
	if err != nil {
		return c, err
	}
	if err := d.Allow(tx, c.resource(typ, object)); err != nil {
		return c, err
	}
	if c.Status != StatusOpen {
		return c, refusal.Conflict("casefile.closed")
	}
	return c, nil
}

// envelope is what facts of the case say around themselves.
func (c Case) envelope(parts ...wire.Part) journal.Envelope {
	return journal.Envelope{Case: c.ID, Handling: c.Handling, Sealed: parts}
}

func sealed(parts ...wire.Part) []wire.Part { return parts }

func (c Case) member(office string) bool { return slices.Contains(c.Members, office) }

// person loads a person of this case, by the id of any of their records.
func (c Case) person(tx *store.Tx, id string) (Person, error) {
	if id == "" {
		return Person{}, refusal.New("casefile.person_missing")
	}
	p, err := LoadPerson(tx, id)
	if isAbsent(err) || err == nil && p.Case != c.ID {
		return p, refusal.New("casefile.person_unknown")
	}
	if err == nil {
		err = p.here()
	}
	return p, err
}

// has demands that an item belongs to this case.
func (c Case) has(tx *store.Tx, item string) error {
	i, err := LoadItem(tx, item)
	if isAbsent(err) || err == nil && i.Case != c.ID {
		return refusal.New("casefile.item_unknown")
	}
	return err
}

// factsFrom is the earliest moment of which the case speaks, at the latest now:
// whoever was under 18 then is a child in this case.
func (c Case) factsFrom(tx *store.Tx, now time.Time) (time.Time, error) {
	events, err := Items(tx, c.ID, "event")
	if err != nil {
		return now, err
	}
	for _, i := range events {
		var e Event
		if err := i.Decode(&e); err != nil {
			return now, err
		}
		if e.When.At.Before(now) {
			now = e.When.At
		}
	}
	return now, nil
}

// typeOf is the type under which access knows items of a noun.
func typeOf(noun string) string {
	switch noun {
	case "translation", "identification":
		return "statement"
	case "ausa_decision":
		return "charge"
	case nounTask:
		return "note"
	}
	return noun
}

// draft is new content with what of it is sealed.
type draft[T Content] struct {
	content T
	detail  any // nil: nothing is sealed
}

// add gives the fact that adds an item to a case.
func add[T Content](tx *store.Tx, d *act.Draw, caseID string, build func(Case) (draft[T], error)) ([]journal.Fact, error) {
	var none T
	c, err := writable(tx, d, caseID, typeOf(none.Noun()), "")
	if err != nil {
		return nil, err
	}
	made, err := build(c)
	if err != nil {
		return nil, err
	}
	f := &Added[T]{ID: d.ID(), Content: made.content}
	f.Envelope, err = seal1(tx, d, c, made)
	return []journal.Fact{f}, err
}

// seal1 checks a draft and seals its detail under the key of the person it is
// about, or of the case.
func seal1[T Content](tx *store.Tx, d *act.Draw, c Case, made draft[T]) (journal.Envelope, error) {
	if err := made.content.check(); err != nil {
		return journal.Envelope{}, err
	}
	key := c.Key
	if id := made.content.About(); id != "" {
		p, err := c.person(tx, id)
		if err != nil {
			return journal.Envelope{}, err
		}
		key = p.Key
	}
	return sealUnder(tx, d, c, key, made)
}

// sealUnder seals a draft's detail under a key.
func sealUnder[T Content](tx *store.Tx, d *act.Draw, c Case, key string, made draft[T]) (journal.Envelope, error) {
	if made.detail == nil {
		return c.envelope(), nil
	}
	part, err := d.Seal(tx, key, detailPart, made.detail)
	return c.envelope(part), err
}

// Correction is what every correction says.
type Correction struct {
	Item     string `json:"item"`
	Reason   string `json:"reason"`
	Withdraw bool   `json:"withdraw,omitempty"`
	Stood
}

// Stood is what a correction was drawn from: when that was recorded. One that
// names it is put onto what was recorded since (meanwhile.go), so that two people
// who correct the same thing at once do not undo each other unseen.
type Stood struct {
	Stood string `json:"stood,omitempty"` // as the thing was shown, RFC 3339
}

// still refuses what was drawn from anything but what stands.
func (s Stood) still(added, corrected time.Time) error {
	if s.Stood != "" && s.Stood != stoodAt(added, corrected) {
		return refusal.Conflict("casefile.changed_meanwhile")
	}
	return nil
}

// stoodAt names what stands by the time it was recorded.
func stoodAt(added, corrected time.Time) string {
	if corrected.IsZero() {
		corrected = added
	}
	return corrected.UTC().Format(time.RFC3339Nano)
}

// correct gives the fact that corrects an item; mine are the fields of the
// correction, which build reads. Withdrawing keeps its content as it stood.
func correct[T Content, F any](tx *store.Tx, d *act.Draw, k Correction, mine *F, build func(Case) (draft[T], error)) ([]journal.Fact, error) {
	i, err := LoadItem(tx, k.Item)
	if err != nil {
		return nil, err
	}
	var was T
	if i.Noun != was.Noun() {
		return nil, refusal.NotFound()
	}
	c, err := writable(tx, d, i.Case, typeOf(i.Noun), i.ID)
	if err != nil {
		return nil, err
	}
	switch {
	case !reasons.has(k.Reason):
		return nil, refusal.New("casefile.reason_missing")
	case i.Withdrawn:
		return nil, refusal.Conflict("casefile.withdrawn_already")
	}
	f := &Corrected[T]{ID: i.ID, Reason: k.Reason, Withdrawn: k.Withdraw}
	if k.Withdraw {
		if err := k.still(i.Added, i.Corrected); err != nil {
			return nil, err
		}
		if err := i.Decode(&was); err != nil {
			return nil, err
		}
		f.Content, f.Envelope = was, c.envelope()
		if i.Detail != nil {
			f.Envelope.Sealed = sealed(*i.Detail)
		}
		return []journal.Fact{f}, nil
	}
	if err := rejoin(tx, d, i, k.Stood, reflect.ValueOf(mine).Elem()); err != nil {
		return nil, err
	}
	made, err := build(c)
	if err != nil {
		return nil, err
	}
	f.Content = made.content
	f.Envelope, err = seal1(tx, d, c, made)
	return []journal.Fact{f}, err
}

// zoneOf is a zone by name, UTC if it is none.
func zoneOf(name string) *time.Location {
	if z, err := time.LoadLocation(name); err == nil {
		return z
	}
	return time.UTC
}
