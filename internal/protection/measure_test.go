package protection

import (
	"slices"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/wire"
)

// A shut gate gives its measures with service, legal source and clock to the
// desk; somebody takes charge of them. Everybody else learns which steps wait,
// the same for every topic.
func TestAShutGateGivesMeasures(t *testing.T) {
	k := newDesk(t)
	k.adviser.Country = "US"
	who := k.person("witness", "1990-01-01")
	k.screen(who, map[string]string{"medical.care_now": Yes})
	gate := k.shutGates(who)[0]
	seen := func() GateView {
		v := k.show(k.adviser, wire.PurposeProtection, who)
		return v.Gates[slices.IndexFunc(v.Gates, func(g GateView) bool { return g.ID == gate })]
	}
	if g := seen(); len(g.Measures) != 1 || g.Measures[0].ID != "medical_care" || g.Todo.En == "" || g.Owner != "" || g.Measures[0].State == program.Overdue {
		t.Errorf("the desk reads %+v", g)
	}
	k.Refused(k.adviser, wire.PurposeProtection, "protection.service_missing", &TakeGate{Case: k.c, Person: who, Gate: gate})
	k.Refused(k.liaison, wire.PurposeProtection, "access.not_yours", &TakeGate{Case: k.c, Person: who, Gate: gate, Service: "x"})
	k.protect(k.adviser, &TakeGate{Case: k.c, Person: who, Gate: gate, Service: "Hospital at McAllen, asked at 14:10"})
	k.Refused(k.adviser, wire.PurposeProtection, "protection.gate_taken_already", &TakeGate{Case: k.c, Person: who, Gate: gate, Service: "x"})
	k.Clock = k.Clock.Add(2 * time.Hour)
	if g := seen(); g.Owner != k.adviser.Name || g.Service == "" || g.Measures[0].State != program.Overdue {
		t.Errorf("after it was taken: %+v", g)
	}
	for _, g := range k.show(k.liaison, wire.PurposeProsecution, who).Gates {
		if g.Topic != "" || g.Measures != nil || g.Owner != "" || g.Service != "" || g.Todo.En != "" || g.Shut != slices.Equal(g.Blocks, Blocked) {
			t.Errorf("the case team reads %+v", g)
		}
	}
	k.protect(k.adviser, &EndGate{Case: k.c, Person: who, Gate: gate, Outcome: Done, Evidence: "Seen by a physician"})
	k.Refused(k.adviser2, wire.PurposeProtection, "protection.gate_open", &TakeGate{Case: k.c, Person: who, Gate: gate, Service: "x"})
	k.ReplayEqual()
}

// Every topic has measures in both countries, each complete in both languages.
func TestEveryTopicHasMeasures(t *testing.T) {
	for topic, all := range loadMeasures() {
		if !slices.Contains(Topics, topic) {
			t.Errorf("measures of %s, which is no topic", topic)
		}
		for _, m := range all {
			if m.ID == "" || m.Name.En == "" || m.Name.Es == "" || m.Service.En == "" || m.Service.Es == "" || m.Source.En == "" || m.Source.Es == "" || m.Hours <= 0 {
				t.Errorf("%s: %+v is not complete", topic, m)
			}
		}
	}
	for _, topic := range Topics {
		for _, country := range []string{"US", "MX"} {
			if len(MeasuresOf(topic, country)) == 0 {
				t.Errorf("nothing is done in %s about %s", country, topic)
			}
		}
	}
}
