package web

import (
	"net/url"
	"slices"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/network"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// networks registers the link chart and the charts that were taken out.
func (s *Server) networks(pages *doors) {
	s.page(pages, "/network/{id}", areaCases, func(q *request) (string, any, error) {
		v, err := q.network(q.r.PathValue("id"))
		return "network", v, err
	})
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

// chartAsked is what the address asks of a chart: ids and a day, nothing of anybody.
func (q *request) chartAsked(start string) network.Ask {
	in := q.r.URL.Query()
	if q.r.Form != nil && q.r.PostForm.Get("start") == start { // an act that was refused draws what it was about
		in = q.r.PostForm
	}
	return network.Ask{Start: start, Open: in["open"], To: in.Get("to"), Until: in.Get("until")}
}

// chartAddress is where a chart stands.
func chartAddress(a network.Ask) string {
	v := url.Values{}
	for _, o := range a.Open {
		v.Add("open", o)
	}
	for name, value := range map[string]string{"to": a.To, "until": a.Until} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if len(v) == 0 {
		return "/network/" + a.Start
	}
	return "/network/" + a.Start + "?" + v.Encode()
}

func (q *request) network(start string) (view.Network, error) {
	ask := q.chartAsked(start)
	chart, err := network.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, ask)
	form := component.Form{Action: "/network/" + start, Values: url.Values{"until": {ask.Until}}, Errors: map[string]string{}}
	if no, refused := refusal.As(err); refused && no.Code == "network.day" {
		form.Refusal, form.Errors["until"] = said(err), q.t("web.field_wrong")
		chart, err = network.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, network.Ask{Start: start, Open: ask.Open})
	}
	if err != nil {
		return view.Network{}, err
	}
	v := view.Network{Form: form, Drawing: q.drawing(chart, ask)}
	for _, o := range ask.Open {
		v.Hidden = append(v.Hidden, view.Hidden{Name: "open", Value: o})
	}
	if ask.To != "" {
		v.Hidden = append(v.Hidden, view.Hidden{Name: "to", Value: ask.To})
	}
	if len(ask.Open) > 0 || ask.To != "" {
		v.WholeURL = "/network/" + start
	}
	switch {
	case chart.Path > 0:
		v.Path = q.t("network.path", "Count", chart.Path)
	case chart.Path < 0:
		v.Path, v.NoPath = q.t("network.no_path"), true
	}
	q.tableOf(chart, ask, &v)
	fixed := map[string]string{"start": start, "to": ask.To, "until": ask.Until}
	for _, a := range q.offered("network.export", fixed, answers{"reason": q.codes("export.reason.", casefile.Reasons())}) {
		for _, o := range ask.Open {
			a.Hidden = append(a.Hidden, view.Hidden{Name: "open", Value: o})
		}
		v.Take = &a
	}
	return v, nil
}

// drawing puts a chart where it is drawn.
func (q *request) drawing(c network.Chart, ask network.Ask) view.Drawing {
	at, width, height := c.Layout()
	d := view.Drawing{Width: width, Height: height}
	way := map[string]bool{}
	for _, e := range c.Edges {
		from, to := at[e.From], at[e.To]
		d.Lines = append(d.Lines, view.NetworkLine{X1: from.X, Y1: from.Y, X2: to.X, Y2: to.Y, X: (from.X + to.X) / 2, Y: (from.Y + to.Y) / 2, Says: e.Says(q.lang), Sure: e.Sure(), OnPath: e.OnPath})
		way[e.From], way[e.To] = way[e.From] || e.OnPath, way[e.To] || e.OnPath
	}
	for _, n := range c.Nodes {
		dot := view.NetworkDot{X: at[n.ID].X, Y: at[n.ID].Y, Label: n.Label, Case: n.Noun == network.KindCase, Start: n.Start, OnPath: way[n.ID]}
		if n.More > 0 {
			dot.More, dot.URL = q.t("network.more", "Count", n.More), opening(n, ask)
		}
		d.Dots = append(d.Dots, dot)
	}
	return d
}

// opening is the chart on which a node is opened, too.
func opening(n network.Node, ask network.Ask) string {
	if n.Opened {
		return ""
	}
	ask.Open = append(slices.Clone(ask.Open), n.Object)
	return chartAddress(ask)
}

// tableOf is the chart as a table, which says and offers all that it does.
func (q *request) tableOf(c network.Chart, ask network.Ask, v *view.Network) {
	named := map[string]network.Node{}
	for _, n := range c.Nodes {
		named[n.ID] = n
		if n.Start {
			v.Name = n.Label
			v.Crumb = view.Link{Text: n.Number, URL: "/cases/" + n.Case}
			continue
		}
		row := view.NetworkThing{Kind: q.word("noun.", n.Noun), Label: n.Label, URL: q.result(casefile.Hit{Noun: n.Noun, Object: n.Object, Case: n.Case}).URL}
		if n.More > 0 {
			row.More, row.OpenURL = q.t("network.more", "Count", n.More), opening(n, ask)
		}
		if n.Hop > 1 || n.Noun != network.KindCase {
			to := ask
			to.To = n.Object
			row.WayURL = chartAddress(to)
		}
		v.Things = append(v.Things, row)
	}
	cases := map[string]string{}
	for _, n := range c.Nodes {
		cases[n.Number] = n.Case
	}
	for _, e := range c.Edges {
		row := view.NetworkEdge{From: named[e.From].Label, To: named[e.To].Label, Verb: q.word("network.verb.", e.Verb), Source: q.word("casefile.source.", e.Source), Grade: e.Grade,
			Case: e.Number, CaseURL: "/cases/" + cases[e.Number], Sure: e.Sure(), OnPath: e.OnPath}
		if e.As != "" {
			row.As = q.function(e.As)
		}
		if e.Source == "recorded" {
			row.Source = q.t("network.recorded")
		}
		v.Edges = append(v.Edges, row)
	}
}
