package insight

import (
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/referral"
)

var noon = time.Date(2026, 6, 9, 17, 0, 0, 0, time.UTC)

func standing(n int, s referral.Stand) (out []referral.Stand) {
	s.Known, s.Corridor = true, "houston"
	for range n {
		out = append(out, s)
	}
	return out
}

// What a desk reads is exact, and of the hand-overs the day counts.
func TestACorridorIsCounted(t *testing.T) {
	from := noon.Add(-12 * time.Hour)
	of := standing(2, referral.Stand{Open: true})
	of = append(of, standing(1, referral.Stand{Open: true, Silent: noon.Add(-72 * time.Hour)})...)
	of = append(of, standing(1, referral.Stand{Open: true, Silent: noon.Add(-time.Hour)})...)
	of = append(of, standing(1, referral.Stand{Silent: noon.Add(-999 * time.Hour)})...) // over: nobody waits for it
	for _, hours := range []time.Duration{50, 10, 31} {
		of = append(of, standing(1, referral.Stand{Answered: noon, Took: hours * time.Hour, InTime: hours < 48})...)
	}
	for _, h := range []referral.Stand{{Hour: noon.Add(-time.Hour), Given: true, Crossing: "hidalgo"}, {Hour: noon.Add(4 * time.Hour)}, {Hour: noon.Add(3 * time.Hour)}, {Hour: noon.Add(2 * time.Hour), Given: true}, {Hour: from.Add(24 * time.Hour)}} {
		h.Meets = true
		of = append(of, standing(1, h)...)
	}
	b := border(of, true, false, noon, from, from.Add(24*time.Hour))
	c := b.Corridors["houston"]
	if !c.Known || c.Open.N != 4 || c.Silent.N != 2 || c.SilentFor != 72*time.Hour || c.Answered.N != 3 || c.InTime.N != 2 || c.Median != 31*time.Hour {
		t.Errorf("counted %+v", c)
	}
	if c.HandOvers == nil || c.HandOvers.N != 4 || !c.Next.Equal(noon.Add(3*time.Hour)) {
		t.Errorf("hand-overs %+v, next %v", c.HandOvers, c.Next)
	}
	if x := b.Crossings["hidalgo"]; !x.Hidden || x.N != 0 {
		t.Errorf("one who crossed is told: %+v", x)
	}
	if c := border(of, false, false, noon, from, from.Add(24*time.Hour)).Corridors["houston"]; c.HandOvers != nil || !c.Next.IsZero() {
		t.Errorf("who may know of no hand-over is told of %+v, %v", c.HandOvers, c.Next)
	}
	if len(border(nil, true, false, noon, from, noon).Corridors) != 0 {
		t.Error("of no referral something is counted")
	}
	only := []referral.Stand{{Corridor: "houston", Meets: true, Hour: noon}}
	if c := border(only, true, false, noon, from, noon.Add(time.Hour)).Corridors["houston"]; c.Known || c.HandOvers.N != 1 {
		t.Errorf("who knows hand-overs alone: %+v", c)
	}
}

// Whoever oversees is told no count under eleven, and none from which one follows.
func TestOversightIsToldNoFew(t *testing.T) {
	silent := referral.Stand{Open: true, Silent: noon.Add(-time.Hour)}
	for _, c := range []struct {
		open, silent       int
		tells, tellsSilent bool
	}{
		{3, 0, false, true}, {30, 0, true, true}, {30, 4, true, false}, {30, 15, true, true}, {30, 25, true, false}, {12, 12, true, true},
	} {
		of := append(standing(c.open-c.silent, referral.Stand{Open: true}), standing(c.silent, silent)...)
		got := border(of, false, true, noon, noon, noon).Corridors["houston"]
		if got.Open.Hidden == c.tells || got.Silent.Hidden == c.tellsSilent {
			t.Errorf("of %d open %d silent: %+v, %+v", c.open, c.silent, got.Open, got.Silent)
		}
		if got.Silent.Hidden && (got.SilentFor != 0 || got.Silent.N != 0) || got.Open.Hidden && got.Open.N != 0 {
			t.Errorf("of what is hidden something is told: %+v", got)
		}
	}
	few := border(standing(4, referral.Stand{Answered: noon, Took: time.Hour, InTime: true}), false, true, noon, noon, noon).Corridors["houston"]
	if !few.Answered.Hidden || few.Median != -1 {
		t.Errorf("the median of four is told: %+v", few)
	}
}
