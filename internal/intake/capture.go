package intake

import (
	"slices"
	"strconv"
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/draft"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Capture opens a case with an event and everybody and everything found in it:
// all of it, or nothing. It refuses intake.alike while a case that the actor may
// know seems to be about the same and was not named in Other.
type Capture struct {
	// Title of the case; mode and place of the event where left out.
	Title    string                    `json:"title,omitempty"`
	Handling string                    `json:"handling,omitempty"`
	Event    casefile.EventFields      `json:"event"`
	People   []Met                     `json:"people,omitempty"`
	Vehicles []casefile.VehicleFields  `json:"vehicles,omitempty"` // the holder is the row of one of People
	Phones   []casefile.PhoneFields    `json:"phones,omitempty"`
	Things   []casefile.PropertyFields `json:"things,omitempty"`
	// Other are cases that were shown as perhaps the same and are not.
	Other []string `json:"other,omitempty"`
	// From names the file or the system from which the form was filled.
	From string `json:"from,omitempty"`
	// Draft is what the node keeps of the form it was typed in; it goes.
	Draft string `json:"draft,omitempty"`
}

// Met is a person who was found in an event.
type Met struct {
	// Row tells the people of one event apart; the place in the list, from 1,
	// where left out.
	Row string `json:"row,omitempty"`
	casefile.Particulars
	Age string `json:"age,omitempty"`
	casefile.RoleFields
	Signs []string `json:"signs,omitempty"` // what was seen of them (protection.Signs), for the protection desk
	With  string   `json:"with,omitempty"`  // rows of those they travel with, as "2, 3"
}

// Verb implements act.Command.
func (*Capture) Verb() string { return "intake.capture" }

// Captured is the fact that a case was opened with all that was found in one
// event: which of it belongs together, and what was looked at before.
type Captured struct {
	journal.Envelope
	Event  string   `json:"event"`
	People []string `json:"people,omitempty"`
	Other  []string `json:"other,omitempty"` // cases that seemed to be about the same
	From   string   `json:"from,omitempty"`
	Draft  string   `json:"draft,omitempty"`
}

// Kind implements journal.Fact.
func (Captured) Kind() string { return "intake.captured.1" }

// The bounds of one event.
const (
	maxThings = 100
	maxFrom   = 200
)

// Decide implements act.Command.
func (c *Capture) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	if err := d.Allow(tx, access.Resource{Type: "case", Offices: []string{d.By.Office}}); err != nil {
		return nil, err
	}
	if len(c.People) > MaxPeople || len(c.Vehicles)+len(c.Phones)+len(c.Things) > maxThings {
		return nil, refusal.New("intake.batch", "Max", MaxPeople)
	}
	if len(c.From) > maxFrom || len(c.Draft) > maxFrom {
		return nil, refusal.New("casefile.too_long", "Field", "from", "Max", maxFrom)
	}
	alike, err := c.alike(tx, d)
	if err != nil {
		return nil, err
	}
	in := casefile.NewIntake(tx, d)
	id, err := in.Open(casefile.Open{Title: c.title(d.By), Handling: c.Handling})
	if err != nil {
		return nil, err
	}
	made := &Captured{Envelope: journal.Envelope{Case: id}, Other: alike, From: strings.TrimSpace(c.From), Draft: c.Draft}
	if made.Event, err = in.Event(id, c.Event); err != nil {
		return nil, err
	}
	rows, err := c.people(in, id, made)
	if err != nil {
		return nil, err
	}
	if err := c.things(in, id, rows); err != nil {
		return nil, err
	}
	seen, err := c.seen(tx, d, id, rows)
	return append(append(in.Facts(), seen...), made), err
}

// title is what the case is called: what was given, or what happened and where,
// in the language of whoever captures it.
func (c *Capture) title(by access.Actor) string {
	if t := strings.TrimSpace(c.Title); t != "" {
		return t
	}
	l := i18n.Lang(by.Lang)
	var words []string
	if m, ok := program.ModeByID(c.Event.Mode); ok {
		words = append(words, m.Title.In(l))
	}
	place := strings.TrimSpace(c.Event.PlaceName)
	if r, ok := program.RegionByID(c.Event.Place); ok && place == "" {
		place = r.Title.In(l)
	}
	if place != "" {
		words = append(words, place)
	}
	if len(words) == 0 { // the event is refused for lacking both
		return "…"
	}
	return strings.Join(words, ", ")
}

// Likeness is what of a capture may be in a case already.
func (c *Capture) Likeness() casefile.Likeness {
	like := casefile.Likeness{Reference: c.Event.Reference, Place: c.Event.Place, When: c.Event.When, Zone: c.Event.Zone}
	for _, v := range c.Vehicles {
		like.Plates = append(like.Plates, v.Plate)
	}
	for _, p := range c.Phones {
		like.Phones = append(like.Phones, p.Number)
	}
	for _, p := range c.People {
		if p.Role == "suspect" && p.AsRecorded != "" {
			like.Suspects = append(like.Suspects, p.AsRecorded)
		}
	}
	return like
}

// alike gives the cases that seem to be about the same, each of which the actor
// has named as another.
func (c *Capture) alike(tx *store.Tx, d *act.Draw) ([]string, error) {
	like := c.Likeness()
	like.Zone = casefile.OfficeZone(d, like.Zone)
	found, err := casefile.Resemble(tx, d, d.By, func(r access.Resource) bool { return d.Known(r) == nil }, like)
	if err != nil {
		return nil, err
	}
	var out []string
	left := 0
	for _, f := range found {
		out = append(out, f.Case)
		if !slices.Contains(c.Other, f.Case) {
			left++
		}
	}
	if left > 0 {
		return nil, refusal.Conflict("intake.alike", "Count", left)
	}
	slices.Sort(out)
	return out, nil
}

// people adds everybody and gives their ids by row.
func (c *Capture) people(in *casefile.Intake, id string, made *Captured) (map[string]string, error) {
	rows := map[string]string{}
	for i, p := range c.People {
		if p.Source == "" {
			p.Source = "observation"
		}
		who, err := in.Person(casefile.AddPerson{Case: id, Particulars: p.Particulars, Age: p.Age, RoleFields: p.RoleFields})
		if err != nil {
			return nil, ofRow(err, c.row(i))
		}
		if _, twice := rows[c.row(i)]; twice {
			return nil, refusal.New("intake.row_twice", "Row", c.row(i))
		}
		rows[c.row(i)] = who.Person
		made.People = append(made.People, who.Person)
	}
	return rows, nil
}

func (c *Capture) row(i int) string {
	if r := strings.TrimSpace(c.People[i].Row); r != "" {
		return r
	}
	return strconv.Itoa(i + 1)
}

// ofRow says in which row a refusal is.
func ofRow(err error, row string) error {
	no, ok := refusal.As(err)
	if !ok {
		return err
	}
	params := map[string]any{"row": row}
	for k, v := range no.Params {
		params[k] = v
	}
	return &refusal.Refusal{Code: no.Code, Status: no.Status, Params: params}
}

func (c *Capture) things(in *casefile.Intake, id string, rows map[string]string) error {
	for _, v := range c.Vehicles {
		if err := held(rows, &v.Holder); err != nil {
			return err
		}
		if err := in.Vehicle(id, v); err != nil {
			return err
		}
	}
	for _, p := range c.Phones {
		if err := held(rows, &p.Holder); err != nil {
			return err
		}
		if err := in.Phone(id, p); err != nil {
			return err
		}
	}
	for _, p := range c.Things {
		if err := held(rows, &p.Holder); err != nil {
			return err
		}
		if err := in.Property(id, p); err != nil {
			return err
		}
	}
	return nil
}

// held turns the row of a holder into the person's id.
func held(rows map[string]string, holder *string) error {
	if *holder == "" {
		return nil
	}
	person, ok := rows[strings.TrimSpace(*holder)]
	if !ok {
		return refusal.New("intake.row_unknown", "Row", *holder)
	}
	*holder = person
	return nil
}

// seen gives the facts of what was seen of people, for the protection desk.
func (c *Capture) seen(tx *store.Tx, d *act.Draw, id string, rows map[string]string) ([]journal.Fact, error) {
	var out []journal.Fact
	for i, p := range c.People {
		s := protection.Seen{Signs: p.Signs}
		for _, row := range strings.FieldsFunc(p.With, func(r rune) bool { return r == ',' || r == ' ' || r == ';' }) {
			with := row
			if err := held(rows, &with); err != nil {
				return nil, ofRow(err, c.row(i))
			}
			s.With = append(s.With, with)
		}
		if len(s.Signs)+len(s.With) == 0 {
			continue
		}
		f, err := protection.Notice(tx, d, id, rows[c.row(i)], s)
		if err != nil {
			return nil, ofRow(err, c.row(i))
		}
		out = append(out, f)
	}
	return out, nil
}

// applyCaptured drops the draft that was sent: all else is in the other facts.
func applyCaptured(tx *store.Tx, e journal.Entry, f Captured) error {
	if f.Draft == "" || e.By == nil {
		return nil
	}
	return draft.Drop(tx, draft.Place{Account: e.By.ID, Form: draft.FormIntake, Object: f.Draft})
}
