package evidence

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/oasiss/oasiss/wire"
)

var found = time.Date(2026, 6, 9, 12, 0, 0, 0, time.UTC)

// step is one step of a chain as the tables below write it: minutes after the
// find, who signs, and what is different.
func step(what string, minutes int, by string, change ...func(*Step)) Step {
	s := Step{Step: what, By: by, Node: "us", Office: "office-" + by, Link: Link{When: found.Add(time.Duration(minutes) * time.Minute)}}
	s.Signed = s.When
	for _, c := range change {
		c(&s)
	}
	return s
}

func sealed(n string) func(*Step) { return func(s *Step) { s.Seal = n } }
func read(n string) func(*Step)   { return func(s *Step) { s.Read = n } }
func to(by string) func(*Step) {
	return func(s *Step) { s.To = wire.Address{Node: "us", Office: "office-" + by} }
}
func late(h int) func(*Step) {
	return func(s *Step) { s.Signed = s.When.Add(time.Duration(h) * time.Hour) }
}
func state(code string) func(*Step)   { return func(s *Step) { s.Condition = code } }
func after(d wire.Digest) func(*Step) { return func(s *Step) { s.After = d } }

// linked makes a chain of steps: each names the one before, unless it says otherwise.
func linked(steps ...Step) []Step {
	for i := range steps {
		steps[i].Nth, steps[i].Digest = i+1, wire.Digest{byte(i + 1)}
		if i > 0 && steps[i].After.IsZero() {
			steps[i].After = steps[i-1].Digest
		}
	}
	return steps
}

// What breaks a chain of custody (CNPP 227–228), as a lawyer reads it.
func TestGaps(t *testing.T) {
	for name, c := range map[string]struct {
		chain []Step
		want  []string // "nth code"
	}{
		"found, sealed, given, received, opened, analysed, sealed again": {linked(
			step("collect", 0, "ana"), step("seal", 10, "ana", sealed("S1")), step("give", 60, "ana", read("S1"), to("leo")), step("receive", 90, "leo", read("S1"), state("intact")),
			step("open", 100, "leo", read("S1")), step("analyse", 110, "leo"), step("seal", 120, "leo", sealed("S2"))), nil},
		"sealed when it was found": {linked(step("collect", 0, "ana", sealed("S1"))), nil},
		"never sealed":             {linked(step("collect", 0, "ana")), []string{"1 never_sealed"}},
		"sealed two days later":    {linked(step("collect", 0, "ana"), step("seal", 2*24*60, "ana", sealed("S1"))), []string{"1 never_sealed"}},
		"another seal":             {linked(step("collect", 0, "ana", sealed("S1")), step("give", 60, "ana", read("S1"), to("leo")), step("receive", 70, "leo", read("S7"))), []string{"3 seal"}},
		"nobody read the seal":     {linked(step("collect", 0, "ana", sealed("S1")), step("open", 60, "ana")), []string{"2 seal"}},
		"a seal where there was none": {linked(step("collect", 0, "ana"), step("open", 5, "ana", read("S1")), step("seal", 10, "ana", sealed("S1"))),
			[]string{"2 seal"}},
		"analysed without opening": {linked(step("collect", 0, "ana", sealed("S1")), step("analyse", 60, "ana")), []string{"2 opened"}},
		"sealed over a seal":       {linked(step("collect", 0, "ana", sealed("S1")), step("seal", 60, "ana", sealed("S2"))), []string{"2 opened"}},
		"given without a seal": {linked(step("collect", 0, "ana"), step("give", 60, "ana", to("leo")), step("receive", 70, "leo"), step("seal", 80, "leo", sealed("S1"))),
			[]string{"2 unsealed", "3 unsealed"}},
		"opened by somebody else": {linked(step("collect", 0, "ana", sealed("S1")), step("open", 60, "leo", read("S1"))), []string{"2 holder"}},
		"received by another office": {linked(step("collect", 0, "ana", sealed("S1")), step("give", 60, "ana", read("S1"), to("leo")), step("receive", 70, "eva", read("S1"))),
			[]string{"3 holder"}},
		"received and never given": {linked(step("collect", 0, "ana", sealed("S1")), step("receive", 70, "leo", read("S1"))), []string{"2 holder"}},
		"a step between the two signatures": {linked(step("collect", 0, "ana", sealed("S1")), step("give", 60, "ana", read("S1"), to("leo")), step("open", 65, "ana", read("S1"))),
			[]string{"3 holder", "2 waiting"}},
		"thirteen hours on the way": {linked(step("collect", 0, "ana", sealed("S1")), step("give", 60, "ana", read("S1"), to("leo")), step("receive", 60+13*60, "leo", read("S1"))),
			[]string{"3 between"}},
		"given and never received": {linked(step("collect", 0, "ana", sealed("S1")), step("give", 60, "ana", read("S1"), to("leo"))), []string{"2 waiting"}},
		"signed after two days":    {linked(step("collect", 0, "ana", sealed("S1"), late(48))), []string{"1 late"}},
		"done before the find":     {linked(step("collect", 0, "ana", sealed("S1")), step("open", -5, "ana", read("S1"))), []string{"2 order"}},
		"a step is missing":        {linked(step("collect", 0, "ana", sealed("S1")), step("open", 5, "ana", read("S1"), after(wire.Digest{9}))), []string{"2 link"}},
		"found damaged":            {linked(step("collect", 0, "ana", sealed("S1")), step("open", 5, "ana", read("S1"), state("damaged"))), []string{"2 condition"}},
		"nothing":                  {nil, nil},
	} {
		var got []string
		for _, g := range Gaps(c.chain, found.AddDate(0, 0, 3)) {
			got = append(got, fmt.Sprintf("%d %s", g.Nth, g.Code))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}
