package protection

import (
	"bytes"
	"database/sql"
	_ "embed" // the measures
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
	"go.yaml.in/yaml/v3"
)

// Measure is what is done for a person while a gate is shut: a task with a
// receiving service, its legal source and a clock. Data, like the form.
type Measure struct {
	ID       string           `yaml:"id" json:"id"`
	For      []string         `yaml:"for" json:"for,omitempty"` // vulnerabilities; empty for whatever shut the gate
	Name     program.Text     `yaml:"name" json:"name"`
	Service  program.Text     `yaml:"service" json:"service"`
	Source   program.Text     `yaml:"source" json:"source"`
	Country  string           `yaml:"country" json:"country,omitempty"` // where it is done; empty for both
	Hours    int              `yaml:"hours" json:"hours"`               // after the screening
	Verified program.Verified `yaml:"verified" json:"verified"`
	// Receives says that a person can agree to be named to the service: it cares
	// for people, and decides nothing about anybody's stay.
	Receives bool `yaml:"receives" json:"receives,omitempty"`
}

//go:embed measures.yaml
var measureFile []byte

var loadMeasures = sync.OnceValue(func() map[string][]Measure {
	var out map[string][]Measure
	dec := yaml.NewDecoder(bytes.NewReader(measureFile))
	dec.KnownFields(true)
	if err := dec.Decode(&out); err != nil {
		panic("protection: measures: " + err.Error())
	}
	return out
})

// Measures lists all measures of a topic, whatever the country.
func Measures(topic string) []Measure { return slices.Clone(loadMeasures()[topic]) }

// MeasuresOf lists the measures of a topic in a country, ISO 3166-1 alpha-2, for
// the vulnerabilities that were found; all of the topic where the form names none.
func MeasuresOf(topic, country string, found []string) []Measure {
	return slices.DeleteFunc(slices.Clone(loadMeasures()[topic]), func(m Measure) bool {
		called := len(m.For) == 0 || len(found) == 0 || slices.ContainsFunc(m.For, func(v string) bool { return slices.Contains(found, v) })
		return !called || m.Country != "" && !strings.EqualFold(m.Country, country)
	})
}

// Services lists the receiving services that a consent can name in a country,
// ISO 3166-1 alpha-2, each once, by the measure that first calls on it; empty
// for both countries.
func Services(country string) []Measure {
	var out []Measure
	for _, topic := range Topics {
		for _, m := range loadMeasures()[topic] {
			fits := m.Receives && (m.Country == "" || country == "" || strings.EqualFold(m.Country, country))
			if fits && !slices.ContainsFunc(out, func(x Measure) bool { return x.Service == m.Service }) {
				out = append(out, m)
			}
		}
	}
	return out
}

// ServiceByID is a receiving service by the id of its measure.
func ServiceByID(id string) (Measure, bool) {
	all := Services("")
	i := slices.IndexFunc(all, func(m Measure) bool { return m.ID == id })
	if i < 0 {
		return Measure{}, false
	}
	return all[i], true
}

// MeasureView is a measure with its clock, from the screening that first called for it.
type MeasureView struct {
	Measure
	Due   time.Time          `json:"due"`
	State program.ClockState `json:"state"`
	// Done is when the measure was, while the gate is still shut: of the consular
	// notice, which ends by itself and by nobody's hand.
	Done time.Time `json:"done,omitzero"`
}

// measures are the tasks of a shut gate, for the desk. told is when the consulate
// had its notice.
func measures(topic, country string, found []string, screened, ended, told, now time.Time) []MeasureView {
	var out []MeasureView
	for _, m := range MeasuresOf(topic, country, found) {
		clock := program.Clock{ID: m.ID, Length: m.Hours, Unit: "hours", Verified: m.Verified}
		view := MeasureView{Measure: m}
		end := ended
		if m.ID == measureConsulate && !told.IsZero() {
			view.Done, end = told, told
		}
		c := clock.Alone(screened, end, now)
		view.Due, view.State = c.Due, c.State
		out = append(out, view)
	}
	return out
}

// GateTaken is the fact that somebody of the desk answers for what is done
// while a gate is shut. What the service is asked is sealed: it would tell the topic.
type GateTaken struct {
	journal.Envelope
	Person string `json:"person"`
	Gate   string `json:"gate"`
}

// Kind implements journal.Fact.
func (GateTaken) Kind() string { return "protection.gate_taken.1" }

// TakeGate takes charge of the measures behind a shut gate, with the service
// that receives the person.
type TakeGate struct {
	Case    string `json:"case"`
	Person  string `json:"person"`
	Gate    string `json:"gate"`
	Service string `json:"service"`
}

// Verb implements act.Command.
func (*TakeGate) Verb() string { return "protection.take_gate" }

// Decide implements act.Command.
func (c *TakeGate) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	if _, err := allowed(tx, d, c.Case, c.Person, "gate"); err != nil {
		return nil, err
	}
	g, err := store.Doc[gate](tx, `SELECT doc FROM protection_gate WHERE id = $1 AND case_id = $2 AND person = $3`, c.Gate, c.Case, c.Person)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, refusal.NotFound()
	case err != nil:
		return nil, fmt.Errorf("gate: %w", err)
	case !g.Shut || g.Outcome == Done:
		return nil, refusal.Conflict("protection.gate_open")
	case g.Owner == d.By.User:
		return nil, refusal.Conflict("protection.gate_taken_already")
	case strings.TrimSpace(c.Service) == "":
		return nil, refusal.New("protection.service_missing")
	}
	part, err := d.Seal(tx, d.NewKey(keySubject(c.Person)), partService, c.Service)
	if err != nil {
		return nil, err
	}
	return []journal.Fact{&GateTaken{Envelope: journal.Envelope{Case: c.Case, Handling: "H3", Sealed: []wire.Part{part}}, Person: c.Person, Gate: c.Gate}}, nil
}

// applyGateTaken notes who answers for a gate; whoever took it last does.
func applyGateTaken(tx *store.Tx, e journal.Entry, f GateTaken) error {
	g, err := store.Doc[gate](tx, `SELECT doc FROM protection_gate WHERE id = $1`, f.Gate)
	if err != nil {
		return fmt.Errorf("gate: %w", err)
	}
	g.Owner, g.TakenAt, g.TakenFact = account(e), e.Created, e.ID
	if e.By != nil {
		g.OwnerName = e.By.Name
	}
	return saveGate(tx, e.Case, g)
}
