package referral

import (
	"strings"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// partCarried is the sealed part that says what goes with a person.
const partCarried = "carried"

// Belongings is what goes with a person over the bridge: what they need in the next
// hours, as far as they agreed to pass it on, what is theirs, and their papers.
type Belongings struct {
	Needs    []string `json:"needs,omitempty"` // of protection.Needs
	Property []string `json:"property,omitempty"`
	Papers   []string `json:"papers,omitempty"`
}

// bounds of a property list: things, and bytes of each.
const (
	maxThings = 60
	maxThing  = 200
)

// carry seals what goes with a person into an appointment. The needs come from
// what the person agreed to pass on: never the answer behind them, and nobody
// types them anew.
func (r Referral) carry(tx *store.Tx, d *act.Draw, e *journal.Envelope, person string, property, papers []string) error {
	b, err := goes(property, papers)
	if err != nil {
		return err
	}
	b.Needs, err = protection.AgreedNeeds(tx, d, r.Case, person)
	if err != nil {
		return err
	}
	part, err := d.Seal(tx, d.NewKey(casefile.KeySubject(person)), partCarried, b)
	if err != nil {
		return err
	}
	e.Sealed = append(e.Sealed, part)
	return nil
}

// goes are the lines of a sheet: what is the person's, and their papers.
func goes(property, papers []string) (b Belongings, err error) {
	if b.Property, err = listed(property); err != nil {
		return b, err
	}
	if b.Papers, err = listed(papers); err != nil {
		return b, err
	}
	if len(b.Property)+len(b.Papers) > maxThings {
		return b, refusal.New("referral.too_long", "Max", maxThings)
	}
	return b, nil
}

// listed is a list of things without empty lines.
func listed(property []string) ([]string, error) {
	var out []string
	for _, p := range property {
		if p = strings.TrimSpace(p); p == "" {
			continue
		}
		if len(p) > maxThing {
			return nil, refusal.New("referral.too_long", "Max", maxThing)
		}
		out = append(out, p)
	}
	if len(out) > maxThings {
		return nil, refusal.New("referral.too_long", "Max", maxThings)
	}
	return out, nil
}

// carried opens what goes with a person; nil where its key has not come or was
// destroyed.
func carried(tx *store.Tx, v *act.Viewing, fact string) (*Belongings, error) {
	var c Belongings
	ok, err := v.OpenPart(tx, fact, partCarried, &c)
	if !ok || err != nil {
		return nil, err
	}
	return &c, nil
}
