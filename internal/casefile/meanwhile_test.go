package casefile

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/wire"
	"pgregory.net/rapid"
)

// edit draws an event in which each field is one of few values, so that two
// edits often meet.
func edit(t *rapid.T, label string) EventFields {
	few := func(name string, values ...string) string { return rapid.SampledFrom(values).Draw(t, label+" "+name) }
	f := EventFields{When: few("when", "2026-06-07T23:10:00", "2026-06-07T22:00:00"), Mode: few("mode", "foot", "vehicle", "rail"), Place: few("place", "usbp:RGV", "usbp:LRT"),
		PlaceName: few("place name", "", "Anzalduas"), Reference: few("reference", "", "A", "B"), FeeCents: rapid.Int64Range(0, 2).Draw(t, label+" fee"), Currency: few("currency", "USD", "MXN"),
		Narrative: few("narrative", "", "one", "two"), Lang: few("lang", "en", "es")}
	if rapid.Bool().Draw(t, label+" hazards") {
		f.Hazards = []string{"heat", "water"}
	}
	return f
}

func valueOf(f *EventFields) reflect.Value { return reflect.ValueOf(f).Elem() }

func versions(stood map[string]EventFields, order ...string) []recorded {
	var out []recorded
	for i, name := range order {
		f := stood[name]
		out = append(out, recorded{name, &wire.Actor{ID: name, Name: "Official " + name}, time.Unix(int64(i), 0), valueOf(&f)})
	}
	return out
}

// unitOf lists the fields that stand or fall with one.
func unitOf(name string) []string {
	all := []string{name}
	for _, u := range units {
		if slices.Contains(u, name) {
			all = append(all, u...)
		}
	}
	return all
}

// Whatever two people write: nothing that either changed is lost unseen. What
// one of them left alone is as the other has it, what both changed is named or
// the same, and what is named stays as it was typed.
func TestTwoWhoCorrectAtOnceLoseNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, theirs, mine := edit(t, "base"), edit(t, "theirs"), edit(t, "mine")
		merged := mine
		crossed, ok := rebase(valueOf(&merged), "base", "theirs", versions(map[string]EventFields{"base": base, "theirs": theirs}, "base", "theirs"))
		if !ok {
			t.Fatal("a record is not known as it stood")
		}
		mineChanged, theirsChanged := changes(valueOf(&base), valueOf(&mine)), changes(valueOf(&base), valueOf(&theirs))
		for i := range valueOf(&base).NumField() {
			name := fieldName(valueOf(&base), i)
			got, m, th := valueOf(&merged).Field(i), valueOf(&mine).Field(i), valueOf(&theirs).Field(i)
			named := slices.ContainsFunc(crossed, func(c Crossed) bool { return c.Field == name })
			switch {
			case named && !alike(got, m):
				t.Errorf("%s: what was typed is lost: %v", name, got)
			case named && alike(m, th):
				t.Errorf("%s: both wrote the same, and are asked", name)
			case mineChanged[name] && !named && !alike(got, m):
				t.Errorf("%s: my change is lost: %v", name, got)
			case theirsChanged[name] && !named && !alike(got, th):
				t.Errorf("%s: their change is lost: %v", name, got)
			case named && !among(unitOf(name), mineChanged) || named && !among(unitOf(name), theirsChanged):
				t.Errorf("%s: named, but only one of them changed it", name)
			}
		}
	})
}

// Whoever comes second, the same fields have to be settled.
func TestCrossingIsTheSameFromBothSides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, a, b := edit(t, "base"), edit(t, "a"), edit(t, "b")
		fields := func(mine, theirs EventFields) (out []string) {
			crossed, _ := rebase(valueOf(&mine), "base", "theirs", versions(map[string]EventFields{"base": base, "theirs": theirs}, "base", "theirs"))
			for _, c := range crossed {
				out = append(out, c.Field)
			}
			return out
		}
		if x, y := fields(a, b), fields(b, a); !slices.Equal(x, y) {
			t.Errorf("%v and %v", x, y)
		}
	})
}

// Each crossing names who changed that field last, not who touched the record last.
func TestCrossingNamesWhoChangedTheField(t *testing.T) {
	base := EventFields{When: "2026-06-07T23:10:00", Mode: "foot", Reference: "A"}
	one, two, mine := base, base, base
	one.Reference = "B"
	two.Reference, two.Mode = "B", "rail"
	mine.Reference, mine.Mode = "C", "vehicle"
	crossed, ok := rebase(valueOf(&mine), "base", "two", versions(map[string]EventFields{"base": base, "one": one, "two": two}, "base", "one", "two"))
	if !ok || len(crossed) != 2 || crossed[0].Field != "mode" || crossed[0].By != "Official two" || crossed[1].Field != "reference" || crossed[1].By != "Official one" {
		t.Errorf("%v %+v", ok, crossed)
	}
	if _, ok := rebase(valueOf(&mine), "never", "two", versions(map[string]EventFields{"two": two}, "two")); ok {
		t.Error("a record that never stood so is joined with")
	}
}

// A browser gives back moments without empty seconds and text with other ends of
// lines: that is no change.
func TestWhatABrowserGivesBackIsNoChange(t *testing.T) {
	for _, x := range [][2]any{{"2026-06-07T23:10:00", "2026-06-07T23:10"}, {"a\nb", " a\r\nb "}, {[]string{"b", "a"}, []string{"a", "b"}}, {[]string(nil), []string{}}} {
		if !alike(reflect.ValueOf(x[0]), reflect.ValueOf(x[1])) {
			t.Errorf("%q is another than %q", x[0], x[1])
		}
	}
	if alike(reflect.ValueOf("2026-06-07T23:10:30"), reflect.ValueOf("2026-06-07T23:10")) {
		t.Error("half a minute is lost")
	}
}

// Through the commands: different fields of a thing and of a person are joined,
// the same field is refused with who wrote it, and a correction drawn from what
// stands settles it.
func TestTwoCorrectOneRecord(t *testing.T) {
	k := open(t)
	c := k.must(&Open{Title: "Two at once"})
	car := k.must(&AddVehicle{Case: c, VehicleFields: VehicleFields{Kind: "pickup", Make: "Ford", Model: "F-150", Note: "white"}})
	from := func() *CorrectVehicle {
		cmd, ok := Correcting(*k.record(car).Stands().Item)
		if !ok {
			t.Fatal("a vehicle is not corrected")
		}
		v := cmd.(*CorrectVehicle)
		v.Reason = "clerical"
		return v
	}
	first, second, third := from(), from(), from()
	first.Make, second.Model, third.Make = "Chevrolet", "F-250", "Dodge"
	k.must(first)
	k.must(second)
	stands := from()
	if stands.Make != "Chevrolet" || stands.Model != "F-250" || stands.Note != "white" {
		t.Errorf("two corrections were not joined: %+v", stands.VehicleFields)
	}
	_, err := k.Take(k.agent, wire.PurposeProsecution, third)
	no, _ := refusal.As(err)
	if no == nil || no.Code != "casefile.crossed" {
		t.Fatalf("the same field: %v", err)
	}
	crossed, _ := no.Params["Fields"].([]Crossed)
	if len(crossed) != 1 || crossed[0].Field != "make" || no.Params["By"] == "" {
		t.Errorf("%+v", no.Params)
	}
	if third.Make != "Dodge" || third.Model != "F-150" {
		t.Errorf("the rule changed what was sent: %+v", third.VehicleFields)
	}
	named, ok := k.record(car).Rebase(act.Command(third), third.Stood.Stood)
	if !ok || len(named) != 1 || third.Make != "Dodge" || third.Model != "F-250" {
		t.Errorf("for the form: %v %+v %+v", ok, named, third.VehicleFields)
	}
	third.Stood = stands.Stood
	k.must(third)
	if now := from(); now.Make != "Dodge" || now.Model != "F-250" {
		t.Errorf("what was settled does not stand: %+v", now.VehicleFields)
	}
	withdrawn := from()
	withdrawn.Stood, withdrawn.Withdraw = stands.Stood, true
	k.refused("casefile.changed_meanwhile", withdrawn)
}
