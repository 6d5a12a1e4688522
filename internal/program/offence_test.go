package program

import (
	"slices"
	"testing"
)

func offence(t *testing.T, id string) *Offence {
	t.Helper()
	o, ok := OffenceByID(id)
	if !ok {
		t.Fatalf("no offence %s", id)
	}
	return o
}

func day(s string) Day {
	if s == "" {
		return Day{}
	}
	d, err := ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

func years(n float64) *float64 { return &n }

// Which law applied on the day of the facts (CPF 56; Const. 14).
//
// Law: 11.
func TestLawAtTheDateOfTheFacts(t *testing.T) {
	for _, c := range []struct {
		name, offence, facts string
		want                 Force
	}{
		{"smuggling the day before the Migration Act", "mx-lm-159-i", "2011-05-25", NotInForce},
		{"smuggling on its first day", "mx-lm-159-i", "2011-05-26", InForce},
		{"smuggling today", "mx-lm-159-i", "2026-06-01", InForce},
		{"the former law on its last day: since when is not established", "mx-lgp-138", "2011-05-25", NotEstablished},
		{"the former law after its repeal", "mx-lgp-138", "2011-05-26", NotInForce},
		{"extortion of migrants before the Act of 2025", "mx-ext-15", "2025-11-28", NotInForce},
		{"extortion of migrants under it", "mx-ext-15", "2025-11-29", InForce},
		{"trafficking of a child into offending, before 2024", "mx-trata-25", "2024-06-07", NotInForce},
		{"US bringing in: an enactment date that nobody verified decides nothing", "us-1324-a1-i", "1980-01-01", NotEstablished},
		{"a date that is null", "mx-cpf-335-340", "2026-06-01", NotEstablished},
		{"facts of an unknown day", "mx-lm-159-i", "", NotEstablished},
	} {
		if got := offence(t, c.offence).On(day(c.facts)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	before, after := LawAt("MX", day("2011-05-25")), LawAt("MX", day("2011-05-26"))
	for _, c := range []struct {
		offence       string
		before, after bool
	}{{"mx-lgp-138", true, false}, {"mx-lm-159-i", false, true}, {"mx-cpf-366ter", true, true}, {"us-1324-a1-i", false, false}} {
		o := offence(t, c.offence)
		if slices.Contains(before, o) != c.before || slices.Contains(after, o) != c.after {
			t.Errorf("%s: offered before 26 May 2011 %v, after %v", c.offence, slices.Contains(before, o), slices.Contains(after, o))
		}
	}
}

// A later law is warned of where a judge could impose less by it.
//
// Law: 11.
func TestLaterMoreFavourableLaw(t *testing.T) {
	old := &Offence{ID: "old", Penalty: Penalty{Min: 6, Max: years(12)}}
	for _, c := range []struct {
		name   string
		later  []*Offence
		warned []string
	}{
		{"graver at both ends", []*Offence{{ID: "new", Succeeds: []string{"old"}, Penalty: Penalty{Min: 8, Max: years(16)}}}, nil},
		{"the same", []*Offence{{ID: "new", Succeeds: []string{"old"}, Penalty: Penalty{Min: 6, Max: years(12)}}}, nil},
		{"milder at the lower end", []*Offence{{ID: "new", Succeeds: []string{"old"}, Penalty: Penalty{Min: 4, Max: years(12)}}}, []string{"new"}},
		{"milder at the upper end", []*Offence{{ID: "new", Succeeds: []string{"old"}, Penalty: Penalty{Min: 6, Max: years(10)}}}, []string{"new"}},
		{"lower minimum and higher maximum: for the judge", []*Offence{{ID: "new", Succeeds: []string{"old"}, Penalty: Penalty{Min: 2, Max: years(20)}}}, []string{"new"}},
		{"life is above any number", []*Offence{{ID: "new", Succeeds: []string{"old"}, Penalty: Penalty{Min: 6, Life: true}}}, nil},
		{"milder two laws later", []*Offence{
			{ID: "new", Succeeds: []string{"old"}, Penalty: Penalty{Min: 8, Max: years(16)}}, {ID: "newest", Succeeds: []string{"new"}, Penalty: Penalty{Min: 5, Max: years(16)}}}, []string{"newest"}},
		{"another conduct", []*Offence{{ID: "new", Succeeds: []string{"other"}, Penalty: Penalty{Min: 1, Max: years(2)}}}, nil},
		{"a ring of successions ends", []*Offence{{ID: "new", Succeeds: []string{"old", "newest"}, Penalty: Penalty{Min: 5, Max: years(12)}}, {ID: "newest", Succeeds: []string{"new"}, Penalty: Penalty{Min: 6, Max: years(12)}}}, []string{"new"}},
	} {
		var got []string
		for _, o := range moreFavourable(old, append([]*Offence{old}, c.later...)) {
			got = append(got, o.ID)
		}
		if !slices.Equal(got, c.warned) {
			t.Errorf("%s: %v, want %v", c.name, got, c.warned)
		}
	}
	if got := offence(t, "mx-lgp-138").MoreFavourable(); len(got) > 0 {
		t.Errorf("the Migration Act (8 to 16 years) is shown as milder than the former law (6 to 12): %v", got[0].ID)
	}
	if got := offence(t, "mx-lm-159-i").MoreFavourable(); len(got) > 0 {
		t.Errorf("an earlier law is shown as a later one: %v", got[0].ID)
	}
}

// Outcomes that the offence does not admit (CNPP 187, 192, 256; LAW.md §1 row 7).
//
// Law: 7.
func TestOutcomesNotAdmitted(t *testing.T) {
	for _, c := range []struct {
		offence, outcome string
		closed, doubtful bool
		law              string
	}{
		{"mx-lm-159-i", "conditional_suspension", true, false, "CNPP 192"},
		{"mx-lm-159-i", "reparatory_agreement", true, false, "CNPP 187"},
		{"mx-lm-159-i", "opportunity_by_penalty", true, false, "CNPP 256-I"},
		{"mx-lm-159-i", "opportunity_by_cooperation", false, false, ""}, // CNPP 256-V remains
		{"mx-lm-159-i", "no_charging", false, false, ""},
		{"mx-lm-161", "reparatory_agreement", false, true, "CNPP 187"}, // nobody has read it: it warns
		{"mx-cpf-364", "conditional_suspension", false, false, ""},
		{"us-1324-a1-i", "declination", false, false, ""},
	} {
		o := offence(t, c.offence)
		law, closed := o.Closes(c.outcome)
		warning, doubtful := o.Doubts(c.outcome)
		if closed != c.closed || doubtful != c.doubtful || law+warning != c.law {
			t.Errorf("%s, %s: closed %v, doubtful %v, by %q", c.offence, c.outcome, closed, doubtful, law+warning)
		}
	}
}

// The forms of the procedures go by the catalogue.
//
// Law: 7.
func TestFormsGoByTheOffence(t *testing.T) {
	p := mx(t)
	bound := p.State(sentBy(), history(after(1, "sign_for_analysis"), after(1, "accept"), after(1, "record_imputation"), after(1, "record_bound_over")))
	step, err := p.Step("dispose", bound, Receiver)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		offence string
		open    []string
	}{
		{"mx-lm-159-i", nil}, // neither suspension nor agreement for smuggling
		{"mx-cpf-364", []string{"conditional_suspension", "reparatory_agreement"}},
	} {
		var got []string
		for _, f := range step.OpenForms([]string{c.offence}) {
			got = append(got, f.ID)
		}
		if !slices.Equal(got, c.open) {
			t.Errorf("%s, bound over: %v, want %v", c.offence, got, c.open)
		}
	}
}

// Dual criminality: what answers across the border, from either one's row.
func TestEquivalents(t *testing.T) {
	for _, c := range []struct {
		offence, country string
		has, hasNot      string
	}{
		{"mx-lm-159-i", "US", "us-1324-a1-i", "us-1325"},
		{"us-1324-a1-i", "MX", "mx-lm-159-i", "mx-lm-161"},
		{"us-1324-a1-i", "MX", "mx-lm-159-ii", ""}, // named in the Mexican row alone
		{"us-18-201", "MX", "mx-cpf-222", "mx-lm-159-i"},
	} {
		var got []string
		for _, e := range offence(t, c.offence).EquivalentIn(c.country) {
			got = append(got, e.ID)
		}
		if !slices.Contains(got, c.has) || slices.Contains(got, c.hasNot) {
			t.Errorf("%s in %s: %v", c.offence, c.country, got)
		}
	}
	for _, id := range []string{"us-1325", "mx-trata-25"} {
		for _, country := range []string{"US", "MX"} {
			if got := offence(t, id).EquivalentIn(country); len(got) > 0 {
				t.Errorf("%s has no equivalent in %s and shows %v", id, country, got)
			}
		}
	}
}

// Limitation on both sides (CPF 101, 105; 18 USC 3282, 3298, 3299).
//
// Law: 16.
func TestLimitation(t *testing.T) {
	for _, c := range []struct {
		name, offence, facts string
		abroad               bool
		ends                 string
		sure, ok             bool
	}{
		{"smuggling: the mean of 8 and 16", "mx-lm-159-i", "2016-06-20", false, "2028-06-20", true, true},
		{"doubled while abroad", "mx-lm-159-i", "2016-06-20", true, "2040-06-20", true, true},
		{"six and a half years", "mx-cpf-366ter", "2020-01-31", false, "2026-07-31", true, true},
		{"the United States: ten years, not doubled", "us-1324-a1-i", "2016-06-20", true, "2026-06-20", true, true},
		{"by a summary only", "us-1327", "2020-06-20", false, "2025-06-20", false, true},
		{"no limit", "us-18-1591", "2020-06-20", false, "", false, false},
		{"not established", "us-18-1201", "2020-06-20", false, "", false, false},
		{"facts of an unknown day", "mx-lm-159-i", "", false, "", false, false},
		{"from a leap day", "us-1324-a1-i", "2016-02-29", false, "2026-02-28", true, true},
	} {
		got, sure, ok := offence(t, c.offence).LimitationEnds(day(c.facts), c.abroad)
		if got.String() != c.ends || sure != c.sure || ok != c.ok {
			t.Errorf("%s: %s, sure %v, ok %v", c.name, got, sure, ok)
		}
	}
}

// What may never be referred: a migrant's own entry.
func TestNeverReferred(t *testing.T) {
	for _, o := range Offences() {
		if want := o.ID != "us-1325"; o.Referable != want {
			t.Errorf("%s: referable %v", o.ID, o.Referable)
		}
	}
}

// Nothing is sent without what shows the profit (Ley de Migración 159), and
// nothing for trafficking without what shows the exploitation (Ley General de
// Trata 10).
//
// Law: 18.
func TestBlockingElements(t *testing.T) {
	profit := []string{"profit"}
	blocking := map[string][]string{"mx-lm-159-i": profit, "mx-lm-159-ii": profit, "mx-lm-159-iii": profit, "mx-lm-161": profit, "mx-cpf-366ter": profit,
		"mx-trata-10": {"exploitation_purpose"}}
	for _, o := range Offences() {
		var got []string
		for _, e := range o.Elements {
			if e.Blocking {
				got = append(got, e.ID)
			}
		}
		if !slices.Equal(got, blocking[o.ID]) {
			t.Errorf("%s: blocked by %v", o.ID, got)
		}
	}
}
