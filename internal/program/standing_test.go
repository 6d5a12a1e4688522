package program

import (
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/refusal"
)

var t0 = time.Date(2026, 6, 8, 15, 0, 0, 0, time.UTC)

// history writes acts as a lawyer would list them; Seen is given per act by the
// test where it matters.
func history(steps ...Taken) []Taken {
	for i := range steps {
		steps[i].At = t0.Add(time.Duration(i) * time.Hour)
		if steps[i].ID == "" {
			steps[i].ID = steps[i].Step
		}
	}
	return steps
}

func did(step string) Taken                { return Taken{Step: step} }
func after(seen int, step string) Taken    { return Taken{Step: step, Seen: seen} }
func as(seen int, step, form string) Taken { return Taken{Step: step, Seen: seen, Form: form} }

func mx(t *testing.T) *Procedure {
	t.Helper()
	p, ok := ProcedureByID("mx-accusatory-2016")
	if !ok {
		t.Fatal("the accusatory procedure is missing")
	}
	return p
}

// sentBy is the sender's way to the sending.
func sentBy(more ...Taken) []Taken {
	return history(append([]Taken{did("screen_eligible"), did("present"), did("us_decline"), did("complete_packet"), did("approve"), did("send")}, more...)...)
}

func TestWayOfAReferral(t *testing.T) {
	p := mx(t)
	for _, c := range []struct {
		name             string
		sender, receiver []Taken
		main             string
	}{
		{"nothing yet", nil, nil, "draft"},
		{"drafted and screened", history(did("screen_eligible")), nil, "eligible"},
		{"kept by the United States", history(did("screen_eligible"), did("present"), did("us_retain")), nil, "retained"},
		{"sent", sentBy(), nil, "sent"},
		{"returned unopened", sentBy(), history(as(1, "decline", "return_unopened")), "returned"},
		{"declined before the analysis for another form has no effect", sentBy(), history(as(1, "decline", "no_charging")), "sent"},
		{"asked, answered, accepted", sentBy(after(2, "supply_information")), history(after(1, "sign_for_analysis"), after(1, "request_information"), after(2, "accept")), "accepted"},
		{"to the end", sentBy(), history(after(1, "sign_for_analysis"), after(1, "accept"), after(1, "record_imputation"), after(1, "record_bound_over"), after(1, "record_abbreviated"), after(1, "record_conviction"), as(1, "dispose", "conviction"), after(1, "report_outcome")), "reported"},
		{"closed", sentBy(after(8, "close")), history(after(1, "sign_for_analysis"), after(1, "accept"), after(1, "record_imputation"), after(1, "record_bound_over"), after(1, "record_abbreviated"), after(1, "record_conviction"), as(1, "dispose", "conviction"), after(1, "report_outcome")), "closed"},
	} {
		if got := p.State(c.sender, c.receiver).Main; got != c.main {
			t.Errorf("%s: stands at %s, want %s", c.name, got, c.main)
		}
	}
}

func TestStepSaysWhyNot(t *testing.T) {
	p := mx(t)
	sent := p.State(sentBy(), nil)
	for _, c := range []struct {
		name, step string
		by         Side
		want       string
	}{
		{"the other side's step", "accept", Sender, "referral.not_your_step"},
		{"not from this state", "accept", Receiver, "referral.step_not_open"},
		{"no such step", "deport", Receiver, "referral.step_unknown"},
		{"open", "sign_for_analysis", Receiver, ""},
	} {
		_, err := p.Step(c.step, sent, c.by)
		if c.want == "" && err != nil || c.want != "" && !refusal.Is(err, c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestFormsAndReasons(t *testing.T) {
	p := mx(t)
	sent := p.State(sentBy(), nil)
	review := p.State(sentBy(), history(after(1, "sign_for_analysis")))
	for _, c := range []struct {
		name, reason, form string
		in                 Standing
		want               string
	}{
		{"before analysis is signed for", "witness_unavailable", "no_charging", sent, "referral.not_yet_opened"},
		{"before analysis, returned unopened", "misaddressed", "return_unopened", sent, ""},
		{"before analysis, other competence", "jurisdiction_elsewhere", "other_competence", sent, ""},
		{"after analysis it is no longer unopened", "misaddressed", "return_unopened", review, "referral.form_not_admitted"},
		{"no form named", "time_barred", "", review, "referral.form_required"},
		{"no reason named", "", "no_charging", review, "referral.reason_required"},
		{"a reason that does not go with the form", "misaddressed", "no_charging", review, "referral.reason_not_admitted"},
		{"archive for a lost witness (CNPP 254)", "witness_unavailable", "temporary_archive", review, ""},
	} {
		step, err := p.Step("decline", c.in, Receiver)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		err = step.Admits(c.reason, c.form, nil)
		if c.want == "" && err != nil || c.want != "" && !refusal.Is(err, c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}
