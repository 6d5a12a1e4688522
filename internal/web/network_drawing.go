package web

import (
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/network"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// dotIcons are the icons of what stands on a chart.
var dotIcons = map[string]string{network.KindPerson: "user", network.KindCase: "file-text", network.KindOrganisation: "users", network.KindVehicle: "car", network.KindPhone: "phone"}

// dayOf is the day of a claim, as it stands in an address.
func dayOf(e network.Edge) string { return e.At.UTC().Format(time.DateOnly) }

// drawing puts a chart where it is drawn, or where the reader put it.
func (q *request) drawing(c network.Chart, ask network.Ask, put map[string]network.Place) view.Drawing {
	at, width, height := c.Layout(put)
	d := view.Drawing{Width: width, Height: height, Kept: len(put) > 0}
	way := map[string]bool{}
	for _, e := range c.Edges {
		from, to := at[e.From], at[e.To]
		d.Lines = append(d.Lines, view.NetworkLine{From: e.From, To: e.To, X1: from.X, Y1: from.Y, X2: to.X, Y2: to.Y, X: (from.X + to.X) / 2, Y: (from.Y + to.Y) / 2,
			Says: e.Says(q.lang), Day: dayOf(e), Sure: e.Sure(), OnPath: e.OnPath})
		way[e.From], way[e.To] = way[e.From] || e.OnPath, way[e.To] || e.OnPath
	}
	for _, n := range c.Nodes {
		dot := view.NetworkDot{ID: n.ID, X: at[n.ID].X, Y: at[n.ID].Y, Label: n.Says(q.lang), Case: n.Noun == network.KindCase, Start: n.Start, OnPath: way[n.ID]}
		dot.Cluster, dot.Icon, dot.Kind = n.Noun == network.KindCluster, dotIcons[kindOf(n)], q.word("noun.", kindOf(n))
		switch {
		case dot.Cluster:
			dot.PageURL = opening(n, ask)
		case n.More > 0:
			dot.More, dot.URL = q.t("network.more", "Count", n.More), opening(n, ask)
			fallthrough
		default:
			dot.PageURL = recordURL(n.Noun, n.Object, n.Case)
		}
		d.Dots = append(d.Dots, dot)
	}
	return d
}

// kindOf is the kind of a node; of a cluster, of what it stands for.
func kindOf(n network.Node) string {
	if n.Noun == network.KindCluster {
		return n.Of
	}
	return n.Noun
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
		label := n.Says(q.lang)
		if n.Noun != network.KindCluster {
			v.Points = append(v.Points, component.Option{Value: n.Object, Label: q.word("noun.", n.Noun) + " · " + label})
		}
		if n.Start {
			v.Name = label
			v.Crumb = view.Link{Text: n.Number, URL: "/cases/" + n.Case}
			continue
		}
		row := view.NetworkThing{ID: n.ID, Kind: q.word("noun.", kindOf(n)), Label: label}
		if n.Noun == network.KindCluster {
			row.OpenURL = opening(n, ask)
			v.Things = append(v.Things, row)
			continue
		}
		row.URL = recordURL(n.Noun, n.Object, n.Case)
		if n.More > 0 {
			row.More, row.OpenURL = q.t("network.more", "Count", n.More), opening(n, ask)
		}
		if n.Hop > 1 || n.Noun != network.KindCase {
			to := ask
			to.From, to.To = "", n.Object
			row.WayURL = chartAddress(to)
		}
		v.Things = append(v.Things, row)
	}
	cases := map[string]string{}
	for _, n := range c.Nodes {
		cases[n.Number] = n.Case
	}
	for _, e := range c.Edges {
		row := view.NetworkEdge{From: named[e.From].Says(q.lang), To: named[e.To].Says(q.lang), FromID: e.From, ToID: e.To, Day: dayOf(e),
			Verb: q.word("network.verb.", e.Verb), Source: q.word("casefile.source.", e.Source), Grade: e.Grade, Case: e.Number, Sure: e.Sure(), OnPath: e.OnPath}
		if id, there := cases[e.Number]; there {
			row.CaseURL = "/cases/" + id
		}
		if e.As != "" {
			row.As = q.function(e.As)
		}
		if e.Source == "recorded" || e.Source == "several" { // no statement or exhibit alone says it
			row.Source = q.t("network." + e.Source)
		}
		v.Edges = append(v.Edges, row)
	}
}
