package protection

import (
	"slices"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/wire"
)

// alone are the answers of an unaccompanied child, the tests not yet answered.
func alone() map[string]string {
	return calm(map[string]string{"child.under_18": Yes, "child.unaccompanied": Yes})
}

var fourTests = []string{"child.test_victim", "child.test_risk", "child.test_fear", "child.test_decides"}

// Each of the four tests of an unaccompanied child (8 USC 1232(a)(2)) is asked,
// and counts only with its reason; of an adult none is.
func TestTheFourTestsOfAnUnaccompaniedChild(t *testing.T) {
	form := CurrentForm()
	if _, err := form.judge(Replies{Answers: calm(nil)}); err != nil {
		t.Fatalf("an adult: %v", err)
	}
	if _, err := form.judge(Replies{Answers: calm(map[string]string{"child.under_18": Unknown})}); !refusal.Is(err, "protection.unanswered") {
		t.Errorf("nobody asked whether the child is alone: %v", err)
	}
	r := Replies{Answers: alone(), Reasons: map[string]string{}}
	for _, test := range fourTests {
		if _, err := form.judge(r); !refusal.Is(err, "protection.unanswered") {
			t.Errorf("before %s: %v", test, err)
		}
		r.Answers[test] = No
		if _, err := form.judge(r); !refusal.Is(err, "protection.answer_unreasoned") {
			t.Errorf("%s without a reason: %v", test, err)
		}
		r.Reasons[test] = "said so alone, in Mam, with the advocate"
	}
	r.Answers["child.test_decides"] = Yes
	out, err := form.judge(r)
	if err != nil || !out.under18 || !out.shut[TopicChild] || !slices.Equal(out.found[TopicChild], []string{"child", "unaccompanied_child"}) {
		t.Errorf("%+v, %v", out, err)
	}
	for test, finds := range map[string]string{"child.test_victim": "trafficking", "child.test_risk": "trafficking", "child.test_fear": FearOfReturn} {
		one := Replies{Answers: calm(r.Answers), Reasons: r.Reasons}
		one.Answers[test] = Unknown
		if out, err := form.judge(one); err != nil || !slices.Contains(out.found[TopicChild], finds) {
			t.Errorf("%s not known: %+v, %v", test, out, err)
		}
	}
}

// A fear told in the third test bars a return like one told for itself.
func TestAChildsFearBarsReturn(t *testing.T) {
	k := newDesk(t)
	p := k.person("smuggled_migrant", "2012-01-01")
	answers, reasons := alone(), map[string]string{}
	for _, test := range fourTests {
		answers[test], reasons[test] = No, "as told"
	}
	answers["child.test_fear"] = Yes
	k.protect(k.agent, &Screen{Case: k.c, Person: p, Answers: answers, Reasons: reasons, Language: "es"})
	k.Refused(k.adviser, wire.PurposeProtection, "protection.fear_bars_hand_over",
		&EndGate{Case: k.c, Person: p, Gate: k.byTopic(p, TopicChild), Outcome: CannotBeDone, Evidence: "e", Cause: "refused", Instead: "shelter", HandOver: true})
	if found := k.measureOf(p, TopicChild).Found; !slices.ContainsFunc(found, func(v Vulnerability) bool { return v.ID == "unaccompanied_child" }) {
		t.Errorf("the desk reads %+v", found)
	}
	k.ReplayEqual()
}

// A code of an exchange vocabulary shuts the gate of its topic and puts a
// suspect in doubt; one that is on no list is refused.
func TestIndicatorsAreTheVocabularysOwn(t *testing.T) {
	out, err := CurrentForm().judge(Replies{Answers: calm(nil), Indicators: []string{"vic_MethodsOfControl.DebtBondage"}})
	if err != nil || !out.shut[TopicTrafficking] || !out.doubt || !slices.Equal(out.found[TopicTrafficking], []string{"trafficking"}) {
		t.Errorf("%+v, %v", out, err)
	}
	if _, err := CurrentForm().judge(Replies{Answers: calm(nil), Indicators: []string{"vic_MethodsOfControl.Debt"}}); !refusal.Is(err, "protection.indicator_unknown") {
		t.Errorf("%v", err)
	}
	// HTCDS 2.0 has so many values in each field; none is left out here.
	topic, _ := CurrentForm().Topic(TopicTrafficking)
	for _, l := range topic.Lists {
		want := map[string]int{"vic_TypeOfExploitation": 11, "vic_MethodsOfControl": 16, "vic_MethodOfRecruitment": 10, "vic_RelationshipToTrafficker": 3}[l.ID]
		if len(l.Codes) != want {
			t.Errorf("%s has %d codes, the standard %d", l.ID, len(l.Codes), want)
		}
	}
}

// How fast is too fast is the form's to say: what was answered takes so long to read.
func TestPaceIsAPureRule(t *testing.T) {
	form := *CurrentForm()
	r := Replies{Answers: calm(nil)}
	least := form.Least(r, i18n.English)
	if least < 20*time.Second || least > 2*time.Minute {
		t.Errorf("reading the form takes %s", least)
	}
	more := Replies{Answers: calm(map[string]string{"child.unaccompanied": No})}
	if form.Least(more, i18n.English) <= least {
		t.Error("one more question takes no longer")
	}
	for took, want := range map[time.Duration]bool{0: true, least - time.Second: true, least: false, time.Hour: false} {
		if tooFast(took, least) != want {
			t.Errorf("%s of %s: %v", took, least, !want)
		}
	}
	form.Pace = 0
	if form.Least(r, i18n.English) != 0 {
		t.Error("a form without a pace asks for time")
	}
	first, _ := FormByID("screening-1")
	if tooFast(0, first.Least(r, i18n.English)) {
		t.Error("the first version, which sets no pace, is too fast")
	}
}
