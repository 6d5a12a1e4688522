package intake

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/insight"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/xuri/excelize/v2"
	"go.yaml.in/yaml/v3"
)

// cells is a line made of names and values.
type cells map[string]string

func (c cells) value(column string) string { return strings.TrimSpace(c[column]) }

func TestDatesAreAsPreciseAsTheyAreStated(t *testing.T) {
	for _, c := range []struct{ date, value, on, at string }{
		{`{column: D, layouts: ["1/2/2006 3:04:05 PM"], zone: America/Los_Angeles}`, "1/1/2012 11:34:00 PM", "2012-01-01", "2012-01-01T23:34:00-08:00"},
		{`{column: D, layouts: ["1/2/2006 3:04:05 PM"]}`, "1/1/2012 11:34:00 PM", "2012-01-01", ""}, // no zone, no instant
		{`{column: D, layouts: ["2006-01-02T15:04Z07:00"]}`, "2012-07-01T23:34-06:00", "2012-07-01", "2012-07-01T23:34:00-06:00"},
		{`{column: D, layouts: ["2006-01-02", "2-Jan-06"]}`, "13-Jan-20", "2020-01-13", ""},
		{`{column: D, layouts: ["2-Jan-06"]}`, "13-JAN-20", "2020-01-13", ""},
		{`{column: D, layouts: ["January 2006"]}`, "March 2019", "2019-03", ""},
		{`{column: D, layouts: ["2006"]}`, "2019", "2019", ""},
		{`{column: D, layouts: ["2 de January de 2006"], months: es}`, "3 de septiembre de 2019", "2019-09-03", ""},
		{`{column: D, layouts: ["02/Jan/2006"], months: es}`, "03/DIC/2019", "2019-12-03", ""},
		{`{column: D, layouts: [excel]}`, "43597", "2019-05-12", ""},
		{`{column: D, layouts: [excel], zone: America/Tijuana}`, "43597.5", "2019-05-12", "2019-05-12T12:00:00-07:00"},
		{`{columns: [Y, M], join: "-", layouts: ["2006-1"]}`, "", "2019-07", ""},
		{`{columns: [FY, FM], join: " ", layouts: ["2006 January"], fiscal_start: 10}`, "", "2019-10", ""},
		{`{columns: [FY, M], join: " ", layouts: ["2006 1"], fiscal_start: 10}`, "", "2020-07", ""},
		{`{column: D, layouts: ["2006-01-02"], missing: ["n/a"]}`, "N/A", "", ""},
		{`{column: D, layouts: ["2006-01-02"], default: "1999-12-31"}`, "", "1999-12-31", ""},
	} {
		m := mapping(t, strings.Replace(figures, "date: Day", "date: "+c.date, 1))
		r, err := m.Date.reader(m, &Table{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.read(cells{"D": c.value, "Y": "2019", "M": "7", "FY": "2020", "FM": "October"})
		at := ""
		if !got.at.IsZero() {
			at = got.at.Format(time.RFC3339)
		}
		if err != nil || got.on != c.on || at != c.at {
			t.Errorf("%s of %q: got %q %q %v, want %q %q", c.date, c.value, got.on, at, err, c.on, c.at)
		}
	}
}

func TestWhatIsNoDateIsRefused(t *testing.T) {
	m := mapping(t, strings.Replace(figures, "date: Day", `date: {column: D, layouts: ["2006-01-02", excel]}`, 1))
	r, err := m.Date.reader(m, &Table{})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []string{"12/05/2019", "2019-02-30", "0001-01-01", "yesterday", "-5", "1e99", "NaN"} {
		if got, err := r.read(cells{"D": v}); !refusal.Is(err, "intake.bad_date") {
			t.Errorf("%q: got %+v, %v", v, got, err)
		}
	}
}

func TestFieldsBecomeCodes(t *testing.T) {
	const codes = "codes:\n  keep: {values: {A: a}, otherwise: keep}\n  drop: {values: {A: a}, otherwise: drop}\n  other: {values: {A: a}, otherwise: other}\n  refuse: {values: {A: a, É: e}}\n"
	for _, c := range []struct{ field, value, want, code string }{
		{"X", " v ", "v", ""},
		{"{column: X, codes: refuse}", "a", "a", ""},
		{"{column: X, codes: refuse}", "e\u0301", "e", ""}, // composed otherwise
		{"{column: X, codes: refuse}", "b", "", "intake.unknown_code"},
		{"{column: X, codes: keep}", "b", "b", ""},
		{"{column: X, codes: drop}", "b", "", ""},
		{"{column: X, codes: other}", "b", "other", ""},
		{"{column: X, codes: refuse, default: z}", "", "z", ""},
		{"{column: X, missing: [unknown, \"-\"], default: z}", "UNKNOWN", "z", ""},
		{"{columns: [X, Y], join: \"/\"}", "a", "a/y", ""},
		{"{columns: [X, Y]}", "", "y", ""},
		{"{constant: c}", "", "c", ""},
		{"{column: X, bands: [{below: 18, as: child}, {below: 60, as: adult}]}", "17", "child", ""},
		{"{column: X, bands: [{below: 18, as: child}, {below: 60, as: adult}]}", "18.0", "adult", ""},
		{"{column: X, bands: [{below: 18, as: child}, {below: 60, as: adult}]}", "60", "", "intake.out_of_bands"},
		{"{column: X, bands: [{below: 18, as: child}, {as: adult}]}", "60", "adult", ""},
		{"{column: X, bands: [{below: 18, as: child}]}", "young", "", "intake.not_a_number"},
	} {
		m := &Mapping{}
		if err := yaml.Unmarshal([]byte("by: {b: "+c.field+"}\n"+codes), m); err != nil {
			t.Fatal(err)
		}
		got, err := m.By["b"].read(m, cells{"X": c.value, "Y": "y"})
		if got != c.want || c.code == "" && err != nil || c.code != "" && !refusal.Is(err, c.code) {
			t.Errorf("%s of %q: got %q, %v, want %q %q", c.field, c.value, got, err, c.want, c.code)
		}
	}
}

func TestNumbersAreWholeAndGroupedAsTheMappingSays(t *testing.T) {
	for _, c := range []struct {
		count, value string
		want         int64
		stated       bool
		code         string
	}{
		{"X", "7", 7, true, ""},
		{"X", "1,002", 1002, true, ""},
		{"X", "7.0", 7, true, ""},
		{"X", "", 0, false, ""},
		{"X", "7.5", 0, false, "intake.not_a_number"},
		{"X", "1,2", 0, false, "intake.not_a_number"},
		{"X", "1,0020", 0, false, "intake.not_a_number"},
		{"X", "many", 0, false, "intake.not_a_number"},
		{"X", "99999999999999999999", 0, false, "intake.not_a_number"},
		{"{column: X, thousands: \".\"}", "1.002", 1002, true, ""},
		{"{column: X, thousands: \" \"}", "1 002", 1002, true, ""},
		{"{column: X, required: true}", "", 0, false, "intake.count_missing"},
		{"{column: X, missing: [\"*\"]}", "*", 0, false, ""},
	} {
		m := mapping(t, strings.Replace(figures, "people: People", "people: "+c.count, 1))
		got, stated, err := m.Counts["people"].read(m, cells{"X": c.value})
		if got != c.want || stated != c.stated || c.code == "" && err != nil || c.code != "" && !refusal.Is(err, c.code) {
			t.Errorf("%s of %q: got %d %v %v", c.count, c.value, got, stated, err)
		}
	}
}

func TestConditionsAndFiltersLeaveRowsOut(t *testing.T) {
	for _, c := range []struct {
		rule string
		row  cells
		want bool
	}{
		{`where: [{column: A, in: [x, y]}]`, cells{"A": "X"}, true},
		{`where: [{column: A, in: [x, y]}]`, cells{"A": "z"}, false},
		{`where: [{column: A, not_in: [x]}, {column: B, not_in: [""]}]`, cells{"A": "z"}, false},
		{`where: [{column: A, not_in: [x]}, {column: B, not_in: [""]}]`, cells{"A": "z", "B": "1"}, true},
		{`filter: row["A"] == "x" && row["B"] != ""`, cells{"A": "x", "B": "1"}, true},
		{`filter: row["A"].contains("US-Mexico") || int(row.B) > 3`, cells{"A": "none", "B": "4"}, true},
		{`filter: row["A"].lowerAscii() in ["x", "y"]`, cells{"A": "Y"}, true},
	} {
		got, err := mapping(t, figures+c.rule+"\n").admits(c.row)
		if err != nil || got != c.want {
			t.Errorf("%s of %v: got %v, %v", c.rule, c.row, got, err)
		}
	}
	if _, err := mapping(t, figures+"filter: int(row[\"A\"]) > 3\n").admits(cells{"A": "many"}); !refusal.Is(err, "intake.filter_failed") {
		t.Errorf("a filter that cannot be worked out: %v", err)
	}
}

// A file of sectors by month, one column a sector, as the Border Patrol
// publishes it, becomes one figure for each cell that states a number.
func TestColumnsAreMeltedIntoRows(t *testing.T) {
	const text = `oasiss_import: 1
source: monthly
target: statistics
key: {columns: [Month]}
melt: {columns: [Del Rio, Laredo], name: sector, value: n}
dates: {layouts: ["2006-01"]}
date: Month
place: {scheme: usbp, code: {column: sector, codes: sector}}
counts: {people: n}
codes: {sector: {values: {Del Rio: DRT, Laredo: LRT}}}
`
	k := open(t)
	raw := []byte("Month,Del Rio,Laredo\n2031-01,\"1,200\",7\n2031-02,,x\n")
	rep, refused := k.run(mapping(t, text), "m.csv", raw)
	if want := (Report{Read: 4, Imported: 2, Filtered: 1, Refused: 1, DroppedColumns: []string{}}); !reflect.DeepEqual(rep, want) || refused[0] != (refusedRow{3, "intake.not_a_number"}) {
		t.Errorf("got %+v %v, want %+v", rep, refused, want)
	}
	var got []string
	k.Read(func(tx *store.Tx) error {
		all, err := store.Docs[insight.Row](tx, `SELECT doc FROM stat_event ORDER BY place`)
		for _, r := range all {
			b, _ := json.Marshal(r.Place)
			got = append(got, fmt.Sprint(r.On, " ", string(b), " ", r.Counts["people"]))
		}
		return err
	})
	want := []string{`2031-01 {"scheme":"usbp","code":"DRT"} 1200`, `2031-01 {"scheme":"usbp","code":"LRT"} 7`}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestKeysNameRows(t *testing.T) {
	for _, c := range []struct{ key, want, code string }{
		{"{columns: [A, B]}", `x|y\|z`, ""},
		{"{columns: [C]}", "", "intake.key_missing"},
		{"{columns: [A, C]}", "x|", ""},
		{"{row: true}", "file.csv|3", ""},
		{"{row: true, file: list}", "list|3", ""},
		{"{columns: [D]}", "", "intake.key"},
	} {
		m := mapping(t, strings.Replace(figures, "{columns: [Id]}", c.key, 1))
		table := &Table{Columns: []string{"A", "B", "C", "D"}}
		table.name()
		got, err := m.key(row{Table: table, Record: Record{N: 3, Cells: []string{"x", "y|z", "", strings.Repeat("d", 257)}}}, "file.csv")
		if got != c.want || c.code == "" && err != nil || c.code != "" && !refusal.Is(err, c.code) {
			t.Errorf("%s: got %q, %v", c.key, got, err)
		}
	}
}

func TestThePackedFileIsTheSameFile(t *testing.T) {
	for path, want := range map[string]string{"list.csv": "list.csv", "a/b/list.csv.gz": "list.csv", "list.csv.bz2": "list.csv", "gz": "gz"} {
		if got := FileName(filepath.FromSlash(path)); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}

// No two rows of other values have the same key.
func TestKeysOfOtherValuesDiffer(t *testing.T) {
	m := mapping(t, strings.Replace(figures, "{columns: [Id]}", "{columns: [A, B]}", 1))
	table := &Table{Columns: []string{"A", "B"}}
	table.name()
	keys := map[string][]string{}
	parts := []string{"", "x", "|", "||", `\`, `\|`, "x|", "|x", `x\`}
	for _, a := range parts {
		for _, b := range parts {
			key, err := m.key(row{Table: table, Record: Record{Cells: []string{a, b}}}, "")
			if a+b == "" {
				continue // refused: it names nothing
			}
			if was, again := keys[key]; again || err != nil {
				t.Errorf("%q and %q have one key: %v", []string{a, b}, was, err)
			}
			keys[key] = []string{a, b}
		}
	}
}

// Older Macintoshes count days from 1904; the workbook says so.
func TestWorkbooksSayFromWhenTheyCountDays(t *testing.T) {
	for since1904, want := range map[bool]string{false: "2019-05-12", true: "2023-05-13"} {
		f := excelize.NewFile()
		if err := errors.Join(f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &since1904}),
			f.SetSheetRow("Sheet1", "A1", &[]any{"Id", "Day", "People"}), f.SetSheetRow("Sheet1", "A2", &[]any{1, 43597, 1})); err != nil {
			t.Fatal(err)
		}
		b, err := f.WriteToBuffer()
		if err != nil {
			t.Fatal(err)
		}
		m := mapping(t, strings.Replace(figures, `"2006-01-02"`, "excel", 1))
		table, err := ReadTable(m, b)
		if err != nil {
			t.Fatal(err, said(err))
		}
		day, err := m.Date.reader(m, table)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := day.read(row{Table: table, Record: table.Rows[0]}); err != nil || got.on != want {
			t.Errorf("counting from 1904 %v: got %+v, %v, want %s", since1904, got, err, want)
		}
	}
}
