package casefile

import (
	"slices"
	"strings"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// EventFields are an event as it is entered.
type EventFields struct {
	When        string   `json:"when"`
	Until       string   `json:"until,omitempty"`
	Zone        string   `json:"zone,omitempty"`
	Mode        string   `json:"mode"`
	Place       string   `json:"place,omitempty"`
	PlaceName   string   `json:"place_name,omitempty"`
	Lat         *float64 `json:"lat,omitempty"`
	Lon         *float64 `json:"lon,omitempty"`
	Uncertainty int      `json:"uncertainty_m,omitempty"`
	Reference   string   `json:"reference,omitempty"`
	Group       int      `json:"group_size,omitempty"`
	FeeCents    int64    `json:"fee_cents,omitempty"`
	Currency    string   `json:"currency,omitempty"`
	Hazards     []string `json:"hazards,omitempty"`
	Acts        []string `json:"acts,omitempty"`
	Narrative   string   `json:"narrative,omitempty"`
	Lang        string   `json:"narrative_lang,omitempty"`
}

func (f EventFields) draft(d *act.Draw) (draft[Event], error) {
	var out draft[Event]
	zone := OfficeZone(d, f.Zone)
	e := Event{Mode: f.Mode, Place: Place{Code: f.Place, Name: strings.TrimSpace(f.PlaceName)}, Reference: f.Reference,
		Group: f.Group, Fee: f.FeeCents, Currency: f.Currency, Hazards: f.Hazards}
	var err error
	if e.When, err = ParseMoment(f.When, zone); err != nil {
		return out, err
	}
	if f.Until != "" {
		until, err := ParseMoment(f.Until, zone)
		if err != nil {
			return out, err
		}
		e.Until = &until
	}
	if e.When.At.After(d.Now) {
		return out, refusal.New("casefile.future")
	}
	switch {
	case f.Lat != nil && f.Lon != nil:
		e.Place.Coordinates = &Point{Lat: *f.Lat, Lon: *f.Lon, Uncertainty: f.Uncertainty}
	case f.Lat != nil || f.Lon != nil:
		return out, refusal.New("casefile.coordinates")
	}
	for _, s := range f.Acts {
		a, err := parseActPlace(s)
		if err != nil {
			return out, err
		}
		e.Acts = append(e.Acts, a)
	}
	out.content = e
	out.detail, err = narrative(f.Narrative, f.Lang, d.By.Lang)
	return out, err
}

// narrative is the sealed detail of an event, nil if nothing was told.
func narrative(text, lang, fallback string) (any, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	if len(text) > maxText {
		return nil, refusal.New("casefile.too_long", "Field", "narrative", "Max", maxText)
	}
	if lang == "" {
		lang = fallback
	}
	if !langForm.MatchString(lang) {
		return nil, refusal.New("casefile.language", "Lang", lang)
	}
	return EventDetail{Narrative: text, Lang: lang}, nil
}

// AddEvent records what happened.
type AddEvent struct {
	Case string `json:"case"`
	EventFields
}

// Verb implements act.Command.
func (*AddEvent) Verb() string { return "case.add_event" }

// Decide implements act.Command.
func (a *AddEvent) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	return add(tx, d, a.Case, func(Case) (draft[Event], error) { return a.draft(d) })
}

// CorrectEvent corrects an event.
type CorrectEvent struct {
	Correction
	EventFields
}

// Verb implements act.Command.
func (*CorrectEvent) Verb() string { return "case.correct_event" }

// Decide implements act.Command.
func (k *CorrectEvent) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	k = new(*k) // what was sent stays as it was: the rule may run again
	return correct(tx, d, k.Correction, &k.EventFields, func(Case) (draft[Event], error) { return k.draft(d) })
}

// Countries lists where the event's acts took place, as far as its places say.
func (e Event) Countries() []string {
	var out []string
	add := func(code string) {
		if c := program.CountryOfPlace(code); c != "" && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	add(e.Place.Code)
	for _, a := range e.Acts {
		add(a.Code)
	}
	return out
}

// ActsIn lists the countries in which an act of a case took place.
func ActsIn(tx *store.Tx, caseID string) ([]string, error) {
	items, err := Items(tx, caseID, Event{}.Noun())
	if err != nil {
		return nil, err
	}
	var out []string
	for _, i := range items {
		var e Event
		if err := i.Decode(&e); err != nil {
			return nil, err
		}
		out = append(out, e.Countries()...)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}
