package intake

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"go.yaml.in/yaml/v3"
)

// The two things that a file can be read into.
const (
	TargetStatistics = "statistics" // events and counts; no person is made
	TargetCase       = "case"       // people with a role and a source, in cases
)

// Mapping says how a file is read. docs/import.md describes every field.
type Mapping struct {
	Version int    `yaml:"oasiss_import"` // of this language: 1
	Source  string `yaml:"source"`        // id under which keys are unique
	Target  string `yaml:"target"`
	Title   string `yaml:"title"` // for people; free

	File   File              `yaml:"file"`
	Key    Key               `yaml:"key"`
	Filter string            `yaml:"filter"` // CEL over row["column"]
	Where  []Where           `yaml:"where"`  // simple conditions, all of which must hold
	Codes  map[string]*Codes `yaml:"codes"`
	Melt   *Melt             `yaml:"melt"`
	Drop   map[string]string `yaml:"drop"` // column → why it is not taken
	Dates  Dates             `yaml:"dates"`
	Date   *Date             `yaml:"date"`
	Place  *Place            `yaml:"place"`
	Counts map[string]*Count `yaml:"counts"`
	By     map[string]*Field `yaml:"by"`
	Case   *CaseFields       `yaml:"case"`
	Event  *EventFields      `yaml:"event"`
	Person *PersonFields     `yaml:"person"`

	filter *filter
}

// File says how the bytes become rows of columns.
type File struct {
	Format    string   `yaml:"format"`    // delimited or xlsx; found out when empty
	Encoding  string   `yaml:"encoding"`  // utf-8, utf-16le, windows-1252…; found out when empty
	Delimiter string   `yaml:"delimiter"` // one character, or "tab"; a comma when empty
	Quote     string   `yaml:"quote"`     // one character, or "none"; a double quote when empty
	Skip      int      `yaml:"skip"`      // lines before the header
	Header    string   `yaml:"header"`    // a column by which the header line is found, instead of skip
	Columns   []string `yaml:"columns"`   // names, when the file has no header line
	Sheet     string   `yaml:"sheet"`     // of a workbook; the first when empty
}

// Key names a row in its source.
type Key struct {
	Columns []string `yaml:"columns"` // whose values together name the row
	Row     bool     `yaml:"row"`     // or: the file's name and the row's number
	File    string   `yaml:"file"`    // name to use instead of the file's own
}

// Where is a simple condition on one column.
type Where struct {
	Column string   `yaml:"column"`
	In     []string `yaml:"in"`
	NotIn  []string `yaml:"not_in"`
}

// Codes turns the values of a source into codes.
type Codes struct {
	Values    map[string]string `yaml:"values"`
	Otherwise string            `yaml:"otherwise"` // refuse (when empty), keep, drop, or a code
}

// Melt turns one line with many count columns into one row for each column.
type Melt struct {
	Columns []string `yaml:"columns"`
	Name    string   `yaml:"name"`  // of the new column that holds the old column's name
	Value   string   `yaml:"value"` // of the new column that holds its value
}

// Dates are the ways in which the file writes dates, for all dates of the
// mapping that do not say their own.
type Dates struct {
	Layouts []string `yaml:"layouts"` // as Go writes them; "excel" for a workbook's numbers
	Zone    string   `yaml:"zone"`    // IANA name; needed where a time of day is stated
	Months  string   `yaml:"months"`  // es: month names are Spanish
}

// Date says when something happened: one column, several joined, or a year and
// a month, also of a fiscal year.
type Date struct {
	From        Field
	Layouts     []string
	Zone        string
	Months      string
	FiscalStart int // first month of the fiscal year that the date names
}

// Place says where.
type Place struct {
	Scheme string `yaml:"scheme"`
	Code   *Field `yaml:"code"`
	Name   *Field `yaml:"name"`
	Lat    *Field `yaml:"lat"`
	Lon    *Field `yaml:"lon"`
	// Uncertainty of the coordinates in metres; a case needs it, figures do not.
	Uncertainty int `yaml:"uncertainty_m"`
}

// Count is something counted.
type Count struct {
	From      Field
	Required  bool   // a row without it is refused
	Thousands string // separator; a comma when empty
}

// UnmarshalYAML takes a plain word as the name of a column.
func (d *Date) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		d.From.Column = n.Value
		return nil
	}
	var plain struct {
		Field       plainField `yaml:",inline"`
		Layouts     []string   `yaml:"layouts"`
		Zone        string     `yaml:"zone"`
		Months      string     `yaml:"months"`
		FiscalStart int        `yaml:"fiscal_start"`
	}
	if err := strictly(n, &plain); err != nil {
		return err
	}
	*d = Date{Field(plain.Field), plain.Layouts, plain.Zone, plain.Months, plain.FiscalStart}
	return nil
}

// UnmarshalYAML takes a plain word as the name of a column.
func (c *Count) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		c.From.Column = n.Value
		return nil
	}
	var plain struct {
		Field     plainField `yaml:",inline"`
		Required  bool       `yaml:"required"`
		Thousands string     `yaml:"thousands"`
	}
	if err := strictly(n, &plain); err != nil {
		return err
	}
	*c = Count{Field(plain.Field), plain.Required, plain.Thousands}
	return nil
}

// CaseFields say which case a row belongs to: rows of the same number are one
// case.
type CaseFields struct {
	Number *Field `yaml:"number"`
	Title  *Field `yaml:"title"`
}

// EventFields say more of the event that a row's person belongs to, besides the
// mapping's date and place. Rows of one case with the same number are one
// event; without a number, those that say the same.
type EventFields struct {
	Number    *Field `yaml:"number"`
	GroupSize *Field `yaml:"group_size"`
	Mode      *Field `yaml:"mode"`
}

// PersonFields are what a case can be told of a person. The list is closed:
// what is not on it cannot be imported.
type PersonFields struct {
	Role        *Field            `yaml:"role"`
	Function    *Field            `yaml:"function"`
	Source      *Field            `yaml:"source"`
	Reference   *Field            `yaml:"reference"` // the source's own, sealed
	AsRecorded  *Field            `yaml:"as_recorded"`
	Given       *Field            `yaml:"given"`
	Particle    *Field            `yaml:"particle"`
	Paterno     *Field            `yaml:"paterno"`
	Materno     *Field            `yaml:"materno"`
	Alias       *Field            `yaml:"alias"`
	Born        *Date             `yaml:"born"`
	Sex         *Field            `yaml:"sex"`
	Nationality *Field            `yaml:"nationality"`
	Identifiers map[string]*Field `yaml:"identifiers"`
}

// maxMapping bounds a mapping file.
const maxMapping = 1 << 20

// ReadMapping reads and checks a mapping. What is wrong with it comes back as
// Faults, each a sentence for the person who wrote it.
func ReadMapping(r io.Reader) (*Mapping, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxMapping+1))
	if err != nil {
		return nil, fmt.Errorf("read mapping: %w", err)
	}
	if len(raw) > maxMapping {
		return nil, fault("intake.mapping_too_long")
	}
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	var m Mapping
	if err := dec.Decode(&m); err != nil {
		return nil, fault("intake.mapping_unreadable", "Where", err.Error())
	}
	if err := dec.Decode(new(yaml.Node)); err != io.EOF {
		return nil, fault("intake.mapping_unreadable", "Where", "---")
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	return &m, nil
}

// used lists every column of the file that the mapping reads, in no order.
func (m *Mapping) used() []string {
	var cols []string
	for _, f := range m.fields() {
		cols = append(cols, f.field.columns()...)
	}
	cols = append(cols, m.Key.Columns...)
	for _, w := range m.Where {
		cols = append(cols, w.Column)
	}
	if m.filter != nil {
		cols = append(cols, m.filter.columns...)
	}
	if m.Melt != nil {
		cols = slices.DeleteFunc(cols, func(c string) bool { return c == m.Melt.Name || c == m.Melt.Value })
		cols = append(cols, m.Melt.Columns...)
	}
	slices.Sort(cols)
	return slices.Compact(cols)
}
