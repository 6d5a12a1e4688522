package intake

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	maps "github.com/oasiss/oasiss/examples/import"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/refusal"
)

// Filling is what a file, or a case that is here already, holds of one event, in
// the form in which an event is captured. Nothing of it is recorded.
type Filling struct {
	Title    string
	Event    casefile.EventFields
	Where    string // the place of the event in its source: a line, a case
	People   []Filled
	Vehicles []casefile.VehicleFields
	Phones   []casefile.PhoneFields
	Things   []casefile.PropertyFields
	Left     []Left // rows that could not be read
	Others   int    // people of the source whom it does not give: protected people of a case
}

// Filled is a person of a source, with the line where it stands.
type Filled struct {
	Where string
	Met
}

// Left is a row of a file that could not be read, and why.
type Left struct {
	Line int
	Why  error
}

// MostFilling bounds the file from which a form is filled, in bytes, packed and
// unpacked alike.
const MostFilling = 4 << 20

// mostNamed bounds how many events of a file are named where one is to be chosen.
const mostNamed = 20

// Shipped is a mapping that the program brings.
type Shipped struct{ ID, Title string }

// ShippedMappings lists the mappings of people and events that the program brings.
func ShippedMappings() ([]Shipped, error) {
	names, err := maps.Files.ReadDir(".")
	if err != nil {
		return nil, fmt.Errorf("mappings: %w", err)
	}
	var out []Shipped
	for _, n := range names {
		m, err := shippedMapping(n.Name())
		if err != nil {
			return nil, err
		}
		out = append(out, Shipped{n.Name(), m.Title})
	}
	return out, nil
}

// MappingFor is the mapping that an officer brings, or else one that the program
// ships, by its id. It refuses intake.no_mapping.
func MappingFor(own []byte, shipped string) (*Mapping, error) {
	if len(own) == 0 {
		return shippedMapping(shipped)
	}
	m, err := ReadMapping(bytes.NewReader(own))
	if err == nil && m.Target != TargetCase {
		return nil, refusal.New("intake.mapping_figures")
	}
	return m, err
}

func shippedMapping(id string) (*Mapping, error) {
	f, err := maps.Files.Open(id)
	if err != nil {
		return nil, refusal.New("intake.no_mapping")
	}
	m, err := ReadMapping(f)
	if cerr := f.Close(); err == nil && cerr != nil {
		err = fmt.Errorf("mapping: %w", cerr)
	}
	return m, err
}

// FillFrom reads what a file holds of one event: of the number that is asked for,
// or of the only one. It refuses what is wrong with the file as a whole, and
// intake.which_event where there are several.
func FillFrom(m *Mapping, file string, r io.Reader, number string) (Filling, error) {
	t, err := readTable(m, r, MostFilling)
	if err != nil {
		return Filling{}, err
	}
	day, err := m.Date.reader(m, t)
	if err != nil {
		return Filling{}, err
	}
	born, err := m.Person.Born.reader(m, t)
	if err != nil {
		return Filling{}, err
	}
	f := &fromFile{m: m, file: FileName(file), number: folded(number), seen: map[string]int{}, told: events{}}
	for _, rec := range t.Rows {
		for _, l := range m.rows(t, rec) {
			f.take(l, func(key string) (Row, error) { return m.person(day, born, l, key) })
		}
	}
	return f.done()
}

// fromFile gathers the rows of one event.
type fromFile struct {
	m            *Mapping
	file, number string // number folded; empty for the only one
	seen         map[string]int
	told         events
	numbers      []string // of the events met
	begun        bool
	Filling
}

// take adds a row that is of the event, and notes one that cannot be read.
func (f *fromFile) take(l row, read func(key string) (Row, error)) {
	var got Row
	_, taken, err := one(&reporting{Run: &Run{Mapping: f.m, File: f.file}}, l, f.seen, func(_ row, key string) (Row, error) {
		r, err := read(key)
		if err == nil {
			err = f.told.agree(r, l.Line)
		}
		got = r
		return r, err
	})
	number := got.Case
	if got.Event != nil && got.Event.Reference != "" {
		number = got.Event.Reference
	}
	if number != "" && !slices.Contains(f.numbers, number) {
		f.numbers = append(f.numbers, number)
	}
	if f.number != "" && folded(number) != f.number && folded(got.Case) != f.number {
		return
	}
	if err != nil {
		f.Left = append(f.Left, Left{l.Line, err})
	}
	if err != nil || !taken {
		return
	}
	where := fmt.Sprint(l.Line)
	if !f.begun {
		f.begun, f.Where, f.Title = true, where, got.Title
		if got.Event != nil {
			f.Event = *got.Event
		}
	}
	f.People = append(f.People, Filled{where, Met{Particulars: got.Person, RoleFields: got.Role}})
}

func (f *fromFile) done() (Filling, error) {
	switch {
	case f.number == "" && len(f.numbers) > 1:
		return Filling{}, refusal.New("intake.which_event", "Numbers", strings.Join(f.numbers[:min(mostNamed, len(f.numbers))], ", "))
	case len(f.People) > MaxPeople:
		return Filling{}, refusal.New("intake.batch", "Max", MaxPeople)
	case !f.begun && len(f.Left) == 0:
		return Filling{}, refusal.New("intake.no_such_event")
	}
	return f.Filling, nil
}
