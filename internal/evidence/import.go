package evidence

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Import takes the exhibits of a CASE/UCO graph into a case: each begins its
// custody here with whoever signs, who says on which basis and how good the
// source is. What the graph tells of the custody before, and the digests of the
// files, stand in the sealed words of the first step; nobody here signed for them.
type Import struct {
	Case        string `json:"case"`
	Graph       string `json:"graph"` // JSON-LD
	When        string `json:"when"`
	Zone        string `json:"zone,omitempty"`
	Place       string `json:"place"`
	Basis       string `json:"basis"`
	Source      string `json:"source"`
	Information string `json:"information"`
	Handling    string `json:"handling,omitempty"`
}

// Verb implements act.Command.
func (*Import) Verb() string { return "exhibit.import" }

// Signed implements act.Signed.
func (*Import) Signed() {}

// Decide implements act.Command.
func (k *Import) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	c, err := casefile.Load(tx, k.Case)
	if err != nil {
		return nil, err
	}
	if err := d.Allow(tx, access.Resource{Type: typeExhibit, Offices: c.Members, Case: c.ID, Attrs: map[string]any{access.AttrHandling: c.Handling}}); err != nil {
		return nil, err
	}
	brought, err := ReadCASE([]byte(k.Graph))
	if err != nil {
		return nil, err
	}
	if len(brought) > maxBrought {
		return nil, refusal.New("exhibit.case_many", "Max", maxBrought)
	}
	var out []journal.Fact
	for i, x := range brought {
		f, err := k.collected(tx, d, c, x, i)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// maxBrought bounds the exhibits of one import.
const maxBrought = 50

// collected is the collecting of one of them, the nth after those of the case.
func (k *Import) collected(tx *store.Tx, d *act.Draw, c casefile.Case, x Brought, nth int) (*Collected, error) {
	one := Collect{Case: k.Case, Kind: cmp.Or(x.Kind, "other"), Description: cmp.Or(x.Description, x.Number), When: k.When, Zone: k.Zone, Place: k.Place, Basis: k.Basis,
		Source: k.Source, Information: k.Information, Handling: k.Handling}
	facts, err := one.Decide(tx, d)
	if err != nil {
		return nil, err
	}
	f, ok := facts[0].(*Collected)
	if !ok {
		return nil, errNoChain
	}
	f.N += nth
	f.Number = fmt.Sprintf("%s-E%d", c.Number, f.N)
	note := x.note()
	if len(note) > maxWords {
		return nil, refusal.New("casefile.too_long", "Field", "graph", "Max", maxWords)
	}
	var part wire.Part
	if part, err = d.Seal(tx, c.Key, wordsPart, Words{Note: note}); err != nil {
		return nil, err
	}
	f.Sealed = append(f.Sealed, part)
	return f, nil
}

// note is what the graph tells of an exhibit besides what it is.
func (x Brought) note() string {
	lines := []string{"CASE/UCO " + x.Number + " (" + cmp.Or(x.Root, x.Number) + ")"}
	for _, f := range x.Files {
		lines = append(lines, strings.TrimSpace(f.Name+" SHA-256 "+cmp.Or(f.SHA256, "–")))
	}
	for _, s := range x.Steps {
		lines = append(lines, strings.Join([]string{cmp.Or(s.Name, "–"), cmp.Or(s.When, "–"), cmp.Or(s.By, "–")}, ", "))
	}
	return strings.Join(lines, "\n")
}
