package intake

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/insight"
	"github.com/oasiss/oasiss/internal/refusal"
)

// row is one row of a table by column name: a line. A row of a melted line has
// two columns of its own.
type row struct {
	*Table
	Record
	melted map[string]string // folded name → value; nil if not melted
}

// value implements line.
func (r row) value(column string) string {
	k := folded(column)
	if v, ok := r.melted[k]; ok {
		return v
	}
	i, ok := r.index[k]
	if !ok || i >= len(r.Cells) {
		return ""
	}
	return strings.TrimSpace(r.Cells[i])
}

// whole refuses a row that has lost cells or has some too many: its values
// would stand under the wrong columns.
func (r row) whole() error {
	n := len(r.Cells)
	if n < len(r.Columns) && !r.short {
		return refusal.New("intake.row_short", "Cells", n, "Columns", len(r.Columns))
	}
	for _, c := range r.Cells[min(n, len(r.Columns)):] {
		if strings.TrimSpace(c) != "" {
			return refusal.New("intake.row_long", "Cells", n, "Columns", len(r.Columns))
		}
	}
	return nil
}

// rows are the rows that one record of the file stands for: itself, or one for
// each melted column.
func (m *Mapping) rows(t *Table, rec Record) []row {
	if m.Melt == nil {
		return []row{{Table: t, Record: rec}}
	}
	out := make([]row, 0, len(m.Melt.Columns))
	plain := row{Table: t, Record: rec}
	for _, c := range m.Melt.Columns {
		out = append(out, row{t, rec, map[string]string{folded(m.Melt.Name): c, folded(m.Melt.Value): plain.value(c)}})
	}
	return out
}

// keyPart writes a value so that no two lists of values join to the same key.
var keyPart = strings.NewReplacer(`\`, `\\`, `|`, `\|`).Replace

// key is what names a row in its source.
func (m *Mapping) key(r row, file string) (string, error) {
	var parts []string
	if m.Key.Row {
		if m.Key.File != "" {
			file = m.Key.File
		}
		parts = []string{keyPart(file), strconv.Itoa(r.N)}
	} else {
		stated := false
		for _, c := range m.Key.Columns {
			v := r.value(c)
			stated = stated || v != ""
			parts = append(parts, keyPart(v))
		}
		if !stated {
			return "", refusal.New("intake.key_missing", "Column", strings.Join(m.Key.Columns, ", "))
		}
	}
	if m.Melt != nil && !slices.Contains(m.Key.Columns, m.Melt.Name) {
		parts = append(parts, keyPart(r.value(m.Melt.Name)))
	}
	key := strings.Join(parts, "|")
	if len(key) > maxKey {
		return "", refusal.New("intake.key", "Max", maxKey)
	}
	return key, nil
}

// figure reads a row as an event or count. day is the mapping's date.
func (m *Mapping) figure(day *dateReader, l line, key string) (insight.Row, error) {
	out := insight.Row{Key: key, Counts: map[string]int64{}}
	when, err := day.read(l)
	if err != nil {
		return out, err
	}
	if when.on == "" {
		return out, refusal.New("intake.date_missing", "Column", day.from.name())
	}
	out.On, out.At = when.on, when.at
	if out.Place, err = m.placeOf(l); err != nil {
		return out, err
	}
	for _, name := range slices.Sorted(maps.Keys(m.Counts)) {
		n, stated, err := m.Counts[name].read(m, l)
		if err != nil {
			return out, err
		}
		if stated {
			out.Counts[name] = n
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.By)) {
		v, err := m.By[name].read(m, l)
		if err != nil {
			return out, err
		}
		if v == "" {
			continue
		}
		if out.By == nil {
			out.By = map[string]string{}
		}
		out.By[name] = v
	}
	return out, out.Check()
}

// read reads a whole number; false where none is stated.
func (c *Count) read(m *Mapping, l line) (int64, bool, error) {
	v, err := c.From.read(m, l)
	if err != nil {
		return 0, false, err
	}
	if v == "" {
		if c.Required {
			return 0, false, refusal.New("intake.count_missing", "Column", c.From.name())
		}
		return 0, false, nil
	}
	sep := c.Thousands
	if sep == "" {
		sep = ","
	}
	n, err := strconv.ParseInt(ungrouped(v, sep), 10, 64)
	if err != nil {
		return 0, false, refusal.New("intake.not_a_number", "Column", c.From.name())
	}
	return n, true, nil
}

// ungrouped takes separators of thousands out of a number, and the empty
// decimals that spreadsheets write. What is grouped otherwise stays as it is,
// and is then no number.
func ungrouped(v, sep string) string {
	if sep != "." {
		if whole, decimals, ok := strings.Cut(v, "."); ok && strings.Trim(decimals, "0") == "" {
			v = whole
		}
	}
	groups := strings.Split(v, sep)
	for i, g := range groups {
		if i > 0 && len(g) != 3 || i == 0 && len(groups) > 1 && len(strings.TrimPrefix(g, "-")) > 3 {
			return v
		}
	}
	return strings.Join(groups, "")
}

// placeOf reads where.
func (m *Mapping) placeOf(l line) (insight.Place, error) {
	var p insight.Place
	if m.Place == nil {
		return p, nil
	}
	var err error
	if p.Code, err = m.Place.Code.read(m, l); err != nil {
		return p, err
	}
	if p.Code != "" {
		p.Scheme = m.Place.Scheme
	}
	if p.Name, err = m.Place.Name.read(m, l); err != nil {
		return p, err
	}
	if p.Lat, err = degrees(m, m.Place.Lat, l); err != nil {
		return p, err
	}
	p.Lon, err = degrees(m, m.Place.Lon, l)
	return p, err
}

func degrees(m *Mapping, f *Field, l line) (*float64, error) {
	v, err := f.read(m, l)
	if err != nil || v == "" {
		return nil, err
	}
	n, err := strconv.ParseFloat(v, 64)
	if err != nil {
		return nil, refusal.New("intake.not_a_number", "Column", f.name())
	}
	return &n, nil
}

// person reads a row as a person of a case.
func (m *Mapping) person(day, born *dateReader, l line, key string) (out Row, err error) {
	out.Key = key
	read := func(into *string, f *Field) {
		if err == nil {
			*into, err = f.read(m, l)
		}
	}
	p := m.Person
	read(&out.Case, m.Case.Number)
	read(&out.Title, m.Case.Title)
	read(&out.Role.Role, p.Role)
	read(&out.Role.Function, p.Function)
	read(&out.Role.Source, p.Source)
	read(&out.Role.Reference, p.Reference)
	read(&out.Person.AsRecorded, p.AsRecorded)
	read(&out.Person.Given, p.Given)
	read(&out.Person.Particle, p.Particle)
	read(&out.Person.Paterno, p.Paterno)
	read(&out.Person.Materno, p.Materno)
	read(&out.Person.Sex, p.Sex)
	for _, f := range []struct {
		field *Field
		into  *[]string
	}{{p.Alias, &out.Person.Aliases}, {p.Nationality, &out.Person.Nationalities}} {
		var v string
		if read(&v, f.field); v != "" {
			*f.into = []string{v}
		}
	}
	for _, scheme := range slices.Sorted(maps.Keys(p.Identifiers)) {
		var v string
		if read(&v, p.Identifiers[scheme]); v != "" {
			out.Person.Identifiers = append(out.Person.Identifiers, scheme+"="+v)
		}
	}
	if err != nil {
		return out, err
	}
	birth, err := born.read(l)
	if err != nil {
		return out, err
	}
	out.Person.Birth = birth.on
	if out.Event, err = m.eventOf(day, l); err != nil {
		return out, err
	}
	return out, out.Check()
}

// eventOf reads what happened; nil where the row states no date.
func (m *Mapping) eventOf(day *dateReader, l line) (*casefile.EventFields, error) {
	when, err := day.read(l)
	if err != nil || when.on == "" {
		return nil, err
	}
	e := &casefile.EventFields{When: when.on}
	if day.zoned {
		e.Zone = day.loc.String()
	}
	if !when.at.IsZero() {
		e.When = when.at.Format(time.RFC3339)
	}
	p, err := m.placeOf(l)
	if err != nil {
		return nil, err
	}
	if p.Code != "" {
		e.Place = p.Scheme + ":" + p.Code
	}
	e.PlaceName = p.Name
	if p.Lat != nil && p.Lon != nil {
		e.Lat, e.Lon, e.Uncertainty = p.Lat, p.Lon, m.Place.Uncertainty
	}
	if e.Mode, err = m.Event.Mode.read(m, l); err != nil {
		return nil, err
	}
	if e.Reference, err = m.Event.Number.read(m, l); err != nil {
		return nil, err
	}
	size, err := m.Event.GroupSize.read(m, l)
	if err != nil || size == "" {
		return e, err
	}
	if e.Group, err = strconv.Atoi(ungrouped(size, ",")); err != nil {
		return nil, refusal.New("intake.not_a_number", "Column", m.Event.GroupSize.name())
	}
	return e, nil
}
