package intake

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/refusal"
)

// figures is the shortest mapping for statistics; people for cases.
const (
	figures = "oasiss_import: 1\nsource: test\ntarget: statistics\nkey: {columns: [Id]}\ndates: {layouts: [\"2006-01-02\"]}\ndate: Day\ncounts: {people: People}\n"
	people  = "oasiss_import: 1\nsource: test\ntarget: case\nkey: {columns: [Id]}\ncase: {number: Case}\nperson: {role: Role, source: Basis, given: Name}\n"
)

func codesOf(err error) (out []string) {
	var f Faults
	if errors.As(err, &f) {
		for _, one := range f {
			if no, ok := refusal.As(one); ok {
				out = append(out, no.Code)
			}
		}
	}
	return out
}

func TestTheLinterRefusesMappingsThatCannotBeMeant(t *testing.T) {
	for name, c := range map[string]struct{ text, code string }{
		"figures":                       {figures, ""},
		"people":                        {people, ""},
		"nothing":                       {"", "intake.mapping_unreadable"},
		"not YAML":                      {"a: [", "intake.mapping_unreadable"},
		"two documents":                 {figures + "---\na: b\n", "intake.mapping_unreadable"},
		"a field the language has not":  {figures + "colour: x\n", "intake.mapping_unreadable"},
		"one within a field":            {figures + "by: {sex: {colum: x}}\n", "intake.mapping_unreadable"},
		"one within a count":            {figures + "melt: {colums: [x]}\n", "intake.mapping_unreadable"},
		"no version":                    {strings.Replace(figures, "oasiss_import: 1\n", "", 1), "intake.mapping_version"},
		"another version":               {strings.Replace(figures, "import: 1", "import: 2", 1), "intake.mapping_version"},
		"no source":                     {strings.Replace(figures, "source: test", "source: My Source", 1), "insight.source"},
		"no target":                     {strings.Replace(figures, "target: statistics", "target: people", 1), "intake.mapping_target"},
		"no key":                        {strings.Replace(figures, "columns: [Id]", "", 1), "intake.mapping_key"},
		"two keys":                      {strings.Replace(figures, "columns: [Id]", "columns: [Id], row: true", 1), "intake.mapping_key"},
		"no date":                       {strings.Replace(figures, "date: Day\n", "", 1), "intake.mapping_needs"},
		"no way of writing dates":       {strings.Replace(figures, `layouts: ["2006-01-02"]`, "", 1), "intake.mapping_needs"},
		"a layout without a year":       {strings.Replace(figures, "2006-01-02", "01-02", 1), "intake.mapping_layout"},
		"a layout of nonsense":          {strings.Replace(figures, "2006-01-02", "DD/MM/YYYY", 1), "intake.mapping_layout"},
		"an unknown zone":               {strings.Replace(figures, "dates: {", "dates: {zone: Mars/Base, ", 1), "intake.mapping_value"},
		"the zone of this machine":      {strings.Replace(figures, "dates: {", "dates: {zone: Local, ", 1), "intake.mapping_value"},
		"no count":                      {strings.Replace(figures, "counts: {people: People}", "counts: {}", 1), "intake.mapping_needs"},
		"a count from nowhere":          {strings.Replace(figures, "people: People", "people: {required: true}", 1), "intake.mapping_field"},
		"a count from two places":       {strings.Replace(figures, "people: People", "people: {column: A, constant: \"1\"}", 1), "intake.mapping_field"},
		"a count of no name":            {strings.Replace(figures, "people: People", "Number of people: People", 1), "insight.name"},
		"a breakdown from nowhere":      {figures + "by: {sex: }\n", "intake.mapping_field"},
		"codes that are not there":      {figures + "by: {sex: {column: Sex, codes: sexes}}\n", "intake.mapping_codes"},
		"codes that nobody uses":        {figures + "codes: {sexes: {values: {F: f}}}\n", "intake.mapping_codes_unused"},
		"codes that say two things":     {figures + "by: {sex: {column: Sex, codes: s}}\ncodes: {s: {values: {F: f, f: m}}}\n", "intake.mapping_value"},
		"bands out of order":            {figures + "by: {age: {column: Age, bands: [{below: 18, as: a}, {below: 12, as: b}]}}\n", "intake.mapping_value"},
		"a band without a bound first":  {figures + "by: {age: {column: Age, bands: [{as: a}, {below: 12, as: b}]}}\n", "intake.mapping_value"},
		"a place without its scheme":    {figures + "place: {code: Sector}\n", "intake.mapping_value"},
		"half a position":               {figures + "place: {lat: Latitude}\n", "intake.mapping_value"},
		"a filter that is no CEL":       {figures + "filter: row[\n", "intake.filter_unreadable"},
		"a filter that is no question":  {figures + "filter: row[\"A\"]\n", "intake.filter_not_yes_or_no"},
		"a filter over computed names":  {figures + "filter: row[\"A\" + \"B\"] == \"x\"\n", "intake.filter_columns"},
		"a filter over every column":    {figures + "filter: size(row) > 3\n", "intake.filter_columns"},
		"a filter over nothing":         {figures + "filter: \"true\"\n", "intake.filter_columns"},
		"a condition on nothing":        {figures + "where: [{column: A}]\n", "intake.mapping_value"},
		"an unknown encoding":           {figures + "file: {encoding: klingon}\n", "intake.mapping_value"},
		"an unknown format":             {figures + "file: {format: pdf}\n", "intake.mapping_value"},
		"a separator of two characters": {figures + "file: {delimiter: \"||\"}\n", "intake.mapping_value"},
		"a quote that separates":        {figures + "file: {delimiter: \"|\", quote: \"|\"}\n", "intake.mapping_value"},
		"two ways to the header":        {figures + "file: {skip: 2, header: A}\n", "intake.mapping_value"},
		"one column named twice":        {figures + "file: {columns: [A, a]}\n", "intake.mapping_value"},
		"people in figures":             {figures + "person: {role: R, source: S}\n", "intake.mapping_person_in_figures"},
		"figures in cases":              {people + "counts: {people: P}\n", "intake.mapping_figures_in_case"},
		"people without a case":         {strings.Replace(people, "case: {number: Case}\n", "", 1), "intake.mapping_needs"},
		"people without a role":         {strings.Replace(people, "role: Role, ", "", 1), "intake.mapping_needs"},
		"people without a source":       {strings.Replace(people, "source: Basis, ", "", 1), "intake.mapping_needs"},
		"an identifier of no scheme":    {strings.Replace(people, "given: Name", "identifiers: {ssn: SSN}", 1), "intake.mapping_value"},
		"a person's complexion":         {strings.Replace(people, "given: Name", "complexion: C", 1), "intake.mapping_unreadable"},
		"an event without a date":       {people + "event: {mode: How}\n", "intake.mapping_needs"},
		"an event that says not how":    {people + "dates: {layouts: [\"2006\"]}\ndate: Day\n", "intake.mapping_needs"},
		"a position without its doubt":  {people + "dates: {layouts: [\"2006\"]}\ndate: Day\nevent: {mode: How}\nplace: {lat: A, lon: B}\n", "intake.mapping_needs"},
		"people out of columns":         {people + "melt: {columns: [A], name: n, value: v}\n", "intake.mapping_value"},
		"melting into one column":       {figures + "melt: {columns: [A], name: n, value: n}\n", "intake.mapping_value"},
		"a column dropped and used":     {figures + "drop: {People: no}\n", "intake.mapping_dropped_and_used"},
	} {
		_, err := ReadMapping(strings.NewReader(c.text))
		got := codesOf(err)
		if c.code == "" && err != nil || c.code != "" && !slices.Contains(got, c.code) {
			t.Errorf("%s: got %v %v, want %q", name, got, err, c.code)
		}
		for _, l := range i18n.Languages() {
			var f Faults
			errors.As(err, &f)
			for _, s := range f.In(l) {
				if s == "" || strings.Contains(s, "<no value>") || strings.Contains(s, "refusal.") {
					t.Errorf("%s: says %q in %s", name, s, l)
				}
			}
		}
	}
}

// What people must not be known by can be mapped by no way round.
func TestSensitiveColumnsCannotBeMapped(t *testing.T) {
	for name, text := range map[string]string{
		"as a breakdown":        figures + "by: {shade: COMPLEXION}\n",
		"under its own name":    figures + "by: {complexion: A}\n",
		"joined with another":   figures + "by: {looks: {columns: [Sex, HAIR_COLOR], join: /}}\n",
		"as a count":            strings.Replace(figures, "people: People", "people: {column: DEPORTABLE, codes: c}", 1) + "codes: {c: {values: {Y: \"1\", N: \"0\"}}}\n",
		"as a condition":        figures + "where: [{column: CRIMINAL_ALIEN, in: [Y]}]\n",
		"in the filter":         figures + "filter: row[\"EYE_COLOR\"] == \"BRO\"\n",
		"in the filter, dotted": figures + "filter: row.EYE_COLOR == \"BRO\"\n",
		"in the key":            strings.Replace(figures, "columns: [Id]", "columns: [Id, Color de Piel]", 1),
		"by melting":            figures + "melt: {columns: [Skin dark, Skin light], name: n, value: v}\nby: {kind: n}\n",
		"as the place":          figures + "place: {name: Ethnic group}\n",
		"as a person's alias":   strings.Replace(people, "given: Name", "alias: Tattoos", 1),
		"as the case's title":   strings.Replace(people, "number: Case", "number: Case, title: Religion", 1),
		"as the source's note":  strings.Replace(people, "given: Name", "reference: Immigration status", 1),
	} {
		_, err := ReadMapping(strings.NewReader(text))
		if got := codesOf(err); !slices.Contains(got, "intake.mapping_sensitive") && !slices.Contains(got, "insight.sensitive") {
			t.Errorf("%s: got %v %v", name, got, err)
		}
	}
}

func TestAllFaultsAreSaidAtOnceInBothLanguages(t *testing.T) {
	_, err := ReadMapping(strings.NewReader("oasiss_import: 7\nsource: test\ntarget: statistics\nby: {shade: COMPLEXION}\n"))
	var f Faults
	if !errors.As(err, &f) || len(f) < 4 {
		t.Fatalf("got %v", err)
	}
	if s := strings.Join(f.In(i18n.Spanish), "\n"); !strings.Contains(s, "“COMPLEXION” se refiere a la complexión o el color de piel y no se puede mapear.") {
		t.Errorf("in Spanish: %s", s)
	}
	if s := strings.Join(f.In(i18n.English), "\n"); !strings.Contains(s, "List it under drop.") {
		t.Errorf("in English: %s", s)
	}
}

func TestShippedMappingsPassTheLinter(t *testing.T) {
	for _, name := range []string{"cbp-individual.yaml", "missing-migrants.yaml", "case-people.yaml", "htcds.yaml"} {
		shipped(t, name)
	}
}

// FuzzMapping: whatever a mapping says, it is read or its faults are said; and
// none that is read takes what must not be taken.
func FuzzMapping(f *testing.F) {
	f.Add([]byte(figures))
	f.Add([]byte(people))
	f.Add([]byte(figures + "by: {age: {column: Age, bands: [{below: 18, as: a}, {as: b}]}}\nfilter: row[\"A\"].startsWith(\"x\")\n"))
	f.Add([]byte(figures + "melt: {columns: [A, B], name: n, value: v}\nfile: {delimiter: tab, quote: none, skip: 3}\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := ReadMapping(strings.NewReader(string(raw)))
		if err != nil {
			var faults Faults
			if !errors.As(err, &faults) || len(faults.In(i18n.Spanish)) == 0 {
				t.Errorf("no sentence for %v", err)
			}
			return
		}
		for _, c := range m.used() {
			for _, w := range []string{"COMPLEXION", "HAIR_COLOR", "DEPORTABLE"} {
				if strings.EqualFold(c, w) {
					t.Errorf("a mapping that uses %s was read", c)
				}
			}
		}
	})
}
