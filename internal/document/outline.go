package document

import (
	"strings"
)

// Outline is the document as plain text, in the order of both its forms: what
// goldens compare, and what somebody without a viewer can read.
func (d Document) Outline() string {
	var b strings.Builder
	line := func(indent int, parts ...string) {
		if s := strings.Join(strings.Fields(strings.Join(parts, " ")), " "); s != "" {
			b.WriteString(strings.Repeat("  ", indent) + s + "\n")
		}
	}
	facts := func(indent int, list []Fact) {
		for _, f := range list {
			line(indent, f.Label+":", f.Value)
		}
	}
	notes := func(indent int, list []Note) {
		for _, n := range list {
			line(indent, n.Title)
			line(indent, n.Text)
		}
	}
	line(0, "[", d.Handling.Code, d.Handling.Words, "]")
	line(0, "#", d.Kind, d.Number, d.Title)
	facts(1, d.Facts)
	notes(1, d.Notes)
	for i, s := range d.Sections {
		line(0, "##", sectionNumber(i), s.Heading)
		notes(1, s.Notes)
		facts(1, s.Facts)
		for j, x := range s.Blocks {
			line(1, "###", Number(i, j), x.Heading, bracketed(x.Person))
			line(2, x.Doubt)
			for _, m := range x.Marks {
				line(2, m)
			}
			facts(2, x.Facts)
			for _, said := range x.Said {
				line(2, said.Heading)
				for _, p := range said.Paragraphs {
					line(2, bracketed(said.Lang), p)
				}
			}
		}
	}
	for _, s := range d.Signed {
		line(0, s.Role+":", s.Name, s.Office, s.At)
	}
	for _, f := range d.Foot {
		line(0, f)
	}
	return b.String()
}
