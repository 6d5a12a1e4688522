package packet

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/document"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Lint is what whoever signs for a version looks at first. Nobody is named in
// it: people stand under their pseudonyms.
type Lint struct {
	Version   int         `json:"version"`
	Changed   int         `json:"changed"`              // entries made in the case since it was frozen
	Over      []string    `json:"over,omitempty"`       // tiers that the accord does not let go
	Consents  []RestsOn   `json:"consents,omitempty"`   // that an identity rests on
	Marked    []Marked    `json:"marked,omitempty"`     // items with a handling code
	LeftOut   []LeftOut   `json:"left_out,omitempty"`   // what exists and does not go, with the reason
	Counsel   bool        `json:"counsel,omitempty"`    // it waits for counsel
	NoneKnown bool        `json:"none_known,omitempty"` // signed: nothing known speaks for the suspects
	Disclosed []Disclosed `json:"disclosed,omitempty"`  // field by field
}

// RestsOn is a consent on which a release rests.
type RestsOn struct {
	Subject string    `json:"subject"`
	Until   time.Time `json:"until"`
	InForce bool      `json:"in_force"`
}

// Marked is an item under a handling code, by its number in the print.
type Marked struct {
	Number   string `json:"number"`
	Section  string `json:"section"`
	Handling string `json:"handling"`
}

// LeftOut is something that exists and is not in the version.
type LeftOut struct {
	What    string `json:"what"` // noun
	Subject string `json:"subject,omitempty"`
	Reason  string `json:"reason"`
}

// LintOf looks a version over under the tiers that its accord releases.
func LintOf(tx *store.Tx, o casefile.Opener, v Version, release []string, now time.Time) (*Lint, error) {
	out := &Lint{Version: v.N, Counsel: v.Counsel && v.Cleared.IsZero(), Over: Over(v.Manifest, release)}
	var err error
	if out.Changed, err = changedSince(tx, v); err != nil {
		return nil, err
	}
	if out.Disclosed, err = Disclosures(tx, v); err != nil {
		return nil, err
	}
	if err := out.restsOn(tx, v, now); err != nil {
		return nil, err
	}
	for i, s := range v.Manifest.Sections {
		out.NoneKnown = out.NoneKnown || s.Name == wire.SectionExculpatory && s.Empty == emptyBecause[wire.SectionExculpatory]
		for j, it := range s.Items {
			if it.Handling != "H0" {
				out.Marked = append(out.Marked, Marked{document.Number(i, j), s.Name, it.Handling})
			}
		}
	}
	return out, out.leftOut(tx, o, v)
}

func (l *Lint) restsOn(tx *store.Tx, v Version, now time.Time) error {
	keys, err := Keys(tx, v.Packet, v.N)
	if err != nil {
		return err
	}
	for _, k := range keys {
		if k.Person == "" || k.Ground == GroundSuspect {
			continue
		}
		c, err := protection.FindConsent(tx, k.Ground)
		if err != nil {
			return err
		}
		l.Consents = append(l.Consents, RestsOn{k.Subject, c.Until, c.InForce(now)})
	}
	return nil
}

func (l *Lint) leftOut(tx *store.Tx, o casefile.Opener, v Version) error {
	open, err := Open(tx, o, v)
	if errors.Is(err, journal.ErrForgotten) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, c := range open[wire.SectionLeftOut] {
		if c.Body == nil {
			continue
		}
		var b OmissionBody
		if err := json.Unmarshal(c.Body, &b); err != nil {
			return fmt.Errorf("what was left out: %w", err)
		}
		l.LeftOut = append(l.LeftOut, LeftOut{b.What, b.Subject, b.Reason})
	}
	return nil
}

// changedSince counts what was written in the case after the version was frozen.
func changedSince(tx *store.Tx, v Version) (n int, err error) {
	err = tx.QueryRow(`SELECT COUNT(*) FROM fact WHERE case_id = $1 AND seq > (SELECT seq FROM fact WHERE id = $2) AND (kind LIKE 'case.%' OR kind LIKE 'exhibit.%')`, v.Case, v.Fact).Scan(&n)
	if err != nil {
		err = fmt.Errorf("changed since it was frozen: %w", err)
	}
	return n, err
}

// Over lists the tiers of a manifest that are beyond those released.
func Over(m wire.Manifest, release []string) []string {
	var out []string
	for _, s := range m.Sections {
		for _, it := range s.Items {
			if !slices.Contains(release, it.Tier) && !slices.Contains(out, it.Tier) {
				out = append(out, it.Tier)
			}
		}
	}
	return out
}

// Marks is the label of the version: as strict as the strictest of its items.
func (v Version) Marks() program.Label {
	out := program.LabelOf("")
	for _, s := range v.Manifest.Sections {
		for _, it := range s.Items {
			out = out.With(program.Label{Handling: it.Handling, Onward: it.Onward, Court: it.Court})
		}
	}
	return out
}
