package referral

import (
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/wire"
)

// both are the procedures of an accord that adopts the trafficking track beside
// the accusatory one.
var both = []adopted{{"mx-accusatory-2016", "2016-06-18", ""}, {"mx-trafficking-2016", "2016-06-18", ""}}

// trafficked is a file in which the suspect is charged with trafficking.
func (w *world) trafficked() file {
	w.t.Helper()
	f, on := w.people(acttest.Start.Add(-40 * time.Hour))
	w.charge(f, "mx-trata-10", on, "e2="+f.statement, "exploitation_purpose="+f.statement)
	return f
}

// towards begins a referral of the file to FEVIMTRA, up to the packet.
func (w *world) towards(f file) string {
	w.t.Helper()
	id := w.us.Must(w.agent, wire.PurposeProsecution, &Draft{Case: f.id, Node: "mx", Office: "fgr-fevimtra"}).Object
	w.us.Must(w.agent, wire.PurposeProsecution, &TakeStep{Referral: id, Step: "screen_eligible"})
	w.us.Must(w.agent, wire.PurposeProsecution, &TakeStep{Referral: id, Step: "present"})
	w.us.Must(w.attorney, wire.PurposeProsecution, &SignStep{Referral: id, Step: "us_decline", Reason: "better_forum"})
	return id
}

func forVictims(id string) *Compose {
	c := compose(id)
	for _, line := range []string{"victims_rights", "victims_adviser", "protection_measures"} {
		c.Declared[line] = "Told in Spanish, in the presence of the adviser."
	}
	return c
}

// A case of trafficking goes by its own procedure to the unit that the law
// names; what was begun under another procedure stays under it. What is charged
// decides until it is sent: then it is begun again.
//
// Law: 21.
func TestTraffickingGoesToItsProcedureAndUnit(t *testing.T) {
	w := newWorld(t)
	early := w.trafficked()
	w.screen(early)
	before := w.us.Must(w.agent, wire.PurposeProsecution, &Draft{Case: early.id, Node: "mx", Office: "fgr-fevimtra"}).Object
	w.inForce("with-trafficking", "2026-01-01", both...)

	f := w.trafficked()
	w.screen(f)
	w.refused(w.us, w.agent, "accord.other_unit", &Draft{Case: f.id, Node: "mx", Office: "fgr-tamps"})
	smuggled := w.theFile()
	w.refused(w.us, w.agent, "accord.other_unit", &Draft{Case: smuggled.id, Node: "mx", Office: "fgr-fevimtra"})
	id := w.towards(f)
	w.refused(w.us, w.agent, "packet.incomplete", compose(id)) // without what the victims were told
	w.us.Must(w.agent, wire.PurposeProsecution, forVictims(id))
	w.us.Must(w.super, wire.PurposeProsecution, &Approve{Referral: id})
	w.us.Must(w.agent, wire.PurposeProsecution, &Send{Referral: id})
	w.Settle()
	fiscal := w.mx.Person("fiscal", "fgr-fevimtra", access.RoleMP)
	w.do(fiscal, &SignForAnalysis{Referral: id, Undertakes: true})
	w.refused(w.mx, fiscal, "referral.reason_closed", &Decline{Referral: id, Reason: "victim_agreed", Form: "no_charging"})
	w.do(fiscal, &Accept{Referral: id, Note: "Se acepta."})
	w.do(fiscal, &TakeStep{Referral: id, Step: "order_protection"})
	if us, mx := w.load(w.us, id), w.load(w.mx, id); us.Procedure != "mx-trafficking-2016" || mx.Procedure != us.Procedure || us.State().Tracks["victims"] != "in_force" {
		t.Errorf("under %s and %s, %v", us.Procedure, mx.Procedure, us.State().Tracks)
	}

	// What was begun before the other procedure came into force goes on under its own.
	if p := w.load(w.us, before).Procedure; p != "mx-accusatory-2016" {
		t.Fatalf("begun under %s", p)
	}
	w.us.Must(w.agent, wire.PurposeProsecution, &TakeStep{Referral: before, Step: "screen_eligible"})
	w.us.Must(w.agent, wire.PurposeProsecution, &TakeStep{Referral: before, Step: "present"})
	w.us.Must(w.attorney, wire.PurposeProsecution, &SignStep{Referral: before, Step: "us_decline", Reason: "better_forum"})
	w.us.Must(w.agent, wire.PurposeProsecution, compose(before))
	w.us.Must(w.super, wire.PurposeProsecution, &Approve{Referral: before})
	w.us.Must(w.agent, wire.PurposeProsecution, &Send{Referral: before})
	w.Settle()
	w.stands(before, "sent")
	if p := w.load(w.mx, before).Procedure; p != "mx-accusatory-2016" {
		t.Errorf("arrived under %s", p)
	}
	w.us.ReplayEqual()
	w.mx.ReplayEqual()
}

// A charge of trafficking that is added to a referral of smuggling changes the
// procedure it goes by.
func TestWhatIsChargedDecidesUntilItIsSent(t *testing.T) {
	w := newWorld(t)
	w.inForce("with-trafficking", "2026-01-01", both...)
	f := w.theFile()
	w.screen(f)
	id := w.drafted(f)
	charge := w.charge(f, "mx-trata-10", acttest.Start.Add(-40*time.Hour).Format(time.DateOnly), "exploitation_purpose="+f.statement)
	w.refused(w.us, w.agent, "referral.other_procedure", forVictims(id))
	w.us.Must(w.agent, wire.PurposeProsecution, &casefile.CorrectCharge{Correction: casefile.Correction{Item: charge, Reason: "clerical", Withdraw: true}})
	w.us.Must(w.agent, wire.PurposeProsecution, compose(id))
}

// Nobody is referred for what was done under control or threat (Ley General de
// Trata 37): who shows signs of it is no suspect to refer, until the victim
// adviser has answered every one; who was found to be a victim never is again,
// and the case against the others goes on.
func TestNobodyIsReferredForWhatWasDoneUnderControl(t *testing.T) {
	w := newWorld(t)
	w.inForce("with-trafficking", "2026-01-01", both...)
	f := w.trafficked()
	draft := func(suspects ...string) *Draft {
		return &Draft{Case: f.id, Node: "mx", Office: "fgr-fevimtra", Suspects: suspects}
	}
	recruiter := w.us.Must(w.agent, wire.PurposeProsecution, &casefile.AddPerson{Case: f.id, Particulars: casefile.Particulars{Given: "Evaristo", Paterno: "Quintanar", Birth: "1979-01-09"},
		RoleFields: casefile.RoleFields{Role: "suspect", Function: "recruiter", Source: "observation"}}).Object
	asSuspect := f
	asSuspect.suspect = recruiter
	w.charge(asSuspect, "mx-trata-10", acttest.Start.Add(-40*time.Hour).Format(time.DateOnly), "exploitation_purpose="+f.statement)
	w.screen(f)
	w.us.Must(w.adviser, wire.PurposeProtection, &protection.Screen{Case: f.id, Person: recruiter, Answers: answers(), Language: "es"})
	of := w.us.Must(w.agent, wire.PurposeProsecution, draft(f.suspect)).Object
	other := w.us.Must(w.agent, wire.PurposeProsecution, draft(recruiter)).Object

	w.us.Must(w.adviser, wire.PurposeProtection, &protection.Screen{Case: f.id, Person: f.suspect, Answers: coerced(), Language: "es"})
	w.refused(w.us, w.agent, "referral.not_a_suspect", draft(f.suspect))
	notPunished := func() {
		t.Helper()
		_, err := w.us.Take(w.agent, wire.PurposeProsecution, &TakeStep{Referral: of, Step: "screen_eligible"})
		if got := refusedAs(t, err, "referral.condition_not_met")["Condition"]; got != "no_suspect_in_doubt" {
			t.Errorf("refused for %v", got)
		}
	}
	notPunished()

	w.us.Must(w.adviser, wire.PurposeProtection, &protection.Reclassify{Case: f.id, Person: f.suspect, Reason: "Held and threatened; drove because told to."})
	w.Settle()
	w.refused(w.us, w.agent, "referral.not_a_suspect", draft(f.suspect))
	notPunished()
	// The one who recruited is referred all the same.
	w.us.Must(w.agent, wire.PurposeProsecution, &TakeStep{Referral: other, Step: "screen_eligible"})
	if main := w.main(w.us, other); main != "eligible" {
		t.Errorf("the other suspect: %s", main)
	}
}

// coerced are the answers of a suspect with signs of control.
func coerced() map[string]string {
	out := answers()
	for _, topic := range protection.CurrentForm().Topics {
		for _, q := range topic.Questions {
			if topic.ID == protection.TopicCoercion && len(q.Doubt) > 0 {
				out[topic.ID+"."+q.ID] = q.Doubt[0]
			}
		}
	}
	return out
}
