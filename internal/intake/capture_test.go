package intake

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/draft"
	"github.com/oasiss/oasiss/internal/insight"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Everybody below is fictional.

type station struct {
	*acttest.Node
	t                *testing.T
	agent, colleague access.Actor // of one office
	adviser, other   access.Actor // other is an agent of another office
}

func newStation(t *testing.T) *station {
	t.Helper()
	n := acttest.New(t, "us", []func(*journal.Kinds){casefile.Facts, protection.Facts, insight.Facts, Facts}, casefile.Verbs, protection.Verbs, insight.Verbs, Verbs)
	n.Offices("usbp-rgv", "ofo-laredo")
	return &station{n, t, n.Person("agent", "usbp-rgv", access.RoleFieldAgent), n.Person("colleague", "usbp-rgv", access.RoleFieldAgent),
		n.Person("adviser", "usbp-rgv", access.RoleAdviser), n.Person("elsewhere", "ofo-laredo", access.RoleFieldAgent)}
}

// trailer is an event with three people, a truck, a telephone and money.
func trailer() *Capture {
	met := func(role, name string) Met {
		return Met{Particulars: casefile.Particulars{AsRecorded: name, Nationalities: []string{"HN"}, Languages: []string{"es"}}, RoleFields: casefile.RoleFields{Role: role}}
	}
	driver := met("suspect", "Rogelio Basurto Nava")
	driver.Function, driver.Age = "driver", "adult"
	mother, child := met("smuggled_migrant", "Itzel Barragarza"), met("smuggled_migrant", "Nadia Barragarza")
	child.Age, child.Signs, child.With = "child", []string{"hurt", "afraid"}, "2"
	return &Capture{
		Event:  casefile.EventFields{When: "2026-01-05T23:40", Mode: "transport_inland", Place: "usbp:RGV", PlaceName: "Falfurrias", Reference: "MCS2601000412", Narrative: "Three people behind a false wall."},
		People: []Met{driver, mother, child}, Vehicles: []casefile.VehicleFields{{Kind: "truck", Plate: "KBL 0058", Holder: "1"}},
		Phones: []casefile.PhoneFields{{Number: "956 555 0142", Holder: "1"}}, Things: []casefile.PropertyFields{{Kind: "money", Description: "900 dollars", Holder: "2"}},
	}
}

func (s *station) take(by access.Actor, key string, c *Capture) (string, string) {
	s.t.Helper()
	s.Clock = s.Clock.Add(time.Second)
	res, err := s.Do(context.Background(), by, key, wire.PurposeProsecution, c)
	if no, ok := refusal.As(err); ok {
		return "", no.Code
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return res.Object, ""
}

func (s *station) count(table string) (n int) {
	s.t.Helper()
	s.Read(func(tx *store.Tx) error { return tx.QueryRow(`SELECT COUNT(*) FROM ` + table).Scan(&n) })
	return n
}

// One act opens the case with all that was found; sent twice it is one case, and
// what cannot be recorded leaves nothing of the rest behind.
func TestAnEventIsCapturedWhole(t *testing.T) {
	s := newStation(t)
	for name, spoil := range map[string]struct {
		code string
		do   func(c *Capture)
	}{
		"a role that is on no list":   {"casefile.not_on_list", func(c *Capture) { c.People[2].Role = "cousin" }},
		"a suspect without function":  {"casefile.function_missing", func(c *Capture) { c.People[0].Function = "" }},
		"travels with nobody":         {"intake.row_unknown", func(c *Capture) { c.People[2].With = "7" }},
		"held by nobody":              {"intake.row_unknown", func(c *Capture) { c.Vehicles[0].Holder = "9" }},
		"two people in one row":       {"intake.row_twice", func(c *Capture) { c.People[0].Row, c.People[1].Row = "1", "1" }},
		"a sign that is on no list":   {"protection.sign_unknown", func(c *Capture) { c.People[2].Signs = []string{"suspicious"} }},
		"a plate that is none":        {"casefile.plate", func(c *Capture) { c.Vehicles[0].Plate = "?!" }},
		"an event still to come":      {"casefile.future", func(c *Capture) { c.Event.When = "2100-01-01T10:00" }},
		"no mode, and so no title":    {"casefile.not_on_list", func(c *Capture) { c.Event = casefile.EventFields{When: "2026-01-05T23:40"} }},
		"a telephone that is no such": {"casefile.phone", func(c *Capture) { c.Phones[0].Number = "12" }},
	} {
		c := trailer()
		spoil.do(c)
		if _, code := s.take(s.agent, "", c); code != spoil.code {
			t.Errorf("%s: %q, not %q", name, code, spoil.code)
		}
	}
	if n := s.count("casefile") + s.count("case_person") + s.count("case_item"); n > 0 {
		t.Fatalf("%d rows stand after what was refused", n)
	}
	id, code := s.take(s.agent, "double click", trailer())
	if again, _ := s.take(s.agent, "double click", trailer()); code != "" || again != id || s.count("casefile") != 1 {
		t.Fatalf("sent twice: %q %q %q, %d cases", id, again, code, s.count("casefile"))
	}
	s.Read(func(tx *store.Tx) error {
		c, err := casefile.Load(tx, id)
		if err != nil {
			return err
		}
		title, err := casefile.OpenTitle(tx, s.Ring, c)
		if err != nil || !strings.HasSuffix(title, "Falfurrias") {
			t.Errorf("called %q: %v", title, err)
		}
		people, err := casefile.People(tx, id)
		if err != nil || len(people) != 3 || people[0].Class != casefile.Suspect || people[1].Class != casefile.Protected || people[2].Age != casefile.Child {
			t.Errorf("people: %+v %v", people, err)
		}
		for noun, holder := range map[string]string{"event": "", "vehicle": people[0].ID, "phone": people[0].ID, "property": people[1].ID} {
			items, err := casefile.Items(tx, id, noun)
			if err != nil || len(items) != 1 || items[0].Person != holder {
				t.Errorf("%s: %+v %v", noun, items, err)
			}
		}
		return nil
	})
	s.ReplayEqual()
}

// What was seen of a person is read at the protection desk and nowhere else.
func TestWhatWasSeenIsTheDesks(t *testing.T) {
	s := newStation(t)
	id, _ := s.take(s.agent, "", trailer())
	for by, purpose := range map[*access.Actor]string{&s.agent: wire.PurposeProtection, &s.colleague: wire.PurposeProsecution, &s.adviser: wire.PurposeProtection} {
		v, err := protection.Show(context.Background(), s.Acts, *by, purpose, id)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range v.People {
			want := by == &s.adviser && i == 2
			if (p.Seen != nil) != want {
				t.Errorf("%s sees of person %d: %+v", by.User, i, p.Seen)
			}
			if want && (len(p.Seen.Signs) != 2 || len(p.Seen.With) != 1 || p.Seen.With[0] != v.People[1].Person) {
				t.Errorf("seen: %+v", p.Seen)
			}
		}
	}
}

// A case that may be about the same is named before another is opened, on each
// ground by itself, to whoever may know of it and to nobody else; protected people
// are looked for by nothing.
func TestACaseAboutTheSameIsNamed(t *testing.T) {
	s := newStation(t)
	first, _ := s.take(s.agent, "", trailer())
	plain := func() *Capture {
		return &Capture{Event: casefile.EventFields{When: "2026-01-02T10:00", Mode: "transport_inland", Place: "usbp:LRT"}}
	}
	for name, c := range map[string]struct {
		same bool
		do   func(c *Capture)
	}{
		"nothing in common":                {false, func(*Capture) {}},
		"the event number, written apart":  {true, func(c *Capture) { c.Event.Reference = "mcs2601000412" }},
		"the beginning of an event number": {false, func(c *Capture) { c.Event.Reference = "MCS26010004" }},
		"the place, half an hour later":    {true, func(c *Capture) { c.Event.Place, c.Event.When = "usbp:RGV", "2026-01-06T00:10" }},
		"the same moment in another zone": {true, func(c *Capture) {
			c.Event.Place, c.Event.When, c.Event.Zone = "usbp:RGV", "2026-01-05T21:40", "America/Los_Angeles"
		}},
		"the place, three hours before":      {false, func(c *Capture) { c.Event.Place, c.Event.When = "usbp:RGV", "2026-01-05T20:40" }},
		"the hour, at another place":         {false, func(c *Capture) { c.Event.When = "2026-01-05T23:40" }},
		"the plate":                          {true, func(c *Capture) { c.Vehicles = []casefile.VehicleFields{{Kind: "truck", Plate: "kbl0058"}} }},
		"half of the plate":                  {false, func(c *Capture) { c.Vehicles = []casefile.VehicleFields{{Kind: "truck", Plate: "KBL"}} }},
		"the telephone, with country code":   {true, func(c *Capture) { c.Phones = []casefile.PhoneFields{{Number: "+1 956 555 0142"}} }},
		"the suspect":                        {true, func(c *Capture) { c.People = trailer().People[:1] }},
		"a migrant's name, also a suspect's": {false, func(c *Capture) { c.People = trailer().People[1:2]; c.People[0].AsRecorded = "Rogelio Basurto Nava" }},
		"a suspect called as a migrant":      {false, func(c *Capture) { c.People = trailer().People[:1]; c.People[0].AsRecorded = "Itzel Barragarza" }},
	} {
		mine := plain()
		c.do(mine)
		if found, err := Resembling(context.Background(), s.Acts, s.colleague, wire.PurposeProsecution, zoned(mine)); err != nil || (len(found) == 1 && found[0].Case == first) != c.same {
			t.Errorf("%s: suggested %+v %v", name, found, err)
		}
		if found, err := Resembling(context.Background(), s.Acts, s.other, wire.PurposeProsecution, zoned(mine)); err != nil || len(found) > 0 {
			t.Errorf("%s: another office is told %+v %v", name, found, err)
		}
		if !c.same {
			continue
		}
		if _, code := s.take(s.colleague, "", mine); code != "intake.alike" {
			t.Errorf("%s: %q", name, code)
		}
	}
	if id, code := s.take(s.other, "", trailer()); code != "" || id == "" {
		t.Errorf("another office is refused %q", code)
	}
	again := trailer()
	again.Other = []string{first}
	if id, code := s.take(s.colleague, "", again); code != "" || id == first {
		t.Errorf("a case said to be another: %q %q", id, code)
	}
}

func zoned(c *Capture) casefile.Likeness {
	l := c.Likeness()
	if l.Zone == "" {
		l.Zone = "America/Chicago"
	}
	return l
}

// What was typed is the account's own, is there until it is sent, and does not
// come back after it.
func TestACaptureIsKeptUntilItIsSent(t *testing.T) {
	s := newStation(t)
	ctx := context.Background()
	keep := func(by access.Actor, token string, typed map[string][]string) error {
		return KeepDraft(ctx, s.Acts, by, wire.PurposeProsecution, token, typed)
	}
	of := func(by access.Actor) []Begun {
		t.Helper()
		out, err := Drafts(ctx, s.Acts, by, wire.PurposeProsecution)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for _, err := range []error{keep(s.agent, "one", map[string][]string{"title": {"First words"}}), keep(s.agent, "one", map[string][]string{"title": {"A trailer"}}), keep(s.agent, "two", map[string][]string{"title": {"Another"}})} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := of(s.agent); len(got) != 2 || len(of(s.colleague)) > 0 {
		t.Fatalf("kept: %+v, and for a colleague %+v", got, of(s.colleague))
	}
	if no, _ := refusal.As(keep(s.adviser, "one", map[string][]string{"title": {"x"}})); no == nil || no.Status != 404 {
		t.Errorf("whoever does not capture keeps something: %v", no)
	}
	if no, _ := refusal.As(keep(s.agent, "three", map[string][]string{"title": {strings.Repeat("x", draft.Largest)}})); no == nil {
		t.Error("a draft without end is kept")
	}
	c := trailer()
	c.Draft = "one"
	if _, code := s.take(s.agent, "one", c); code != "" {
		t.Fatal(code)
	}
	if err := keep(s.agent, "one", map[string][]string{"title": {"late"}}); err != nil {
		t.Fatal(err)
	}
	if got := of(s.agent); len(got) != 1 || got[0].Object != "two" {
		t.Errorf("after it was sent: %+v", got)
	}
	if err := keep(s.agent, "two", nil); err != nil || len(of(s.agent)) > 0 {
		t.Errorf("emptied: %+v %v", of(s.agent), err)
	}
	s.ReplayEqual()
}
