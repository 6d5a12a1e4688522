package web

import (
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// fixtureGoes is what goes with a person on the sheets of the fixtures.
func fixtureGoes(l i18n.Lang) *referral.Belongings {
	return &referral.Belongings{Property: []string{words(l, "Bag 1, seal 448120: telephone, wallet, belt", "Bolsa 1, sello 448120: teléfono, cartera, cinturón"), words(l, "MXN 340 in notes", "MXN 340 en billetes")},
		Papers: []string{words(l, "File on paper, 42 sheets, seal 448122", "Expediente en papel, 42 hojas, sello 448122")}}
}

// fixtureSheet is a sheet that the officer at the bridge has to count and sign.
func fixtureSheet(l i18n.Lang) view.HandOverSheet {
	q, goes := &request{lang: l}, fixtureGoes(l)
	handling := component.Handling{Code: "H1"}
	return view.HandOverSheet{Head: view.Head{Crumb: view.Link{Text: words(l, "My day", "Mi día"), URL: "/"}, Number: "RGV-26-0398-R1", Title: words(l, "Hand-over of a person", "Entrega-recepción de la persona"), Handling: &handling,
		Readers: &component.Readers{Total: 6, Counts: []component.CountryCount{{Country: "mx", N: 6}}, URL: "#"},
		Clocks:  []component.Clock{{State: component.DueSoon, Due: at(.36), Left: 22 * time.Minute, Share: .18, Owner: "mx", Yours: true, What: words(l, "Second signature of a hand-over", "Segunda firma de la entrega-recepción"), Unverified: true}}},
		Person: component.Person{Plant: "Olivo", Case: "RGV-26-0398-R1"}, At: at(-.2), Known: true, Needs: []string{i18n.T(l, "protection.need.medicine")}, Lines: sheetLines(l, goes, nil), Pair: fixturePair(),
		Note: component.Note{Kind: "over", Title: words(l, "The person is between two signatures", "La persona está entre dos firmas")}, Facts: []view.Fact{{Label: words(l, "Crossing", "Cruce"), Value: "Hidalgo–Reynosa"}},
		Acts: []view.Act{q.counting(fixtureAct("referral.receive", answers{"form": options(words(l, "At liberty", "En libertad"))}), goes)}}
}

// fixtureCounted is the sheet after both signatures: one thing was missing, one
// came that nobody announced.
func fixtureCounted(l i18n.Lang) view.HandOverSheet {
	q, v := &request{lang: l}, fixtureSheet(l)
	c := referral.Counted{People: 1, Things: []referral.CountedThing{{As: referral.AsAnnounced}, {As: referral.Missing, Why: words(l, "Spent on food at the station.", "Se gastó en comida en la estación.")}, {As: referral.AsAnnounced}},
		Beyond: []string{words(l, "A telephone", "Un teléfono")}, BeyondWhy: words(l, "It was in bag 1.", "Estaba en la bolsa 1.")}
	t := c.Tally()
	v.Acts, v.Head.Clocks, v.Lines, v.Count = nil, nil, sheetLines(l, fixtureGoes(l), &c), q.sheetCount(&t, &c)
	v.Note = component.Note{Kind: "ok", Title: words(l, "Both countries have signed", "Ambos países firmaron")}
	v.Pair.Lower.At = ptr(at(0))
	return v
}
