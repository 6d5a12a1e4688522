package intake

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/insight"
	"golang.org/x/text/encoding/htmlindex"
)

// named is a field of the mapping with the place where it stands in the file.
type named struct {
	at    string
	field *Field
}

// fields lists every field of the mapping, in a fixed order.
func (m *Mapping) fields() []named {
	var out []named
	add := func(at string, f *Field) {
		if f != nil {
			out = append(out, named{at, f})
		}
	}
	if m.Date != nil {
		add("date", &m.Date.From)
	}
	if p := m.Place; p != nil {
		add("place.code", p.Code)
		add("place.name", p.Name)
		add("place.lat", p.Lat)
		add("place.lon", p.Lon)
	}
	for _, n := range slices.Sorted(maps.Keys(m.Counts)) {
		if m.Counts[n] != nil {
			add("counts."+n, &m.Counts[n].From)
		}
	}
	for _, n := range slices.Sorted(maps.Keys(m.By)) {
		add("by."+n, m.By[n])
	}
	if c := m.Case; c != nil {
		add("case.number", c.Number)
		add("case.title", c.Title)
	}
	if e := m.Event; e != nil {
		add("event.number", e.Number)
		add("event.group_size", e.GroupSize)
		add("event.mode", e.Mode)
	}
	if m.Person != nil {
		out = append(out, m.Person.fields()...)
	}
	return out
}

// check finds everything wrong with a mapping and compiles its filter.
func (m *Mapping) check() error {
	var f Faults
	if m.Version != 1 {
		f.add("intake.mapping_version")
	}
	f.keep(insight.CheckSource(m.Source))
	m.checkFile(&f)
	m.checkKey(&f)
	m.checkDates(&f)
	for _, n := range m.fields() {
		m.checkField(&f, n)
	}
	m.checkRows(&f)
	m.checkCodes(&f)
	m.checkMelt(&f)
	m.checkPlace(&f)
	switch m.Target {
	case TargetStatistics:
		m.checkStatistics(&f)
	case TargetCase:
		m.checkCase(&f)
	default:
		f.add("intake.mapping_target")
	}
	m.checkSensitive(&f)
	return f.err()
}

func (m *Mapping) checkFile(f *Faults) {
	c := m.File
	if !slices.Contains([]string{"", formatDelimited, formatXLSX}, c.Format) {
		f.add("intake.mapping_value", "Where", "file.format")
	}
	if c.Encoding != "" {
		if _, err := htmlindex.Get(c.Encoding); err != nil {
			f.add("intake.mapping_value", "Where", "file.encoding")
		}
	}
	if c.Delimiter != "" && c.Delimiter != "tab" && !oneRune(c.Delimiter) {
		f.add("intake.mapping_value", "Where", "file.delimiter")
	}
	if c.Quote != "" && c.Quote != "none" && !oneRune(c.Quote) || c.Quote != "" && c.Quote == c.Delimiter {
		f.add("intake.mapping_value", "Where", "file.quote")
	}
	if c.Skip < 0 || c.Skip > 0 && c.Header != "" || c.Header != "" && len(c.Columns) > 0 {
		f.add("intake.mapping_value", "Where", "file.skip, file.header, file.columns")
	}
	seen := map[string]bool{}
	for _, col := range c.Columns {
		if seen[folded(col)] || strings.TrimSpace(col) == "" {
			f.add("intake.mapping_value", "Where", "file.columns")
		}
		seen[folded(col)] = true
	}
}

func oneRune(s string) bool {
	r, n := utf8.DecodeRuneInString(s)
	return n == len(s) && r != '\n' && r != '\r' && r != utf8.RuneError
}

func (m *Mapping) checkKey(f *Faults) {
	if (len(m.Key.Columns) > 0) == m.Key.Row {
		f.add("intake.mapping_key")
	}
}

func (m *Mapping) checkDates(f *Faults) {
	check := func(at, zone, months string, layouts []string) {
		if _, err := time.LoadLocation(zone); err != nil || zone == "Local" {
			f.add("intake.mapping_value", "Where", at+".zone")
		}
		if months != "" && months != "es" {
			f.add("intake.mapping_value", "Where", at+".months")
		}
		for _, l := range layouts {
			if l != layoutExcel && precisionOf(l) == "" {
				f.add("intake.mapping_layout", "Where", at+".layouts", "Layout", l)
			}
		}
	}
	check("dates", m.Dates.Zone, m.Dates.Months, m.Dates.Layouts)
	for at, d := range m.dateFields() {
		check(at, d.Zone, d.Months, d.Layouts)
		if len(d.Layouts) == 0 && len(m.Dates.Layouts) == 0 {
			f.add("intake.mapping_needs", "Where", at+".layouts")
		}
		if d.FiscalStart < 0 || d.FiscalStart > 12 {
			f.add("intake.mapping_value", "Where", at+".fiscal_start")
		}
		if d.From.Codes != "" || len(d.From.Bands) > 0 {
			f.add("intake.mapping_value", "Where", at+".codes")
		}
	}
}

func (m *Mapping) dateFields() map[string]*Date {
	out := map[string]*Date{}
	if m.Date != nil {
		out["date"] = m.Date
	}
	if m.Person != nil && m.Person.Born != nil {
		out["person.born"] = m.Person.Born
	}
	return out
}

func (m *Mapping) checkField(f *Faults, n named) {
	ways := 0
	for _, given := range []bool{n.field.Column != "", len(n.field.Columns) > 0, n.field.Constant != ""} {
		if given {
			ways++
		}
	}
	if ways != 1 {
		f.add("intake.mapping_field", "Where", n.at)
	}
	if n.field.Codes != "" && m.Codes[n.field.Codes] == nil {
		f.add("intake.mapping_codes", "Where", n.at, "Codes", n.field.Codes)
	}
	for i, b := range n.field.Bands {
		last := i == len(n.field.Bands)-1
		if b.As == "" || b.Below == nil && !last || i > 0 && b.Below != nil && n.field.Bands[i-1].Below != nil && *b.Below <= *n.field.Bands[i-1].Below {
			f.add("intake.mapping_value", "Where", n.at+".bands")
			break
		}
	}
}

// checkRows checks what leaves rows out.
func (m *Mapping) checkRows(f *Faults) {
	for _, w := range m.Where {
		if w.Column == "" || len(w.In) == 0 && len(w.NotIn) == 0 {
			f.add("intake.mapping_value", "Where", "where")
		}
	}
	if m.Filter == "" {
		return
	}
	filter, err := compileFilter(m.Filter)
	if err != nil {
		f.keep(err)
		return
	}
	m.filter = filter
}

func (m *Mapping) checkCodes(f *Faults) {
	used := map[string]bool{}
	for _, n := range m.fields() {
		used[n.field.Codes] = true
	}
	for _, name := range slices.Sorted(maps.Keys(m.Codes)) {
		c := m.Codes[name]
		if c == nil || len(c.Values) == 0 && c.Otherwise == "" {
			f.add("intake.mapping_value", "Where", "codes."+name)
			continue
		}
		if !used[name] {
			f.add("intake.mapping_codes_unused", "Codes", name)
		}
		seen := map[string]string{}
		for from, to := range c.Values {
			if was, twice := seen[folded(from)]; twice && was != to {
				f.add("intake.mapping_value", "Where", "codes."+name)
			}
			seen[folded(from)] = to
		}
	}
}

func (m *Mapping) checkMelt(f *Faults) {
	t := m.Melt
	if t == nil {
		return
	}
	if len(t.Columns) == 0 || t.Name == "" || t.Value == "" || t.Name == t.Value {
		f.add("intake.mapping_value", "Where", "melt")
	}
	if m.Target == TargetCase {
		f.add("intake.mapping_value", "Where", "melt")
	}
}

func (m *Mapping) checkStatistics(f *Faults) {
	if m.Date == nil {
		f.add("intake.mapping_needs", "Where", "date")
	}
	if len(m.Counts) == 0 {
		f.add("intake.mapping_needs", "Where", "counts")
	}
	if m.Case != nil || m.Event != nil || m.Person != nil {
		f.add("intake.mapping_person_in_figures")
	}
	m.checkIdentity(f)
	for _, name := range slices.Concat(slices.Sorted(maps.Keys(m.Counts)), slices.Sorted(maps.Keys(m.By))) {
		f.keep(insight.CheckName(name))
	}
	for _, name := range slices.Sorted(maps.Keys(m.By)) {
		if m.By[name] == nil {
			f.add("intake.mapping_field", "Where", "by."+name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.Counts)) {
		c := m.Counts[name]
		if c == nil {
			f.add("intake.mapping_field", "Where", "counts."+name)
		} else if c.Thousands != "" && !thousandsForm.MatchString(c.Thousands) {
			f.add("intake.mapping_value", "Where", "counts."+name+".thousands")
		}
	}
}

func (m *Mapping) checkPlace(f *Faults) {
	if p := m.Place; p != nil && ((p.Scheme == "") != (p.Code == nil) || (p.Lat == nil) != (p.Lon == nil)) {
		f.add("intake.mapping_value", "Where", "place")
	}
}

var thousandsForm = regexp.MustCompile(`^[,.' ]$`)

func (m *Mapping) checkCase(f *Faults) {
	if len(m.Counts) > 0 || len(m.By) > 0 {
		f.add("intake.mapping_figures_in_case")
	}
	if m.Case == nil || m.Case.Number == nil {
		f.add("intake.mapping_needs", "Where", "case.number")
	}
	if m.Person == nil {
		f.add("intake.mapping_needs", "Where", "person")
		return
	}
	if m.Person.Role == nil {
		f.add("intake.mapping_needs", "Where", "person.role")
	}
	if m.Person.Source == nil {
		f.add("intake.mapping_needs", "Where", "person.source")
	}
	for _, scheme := range slices.Sorted(maps.Keys(m.Person.Identifiers)) {
		name, _, _ := strings.Cut(scheme, "/") // passport/MX
		if !slices.Contains(casefile.Schemes(), name) || m.Person.Identifiers[scheme] == nil {
			f.add("intake.mapping_value", "Where", "person.identifiers."+scheme)
		}
	}
	m.checkEvent(f)
}

// checkEvent checks what a case is told of an event: it has a date and says
// how, or there is none.
func (m *Mapping) checkEvent(f *Faults) {
	if m.Date == nil && m.Event == nil && m.Place == nil {
		return
	}
	if m.Date == nil {
		f.add("intake.mapping_needs", "Where", "date")
	}
	if m.Event == nil || m.Event.Mode == nil {
		f.add("intake.mapping_needs", "Where", "event.mode")
	}
	if p := m.Place; p != nil && p.Lat != nil && p.Uncertainty < 1 {
		f.add("intake.mapping_needs", "Where", "place.uncertainty_m")
	}
}

// checkSensitive refuses a mapping that takes in, under whatever name, what
// the programme must not know people by: complexion, ethnicity, belief, flags
// of immigration enforcement. Such columns can only be dropped.
func (m *Mapping) checkSensitive(f *Faults) {
	for _, col := range m.used() {
		if id, found := insight.Sensitive(col); found {
			f.add("intake.mapping_sensitive", "Column", col, "Attribute", id)
		}
		if _, dropped := m.Drop[col]; dropped {
			f.add("intake.mapping_dropped_and_used", "Column", col)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.Codes)) {
		if id, found := insight.Sensitive(name); found {
			f.add("intake.mapping_sensitive", "Column", name, "Attribute", id)
		}
	}
}

// checkIdentity refuses figures that are made of who somebody is. A row may be
// named by it, since the node keeps a digest of the key alone, and left out by
// it.
func (m *Mapping) checkIdentity(f *Faults) {
	var cols []string
	for _, n := range m.fields() {
		cols = append(cols, n.field.columns()...)
	}
	if m.Melt != nil {
		cols = append(cols, m.Melt.Columns...)
	}
	slices.Sort(cols)
	for _, col := range slices.Compact(cols) {
		if id, found := insight.Identifies(col); found {
			f.add("intake.mapping_sensitive", "Column", col, "Attribute", id)
		}
	}
}
