package network

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"html"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
)

// word is the name of a code of a chart in a language; the code where it has none.
func word(l i18n.Lang, prefix, code string) string {
	if code == "" || !i18n.Has(prefix+code) {
		return code
	}
	return i18n.T(l, prefix+code)
}

// Says is an edge in words: the verb, as what, and its grade.
func (e Edge) Says(l i18n.Lang) string {
	out := word(l, "network.verb.", e.Verb)
	if e.Grade != "" {
		out += " " + e.Grade
	}
	return out
}

// Says is what a node is called; a cluster by what it stands for, and how many.
func (n Node) Says(l i18n.Lang) string {
	if n.Noun != KindCluster {
		return n.Label
	}
	return i18n.T(l, "network.cluster."+n.Of, map[string]any{"Count": n.Count})
}

// svg draws a chart as a picture that needs nothing else: solid where a claim is
// sure, dotted where it is not, with its mark at the foot.
func (c Chart) svg(l i18n.Lang, mark string) []byte {
	at, width, height := c.Layout(nil)
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" width="%g" height="%g" font-family="sans-serif" font-size="13">`, width, height+40, width, height+40)
	b.WriteString(`<rect width="100%" height="100%" fill="#fff"/>`)
	for _, e := range c.Edges {
		p, q := at[e.From], at[e.To]
		dash, stroke, wide := ``, "#12201D", "1.5"
		if !e.Sure() {
			dash = ` stroke-dasharray="2 4"`
		}
		if e.OnPath {
			stroke, wide = "#0B5A63", "4"
		}
		fmt.Fprintf(&b, `<line x1="%g" y1="%g" x2="%g" y2="%g" stroke="%s" stroke-width="%s"%s/>`, p.X, p.Y, q.X, q.Y, stroke, wide, dash)
		fmt.Fprintf(&b, `<text x="%g" y="%g" text-anchor="middle" fill="#43514D" stroke="#fff" stroke-width="4" paint-order="stroke">%s</text>`, (p.X+q.X)/2, (p.Y+q.Y)/2, html.EscapeString(e.Says(l)))
	}
	for _, n := range c.Nodes {
		p := at[n.ID]
		fill := "#fff"
		if n.Start {
			fill = "#12201D"
		}
		if n.Noun == KindCase {
			fmt.Fprintf(&b, `<rect x="%g" y="%g" width="36" height="36" fill="%s" stroke="#12201D" stroke-width="1.5"/>`, p.X-18, p.Y-18, fill)
		} else {
			fmt.Fprintf(&b, `<circle cx="%g" cy="%g" r="18" fill="%s" stroke="#12201D" stroke-width="1.5"/>`, p.X, p.Y, fill)
		}
		fmt.Fprintf(&b, `<text x="%g" y="%g" text-anchor="middle" font-weight="bold" fill="#12201D" stroke="#fff" stroke-width="4" paint-order="stroke">%s</text>`, p.X, p.Y+36, html.EscapeString(n.Says(l)))
	}
	fmt.Fprintf(&b, `<text x="12" y="%g" fill="#12201D">%s</text></svg>`, height+24, html.EscapeString(mark))
	return b.Bytes()
}

// Elements of GraphML (graphml.graphdrawing.org), as far as a chart needs them.
type (
	graphML struct {
		XMLName xml.Name  `xml:"http://graphml.graphdrawing.org/xmlns graphml"`
		Keys    []gmlKey  `xml:"key"`
		Data    []gmlData `xml:"data"`
		Graph   gmlGraph  `xml:"graph"`
	}
	gmlKey struct {
		ID   string `xml:"id,attr"`
		For  string `xml:"for,attr"`
		Name string `xml:"attr.name,attr"`
		Type string `xml:"attr.type,attr"`
	}
	gmlData struct {
		Key  string `xml:"key,attr"`
		Text string `xml:",chardata"`
	}
	gmlGraph struct {
		Directed string    `xml:"edgedefault,attr"`
		Nodes    []gmlNode `xml:"node"`
		Edges    []gmlEdge `xml:"edge"`
	}
	gmlNode struct {
		ID   string    `xml:"id,attr"`
		Data []gmlData `xml:"data"`
	}
	gmlEdge struct {
		Source string    `xml:"source,attr"`
		Target string    `xml:"target,attr"`
		Data   []gmlData `xml:"data"`
	}
)

// graphml writes a chart for other programs, with its mark.
func (c Chart) graphml(mark string) ([]byte, error) {
	g := graphML{Data: []gmlData{{"mark", mark}}, Graph: gmlGraph{Directed: "directed"}}
	for _, k := range []string{"graph mark", "node label", "node kind", "node case", "edge verb", "edge as", "edge source", "edge grade", "edge case", "edge recorded"} {
		var f, name string
		if _, err := fmt.Sscan(k, &f, &name); err != nil {
			return nil, fmt.Errorf("graphml: %w", err)
		}
		id := name
		if f == "edge" && name == "case" {
			id = "said_in"
		}
		g.Keys = append(g.Keys, gmlKey{id, f, name, "string"})
	}
	for _, n := range c.Nodes {
		g.Graph.Nodes = append(g.Graph.Nodes, gmlNode{n.ID, []gmlData{{"label", n.Says(i18n.English)}, {"kind", n.Noun}, {"case", n.Number}}})
	}
	for _, e := range c.Edges {
		data := []gmlData{{"verb", e.Verb}, {"as", e.As}, {"source", e.Source}, {"grade", e.Grade}, {"said_in", e.Number}, {"recorded", e.At.UTC().Format(time.DateOnly)}}
		g.Graph.Edges = append(g.Graph.Edges, gmlEdge{e.From, e.To, slices.DeleteFunc(data, func(d gmlData) bool { return d.Text == "" })})
	}
	raw, err := xml.MarshalIndent(g, "", " ")
	if err != nil {
		return nil, fmt.Errorf("graphml: %w", err)
	}
	return append([]byte(xml.Header), raw...), nil
}
