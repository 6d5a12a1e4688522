package intake

import (
	"bytes"
	"reflect"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// A source corrects what it states. What people recorded by hand of what it is
// silent about stays.
func TestWhatASourceIsSilentAboutStays(t *testing.T) {
	k, m, raw := open(t), shipped(t, "case-people.yaml"), extract(t, "case-people.csv")
	k.run(m, "p.csv", raw)
	people, who := k.people("RGV-26-0001")
	p := people[0]
	byHand := casefile.Particulars{Given: who[0].Given, Paterno: who[0].Paterno, Materno: who[0].Materno, Birth: who[0].Birth, Sex: "m", Nationalities: []string{"MX"},
		BirthPlace: "Villa de Pruebas", Languages: []string{"nah"}, Contact: []string{"by his sister"}, Whereabouts: []string{"the shelter of tests"}, Note: "a note",
		Aliases: []string{"El Prueba"}, Identifiers: []string{"fin=T-12345", "passport/MX=G1234567"}}
	k.Must(k.by, wire.PurposeProsecution, &casefile.CorrectPerson{Person: p.ID, Reason: "new_information", Particulars: byHand})
	k.Must(k.by, wire.PurposeProsecution, &casefile.CorrectRole{Correction: casefile.Correction{Item: p.Roles[0].ID, Reason: "new_information"},
		RoleFields: casefile.RoleFields{Role: "suspect", Function: "driver", From: "2026-04", Source: "observation", Reference: "R-1"}})
	event := k.event(t, p.Case)
	lat, lon := 26.1, -98.26
	k.Must(k.by, wire.PurposeProsecution, &casefile.CorrectEvent{Correction: casefile.Correction{Item: event.ID, Reason: "new_information"}, EventFields: casefile.EventFields{
		When: "2026-05-02T23:40", Until: "2026-05-03", Zone: "America/Chicago", Mode: "hidden_in_vehicle", Place: "usbp:RGV", PlaceName: "Puente de Prueba", Lat: &lat, Lon: &lon, Uncertainty: 500,
		Reference: "RGV-T-0101", Group: 14, FeeCents: 500_000, Currency: "USD", Hazards: []string{"confined_space"}, Acts: []string{"transport=usbp:RGV@2026-05"},
		Narrative: "Nobody could open the doors.", Lang: "en"}})
	stood := eventIn(t, k.event(t, p.Case))
	stood.Group = 16
	if rep, _ := k.run(m, "p.csv", raw); rep.Unchanged != 3 {
		t.Errorf("the file says what it said, and still: %+v", rep)
	}

	for _, c := range [][2]string{{"Rogelio,Quintero,Barragarza,none", "Rogelio,Quintero,Barragán,none"}, {"driver,driver,seen", "guide,guide,seen"}, {",14,hidden", ",16,hidden"}} {
		raw = bytes.ReplaceAll(raw, []byte(c[0]), []byte(c[1]))
	}
	if rep, _ := k.run(m, "p.csv", raw); rep.Updated != 1 || rep.Unchanged != 2 {
		t.Errorf("changed: %+v", rep)
	}
	people, now := k.people("RGV-26-0001")
	want := casefile.Identity{Given: "Rogelio", Paterno: "Quintero", Materno: "Barragán", Birth: "1988-02-14", Sex: "m", Nationalities: []string{"MX"},
		BirthPlace: "Villa de Pruebas", Languages: []string{"nah"}, Contact: []string{"by his sister"}, Whereabouts: []string{"the shelter of tests"}, Note: "a note",
		Aliases: []string{"El Prueba"}, Identifiers: []casefile.Identifier{{Scheme: "fin", Value: "T-12345"}, {Scheme: "passport", Issuer: "MX", Value: "G1234567"}}}
	if !reflect.DeepEqual(now[0], want) {
		t.Errorf("the person is now\n%+v, want\n%+v", now[0], want)
	}
	if r := people[0].Roles[0]; r.Function != "guide" || r.From != "2026-04" || r.Source.Kind != "observation" {
		t.Errorf("the role is now %+v", r)
	}
	if is := eventIn(t, k.event(t, p.Case)); !reflect.DeepEqual(is, stood) {
		t.Errorf("the event is now\n%+v, want\n%+v", is, stood)
	}
	k.Read(func(tx *store.Tx) error {
		var d casefile.EventDetail
		if found, err := k.event(t, p.Case).OpenDetail(tx, k.Ring, &d); err != nil || !found || d.Narrative != "Nobody could open the doors." {
			t.Errorf("the narrative is now %+v, %v", d, err)
		}
		return nil
	})
	k.ReplayEqual()
}

// event is the first event of a case.
func (k *desk) event(t *testing.T, caseID string) (out casefile.Item) {
	t.Helper()
	k.Read(func(tx *store.Tx) error {
		items, err := casefile.Items(tx, caseID, "event")
		if err == nil && len(items) > 0 {
			out = items[0]
		}
		return err
	})
	return out
}

func eventIn(t *testing.T, i casefile.Item) (e casefile.Event) {
	t.Helper()
	if err := i.Decode(&e); err != nil {
		t.Fatal(err)
	}
	return e
}

// forget has two people order that something is forgotten.
func (k *desk) forget(x *casefile.Expunge) {
	k.t.Helper()
	first, second := k.Person("super", "usbp-rgv", access.RoleSupervisor), k.Person("adviser", "usbp-rgv", access.RoleAdviser)
	x.Ground, x.Order = "erasure_granted", "DG-114/2026"
	order := k.Must(first, wire.PurposeOversight, x).Object
	k.Must(second, wire.PurposeOversight, &casefile.ConfirmExpunge{Order: order})
	k.Clock = k.Clock.Add(time.Second)
}

// What was forgotten by order of two people does not come back by a file, and
// the file's other rows are taken as ever.
func TestWhatWasForgottenByOrderDoesNotComeBack(t *testing.T) {
	k, m, raw := open(t), shipped(t, "case-people.yaml"), extract(t, "case-people.csv")
	k.run(m, "p.csv", raw)
	people, _ := k.people("RGV-26-0001")
	children, _ := k.people("RGV-26-0002")
	k.forget(&casefile.Expunge{Person: people[1].ID})
	k.Must(k.by, wire.PurposeProsecution, &casefile.SetStatus{Case: children[0].Case, Status: casefile.StatusClosed})
	k.forget(&casefile.Expunge{Case: children[0].Case})
	rep, refused := k.run(m, "p.csv", raw)
	codes := map[int]string{}
	for _, r := range refused {
		codes[r.line] = r.code
	}
	if rep.Unchanged != 1 || rep.Imported+rep.Updated != 0 || codes[3] != "intake.forgotten" || codes[9] != "intake.forgotten" {
		t.Errorf("again: %+v %v", rep, refused)
	}
	more := append(bytes.Clone(raw), "RGV-T-0102,,2026-05-03,RGV,,,,,on foot,9,Eloína,Ñúñez,,none,1980,F,Mexico,,,migrant,,interview,,QQQ,open\n"...)
	if rep, refused := k.run(m, "p.csv", more); rep.Imported+rep.Updated != 0 || len(refused) != 8 || refused[7].line != 11 {
		t.Errorf("a new row of a forgotten case: %+v %v", rep, refused)
	}
	for _, w := range []string{"Itzel", "Xochiquetzal", "Ñúñez"} {
		if bytes.Contains(k.Raw(), []byte(w)) {
			t.Errorf("%s stands in the database", w)
		}
	}
	k.ReplayEqual()
}
