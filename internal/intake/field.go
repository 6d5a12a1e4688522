package intake

import (
	"strconv"
	"strings"

	"github.com/oasiss/oasiss/internal/refusal"
	"go.yaml.in/yaml/v3"
)

// Field says where a value comes from and what becomes of it. In a mapping, a
// plain word stands for {column: word}.
type Field struct {
	Column   string   `yaml:"column"`
	Columns  []string `yaml:"columns"`  // several, joined; empty ones are left out
	Join     string   `yaml:"join"`     // between them; a space when empty
	Constant string   `yaml:"constant"` // the same for every row
	Missing  []string `yaml:"missing"`  // values that mean "not stated"
	Codes    string   `yaml:"codes"`    // name of a value map
	Bands    []Band   `yaml:"bands"`    // a number's ranges
	Default  string   `yaml:"default"`  // where nothing is stated
}

// Band is a range of numbers: those below Below, and not in an earlier band.
// The last band may leave Below out.
type Band struct {
	Below *int   `yaml:"below"`
	As    string `yaml:"as"`
}

// UnmarshalYAML takes a plain word as the name of a column. The other fields
// stay checked for unknown names.
func (f *Field) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		f.Column = n.Value
		return nil
	}
	return strictly(n, (*plainField)(f))
}

// plainField is a Field that is read without the shorthand of a plain word.
type plainField Field

// columns are the columns that the field reads.
func (f *Field) columns() []string {
	if f == nil {
		return nil
	}
	if f.Column != "" {
		return []string{f.Column}
	}
	return f.Columns
}

// line is one row of the file by column name, already trimmed.
type line interface {
	value(column string) string
}

// raw is the value before codes and bands.
func (f *Field) raw(l line) string {
	switch {
	case f.Column != "":
		return f.stated(l.value(f.Column))
	case len(f.Columns) > 0:
		var parts []string
		for _, c := range f.Columns {
			if v := f.stated(l.value(c)); v != "" {
				parts = append(parts, v)
			}
		}
		return strings.Join(parts, f.joint())
	}
	return f.Constant
}

func (f *Field) joint() string {
	if f.Join == "" {
		return " "
	}
	return f.Join
}

// stated empties a value that the source uses for "not stated".
func (f *Field) stated(v string) string {
	for _, m := range f.Missing {
		if folded(v) == folded(m) {
			return ""
		}
	}
	return v
}

// read gives the field's value for a row: "" where nothing is stated, a
// refusal where what is stated is not known.
func (f *Field) read(m *Mapping, l line) (string, error) {
	if f == nil {
		return "", nil
	}
	v := f.raw(l)
	var err error
	if v != "" && f.Codes != "" {
		if v, err = m.Codes[f.Codes].code(v, f.name()); err != nil {
			return "", err
		}
	}
	if v != "" && len(f.Bands) > 0 {
		if v, err = f.band(v); err != nil {
			return "", err
		}
	}
	if v == "" {
		v = f.Default
	}
	return v, nil
}

// name is the column to speak of in a refusal.
func (f *Field) name() string { return strings.Join(f.columns(), ", ") }

func (f *Field) band(v string) (string, error) {
	n, err := strconv.Atoi(strings.TrimSuffix(v, ".0"))
	if err != nil {
		return "", refusal.New("intake.not_a_number", "Column", f.name())
	}
	for _, b := range f.Bands {
		if b.Below == nil || n < *b.Below {
			return b.As, nil
		}
	}
	return "", refusal.New("intake.out_of_bands", "Column", f.name())
}

// The words of Codes.Otherwise that are not a code.
const (
	otherwiseRefuse = "refuse"
	otherwiseKeep   = "keep"
	otherwiseDrop   = "drop"
)

// code looks a value up; capitals, accents of composition and spaces around do
// not count.
func (c *Codes) code(v, column string) (string, error) {
	if code, ok := c.Values[v]; ok {
		return code, nil
	}
	want := folded(v)
	for from, code := range c.Values {
		if folded(from) == want {
			return code, nil
		}
	}
	switch c.Otherwise {
	case "", otherwiseRefuse:
		return "", refusal.New("intake.unknown_code", "Column", column)
	case otherwiseKeep:
		return v, nil
	case otherwiseDrop:
		return "", nil
	}
	return c.Otherwise, nil
}
