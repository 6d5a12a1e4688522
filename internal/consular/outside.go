package consular

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// ToldOutside is the fact that a consulate without a node was told by the usual
// means. It stays at home, and which consulate and how is sealed: a country tells
// a nationality.
type ToldOutside struct {
	journal.Envelope
	Person string `json:"person"`
}

// Kind implements journal.Fact.
func (ToldOutside) Kind() string { return "consular.told_outside.1" }

// Means by which a consulate without a node is told, closed. Each has a name
// under "consular.means".
var Means = []string{"telephone", "electronic_mail", "in_person", "letter"}

// Telling is how a consulate was told, sealed.
type Telling struct {
	Country   string    `json:"country"` // ISO 3166-1 alpha-2
	Means     string    `json:"means"`
	Officer   string    `json:"officer"` // of the consulate, who was told
	At        time.Time `json:"at"`
	ChildTold string    `json:"child_told,omitempty"`
}

// TellOutside records that a consulate without a node was told, by the same rule
// as a notice: the person asks, and nothing else is said.
type TellOutside struct {
	Case      string    `json:"case"`
	Person    string    `json:"person"`
	Country   string    `json:"country"`
	Means     string    `json:"means"`
	Officer   string    `json:"officer"`
	At        time.Time `json:"at"`
	ChildTold string    `json:"child_told,omitempty"`
}

// Verb implements act.Command.
func (*TellOutside) Verb() string { return "consular.tell_outside" }

var countryForm = regexp.MustCompile(`^[A-Z]{2}$`)

// Decide implements act.Command.
func (c *TellOutside) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	p, _, err := held(tx, d, c.Case, c.Person)
	if err != nil {
		return nil, err
	}
	if err := ready(tx, d, p); err != nil {
		return nil, err
	}
	t := Telling{Country: c.Country, Means: c.Means, Officer: strings.TrimSpace(c.Officer), At: c.At.UTC().Truncate(time.Second), ChildTold: strings.TrimSpace(c.ChildTold)}
	switch {
	case !countryForm.MatchString(c.Country):
		return nil, refusal.New("consular.country")
	case !slices.Contains(Means, c.Means):
		return nil, refusal.New("consular.means")
	case t.Officer == "" || len(t.Officer) > maxWords:
		return nil, refusal.New("consular.officer")
	case c.At.IsZero() || c.At.After(d.Now):
		return nil, refusal.New("consular.told_at")
	case p.Age != casefile.Adult && (t.ChildTold == "" || len(t.ChildTold) > maxWords):
		return nil, refusal.New("consular.child_authority")
	}
	if _, err := nationalOf(tx, d, p, c.Country); err != nil {
		return nil, err
	}
	part, err := d.Seal(tx, d.NewKey(casefile.KeySubject(p.ID)), partTelling, t)
	if err != nil {
		return nil, err
	}
	return []journal.Fact{&ToldOutside{Envelope: journal.Envelope{Case: c.Case, Handling: "H3", Sealed: []wire.Part{part}}, Person: p.ID}}, nil
}

func applyToldOutside(tx *store.Tx, e journal.Entry, f ToldOutside) error {
	a, err := asked(tx, e.Case, f.Person)
	if err != nil {
		return err
	}
	a.Outside, a.Notice = mark(e), ""
	return a.save(tx)
}

// answered says when a person's consulate had the notice: acknowledged it, or was
// told where it has no node. It is what ends the measure of a screening.
func answered(tx *store.Tx, caseID, person string) (at time.Time, err error) {
	a, err := asked(tx, caseID, person)
	if err != nil {
		return at, err
	}
	if a.Outside != nil {
		return a.Outside.At, nil
	}
	n, known, err := a.notice(tx)
	if err != nil || !known || n.Withdrawn != nil || n.Acknowledged == nil {
		return at, err
	}
	return n.Acknowledged.At, err
}
