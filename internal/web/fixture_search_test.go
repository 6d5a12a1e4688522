package web

import (
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/web/view"
)

func fixtureResults(l i18n.Lang) []view.Result {
	open, office := words(l, "Open", "Abierto"), words(l, "Border Patrol, Rio Grande Valley Sector", "Patrulla Fronteriza, sector Rio Grande Valley")
	return []view.Result{
		{Kind: words(l, "Case", "Caso"), Title: "RGV-26-0412", Number: "RGV-26-0412", URL: "#", State: open, Office: office, Handling: "H0", At: at(-40)},
		{Kind: words(l, "Person", "Persona"), Title: "Rogelio Quintero Salas", Number: "RGV-26-0412", URL: "#", State: open, Office: office, Handling: "H0", At: at(-40)},
		{Kind: words(l, "Vehicle", "Vehículo"), Title: "TX-KVN-4471", Number: "RGV-26-0398", URL: "#", State: words(l, "Closed", "Cerrado"), Office: office, Handling: "H2", At: at(-90)},
	}
}

func fixtureSearch(l i18n.Lang) view.Search {
	f := form("/search")
	f.Values.Set("q", "anzalduas")
	asked := []view.Hidden{{Name: "q", Value: "anzalduas"}}
	return view.Search{Form: f, Purposes: options("A"), Nouns: options("B"), Statuses: options("C"), Offices: options("D"), Corridors: options("E"), Handling: options("F"),
		Narrowed: true, Asked: asked, Kept: []view.Kept{{ID: "1", Name: words(l, "Open cases of June", "Casos abiertos de junio"), Asked: asked}}, Ran: true, Total: 3, Results: fixtureResults(l), Next: "k", Reasons: options("G")}
}

func fixtureList(l i18n.Lang) view.List {
	v := view.List{Mark: i18n.T(l, "export.mark", map[string]any{"By": "D. Ruiz", "Office": "usbp-rgv", "When": "7 jun 2026, 14:02", "Purpose": i18n.T(l, "purpose.prosecution"), "Reason": i18n.T(l, "export.reason.own_file")}),
		Act: "0197f3a0-0000-7000-8000-000000000412", Until: at(1), LeftOut: 2, Files: []view.Link{{Text: "CSV", URL: "#"}, {Text: "XLSX", URL: "#"}}}
	for i, r := range fixtureResults(l) {
		v.Rows = append(v.Rows, view.ListRow{Result: r, Protected: 3 * i})
	}
	return v
}

func fixtureMap(l i18n.Lang) view.Map {
	q := &request{lang: l}
	v := view.Map{Corridors: fixtureCorridors(), Days: []view.Link{{Text: i18n.T(l, "map.days.30"), URL: "#", Current: true}, {Text: i18n.T(l, "map.days.365"), URL: "#"}}}
	if g := land(); g != nil {
		v.Shapes = q.shapes(g, map[string]bool{"usbp:RGV": true, "usbp:LRT": true, "inegi:28": true, "usbp:TCA": true, "inegi:26": true})
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
