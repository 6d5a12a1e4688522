package casefile

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/document"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/program"
)

// Teller says in one language what a case holds: for a page as for what is printed.
type Teller struct {
	Lang i18n.Lang
	Zone *time.Location
}

// T is a text in the teller's language; pairs are its parameters.
func (t Teller) T(key string, pairs ...any) string {
	params := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		params[pairs[i].(string)] = pairs[i+1]
	}
	return i18n.T(t.Lang, key, params)
}

// Word is the name of a code: the text of key and code if there is one, else
// the code.
func (t Teller) Word(key, code string) string {
	if code == "" {
		return ""
	}
	if i18n.Has(key + code) {
		return t.T(key + code)
	}
	return code
}

// Role is what a person's role in a case is called.
func (t Teller) Role(id string) string {
	if w, ok := program.PersonRoleByID(id); ok {
		return w.Title.In(t.Lang)
	}
	return id
}

// Function is what a suspect's function is called.
func (t Teller) Function(id string) string {
	if w, ok := program.FunctionByID(id); ok {
		return w.Title.In(t.Lang)
	}
	return id
}

// Place is what a place is called: in the words of the agent, or by its code.
func (t Teller) Place(p Place) string {
	region := ""
	if r, ok := program.RegionByID(p.Code); ok {
		region = r.Title.In(t.Lang)
	}
	switch {
	case p.Name != "" && region != "":
		return p.Name + ", " + region
	case p.Name != "":
		return p.Name
	case region != "":
		return region
	}
	return p.Code
}

// Money is an amount with its currency; "" for none.
func (t Teller) Money(cents int64, currency string) string {
	if cents == 0 {
		return ""
	}
	out := i18n.Number(t.Lang, cents/100)
	if rest := cents % 100; rest != 0 {
		out += fmt.Sprintf(".%02d", rest)
	}
	return out + " " + currency
}

// Day is a date as it was recorded, in words.
func (t Teller) Day(s string) string {
	if d, err := time.Parse(time.DateOnly, s); err == nil {
		return i18n.Date(t.Lang, d, time.UTC)
	}
	return s
}

// Event is what is known of an event.
func (t Teller) Event(e Event) []document.Fact {
	mode := e.Mode
	if m, ok := program.ModeByID(e.Mode); ok {
		mode = m.Title.In(t.Lang)
	}
	group := ""
	if e.Group > 0 {
		group = i18n.Number(t.Lang, int64(e.Group))
	}
	var hazards []string
	for _, h := range e.Hazards {
		hazards = append(hazards, t.Word("casefile.hazard.", h))
	}
	return document.Filled([]document.Fact{{Label: t.T("ask.when"), Value: i18n.DateTime(t.Lang, e.When.At, t.Zone)}, {Label: t.T("ask.place"), Value: t.Place(e.Place)}, {Label: t.T("ask.mode"), Value: mode},
		{Label: t.T("ask.group_size"), Value: group}, {Label: t.T("ask.fee_cents"), Value: t.Money(e.Fee, e.Currency)}, {Label: t.T("ask.hazards"), Value: strings.Join(hazards, ", ")},
		{Label: t.T("web.acts_at"), Value: t.ActPlaces(e.Acts)}, {Label: t.T("ask.reference"), Value: e.Reference, Mono: true}})
}

// ActPlaces says which act took place where, and on which day if that is known.
func (t Teller) ActPlaces(acts []ActPlace) string {
	var out []string
	for _, a := range acts {
		at := t.Word("casefile.act.", a.Act) + ": " + t.Place(Place{Code: a.Code})
		if a.Day != "" {
			at += ", " + t.Day(a.Day)
		}
		out = append(out, at)
	}
	return strings.Join(out, "; ")
}

// Identity is who a person is, as far as it may be shown.
func (t Teller) Identity(w Identity) []document.Fact {
	var ids []string
	for _, id := range w.Identifiers {
		ids = append(ids, strings.ToUpper(id.Scheme)+" "+id.Value)
	}
	return document.Filled([]document.Fact{{Label: t.T("person.identity"), Value: w.Name()}, {Label: t.T("ask.as_recorded"), Value: w.AsRecorded}, {Label: t.T("ask.aliases"), Value: strings.Join(w.Aliases, "; ")},
		{Label: t.T("ask.birth"), Value: t.Day(w.Birth)}, {Label: t.T("ask.nationalities"), Value: t.Countries(w.Nationalities)}, {Label: t.T("ask.languages"), Value: t.Languages(w.Languages)},
		{Label: t.T("ask.identifiers"), Value: strings.Join(ids, "; "), Mono: true}, {Label: t.T("ask.contact"), Value: strings.Join(w.Contact, "; ")}})
}

// Kind is the name of a thing's kind.
func (t Teller) Kind(noun, kind string) string {
	if kind == "" {
		return t.Word("noun.", noun)
	}
	return t.Word("casefile."+noun+"_kind.", kind)
}

// Details are the fields of an opened detail by their codes, in order of the
// codes; false for what cannot be read.
func Details(raw json.RawMessage) ([]document.Fact, bool) {
	if len(raw) == 0 {
		return nil, true
	}
	fields := map[string]any{}
	if json.Unmarshal(raw, &fields) != nil {
		return nil, false
	}
	var out []document.Fact
	for k, v := range fields {
		if s, ok := v.(string); ok && s != "" {
			out = append(out, document.Fact{Label: k, Value: s})
		}
	}
	slices.SortFunc(out, func(a, b document.Fact) int { return strings.Compare(a.Label, b.Label) })
	return out, true
}

// Picked is what came of an identification: the place of whoever was picked, and
// that of the suspect; 0 for nobody.
func (t Teller) Picked(picked, suspect int) string {
	switch {
	case picked == 0:
		return t.T("identification.nobody")
	case suspect != 0 && picked != suspect:
		return t.T("identification.another", "Place", picked)
	}
	return t.T("identification.picked", "Place", picked)
}

// Languages are the names of languages, as a list to be read.
func (t Teller) Languages(codes []string) string {
	var names []string
	for _, c := range codes {
		if c != "" {
			names = append(names, program.LanguageName(c, t.Lang))
		}
	}
	return strings.Join(names, ", ")
}

// Countries are the names of countries, as a list to be read.
func (t Teller) Countries(codes []string) string {
	var names []string
	for _, c := range codes {
		names = append(names, i18n.CountryName(t.Lang, c))
	}
	return strings.Join(names, ", ")
}

// Offence is the name of an offence with its section.
func (t Teller) Offence(id string) string {
	o, ok := program.OffenceByID(id)
	if !ok {
		return id
	}
	return o.Title.In(t.Lang) + " (" + o.Law.In(t.Lang) + ", " + o.Section.In(t.Lang) + ")"
}
