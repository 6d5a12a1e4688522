package casefile

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// desk is a node with people at two offices.
type desk struct {
	*acttest.Node
	t     *testing.T
	agent access.Actor // records
	other access.Actor // of an office that is no member
}

func open(t *testing.T) desk {
	t.Helper()
	n := acttest.New(t, "us", []func(*journal.Kinds){Facts}, Verbs)
	n.Clock = acttest.Start
	n.Offices("usbp-rgv", "ofo-laredo")
	return desk{n, t, n.Person("u1", "usbp-rgv", access.RoleProsecutions), n.Person("u2", "ofo-laredo", access.RoleProsecutions)}
}

func (k desk) must(cmd act.Command) string {
	k.t.Helper()
	k.Clock = k.Clock.Add(time.Second) // nobody records two things at one moment
	return k.Must(k.agent, wire.PurposeProsecution, cmd).Object
}

// refused takes an act that must be refused with a code.
func (k desk) refused(code string, cmd act.Command) {
	k.t.Helper()
	_, err := k.Take(k.agent, wire.PurposeProsecution, cmd)
	if r, ok := refusal.As(err); !ok || r.Code != code {
		k.t.Errorf("%s: got %v, want refusal %s", cmd.Verb(), err, code)
	}
}

func (k desk) person(id string) (p Person) {
	k.t.Helper()
	k.Read(func(tx *store.Tx) (err error) { p, err = LoadPerson(tx, id); return err })
	return p
}

func (k desk) find(by access.Actor, query string) []Hit {
	k.t.Helper()
	return k.ask(by, Question{Words: query}).Hits
}

func (k desk) ask(by access.Actor, q Question) Hits {
	k.t.Helper()
	hits, err := Find(context.Background(), k.Acts, by, wire.PurposeProsecution, q, "")
	if err != nil {
		k.t.Fatal(err)
	}
	return hits
}

var role = RoleFields{Role: "suspect", Function: "guide", Source: "observation"}

func witness() RoleFields { return RoleFields{Role: "witness", Source: "observation"} }

func TestCaseIsNumberedByOfficeAndYear(t *testing.T) {
	k := open(t)
	for _, want := range []string{"RGV-26-0001", "RGV-26-0002"} {
		id := k.must(&Open{Title: "Anzalduas, hidden in a trailer"})
		var c Case
		k.Read(func(tx *store.Tx) (err error) { c, err = Load(tx, id); return err })
		if c.Number != want || c.Office != "usbp-rgv" || c.Status != StatusOpen || len(c.Members) != 1 {
			t.Errorf("got %+v, want number %s", c, want)
		}
	}
	k.ReplayEqual()
}

func TestClassFollowsFromAgeAndRoles(t *testing.T) {
	k := open(t)
	c := k.must(&Open{Title: "t"})
	who := Particulars{Given: "Rogelio", Paterno: "Quintero", Birth: "1988-02"}
	for name, x := range map[string]struct {
		add  AddPerson
		want Class
	}{
		"adult suspect":                   {AddPerson{Particulars: who, RoleFields: role}, Suspect},
		"suspect of unknown age":          {AddPerson{Particulars: Particulars{Given: "R"}, RoleFields: role}, Protected},
		"suspect said to be an adult":     {AddPerson{Age: "adult", RoleFields: role}, Suspect},
		"suspect in doubt":                {AddPerson{Particulars: who, Age: "doubt", RoleFields: role}, Protected},
		"suspect born in the year of 18":  {AddPerson{Particulars: Particulars{Birth: "2008"}, Age: "adult", RoleFields: role}, Protected},
		"child suspect":                   {AddPerson{Particulars: Particulars{Birth: "2010-01-01"}, Age: "adult", RoleFields: role}, Protected},
		"adult witness":                   {AddPerson{Particulars: who, Age: "adult", RoleFields: witness()}, Protected},
		"official acting as such":         {AddPerson{Age: "adult", RoleFields: RoleFields{Role: "official", Source: "document"}}, Official},
		"adult relative who paid":         {AddPerson{Age: "adult", RoleFields: RoleFields{Role: "relative", Source: "statement"}}, Protected},
		"suspect whose role has an ended": {AddPerson{Age: "adult", RoleFields: RoleFields{Role: "suspect", Function: "driver", Source: "import", From: "2026-01", To: "2026-02"}}, Protected},
	} {
		x.add.Case = c
		if got := k.person(k.must(&x.add)).Class; got != x.want {
			t.Errorf("%s: got %s, want %s", name, got, x.want)
		}
	}
	k.ReplayEqual()
}

// Law: 14.
func TestFurtherRoleAndShieldTakeTheNameOutOfTheIndex(t *testing.T) {
	k := open(t)
	c := k.must(&Open{Title: "t"})
	p := k.must(&AddPerson{Case: c, Particulars: Particulars{Given: "Ángel", Paterno: "Muñoz"}, Age: "adult", RoleFields: role})
	k.must(&AddVehicle{Case: c, VehicleFields: VehicleFields{Holder: p, Kind: "van", Plate: "XKJ-4471"}})
	for _, q := range []string{"angel munoz", "MUÑOZ", "mun", "xkj 4471", "xkj4471"} {
		if n := len(k.find(k.agent, q)); n != 1 {
			t.Errorf("%q: %d hits, want 1", q, n)
		}
		if n := len(k.find(k.other, q)); n != 0 {
			t.Errorf("%q: another office finds %d", q, n)
		}
	}
	k.must(&SetRole{Person: p, RoleFields: RoleFields{Role: "victim", Source: "statement"}})
	if got := k.person(p).Class; got != Protected {
		t.Fatalf("a suspect who is a victim is %s", got)
	}
	for _, q := range []string{"munoz", "xkj4471"} {
		if n := len(k.find(k.agent, q)); n != 0 {
			t.Errorf("%q is still found", q)
		}
	}
	k.ReplayEqual()
}

func TestMemberOfficeFindsAndSees(t *testing.T) {
	k := open(t)
	c := k.must(&Open{Title: "Bodega Los Ébanos"})
	k.must(&AddEvent{Case: c, EventFields: EventFields{When: "2026-06-07T23:40", Mode: "hidden_in_vehicle", Place: "inegi:28", PlaceName: "Puente Anzaldúas", Group: 14}})
	k.must(&AddOrganisation{Case: c, OrganisationFields: OrganisationFields{Name: "Transportes Peregrino", Kind: "carrier"}})
	k.must(&AddPhone{Case: c, PhoneFields: PhoneFields{Number: "(956) 555-0142"}})
	see := func(by access.Actor) error {
		_, err := act.View(context.Background(), k.Acts, by, wire.PurposeProsecution, "case", func(tx *store.Tx, v *act.Viewing) (View, error) { return See(tx, v, c) })
		return err
	}
	if r, ok := refusal.As(see(k.other)); !ok || r.Status != 404 {
		t.Error("a case of another office is not absent")
	}
	k.must(&AddMember{Case: c, Office: "ofo-laredo"})
	if err := see(k.other); err != nil {
		t.Error(err)
	}
	for _, q := range []string{"anzalduas", "peregrino", "956 555 0142", "9565550142", "19565550142", "RGV-26-0001"} {
		if n := len(k.find(k.other, q)); n != 1 {
			t.Errorf("%q: %d hits, want 1", q, n)
		}
	}
	k.must(&RemoveMember{Case: c, Office: "ofo-laredo"})
	if n := len(k.find(k.other, "peregrino")); n != 0 {
		t.Error("found after the membership ended")
	}
	k.refused("casefile.owner_stays", &RemoveMember{Case: c, Office: "usbp-rgv"})
	k.refused("casefile.office_unknown", &AddMember{Case: c, Office: "nobody"})
	k.ReplayEqual()
}

func TestNamesAreShownOfSuspectsOnly(t *testing.T) {
	k := open(t)
	c := k.must(&Open{Title: "t"})
	k.must(&AddPerson{Case: c, Particulars: Particulars{Given: "Rogelio", Paterno: "Quintero"}, Age: "adult", RoleFields: role})
	k.must(&AddPerson{Case: c, Particulars: Particulars{Given: "Canario", Paterno: "Secreto", Contact: []string{"+525555550100"}}, Age: "adult", RoleFields: witness()})
	v, err := act.View(context.Background(), k.Acts, k.agent, wire.PurposeProsecution, "case", func(tx *store.Tx, v *act.Viewing) (View, error) { return See(tx, v, c) })
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), "Quintero") || strings.Contains(string(b), "Canario") || strings.Contains(string(b), "Secreto") {
		t.Errorf("shown: %s", b)
	}
	if v.People[0].Called() != "Rogelio Quintero" || v.People[1].Called() != v.People[1].Plant {
		t.Errorf("called %s and %s", v.People[0].Called(), v.People[1].Called())
	}
}

func TestMergeIsReversibleAndTheOldIDResolves(t *testing.T) {
	k := open(t)
	c := k.must(&Open{Title: "t"})
	a := k.must(&AddPerson{Case: c, Particulars: Particulars{Given: "Rogelio"}, Age: "adult", RoleFields: role})
	b := k.must(&AddPerson{Case: c, Particulars: Particulars{Given: "Rogelio", Paterno: "Quintero"}, RoleFields: role})
	k.must(&Merge{Keep: a, Merged: b, Reason: "same_person"})
	p := k.person(b)
	if p.ID != a || len(p.Roles) != 2 || p.Class != Protected { // b's age is in doubt
		t.Errorf("merged: %+v", p)
	}
	k.refused("casefile.same_record", &Merge{Keep: a, Merged: b, Reason: "same_person"})
	k.must(&Unmerge{Merged: b, Reason: "not_same_person"})
	if pa, pb := k.person(a), k.person(b); pa.Class != Suspect || pb.ID != b || len(pb.Roles) != 1 {
		t.Errorf("unmerged: %+v %+v", pa, pb)
	}
	k.refused("casefile.not_merged", &Unmerge{Merged: b, Reason: "not_same_person"})
	k.ReplayEqual()
}

func TestCorrectionsKeepHistory(t *testing.T) {
	k := open(t)
	c := k.must(&Open{Title: "t"})
	p := k.must(&AddPerson{Case: c, Particulars: Particulars{Given: "Rogelio", Birth: "1990"}, Age: "adult", RoleFields: role})
	k.must(&CorrectPerson{Person: p, Reason: "new_information", Particulars: Particulars{Given: "Rogelia", Birth: "2009-03-01"}})
	if got := k.person(p); got.Age != Child || got.Class != Protected {
		t.Errorf("a corrected date of birth gives %s, %s", got.Age, got.Class)
	}
	k.refused("casefile.birth_contradicts", &ClassPerson{Person: p, Age: "adult", Ground: "document"})
	k.refused("casefile.ground_contradicts", &ClassPerson{Person: p, Age: "adult", Ground: "claim_under_18"})
	k.must(&CorrectPerson{Person: p, Reason: "clerical", Particulars: Particulars{Given: "Rogelia", Birth: "1990-03-01"}})
	if got := k.person(p); got.Age != Child {
		t.Error("a correction took the age up by itself")
	}
	k.must(&ClassPerson{Person: p, Age: "adult", Ground: "document"})
	if got := k.person(p); got.Class != Suspect {
		t.Errorf("now %s", got.Class)
	}
	k.Read(func(tx *store.Tx) error {
		h, err := History(tx, p)
		if err != nil {
			return err
		}
		var given []string
		for _, x := range h {
			part, ok := x.Entry.Part(identityPart)
			if !ok {
				continue
			}
			var who Identity
			if err := k.Ring.Open(tx, part, &who); err != nil {
				return err
			}
			given = append(given, who.Given)
		}
		if strings.Join(given, " ") != "Rogelio Rogelia Rogelia" || len(h) != 4 {
			t.Errorf("history: %v in %d facts", given, len(h))
		}
		return nil
	})
	e := k.must(&AddEvent{Case: c, EventFields: EventFields{When: "2026-06-07", Zone: "America/Chicago", Mode: "river", Group: 3}})
	k.must(&CorrectEvent{Correction: Correction{Item: e, Reason: "clerical"}, EventFields: EventFields{When: "2026-06-07", Mode: "river", Group: 5}})
	k.must(&CorrectEvent{Correction: Correction{Item: e, Reason: "wrong_person", Withdraw: true}})
	k.Read(func(tx *store.Tx) error {
		items, err := Items(tx, c, "event")
		if err == nil && len(items) != 0 {
			t.Error("a withdrawn event is still there")
		}
		return err
	})
	k.refused("casefile.withdrawn_already", &CorrectEvent{Correction: Correction{Item: e, Reason: "clerical", Withdraw: true}})
	k.ReplayEqual()
}

func TestOnlyThoseWhoMayFindProtectedPeople(t *testing.T) {
	k := open(t)
	c := k.must(&Open{Title: "t"})
	p := k.must(&AddPerson{Case: c, Particulars: Particulars{Given: "Rogelia", Paterno: "Quintanar", Identifiers: []string{"a_number=A123456789"}}, RoleFields: witness()})
	for _, ask := range []FindProtected{{Name: "ROGELIA quintanár", Reason: "duplicate"}, {Identifier: "a_number=A123456789", Reason: "safety"}} {
		r := k.Must(k.agent, wire.PurposeProsecution, &ask)
		found, err := ShowFound(context.Background(), k.Acts, k.agent, wire.PurposeProsecution, r.Facts[0])
		if err != nil || len(found) != 1 || found[0].ID != p {
			t.Errorf("%+v: found %+v, %v", ask, found, err)
		}
	}
	none := k.Must(k.other, wire.PurposeProsecution, &FindProtected{Name: "Rogelia Quintanar", Reason: "duplicate"})
	if found, err := ShowFound(context.Background(), k.Acts, k.other, wire.PurposeProsecution, none.Facts[0]); err != nil || len(found) != 0 {
		t.Errorf("another office finds %+v, %v", found, err)
	}
	if len(k.find(k.agent, "quintanar")) != 0 {
		t.Error("a protected person stands in the text index")
	}
	k.refused("casefile.find_reason", &FindProtected{Name: "Rogelia", Reason: "curiosity"})
	k.refused("casefile.nothing_sought", &FindProtected{Reason: "safety"})
	k.ReplayEqual()
}
