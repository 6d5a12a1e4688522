package web

import (
	"net/url"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// Everyone below is fictional.

// fixtureIntake is an event that was begun, refused for a person's row, and may
// be in another case already.
func fixtureIntake(l i18n.Lang, empty bool) view.Intake {
	q := &request{lang: l, zoned: i18n.Zone("America/Chicago"), s: &Server{Acts: &act.Acts{Now: func() time.Time { return now }}}}
	f := component.Form{Action: "#", Token: "0198a7d0-0000-7000-8000-000000000002", Values: url.Values{"event.zone": {"America/Chicago"}}, Errors: map[string]string{}, Draft: "u/intake", DraftAt: "/intake/draft"}
	v := view.Intake{}
	if !empty {
		f.Back, f.Refusal = true, &component.Refusal{Code: "intake.alike", Params: map[string]any{"Count": 1}}
		for name, typed := range map[string]string{"event.when": "2026-06-07T23:10", "event.mode": "stash_house", "event.place": "usbp:RGV", "event.place_name": "Alamo", "event.reference": "MCS2606000412",
			"event.narrative": words(l, "Three people in a locked room.", "Tres personas en un cuarto cerrado."),
			"people.1.role":   "suspect", "people.1.function": "caretaker", "people.1.as_recorded": "Rogelio Basurto Nava", "people.1.age": "adult", "people.1.nationalities": "MX", "people.1.languages": "es",
			"people.2.role": "smuggled_migrant", "people.2.nationalities": "HN", "people.2.languages": "es", "people.2.with": "3",
			"people.3.role": "smuggled_migrant", "people.3.age": "child", "people.3.nationalities": "HN", "people.3.signs": "hurt", "vehicles.1.kind": "pickup", "vehicles.1.plate": "KBL0058", "vehicles.1.holder": "1"} {
			f.Values.Set(name, typed)
		}
		v.Unfold, v.Row, v.NewURL = true, "3", "/intake?new=yes"
		for _, mark := range []string{"event.place_name|" + q.t("intake.line", "Line", 2) + "|Alamo", "event.reference|" + q.t("intake.line", "Line", 2) + "|MCS2606000412", "people.1.as_recorded|" + q.t("intake.line", "Line", 2) + "|Rogelio Basurto Nava", "people.2.nationalities|" + q.t("intake.line", "Line", 3) + "|HN"} {
			f.Values.Add(filledMark, mark)
		}
		v.From, v.Fill = "list.csv", view.Fill{Done: true, People: 2, Left: []string{q.t("intake.left", "Line", 4, "Why", q.t("refusal.intake.role_missing"))}}
		v.Begun = []view.Begun{{At: at(-2), What: words(l, "Laredo Sector", "Sector Laredo"), People: 2, URL: "#"}}
		v.Alike = view.Alike{Cases: []view.AlikeCase{{ID: "1", Number: "RGV-26-0409", URL: "#", Opened: at(-30), Why: []string{q.t("intake.same.reference"), q.t("intake.same.hour")}}}}
	}
	v.Fill.Mappings = options(words(l, "List of people", "Lista de personas"))
	v.Form, v.Event, v.More, v.People, v.Things = f, q.eventAsked(f), q.moreAsked(f), q.peopleAsked(f), q.thingsAsked(f)
	return v
}

// fixtureShift is a change of shift in which everything can be seen at once.
func fixtureShift(l i18n.Lang) view.Shift {
	items := []view.ShiftItem{{What: i18n.T(l, "shift.item.referral"), Number: "RGV-26-0398-R1", URL: "#"}, {What: i18n.T(l, "shift.item.case"), Number: "RGV-26-0412", URL: "#"}}
	take, refuse := fixtureAct("shift.take", nil), fixtureAct("shift.refuse", answers{"why": options(i18n.T(l, "shift.why.too_much"))})
	take.Signed, refuse.Signed = false, false
	offer := fixtureAct("shift.offer", answers{"to": options("K. Tsosie"), "items": {{Value: "case/1", Label: "RGV-26-0413", Hint: items[1].What}, {Value: "referral/2", Label: "RGV-26-0402-R1", Hint: items[0].What}}})
	offer.Signed, offer.Primary = false, true
	return view.Shift{Offer: &offer, Stays: []string{i18n.T(l, "shift.stays.drafts", map[string]any{"Count": 2}), i18n.T(l, "shift.stays.notes"), i18n.T(l, "shift.stays.signed")},
		Day: view.ShiftDay{URL: "/shift", Offered: []view.ShiftChange{{ID: "1", Who: "L. Ortega", Note: words(l, "The tow truck comes at six.", "La grúa llega a las seis."), At: at(-1), Items: items, Acts: []view.Act{take, refuse}}},
			Ended: []view.ShiftChange{{ID: "2", Who: "K. Tsosie", State: i18n.T(l, "shift.state.refused"), Class: "over", Why: i18n.T(l, "shift.why.off_shift"), At: at(-3), Items: items[:1]}},
			Held:  []view.ShiftItem{{What: items[1].What, Number: "RGV-26-0377", URL: "#", From: "L. Ortega", Since: at(-20)}}}}
}
