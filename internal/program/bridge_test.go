package program

import (
	"slices"
	"testing"
	"time"
)

// Hours are those of the place, whatever the zone in which a moment is written;
// children are returned in business hours of a working day only.
func TestHoursOfABridge(t *testing.T) {
	b, ok := BridgeByID("hidalgo")
	if !ok {
		t.Fatal("no bridge at Hidalgo")
	}
	at := func(s string) time.Time {
		when, err := time.Parse("2006-01-02 15:04 -0700", s)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	for _, c := range []struct {
		name, at           string
		open, child        bool
		shift, next, young string
	}{
		{"in the morning", "2026-11-26 09:30 -0600", true, true, "2026-11-26/1", "2026-11-26 09:30 -0600", "2026-11-26 09:30 -0600"},
		{"written in UTC", "2026-11-26 15:30 +0000", true, true, "2026-11-26/1", "2026-11-26 09:30 -0600", "2026-11-26 09:30 -0600"},
		{"early", "2026-11-26 06:00 -0600", true, false, "2026-11-26/1", "2026-11-26 06:00 -0600", "2026-11-26 09:00 -0600"},
		{"before it opens", "2026-11-26 05:59 -0600", false, false, "2026-11-26/0", "2026-11-26 06:00 -0600", "2026-11-26 09:00 -0600"},
		{"second shift", "2026-11-26 13:00 -0600", true, true, "2026-11-26/2", "2026-11-26 13:00 -0600", "2026-11-26 13:00 -0600"},
		{"in the evening", "2026-11-26 19:59 -0600", true, false, "2026-11-26/2", "2026-11-26 19:59 -0600", "2026-11-27 09:00 -0600"},
		{"at night", "2026-11-27 20:00 -0600", false, false, "2026-11-27/2", "2026-11-28 06:00 -0600", "2026-11-30 09:00 -0600"},
		{"on a Saturday", "2026-11-28 11:00 -0600", true, false, "2026-11-28/1", "2026-11-28 11:00 -0600", "2026-11-30 09:00 -0600"},
	} {
		when := at(c.at)
		if b.Open(when, false) != c.open || b.Open(when, true) != c.child || b.Shift(when) != c.shift {
			t.Errorf("%s: open %v, for a child %v, shift %s", c.name, b.Open(when, false), b.Open(when, true), b.Shift(when))
		}
		if next, young := b.Next(when, false), b.Next(when, true); !next.Equal(at(c.next)) || !young.Equal(at(c.young)) {
			t.Errorf("%s: next open at %s, for a child at %s", c.name, next, young)
		}
	}
}

// Every office of the INM stands at one bridge and serves no other; every area
// of a corridor has a bridge to the other side of it.
func TestBridgesServeTheCorridors(t *testing.T) {
	for _, o := range Offices() {
		n := 0
		for _, b := range Bridges() {
			if b.Serves(o) {
				n++
			}
		}
		if o.Agency == AgencyINM && n != 1 {
			t.Errorf("%s receives at %d bridges", o.ID, n)
		}
	}
	for _, a := range Templates() {
		for _, c := range a.Corridors {
			for _, area := range slices.Concat(c.A, c.B) {
				joined := slices.ContainsFunc(Bridges(), func(b Bridge) bool {
					return slices.Contains(slices.Concat(b.US, b.MX), area) &&
						slices.ContainsFunc(b.US, func(us string) bool { return slices.Contains(c.A, us) }) && slices.ContainsFunc(b.MX, func(mx string) bool { return slices.Contains(c.B, mx) })
				})
				if !joined {
					t.Errorf("%s: no bridge for %s", a.ID, area)
				}
			}
		}
	}
}
