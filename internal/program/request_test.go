package program

import (
	"testing"
	"time"
)

// Every right has an answer clock in each country that has it, a law named, and
// grounds of refusal; what is not in a country's law is not offered there.
func TestRightsOfThePerson(t *testing.T) {
	for country, want := range map[string]int{"US": 4, "MX": 6} {
		kinds := RequestKinds(country)
		if len(kinds) != want {
			t.Errorf("%s has %d rights", country, len(kinds))
		}
		for _, k := range kinds {
			if k.ClocksOf(country).Answer == nil || k.Law[country] == "" || k.Title.En == "" || k.Title.Es == "" {
				t.Errorf("%s in %s: no clock, no law or no name", k.ID, country)
			}
		}
		if len(RefuseGrounds(country)) < 6 {
			t.Errorf("%s has %d grounds", country, len(RefuseGrounds(country)))
		}
	}
	seen := map[string]bool{}
	for _, g := range loadRequests().Refuses {
		if seen[g.ID] || g.Title.En == "" || g.Title.Es == "" || g.Law.En == "" || g.Law.Es == "" {
			t.Errorf("ground %s: twice, or not in both languages", g.ID)
		}
		seen[g.ID] = true
	}
}

// The terms run in working days of the country's calendar: twenty in Mexico and
// ten more once, ten to acknowledge in the United States.
func TestTermsOfARequest(t *testing.T) {
	seat := func(calendar, zone string) Seat {
		c, ok := CalendarByID(calendar)
		z, err := time.LoadLocation(zone)
		if !ok || err != nil {
			t.Fatalf("%s: %v", calendar, err)
		}
		return Seat{Zone: z, Calendar: c}
	}
	mx, us := seat("mx-federal-court", "America/Mexico_City"), seat("us-federal", "America/Chicago")
	start := time.Date(2026, 6, 1, 16, 0, 0, 0, time.UTC) // a Monday
	kind, _ := RequestKindByID("rectification")
	for name, x := range map[string]struct {
		clock  *Clock
		seat   Seat
		longer bool
		want   string
	}{
		"Mexico answers":                    {kind.ClocksOf("MX").Answer, mx, false, "2026-06-29"},
		"Mexico extends":                    {kind.ClocksOf("MX").Answer, mx, true, "2026-07-13"},
		"the United States acknowledge":     {kind.ClocksOf("US").Acknowledge, us, false, "2026-06-15"},
		"the United States answer (target)": {kind.ClocksOf("US").Answer, us, false, "2026-07-15"},
	} {
		run := x.clock.Seated(x.seat, x.longer, start, time.Time{}, start)
		if got := run.Due.Add(-time.Second).In(x.seat.Zone).Format(time.DateOnly); got != x.want || run.Sure {
			t.Errorf("%s: by %s (sure: %v), want %s", name, got, run.Sure, x.want)
		}
	}
}
