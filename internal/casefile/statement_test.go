package casefile

import (
	"testing"

	"github.com/oasiss/oasiss/internal/store"
)

// A statement is kept in its original language, says how it was taken, and is
// interpreted by nobody of the case or of the household (CNPP 45, 46). A
// deposition under 8 USC 1324(d) is a kind of its own and says whether it was
// cross-examined.
//
// Law: 4, 23.
func TestStatementsAreTakenAsTheLawAsks(t *testing.T) {
	k := open(t)
	c := k.must(&Open{Title: "Statements"})
	suspect := k.must(&AddPerson{Case: c, Particulars: Particulars{Given: "Rutilio", Paterno: "Barragarza", Birth: "1988-02-03"}, RoleFields: role})
	person := k.must(&AddPerson{Case: c, Particulars: Particulars{Given: "Xochiquetzal", Paterno: "Palomarín", Birth: "1999-05-05"}, RoleFields: witness()})
	taken := func(change func(*StatementFields)) *AddStatement {
		f := StatementFields{Person: person, Kind: "deposition_1324d", Lang: "nah", Text: "Techcuilihqueh miyac tomin.", Start: "2026-06-08T10:00", End: "2026-06-08T11:00",
			Zone: "UTC", Place: "McAllen", Present: []string{"D. Ruiz"}, Rights: "read", Recorded: true, Interpreter: "A. Cuauhtli", InterpreterGround: "culture_and_language",
			CrossExamined: true, CrossedBy: []string{"A. Benítez, federal defender, for Rutilio Barragarza"}}
		change(&f)
		return &AddStatement{Case: c, StatementFields: f}
	}
	k.refused("casefile.interpreter_in_case", taken(func(f *StatementFields) { f.Interpreter = "rutilio BARRAGARZA" }))
	k.refused("casefile.interpreter_in_case", taken(func(f *StatementFields) { f.Interpreter = k.person(suspect).Plant }))
	k.refused("casefile.interpreter_household", taken(func(f *StatementFields) { f.InterpreterHousehold = true }))
	k.refused("casefile.interpreter_missing", taken(func(f *StatementFields) { f.Interpreter, f.InterpreterGround = "", "" }))
	k.refused("casefile.text_missing", taken(func(f *StatementFields) { f.Text = " " }))
	k.refused("casefile.deposition_video", taken(func(f *StatementFields) { f.Recorded, f.NoRecording = false, "The camera failed" }))
	k.refused("casefile.cross_examined_by", taken(func(f *StatementFields) { f.CrossedBy = nil }))
	k.refused("casefile.promises", taken(func(f *StatementFields) { f.Promises, f.NoPromises = "Release", true }))
	k.refused("casefile.custody_hours", taken(func(f *StatementFields) { n := -1; f.CustodyHours = &n }))
	id := k.must(taken(func(*StatementFields) {}))
	k.Read(func(tx *store.Tx) error {
		i, err := LoadItem(tx, id)
		if err != nil {
			return err
		}
		var d StatementDetail
		_, err = i.OpenDetail(tx, k.Ring, &d)
		if d.Lang != "nah" || d.Text != "Techcuilihqueh miyac tomin." {
			t.Errorf("the original: %+v", d)
		}
		return err
	})
}
