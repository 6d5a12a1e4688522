// Package accordtest puts accords into force between two nodes under test.
package accordtest

import (
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/wire"
)

// Agree has two officials a side sign a document, and gives the accord's id.
func Agree(p *acttest.Pair, document string) (id string) {
	official := func(n *acttest.Node, who string) access.Actor {
		return n.Person(who, map[*acttest.Node]string{p.US: "cbp-programme", p.MX: "fgr-programme"}[n], access.RoleCoordinator)
	}
	id = p.US.Must(official(p.US, "c1"), wire.PurposeOversight, &accord.Propose{Document: document}).Object
	p.Settle()
	for _, who := range []string{"c1", "c2"} {
		for _, n := range []*acttest.Node{p.US, p.MX} {
			n.Must(official(n, who), wire.PurposeOversight, &accord.Sign{Accord: id})
		}
	}
	p.Settle()
	return id
}

// Of2008 is two nodes under the accord of 2008, a minute after it was signed.
func Of2008(t testing.TB, open func(node string) *acttest.Node) (p *acttest.Pair, id string) {
	t.Helper()
	template, _ := program.TemplateByID("accord-2008")
	doc, err := accord.Draft(template, [2]accord.Party{{Node: "us", Country: "US", Title: program.Text{En: "US", Es: "US"}}, {Node: "mx", Country: "MX", Title: program.Text{En: "MX", Es: "MX"}}})
	if err != nil {
		t.Fatal(err)
	}
	p = acttest.NewPair(t, open)
	id = Agree(p, doc.YAML())
	p.Pass(time.Minute)
	return p, id
}
