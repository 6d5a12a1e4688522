package program

import (
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/refusal"
)

func trafficking(t *testing.T) *Procedure {
	t.Helper()
	p, ok := ProcedureByID("mx-trafficking-2016")
	if !ok {
		t.Fatal("the procedure for trafficking is missing")
	}
	return p
}

// The trafficking track is the accusatory procedure with what the law of
// victims puts beside it: all of the one, and nothing of it changed unsaid.
func TestTraffickingIsBuiltOnTheAccusatoryProcedure(t *testing.T) {
	p, base := trafficking(t), mx(t)
	for _, s := range base.Steps {
		if _, ok := p.Rule(s.ID); !ok {
			t.Errorf("the step %s is lost", s.ID)
		}
	}
	if c, _ := p.Condition("no_suspect_in_doubt"); c == nil || !strings.Contains(c.Basis, "37") || !c.Verified.Sure() {
		t.Errorf("non-punishment: %+v", c)
	}
	if c, _ := base.Condition("no_suspect_in_doubt"); strings.Contains(c.Rule, "under_control") {
		t.Error("the base was changed")
	}
	for _, id := range []string{"witness_withdrew", "no_witness_willing"} {
		if _, ok := p.Reason(id); ok {
			t.Errorf("a case is ended because of a victim: %s", id)
		}
	}
	if _, err := ParseProcedure([]byte("built_on: us-law-of-nobody\nid: x\n")); err == nil {
		t.Error("a procedure is built on nothing")
	}
	if _, err := ParseProcedure([]byte("built_on: mx-accusatory-2016\nid: x\nwithout: {reasons: [no_such_reason]}\n")); err == nil || !strings.Contains(err.Error(), "no_such_reason") {
		t.Errorf("it leaves out what is not there: %v", err)
	}
	if _, err := ParseProcedure([]byte("built_on: mx-trafficking-2016\nid: x\n")); err == nil {
		t.Error("a procedure is built on one that is built itself")
	}
}

// Who may have acted under control is not referred, at any step that leads to
// the other country (Ley General de Trata 37); a case goes on without a
// victim's testimony where something else shows it.
func TestNonPunishmentStandsBeforeEveryStep(t *testing.T) {
	for _, id := range []string{"mx-trafficking-2016", "us-trafficking-2016"} {
		p, _ := ProcedureByID(id)
		for _, name := range []string{"screen_eligible", "send", "resend", "schedule_hand_over"} {
			rule, ok := p.Rule(name)
			if !ok {
				t.Fatalf("%s: no step %s", id, name)
			}
			if holds, err := p.evaluator.holds(p.conds["no_suspect_in_doubt"], map[string]any{"suspect_under_control": true}); holds || err != nil {
				t.Errorf("%s: %s lets a person under control through: %v", id, name, err)
			}
			asked := false
			for _, c := range rule.Conditions {
				asked = asked || c == "no_suspect_in_doubt"
			}
			if !asked {
				t.Errorf("%s: %s does not ask", id, name)
			}
		}
		for _, c := range []struct {
			willing int
			missing bool
			holds   bool
		}{{0, false, true}, {1, true, true}, {0, true, false}} {
			if holds, _ := p.evaluator.holds(p.conds["witness"], map[string]any{"witness_willing": c.willing, "element_missing": c.missing}); holds != c.holds {
				t.Errorf("%s: %+v gives %v", id, c, holds)
			}
		}
	}
}

// The consent of a victim ends no case of trafficking where the law says so
// (Ley General de Trata 40), and is not offered as a reason.
func TestConsentOfTheVictimEndsNothing(t *testing.T) {
	p := trafficking(t)
	s := p.State(sentBy(), history(after(1, "sign_for_analysis")))
	decline, err := p.Step("decline", s, Receiver)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"mx-trata-10", "mx-trata-13", "mx-trata-22"} {
		err := decline.Admits("victim_agreed", "no_charging", []string{"us-18-1590", id})
		r, ok := refusal.As(err)
		if !ok || r.Code != "referral.reason_closed" || r.Params["Law"] != "Ley General de Trata 40" {
			t.Errorf("%s: %v", id, err)
		}
		for _, offered := range decline.OpenReasons("no_charging", []string{id}) {
			if offered.ID == "victim_agreed" {
				t.Errorf("%s: it is offered", id)
			}
		}
	}
	if err := decline.Admits("insufficient_evidence", "no_charging", []string{"mx-trata-10"}); err != nil {
		t.Error(err)
	}
	for _, o := range Offences() {
		for _, c := range o.ClosedReasons {
			if _, ok := p.Reason(c.Reason); !ok {
				t.Errorf("%s closes %s, which nobody can give", o.ID, c.Reason)
			}
		}
		if _, closed := o.ClosesReason("victim_agreed"); closed != strings.HasPrefix(o.ID, "mx-trata-") {
			t.Errorf("%s: closed %v", o.ID, closed)
		}
	}
}

// Measures for the victims lapse after sixty days unless they are extended
// (CNPP 139): the clock runs from each order.
func TestProtectionMeasuresHaveTheirClock(t *testing.T) {
	p := trafficking(t)
	at := func(day int) time.Time { return t0.AddDate(0, 0, day) }
	acts := []Taken{{Step: "sign_for_analysis", ID: "1", Seen: 1, At: at(0)}, {Step: "accept", ID: "2", Seen: 1, At: at(0)}, {Step: "order_protection", ID: "3", Seen: 1, At: at(1)}}
	due := func() (last time.Time) {
		for _, c := range p.Clocks(p.State(sentBy(), acts), seats(t), at(31)) {
			if c.Clock.ID == "mx-protection-measures" {
				last = c.Due
			}
		}
		return last
	}
	first := due()
	if days := first.Sub(at(1)).Hours() / 24; days < 59 || days > 62 {
		t.Errorf("due after %.1f days", days)
	}
	acts = append(acts, Taken{Step: "renew_protection", ID: "4", Seen: 1, At: at(30)})
	if second := due(); second.Sub(first) < 28*24*time.Hour {
		t.Errorf("extended from %s to %s", first, second)
	}
}

// Offences go to the unit that the law names, by the day of the referral.
//
// Law: 21.
func TestUnitsGoByTheOffence(t *testing.T) {
	now := Day{2026, 6, 8}
	for _, c := range []struct {
		name     string
		country  string
		offences []string
		day      Day
		unit     string
		decides  bool
	}{
		{"trafficking", "MX", []string{"mx-trata-10"}, now, "fevimtra", true},
		{"trafficking beside smuggling", "MX", []string{"mx-lm-159-i", "mx-trata-22"}, now, "fevimtra", true},
		{"organised crime", "MX", []string{"mx-lm-159-i", "mx-lfdo-2-iii"}, now, "femdo", true},
		{"organised crime for trafficking", "MX", []string{"mx-trata-10", "mx-lfdo-2-vi"}, now, "femdo", true},
		{"smuggling alone", "MX", []string{"mx-lm-159-i"}, now, "control_regional", true},
		{"in the year of the Act, whose day nobody read", "MX", []string{"mx-trata-10"}, Day{2021, 9, 1}, "fevimtra", false},
		{"before the Act", "MX", []string{"mx-lfdo-2-iii"}, Day{2015, 3, 1}, "femdo", false},
		{"the United States: proposed", "US", []string{"us-18-1591"}, now, "hsi", false},
		{"the United States: smuggling", "US", []string{"us-1324-a1-ii"}, now, "usao", false},
		{"offences of the other country are not asked", "US", []string{"mx-trata-10"}, now, "usao", false},
	} {
		r, ok := RouteOf(c.country, c.offences, c.day)
		if !ok || r.Units[0] != c.unit || r.Decides(c.day) != c.decides {
			t.Errorf("%s: %s, decides %v", c.name, r.ID, r.Decides(c.day))
		}
	}
	u, _ := UnitByID("femdo")
	if then, today := u.On(Day{2015, 3, 1}).Initials, u.On(now).Initials; then != "SEIDO" || today != "FEMDO" {
		t.Errorf("%s, today %s", then, today)
	}
	if n, _ := UnitByID("fevimtra"); n.On(now).Title.Es != "Fiscalía Especializada en Delitos de Violencia Contra las Mujeres y Trata de Personas" {
		t.Errorf("%q", n.On(now).Title.Es)
	}
}
