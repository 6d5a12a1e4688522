package referral

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// bridgeHour is the next hour after now, with an hour to go, at which the bridge
// of Hidalgo is open.
func bridgeHour(now time.Time) time.Time {
	b, _ := program.BridgeByID("hidalgo")
	return b.Next(now.Add(time.Hour), false).UTC()
}

// accepted is a referral that the other side has accepted.
func (w *world) accepted() (file, string) {
	w.t.Helper()
	f, id := w.sent()
	w.do(w.mp, &SignForAnalysis{Referral: id, Undertakes: true})
	w.do(w.mp, &Accept{Referral: id})
	return f, id
}

// plant is a person's pseudonym.
func (w *world) plant(person string) (plant string) {
	w.t.Helper()
	w.us.Read(func(tx *store.Tx) error {
		p, err := casefile.LoadPerson(tx, person)
		plant = p.Plant
		return err
	})
	return plant
}

// waive records that somebody returns by their own will.
func (w *world) waive(f file, person string) {
	w.t.Helper()
	w.us.Must(w.adviser, wire.PurposeProtection, &protection.WaiveReturn{Case: f.id, Person: person, Language: "es", Signed: true})
}

// returning is an appointment at which the suspect comes back at liberty.
func (w *world) returning(f file, id string) *ScheduleHandOver {
	return &ScheduleHandOver{Referral: id, Person: f.suspect, Office: "inm-reynosa", At: bridgeHour(w.us.Clock), Crossing: "hidalgo", Basis: atLiberty,
		Property: []string{"Backpack", "", "MXN 340 in notes"}}
}

// A person is given by one side and received by the other, each with its own
// signature; between the signatures both nodes warn. The receiving office gets
// what the person agreed to pass on, and the sheet has a number on both sides.
func TestHandOverNeedsBothSides(t *testing.T) {
	w := newWorld(t)
	f, id := w.accepted()
	w.us.Must(w.adviser, wire.PurposeProtection, &protection.Screen{Case: f.id, Person: f.suspect, Answers: answers(), Language: "es", Needs: []string{"medicine", "wheelchair"}})
	w.waive(f, f.suspect)
	plan := w.returning(f, id)
	w.refused(w.us, w.agent, "access.not_found", &ScheduleHandOver{Referral: id, Person: f.witness, Office: "inm-reynosa", At: plan.At, Crossing: "hidalgo", Basis: atLiberty})
	w.do(w.agent, plan)
	w.refused(w.mx, w.inm, "referral.moved_on", &ReceivePerson{Referral: id, Form: "at_liberty", Counting: asSheet(2)})
	for _, n := range []*acttest.Node{w.us, w.mx} {
		for _, step := range signatures {
			s, ok := w.load(n, id).SheetToSign(step)
			if h := s.HandOver; !ok || h.Person == "" || h.Crossing != "hidalgo" || !h.At.Equal(plan.At.Truncate(time.Microsecond)) || h.Basis != atLiberty || h.Sheet != "USBP-RGV/INM-REYNOSA/0001" {
				t.Errorf("%s: what signing %q says: %v %+v", n.Acts.Node, step, ok, h)
			}
		}
		if _, ok := w.load(n, id).SheetToSign("accept"); ok {
			t.Errorf("%s: accepting signs a hand-over", n.Acts.Node)
		}
	}
	w.do(w.agent, &Give{Referral: id})
	for _, n := range []*acttest.Node{w.us, w.mx} {
		if s := w.load(n, id).State(); len(s.Warnings) == 0 || s.Warnings[0] != "person_between_signatures" {
			t.Errorf("%s: no warning while a person is between two signatures: %v", n.Acts.Node, s.Warnings)
		}
	}
	sheet, err := ShowSheet(t.Context(), w.mx.Acts, w.inm, wire.PurposeProtection, id)
	if err != nil {
		t.Fatal(err)
	}
	if c := sheet.HandOver.Carried; c == nil || !slices.Equal(c.Needs, []string{"medicine", "wheelchair"}) || !slices.Equal(c.Property, []string{"Backpack", "MXN 340 in notes"}) {
		t.Errorf("what goes with the person at the bridge: %+v", c)
	}
	w.refused(w.mx, w.mp, "referral.other_office_receives", &ReceivePerson{Referral: id, Form: "at_liberty", Counting: asSheet(2)})
	w.refused(w.mx, w.inm, "referral.form_beyond_basis", &ReceivePerson{Referral: id, Form: "urgent_case", Counting: asSheet(2)})
	w.do(w.inm, &ReceivePerson{Referral: id, Form: "at_liberty", Counting: asSheet(2)})
	us := w.load(w.us, id)
	h, _ := us.handOver(us.State())
	if h.Given == nil || h.Received == nil || h.As != "at_liberty" || h.Between() {
		t.Errorf("the hand-over is not signed by both: %+v", h)
	}
	w.us.ReplayEqual()
	w.mx.ReplayEqual()
}

// Where and when, and to whom: the hours are those of the arrangement, the office
// stands at the crossing, and nobody at liberty is given to police.
func TestAnAppointmentKeepsTheArrangement(t *testing.T) {
	w := newWorld(t)
	f, id := w.accepted()
	w.waive(f, f.suspect)
	night := bridgeHour(w.us.Clock).Truncate(24 * time.Hour).Add(33 * time.Hour) // 03:00 at the bridge
	for name, c := range map[string]struct {
		change func(*ScheduleHandOver)
		code   string
	}{
		"in the past":                       {func(c *ScheduleHandOver) { c.At = w.us.Clock.Add(-time.Minute) }, "referral.appointment_past"},
		"nowhere":                           {func(c *ScheduleHandOver) { c.Crossing = "somewhere" }, "referral.place_missing"},
		"at night":                          {func(c *ScheduleHandOver) { c.At = night }, "referral.crossing_closed"},
		"to nobody":                         {func(c *ScheduleHandOver) { c.Office = "" }, "referral.receiving_office"},
		"at liberty to the prosecutor":      {func(c *ScheduleHandOver) { c.Office = "fgr-tamps" }, "referral.liberty_not_to_police"},
		"to the INM of another bridge":      {func(c *ScheduleHandOver) { c.Crossing = "brownsville" }, "referral.office_not_there"},
		"on no ground":                      {func(c *ScheduleHandOver) { c.Basis = "" }, "referral.condition_not_met"},
		"on the ground of the other way":    {func(c *ScheduleHandOver) { c.Basis, c.File = byExtradition, "EXT/1" }, "referral.condition_not_met"},
		"under a warrant that nobody has":   {func(c *ScheduleHandOver) { c.Basis, c.Office = byWarrant, "fgr-tamps" }, "referral.condition_not_met"},
		"in an urgent case nobody recorded": {func(c *ScheduleHandOver) { c.Basis, c.Office = inUrgentCase, "fgr-tamps" }, "referral.condition_not_met"},
		"with too long a list":              {func(c *ScheduleHandOver) { c.Property = []string{strings.Repeat("x", 201)} }, "referral.too_long"},
	} {
		t.Run(name, func(t *testing.T) {
			w.t = t
			plan := w.returning(f, id)
			c.change(plan)
			w.refused(w.us, w.agent, c.code, plan)
		})
	}
	w.t = t
	w.do(w.agent, w.returning(f, id))
}

// Delivery to police or to the ministerio público needs a warrant, or an urgent
// case that the ministerio público has recorded with its grounds for this person.
//
// Law: 9.
func TestDeliveryNeedsAWarrantOrAnUrgentCase(t *testing.T) {
	w := newWorld(t)
	f, id := w.accepted()
	plan := w.returning(f, id)
	plan.Basis, plan.Office = inUrgentCase, "fgr-tamps"
	guide := w.plant(f.suspect)
	for name, c := range map[string]struct {
		cmd  RecordUrgentCase
		code string
	}{
		"of nobody in the packet":  {RecordUrgentCase{Person: "Nadie", Offence: "mx-lm-159-i", Flight: "x", NoJudge: "y"}, "referral.person_not_in_packet"},
		"for an offence not named": {RecordUrgentCase{Person: guide, Offence: "mx-trata-10", Flight: "x", NoJudge: "y"}, "referral.offence_not_grave"},
		"without a risk of flight": {RecordUrgentCase{Person: guide, Offence: "mx-lm-159-i", NoJudge: "y"}, "referral.urgent_grounds"},
		"though a judge is near":   {RecordUrgentCase{Person: guide, Offence: "mx-lm-159-i", Flight: "x"}, "referral.urgent_grounds"},
	} {
		t.Run(name, func(t *testing.T) {
			w.t = t
			c.cmd.Referral = id
			w.refused(w.mx, w.mp, c.code, &c.cmd)
		})
	}
	w.t = t
	w.refused(w.mx, w.inm, "access.not_found", &RecordUrgentCase{Referral: id, Person: guide, Offence: "mx-lm-159-i", Flight: "x", NoJudge: "y"})
	w.refused(w.us, w.agent, "referral.condition_not_met", plan)
	w.do(w.mp, &RecordUrgentCase{Referral: id, Person: guide, Offence: "mx-lm-159-i", Flight: "Two addresses in Texas.", NoJudge: "The court is closed until Monday."})
	w.do(w.agent, plan)
	w.do(w.agent, &Give{Referral: id})
	w.refused(w.mx, w.inm, "access.not_found", &ReceivePerson{Referral: id, Form: "urgent_case", Counting: asSheet(2)}) // it has never heard of it
	w.do(w.mp, &ReceivePerson{Referral: id, Form: "urgent_case", Counting: asSheet(2)})

	plan.Basis, plan.At = byWarrant, bridgeHour(w.us.Clock)
	w.refused(w.us, w.agent, "referral.condition_not_met", plan)
	w.do(w.mp, &RegisterFile{Referral: id, File: "FED/1"})
	w.do(w.mp, &TakeStep{Referral: id, Step: "seek_warrant"})
	w.refused(w.us, w.agent, "referral.condition_not_met", plan)
	w.refused(w.mx, w.mp, "referral.no_warrant", &NameInWarrant{Referral: id, Person: guide})
	w.do(w.mp, &TakeStep{Referral: id, Step: "record_warrant_issued"})
	w.refused(w.us, w.agent, "referral.condition_not_met", plan) // it may name others
	w.refused(w.mx, w.mp, "referral.person_not_in_packet", &NameInWarrant{Referral: id, Person: "Nadie"})
	w.refused(w.us, w.agent, "access.not_yours", &NameInWarrant{Referral: id, Person: guide})
	w.do(w.mp, &NameInWarrant{Referral: id, Person: guide})
	w.refused(w.mx, w.mp, "referral.named_already", &NameInWarrant{Referral: id, Person: guide})
	w.do(w.agent, plan)
	w.do(w.mp, &TakeStep{Referral: id, Step: "record_warrant_cancelled"})
	w.refused(w.us, w.agent, "referral.condition_not_met", &Give{Referral: id})
	w.do(w.mp, &TakeStep{Referral: id, Step: "seek_warrant"})
	w.do(w.mp, &TakeStep{Referral: id, Step: "record_warrant_issued"})
	w.refused(w.us, w.agent, "referral.condition_not_met", &Give{Referral: id}) // another warrant names anew
	w.do(w.mp, &NameInWarrant{Referral: id, Person: guide})
	w.do(w.agent, &Give{Referral: id})
	w.do(w.mp, &ReceivePerson{Referral: id, Form: "under_warrant", Counting: asSheet(2)})
	w.us.ReplayEqual()
	w.mx.ReplayEqual()
}

// A changed node sends an appointment past its own rules: the other side takes
// none whose ground it does not know.
func TestAGroundThatIsNotThereIsNotTaken(t *testing.T) {
	const basis, office = `"basis":"at_liberty"`, `"office":"inm-reynosa"`
	for name, change := range map[string][]string{
		"warrant":        {basis, `"basis":"warrant"`, office, `"office":"fgr-tamps"`},
		"urgent case":    {basis, `"basis":"urgent_case"`, office, `"office":"fgr-tamps"`},
		"police":         {office, `"office":"fgr-tamps"`},
		"extradition":    {basis, `"basis":"extradition","file":"EXT/1"`},
		"other crossing": {`"crossing":"hidalgo"`, `"crossing":"brownsville"`},
		"no crossing":    {`"crossing":"hidalgo"`, `"crossing":"somewhere"`},
		"no sheet":       {`"sheet":1`, `"sheet":0`},
		"unknown office": {office, `"office":"inm-nowhere"`},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			f, id := w.accepted()
			w.waive(f, f.suspect)
			w.us.Must(w.agent, wire.PurposeProsecution, w.returning(f, id))
			sent := w.us.Out[len(w.us.Out)-2].Message // the key of what goes along follows
			body := strings.NewReplacer(change...).Replace(string(sent.ActBytes))
			if body == string(sent.ActBytes) {
				t.Fatalf("nothing was changed in %s", body)
			}
			forged, err := wire.ParseMessage([]byte(body + "\n[]"))
			if err != nil {
				t.Fatal(err)
			}
			if _, code := w.mx.Deliver("us", forged); code != wire.CodeContent {
				t.Errorf("taken with %q", code)
			}
		})
	}
}

// TestFearBarsHandOver: a shut gate bars the hand-over without saying why,
// suspects included, before and after somebody has signed that they return.
func TestFearBarsHandOver(t *testing.T) {
	w := newWorld(t)
	f, id := w.accepted()
	w.waive(f, f.suspect)
	w.do(w.agent, w.returning(f, id))
	fear := answers()
	fear["fear.fear"] = protection.Yes
	w.us.Must(w.adviser, wire.PurposeProtection, &protection.Screen{Case: f.id, Person: f.suspect, Answers: fear, Language: "es"})
	w.refused(w.us, w.agent, "referral.condition_not_met", &Give{Referral: id})
	w.do(w.agent, &CancelHandOver{Referral: id, Reason: "protection_need"})
	w.refused(w.us, w.agent, "referral.condition_not_met", w.returning(f, id))
}

// A return is voluntary only by a waiver that was signed after the fear question
// was last asked, in the language of the answers, before somebody apart.
func TestReturnIsVoluntary(t *testing.T) {
	w := newWorld(t)
	f, id := w.accepted()
	waiver := func(change func(*protection.WaiveReturn)) *protection.WaiveReturn {
		c := &protection.WaiveReturn{Case: f.id, Person: f.suspect, Language: "es", Signed: true}
		change(c)
		return c
	}
	refuses := func(code string, by access.Actor, cmd act.Command) {
		t.Helper()
		_, err := w.us.Take(by, wire.PurposeProtection, cmd)
		refusedAs(t, err, code)
	}
	w.refused(w.us, w.agent, "referral.condition_not_met", w.returning(f, id))
	refuses("protection.waiver_unsigned", w.adviser, waiver(func(c *protection.WaiveReturn) { c.Signed = false }))
	refuses("protection.waiver_language", w.adviser, waiver(func(c *protection.WaiveReturn) { c.Language = "en" }))
	refuses("access.not_yours", w.agent, waiver(func(*protection.WaiveReturn) {}))
	late := w.us.Must(w.agent, wire.PurposeProsecution, addWitness(f)).Object
	refuses("protection.waiver_before_fear", w.adviser, waiver(func(c *protection.WaiveReturn) { c.Person = late }))
	w.waive(f, f.suspect)
	w.us.Must(w.adviser, wire.PurposeProtection, &protection.Screen{Case: f.id, Person: f.suspect, Answers: answers(), Language: "es"})
	w.refused(w.us, w.agent, "referral.condition_not_met", w.returning(f, id)) // asked again, not signed again
	w.waive(f, f.suspect)
	w.us.Must(w.adviser, wire.PurposeProtection, &protection.WithdrawWaiver{Case: f.id, Person: f.suspect})
	refuses("protection.no_waiver", w.adviser, &protection.WithdrawWaiver{Case: f.id, Person: f.suspect})
	w.refused(w.us, w.agent, "referral.condition_not_met", w.returning(f, id))
	w.waive(f, f.suspect)
	w.do(w.agent, w.returning(f, id))
	w.us.ReplayEqual()
}

// northward is an accepted referral from Mexico to the United States.
func (w *world) northward() (file, string) {
	w.t.Helper()
	drafts := w.mp
	super, adviser := w.mx.Person("sup", "fgr-tamps", access.RoleSupervisor), w.mx.Person("asesora", "fgr-tamps", access.RoleAdviser)
	must := func(by access.Actor, purpose string, cmd act.Command) string {
		w.t.Helper()
		return w.mx.Must(by, purpose, cmd).Object
	}
	facts := acttest.Start.Add(-40 * time.Hour)
	f := filled(func(cmd act.Command) string { return must(drafts, wire.PurposeProsecution, cmd) }, must(drafts, wire.PurposeProsecution, &casefile.Open{Title: "Reynosa, siete a pie"}), facts)
	must(drafts, wire.PurposeProsecution, &casefile.AddTranslation{Statement: f.statement, Lang: "en", Text: "Rutilio charged us 900 dollars; I am Xochiquetzal Palomarín.", Translator: "E. Marlow", Certified: true})
	must(drafts, wire.PurposeProsecution, &casefile.AddCharge{Case: f.id, ChargeFields: casefile.ChargeFields{Person: f.suspect, Offence: "us-1324-a1-ii", Facts: facts.Format(time.DateOnly), Jurisdiction: "territorial"}})
	for _, p := range []string{f.suspect, f.witness} {
		must(adviser, wire.PurposeProtection, &protection.Screen{Case: f.id, Person: p, Answers: answers(), Language: "es"})
	}
	id := must(drafts, wire.PurposeProsecution, &Draft{Case: f.id, Node: "us", Office: "usbp-rgv"})
	must(drafts, wire.PurposeProsecution, &TakeStep{Referral: id, Step: "screen_eligible"})
	must(drafts, wire.PurposeProsecution, &TakeStep{Referral: id, Step: "present"})
	must(w.mp2, wire.PurposeProsecution, &SignStep{Referral: id, Step: "mx_decline", Reason: "acts_abroad"})
	c := compose(id)
	c.Facts = packet.Words{Lang: "es", Text: "Un guía condujo a siete personas.", InLang: "en", Translated: "A guide led seven people.", Translator: "E. Marlow"}
	must(drafts, wire.PurposeProsecution, c)
	must(super, wire.PurposeProsecution, &Approve{Referral: id})
	must(drafts, wire.PurposeProsecution, &Send{Referral: id})
	w.Settle()
	w.us.Must(w.agent, wire.PurposeProsecution, &SignForAnalysis{Referral: id, Undertakes: true})
	w.us.Must(w.agent, wire.PurposeProsecution, &AddOffice{Referral: id, Office: "usao-sdtx"})
	w.us.Must(w.attorney, wire.PurposeProsecution, &Accept{Referral: id})
	w.Settle()
	return f, id
}

// Towards the United States a person crosses only on an extradition file, or on a
// final return decision of the INM whose term to appeal has passed: nobody goes
// north at liberty.
func TestNorthwardOnlyOnAFileOrAFinalDecision(t *testing.T) {
	w := newWorld(t)
	w.inForce("north", "2020-01-01", adopted{"us-mirror-2016", "2016-06-18", ""})
	f, id := w.northward()
	bridge, _ := program.BridgeByID("hidalgo")
	at := bridgeHour(w.mx.Clock)
	yesterday, today := bridge.Day(at.Add(-24*time.Hour)).String(), bridge.Day(at).String()
	plan := func(basis, file, until string) *ScheduleHandOver {
		return &ScheduleHandOver{Referral: id, Person: f.suspect, Office: "usbp-rgv", At: at, Crossing: "hidalgo", Basis: basis, File: file, AppealUntil: until, Accepted: true}
	}
	for name, c := range map[string]*ScheduleHandOver{
		"at liberty":                      plan(atLiberty, "", ""),
		"under a warrant":                 plan(byWarrant, "", ""),
		"in an urgent case":               plan(inUrgentCase, "", ""),
		"extradition without a file":      plan(byExtradition, " ", ""),
		"a decision without a number":     plan(returnDecision, "", yesterday),
		"a decision without a term":       plan(returnDecision, "INM/1", ""),
		"a decision that can be appealed": plan(returnDecision, "INM/1", today),
	} {
		t.Run(name, func(t *testing.T) {
			w.t = t
			w.refused(w.mx, w.mp, "referral.condition_not_met", c)
		})
	}
	w.t = t
	w.do(w.mp, plan(returnDecision, "INM/1", yesterday))
	w.do(w.mp, &Give{Referral: id})
	for _, step := range []string{"seek_warrant", "record_warrant_issued"} {
		w.do(w.attorney, &TakeStep{Referral: id, Step: step})
	}
	w.refused(w.us, w.agent, "referral.form_beyond_basis", &ReceivePerson{Referral: id, Form: "under_warrant", Counting: asSheet(2)})
	w.do(w.agent, &ReceivePerson{Referral: id, Form: "at_liberty", Counting: asSheet(0)})
	w.do(w.mp, plan(byExtradition, "EXT/2026/7", ""))
	w.us.ReplayEqual()
	w.mx.ReplayEqual()
}
