package web

import (
	"time"

	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/insight"
	"github.com/oasiss/oasiss/internal/network"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/web/view"
)

func fixtureResults(l i18n.Lang) []view.Result {
	open, office := words(l, "Open", "Abierto"), words(l, "Border Patrol, Rio Grande Valley Sector", "Patrulla Fronteriza, sector Rio Grande Valley")
	return []view.Result{
		{Kind: words(l, "Case", "Caso"), Title: "RGV-26-0412", Number: "RGV-26-0412", URL: "#", State: open, Office: office, Handling: "H0", At: at(-40)},
		{Kind: words(l, "Person", "Persona"), Title: "Rogelio Quintero Salas", Number: "RGV-26-0412", URL: "#", State: open, Office: office, Handling: "H0", At: at(-40)},
		{Kind: i18n.T(l, "noun.exhibit"), Title: i18n.T(l, "exhibit.kind.ledger"), Number: "RGV-26-0412-E3", URL: "#", State: open, Office: office, Handling: "H1", At: at(-39)},
		{Kind: i18n.T(l, "noun.referral"), Title: "RGV-26-0412-R1", Number: "RGV-26-0412-R1", URL: "#", State: i18n.T(l, "search.status.referral.open"), Office: office, Handling: "H0", At: at(-38)},
		{Kind: i18n.T(l, "noun.alert"), Title: i18n.T(l, "alert.danger.locked_in"), URL: "#", State: i18n.T(l, "search.status.alert.closed"), Office: office, At: at(-37)},
		{Kind: words(l, "Vehicle", "Vehículo"), Title: "TX-KVN-4471", Number: "RGV-26-0398", URL: "#", State: words(l, "Closed", "Cerrado"), Office: office, Handling: "H2", At: at(-90)},
	}
}

func fixtureSearch(l i18n.Lang) view.Search {
	f := form("/search")
	f.Values.Set("q", "anzalduas")
	asked := []view.Hidden{{Name: "q", Value: "anzalduas"}}
	return view.Search{Form: f, Purposes: options("A"), Nouns: options("B"), Statuses: options("C"), Offices: options("D"), Corridors: options("E"), Handling: options("F"),
		Narrowed: true, Asked: asked, Kept: []view.Kept{{ID: "1", Name: words(l, "Open cases of June", "Casos abiertos de junio"), Asked: asked}}, Ran: true, Total: 6, Results: fixtureResults(l), Next: "k", Reasons: options("G")}
}

func fixtureList(l i18n.Lang) view.List {
	v := view.List{Mark: i18n.T(l, "export.mark", map[string]any{"By": "D. Ruiz", "Office": "usbp-rgv", "When": "7 jun 2026, 14:02 CDT", "Purpose": i18n.T(l, "purpose.prosecution"), "Reason": i18n.T(l, "export.reason.own_file")}),
		Act: "0197f3a0-0000-7000-8000-000000000412", Until: at(1), LeftOut: 2, Files: []view.Link{{Text: "CSV", URL: "#"}, {Text: "XLSX", URL: "#"}}}
	for i, r := range fixtureResults(l) {
		v.Rows = append(v.Rows, view.ListRow{Result: r, Protected: 3 * i})
	}
	return v
}

func fixtureMap(l i18n.Lang) view.Map {
	q := &request{lang: l, zoned: i18n.Zone("America/Chicago")}
	houston := insight.Corridor{Known: true, Open: insight.Cell{N: 10}, Answered: insight.Cell{N: 18}, InTime: insight.Cell{N: 12}, Median: 31 * time.Hour, Silent: insight.Cell{N: 1}, SilentFor: 72 * time.Hour, HandOvers: &insight.Cell{N: 2}, Next: at(2.5)}
	few := insight.Corridor{Known: true, Open: insight.Cell{Hidden: true}, Silent: insight.Cell{Hidden: true}, Answered: insight.Cell{Hidden: true}, Median: -1}
	border := insight.Border{Sees: true, Corridors: map[string]insight.Corridor{"houston": houston, "few": few}}
	v := view.Map{Corridors: fixtureCorridors(), Counted: true, Days: []view.Link{{Text: i18n.T(l, "map.days.30"), URL: "#", Current: true}, {Text: i18n.T(l, "map.days.365"), URL: "#"}}}
	v.Meets, v.Corridors[1].Open, v.Corridors[1].Title = true, true, "San Antonio"
	v.Corridors[0].Today, v.Corridors[1].Today = q.corridorToday(border, "houston"), q.corridorToday(border, "other")
	v.Corridors = append(v.Corridors, view.Corridor{Title: "Tucson", North: []string{"Tucson"}, South: []string{"Sonora"}, Accord: "Tucson, 2017", URL: "#", Open: true, Today: q.corridorToday(border, "few")})
	if g := land(); g != nil {
		sectors := func(areas ...string) accord.Corridor {
			return accord.Corridor{Ends: []accord.CorridorSide{{Areas: areas}}}
		}
		v.Marks = q.markOf(g, sectors("usbp:RGV", "usbp:LRT"), houston, v.Marks)
		v.Marks = q.markOf(g, sectors("usbp:TCA"), few, v.Marks)
		v.Shapes = q.shapes(g, map[string]bool{"usbp:RGV": true, "usbp:LRT": true, "inegi:28": true, "usbp:TCA": true, "inegi:26": true})
		v.Shut = q.without(v.Shapes.Closed)
		for i, p := range [][3]float64{{26.14, -98.33, 500}, {31.45, -111.1, 30_000}} {
			x, y, unit := g.at(p[0], p[1])
			v.Events = append(v.Events, view.MapEvent{N: i + 1, Number: "RGV-26-0412", URL: "#", Place: "Anzalduas", How: i18n.T(l, "map.within", map[string]any{"Metres": "500"}), At: at(-40), X: tenth(x), Y: tenth(y), R: tenth(max(leastCircle, unit*p[2]))})
		}
		for _, b := range program.Bridges() {
			x, y, _ := g.at(b.Lat, b.Lon)
			v.Crossings = append(v.Crossings, view.MapCrossing{Name: b.Name(l), X: tenth(x), Y: tenth(y), Some: b.ID == "hidalgo", Count: i18n.T(l, "map.none")})
		}
	}
	v.Events = append(v.Events, view.MapEvent{Number: "RGV-26-0398", URL: "#", Place: "Alamo, Texas", How: i18n.T(l, "map.by_name"), At: at(-90)})
	return v
}

func fixtureNetwork(l i18n.Lang) view.Network {
	q := &request{lang: l}
	day := at(-24 * 40)
	n := func(id, noun, label, number string, hop, more int) network.Node {
		return network.Node{ID: id, Object: id, Noun: noun, Label: label, Case: "1", Number: number, Hop: hop, More: more, Start: hop == 0, Opened: hop == 0}
	}
	e := func(from, to, verb, source, grade, number string, path bool) network.Edge {
		when := day
		if number != "RGV-26-0381" {
			when = at(-24 * 12)
		}
		return network.Edge{From: from, To: to, Verb: verb, Source: source, Grade: grade, Number: number, At: when, OnPath: path}
	}
	many := n("m", network.KindCluster, "", "RGV-26-0318", 3, 0)
	many.Of, many.Count = network.KindPhone, 14
	c := network.Chart{Nodes: []network.Node{n("p", "person", "Octavio Lerma Quiroga", "RGV-26-0381", 0, 0), n("c", "case", "RGV-26-0381", "RGV-26-0381", 1, 2), n("t", "phone", "+52 899 155 0142", "RGV-26-0381", 1, 0),
		n("v", "vehicle", "KVN 4471", "RGV-26-0381", 1, 1), n("d", "case", "RGV-26-0318", "RGV-26-0318", 2, 0), n("r", "person", "Rogelio Basurto Nava", "RGV-26-0318", 3, 0), n("o", "organisation", "Los del Puente", "RGV-26-0381", 2, 0), many},
		Edges: []network.Edge{e("p", "c", "suspect_in", "statement", "", "RGV-26-0381", false), e("t", "p", "held_by", "recorded", "A1", "RGV-26-0381", true), e("t", "d", "occurs_in", "recorded", "B2", "RGV-26-0318", true),
			e("r", "d", "suspect_in", "observation", "", "RGV-26-0318", true), e("v", "p", "held_by", "recorded", "", "RGV-26-0381", false), e("o", "c", "occurs_in", "recorded", "C3", "RGV-26-0381", false), e("m", "d", "occurs_in", "several", "", "RGV-26-0318", false)}, Path: 3}
	ask := network.Ask{Start: "p", To: "r"}
	take := fixtureAct("network.export", answers{"reason": options("G")})
	f := form("#")
	f.Values.Set("to", "r")
	v := view.Network{Start: "p", Form: f, Keep: form("#"), Drawing: q.drawing(c, ask, nil), Days: q.chartDays(c), Path: i18n.T(l, "network.path", map[string]any{"Count": 3}), Take: &take,
		Kept: []view.NetworkKept{{ID: "1", Name: "Puente", URL: "#"}}}
	q.askedOf(ask, &v)
	q.tableOf(c, ask, &v)
	return v
}
