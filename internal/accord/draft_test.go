package accord

import (
	"testing"

	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
)

func party(node, country string) Party {
	return Party{Node: node, Country: country, Title: program.Text{En: node, Es: node}}
}

// What a template is drafted to can be proposed as it stands, whichever node
// drafts it, and its YAML is read as the same document.
func TestEveryTemplateMakesADocument(t *testing.T) {
	us, mx := party("us", "US"), party("nodo-mx", "MX")
	for _, template := range program.Templates() {
		for _, nodes := range [][2]Party{{us, mx}, {mx, us}} {
			d, err := Draft(template, nodes)
			if err != nil {
				t.Errorf("%s: %v: %v", template.ID, err, d.Check())
				continue
			}
			again, err := Parse(d.YAML())
			if err != nil || again.Digest() != d.Digest() {
				t.Errorf("%s: its YAML is read as another document: %v\n%s", template.ID, err, d.YAML())
			}
			if len(d.Corridors) != len(template.Corridors) || len(d.Procedures) != len(template.Procedures) {
				t.Errorf("%s: %d corridors, %d procedures", template.ID, len(d.Corridors), len(d.Procedures))
			}
		}
		if _, err := Draft(template, [2]Party{us, party("hn", "HN")}); !refusal.Is(err, "accord.no_draft") {
			t.Errorf("%s: between countries that it does not name: %v", template.ID, err)
		}
	}
}
