package program

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
)

// Law: 1.
func TestInformalItemsAreIndicio(t *testing.T) {
	agency, ok := word(loadWords().Channels, "agency")
	if !ok || !strings.Contains(agency.Note.En, "indicio") || !strings.Contains(agency.Note.Es, "indicio") || !strings.Contains(agency.Note.En, "CNPP 455") {
		t.Errorf("what went from agency to agency: %+v", agency)
	}
	if a, ok := word(loadWords().Channels, "legal_assistance"); !ok || strings.Contains(a.Note.En, "indicio") {
		t.Errorf("what went through the central authorities: %+v", a)
	}
}

// Advance evidence is open from the acceptance on, whoever has been arrested,
// and there is none in the procedure by written declarations.
//
// Law: 2.
func TestAdvanceEvidencePrecedesArrest(t *testing.T) {
	p := mx(t)
	accepted := p.State(sentBy(), history(after(1, "sign_for_analysis"), after(1, "accept")))
	if accepted.Tracks["warrant"] != "none" || accepted.Tracks["hand_over"] != "none" {
		t.Fatalf("stands at %v", accepted.Tracks)
	}
	if _, err := p.Step("request_advance_evidence", accepted, Receiver); err != nil {
		t.Errorf("advance evidence before any arrest: %v", err)
	}
	before, _ := ProcedureByID("mx-written-2005")
	if _, err := before.Step("request_advance_evidence", accepted, Receiver); err == nil {
		t.Error("written declarations know advance evidence")
	}
}

// What a witness said abroad does not carry a trial alone (CNPP 386). From the
// acceptance on the witness's clock is red until advance evidence is asked for,
// and again when it is refused; the adviser and the coordinator are told.
//
// Law: 3.
func TestTheWitnessClockIsRedWithoutAdvanceEvidence(t *testing.T) {
	for _, id := range []string{"mx-accusatory-2016", "mx-trafficking-2016"} {
		p, _ := ProcedureByID(id)
		acts := []Taken{after(1, "sign_for_analysis"), after(1, "accept")}
		look := func(more ...string) (last Running, warned bool) {
			for _, step := range more {
				acts = append(acts, after(1, step))
			}
			s := p.State(sentBy(), history(acts...))
			for _, c := range p.Clocks(s, seats(t), t0.Add(30*time.Hour)) {
				if c.Clock.ID == "mx-prueba-anticipada" {
					last = c
				}
			}
			return last, slices.ContainsFunc(s.Warnings, func(w string) bool { return w == "interviews_alone" })
		}
		c, warned := look()
		if c.State != Overdue || !c.Sure || !slices.Equal(c.Escalates, []string{"adviser", "coordinator"}) || !warned || !strings.Contains(c.Clock.IfMissed.En, "CNPP 386") {
			t.Errorf("%s, accepted: %s, tells %v, warned %v", id, c.State, c.Escalates, warned)
		}
		if c, warned = look("request_advance_evidence"); c.State != Met || warned {
			t.Errorf("%s, asked for: %s, warned %v", id, c.State, warned)
		}
		if c, warned = look("record_advance_evidence_refused"); c.State != Overdue || !warned {
			t.Errorf("%s, refused: %s, warned %v", id, c.State, warned)
		}
		if c, warned = look("request_advance_evidence", "record_advance_evidence_held"); c.State != Met || warned {
			t.Errorf("%s, held: %s, warned %v", id, c.State, warned)
		}
	}
	before, _ := ProcedureByID("mx-written-2005")
	if slices.ContainsFunc(before.Timers, func(c Timer) bool { return c.Clock == "mx-prueba-anticipada" }) {
		t.Error("written declarations need advance evidence")
	}
}

// Law: 5.
func TestAChildHasThreeClocks(t *testing.T) {
	events := map[string]bool{}
	for id, law := range map[string]string{"us-uac-mx-screen": "8 USC 1232(a)(4)", "us-uac-hhs-notice": "8 USC 1232(b)(2)", "us-uac-hhs-transfer": "8 USC 1232(b)(3)"} {
		c, ok := ClockByID(id)
		if !ok || c.Source.En != law || !c.Verified.Sure() {
			t.Errorf("%s: %+v", id, c)
			continue
		}
		events[c.StartEvent] = true
	}
	if len(events) != 3 {
		t.Errorf("they start from %v", events)
	}
}

// Law: 8.
func TestNoDetentionIsPromised(t *testing.T) {
	if o := offence(t, "mx-lm-159-i"); !strings.Contains(o.Note.En, "Not in the closed list of offences with automatic pre-trial detention") || !strings.Contains(o.Note.Es, "No está en la lista cerrada") {
		t.Errorf("smuggling: %q", o.Note.En)
	}
	if o := offence(t, "mx-lfdo-2-iii"); !strings.Contains(o.Note.En, "Automatic pre-trial detention") {
		t.Errorf("organised crime: %q", o.Note.En)
	}
}

// Law: 9.
func TestArrestRestsOnAWarrantOrAnUrgentCase(t *testing.T) {
	c, ok := ClockByID("mx-warrant-24")
	if !ok || c.Length != 24 || c.Unit != "hours" || c.Source.En != "CNPP 143" {
		t.Errorf("the judge's term: %+v", c)
	}
	p := mx(t)
	way := history(after(1, "sign_for_analysis"), after(1, "accept"))
	given := sentBy(after(2, "schedule_hand_over"), after(2, "give"))
	if got := p.State(given, append(way, as(3, "receive", "under_warrant"))).Tracks["hand_over"]; got != "given" {
		t.Errorf("received under a warrant that nobody issued: %s", got)
	}
	s := p.State(given, append(way, as(8, "receive", "urgent_case")))
	if s.Tracks["hand_over"] != "received_detained" || !slices.Contains(s.Warnings, "received_without_warrant") {
		t.Errorf("an urgent case: %v, warns of %v", s.Tracks["hand_over"], s.Warnings)
	}
}

// Law: 10.
func TestPenaltiesOfTheTextInForce(t *testing.T) {
	for id, years := range map[string][2]float64{"mx-lm-159-i": {8, 16}, "mx-lm-161": {4, 8}} {
		o := offence(t, id)
		if o.Penalty.Min != years[0] || o.Penalty.Max == nil || *o.Penalty.Max != years[1] || o.From.Zero() || !o.To.Zero() {
			t.Errorf("%s: %v to %v years, from %s", id, o.Penalty.Min, o.Penalty.Max, o.From)
		}
	}
}

// Law: 12.
func TestMexicanFinesAreInUnits(t *testing.T) {
	for _, o := range Offences() {
		for _, l := range []i18n.Lang{i18n.English, i18n.Spanish} {
			fine := strings.ToLower(o.Penalty.Fine.In(l))
			if o.Country == "MX" && (strings.Contains(fine, "peso") || strings.Contains(fine, "$")) {
				t.Errorf("%s: %q", o.ID, fine)
			}
		}
	}
	if o := offence(t, "mx-lm-159-i"); !strings.Contains(o.Penalty.Fine.En, "UMA") || !strings.Contains(o.Penalty.Fine.En, "27-01-2016") {
		t.Errorf("smuggling: %q", o.Penalty.Fine.En)
	}
}

// Law: 20.
func TestRansomOfMigrants(t *testing.T) {
	o := offence(t, "mx-ext-15")
	if o.Penalty.Min != 15 || *o.Penalty.Max != 25 || o.On(Day{2025, 11, 28}) == o.On(Day{2025, 11, 29}) {
		t.Errorf("extortion: %v to %v years; %v, %v", o.Penalty.Min, *o.Penalty.Max, o.On(Day{2025, 11, 28}), o.On(Day{2025, 11, 29}))
	}
	for _, tier := range o.Penalty.Tiers {
		if strings.Contains(tier.Condition.En, "migrants, whatever their status") && tier.Min == 20 && *tier.Max == 37 {
			return
		}
	}
	t.Error("no tier for migrants")
}

// The police execute a warrant; nothing else of the court track is theirs.
//
// Law: 22.
func TestChargingStaysWithTheProsecutor(t *testing.T) {
	if a, ok := AgencyByID("sspc"); !ok || a.Country != "MX" {
		t.Error("no security ministry")
	}
	for _, s := range mx(t).Steps {
		for _, r := range s.Owner.Roles {
			if r == "police" && s.ID != "record_warrant_executed" {
				t.Errorf("police own %s", s.ID)
			}
		}
	}
}

// The humanitarian card is for foreigners who are victims or witnesses of a
// crime committed in Mexico, and for foreign children as a precaution.
//
// Law: 6.
func TestWhoIsOfferedTheHumanitarianCard(t *testing.T) {
	here, there := []string{"US", "MX"}, []string{"US"}
	for _, c := range []struct {
		name  string
		q     CardQuestion
		offer string
	}{
		{"a foreign victim of a crime in Mexico", CardQuestion{[]string{"HN"}, []string{"victim"}, false, here}, "victim_or_witness"},
		{"a foreign witness", CardQuestion{[]string{"GT"}, []string{"witness"}, false, here}, "victim_or_witness"},
		{"a foreign migrant who was smuggled", CardQuestion{[]string{"SV"}, []string{"smuggled_migrant"}, false, here}, "victim_or_witness"},
		{"the crime was in the United States alone", CardQuestion{[]string{"HN"}, []string{"victim"}, false, there}, ""},
		{"a Mexican victim", CardQuestion{[]string{"MX"}, []string{"victim"}, false, here}, ""},
		{"Mexican and of another nationality", CardQuestion{[]string{"US", "MX"}, []string{"victim"}, false, here}, ""},
		{"nobody knows the nationality", CardQuestion{nil, []string{"victim"}, true, here}, ""},
		{"a foreign suspect", CardQuestion{[]string{"HN"}, []string{"suspect"}, false, here}, ""},
		{"a foreign child, wherever the crime was", CardQuestion{[]string{"HN"}, []string{"smuggled_migrant"}, true, there}, "child"},
		{"a Mexican child", CardQuestion{[]string{"MX"}, []string{"smuggled_migrant"}, true, there}, ""},
	} {
		if got, offered := HumanitarianCard(c.q); got.ID != c.offer || offered != (c.offer != "") {
			t.Errorf("%s: offered %q", c.name, got.ID)
		}
	}
}
