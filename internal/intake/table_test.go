package intake

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

// columns is a mapping that reads these columns.
func columns(t testing.TB, file string, cols ...string) *Mapping {
	t.Helper()
	return mapping(t, strings.Replace(figures, "columns: [Id]", "columns: ["+strings.Join(cols, ", ")+"]", 1)+"file: {"+file+"}\n")
}

func packed(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func utf16le(text string) []byte {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return out
}

func workbook(t testing.TB, sheets map[string][][]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close() //nolint:errcheck // in memory
	for name, rows := range sheets {
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for i, r := range rows {
			cell, err := excelize.CoordinatesToCellName(1, i+1)
			if err == nil {
				err = f.SetSheetRow(name, cell, &r)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := f.DeleteSheet("Sheet1"); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const plainFile = "Id,Day,People\n1,2019-05-12,Ñ\n"

func TestFilesAreReadAsTheyCome(t *testing.T) {
	want := [][]string{{"1", "2019-05-12", "Ñ"}}
	for name, c := range map[string]struct {
		file string
		raw  []byte
		want [][]string
	}{
		"plain":                  {"", []byte(plainFile), want},
		"without a last newline": {"", []byte(strings.TrimSuffix(plainFile, "\n")), want},
		"Windows line ends":      {"", []byte(strings.ReplaceAll(plainFile, "\n", "\r\n")), want},
		"old Macintosh":          {"", []byte(strings.ReplaceAll(plainFile, "\n", "\r")), want},
		"byte-order mark":        {"", []byte("\uFEFF" + plainFile), want},
		"UTF-16":                 {"", utf16le(plainFile), want},
		"Windows-1252":           {"", []byte("Id,Day,People\n1,2019-05-12,\xd1\n"), want},
		"named encoding":         {"encoding: macintosh", []byte("Id,Day,People\n1,2019-05-12,\x84\n"), want},
		"packed":                 {"", packed(t, plainFile), want},
		"semicolons":             {"delimiter: \";\"", []byte("Id;Day;People\n1;2019-05-12;Ñ\n"), want},
		"tabs":                   {"delimiter: tab", []byte("Id\tDay\tPeople\n1\t2019-05-12\tÑ\n"), want},
		"lines before":           {"skip: 2", []byte("A \"title\n\n" + plainFile), want},
		"a header to be found":   {"header: people", []byte("Title\n\nSource,x\n" + plainFile), want},
		"no header":              {"columns: [Id, Day, People]", []byte("1,2019-05-12,Ñ\n"), want},
		"blank lines":            {"", []byte("Id,Day,People\n\n1,2019-05-12,Ñ\n,,\n \n"), want},
		"other capitals":         {"", []byte(" ID ,DAY,people\n1,2019-05-12,Ñ\n"), want},
		"quotes":                 {"", []byte("Id,Day,People\n\"a,\"\"b\"\"\nc\",x,5'11\"\n\"q\"z,,\"\"\n"), [][]string{{"a,\"b\"\nc", "x", "5'11\""}, {"qz", "", ""}}},
		"no quotes":              {"quote: none", []byte("Id,Day,People\n\"a,b,c\n"), [][]string{{"\"a", "b", "c"}}},
		"another quote":          {"quote: \"'\"", []byte("Id,Day,People\n'a,''b',c,\"d\n"), [][]string{{"a,'b", "c", "\"d"}}},
		"a workbook":             {"", workbook(t, map[string][][]any{"Data": {{"Id", "Day", "People"}, {1, 43597, "Ñ"}, {}, {2, 43597.5}}}), [][]string{{"1", "43597", "Ñ"}, {"2", "43597.5"}}},
		"its sheet":              {"sheet: Second, skip: 1", workbook(t, map[string][][]any{"First": {{"x"}}, "Second": {{"A title"}, {"Id", "Day", "People"}, {1.5, "d", true}}}), [][]string{{"1.5", "d", "1"}}},
	} {
		table, err := ReadTable(columns(t, c.file, "Id"), bytes.NewReader(c.raw))
		if err != nil {
			t.Errorf("%s: %v %v", name, err, said(err))
			continue
		}
		var got [][]string
		for _, r := range table.Rows {
			got = append(got, r.Cells)
		}
		if !slices.EqualFunc(got, c.want, slices.Equal) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestFilesThatCannotBeTakenSayWhy(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		raw  []byte
		code string
	}{
		"nothing":              {"", nil, "intake.file_empty"},
		"fewer lines":          {"skip: 9", []byte(plainFile), "intake.file_empty"},
		"no such header":       {"header: Missing", []byte(plainFile), "intake.header_not_found"},
		"another separator":    {"delimiter: \";\"", []byte(plainFile), "intake.column_missing"},
		"a column twice":       {"", []byte("Id,Day,People,id\n"), "intake.column_twice"},
		"a quote left open":    {"", []byte("Id,Day,People\n\"1,2,3\n4,5,6\n"), "intake.quote_open"},
		"packed and damaged":   {"", packed(t, plainFile)[:20], "intake.file_packed"},
		"no workbook":          {"format: xlsx", []byte(plainFile), "intake.workbook_unreadable"},
		"a damaged workbook":   {"", []byte("PK\x03\x04 and then nothing"), "intake.workbook_unreadable"},
		"no such sheet":        {"sheet: Other", workbook(t, map[string][][]any{"Data": {{"Id"}}}), "intake.sheet_unknown"},
		"thousands of columns": {"", []byte(strings.Repeat("a,", maxColumns+1) + "\n"), "intake.file_columns"},
	} {
		_, err := ReadTable(columns(t, c.file, "Id"), bytes.NewReader(c.raw))
		if got := codesOf(err); !slices.Contains(got, c.code) {
			t.Errorf("%s: got %v %v, want %s", name, got, err, c.code)
		}
	}
}

func TestRowsKnowTheLineAnEditorShows(t *testing.T) {
	table, err := ReadTable(columns(t, "skip: 2", "Id"), strings.NewReader("t\nt\nId,Day,People\n\"1\n1\",,\n\n2,,x\n"))
	if err != nil {
		t.Fatal(err)
	}
	if len(table.Rows) != 2 || table.Rows[0].Line != 4 || table.Rows[1].Line != 7 || table.Rows[1].N != 2 {
		t.Errorf("got %+v", table.Rows)
	}
}

// FuzzTable: whatever a file holds, it is read or refused, and every cell that
// is read stands in the file.
func FuzzTable(f *testing.F) {
	f.Add([]byte(plainFile), ",", "\"", 0)
	f.Add([]byte("Id|Day|People\n'a|''b'|c|d\n"), "|", "'", 1)
	f.Add(utf16le(plainFile), "tab", "none", 0)
	f.Add(workbook(f, map[string][][]any{"Data": {{"Id", "Day", "People"}, {1, 43597, "Ñ"}}}), "", "", 0)
	f.Fuzz(func(t *testing.T, raw []byte, delimiter, quote string, skip int) {
		m := columns(t, "", "Id")
		m.File = File{Delimiter: delimiter, Quote: quote, Skip: skip % 8}
		var bad Faults
		if m.checkFile(&bad); len(bad) > 0 {
			return
		}
		table, err := ReadTable(m, bytes.NewReader(raw))
		if err != nil {
			var faults Faults
			if !errors.As(err, &faults) {
				t.Errorf("no sentence for %v", err)
			}
			return
		}
		for _, r := range table.Rows {
			if r.blank() || r.N < 1 || r.Line < 1 {
				t.Errorf("a row of nothing: %+v", r)
			}
			l := row{Table: table, Record: r}
			if v := l.value("Id"); !slices.ContainsFunc(r.Cells, func(c string) bool { return strings.TrimSpace(c) == v }) && v != "" {
				t.Errorf("%q is no cell of %q", v, r.Cells)
			}
		}
	})
}
