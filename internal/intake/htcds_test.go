package intake

import (
	"reflect"
	"testing"

	"github.com/oasiss/oasiss/internal/casefile"
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
