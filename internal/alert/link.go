package alert

import (
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Linked is the fact that an alert belongs to a case of this node. It stays at
// home: the corridor's offices hear of lives at risk, and not of cases.
type Linked struct {
	journal.Envelope
	Alert string `json:"alert"`
	Case  string `json:"case"`
}

// Kind implements journal.Fact.
func (Linked) Kind() string { return "alert.linked.1" }

// ConsulatesTold is the fact that the consular protection of some countries
// hears of an alert from now on: a nationality is known, or a person asks for
// it (VCCR 36). Which person it is, it does not say. Released.
type ConsulatesTold struct {
	journal.Envelope
	Alert     string   `json:"alert"`
	Countries []string `json:"countries"`       // ISO 3166-1 alpha-2
	Asked     bool     `json:"asked,omitempty"` // by a person
}

// Kind implements journal.Fact.
func (ConsulatesTold) Kind() string { return "alert.consulates_told.1" }

var countryForm = regexp.MustCompile(`^[A-Z]{2}$`)

// mostCountries bounds the countries of one alert.
const mostCountries = 20

// Link names the case that an alert belongs to.
type Link struct {
	Alert string `json:"alert"`
	Case  string `json:"case"`
}

// Verb implements act.Command.
func (*Link) Verb() string { return "alert.link" }

// Decide implements act.Command.
func (c *Link) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	a, err := mine(tx, d, c.Alert)
	if err != nil {
		return nil, err
	}
	f, err := linked(tx, d, a.ID, c.Case)
	return []journal.Fact{f}, err
}

// linked is the fact for a case that the actor may see, by id or number.
func linked(tx *store.Tx, d *act.Draw, alert, id string) (*Linked, error) {
	c, err := casefile.Named(tx, id)
	if err != nil {
		return nil, err
	}
	if err := d.Known(casefile.Resource(c)); err != nil {
		return nil, err
	}
	return &Linked{Envelope: journal.Envelope{Case: alert}, Alert: alert, Case: c.ID}, nil
}

func applyLinked(tx *store.Tx, _ journal.Entry, f Linked) error {
	return change(tx, f.Alert, func(a *Alert) { a.Case = f.Case })
}

// forgetCase takes a forgotten case off the alerts that name it.
func forgetCase(tx *store.Tx, _ journal.Entry, f casefile.Forgotten) error {
	if !f.Whole() {
		return nil
	}
	all, err := store.Docs[Alert](tx, `SELECT doc FROM alert ORDER BY id`)
	if err != nil {
		return fmt.Errorf("alerts: %w", err)
	}
	for _, a := range all {
		if a.Case != f.Object {
			continue
		}
		a.Case = ""
		if err := a.save(tx); err != nil {
			return err
		}
	}
	return nil
}

// TellConsulates lets the consular protection of some countries hear of an alert.
type TellConsulates struct {
	Alert         string   `json:"alert"`
	Nationalities []string `json:"nationalities"`
	Asked         bool     `json:"asked,omitempty"`
}

// Verb implements act.Command.
func (*TellConsulates) Verb() string { return "alert.tell_consulates" }

// Decide implements act.Command.
func (c *TellConsulates) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	a, err := mine(tx, d, c.Alert)
	if err != nil {
		return nil, err
	}
	f, err := told(a.envelope(d.Node), a.ID, c.Nationalities, c.Asked)
	return []journal.Fact{f}, err
}

func told(e journal.Envelope, alert string, countries []string, asked bool) (*ConsulatesTold, error) {
	f := &ConsulatesTold{Envelope: e, Alert: alert, Countries: slices.Compact(slices.Sorted(slices.Values(countries))), Asked: asked}
	if !f.valid() {
		return nil, refusal.New("alert.nationalities")
	}
	return f, nil
}

func (f ConsulatesTold) valid() bool {
	return len(f.Countries) > 0 && len(f.Countries) <= mostCountries && !slices.ContainsFunc(f.Countries, func(c string) bool { return !countryForm.MatchString(c) })
}

// applyTold makes the consular offices of these countries members of the alert:
// those of the accords in whose corridors it was raised, on either node.
func applyTold(tx *store.Tx, _ journal.Entry, f ConsulatesTold) error {
	a, err := Load(tx, f.Alert)
	if err != nil {
		return err
	}
	for _, c := range a.Corridors {
		if err := a.tell(tx, c, func(o accord.Office, _ bool) bool {
			agency, known := program.AgencyByID(o.Agency)
			return known && agency.Consular && slices.Contains(f.Countries, agency.Country)
		}); err != nil {
			return err
		}
	}
	return change(tx, f.Alert, func(a *Alert) {
		a.Consulates = slices.Compact(slices.Sorted(slices.Values(append(a.Consulates, f.Countries...))))
	})
}

// admitTold takes it from an office of the other side of an alert that both hold.
func admitTold(tx *store.Tx, m wire.Message, f ConsulatesTold) (wire.Code, error) {
	if !f.valid() {
		return wire.CodeContent, nil
	}
	return admitOf(tx, m, f.Alert)
}

// caseOf is the case that an alert names, for who may see it; none for all others.
func (a Alert) caseOf(tx *store.Tx, v *act.Viewing) (number string, ok bool, err error) {
	if a.Case == "" {
		return "", false, nil
	}
	c, err := casefile.Load(tx, a.Case)
	if refusal.Is(err, "access.not_found") || errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil || !v.See(casefile.Resource(c)) {
		return "", false, err
	}
	return c.Number, true, nil
}
