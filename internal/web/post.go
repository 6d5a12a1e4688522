package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// take takes the act that a form asks for, or prepares it for signing, and
// leads on. On a refusal it keeps what was typed for the page to draw again.
func (q *request) take(verb string) error {
	if err := q.r.ParseForm(); err != nil {
		return refusal.New("act.malformed", "field", "")
	}
	fresh, ok := q.s.Acts.Verbs[verb]
	if !ok {
		return refusal.NotFound()
	}
	if rows := q.r.PostForm["_row"]; len(rows) > 0 && !act.NeedsSignature(fresh()) { // what is signed is read alone
		return q.takeRows(verb, rows)
	}
	result, prepared, err := q.takeOne(verb, q.r.PostForm)
	if err != nil {
		return err
	}
	if prepared != "" {
		q.leadOn("/sign/" + prepared + "?back=" + url.QueryEscape(q.here()))
		return nil
	}
	q.leadOn(q.after(verb, result))
	return nil
}

// byScript is the header of a form that a page's script sends, which is told where
// an act leads by byScriptTo and goes there itself: followed by fetch, the page would
// be drawn, and journalled, twice.
const (
	byScript   = "X-Oasiss-Script"
	byScriptTo = "X-Oasiss-To"
)

// leadOn leads a browser on to where an act leads.
func (q *request) leadOn(to string) {
	if q.r.Header.Get(byScript) == "" {
		http.Redirect(q.w, q.r, to, http.StatusSeeOther)
		return
	}
	q.w.Header().Set(byScriptTo, to)
	q.w.WriteHeader(http.StatusNoContent)
}

// takeOne takes one act; if it is refused, what was typed is kept.
func (q *request) takeOne(verb string, values url.Values) (act.Result, string, error) {
	token := values.Get("_token")
	result, prepared, err := q.try(q.s.Acts.Verbs[verb](), token, values)
	if no, refused := refusal.As(err); refused {
		f := component.Form{Action: q.r.URL.Path, Token: token, Values: values, Errors: map[string]string{}, Refusal: &component.Refusal{Code: no.Code, Params: q.ownTimes(no.Params)}}
		q.mark(verb, &f)
		q.refused = append(q.refused, &refusedForm{key: actKey(verb, values.Get("step")), form: f})
	}
	return result, prepared, err
}

// marked are the refusals that name a field as the interface for programs does,
// with what a page says at the field itself and above the form instead: nobody
// who fills in a form knows its fields by those names.
var marked = map[string]struct{ field, at, above string }{
	"act.malformed":        {"field", "web.field_wrong", "web.field_marked"},
	"casefile.not_on_list": {"Field", "web.field_choose", "web.choice_marked"},
	"casefile.too_long":    {"Field", "web.field_long", "web.long_marked"},
}

// mark puts what was refused at its field, where the form has it; a refusal that
// is about one row of a table is at the field of that row.
func (q *request) mark(verb string, f *component.Form) {
	m, known := marked[f.Refusal.Code]
	if !known {
		m.field, m.at = "field", "web.field_wrong"
	}
	field, _ := f.Refusal.Params[m.field].(string)
	if field == "" {
		return
	}
	if row, _ := f.Refusal.Params["row"].(string); row != "" {
		field = "people." + row + "." + field
	}
	f.Errors[field] = q.t(m.at, "Max", f.Refusal.Params["Max"])
	if known && asksFor(verb, field, f.Values) {
		f.Refusal = &component.Refusal{Code: m.above, Params: f.Refusal.Params}
	}
}

// asksFor says whether a page that asks for an act has a field of this name: one
// of its questions, or one that came with what was typed.
func asksFor(verb, field string, values url.Values) bool {
	return values.Has(field) || slices.ContainsFunc(questions[verb], func(a view.Ask) bool { return a.Name == field })
}

// actKey tells the acts of a page apart: one verb may offer several steps.
func actKey(verb, step string) string {
	if step == "" {
		return verb
	}
	return verb + "-" + step
}

func (q *request) try(cmd act.Command, token string, values url.Values) (res act.Result, prepared string, err error) {
	if err := fill(cmd, values, q.zone()); err != nil {
		return res, "", err
	}
	if signed, ok := cmd.(act.Signed); ok {
		p, err := q.s.Acts.Prepare(q.r.Context(), q.by, token, q.purpose, signed)
		return res, p.ID, err
	}
	res, err = q.s.Acts.Do(q.r.Context(), q.by, token, q.purpose, cmd)
	return res, "", err
}

// zone is the office's own, looked up once.
func (q *request) zone() *time.Location {
	if q.zoned != nil {
		return q.zoned
	}
	zone := q.s.Node.Zone
	q.lookUp(func(tx *store.Tx) error {
		if o, ok, err := access.LoadOffice(tx, q.by.Office); err == nil && ok && o.Zone != "" {
			zone = o.Zone
		}
		return nil
	})
	q.zoned = i18n.Zone(zone)
	return q.zoned
}

// here is the page that a form stands on, with the person whom it shows where one
// page shows several.
func (q *request) here() string {
	if person := q.r.URL.Query().Get(ofPerson); person != "" && !strings.Contains(q.path, "?") {
		return with(q.path, ofPerson, person)
	}
	return q.path
}

// ofPerson is what in an address says whom of several people a page shows.
const ofPerson = "person"

// with adds to the query of an address.
func with(path, name, value string) string {
	mark := "?"
	if strings.Contains(path, "?") {
		mark = "&"
	}
	return path + mark + name + "=" + url.QueryEscape(value)
}

// after is where an act leads: to what it made, or back to its page.
func (q *request) after(verb string, res act.Result) string {
	path := q.here()
	switch verb {
	case "alert.raise":
		path = "/alerts/" + res.Object
	case "case.open", captureVerb:
		path = "/cases/" + res.Object
	case "referral.draft":
		path = "/referrals/" + res.Object
	case "file.begin": // a script reads here which upload it may go on with
		return with(path, "upload", res.Object)
	case "redress.receive":
		path = "/requests/" + res.Object
	case "network.export":
		return "/charts/" + res.Facts[0]
	case "figures.export":
		return "/figures/taken/" + res.Facts[0]
	case "case.export":
		return "/exports/" + res.Facts[0]
	case "referral.export":
		path = "/copies/" + res.Facts[0]
	case "protection.release_htcds":
		path = "/releases/" + res.Facts[0]
	case "exhibit.collect":
		path = "/exhibits/" + res.Object
	case "case.add_person":
		path = "/cases/" + q.r.PostForm.Get("case")
	case "accord.propose":
		path = "/accords/" + res.Object
	}
	if next := q.r.PostForm.Get("_next"); local(next) {
		path = next
	}
	path = with(path, "done", verb)
	if step := q.r.PostForm.Get("step"); step != "" {
		path = with(path, "step", step)
	}
	return path
}

// onThisNode is an address that leads to a page of this node; any other leads to
// the first one.
func onThisNode(address string) string {
	if !local(address) {
		return "/"
	}
	return address
}

// local reports whether an address leads to a page of this node.
func local(path string) bool {
	return strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") && !strings.HasPrefix(path, "/\\") && !strings.ContainsAny(path, "\r\n")
}
