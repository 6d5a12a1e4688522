package web

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// decode reads a stored document into its type. One that cannot be read stays
// empty on the page, and the node's log says that it is damaged.
func (q *request) decode(raw json.RawMessage, v any) {
	if len(raw) == 0 {
		return
	}
	if err := json.Unmarshal(raw, v); err != nil {
		q.s.Log.Error("a stored document cannot be read", "type", fmt.Sprintf("%T", v), "path", q.r.Pattern)
	}
}

func lower(s string) string { return strings.ToLower(s) }

// person is how a person of a case appears.
func (q *request) person(p casefile.PersonView) component.Person {
	out := component.Person{URL: "/people/" + p.ID}
	if p.Identity != nil && p.Identity.Named() && p.Class != casefile.Protected {
		out.Name = p.Identity.Name()
	} else {
		out.Plant = p.Plant
	}
	return out
}

// called is what a person of this node's cases is called on a page.
func (q *request) called(id string) string {
	p, err := casefile.ShowPerson(q.r.Context(), q.s.Acts, q.by, q.purpose, id)
	if err != nil {
		return id
	}
	return p.Called()
}

func (q *request) personRole(id string) string {
	if w, ok := program.PersonRoleByID(id); ok {
		return w.Title.In(q.lang)
	}
	return id
}

func (q *request) function(id string) string {
	if w, ok := program.FunctionByID(id); ok {
		return w.Title.In(q.lang)
	}
	return id
}

// placeOf is what a place is called: in the words of the agent, or by its code.
func (q *request) placeOf(p casefile.Place) string {
	region := ""
	if r, ok := program.RegionByID(p.Code); ok {
		region = r.Title.In(q.lang)
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

func (q *request) money(cents int64, currency string) string {
	if cents == 0 {
		return ""
	}
	out := i18n.Number(q.lang, cents/100)
	if rest := cents % 100; rest != 0 {
		out += fmt.Sprintf(".%02d", rest)
	}
	return out + " " + currency
}

// eventFacts are what is known of an event.
func (q *request) eventFacts(e casefile.Event) []view.Fact {
	mode := e.Mode
	if m, ok := program.ModeByID(e.Mode); ok {
		mode = m.Title.In(q.lang)
	}
	group := ""
	if e.Group > 0 {
		group = i18n.Number(q.lang, int64(e.Group))
	}
	var hazards []string
	for _, h := range e.Hazards {
		hazards = append(hazards, q.word("casefile.hazard.", h))
	}
	return filled([]view.Fact{{Label: q.t("ask.when"), Value: i18n.DateTime(q.lang, e.When.At, q.zone())}, {Label: q.t("ask.place"), Value: q.placeOf(e.Place)}, {Label: q.t("ask.mode"), Value: mode},
		{Label: q.t("ask.group_size"), Value: group}, {Label: q.t("ask.fee_cents"), Value: q.money(e.Fee, e.Currency)}, {Label: q.t("ask.hazards"), Value: strings.Join(hazards, ", ")},
		{Label: q.t("web.acts_at"), Value: q.actPlaces(e.Acts)}, {Label: q.t("ask.reference"), Value: e.Reference, Mono: true}})
}

// actPlaces says which act took place where, and on which day if that is known.
func (q *request) actPlaces(acts []casefile.ActPlace) string {
	var out []string
	for _, a := range acts {
		at := q.word("casefile.act.", a.Act) + ": " + q.placeOf(casefile.Place{Code: a.Code})
		if a.Day != "" {
			at += ", " + q.day(a.Day)
		}
		out = append(out, at)
	}
	return strings.Join(out, "; ")
}

// identity are the fields of an identity that say something.
func (q *request) identity(w casefile.Identity) []view.Fact {
	var ids []string
	for _, id := range w.Identifiers {
		ids = append(ids, strings.ToUpper(id.Scheme)+" "+id.Value)
	}
	return filled([]view.Fact{{Label: q.t("person.identity"), Value: w.Name()}, {Label: q.t("ask.as_recorded"), Value: w.AsRecorded}, {Label: q.t("ask.aliases"), Value: strings.Join(w.Aliases, "; ")},
		{Label: q.t("ask.birth"), Value: w.Birth}, {Label: q.t("ask.nationalities"), Value: q.countryNames(w.Nationalities)}, {Label: q.t("ask.languages"), Value: q.languages(w.Languages)},
		{Label: q.t("ask.identifiers"), Value: strings.Join(ids, "; "), Mono: true}, {Label: q.t("ask.contact"), Value: strings.Join(w.Contact, "; ")}})
}

// kindOf is the name of a thing's kind.
func (q *request) kindOf(noun, kind string) string {
	if kind == "" {
		return q.word("noun.", noun)
	}
	return q.word("casefile."+noun+"_kind.", kind)
}

// day is a date as it was recorded, in words.
func (q *request) day(s string) string {
	if d, err := program.ParseDay(s); err == nil {
		return q.date(d)
	}
	return s
}

// details are the fields of an opened detail, by name.
func (q *request) details(raw json.RawMessage) []view.Fact {
	fields := map[string]any{}
	q.decode(raw, &fields)
	var out []view.Fact
	for k, v := range fields {
		if s, ok := v.(string); ok && s != "" {
			out = append(out, view.Fact{Label: k, Value: s})
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Label < out[j].Label })
	return out
}

// itemURL leads to one thing of a case, to be read and corrected.
func itemURL(c casefile.View, i casefile.ItemView) string {
	return "/cases/" + c.Case.ID + "/items/" + i.ID
}

// thingsOf adds a case's events, statements and things.
func (q *request) thingsOf(c casefile.View, v *view.Case) {
	for _, i := range c.Items {
		switch i.Noun {
		case "event":
			var e casefile.Event
			q.decode(i.Content, &e)
			v.Event = append(v.Event, q.eventFacts(e)...)
			v.Events = append(v.Events, view.Link{Text: q.itemName(c, i), URL: itemURL(c, i)})
			var d casefile.EventDetail
			if q.decode(i.Detail, &d); d.Narrative != "" && v.Narrative == "" {
				v.Narrative, v.NarrLang = d.Narrative, d.Lang
			}
		case "statement":
			v.Statements = append(v.Statements, q.statementRow(c, i))
		case "vehicle", "phone", "property", "organisation":
			v.Things = append(v.Things, q.thing(c, i))
		case "charge":
			var x casefile.Charge
			q.decode(i.Content, &x)
			v.Court = append(v.Court, view.Thing{URL: itemURL(c, i), Kind: q.t("noun.charge"), Words: q.offence(x.Offence) + ", " + calledIn(c, x.Person), Day: q.day(x.Facts)})
		case "ausa_decision":
			var x casefile.Decision
			q.decode(i.Content, &x)
			v.Court = append(v.Court, view.Thing{URL: itemURL(c, i), Kind: q.t("noun.ausa_decision"), Words: q.word("web.decision.", x.Decision), Day: q.day(x.On)})
		case "outcome":
			var x casefile.Outcome
			q.decode(i.Content, &x)
			kind := x.Kind
			if w, ok := program.OutcomeByID(x.Kind); ok {
				kind = w.Title.In(q.lang)
			}
			v.Court = append(v.Court, view.Thing{URL: itemURL(c, i), Kind: q.t("noun.outcome"), Words: strings.Join(append([]string{kind, calledIn(c, x.Person)}, q.sentence(x)...), ", "), Day: q.day(x.On)})
		}
	}
}

// sentence is what a court imposed, by which court, and whether it stands.
func (q *request) sentence(x casefile.Outcome) (out []string) {
	if x.Months > 0 {
		out = append(out, q.t("law.unit.months", "Count", x.Months))
	}
	if m := q.money(x.FineCents, x.Currency); m != "" {
		out = append(out, q.t("case.fine", "Amount", m))
	}
	if x.Authority != "" {
		out = append(out, x.Authority)
	}
	if x.Final {
		out = append(out, q.t("case.final"))
	}
	return out
}

func (q *request) statementRow(c casefile.View, i casefile.ItemView) view.Statement {
	var s casefile.Statement
	q.decode(i.Content, &s)
	var d casefile.StatementDetail
	q.decode(i.Detail, &d)
	row := view.Statement{At: s.Start.At, Language: q.languages([]string{d.Lang}), Note: q.word("casefile.statement_kind.", s.Kind), URL: itemURL(c, i)}
	for _, p := range c.People {
		if p.ID == i.Person || slices.Contains(p.Merged, i.Person) {
			row.Person = q.person(p)
		}
	}
	return row
}

func (q *request) thing(c casefile.View, i casefile.ItemView) view.Thing {
	var x struct {
		Kind     string `json:"kind"`
		Name     string `json:"name"` // of an organisation
		Amount   int64  `json:"amount_cents"`
		Currency string `json:"currency"`
	}
	q.decode(i.Content, &x)
	t := view.Thing{URL: itemURL(c, i), Kind: q.word("noun.", i.Noun), Words: q.kindOf(i.Noun, x.Kind)}
	if x.Kind == "" {
		t.Words = ""
	}
	t.Words = strings.TrimPrefix(strings.TrimSuffix(t.Words+", "+x.Name, ", "), ", ")
	for _, d := range q.details(i.Detail) {
		t.Words = strings.TrimPrefix(t.Words+", "+d.Value, ", ")
	}
	if i.Sealed {
		t.Words = strings.TrimPrefix(t.Words+", "+q.t("web.sealed"), ", ")
	}
	if m := q.money(x.Amount, x.Currency); m != "" {
		t.Number = m
	}
	if who := calledIn(c, i.Person); who != "" {
		t.Words += " (" + who + ")"
	}
	return t
}

// itemName is what one thing of a case is called where it is one of many.
func (q *request) itemName(c casefile.View, i casefile.ItemView) string {
	switch i.Noun {
	case "statement":
		return q.t("noun.statement") + ": " + q.statementName(c, i)
	case "translation":
		var t casefile.Translation
		q.decode(i.Content, &t)
		name := q.t("noun.translation") + " (" + q.languages([]string{t.Lang}) + ")"
		for _, s := range c.Items {
			if s.ID == t.Statement {
				name += ": " + q.statementName(c, s)
			}
		}
		return name
	case "event":
		var e casefile.Event
		q.decode(i.Content, &e)
		return q.t("noun.event") + ": " + strings.TrimPrefix(q.placeOf(e.Place)+", "+i18n.Date(q.lang, e.When.At, q.zone()), ", ")
	case "charge":
		var x casefile.Charge
		q.decode(i.Content, &x)
		return q.t("noun.charge") + ": " + q.offence(x.Offence)
	case "ausa_decision", "outcome", "note":
		return q.t("noun." + i.Noun)
	}
	t := q.thing(c, i)
	name := t.Kind
	for _, more := range []string{t.Words, t.Number} {
		if more != "" {
			name += ": " + more
		}
	}
	return name
}

// officeChoices are the offices of this node that are not among those given.
func (q *request) officeChoices(not []string) []component.Option {
	out := []component.Option{}
	q.lookUp(func(tx *store.Tx) error {
		all, err := access.ListOffices(tx)
		for _, o := range all {
			if !slices.Contains(not, o.ID) && o.Closed.IsZero() {
				out = append(out, component.Option{Value: o.ID, Label: map[i18n.Lang]string{i18n.English: o.Name.En, i18n.Spanish: o.Name.Es}[q.lang]})
			}
		}
		return err
	})
	return out
}
