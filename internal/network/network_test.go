package network_test

import (
	"context"
	"encoding/xml"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/evidence"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/network"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEverythingHasWords(t *testing.T) {
	acttest.RefusalsHaveWords(t, 1)
	acttest.VerbsHaveWords(t, network.Verbs)
	acttest.CodesHaveWords(t, "network.verb", "suspect_in", "held_by", "occurs_in", "same_identifier")
	acttest.CodesHaveWords(t, "network.kind", network.Kinds...)
}

// desk is a node with two offices that know nothing of each other's cases.
type desk struct {
	*acttest.Node
	t            *testing.T
	agent, other access.Actor
}

func open(t *testing.T) desk {
	t.Helper()
	n := acttest.New(t, "us", []func(*journal.Kinds){casefile.Facts, evidence.Facts, network.Facts}, casefile.Verbs, network.Verbs)
	n.Offices("usbp-rgv", "ofo-laredo")
	return desk{n, t, n.Person("u1", "usbp-rgv", access.RoleProsecutions), n.Person("u3", "ofo-laredo", access.RoleProsecutions)}
}

func (k desk) must(by access.Actor, cmd act.Command) string {
	k.t.Helper()
	k.Clock = k.Clock.Add(time.Second)
	return k.Must(by, wire.PurposeProsecution, cmd).Object
}

func (k desk) chart(ask network.Ask) network.Chart {
	k.t.Helper()
	c, err := network.Show(context.Background(), k.Acts, k.agent, wire.PurposeProsecution, ask)
	if err != nil {
		k.t.Fatal(err)
	}
	return c
}

func labels(c network.Chart) (out []string) {
	for _, n := range c.Nodes {
		out = append(out, n.Label)
	}
	slices.Sort(out)
	return out
}

// ring is two cases of one office that a telephone joins, a third of another
// office with the same telephone, and a witness who holds one of her own.
type ring struct {
	one, two, boss, driver, witness, phone, hers string
}

func (k desk) ring() (r ring) {
	suspect := func(c, given, paterno, id string) string {
		p := casefile.Particulars{Given: given, Paterno: paterno}
		if id != "" {
			p.Identifiers = []string{id}
		}
		return k.must(k.agent, &casefile.AddPerson{Case: c, Age: "adult", Particulars: p, RoleFields: casefile.RoleFields{Role: "suspect", Function: "guide", Source: "statement"}})
	}
	number := "+52 899 155 0142"
	r.one = k.must(k.agent, &casefile.Open{Title: "one"})
	r.boss = suspect(r.one, "Octavio", "Lerma", "fbi=123456AB7")
	r.phone = k.must(k.agent, &casefile.AddPhone{Case: r.one, PhoneFields: casefile.PhoneFields{Holder: r.boss, Number: number}})
	r.witness = k.must(k.agent, &casefile.AddPerson{Case: r.one, Age: "adult", Particulars: casefile.Particulars{Given: "Eloína", Paterno: "Palomar"}, RoleFields: casefile.RoleFields{Role: "witness", Source: "observation"}})
	r.hers = k.must(k.agent, &casefile.AddPhone{Case: r.one, PhoneFields: casefile.PhoneFields{Holder: r.witness, Number: "+52 899 155 0199"}})
	k.Clock = k.Clock.AddDate(0, 0, 10)
	r.two = k.must(k.agent, &casefile.Open{Title: "two"})
	r.driver = suspect(r.two, "Rogelio", "Quintero", "")
	k.must(k.agent, &casefile.AddPhone{Case: r.two, PhoneFields: casefile.PhoneFields{Number: number}})
	k.must(k.agent, &casefile.AddVehicle{Case: r.two, VehicleFields: casefile.VehicleFields{Holder: r.driver, Kind: "pickup", Plate: "KVN 4471", Issuer: "US-TX"}})
	third := k.must(k.other, &casefile.Open{Title: "theirs"})
	k.must(k.other, &casefile.AddPhone{Case: third, PhoneFields: casefile.PhoneFields{Number: number}})
	k.must(k.other, &casefile.AddOrganisation{Case: third, OrganisationFields: casefile.OrganisationFields{Kind: "network", Name: "Los del Puente"}})
	return r
}

func TestAChartGoesOnHopByHop(t *testing.T) {
	k := open(t)
	r := k.ring()
	first := k.chart(network.Ask{Start: r.boss})
	if got, want := labels(first), []string{"+528991550142", "Octavio Lerma", "RGV-26-0001"}; !slices.Equal(got, want) {
		t.Fatalf("one step: %v, not %v", got, want)
	}
	for _, n := range first.Nodes {
		if n.Noun == network.KindPhone && n.More != 1 {
			t.Errorf("the telephone leads to %d more, not to the second case", n.More)
		}
	}
	both := k.chart(network.Ask{Start: r.boss, Open: []string{r.phone, r.two}})
	if got := labels(both); !slices.Contains(got, "RGV-26-0002") || !slices.Contains(got, "Rogelio Quintero") {
		t.Errorf("opened: %v", got)
	}
	for _, e := range both.Edges {
		if e.Source == "" || e.Number == "" {
			t.Errorf("an edge without its source or case: %+v", e)
		}
	}
	before := k.chart(network.Ask{Start: r.boss, Open: []string{r.phone, r.two}, Until: acttest.Start.AddDate(0, 0, 5).Format(time.DateOnly)})
	if got := labels(before); slices.Contains(got, "RGV-26-0002") {
		t.Errorf("of cases opened later: %v", got)
	}
	if _, err := network.Show(context.Background(), k.Acts, k.agent, wire.PurposeProsecution, network.Ask{Start: r.boss, Until: "June"}); !refusal.Is(err, "network.day") {
		t.Errorf("no day: %v", err)
	}
}

// TestManyOfAKindAreOneClusterUntilItIsOpened: what stands on the chart for
// itself is in no cluster, and a kind that is left out is in none.
func TestManyOfAKindAreOneClusterUntilItIsOpened(t *testing.T) {
	k := open(t)
	r := k.ring()
	var last string
	for i := range 14 {
		last = k.must(k.agent, &casefile.AddPhone{Case: r.one, PhoneFields: casefile.PhoneFields{Number: fmt.Sprintf("+52 899 155 03%02d", i)}})
	}
	kinds := func(c network.Chart) (apart, inside int) {
		for _, n := range c.Nodes {
			switch {
			case n.Noun == network.KindPhone && n.Object != r.phone:
				apart++
			case n.Noun == network.KindCluster:
				inside += n.Count
			}
		}
		return apart, inside
	}
	ask := network.Ask{Start: r.boss, Open: []string{r.one}}
	first := k.chart(ask)
	if apart, inside := kinds(first); apart != 0 || inside != 14 {
		t.Fatalf("%d telephones apart, %d in a cluster", apart, inside)
	}
	for _, e := range first.Edges {
		if strings.HasPrefix(e.From, "cluster-") && (e.Verb != "occurs_in" || e.Source == "" || e.To != "case-"+r.one) {
			t.Errorf("the claim of the cluster: %+v", e)
		}
	}
	ask.To = last
	if apart, inside := kinds(k.chart(ask)); apart != 1 || inside != 13 {
		t.Errorf("one of them on the way: %d apart, %d in a cluster", apart, inside)
	}
	ask.Open = append(ask.Open, r.one+"/"+network.KindPhone)
	if apart, inside := kinds(k.chart(ask)); apart != 14 || inside != 0 {
		t.Errorf("opened: %d apart, %d in a cluster", apart, inside)
	}
	if apart, inside := kinds(k.chart(network.Ask{Start: r.boss, Open: []string{r.one}, Without: []string{network.KindPhone}})); apart != 0 || inside != 0 {
		t.Errorf("left out: %d apart, %d in a cluster", apart, inside)
	}
}

// TestAWayBetweenTwoThingsOfTheChart: it may begin at any of them, and at
// nothing that is not on the chart.
func TestAWayBetweenTwoThingsOfTheChart(t *testing.T) {
	k := open(t)
	r := k.ring()
	if c := k.chart(network.Ask{Start: r.boss, From: r.phone, To: r.driver}); c.Path != 2 {
		t.Errorf("from the telephone: %d steps", c.Path)
	}
	for name, from := range map[string]string{"somebody protected": r.witness, "what is not on it": r.driver} {
		if _, err := network.Show(context.Background(), k.Acts, k.agent, wire.PurposeProsecution, network.Ask{Start: r.boss, From: from, To: r.phone}); !refusal.Is(err, "access.not_found") {
			t.Errorf("from %s: %v", name, err)
		}
	}
}

// TestAKeptChartIsOnesOwn: nobody else finds it or ends it, and it says nothing
// of what the chart shows.
func TestAKeptChartIsOnesOwn(t *testing.T) {
	k := open(t)
	r := k.ring()
	ctx := context.Background()
	kept := network.Kept{Name: "Puente", Ask: network.Ask{Start: r.boss, Open: []string{r.phone}}, Places: map[string]network.Place{"person-" + r.boss: {X: 10, Y: -20}}}
	id, err := network.Keep(ctx, k.Acts, k.agent, kept)
	if err != nil {
		t.Fatal(err)
	}
	kept.Places["person-"+r.boss] = network.Place{X: 30}
	if again, err := network.Keep(ctx, k.Acts, k.agent, kept); err != nil || again != id {
		t.Errorf("kept again under its name: %s, %v", again, err)
	}
	if err := network.Drop(ctx, k.Acts.DB, k.other.User, id); err != nil {
		t.Fatal(err)
	}
	mine, err := network.AllKept(ctx, k.Acts, k.agent)
	if err != nil || len(mine) != 1 || mine[0].Places["person-"+r.boss].X != 30 || !slices.Equal(mine[0].Ask.Open, kept.Ask.Open) {
		t.Fatalf("%+v, %v", mine, err)
	}
	if theirs, err := network.AllKept(ctx, k.Acts, k.other); err != nil || len(theirs) != 0 {
		t.Errorf("another's: %+v, %v", theirs, err)
	}
	for name, x := range map[string]network.Kept{
		"network.kept_name":   {Ask: kept.Ask},
		"network.kept_places": {Name: "far", Ask: kept.Ask, Places: map[string]network.Place{"p": {X: math.Inf(1)}}},
	} {
		if _, err := network.Keep(ctx, k.Acts, k.agent, x); !refusal.Is(err, name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := network.Drop(ctx, k.Acts.DB, k.agent.User, id); err != nil {
		t.Fatal(err)
	}
	if mine, err := network.AllKept(ctx, k.Acts, k.agent); err != nil || len(mine) != 0 {
		t.Errorf("after it was dropped: %+v, %v", mine, err)
	}
}

func TestTheShortestWay(t *testing.T) {
	k := open(t)
	r := k.ring()
	c := k.chart(network.Ask{Start: r.boss, To: r.driver})
	var way []string
	for _, e := range c.Edges {
		if e.OnPath {
			way = append(way, e.Verb)
		}
	}
	slices.Sort(way)
	if c.Path != 3 || !slices.Equal(way, []string{"held_by", "occurs_in", "suspect_in"}) {
		t.Errorf("%d steps by %v", c.Path, way)
	}
	if c := k.chart(network.Ask{Start: r.boss, To: r.witness}); c.Path != -1 {
		t.Errorf("a way to somebody protected: %d", c.Path)
	}
}

// Whoever is protected is in no chart: not as its start, not as what somebody
// holds, not in a count. Nor is what only another office knows.
func TestProtectedPeopleAreInNoChart(t *testing.T) {
	k := open(t)
	r := k.ring()
	for name, start := range map[string]string{"a witness": r.witness, "her telephone": r.hers, "a case": r.one, "nothing": "0197f3a0-0000-7000-8000-000000000000"} {
		if _, err := network.Show(context.Background(), k.Acts, k.agent, wire.PurposeProsecution, network.Ask{Start: start}); !refusal.Is(err, "access.not_found") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := network.Show(context.Background(), k.Acts, k.other, wire.PurposeProsecution, network.Ask{Start: r.boss}); !refusal.Is(err, "access.not_found") {
		t.Errorf("another office: %v", err)
	}
	c := k.chart(network.Ask{Start: r.boss, Open: []string{r.one, r.two, r.phone, r.witness, r.hers, r.driver}})
	for _, n := range c.Nodes {
		if n.Object == r.witness || n.Object == r.hers || strings.Contains(n.Label, "0199") || n.Label == "Los del Puente" || n.Number == "LAR-26-0001" {
			t.Errorf("on the chart: %+v", n)
		}
	}
	for _, n := range c.Nodes {
		if n.Opened && n.More > 0 || !n.Opened && n.Noun == network.KindCase {
			t.Errorf("counts what is not shown: %+v", n)
		}
	}
}

func TestAChartIsTakenOutUnderItsMark(t *testing.T) {
	k := open(t)
	r := k.ring()
	k.Refused(k.agent, wire.PurposeProsecution, "export.reason", &network.Export{Ask: network.Ask{Start: r.boss}, Reason: "curiosity"})
	k.Refused(k.other, wire.PurposeProsecution, "access.not_found", &network.Export{Ask: network.Ask{Start: r.boss}, Reason: "own_file"})
	taken := k.Must(k.agent, wire.PurposeProsecution, &network.Export{Ask: network.Ask{Start: r.boss, To: r.driver}, Reason: "own_file"}).Facts[0]
	got, err := network.ShowTaken(context.Background(), k.Acts, k.agent, wire.PurposeProsecution, taken)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Files) != 2 || got.Chart.Path != 3 {
		t.Fatalf("%+v", got)
	}
	for _, f := range got.Files {
		if err := xml.Unmarshal(f.Content, new(struct{ XMLName xml.Name })); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
		text := string(f.Content)
		if !strings.Contains(text, "Octavio Lerma") || !strings.Contains(text, taken) || strings.Contains(text, "Palomar") {
			t.Errorf("%s: %s", f.Name, text)
		}
	}
	if _, err := network.ShowTaken(context.Background(), k.Acts, k.other, wire.PurposeProsecution, taken); !refusal.Is(err, "access.not_found") {
		t.Errorf("another: %v", err)
	}
	k.Clock = k.Clock.Add(2 * time.Hour)
	if _, err := network.ShowTaken(context.Background(), k.Acts, k.agent, wire.PurposeProsecution, taken); !refusal.Is(err, "export.over") {
		t.Errorf("after two hours: %v", err)
	}
	k.ReplayEqual()
}
