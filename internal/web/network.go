package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/network"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// networks registers the link chart, what people keep of charts for themselves,
// and the charts that were taken out.
func (s *Server) networks(pages *doors) {
	s.page(pages, "/network/{id}", areaCases, func(q *request) (string, any, error) {
		v, err := q.network(q.r.PathValue("id"), nil)
		return "network", v, err
	})
	pages.signedIn("POST /network/{id}/keep", access.RuleOwn, areaCases, (*request).keepChart)
	pages.signedIn("POST /network/{id}/drop", access.RuleOwn, areaCases, (*request).dropChart)
	s.page(pages, "/charts/{id}", areaCases, func(q *request) (string, any, error) {
		x, err := network.ShowTaken(q.r.Context(), q.s.Acts, q.by, q.purpose, q.r.PathValue("id"))
		v := view.Taken{TitleKey: "network.taken", Mark: x.Mark, Act: x.Act, Until: x.Until, LeftOut: x.LeftOut}
		for _, f := range x.Files {
			v.Files = append(v.Files, view.Link{Text: f.Name, URL: "/charts/" + x.Act + "/" + f.Name})
		}
		return "chart_taken", v, err
	})
	pages.signedIn("GET /charts/{id}/{file}", access.RuleSeen, areaCases, func(q *request) {
		x, err := network.ShowTaken(q.r.Context(), q.s.Acts, q.by, q.purpose, q.r.PathValue("id"))
		if err != nil {
			q.s.problem(q.w, q.r, err)
			return
		}
		for _, f := range x.Files {
			if f.Name == q.r.PathValue("file") {
				q.handOut(f.Name, f.Media, written(f.Content))
				return
			}
		}
		q.s.problem(q.w, q.r, refusal.NotFound())
	})
}

// chartAsked is what the address asks of a chart: ids, kinds and a day, nothing
// of anybody.
func (q *request) chartAsked(start string) network.Ask {
	in := q.r.URL.Query()
	if q.r.Form != nil && q.r.PostForm.Get("start") == start { // an act that was refused draws what it was about
		in = q.r.PostForm
	}
	ask := network.Ask{Start: start, Open: in["open"], From: in.Get("from"), To: in.Get("to"), Until: in.Get("until"), Without: in["without"]}
	if only := in["only"]; len(only) > 0 { // as the form has it: what is ticked is shown
		ask.Without = slices.DeleteFunc(slices.Clone(network.Kinds), func(k string) bool { return slices.Contains(only, k) })
	}
	return ask
}

// chartValues is chartAsked the other way.
func chartValues(a network.Ask) url.Values {
	v := url.Values{}
	for name, values := range map[string][]string{"open": a.Open, "without": a.Without} {
		if len(values) > 0 {
			v[name] = values
		}
	}
	for name, value := range map[string]string{"from": a.From, "to": a.To, "until": a.Until} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return v
}

// chartAddress is where a chart stands.
func chartAddress(a network.Ask) string {
	if v := chartValues(a); len(v) > 0 {
		return "/network/" + a.Start + "?" + v.Encode()
	}
	return "/network/" + a.Start
}

// network is the chart of a start; no is why it was not kept, nil where nobody tried.
func (q *request) network(start string, no error) (view.Network, error) {
	ask := q.chartAsked(start)
	all, err := network.AllKept(q.r.Context(), q.s.Acts, q.by)
	if err != nil {
		return view.Network{}, err
	}
	var kept network.Kept // the one that is looked at, if any
	var mine []view.NetworkKept
	for _, k := range all {
		if k.Ask.Start != start {
			continue
		}
		current := k.ID == q.r.URL.Query().Get("kept")
		if current {
			kept, ask = k, k.Ask
		}
		mine = append(mine, view.NetworkKept{ID: k.ID, Name: k.Name, URL: "/network/" + start + "?kept=" + k.ID, Current: current})
	}
	chart, err := network.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, ask)
	form := component.Form{Action: "/network/" + start, Values: url.Values{"until": {ask.Until}, "from": {ask.From}, "to": {ask.To}}, Errors: map[string]string{}}
	if wrong, refused := refusal.As(err); refused && wrong.Code == "network.day" {
		form.Refusal, form.Errors["until"] = said(err), q.t("web.field_wrong")
		ask.Until = ""
		chart, err = network.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, ask)
	}
	if err != nil {
		return view.Network{}, err
	}
	v := view.Network{Start: start, Form: form, Kept: mine, Drawing: q.drawing(chart, ask, kept.Places), Days: q.chartDays(chart)}
	v.Keep = component.Form{Values: url.Values{"name": {kept.Name}}, Errors: map[string]string{}, Refusal: said(no)}
	q.askedOf(ask, &v)
	switch {
	case chart.Path > 0:
		v.Path = q.t("network.path", "Count", chart.Path)
	case chart.Path < 0:
		v.Path, v.NoPath = q.t("network.no_path"), true
	}
	q.tableOf(chart, ask, &v)
	fixed := map[string]string{"start": start, "from": ask.From, "to": ask.To, "until": ask.Until}
	for _, a := range q.offered("network.export", fixed, answers{"reason": q.codes("export.reason.", casefile.Reasons())}) {
		for name, values := range map[string][]string{"open": ask.Open, "without": ask.Without} {
			for _, x := range values {
				a.Hidden = append(a.Hidden, view.Hidden{Name: name, Value: x})
			}
		}
		v.Take = &a
	}
	return v, nil
}

// askedOf says in the forms of a chart what it asks.
func (q *request) askedOf(ask network.Ask, v *view.Network) {
	for _, o := range ask.Open {
		v.Hidden = append(v.Hidden, view.Hidden{Name: "open", Value: o})
	}
	for _, k := range network.Kinds {
		v.Kinds = append(v.Kinds, view.NetworkKind{Value: k, Label: q.t("network.kind." + k), On: !slices.Contains(ask.Without, k)})
	}
	values := chartValues(ask)
	for _, name := range []string{"open", "without", "from", "to", "until"} {
		for _, x := range values[name] {
			v.Asked = append(v.Asked, view.Hidden{Name: name, Value: x})
		}
	}
	if len(values) > 0 {
		v.WholeURL = "/network/" + ask.Start
	}
}

// chartDays are the days on which the cases of a chart were opened.
func (q *request) chartDays(c network.Chart) []view.NetworkDay {
	var out []view.NetworkDay
	for _, e := range c.Edges {
		day := dayOf(e)
		if !slices.ContainsFunc(out, func(d view.NetworkDay) bool { return d.Day == day }) {
			out = append(out, view.NetworkDay{Day: day, Says: i18n.Date(q.lang, e.At, time.UTC)})
		}
	}
	slices.SortFunc(out, func(a, b view.NetworkDay) int { return strings.Compare(a.Day, b.Day) })
	return out
}

// keepChart keeps a chart as it was asked for, with the places that a script sends.
func (q *request) keepChart() {
	start := q.r.PathValue("id")
	if err := q.r.ParseForm(); err != nil {
		q.s.problem(q.w, q.r, refusal.New("act.malformed", "field", ""))
		return
	}
	form := q.r.PostForm
	k := network.Kept{Name: form.Get("name"), Ask: q.chartAsked(start)}
	var err error
	if places := form.Get("places"); places != "" && json.Unmarshal([]byte(places), &k.Places) != nil {
		err = refusal.New("network.kept_places", "field", "places")
	} else {
		k.ID, err = network.Keep(q.r.Context(), q.s.Acts, q.by, k)
	}
	if no, refused := refusal.As(err); refused {
		q.path = "/network/" + start
		q.draw(no.Status, func(q *request) (string, any, error) {
			v, err := q.network(start, no)
			return "network", v, err
		})
		return
	}
	if err != nil {
		q.s.problem(q.w, q.r, err)
		return
	}
	http.Redirect(q.w, q.r, "/network/"+url.PathEscape(start)+"?kept="+k.ID, http.StatusSeeOther)
}

func (q *request) dropChart() {
	if err := network.Drop(q.r.Context(), q.s.Acts.DB, q.by.User, q.r.PostFormValue("chart")); err != nil {
		q.s.problem(q.w, q.r, err)
		return
	}
	http.Redirect(q.w, q.r, "/network/"+url.PathEscape(q.r.PathValue("id")), http.StatusSeeOther)
}
