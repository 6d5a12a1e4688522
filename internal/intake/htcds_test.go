package intake

import (
	"context"
	"reflect"
	"slices"
	"testing"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/wire"
)

// TestVictimsOfAServiceBecomeProtectedPeople: a file under the names of HTCDS
// 2.0 gives protected people with a role and what it rests on; whom the service
// did not find to be a victim, or who did not agree, stays out, and nothing of
// what was done to anybody comes along.
func TestVictimsOfAServiceBecomeProtectedPeople(t *testing.T) {
	k, m, raw := open(t), shipped(t, "htcds.yaml"), extract(t, "htcds.csv")
	rep, refused := k.run(m, "htcds.csv", raw)
	want := Report{Read: 5, Imported: 2, Filtered: 2, Refused: 1, DroppedColumns: []string{"prs_MaritalStatus", "vic_MethodsOfControl", "vic_TypeOfExploitation"}}
	if !reflect.DeepEqual(rep, want) {
		t.Errorf("got %+v, want %+v (refused %v)", rep, want, refused)
	}
	people, who := k.people("RGV-26-0001")
	if len(people) != 2 {
		t.Fatalf("people of the case: %+v", people)
	}
	for i, p := range people {
		if r := p.Roles[0]; p.Class != casefile.Protected || r.Role.Role != "victim" || r.Source.Kind != "other_agency" {
			t.Errorf("person %d: class %s, role %+v", i, p.Class, r)
		}
	}
	if w := who[1]; w.Name() != "Nahomi Itandehui Cuicateco" || w.Birth != "2010" || !w.Has("MX") || people[1].Age != casefile.Child {
		t.Errorf("the child is %+v, %s", w, people[1].Age)
	}
	k.nothingInClear("Xiadani", "Tlacuilo", "GT-7781", "Nahomi", "Encino", "DebtBondage", "Servitude")
	k.ReplayEqual()
}

// TestAReleasedFileIsRead: what a victim adviser released to a service, under
// the names of HTCDS 2.0, is read on another node as a protected person with a
// role and what it rests on, with the values that left and no others.
func TestAReleasedFileIsRead(t *testing.T) {
	us := acttest.New(t, "us", []func(*journal.Kinds){casefile.Facts, protection.Facts}, casefile.Verbs, protection.Verbs)
	us.Offices("usbp-rgv")
	agent, adviser := us.Person("agent", "usbp-rgv", access.RoleFieldAgent), us.Person("adviser", "usbp-rgv", access.RoleAdviser)
	c := us.Must(agent, wire.PurposeProsecution, &casefile.Open{Title: "Trailer at Falfurrias"}).Object
	for name, x := range map[string]struct {
		is         casefile.Particulars
		categories []string
		want       casefile.Identity
	}{
		"all of it": {casefile.Particulars{Given: "Xiadani Itzel", Paterno: "Tlacuilo", Birth: "2001-03-04", Sex: "f", Nationalities: []string{"GT"}, Identifiers: []string{"other=GT-7781"}, Contact: []string{"+52 868 555 0144"}},
			[]string{protection.CategoryIdentity, protection.CategoryContact}, casefile.Identity{Given: "Xiadani Itzel", Paterno: "Tlacuilo", Birth: "2001-03-04", Sex: "f", Nationalities: []string{"GT"}}},
		"a year, and what a spreadsheet would run": {casefile.Particulars{Given: `=HYPERLINK("x")`, Paterno: "Ñuñez, \"la\"", Birth: "1984", Sex: "x", Nationalities: []string{"HN", "MX"}},
			[]string{protection.CategoryIdentity}, casefile.Identity{Given: `'=HYPERLINK("x")`, Paterno: "Ñuñez, \"la\"", Birth: "1984", Sex: "x", Nationalities: []string{"HN"}}},
		"only how to reach her": {casefile.Particulars{Given: "Nahomi", Paterno: "Cuicateco", Birth: "1990-01-01", Contact: []string{"+528685550145"}},
			[]string{protection.CategoryContact}, casefile.Identity{}},
	} {
		t.Run(name, func(t *testing.T) {
			person := us.Must(agent, wire.PurposeProsecution, &casefile.AddPerson{Case: c, Age: "adult", Particulars: x.is, RoleFields: casefile.RoleFields{Role: "victim", Source: "observation"}}).Object
			consent := us.Must(adviser, wire.PurposeProtection, &protection.GiveConsent{Case: c, Person: person, For: wire.PurposeProtection, Service: "shelter", ServiceName: "Casa Ficticia del Puente",
				Categories: x.categories, Until: us.Clock.AddDate(0, 1, 0), Told: true, Language: "es"}).Object
			done := us.Must(adviser, wire.PurposeProtection, &protection.ReleaseHTCDS{Case: c, Person: person, Consent: consent, Service: "Casa Ficticia del Puente", Reason: "A bed"})
			file, err := protection.ShowReleased(context.Background(), us.Acts, adviser, wire.PurposeProtection, done.Facts[0])
			if err != nil {
				t.Fatal(err)
			}
			k := open(t)
			rep, refused := k.run(shipped(t, "htcds.yaml"), file.File, []byte(file.Content))
			if rep.Imported != 1 || rep.Refused != 0 || !slices.Contains(rep.DroppedColumns, "oasiss_mark") {
				t.Fatalf("%+v %v", rep, refused)
			}
			people, who := k.people("RGV-26-0001")
			if r := people[0].Roles[0]; len(people) != 1 || people[0].Class != casefile.Protected || r.Role.Role != "victim" || r.Source.Kind != "other_agency" {
				t.Fatalf("people: %+v", people)
			}
			got := who[0]
			if got.Note, got.Identifiers = "", nil; !reflect.DeepEqual(got, x.want) {
				t.Errorf("read %+v, want %+v", got, x.want)
			}
			if n := len(x.is.Identifiers); n > 0 && (len(who[0].Identifiers) != n || who[0].Identifiers[0].Value != "GT-7781") {
				t.Errorf("identifiers: %+v", who[0].Identifiers)
			}
			k.ReplayEqual()
		})
	}
	us.ReplayEqual()
}
