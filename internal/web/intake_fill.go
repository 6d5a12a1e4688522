package web

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/intake"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// fillings registers what fills the form of a capture: a file of a case system,
// and an event that is here under its number there. Nothing is stored: what was
// read stands in the form, each answer marked, until the officer opens the case.
func (s *Server) fillings(pages *doors) {
	pages.streamed("POST /intake/file", access.RuleSeen, areaCases, func(q *request) {
		q.fillForm("/intake/file", func(typed url.Values) (intake.Filling, string, error) {
			f, err := q.fillFromFile(typed)
			return f, typed.Get("_name"), err
		})
	}, mostSent)
	pages.signedIn("POST /intake/number", access.RuleSeen, areaCases, func(q *request) {
		q.fillForm("/intake/number", func(typed url.Values) (intake.Filling, string, error) {
			f, err := intake.FillByNumber(q.r.Context(), q.s.Acts, q.by, q.purpose, typed.Get("_number"))
			return f, f.Where, err
		})
	})
}

// mostSent bounds what is read of a form with its files, so that one that is too
// long is answered with what was typed beside it.
const mostSent = 64 << 20

// mostMapping bounds a mapping that an officer brings.
const mostMapping = 1 << 20

// fillForm draws the page with what was typed, and what a source holds in the
// fields that were empty. What is wrong with the source changes nothing.
func (q *request) fillForm(under string, from func(typed url.Values) (intake.Filling, string, error)) {
	if err := q.readFilling(); err != nil {
		q.s.problem(q.w, q.r, err)
		return
	}
	q.path = strings.TrimSuffix(q.r.URL.Path, under) + "/intake"
	q.draw(http.StatusOK, func(q *request) (string, any, error) {
		if !q.takes(captureVerb, nil) {
			return "", nil, refusal.NotFound()
		}
		f, source, err := from(q.r.PostForm)
		if err == nil {
			q.filling = q.filled(f, source)
		} else if q.filling = q.notFilled(err); q.filling == nil {
			return "", nil, err
		}
		return q.capture()
	})
}

// readFilling reads the form: what was typed, and its files, which stay in memory.
func (q *request) readFilling() error {
	q.sent = map[string][]byte{}
	keep := func(most int64) func(p *multipart.Part) error {
		return func(p *multipart.Part) error { return q.keepSent(p, most) }
	}
	return q.readSent(map[string]func(p *multipart.Part) error{"_file": keep(intake.MostFilling), "_map": keep(mostMapping)})
}

// keepSent keeps a file of a form. One that is too long is read to its end and kept
// empty, so that nothing that was typed is lost.
func (q *request) keepSent(p *multipart.Part, most int64) error {
	name := p.FormName()
	b, long, err := readAtMost(p, most)
	if err == nil {
		_, err = io.Copy(io.Discard, p)
	}
	if err != nil {
		return refusal.New("act.malformed", "field", name)
	}
	if name == "_file" {
		q.r.PostForm.Set("_name", sentName(p))
	}
	if long {
		q.r.PostForm.Set("_long", name)
		return nil
	}
	q.sent[name] = b
	return nil
}

func (q *request) fillFromFile(typed url.Values) (intake.Filling, error) {
	switch {
	case typed.Get("_long") != "":
		return intake.Filling{}, refusal.New("intake.file_too_long", "Max", intake.MostFilling>>20)
	case len(q.sent["_file"]) == 0:
		return intake.Filling{}, refusal.New("file.empty")
	}
	m, err := intake.MappingFor(q.sent["_map"], typed.Get("_mapping"))
	if err != nil {
		return intake.Filling{}, err
	}
	return intake.FillFrom(m, typed.Get("_name"), bytes.NewReader(q.sent["_file"]), typed.Get("_number"))
}

// notFilled is why nothing was filled, as the page says it; nil for a fault of the
// program.
func (q *request) notFilled(err error) *view.Fill {
	var faults intake.Faults
	if errors.As(err, &faults) {
		return &view.Fill{Wrong: faults.In(q.lang)}
	}
	if no, refused := refusal.As(err); refused {
		return &view.Fill{Wrong: []string{intake.Says(no, q.lang)}}
	}
	return nil
}

// filled puts what a source holds into the fields of the form that are empty, each
// with a mark that says where it stands there, and tells what could not be read.
func (q *request) filled(f intake.Filling, source string) *view.Fill {
	form := filler{into: q.r.PostForm, where: q.lineOrCase(f.Where)}
	form.set("title", f.Title)
	form.event(f, q.zone().String())
	first := after("people.", form.into)
	for i, p := range f.People {
		form.where = q.lineOrCase(p.Where)
		form.person("people."+strconv.Itoa(first+i)+".", p.Met)
	}
	form.where = q.lineOrCase(f.Where)
	held := func(row string) string {
		if n, err := strconv.Atoi(row); err == nil {
			return strconv.Itoa(first + n - 1)
		}
		return ""
	}
	for _, v := range f.Vehicles {
		form.row("vehicles."+strconv.Itoa(after("vehicles.", form.into))+".", "kind", v.Kind, "plate", v.Plate, "make", v.Make, "model", v.Model, "holder", held(v.Holder))
	}
	for _, p := range f.Phones {
		form.row("phones."+strconv.Itoa(after("phones.", form.into))+".", "number", p.Number, "holder", held(p.Holder))
	}
	if len(form.into[filledMark]) > 0 {
		form.into.Set("from", source)
	}
	out := &view.Fill{Done: true, People: len(f.People), Others: f.Others, Case: f.Where}
	for _, l := range f.Left {
		out.Left = append(out.Left, q.t("intake.left", "Line", l.Line, "Why", intake.Says(l.Why, q.lang)))
	}
	return out
}

// lineOrCase is where something was read: a line of a file, or a case.
func (q *request) lineOrCase(where string) string {
	if _, err := strconv.Atoi(where); err == nil {
		return q.t("intake.line", "Line", where)
	}
	return where
}

// after is the number of the first row of a table in which nothing stands.
func after(prefix string, values url.Values) int {
	if rows := rowNumbers(prefix, values); len(rows) > 0 {
		return rows[len(rows)-1] + 1
	}
	return 1
}

// filledMark names the marks of what was filled: field, where it stands in its
// source, and what it said. While the field still says that, it is marked.
const filledMark = "_filled"

// filler fills a form.
type filler struct {
	into  url.Values
	where string
}

// set fills a field in which nothing was typed.
func (f *filler) set(name, value string) {
	if value = strings.TrimSpace(value); value == "" || strings.TrimSpace(strings.Join(f.into[name], "")) != "" {
		return
	}
	f.into.Set(name, value)
	f.into.Add(filledMark, name+"|"+f.where+"|"+value)
}

// row fills fields of a row: names and values by turns.
func (f *filler) row(prefix string, pairs ...string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		f.set(prefix+pairs[i], pairs[i+1])
	}
}

// event fills the event. A time of day is told in the form's zone, which the
// source's own takes the place of where nothing was typed yet.
func (f *filler) event(x intake.Filling, zone string) {
	e := x.Event
	if e.When != "" && f.into.Get("event.when") == "" && slices.Contains([]string{"", zone}, f.into.Get("event.zone")) && e.Zone != "" {
		f.into.Set("event.zone", e.Zone)
	}
	f.row("event.", "when", localTime(e.When, f.into.Get("event.zone")), "mode", e.Mode, "place", e.Place, "place_name", e.PlaceName, "reference", e.Reference)
	f.position(e)
	if e.Group > 0 {
		f.set("event.group_size", strconv.Itoa(e.Group))
	}
}

// position fills where an event was and how sure that is, all of it or nothing:
// half of it typed, or another place, would make a position that nobody recorded.
func (f *filler) position(e casefile.EventFields) {
	typed := f.into.Get("event.lat") + f.into.Get("event.lon") + f.into.Get("event.uncertainty_m")
	if e.Lat == nil || e.Lon == nil || strings.TrimSpace(typed) != "" || f.into.Get("event.place") != e.Place {
		return
	}
	degrees := func(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
	f.row("event.", "lat", degrees(*e.Lat), "lon", degrees(*e.Lon), "uncertainty_m", strconv.Itoa(e.Uncertainty))
}

// localTime is a time as a field of a form holds it: a moment in a zone, or what
// is known less precisely as it stands.
func localTime(when, zone string) string {
	if t, err := time.Parse(time.RFC3339, when); err == nil {
		return t.In(i18n.Zone(zone)).Format("2006-01-02T15:04")
	}
	return when
}

func (f *filler) person(prefix string, p intake.Met) {
	f.row(prefix, "role", p.Role, "function", p.Function, "as_recorded", p.AsRecorded, "given", p.Given, "paterno", p.Paterno, "materno", p.Materno,
		"aliases", strings.Join(p.Aliases, "\n"), "age", p.Age, "birth", p.Birth, "sex", p.Sex, "nationalities", strings.Join(p.Nationalities[:min(1, len(p.Nationalities))], ""),
		"identifiers", strings.Join(p.Identifiers, "\n"), "source", p.Source, "reference", p.Reference)
}

// extraColumns are the columns of the people's table that stand there only where
// a file has filled them.
func (q *request) extraColumns(f component.Form) []view.Ask {
	sex := q1("sex")
	sex.Choices = q.codes("casefile.sex.", []string{"f", "m", "x"})
	source := qa("source", "source")
	source.Choices = q.codes("casefile.source.", casefile.Codes("source"))
	var out []view.Ask
	for _, a := range []view.Ask{q1("given", "autocomplete=off"), q1("paterno", "autocomplete=off"), q1("materno", "autocomplete=off"), q1("aliases", "rows=2"),
		q1("birth", "mono", "autocomplete=off"), sex, q1("identifiers", "rows=2"), source, qa("reference", "source_reference", "mono", "autocomplete=off")} {
		for _, n := range rowNumbers("people.", f.Values) {
			if f.Value("people."+strconv.Itoa(n)+"."+a.Name) != "" {
				out = append(out, a)
				break
			}
		}
	}
	return out
}

// fillAsked is the part of the page by which the form is filled.
func (q *request) fillAsked(f component.Form) (view.Fill, error) {
	out := view.Fill{}
	if q.filling != nil {
		out = *q.filling
	}
	shipped, err := intake.ShippedMappings()
	for _, m := range shipped {
		out.Mappings = append(out.Mappings, component.Option{Value: m.ID, Label: q.word("intake.mapping.", m.ID), Selected: f.Value("_mapping") == m.ID})
	}
	out.Number = f.Value("_number")
	return out, err
}
