package web

import (
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// tenDays is the clock of an order that stands.
func tenDays() component.Clock {
	return component.Clock{State: component.OnTrack, Due: at(240), Left: 240 * time.Hour, Share: .6, Owner: "mx", Yours: true}
}

func fixtureWarrants(l i18n.Lang) view.Warrants {
	clock := tenDays()
	row := view.WarrantRow{URL: "#", Ask: i18n.T(l, "warrant.ask.arrest"), Person: component.Person{Name: "Octavio Lerma Quiroga"}, Court: "Centro de Justicia Penal Federal, Reynosa", Office: "SSPC Tamaulipas", Clock: &clock}
	waits := view.WarrantRow{URL: "#", Ask: i18n.T(l, "warrant.ask.locate"), Person: component.Person{Plant: "Ceiba"}, Court: row.Court, Office: row.Office, State: i18n.T(l, "warrant.state.paused"), Class: "over"}
	done := view.WarrantRow{URL: "#", Ask: row.Ask, Person: component.Person{Plant: "Olivo"}, Court: row.Court, Office: row.Office, State: i18n.T(l, "warrant.state.executed"), Class: "ok", At: at(-30)}
	return view.Warrants{Executes: true, Open: []view.WarrantRow{row, waits}, Ended: []view.WarrantRow{done}}
}

func fixtureWarrant(l i18n.Lang) view.WarrantPage {
	head := view.Head{Crumb: view.Link{Text: i18n.T(l, "warrant.title"), URL: "#"}, Title: i18n.T(l, "warrant.ask.arrest"), Person: &component.Person{Name: "Octavio Lerma Quiroga"},
		State: i18n.T(l, "warrant.state.open"), Handling: &component.Handling{Code: "H3"}, Clocks: []component.Clock{tenDays()}}
	fact := func(key, value string) view.Fact { return view.Fact{Label: i18n.T(l, key), Value: value} }
	execute, withdraw := fixtureAct("warrant.execute", nil), fixtureAct("warrant.withdraw", answers{"why": options(i18n.T(l, "warrant.why.mistake"))})
	return view.WarrantPage{Head: head, Note: component.Note{Icon: "gavel", Title: i18n.T(l, "warrant.note.arrest"), Text: i18n.T(l, "warrant.note.only")},
		Whom:  []view.Fact{fact("warrant.name", "Octavio Lerma Quiroga"), fact("warrant.birth", words(l, "3 February 1988", "3 feb 1988"))},
		Order: []view.Fact{fact("warrant.court", "Centro de Justicia Penal Federal, Reynosa"), fact("warrant.number", "CP-114/2026"), fact("warrant.law", i18n.T(l, "warrant.ground.cnpp_141_145"))},
		Acts:  []view.Act{execute, withdraw}, BehindURL: "#", Behind: i18n.T(l, "warrant.to_referral")}
}

func fixtureApprovals(l i18n.Lang) view.Approvals {
	clock := fixtureHead(l).Clocks[0]
	return view.Approvals{Rows: []view.Approval{{What: i18n.T(l, "approvals.packet"), Number: "RGV-26-0412-R1", Note: words(l, "Awaiting approval", "En validación"), URL: "#", At: at(-5), Clock: &clock},
		{What: i18n.T(l, "approvals.forget"), Person: &component.Person{Plant: "Ceiba", Case: "RGV-26-0377"}, By: "D. Ruiz, USBP RGV", URL: "#", At: at(-40)}},
		Elsewhere: fixtureElsewhere(l)}
}

func fixtureElsewhere(l i18n.Lang) []view.Part {
	return []view.Part{{ID: "accounts", Text: i18n.T(l, "approvals.accounts"), URL: "/approvals/accounts", From: "/approvals/accounts"}, {ID: "unusual", Text: i18n.T(l, "approvals.unusual"), URL: "/approvals/unusual", From: "/approvals/unusual"}}
}

func fixtureAccountChanges(l i18n.Lang) view.Approvals {
	return view.Approvals{ID: "accounts", Count: 2, Rows: []view.Approval{{What: i18n.T(l, "admin.change.user.reset", map[string]any{"About": "M. Treviño Salas"}), By: "P. Arce, INM Reynosa", URL: "#", At: at(-3)},
		{What: i18n.T(l, "admin.change.user.create", map[string]any{"About": "J. Whitfield"}), By: "D. Ruiz, USBP RGV", Note: i18n.T(l, "approvals.other_office"), URL: "#", At: at(-30)}}}
}

func fixtureOutOfTheOrdinary(l i18n.Lang) view.Approvals {
	return view.Approvals{ID: "unusual", Count: 9, Rows: []view.Approval{{What: i18n.T(l, "unusual.missed"), Note: i18n.T(l, "approvals.times", map[string]any{"Count": 6}), By: "D. Ruiz · USBP RGV", URL: "#", At: at(-9)},
		{What: i18n.T(l, "approvals.fast"), Person: &component.Person{Plant: "Ceiba", Case: "RGV-26-0377"}, Note: i18n.T(l, "approvals.seconds", map[string]any{"Seconds": 9, "Least": 140}), By: "L. Ravenel · USBP RGV", URL: "#", At: at(-26)}}}
}
