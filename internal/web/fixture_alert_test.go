package web

import (
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

func fixtureAlertRows(l i18n.Lang) []view.AlertRow {
	return []view.AlertRow{{Danger: words(l, "Heat, thirst or cold", "Calor, sed o frío"), Region: "Rio Grande Valley", People: words(l, "11 people", "11 personas"), URL: "#", Country: "us", At: at(-.2), Free: 2}}
}

func fixtureAlert(l i18n.Lang) view.AlertPage {
	when := at(-.1)
	return view.AlertPage{Head: view.Head{Title: words(l, "Heat, thirst or cold", "Calor, sed o frío"), Crumb: view.Link{Text: words(l, "Lives at risk", "Vidas en riesgo"), URL: "#"}, Handling: &component.Handling{Code: "H0"},
		Readers: &component.Readers{Total: 21, Counts: []component.CountryCount{{Country: "us", N: 21}}, URL: "#"}},
		Note: component.Note{Kind: "over", Title: words(l, "Lives are at risk", "Hay vidas en riesgo")}, Facts: []view.Fact{{Label: words(l, "People", "Personas"), Value: "11"}},
		Receipts: component.Receipts{OnlyRecorded: true, Recorded: &when}, Clocks: []component.Clock{fixtureHead(l).Clocks[0]},
		Standing: true, For: 24 * time.Minute, Where: words(l, "11 people · Rio Grande Valley", "11 personas · Rio Grande Valley"),
		Sides: []view.AlertDoes{{Country: "us", Tasks: []view.AlertTask{{Name: words(l, "Search and rescue", "Búsqueda y rescate"), Waited: 24 * time.Minute, Acts: []view.Act{fixtureAct("alert.take", nil)}}}},
			{Country: "mx", Taken: 1, Tasks: []view.AlertTask{{Name: words(l, "Search and rescue", "Búsqueda y rescate"), Taken: []view.AlertMark{{Country: "mx", Name: "C. Zubillaga", Office: "INM Reynosa", At: when}}}, {Name: words(l, "Medical help", "Atención médica"), Waited: 24 * time.Minute}}}},
		Written: []component.Turn{{Country: "us", Did: "D. Ruiz, USBP", At: when, Said: words(l, "By the third gate.", "Junto a la tercera puerta."), SaidLang: string(l)}},
		Phones: []view.AlertPhone{{Telephone: "+52 899 555 0101", Basis: "CNPP 303", OrderedBy: "F. Arrambide", Result: words(l, "North of Reynosa", "Al norte de Reynosa"), At: when, Acts: []view.Act{fixtureAct("alert.rule_phone", nil)}},
			{Telephone: "+1 956 555 0101", Basis: "18 USC 2702(c)(4)", At: when, Usable: true}},
		Acts: []view.Act{fixtureAct("alert.report", nil), fixtureAct("alert.end", nil), fixtureAct("alert.locate_phone", answers{"basis": options("D", "E")})}}
}
