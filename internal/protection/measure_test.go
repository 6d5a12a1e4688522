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
			for _, v := range m.For {
				if !findsUnder(topic, v) {
					t.Errorf("%s is for %s, which no question of %s finds", m.ID, v, topic)
				}
			}
			if m.ID == "" || m.Name.En == "" || m.Name.Es == "" || m.Service.En == "" || m.Service.Es == "" || m.Source.En == "" || m.Source.Es == "" || m.Hours <= 0 {
				t.Errorf("%s: %+v is not complete", topic, m)
			}
		}
	}
	for _, v := range CurrentForm().Vulnerabilities {
		for _, country := range []string{"US", "MX"} {
			called := false
			for topic := range loadMeasures() {
				for _, m := range MeasuresOf(topic, country, []string{v.ID}) {
					called = called || len(m.For) == 0 && findsUnder(topic, v.ID) || slices.Contains(m.For, v.ID)
				}
			}
			if !called {
				t.Errorf("nothing is done in %s for %s", country, v.ID)
			}
		}
	}
	for _, topic := range Topics {
		for _, country := range []string{"US", "MX"} {
			if len(MeasuresOf(topic, country, nil)) == 0 {
				t.Errorf("nothing is done in %s about %s", country, topic)
			}
		}
	}
}

// findsUnder reports whether a topic of the current form can find a vulnerability.
func findsUnder(topic, vulnerability string) bool {
	t, _ := CurrentForm().Topic(topic)
	return slices.ContainsFunc(t.Questions, func(q Question) bool { return q.Finds == vulnerability }) ||
		slices.ContainsFunc(t.Lists, func(l CodeList) bool { return l.Finds == vulnerability })
}

// Whoever took charge of a measure answers for it also after the person was
// asked again, and its clock runs from when it was first called for; a gate that
// was ended begins anew.
func TestMeasuresKeepTheirOwnerWhenSomebodyIsAskedAgain(t *testing.T) {
	k := newDesk(t)
	k.adviser.Country = "US"
	who := k.person("witness", "1990-01-01")
	sick := map[string]string{"medical.care_now": Yes, "fear.fear": Yes}
	k.screen(who, sick)
	k.protect(k.adviser, &TakeGate{Case: k.c, Person: who, Gate: k.byTopic(who, TopicMedical), Service: "Hospital at McAllen"})
	due := k.measureOf(who, TopicMedical).Measures[0].Due
	k.Clock = k.Clock.Add(40 * time.Minute)
	before := k.byTopic(who, TopicMedical)
	k.screen(who, sick)
	if k.byTopic(who, TopicMedical) == before {
		t.Fatal("the gate of the new screening has the id of the old one")
	}
	g := k.measureOf(who, TopicMedical)
	if g.Owner != k.adviser.Name || g.Service != "Hospital at McAllen" || !g.Measures[0].Due.Equal(due) {
		t.Errorf("after another screening: %+v, first due %s", g, due)
	}
	if g := k.measureOf(who, TopicFear); g.Owner != "" {
		t.Errorf("%s answers for a gate that nobody took", g.Owner)
	}
	k.protect(k.adviser, &EndGate{Case: k.c, Person: who, Gate: k.byTopic(who, TopicMedical), Outcome: Done, Evidence: "Seen by a physician"})
	k.screen(who, sick)
	if g := k.measureOf(who, TopicMedical); !g.Shut || g.Owner != k.adviser.Name || !g.Measures[0].Due.After(due) {
		t.Errorf("ended and shut again: %+v", g)
	}
	k.ReplayEqual()
}

func (k *desk) measureOf(who, topic string) GateView {
	k.t.Helper()
	v := k.show(k.adviser, wire.PurposeProtection, who)
	i := slices.IndexFunc(v.Gates, func(g GateView) bool { return g.Topic == topic })
	if i < 0 {
		k.t.Fatalf("no gate about %s", topic)
	}
	return v.Gates[i]
}
