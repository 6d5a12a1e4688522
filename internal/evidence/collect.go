package evidence

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Collected is the first step of a chain: what was found, where and when, on
// what basis in law, signed by whoever took it into custody. What describes it
// is the sealed part "detail".
type Collected struct {
	journal.Envelope
	Link
	Number      string          `json:"number"`
	N           int             `json:"n"`
	What        string          `json:"what"` // Kinds
	Person      string          `json:"person,omitempty"`
	Item        string          `json:"item,omitempty"`
	Of          string          `json:"of,omitempty"`
	Found       casefile.Moment `json:"found"`
	Basis       string          `json:"basis"`
	Source      string          `json:"source"`
	Information int             `json:"information"`
	Mark        string          `json:"mark"` // handling code of the exhibit
	Exculpatory bool            `json:"exculpatory,omitempty"`
}

// Kind implements journal.Fact.
func (Collected) Kind() string { return "exhibit.collected.1" }

// Starts tells the id of the exhibit.
func (f Collected) Starts() string { return f.Exhibit }

// Collect takes something into custody as an exhibit of a case.
type Collect struct {
	Case        string `json:"case"`
	Kind        string `json:"kind"`
	Description string `json:"description"`
	When        string `json:"when"`
	Zone        string `json:"zone,omitempty"`
	Place       string `json:"place"`
	FoundBy     string `json:"found_by,omitempty"`
	Person      string `json:"person,omitempty"`
	Item        string `json:"item,omitempty"`
	Of          string `json:"of,omitempty"`
	Basis       string `json:"basis"`
	Source      string `json:"source"`
	Information string `json:"information"`
	Packing     string `json:"packing,omitempty"`
	Seal        string `json:"seal,omitempty"`
	Handling    string `json:"handling,omitempty"`
	Exculpatory bool   `json:"exculpatory,omitempty"`
	File        string `json:"file,omitempty"`
	Translated
}

// Verb implements act.Command.
func (*Collect) Verb() string { return "exhibit.collect" }

// Signed implements act.Signed.
func (*Collect) Signed() {}

// Decide implements act.Command.
func (k *Collect) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	c, err := casefile.Load(tx, k.Case)
	if err != nil {
		return nil, err
	}
	if err := d.Allow(tx, access.Resource{Type: typeExhibit, Offices: c.Members, Case: c.ID, Attrs: map[string]any{access.AttrHandling: c.Handling}}); err != nil {
		return nil, err
	}
	if c.Status != casefile.StatusOpen {
		return nil, refusal.Conflict("casefile.closed")
	}
	if err := k.check(); err != nil {
		return nil, err
	}
	person, key, err := k.belongs(tx, c)
	if err != nil {
		return nil, err
	}
	held, parts, err := hold(tx, c.ID, k.File)
	if err != nil {
		return nil, err
	}
	f := &Collected{Link: Link{Exhibit: d.ID(), Nth: 1, Seal: strings.TrimSpace(k.Seal), Held: held}, What: k.Kind, Person: person, Item: k.Item, Of: k.Of, Basis: k.Basis, Source: k.Source,
		Information: int(k.Information[0] - '0'), Mark: k.mark(c), Exculpatory: k.Exculpatory}
	if f.Found, err = casefile.ParseMoment(k.When, casefile.OfficeZone(d, k.Zone)); err != nil {
		return nil, err
	}
	if f.Found.At.After(d.Now) {
		return nil, refusal.New("casefile.future")
	}
	f.When = f.Found.At
	if f.N, err = next(tx, c.ID); err != nil {
		return nil, err
	}
	f.Number = fmt.Sprintf("%s-E%d", c.Number, f.N)
	f.Envelope = journal.Envelope{Case: c.ID, Handling: f.Mark}
	part, err := d.Seal(tx, key, detailPart, Detail{Description: strings.TrimSpace(k.Description), Place: strings.TrimSpace(k.Place),
		FoundBy: strings.TrimSpace(k.FoundBy), Packing: strings.TrimSpace(k.Packing), Translated: k.trimmed()})
	f.Sealed = append(append(f.Sealed, part), parts...)
	return []journal.Fact{f}, err
}

// check refuses what says too little to be shown to a court.
func (k *Collect) check() error {
	_, known := KindByID(k.Kind)
	switch {
	case !known:
		return refusal.New("casefile.not_on_list", "Field", "kind", "Value", k.Kind)
	case !bases.has(k.Basis):
		return refusal.New("casefile.not_on_list", "Field", "basis", "Value", k.Basis)
	case !sources.has(k.Source):
		return refusal.New("casefile.not_on_list", "Field", "source", "Value", k.Source)
	case !informations.has(k.Information):
		return refusal.New("casefile.not_on_list", "Field", "information", "Value", k.Information)
	case strings.TrimSpace(k.Description) == "":
		return refusal.New("casefile.description_missing")
	case strings.TrimSpace(k.Place) == "":
		return refusal.New("exhibit.place_missing")
	case len(k.Description)+len(k.Place)+len(k.Packing)+len(k.FoundBy) > maxWords:
		return refusal.New("casefile.too_long", "Field", "description", "Max", maxWords)
	case len(k.Seal) > maxNumber:
		return refusal.New("exhibit.seal_number")
	}
	if k.Handling != "" {
		if _, ok := program.HandlingByID(k.Handling); !ok {
			return refusal.New("casefile.not_on_list", "Field", "handling", "Value", k.Handling)
		}
	}
	return k.Translated.check(k.Kind, k.Of != "" || k.Item != "")
}

// mark is the exhibit's handling code: the case's, unless a stricter one is asked.
func (k *Collect) mark(c casefile.Case) string {
	return c.Label().With(program.LabelOf(k.Handling)).Handling
}

// belongs holds the person, the entry and the exhibit that are named against
// the case, and gives whose it is and the key that seals its description: what
// leads to a person stays under that person's key.
func (k *Collect) belongs(tx *store.Tx, c casefile.Case) (person, key string, err error) {
	person = k.Person
	if k.Item != "" {
		i, err := casefile.LoadItem(tx, k.Item)
		if absent(err) || err == nil && (i.Case != c.ID || i.Withdrawn) {
			return "", "", refusal.New("casefile.item_unknown")
		}
		if err != nil {
			return "", "", err
		}
		person = cmp.Or(person, i.Person)
	}
	if k.Of != "" {
		x, err := Load(tx, k.Of)
		if absent(err) || err == nil && x.Case != c.ID {
			return "", "", refusal.New("exhibit.unknown")
		}
		if err != nil {
			return "", "", err
		}
		person = cmp.Or(person, x.Person)
	}
	if person == "" {
		return "", c.Key, nil
	}
	p, err := casefile.LoadPerson(tx, person)
	if absent(err) || err == nil && (p.Case != c.ID || p.Gone()) {
		return "", "", refusal.New("casefile.person_unknown")
	}
	return p.ID, p.Key, err
}

// next is the place of the next exhibit in a case.
func next(tx *store.Tx, caseID string) (n int, err error) {
	if err := tx.QueryRow(`SELECT COALESCE(MAX(n), 0) + 1 FROM exhibit WHERE case_id = $1`, caseID).Scan(&n); err != nil {
		return 0, fmt.Errorf("number of an exhibit: %w", err)
	}
	return n, nil
}

// moment is when a step was done: now if nobody says, never in the future.
func moment(d *act.Draw, when, zone string) (time.Time, error) {
	if when == "" {
		return d.Now.UTC().Truncate(time.Microsecond), nil
	}
	m, err := casefile.ParseMoment(when, casefile.OfficeZone(d, zone))
	switch {
	case err != nil:
		return m.At, err
	case m.Precision != "minute":
		return m.At, refusal.New("exhibit.time")
	case m.At.After(d.Now):
		return m.At, refusal.New("casefile.future")
	}
	return m.At, nil
}

func absent(err error) bool { return refusal.Is(err, "access.not_found") }

// errNoChain is a fault of the program: an exhibit begins with its first step.
var errNoChain = errors.New("evidence: an exhibit without a chain")

func trimmed(list []string) (out []string) {
	for _, s := range list {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}
