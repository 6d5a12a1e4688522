package accord

import (
	"slices"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/wire"
)

// Routed is what the programme's routes say of a referral under an accord:
// which units its offences go to, and which offices of the other node are of them.
type Routed struct {
	Route   program.Route
	Names   program.Text   // of its units, on that day
	Offices []wire.Address // of these units, that the corridor opens to
	// Decides says that the route limits who can be asked: its law was read, and
	// the accord has an office of the first unit.
	Decides bool
}

// Route asks the routes of the receiving country about offences, for a
// referral of that day to a node through a corridor of this accord. False where
// the programme has no route.
func (a Accord) Route(c Corridor, node string, offences []string, day program.Day) (Routed, bool) {
	r, ok := program.RouteOf(a.Document.Country(node), offences, day)
	if !ok || len(offences) == 0 {
		return Routed{}, false
	}
	out := Routed{Route: r, Names: r.Names(day)}
	for _, o := range a.Document.Offices {
		if o.Node == node && c.Has(o.Address()) && slices.Contains(r.Units, o.unit()) {
			out.Offices = append(out.Offices, o.Address())
		}
	}
	out.Decides = r.Decides(day) && len(out.Offices) > 0
	return out, true
}

// unit is the specialised unit that an office is of: as the accord says, or as
// the programme knows the office.
func (o Office) unit() string {
	if o.Unit != "" {
		return o.Unit
	}
	known, _ := program.OfficeByID(o.ID)
	return known.Unit
}

// Admits refuses an office that is of another unit than the law names, where
// the accord has one of that unit: accord.other_unit, with its name and offices.
func (r Routed) Admits(to wire.Address) error {
	if !r.Decides || slices.Contains(r.Offices, to) {
		return nil
	}
	ids := ""
	for _, o := range r.Offices {
		if ids != "" {
			ids += ", "
		}
		ids += o.Office
	}
	return refusal.New("accord.other_unit", "Unit", r.Names, "Law", r.Route.Law, "Offices", ids)
}

// Doubt is what a person should know of the unit where nothing is decided: the
// accord has no office of it, or its law was not read. Empty where the office
// asked is of the unit, and for offences that no specialised unit takes.
func (r Routed) Doubt(to wire.Address) program.Text {
	if slices.Contains(r.Offices, to) || !r.Route.Special() {
		return program.Text{}
	}
	key := "accord.unit_unread"
	if len(r.Offices) == 0 {
		key = "accord.unit_without_office"
	}
	say := func(l i18n.Lang) string {
		return i18n.T(l, key, map[string]any{"Unit": r.Names.In(l), "Law": r.Route.Law.In(l)})
	}
	return program.Text{En: say(i18n.English), Es: say(i18n.Spanish)}
}
