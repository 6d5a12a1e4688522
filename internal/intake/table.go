package intake

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"
)

// The formats of files.
const (
	formatDelimited = "delimited"
	formatXLSX      = "xlsx"
)

// The bounds of a file, unpacked.
const (
	maxFile    = 256 << 20 // bytes
	maxColumns = 2000
)

// Table is a file as rows of named columns.
type Table struct {
	Columns []string // as the file writes them, trimmed; "" where it names none
	Rows    []Record

	index map[string]int // folded name → place
	twice map[string]bool
	short bool // rows may leave out empty cells at their end

	since1904 bool // numbers of days count from 1904
}

// Record is one row of a file that holds anything.
type Record struct {
	Line  int // where it stands in the file, from 1: what an editor or a spreadsheet shows
	N     int // which row of data it is, from 1
	Cells []string
}

// ReadTable reads a whole file as the mapping says: delimited text or a
// workbook, either of them packed by gzip or bzip2. What is wrong with the file
// as a whole comes back as Faults; then nothing of it can be taken.
func ReadTable(m *Mapping, r io.Reader) (*Table, error) { return readTable(m, r, maxFile) }

// readTable is ReadTable for a file of at most so many bytes, unpacked.
func readTable(m *Mapping, r io.Reader, most int) (*Table, error) {
	raw, err := unpacked(r, most)
	if err != nil {
		return nil, err
	}
	var (
		lines     []Record
		since1904 bool
	)
	book := m.File.Format == formatXLSX || m.File.Format == "" && bytes.HasPrefix(raw, []byte("PK\x03\x04"))
	if book {
		lines, since1904, err = readWorkbook(m.File, raw, int64(most))
	} else {
		lines, err = readDelimited(m.File, raw)
	}
	if err != nil {
		return nil, err
	}
	t, err := m.File.table(lines)
	if err != nil {
		return nil, err
	}
	t.short, t.since1904 = book, since1904
	return t, t.has(m)
}

// unpacked reads the file, through the packing that its first bytes tell.
func unpacked(r io.Reader, most int) ([]byte, error) {
	in := bufio.NewReader(r)
	head, _ := in.Peek(3) //nolint:errcheck // a shorter file is not packed
	r = in
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, fault("intake.file_packed")
		}
		r = z
	case bytes.Equal(head, []byte("BZh")):
		r = bzip2.NewReader(in)
	}
	raw, err := io.ReadAll(io.LimitReader(r, int64(most)+1))
	switch {
	case err != nil && r != io.Reader(in):
		return nil, fault("intake.file_packed")
	case err != nil:
		return nil, fmt.Errorf("read file: %w", err)
	case len(raw) > most:
		return nil, fault("intake.file_too_long", "Max", most>>20)
	}
	return raw, nil
}

// decoded is the file's text. Without a named encoding the byte-order mark
// tells, then whether it is UTF-8; what is not is read as Windows-1252, which
// Excel writes in both countries.
func decoded(name string, raw []byte) (string, error) {
	var enc encoding.Encoding
	switch {
	case name != "":
		var err error
		if enc, err = htmlindex.Get(name); err != nil {
			return "", fault("intake.mapping_value", "Where", "file.encoding")
		}
	case bytes.HasPrefix(raw, []byte{0xff, 0xfe}):
		enc = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case bytes.HasPrefix(raw, []byte{0xfe, 0xff}):
		enc = unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	case utf8.Valid(raw):
		enc = encoding.Nop
	default:
		enc = charmap.Windows1252
	}
	text, err := enc.NewDecoder().Bytes(raw)
	if err != nil {
		return "", fault("intake.file_encoding")
	}
	return strings.TrimPrefix(string(bytes.ToValidUTF8(text, []byte("\uFFFD"))), "\uFEFF"), nil
}

// table finds the header among the lines and leaves out what holds nothing.
func (f File) table(lines []Record) (*Table, error) {
	t := &Table{Columns: f.Columns}
	first := 0
	if f.Header != "" {
		first = slices.IndexFunc(lines, func(l Record) bool {
			return slices.ContainsFunc(l.Cells, func(c string) bool { return folded(c) == folded(f.Header) })
		})
		if first < 0 {
			return nil, fault("intake.header_not_found", "Column", f.Header)
		}
	}
	if len(t.Columns) == 0 {
		if first >= len(lines) {
			return nil, fault("intake.file_empty")
		}
		t.Columns = lines[first].Cells
		first++
	}
	if len(t.Columns) > maxColumns {
		return nil, fault("intake.file_columns", "Max", maxColumns)
	}
	t.Columns = slices.Clone(t.Columns)
	for i := range t.Columns {
		t.Columns[i] = strings.TrimSpace(t.Columns[i])
	}
	for _, l := range lines[min(first, len(lines)):] {
		if !l.blank() {
			l.N = len(t.Rows) + 1
			t.Rows = append(t.Rows, l)
		}
	}
	t.name()
	return t, nil
}

func (l Record) blank() bool {
	return !slices.ContainsFunc(l.Cells, func(c string) bool { return strings.TrimSpace(c) != "" })
}

func (t *Table) name() {
	t.index, t.twice = map[string]int{}, map[string]bool{}
	for i, c := range t.Columns {
		k := folded(c)
		if _, again := t.index[k]; again {
			t.twice[k] = true
			continue
		}
		if k != "" {
			t.index[k] = i
		}
	}
}

// has demands every column that the mapping reads, once.
func (t *Table) has(m *Mapping) error {
	var f Faults
	for _, c := range m.used() {
		k := folded(c)
		if _, ok := t.index[k]; !ok {
			f.add("intake.column_missing", "Column", c)
		} else if t.twice[k] {
			f.add("intake.column_twice", "Column", c)
		}
	}
	return f.err()
}

// Dropped lists the columns of the file that the mapping does not take, in the
// file's order: those it drops by name and those it does not speak of.
func (t *Table) Dropped(m *Mapping) []string {
	used := map[string]bool{}
	for _, c := range m.used() {
		used[folded(c)] = true
	}
	out := []string{}
	for _, c := range t.Columns {
		if c != "" && !used[folded(c)] && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// folded is the form in which names of columns and values are compared:
// capitals, spaces around and the way accents are composed do not count.
func folded(s string) string { return strings.ToLower(norm.NFC.String(strings.TrimSpace(s))) }
