package casefile

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/store"
)

func day(hour int) time.Time { return time.Date(2026, 6, 8, hour, 0, 0, 0, time.UTC) }

// An identification is recorded with who conducted it, which is nobody who
// investigates the case (CNPP 277), with everything that was shown in order, and
// in the witness's own words. Photographs of a suspect who could have been shown
// in person (CNPP 279), and whatever else speaks against it, stand first.
//
// Law: 24.
func TestIdentificationsAreRecordedAsTheLawAsks(t *testing.T) {
	k := open(t)
	c := k.must(&Open{Title: "Identification"})
	if err := k.DB.Write(t.Context(), func(tx *store.Tx) error {
		return tx.Exec(`INSERT INTO app_user (id, login, office, doc) VALUES ($1, $2, $3, $4)`, k.agent.User, "u1", k.agent.Office, store.JSON(access.User{ID: k.agent.User, Name: k.agent.Name}))
	}); err != nil {
		t.Fatal(err)
	}
	suspect := k.must(&AddPerson{Case: c, Particulars: Particulars{Given: "Rutilio", Paterno: "Barragarza", Birth: "1988-02-03"}, RoleFields: role})
	person := k.must(&AddPerson{Case: c, Particulars: Particulars{Given: "Xochiquetzal", Paterno: "Palomarín", Birth: "1999-05-05"}, RoleFields: witness()})
	shown := func(change func(*IdentificationFields)) *AddIdentification {
		f := IdentificationFields{Person: person, Method: "photographs", When: "2026-06-08T10:00", Zone: "UTC", Place: "McAllen", ConductedBy: "Officer T. Wexcombe, McAllen police",
			Images: []string{"E2, filler", "E3, filler", "E4, suspect", "E5, filler"}, Suspect: suspect, ShownAt: 3, Sequential: true, Warned: true, Picked: 3,
			Lang: "es", Words: "Ese es el que manejaba.", Certainty: "Casi segura, por la cicatriz."}
		change(&f)
		return &AddIdentification{Case: c, IdentificationFields: f}
	}
	k.refused("casefile.conductor_investigates", shown(func(f *IdentificationFields) { f.ConductedBy = "agent " + strings.ToUpper(k.agent.Name) + ", usbp" }))
	k.refused("casefile.conductor_missing", shown(func(f *IdentificationFields) { f.ConductedBy = " " }))
	k.refused("casefile.images", shown(func(f *IdentificationFields) { f.Images = nil }))
	k.refused("casefile.images", shown(func(f *IdentificationFields) { f.Picked = 5 }))
	k.refused("casefile.witness_words", shown(func(f *IdentificationFields) { f.Certainty = "" }))
	k.refused("casefile.future", shown(func(f *IdentificationFields) { f.When = "2031-06-08T10:00" }))
	k.refused("casefile.own_identification", shown(func(f *IdentificationFields) { f.Suspect = person }))
	id := k.must(shown(func(*IdentificationFields) {}))
	k.Read(func(tx *store.Tx) error {
		i, err := LoadItem(tx, id)
		if err != nil {
			return err
		}
		var d IdentificationDetail
		_, err = i.OpenDetail(tx, k.Ring, &d)
		if len(d.Images) != 4 || d.Images[2] != "E4, suspect" || d.Certainty != "Casi segura, por la cicatriz." || strings.Contains(string(i.Content), "cicatriz") {
			t.Errorf("recorded: %+v, %s", d, i.Content)
		}
		return err
	})
	k.must(&CorrectIdentification{Correction{Item: id, Reason: "clerical"}, shown(func(f *IdentificationFields) { f.Picked = 2 }).IdentificationFields})
	if err := k.DB.Write(t.Context(), func(tx *store.Tx) error { return tx.Exec(`DELETE FROM app_user`) }); err != nil { // no fact of this test made it
		t.Fatal(err)
	}
	k.ReplayEqual()

	whole := Identification{Method: "photographs", Shown: 6, ShownAt: 2, Picked: 2, Sequential: true, Warned: true}
	for name, c := range map[string]struct {
		change func(*Identification)
		want   []string
	}{
		"as the law asks":              {func(*Identification) {}, nil},
		"suspect known and available":  {func(x *Identification) { x.Available = true }, []string{"available"}},
		"in person, of one available":  {func(x *Identification) { x.Available, x.Method = true, "in_person" }, nil},
		"nobody picked":                {func(x *Identification) { x.Picked = 0 }, []string{"failed"}},
		"somebody else picked":         {func(x *Identification) { x.Picked = 5 }, []string{"failed"}},
		"all at once, without warning": {func(x *Identification) { x.Sequential, x.Warned = false, false }, []string{"not_sequential", "not_warned"}},
		"one alone":                    {func(x *Identification) { x.Shown, x.ShownAt, x.Picked = 1, 1, 1 }, []string{"one_shown"}},
	} {
		x := whole
		c.change(&x)
		if got := x.Attacks(); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
