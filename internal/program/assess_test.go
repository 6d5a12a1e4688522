package program

import (
	"slices"
	"testing"
)

// smuggling is the usual question: a guide led people from Tamaulipas into
// Texas for money in June 2026.
func smuggling(change func(*Question)) Question {
	q := Question{Sending: "US", Receiving: "MX", Offences: []string{"us-1324-a1-i", "mx-lm-159-i"}, FactsOn: Day{2026, 6, 1}, Today: Day{2026, 6, 8},
		ActsIn: []string{"MX", "US"}, NationalReceiving: true, Shown: map[string]bool{"profit": true}}
	if change != nil {
		change(&q)
	}
	return q
}

// Law: 16, 17, 18.
func TestWhatTheCatalogueAnswers(t *testing.T) {
	for _, c := range []struct {
		name  string
		q     Question
		facts map[string]any // those that differ from the usual answer
	}{
		{"the usual case", smuggling(nil), nil},
		{"no profit shown", smuggling(func(q *Question) { q.Shown = nil }), map[string]any{"element_missing": true}},
		{"profit shown for another offence only", smuggling(func(q *Question) { q.Shown = map[string]bool{"mx-lm-159-ii/profit": true} }), map[string]any{"element_missing": true}},
		{"profit shown for this one", smuggling(func(q *Question) { q.Shown = map[string]bool{"mx-lm-159-i/profit": true} }), nil},
		{"no offence of the receiving country named", smuggling(func(q *Question) { q.Offences = []string{"us-1324-a1-i"} }), map[string]any{"element_missing": true, "jurisdiction": ""}},
		{"irregular entry named", smuggling(func(q *Question) { q.Offences = append(q.Offences, "us-1325") }), map[string]any{"offence_referable": false}},
		{"an offence that is not in the catalogue", smuggling(func(q *Question) { q.Offences = append(q.Offences, "mx-cpf-999") }), map[string]any{"offence_referable": false}},
		{"only a law repealed before the facts", smuggling(func(q *Question) { q.Offences = []string{"mx-lgp-138"} }), map[string]any{"element_missing": true, "jurisdiction": ""}},
		{"every act abroad, effects in Mexico", smuggling(func(q *Question) { q.ActsIn = []string{"US"}; q.EffectsInReceiving = true }), map[string]any{"jurisdiction": "cpf_2_i"}},
		{"every act abroad, by a national", smuggling(func(q *Question) { q.ActsIn = []string{"US"} }), map[string]any{"jurisdiction": "cpf_4"}},
		{"every act abroad, by a foreigner", smuggling(func(q *Question) { q.ActsIn, q.NationalReceiving = []string{"US"}, false }), map[string]any{"jurisdiction": ""}},
		{"by a national finally tried there", smuggling(func(q *Question) { q.ActsIn, q.FinallyTried = []string{"US"}, true }), map[string]any{"jurisdiction": ""}},
		{"the place of no act is known", smuggling(func(q *Question) { q.ActsIn, q.NationalReceiving = nil, false }), map[string]any{"jurisdiction": ""}},
		{"no equivalent: using a child to offend", smuggling(func(q *Question) { q.Offences = []string{"mx-trata-25"}; q.ActsIn = []string{"US"} }), map[string]any{"punishable_in_both": false, "jurisdiction": ""}},
		{"the last day in time", smuggling(func(q *Question) { q.FactsOn, q.Today = Day{2016, 6, 20}, Day{2028, 6, 19} }), nil},
		{"the first day too late", smuggling(func(q *Question) { q.FactsOn, q.Today = Day{2016, 6, 20}, Day{2028, 6, 20} }), map[string]any{"time_barred": true}},
		{"late, but the person was abroad", smuggling(func(q *Question) { q.FactsOn, q.Today, q.AbroadSince = Day{2016, 6, 20}, Day{2028, 6, 20}, true }), nil},
		{"one of two is late: the other is still tried", smuggling(func(q *Question) {
			q.Offences, q.FactsOn, q.Today = []string{"mx-lm-159-i", "mx-lm-161"}, Day{2016, 6, 20}, Day{2026, 6, 20}
		}), nil},
		{"late by law that nobody has read decides nothing", smuggling(func(q *Question) {
			q.Offences, q.FactsOn, q.Today = []string{"mx-sec-9"}, Day{2016, 6, 20}, Day{2099, 1, 1}
		}), nil},
		{"late in the sending country decides nothing here", smuggling(func(q *Question) { q.FactsOn, q.Today = Day{2016, 6, 20}, Day{2027, 1, 1} }), nil},
		{"to the United States, acts there", smuggling(func(q *Question) { q.Sending, q.Receiving, q.Shown = "MX", "US", nil }), nil},
		{"to the United States, acts abroad: a reach that nobody has read supports nothing", smuggling(func(q *Question) {
			q.Sending, q.Receiving, q.ActsIn, q.EffectsInReceiving = "MX", "US", []string{"MX"}, true
		}), map[string]any{"jurisdiction": ""}},
	} {
		want := map[string]any{"offence_referable": true, "element_missing": false, "jurisdiction": "territorial", "punishable_in_both": true, "time_barred": false}
		for k, v := range c.facts {
			want[k] = v
		}
		for k, got := range Assess(c.q).Facts() {
			if got != want[k] {
				t.Errorf("%s: %s is %v, want %v", c.name, k, got, want[k])
			}
		}
	}
}

// What is shown beside the answer and decides nothing.
func TestWhatTheCatalogueWarnsOf(t *testing.T) {
	a := Assess(smuggling(func(q *Question) {
		q.Offences, q.FactsOn = []string{"us-1324-a1-i", "us-18-1591", "mx-lm-159-i", "mx-lgp-138"}, Day{2011, 5, 25}
	}))
	for _, c := range []struct {
		name      string
		got, want []string
	}{
		{"not law then", a.NotInForce, []string{"mx-lm-159-i"}},
		{"dates not established", a.NotEstablished, []string{"us-1324-a1-i", "us-18-1591", "mx-lgp-138"}},
		{"text not read", a.Unverified, []string{"mx-lgp-138"}},
		{"milder later", a.Favourable, nil},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
	var said []string
	for _, d := range a.Doubts() {
		said = append(said, d.Offence+": "+d.Says.En+" / "+d.Says.Es)
	}
	if want := []string{
		"mx-lm-159-i: Not in force at the date of the facts / No vigente en la fecha de los hechos",
		"us-1324-a1-i: in force since: not established / en vigor desde: no establecido",
		"us-18-1591: in force since: not established / en vigor desde: no establecido",
		"mx-lgp-138: in force since: not established / en vigor desde: no establecido",
		"mx-lgp-138: unverified / sin verificar",
	}; !slices.Equal(said, want) {
		t.Errorf("says %q", said)
	}
	milder := Assessment{Favourable: []string{"mx-lgp-138"}}.Doubts()
	if len(milder) != 1 || milder[0].Says.En != "A later, more favourable law may apply: Smuggling under the former law" {
		t.Errorf("of a later law it says %+v", milder)
	}
	ends := []Limit{{Offence: "us-1324-a1-i", Ends: Day{2021, 5, 25}, Sure: true}, {Offence: "us-18-1591", Sure: true, Unlimited: true},
		{Offence: "mx-lm-159-i", Ends: Day{2023, 5, 25}, Sure: true}, {Offence: "mx-lgp-138", Ends: Day{2020, 5, 25}}}
	if !slices.Equal(a.Ends, ends) {
		t.Errorf("limitation on both sides: %+v, want %+v", a.Ends, ends)
	}
}

// The answers open and shut the steps of both procedures.
func TestAnswersOpenSteps(t *testing.T) {
	for _, c := range []struct {
		procedure, condition string
		q                    Question
		holds                bool
	}{
		{"mx-accusatory-2016", "elements_present", smuggling(nil), true},
		{"mx-accusatory-2016", "elements_present", smuggling(func(q *Question) { q.Shown = nil }), false},
		{"mx-accusatory-2016", "offence_referable", smuggling(func(q *Question) { q.Offences = []string{"us-1325"} }), false},
		{"mx-accusatory-2016", "jurisdiction_exists", smuggling(nil), true},
		{"mx-accusatory-2016", "jurisdiction_exists", smuggling(func(q *Question) { q.ActsIn, q.NationalReceiving = []string{"US"}, false }), false},
		{"mx-accusatory-2016", "not_time_barred", smuggling(func(q *Question) { q.Today = Day{2060, 1, 1} }), false},
		{"us-mirror-2016", "elements_present", smuggling(func(q *Question) { q.Sending, q.Receiving, q.Shown = "MX", "US", nil }), true},
		{"us-mirror-2016", "jurisdiction_exists", smuggling(func(q *Question) { q.Sending, q.Receiving = "MX", "US" }), true},
		{"us-mirror-2016", "jurisdiction_exists", smuggling(func(q *Question) { q.Sending, q.Receiving, q.ActsIn = "MX", "US", []string{"MX"} }), false},
		{"us-mirror-2016", "not_time_barred", smuggling(func(q *Question) { q.Sending, q.Receiving, q.Today = "MX", "US", Day{2036, 6, 1} }), false},
	} {
		p, _ := ProcedureByID(c.procedure)
		cond, ok := p.Condition(c.condition)
		if !ok {
			t.Fatalf("%s has no condition %s", c.procedure, c.condition)
		}
		facts := map[string]any{}
		for k, v := range Assess(c.q).Facts() {
			if p.facts[k] != nil {
				facts[k] = v
			}
		}
		if got, err := p.evaluator.holds(cond, facts); err != nil || got != c.holds {
			t.Errorf("%s, %s: %v (%v), want %v", c.procedure, c.condition, got, err, c.holds)
		}
	}
}
