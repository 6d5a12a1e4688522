package program

import (
	"slices"
	"testing"

	"github.com/oasiss/oasiss/wire"
	"pgregory.net/rapid"
)

func anyLabel(t *rapid.T, name string) Label {
	l := LabelOf(rapid.SampledFrom([]string{"", "H0", "H1", "H2", "H3"}).Draw(t, name))
	l.Onward = stricter(l.Onward, rapid.SampledFrom(marks).Draw(t, name+" onward"))
	l.Court = stricter(l.Court, rapid.SampledFrom(marks).Draw(t, name+" court"))
	l.Controls = rapid.SampledFrom([][]string{nil, {ControlNoForeign}, {ControlUnclassified}, {ControlUnclassified, ControlNoForeign}}).Draw(t, name+" controls")
	return Label{}.With(l)
}

// A label never relaxes downstream (R17): however often something is joined with
// something else and handed on, whoever holds it last may do no more with it
// than the strictest of those it came from allowed.
func TestALabelNeverRelaxesDownstream(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		origin := anyLabel(t, "origin")
		held := origin
		for range rapid.IntRange(1, 6).Draw(t, "hands") {
			own := anyLabel(t, "own")
			next := own.With(held)
			if !next.Covers(held) || !next.Covers(own) || !next.Covers(origin) {
				t.Fatalf("%+v and %+v became %+v", held, own, next)
			}
			if again := held.With(own); !slices.Equal(again.Controls, next.Controls) || again.Handling != next.Handling || again.Onward != next.Onward || again.Court != next.Court {
				t.Fatalf("the order matters: %+v, %+v", next, again)
			}
			held = next
		}
		if origin.Onward != wire.MarkFree && held.Onward == wire.MarkFree || origin.Court == wire.MarkNever && held.Court != wire.MarkNever {
			t.Fatalf("%+v became %+v", origin, held)
		}
		if !origin.Leaves("US", "MX") && held.Leaves("US", "MX") {
			t.Fatal("what was kept from foreign hands may leave")
		}
		if LabelOf(held.Handling).Onward == wire.MarkFree && slices.Contains([]string{"H2", "H3"}, origin.Handling) {
			t.Fatalf("%s became %s", origin.Handling, held.Handling)
		}
	})
}

// What is NOFORN stays in its country, between agencies too.
func TestWhatIsKeptFromForeignHandsStays(t *testing.T) {
	l := Label{Controls: []string{ControlNoForeign}}
	for _, c := range []struct {
		from, to string
		leaves   bool
	}{{"US", "US", true}, {"US", "MX", false}, {"MX", "US", false}, {"", "", false}, {"US", "", false}} {
		if l.Leaves(c.from, c.to) != c.leaves {
			t.Errorf("%q to %q: %v", c.from, c.to, !c.leaves)
		}
	}
	if !LabelOf("H3").Leaves("US", "MX") {
		t.Error("without the control it stays, too")
	}
}
