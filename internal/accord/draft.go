package accord

import (
	"slices"

	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/wire"
)

// draftDelayHours is what a draft proposes for changes of two people: a day.
const draftDelayHours = 24

// Draft writes a template of the programme as the document that both
// governments would sign, between two nodes of its two countries: its corridors
// with every office of their regions, and the procedures that it adopts in each
// direction. Whoever proposes it may change it first.
func Draft(t program.Template, nodes [2]Party) (Document, error) {
	if nodes[0].Country == nodes[1].Country {
		return Document{}, refusal.New("accord.no_draft", "Accord", t.ID)
	}
	d := Document{Ref: t.ID, Title: t.Title, Place: program.Text{En: t.Place, Es: t.Place}, Date: t.Opens, Facts: Range{From: t.Opens}, Parties: nodes[:],
		Purposes:  []string{wire.PurposeProsecution, wire.PurposeProtection, wire.PurposeLifeAtRisk, wire.PurposeDefenceCourt, wire.PurposeOversight, wire.PurposeStatistics},
		Calendars: t.Calendars, Release: slices.Clone(tiers), DelayHours: draftDelayHours}
	node := map[string]string{nodes[0].Country: nodes[0].Node, nodes[1].Country: nodes[1].Node}
	for _, o := range program.Offices() {
		if n := node[o.Country]; n != "" && slices.Contains(t.Agencies, o.Agency) {
			d.Offices = append(d.Offices, Office{Node: n, ID: o.ID, Title: o.Title, Agency: o.Agency, Zone: o.Zone, Unit: o.Unit})
		}
	}
	for _, c := range t.Corridors {
		d.Corridors = append(d.Corridors, Corridor{ID: c.ID, Title: c.Title, Ends: []CorridorSide{d.end(c.A), d.end(c.B)}})
	}
	for _, p := range t.Procedures {
		if rule, ok := program.ProcedureByID(p.Procedure); ok {
			d.Procedures = append(d.Procedures, Adoption{Procedure: p.Procedure, From: node[rule.Sending], To: node[rule.Receives], Facts: Range{From: p.From, To: p.To}})
		}
	}
	if found := d.Check(); len(found) > 0 {
		return d, refusal.New("accord.no_draft", "Accord", t.ID)
	}
	return d, nil
}

// end is one side of a corridor: its areas, and the accord's offices in them.
func (d Document) end(areas []string) CorridorSide {
	side := CorridorSide{Areas: areas}
	for _, o := range d.Offices {
		known, _ := program.OfficeByID(o.ID)
		if slices.ContainsFunc(known.Regions, func(r string) bool { return slices.Contains(areas, r) }) {
			side.Node, side.Offices = o.Node, append(side.Offices, o.ID)
		}
	}
	return side
}
