package intake

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"time"
)

// The same list out of a spreadsheet, whose dates are numbers of days, is the
// same list.
func TestAWorkbookOfPeopleSaysWhatItsTextSays(t *testing.T) {
	k, m, raw := open(t), shipped(t, "case-people.yaml"), extract(t, "case-people.csv")
	lines, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	rows := [][]any{{"Kept by the office of tests"}, {}}
	for _, l := range lines {
		var r []any
		for i, cell := range l {
			var v any = cell
			for _, layout := range []string{"2006-01-02 15:04", "2006-01-02", "01/02/2006"} {
				if day, err := time.Parse(layout, cell); err == nil {
					v = day
				}
			}
			if lines[0][i] == "Group size" && cell == "14" {
				v = 14
			}
			r = append(r, v)
		}
		rows = append(rows, r)
	}
	book := workbook(t, map[string][][]any{"List": rows})
	m.File.Skip = 2
	rep, refused := k.run(m, "p.xlsx", book)
	if rep.Read != 9 || rep.Imported != 3 || rep.Filtered != 1 || len(refused) != 5 || refused[0] != (refusedRow{6, "intake.role_missing"}) {
		t.Errorf("the workbook: %+v %v", rep, refused)
	}
	m.File.Skip = 0
	if rep, _ := k.run(m, "p.csv", raw); rep.Unchanged != 3 || rep.Imported+rep.Updated != 0 {
		t.Errorf("its text after it: %+v", rep)
	}
	k.ReplayEqual()
}

// What a source names its rows by can identify a person, so that the node keeps
// no key as the source writes it, and no figure says who somebody is.
func TestFiguresSayOfNobodyWhoItIs(t *testing.T) {
	k := open(t)
	m := mapping(t, strings.Replace(figures, "columns: [Id]", "columns: [CURP]", 1))
	raw := []byte("CURP,Day,People\nQUBR880214HTSXXX00,2031-01-01,1\n")
	if rep, _ := k.run(m, "f.csv", raw); rep.Imported != 1 {
		t.Errorf("%+v", rep)
	}
	if rep, _ := k.run(m, "f.csv", raw); rep.Unchanged != 1 {
		t.Errorf("again: %+v", rep)
	}
	for _, table := range []string{"stat_event WHERE key || doc LIKE '%QUBR%'", "body WHERE CAST(bytes AS TEXT) LIKE '%QUBR%'"} {
		if n := k.number(table); n != 0 {
			t.Errorf("%d of %s", n, table)
		}
	}
	for _, more := range []string{"by: {who: Last name}\n", "by: {who: {columns: [Sex, Apellidos]}}\n", "place: {name: Home address}\n", "by: {alias: X}\n",
		"melt: {columns: [Full name], name: n, value: v}\nby: {who: n}\n"} {
		_, err := ReadMapping(strings.NewReader(figures + more))
		if got := codesOf(err); !slices.Contains(got, "intake.mapping_sensitive") && !slices.Contains(got, "insight.sensitive") {
			t.Errorf("%q: got %v %v", more, got, err)
		}
	}
	k.ReplayEqual()
}
