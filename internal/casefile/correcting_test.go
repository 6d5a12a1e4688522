package casefile

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/wire"
)

func (k desk) record(id string) ItemRecord {
	k.t.Helper()
	r, err := ShowItem(k.t.Context(), k.Acts, k.agent, wire.PurposeProsecution, id)
	if err != nil {
		k.t.Fatal(err)
	}
	return r
}

// A correction drawn from what is recorded and taken unchanged keeps all of it;
// each version says who recorded what, when and why, and what stood before can
// be read.
func TestACorrectionBeginsWithAllThatIsRecorded(t *testing.T) {
	k := open(t)
	c := k.must(&Open{Title: "Alamo, a house"})
	day := k.Clock.Add(-48 * time.Hour).Format(time.DateOnly)
	lat, lon := 26.18, -98.12
	guide := k.must(&AddPerson{Case: c, Particulars: Particulars{Given: "Rutilio", Paterno: "Barragarza", Birth: "1988-02-03"}, RoleFields: role})
	wit := k.must(&AddPerson{Case: c, Particulars: Particulars{Given: "Itzel", Birth: "1999-05-05"}, RoleFields: witness()})
	said := k.must(&AddStatement{Case: c, StatementFields: StatementFields{Person: wit, Kind: "sworn", Lang: "es", Text: "Nos cobró.", Start: day + "T10:00", End: day + "T11:30", Zone: "America/Chicago",
		Place: "McAllen", Present: []string{"D. Kestrelle", "E. Marlow"}, Rights: "read", RightsText: "In Spanish", Interpreter: "E. Marlow", InterpreterGround: Codes("interpreter_ground")[0],
		NoRecording: "No device", Willing: true, Identifies: []string{guide}, CrossExamined: true, Exculpatory: true}})
	items := []string{
		k.must(&AddEvent{Case: c, EventFields: EventFields{When: day, Until: day, Zone: "America/Chicago", Mode: "stash_house", Place: "usbp:RGV", PlaceName: "Alamo", Lat: &lat, Lon: &lon, Uncertainty: 80,
			Reference: "EV-1", Group: 3, FeeCents: 90050, Currency: "USD", Hazards: []string{Codes("hazard")[0]}, Acts: []string{"guiding=inegi:28@" + day, "guiding=usbp:RGV@" + day, "crossing=usbp:RGV"},
			Narrative: "A house.", Lang: "en"}}),
		said,
		k.must(&AddVehicle{Case: c, VehicleFields: VehicleFields{Holder: guide, Kind: "van", Plate: "TXH 4821", Issuer: "US-TX", Make: "Ford", Year: 2004, Colour: "white", Note: "dent"}}),
		k.must(&AddPhone{Case: c, PhoneFields: PhoneFields{Holder: guide, Number: "+528995550142", Note: "his"}}),
		k.must(&AddOrganisation{Case: c, OrganisationFields: OrganisationFields{Name: "Los del Vado", Aliases: []string{"Vado"}, Kind: "network", Country: "MX", Note: "heard"}}),
		k.must(&AddProperty{Case: c, PropertyFields: PropertyFields{Holder: guide, Kind: "money", Description: "Notes", Receipt: "R1", AmountCents: 90000, Currency: "USD", Exculpatory: true}}),
		k.must(&AddCharge{Case: c, ChargeFields: ChargeFields{Person: guide, Offence: "mx-lm-159-i", Facts: day, Counts: 2, Status: "considered", Jurisdiction: "territorial", TriedAbroad: "no",
			Elements: []string{"profit=" + said}}}),
		k.must(&AddOutcome{Case: c, OutcomeFields: OutcomeFields{Person: guide, Kind: "conviction", On: day, Authority: "A court", Months: 12, FineCents: 5, Currency: "MXN", Final: true}}),
	}
	for _, id := range items {
		before := k.record(id).Stands().Item
		cmd, ok := Correcting(*before)
		if !ok {
			t.Fatalf("%s is not corrected", before.Noun)
		}
		k.refused("casefile.reason_missing", cmd)
		k.must(reasoned(t, cmd))
		r := k.record(id)
		now := r.Stands()
		if len(r.Versions) != 2 || now.Reason != "clerical" || now.By == nil || now.By.ID != k.agent.User || !now.At.After(r.Versions[0].At) {
			t.Errorf("%s: %+v", before.Noun, r.Versions)
		}
		if string(now.Item.Content) != string(before.Content) || string(now.Item.Detail) != string(before.Detail) {
			t.Errorf("%s was changed by a correction that changes nothing:\n%s %s\n%s %s", before.Noun, before.Content, before.Detail, now.Item.Content, now.Item.Detail)
		}
	}
	k.must(&CorrectOrganisation{Correction{Item: items[4], Reason: "clerical", Withdraw: true}, OrganisationFields{}})
	if r := k.record(items[4]); !r.Stands().Withdrawn || r.Versions[0].Item == nil {
		t.Errorf("what was withdrawn cannot be looked up: %+v", r)
	}
	// What a protected person comes to hold is sealed, in what stood before too.
	k.must(&ClassPerson{Person: guide, Age: string(Doubt), Ground: Codes("age_ground")[0]})
	for _, v := range k.record(items[2]).Versions {
		if v.Item.Detail != nil || !v.Item.Sealed {
			t.Errorf("a protected person's vehicle is shown: %s", v.Item.Detail)
		}
	}
	if _, ok := Correcting(*k.record(items[2]).Stands().Item); ok {
		t.Error("a correction of what is not seen is offered: it would lose it")
	}
}

// Two people who correct who a person is at once do not undo each other.
func TestAPersonChangedMeanwhile(t *testing.T) {
	k := open(t)
	c := k.must(&Open{Title: "Two at once"})
	id := k.must(&AddPerson{Case: c, Particulars: Particulars{Given: "Rutilio", Paterno: "Barragarza", Birth: "1988-02-03"}, RoleFields: role})
	shown, err := ShowPerson(t.Context(), k.Acts, k.agent, wire.PurposeProsecution, id)
	if err != nil || shown.Identity == nil {
		t.Fatalf("%+v, %v", shown, err)
	}
	drawn := func(change func(p *CorrectPerson)) *CorrectPerson {
		cmd := CorrectingPerson(shown, *shown.Identity)
		cmd.Reason = "clerical"
		change(cmd)
		return cmd
	}
	k.must(drawn(func(p *CorrectPerson) { p.Materno = "Lerma" }))
	k.must(drawn(func(p *CorrectPerson) { p.BirthPlace = "Reynosa" }))
	k.refused("casefile.crossed", drawn(func(p *CorrectPerson) { p.Materno = "Quiroga" }))
	now, err := ShowPerson(t.Context(), k.Acts, k.agent, wire.PurposeProsecution, id)
	if err != nil || now.Identity.Materno != "Lerma" || now.Identity.BirthPlace != "Reynosa" || now.Identity.Given != "Rutilio" {
		t.Errorf("%+v, %v", now.Identity, err)
	}
}

// reasoned gives an act of correction a reason.
func reasoned(t *testing.T, cmd act.Command) act.Command {
	t.Helper()
	if err := json.Unmarshal([]byte(`{"reason":"clerical"}`), cmd); err != nil {
		t.Fatal(err)
	}
	return cmd
}
