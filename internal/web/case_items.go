package web

import (
	"encoding/json"
	"fmt"
	"slices"
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

// tell says what a case holds in the reader's language and zone.
func (q *request) tell() casefile.Teller { return casefile.Teller{Lang: q.lang, Zone: q.zone()} }

func (q *request) personRole(id string) string { return q.tell().Role(id) }

func (q *request) function(id string) string { return q.tell().Function(id) }

func (q *request) placeOf(p casefile.Place) string { return q.tell().Place(p) }

func (q *request) money(cents int64, currency string) string { return q.tell().Money(cents, currency) }

func (q *request) actPlaces(acts []casefile.ActPlace) string { return q.tell().ActPlaces(acts) }

func (q *request) kindOf(noun, kind string) string { return q.tell().Kind(noun, kind) }

func (q *request) day(s string) string { return q.tell().Day(s) }

// details are the fields of an opened detail, by name.
func (q *request) details(raw json.RawMessage) []view.Fact {
	facts, ok := casefile.Details(raw)
	if !ok {
		q.s.Log.Error("a stored document cannot be read", "type", "detail", "path", q.r.Pattern)
	}
	return facts
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
			v.Event = append(v.Event, q.tell().Event(e)...)
			v.Events = append(v.Events, view.Link{Text: q.itemName(c, i), URL: itemURL(c, i)})
			var d casefile.EventDetail
			if q.decode(i.Detail, &d); d.Narrative != "" && v.Narrative == "" {
				v.Narrative, v.NarrLang = d.Narrative, d.Lang
			}
		case "statement":
			v.Statements = append(v.Statements, q.statementRow(c, i))
		case "identification":
			v.Statements = append(v.Statements, q.identificationRow(c, i))
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
	return view.Statement{Person: q.personIn(c, i.Person), At: s.Start.At, Language: q.languages([]string{d.Lang}), Note: q.word("casefile.statement_kind.", s.Kind), URL: itemURL(c, i)}
}

// identificationRow is an identification among the statements of a case.
func (q *request) identificationRow(c casefile.View, i casefile.ItemView) view.Statement {
	var x casefile.Identification
	q.decode(i.Content, &x)
	return view.Statement{Person: q.personIn(c, i.Person), At: x.When.At, Language: q.t("noun.identification"), Note: q.tell().Picked(x.Picked, x.ShownAt), URL: itemURL(c, i)}
}

// personIn is how a person of a case appears, by the id of any of their records.
func (q *request) personIn(c casefile.View, id string) component.Person {
	for _, p := range c.People {
		if p.ID == id || slices.Contains(p.Merged, id) {
			return q.person(p)
		}
	}
	return component.Person{}
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
	case "identification":
		var x casefile.Identification
		q.decode(i.Content, &x)
		return q.t("noun.identification") + ": " + calledIn(c, i.Person) + ", " + i18n.Date(q.lang, x.When.At, q.zone())
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

// newMembers are the offices that access to a case can be given to: not those
// that have it, nor those in which nobody may see a case whatever they are given,
// as who oversees, keeps the node or receives at the bridge.
func (q *request) newMembers(caseID string, members []string) []component.Option {
	var roles map[string][]string
	q.lookUp(func(tx *store.Tx) (err error) {
		roles, err = access.RolesOf(tx, q.s.Acts.Now())
		return err
	})
	return slices.DeleteFunc(q.officeChoices(members), func(o component.Option) bool {
		return !q.sees("somebody", o.Value, roles[o.Value], access.Resource{Type: "case", ID: caseID, Offices: []string{o.Value}, Case: caseID})
	})
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
