package program

import (
	"slices"
	"testing"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/refusal"
)

// The accords as history knows them: which ways they opened, and which not.
func TestAccordsOpenTheirCorridors(t *testing.T) {
	for _, c := range []struct {
		name, accord, a, b string
		open               bool
	}{
		{"2005: San Diego and Baja California", "accord-2005", "usbp:SDC", "inegi:02", true},
		{"2005: Tucson and Sonora", "accord-2005", "usbp:TCA", "inegi:26", true},
		{"2005: from Mexico as well", "accord-2005", "inegi:26", "usbp:YUM", true},
		{"2005: the port of Nogales, by Field Operations", "accord-2005", "ofo:tucson", "inegi:26", true},
		{"2005: not Tamaulipas", "accord-2005", "usbp:TCA", "inegi:28", false},
		{"2007: El Paso and Coahuila", "accord-2007", "usbp:EPT", "inegi:05", true},
		{"2007: Eagle Pass, in the Del Rio sector", "accord-2007", "usbp:DRT", "inegi:05", true},
		{"2007: Chihuahua is not named", "accord-2007", "usbp:EPT", "inegi:08", false},
		{"2008: Rio Grande Valley and Tamaulipas", "accord-2008", "usbp:RGV", "inegi:28", true},
		{"2008: Laredo and Tamaulipas", "accord-2008", "usbp:LRT", "inegi:28", true},
		{"2008: the ports of Laredo, by Field Operations", "accord-2008", "ofo:laredo", "inegi:28", true},
		{"2008: two regions of one country", "accord-2008", "usbp:RGV", "usbp:LRT", false},
	} {
		a, ok := TemplateByID(c.accord)
		if !ok {
			t.Fatalf("no accord %s", c.accord)
		}
		if got := slices.ContainsFunc(a.Corridors, func(x Corridor) bool { return x.Joins(c.a, c.b) }); got != c.open {
			t.Errorf("%s: open %v", c.name, got)
		}
	}
}

// Between ports and at ports are both first-class: every region that an accord
// names has an office that can refer from it or receive there, and both ways of
// crossing at a port are events.
func TestOfficesOfEveryCorridor(t *testing.T) {
	for _, a := range Templates() {
		for _, c := range a.Corridors {
			for _, region := range slices.Concat(c.A, c.B) {
				served := slices.ContainsFunc(Offices(), func(o Office) bool {
					return slices.Contains(o.Regions, region) && (slices.Contains(o.Roles, "prosecutions") || slices.Contains(o.Roles, "mp"))
				})
				if !served {
					t.Errorf("%s: no office refers from %s", a.ID, region)
				}
			}
		}
	}
	for mode, port := range map[string]bool{"hidden_in_vehicle": true, "false_document": true, "foot_between_ports": false, "river": false} {
		if m, ok := ModeByID(mode); !ok || m.AtPort != port {
			t.Errorf("%s: known %v, at a port %v", mode, ok, m.AtPort)
		}
	}
}

func TestPlacesHaveCountries(t *testing.T) {
	for code, want := range map[string]string{"inegi:28": "MX", "usbp:RGV": "US", "ofo:laredo": "US", "fips:48215": "US", "iso3166:MX-TAM": "MX", "iso3166:GT": "GT", "28": "", "inegi": "", "moon:1": ""} {
		if got := CountryOfPlace(code); got != want {
			t.Errorf("%s lies in %q, want %q", code, got, want)
		}
	}
}

// An agency is shown under the name it had on the day.
func TestAgenciesChangeTheirNames(t *testing.T) {
	fgr, ok := AgencyByID("fgr")
	if !ok {
		t.Fatal("no agency fgr")
	}
	for day, want := range map[Day]string{{2008, 8, 14}: "PGR", {2026, 6, 1}: "FGR", {}: "FGR"} {
		if got := fgr.On(day).Initials; got != want {
			t.Errorf("on %q: %s, want %s", day, got, want)
		}
	}
}

// The purposes are closed: what was excluded for ever is refused by its name,
// anything else as unknown.
func TestPurposesAreClosed(t *testing.T) {
	for _, c := range []struct{ purpose, refused string }{
		{"prosecution", ""}, {"protection", ""}, {"life_at_risk", ""}, {"defence_court", ""}, {"oversight", ""}, {"statistics", ""}, {"administration", ""},
		{"immigration_enforcement", "program.purpose_prohibited"}, {"removal", "program.purpose_prohibited"}, {"visa_or_status", "program.purpose_prohibited"},
		{"general_intelligence", "program.purpose_prohibited"}, {"watch_listing", "program.purpose_prohibited"}, {"profiling", "program.purpose_prohibited"},
		{"", "program.purpose_unknown"}, {"convenience", "program.purpose_unknown"},
	} {
		_, err := PurposeByID(c.purpose)
		if c.refused == "" && err != nil || c.refused != "" && !refusal.Is(err, c.refused) {
			t.Errorf("%q: %v, want %q", c.purpose, err, c.refused)
		}
	}
	if len(Purposes()) != 7 {
		t.Errorf("%d purposes", len(Purposes()))
	}
}

// A step opens by what is established, never by what nobody said.
//
// Law: 17.
func TestConditionsOfAStep(t *testing.T) {
	p := mx(t)
	step, err := p.Step("screen_eligible", p.State(nil, nil), Sender)
	if err != nil {
		t.Fatal(err)
	}
	sound := func(change map[string]any) map[string]any {
		facts := map[string]any{"everyone_screened": true, "offence_referable": true, "jurisdiction": "territorial", "witness_willing": 1}
		for k, v := range change {
			facts[k] = v
		}
		return facts
	}
	for _, c := range []struct {
		name  string
		facts map[string]any
		fails string
	}{
		{"everything established", sound(nil), ""},
		{"nothing established", nil, "everyone_screened"},
		{"one person not screened", sound(map[string]any{"everyone_screened": false}), "everyone_screened"},
		{"a suspect under 18", sound(map[string]any{"suspect_under_18": true}), "adult_suspects"},
		{"a suspect who may be a victim", sound(map[string]any{"suspect_may_be_victim": true}), "no_suspect_in_doubt"},
		{"an offence never to be referred", sound(map[string]any{"offence_referable": false}), "offence_referable"},
		{"CPF 4 without nationality", sound(map[string]any{"jurisdiction": "cpf_4", "punishable_in_both": true}), "jurisdiction_exists"},
		{"CPF 4 in full", sound(map[string]any{"jurisdiction": "cpf_4", "punishable_in_both": true, "national_of_receiving_country": true}), ""},
		{"CPF 4, already tried", sound(map[string]any{"jurisdiction": "cpf_4", "punishable_in_both": true, "national_of_receiving_country": true, "finally_tried_abroad": true}), "jurisdiction_exists"},
		{"time-barred", sound(map[string]any{"time_barred": true}), "not_time_barred"},
		{"charged in the United States", sound(map[string]any{"open_charge_in_sending_country": true}), "one_forum"},
		{"no witness", sound(map[string]any{"witness_willing": 0}), "witness"},
	} {
		err := step.Holds(c.facts)
		r, refused := refusal.As(err)
		if c.fails == "" && err != nil || c.fails != "" && (!refused || r.Params["Condition"] != c.fails) {
			t.Errorf("%s: %v, want %q", c.name, err, c.fails)
		}
		failing, err := step.Failing(c.facts)
		if err != nil || (len(failing) > 0) != (c.fails != "") || c.fails != "" && failing[0].ID != c.fails {
			t.Errorf("%s: the checklist shows %v (%v)", c.name, failing, err)
		}
	}
	if err := step.Holds(map[string]any{"rich": true}); err == nil {
		t.Error("a fact that is not declared was read")
	}
	if cond, _ := p.Condition("witness"); cond.Says.In(i18n.Spanish) == cond.Says.In(i18n.English) {
		t.Error("a condition says the same in both languages")
	}
}
