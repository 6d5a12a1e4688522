package web

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/intake"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// captures registers the page on which an event is captured, and what helps
// while it is typed: the draft, the rows of its tables where no script adds them,
// and the cases that may be about the same.
func (s *Server) captures(pages *doors) {
	s.fillings(pages)
	s.page(pages, "/intake", areaCases, (*request).capture)
	pages.signedIn("POST /intake/draft", access.RuleOwn, areaCases, (*request).keepCapture)
	pages.signedIn("POST /intake/row", access.RuleSeen, areaCases, func(q *request) {
		q.drawTyped("/intake/row", (*request).capture)
	})
	pages.signedIn("POST /intake/alike", access.RuleSeen, areaCases, func(q *request) {
		q.drawTyped("/intake/alike", func(q *request) (string, any, error) {
			if !s.looks.admits(q.by.User, s.Acts.Now()) {
				return "alike", view.Alike{Tired: true}, nil
			}
			v, err := q.alike(q.r.PostForm)
			return "alike", v, err
		})
	})
}

// drawTyped draws a page from what stands in its form, without taking it.
func (q *request) drawTyped(under string, f show) {
	if err := q.r.ParseForm(); err != nil {
		q.s.problem(q.w, q.r, refusal.New("act.malformed", "field", ""))
		return
	}
	q.path = strings.TrimSuffix(q.r.URL.Path, under) + "/intake"
	q.draw(http.StatusOK, f)
}

const captureVerb = "intake.capture"

// capture is the page.
func (q *request) capture() (string, any, error) {
	if !q.takes(captureVerb, nil) {
		return "", nil, refusal.NotFound()
	}
	begun, err := intake.Drafts(q.r.Context(), q.s.Acts, q.by, q.purpose)
	if err != nil {
		return "", nil, err
	}
	f := q.captureForm(begun)
	v := view.Intake{Form: f, Event: q.eventAsked(f), More: q.moreAsked(f), People: q.peopleAsked(f), Things: q.thingsAsked(f), From: f.Value("from")}
	v.Hidden = []view.Hidden{{Name: "draft", Value: f.Token}, {Name: "from", Value: v.From}}
	for _, b := range begun {
		if b.Object != f.Token {
			v.Begun = append(v.Begun, q.begun(b))
		}
	}
	v.Unfold = slices.ContainsFunc(v.Things, func(t view.Table) bool { return len(rowNumbers(t.Name+".", f.Values)) > 0 })
	if v.Fill, err = q.fillAsked(f); err != nil {
		return "", nil, err
	}
	for _, m := range f.Values[filledMark] {
		v.Hidden = append(v.Hidden, view.Hidden{Name: filledMark, Value: m})
	}
	if f.Back {
		v.NewURL = "/intake?new=yes"
	}
	if f.Refusal != nil {
		v.Row, _ = f.Refusal.Params["row"].(string)
	}
	if f.Refusal != nil || f.Back || q.filling != nil {
		if v.Alike, err = q.alike(f.Values); err != nil {
			return "", nil, err
		}
	}
	return "intake", v, nil
}

// captureForm is the form as it was refused, as it was posted for another row, as
// it was begun, or empty.
func (q *request) captureForm(begun []intake.Begun) component.Form {
	f := component.Form{Action: actPath("/intake", captureVerb), Token: newToken(), Values: url.Values{"event.zone": {q.zone().String()}}, Errors: map[string]string{},
		Draft: q.draftName("intake"), DraftAt: "/intake/draft"}
	for _, no := range q.refused {
		if no.key == captureVerb {
			no.told = true
			f.Values, f.Token, f.Errors, f.Refusal = no.form.Values, no.form.Token, no.form.Errors, no.form.Refusal
			return f
		}
	}
	if q.r.Method == http.MethodPost {
		f.Values, f.Token = q.r.PostForm, cmp.Or(q.r.PostForm.Get("_token"), f.Token)
		return f
	}
	asked := q.r.URL.Query()
	for _, b := range begun {
		if id := asked.Get("draft"); asked.Get("new") == "" && (id == "" || id == b.Object) {
			f.Values, f.Token, f.Back = b.Typed, b.Object, true
			return f
		}
	}
	return f
}

func (q *request) begun(b intake.Begun) view.Begun {
	v := url.Values(b.Typed)
	where := v.Get("event.place_name")
	if r, ok := program.RegionByID(v.Get("event.place")); ok && where == "" {
		where = r.Title.In(q.lang)
	}
	what := slices.DeleteFunc([]string{v.Get("title"), v.Get("event.reference"), where}, func(s string) bool { return s == "" })
	return view.Begun{At: b.At, What: strings.Join(what, ", "), People: len(rowNumbers("people.", v)), URL: "/intake?draft=" + url.QueryEscape(b.Object)}
}

// typedOnly is what of a form was typed: without the form's own fields, without
// what is empty, and without the zone, which nobody typed if nothing else was.
func typedOnly(form url.Values) map[string][]string {
	out := map[string][]string{}
	for name, given := range form {
		if (!strings.HasPrefix(name, "_") || name == filledMark) && name != "draft" && strings.TrimSpace(strings.Join(given, "")) != "" {
			out[name] = given
		}
	}
	if _, zone := out["event.zone"]; zone && len(out) == 1 {
		return nil
	}
	return out
}

// keepCapture keeps the form as it stands; it answers with nothing.
func (q *request) keepCapture() {
	if err := q.r.ParseForm(); err != nil {
		q.s.problem(q.w, q.r, refusal.New("act.malformed", "field", ""))
		return
	}
	if err := intake.KeepDraft(q.r.Context(), q.s.Acts, q.by, q.purpose, q.r.PostForm.Get("_token"), typedOnly(q.r.PostForm)); err != nil {
		q.s.problem(q.w, q.r, err)
		return
	}
	q.w.WriteHeader(http.StatusNoContent)
}

// alike are the cases that may be about the same as what is typed. A field that
// cannot be read yet says nothing.
func (q *request) alike(typed url.Values) (view.Alike, error) {
	var c intake.Capture
	like := map[string][]string{}
	for name, given := range typed {
		if name == "other" || slices.ContainsFunc(likeNames, func(n string) bool { return name == n || strings.HasSuffix(name, "."+n) }) {
			like[name] = given
		}
	}
	if err := fill(&c, like, q.zone()); err != nil {
		return view.Alike{}, nil //nolint:nilerr // half typed
	}
	c.Event.Zone = cmp.Or(c.Event.Zone, q.zone().String())
	found, err := intake.Resembling(q.r.Context(), q.s.Acts, q.by, q.purpose, c.Likeness())
	var v view.Alike
	for _, x := range found {
		row := view.AlikeCase{ID: x.Case, Number: x.Number, URL: "/cases/" + x.Case, Opened: x.Opened, Other: slices.Contains(c.Other, x.Case)}
		for _, why := range x.Why {
			row.Why = append(row.Why, q.t("intake.same."+why))
		}
		v.Cases = append(v.Cases, row)
	}
	return v, err
}

// likeNames are the questions whose answers may be in a case already.
var likeNames = []string{"when", "zone", "place", "reference", "plate", "number", "as_recorded", "role"}

// asksAlike asks, as something is typed, which cases may be about the same.
const asksAlike = "alike=/intake/alike"

func (q *request) eventAsked(f component.Form) []view.Ask {
	when := "type=datetime-local"
	if given := f.Value("event.when"); given != "" && len(given) < len("2006-01-02T15:04") {
		when = "mono" // a source that tells the day alone
	}
	zones := q1("event.zone")
	zones.Key, zones.Choices = "ask.event_zone", q.zoneChoices()
	mode := qa("event.mode", "mode", "required")
	mode.Choices = named(q, program.Modes(), func(m program.Mode) string { return m.ID }, func(m program.Mode) program.Text { return m.Title })
	place := qa("event.place", "place", "required", asksAlike)
	place.Choices = q.regionChoices()
	return []view.Ask{qa("event.when", "when_local", "required", when, asksAlike), zones, mode, place, qa("event.place_name", "place_name"),
		qa("event.reference", "reference", "mono", "autocomplete=off", asksAlike), qa("event.narrative", "circumstances", "rows=4")}
}

// moreAsked are the questions of an event that are rarely answered.
func (q *request) moreAsked(f component.Form) *view.Fold {
	currency := qa("event.currency", "currency")
	currency.Choices = q.codes("", []string{"USD", "MXN"})
	hazards := qa("event.hazards", "hazards", "type=checks", "inline")
	hazards.Choices = q.codes("casefile.hazard.", casefile.Codes("hazard"))
	handling := qa("handling", "handling")
	handling.Choices = q.words(program.HandlingCodes())
	return &view.Fold{TitleKey: "intake.more", LeadKey: "intake.more.lead", Form: f,
		Asks: []view.Ask{qa("title", "title"), qa("event.lat", "lat", "inputmode=decimal"), qa("event.lon", "lon", "inputmode=decimal"), qa("event.uncertainty_m", "uncertainty_m", "inputmode=numeric"),
			qa("event.group_size", "group_size", "inputmode=numeric"), qa("event.fee_cents", "fee_cents", "inputmode=decimal"), currency, hazards, handling}}
}

func (q *request) peopleAsked(f component.Form) view.Table {
	choice := func(name, key string, choices []component.Option, how ...string) view.Ask {
		a := qa(name, key, how...)
		a.Choices = choices
		return a
	}
	var languages []component.Option
	for _, w := range program.Languages(q.lang) {
		languages = append(languages, component.Option{Value: w.ID, Label: w.Name(q.lang)})
	}
	return q.table(f, "people", append([]view.Ask{choice("role", "role", q.words(program.PersonRoles()), asksAlike), choice("function", "function", q.words(program.Functions())),
		qa("as_recorded", "name_said", "autocomplete=off", asksAlike), choice("age", "age", q.codes("casefile.age.", []string{"adult", "child", "doubt"})),
		choice("nationalities", "nationality", countryChoices(q.lang, "")), choice("languages", "speaks", languages), qa("with", "with", "autocomplete=off"),
		choice("signs", "signs", q.codes("protection.sign.", protection.Signs), "type=checks")}, q.extraColumns(f)...)...)
}

func (q *request) thingsAsked(f component.Form) []view.Table {
	kind := func(list string) view.Ask {
		a := q1("kind")
		a.Choices = q.codes("casefile."+list+".", casefile.Codes(list))
		return a
	}
	holder := qa("holder", "held_by", "autocomplete=off")
	return []view.Table{
		q.table(f, "vehicles", kind("vehicle_kind"), qa("plate", "plate", "mono", "autocomplete=off", asksAlike), q1("make"), q1("model"), holder),
		q.table(f, "phones", qa("number", "number", "mono", "inputmode=tel", "autocomplete=off", asksAlike), holder),
		q.table(f, "things", kind("property_kind"), q1("description"), holder),
	}
}

// table is a table of the form: the rows that were typed, and an empty one.
func (q *request) table(f component.Form, name string, columns ...view.Ask) view.Table {
	t := view.Table{Name: name, TitleKey: "intake." + name, LeadKey: "intake." + name + ".lead", OneKey: "intake." + name + ".one", AddKey: "intake." + name + ".add", Form: f}
	for _, c := range columns {
		t.Columns = append(t.Columns, q.t(c.Key))
	}
	last := 1
	if numbers := rowNumbers(name+".", f.Values); len(numbers) > 0 {
		last = numbers[len(numbers)-1] + 1
	}
	if f.Value("_add") == name {
		last++
	}
	for n := range last {
		t.Rows = append(t.Rows, q.tableRow(t, strconv.Itoa(n+1), columns))
	}
	t.Blank = q.tableRow(t, blankRow, columns)
	return t
}

// blankRow stands in a row from which a script makes another, for its number.
const blankRow = "ROW"

func (q *request) tableRow(t view.Table, n string, columns []view.Ask) view.TableRow {
	r := view.TableRow{N: n}
	for _, a := range columns {
		c := view.TableCell{Label: q.t(a.Key), Ask: a}
		c.Ask.Name, c.Ask.Text = t.Name+"."+n+"."+a.Name, q.t(t.OneKey)+" "+n+": "+c.Label
		r.Cells = append(r.Cells, c)
	}
	return r
}

// zoneChoices are the zones of the programme's offices, the reader's own first,
// each with its letters now.
func (q *request) zoneChoices() []component.Option {
	own := q.zone().String()
	zones := map[string]bool{own: true}
	for _, o := range program.Offices() {
		zones[o.Zone] = true
	}
	var out []component.Option
	for _, z := range slices.Sorted(maps.Keys(zones)) {
		o := component.Option{Value: z, Label: place(z, q.lang) + " (" + i18n.Letters(q.s.Acts.Now(), i18n.Zone(z)) + ")"}
		if z == own {
			out = slices.Insert(out, 0, o)
		} else {
			out = append(out, o)
		}
	}
	return out
}
