package protection

import (
	"context"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/wire"
)

func (k *desk) refusesWith(code string) {
	k.t.Helper()
	err := k.assess().Refuses()
	r, ok := refusal.As(err)
	switch {
	case code == "" && err != nil:
		k.t.Errorf("a referral is kept from leaving: %v", err)
	case code != "" && (!ok || r.Code != code):
		k.t.Errorf("got %v, want %s", err, code)
	}
}

// Nobody leaves before everybody who was found or interviewed was asked;
// officials and people only named are exempt.
func TestEverybodyFoundIsScreenedFirst(t *testing.T) {
	k := newDesk(t)
	suspect, witness := k.person("suspect", "1988-02-03"), k.person("witness", "1999-05-05")
	k.record(&casefile.AddPerson{Case: k.c, Age: "adult", RoleFields: casefile.RoleFields{Role: "official", Source: "document"}})
	payer := k.record(&casefile.AddPerson{Case: k.c, Age: "adult", RoleFields: casefile.RoleFields{Role: "relative", Source: "statement"}})
	if f := k.assess(); f.Unscreened != 2 || len(f.Shut) != 2 {
		t.Fatalf("%+v", f)
	}
	k.refusesWith("protection.unscreened")
	k.screen(suspect, nil)
	k.refusesWith("protection.unscreened")
	if !k.barred(witness) {
		t.Error("somebody who was not asked may be handed over")
	}
	k.screen(witness, nil)
	k.refusesWith("")
	if k.barred(witness) || !k.nameMayGo(suspect) {
		t.Error("nothing stands against it and it is refused")
	}
	// Interviewed, the payer is not only named any more.
	k.record(&casefile.AddStatement{Case: k.c, StatementFields: casefile.StatementFields{Person: payer, Kind: "interview", Lang: "es", Text: "Pagué 900.",
		Start: "2026-06-08T10:00", End: "2026-06-08T11:00", Zone: "UTC", Place: "McAllen", Present: []string{"D. Ruiz"}, Rights: "not_required", SameLanguage: true, Recorded: true}})
	k.refusesWith("protection.unscreened")
	k.ReplayEqual()
}

func TestAnswersThatCannotBe(t *testing.T) {
	k := newDesk(t)
	p := k.person("witness", "1999-05-05")
	missing := calm(nil)
	delete(missing, "fear.fear")
	for code, cmd := range map[string]*Screen{
		"protection.unanswered":       {Case: k.c, Person: p, Answers: missing, Language: "es"},
		"protection.answer_unknown":   {Case: k.c, Person: p, Answers: calm(map[string]string{"fear.fear": "perhaps"}), Language: "es"},
		"protection.question_unknown": {Case: k.c, Person: p, Answers: calm(map[string]string{"fear.colour": Yes}), Language: "es"},
		"protection.form_unknown":     {Case: k.c, Person: p, Answers: calm(nil), Language: "es", Form: "screening-0"},
		"protection.language_missing": {Case: k.c, Person: p, Answers: calm(nil)},
		"protection.need_unknown":     {Case: k.c, Person: p, Answers: calm(nil), Language: "es", Needs: []string{"a lawyer for asylum"}},
	} {
		k.Refused(k.agent, wire.PurposeProtection, code, cmd)
	}
	official := k.record(&casefile.AddPerson{Case: k.c, Age: "adult", RoleFields: casefile.RoleFields{Role: "official", Source: "document"}})
	k.Refused(k.agent, wire.PurposeProtection, "protection.official_exempt", &Screen{Case: k.c, Person: official, Answers: calm(nil), Language: "es"})
	k.ReplayEqual()
}

// A gate that is shut ends as done or as cannot be done, by the adviser alone.
func TestGatesEnd(t *testing.T) {
	k := newDesk(t)
	p := k.person("witness", "1999-05-05")
	k.screen(p, map[string]string{"medical.care_now": Yes, "fear.fear": Yes})
	shut := k.shutGates(p)
	if len(shut) != 2 {
		t.Fatalf("%d gates shut", len(shut))
	}
	k.refusesWith("protection.gate_shut")
	medical, afraid := k.byTopic(p, TopicMedical), k.byTopic(p, TopicFear)
	end := func(g, outcome string) *EndGate {
		return &EndGate{Case: k.c, Person: p, Gate: g, Outcome: outcome, Evidence: "report of the physician"}
	}
	k.Refused(k.liaison, wire.PurposeProtection, "access.not_yours", end(medical, Done))
	for code, cmd := range map[string]*EndGate{
		"protection.outcome_unknown":     end(medical, "later"),
		"protection.evidence_missing":    {Case: k.c, Person: p, Gate: medical, Outcome: Done},
		"protection.cause_missing":       {Case: k.c, Person: p, Gate: medical, Outcome: CannotBeDone, Evidence: "e", Cause: "custody_time"},
		"protection.instead_missing":     {Case: k.c, Person: p, Gate: medical, Outcome: CannotBeDone, Evidence: "e", Cause: "in_surgery"},
		"protection.fear_bars_hand_over": {Case: k.c, Person: p, Gate: afraid, Outcome: CannotBeDone, Evidence: "e", Cause: "refused", Instead: "shelter", HandOver: true},
		"protection.screening_is_asked":  end(GateScreening, Done),
		"protection.screened_already":    {Case: k.c, Person: p, Gate: GateScreening, Outcome: CannotBeDone, Evidence: "e", Cause: "fled", Instead: "notice to the consulate"},
		"access.not_found":               end("00000000-0000-7000-8000-000000000000", Done),
	} {
		k.Refused(k.adviser, wire.PurposeProtection, code, cmd)
	}
	k.protect(k.adviser, end(medical, Done))
	k.Refused(k.adviser, wire.PurposeProtection, "protection.gate_ended_already", end(medical, Done))
	k.refusesWith("protection.gate_shut")
	k.protect(k.adviser, &EndGate{Case: k.c, Person: p, Gate: afraid, Outcome: CannotBeDone, Evidence: "e", Cause: "refused", Instead: "shelter"})
	k.refusesWith("")
	if !k.barred(p) {
		t.Error("a fear that could not be looked into lets a hand-over go")
	}
	k.ReplayEqual()
}

// Who cannot be asked does not hold the referral, and nothing of the person goes.
func TestWhoCannotBeAsked(t *testing.T) {
	k := newDesk(t)
	suspect := k.person("suspect", "1988-02-03")
	k.protect(k.adviser, &EndGate{Case: k.c, Person: suspect, Gate: GateScreening, Outcome: CannotBeDone, Evidence: "left on 8 June", Cause: "fled", Instead: "alert to the consulate"})
	k.refusesWith("")
	if k.nameMayGo(suspect) || !k.barred(suspect) {
		t.Error("something of a person who could not be asked may go")
	}
	k.screen(suspect, nil) // found again, and asked
	if !k.nameMayGo(suspect) {
		t.Error("asked later, the name still does not go")
	}
	k.ReplayEqual()
}

// Outside the desk a gate is open or shut; which topic stands behind it, and
// what was answered, nobody else sees.
//
// Law: 15.
func TestAnswersStayAtTheDesk(t *testing.T) {
	k := newDesk(t)
	p := k.person("witness", "1999-05-05")
	k.screen(p, fear)
	seen := k.show(k.agent, wire.PurposeProtection, p)
	if seen.Desk != nil || len(seen.Gates) != len(Topics) {
		t.Fatalf("%+v", seen)
	}
	for _, g := range seen.Gates {
		if g.Topic != "" || g.End != nil || g.Outcome != "" {
			t.Errorf("the agent sees %+v", g)
		}
	}
	at := k.show(k.adviser, wire.PurposeProtection, p)
	if at.Desk == nil || at.Desk.Given == nil || at.Desk.Given.Answers["fear.fear"] != Yes {
		t.Errorf("the desk sees %+v", at.Desk)
	}
}

// byTopic finds a gate of a person as the desk sees it.
func (k *desk) byTopic(person, topic string) string {
	k.t.Helper()
	for _, g := range k.show(k.adviser, wire.PurposeProtection, person).Gates {
		if g.Topic == topic {
			return g.ID
		}
	}
	k.t.Fatalf("no gate about %s", topic)
	return ""
}

// Doubt about a suspect protects at once; the adviser's last word on every
// gate ends the doubt, and finding a victim never does.
func TestSuspectInDoubtAndVictim(t *testing.T) {
	k := newDesk(t)
	s := k.person("suspect", "1988-02-03")
	k.screen(s, map[string]string{"coercion.threatened": Yes, "trafficking_indicators.debt": Yes})
	if f := k.assess(); !f.SuspectInDoubt || k.classOf(s) != casefile.Protected || k.nameMayGo(s) {
		t.Fatalf("in doubt: %+v, %s", f, k.classOf(s))
	}
	k.protect(k.adviser, &EndGate{Case: k.c, Person: s, Gate: k.byTopic(s, TopicCoercion), Outcome: Done, Evidence: "heard alone"})
	if k.classOf(s) != casefile.Protected {
		t.Error("one of two gates ended the doubt")
	}
	k.protect(k.adviser, &EndGate{Case: k.c, Person: s, Gate: k.byTopic(s, TopicTrafficking), Outcome: Done, Evidence: "heard alone"})
	if f := k.assess(); f.SuspectInDoubt || k.classOf(s) != casefile.Suspect || !k.nameMayGo(s) {
		t.Errorf("the doubt has ended: %+v, %s", f, k.classOf(s))
	}
	k.Refused(k.liaison, wire.PurposeProtection, "access.not_yours", &Reclassify{Case: k.c, Person: s, Reason: "held for debt"})
	k.Refused(k.adviser, wire.PurposeProtection, "protection.reason_missing", &Reclassify{Case: k.c, Person: s})
	k.protect(k.adviser, &Reclassify{Case: k.c, Person: s, Reason: "held for debt"})
	if f := k.assess(); !f.SuspectInDoubt || k.classOf(s) != casefile.Protected || k.nameMayGo(s) || !k.barred(s) {
		t.Errorf("a victim: %+v, %s", f, k.classOf(s))
	}
	k.Refused(k.adviser, wire.PurposeProtection, "protection.reclassified_already", &Reclassify{Case: k.c, Person: s, Reason: "again"})
	k.Refused(k.adviser, wire.PurposeProtection, "protection.not_a_suspect", &Reclassify{Case: k.c, Person: k.person("witness", "1990-01-01"), Reason: "r"})
	k.ReplayEqual()
}

// What the person says of an age takes it down, never up.
//
// Law: 19.
func TestUnder18IsBelieved(t *testing.T) {
	k := newDesk(t)
	s := k.person("suspect", "1988-02-03")
	k.screen(s, map[string]string{"child.under_18": Unknown, "child.unaccompanied": No})
	if f := k.assess(); !f.SuspectUnder18 || k.classOf(s) != casefile.Protected || k.nameMayGo(s) {
		t.Errorf("%+v, %s", f, k.classOf(s))
	}
	k.ReplayEqual()
}

// Nobody is asked, and no consent is taken, through somebody of the case, of
// the group or of the household: who controls a victim offers to interpret.
//
// Law: 23.
func TestNobodyOfTheCaseInterprets(t *testing.T) {
	k := newDesk(t)
	victim := k.person("smuggled_migrant", "1999-05-05")
	k.record(&casefile.AddPerson{Case: k.c, Particulars: casefile.Particulars{Given: "Rutilio", Paterno: "Barragarza", Birth: "1988-02-03"},
		RoleFields: casefile.RoleFields{Role: "suspect", Function: "guide", Source: "observation"}})
	ask := func(interpreter string, household bool) *Screen {
		return &Screen{Case: k.c, Person: victim, Answers: calm(nil), Language: "nah", Interpreter: interpreter, InterpreterHousehold: household}
	}
	agree := func(interpreter string, household bool) *GiveConsent {
		return &GiveConsent{Case: k.c, Person: victim, For: wire.PurposeProsecution, Node: "mx", Office: "fgr-tamps", Categories: []string{CategoryIdentity}, Until: k.Clock.Add(24 * time.Hour),
			Told: true, Language: "nah", Interpreter: interpreter, InterpreterHousehold: household}
	}
	k.Refused(k.agent, wire.PurposeProtection, "casefile.interpreter_in_case", ask("rutilio BARRAGARZA", false))
	k.Refused(k.agent, wire.PurposeProtection, "casefile.interpreter_household", ask("A. Cuauhtli", true))
	k.protect(k.agent, ask("A. Cuauhtli", false))
	k.Refused(k.adviser, wire.PurposeProtection, "casefile.interpreter_in_case", agree("rutilio BARRAGARZA", false))
	k.Refused(k.adviser, wire.PurposeProtection, "casefile.interpreter_household", agree("A. Cuauhtli", true))
	k.protect(k.adviser, agree("A. Cuauhtli", false))
}

// The desk reads whether the humanitarian card can be offered; nobody else
// learns from it what is sealed.
//
// Law: 6.
func TestTheDeskReadsWhoCanHaveTheCard(t *testing.T) {
	k := newDesk(t)
	k.record(&casefile.AddEvent{Case: k.c, EventFields: casefile.EventFields{When: "2026-06-07T10:00", Zone: "UTC", Mode: "foot_between_ports", Place: "usbp:RGV",
		PlaceName: "Anzalduas", Acts: []string{"guiding=inegi:28"}, Narrative: "A guide led seven.", Lang: "en"}})
	of := func(nationality string) string {
		return k.record(&casefile.AddPerson{Case: k.c, Particulars: casefile.Particulars{Given: "Itzel", Paterno: "Barragarza", Birth: "1999-05-05", Nationalities: []string{nationality}},
			RoleFields: casefile.RoleFields{Role: "witness", Source: "observation"}})
	}
	foreign, mexican := of("HN"), of("MX")
	k.screen(foreign, nil)
	k.screen(mexican, nil)
	look := func(by access.Actor) map[string]*DeskView {
		v, err := Show(context.Background(), k.Acts, by, wire.PurposeProtection, k.c)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]*DeskView{}
		for _, p := range v.People {
			out[p.Person] = p.Desk
		}
		return out
	}
	if d := look(k.adviser); d[foreign] == nil || d[foreign].Card == nil || d[foreign].Card.ID != "victim_or_witness" || d[mexican] == nil || d[mexican].Card != nil {
		t.Errorf("the adviser reads %+v, %+v", d[foreign], d[mexican])
	}
	if d := look(k.liaison); d[foreign] != nil || d[mexican] != nil {
		t.Error("it is told outside the desk")
	}
}
