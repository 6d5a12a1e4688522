package accord

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/wire"
)

var (
	nameForm    = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)
	countryForm = regexp.MustCompile(`^[A-Z]{2}$`)
	areaForm    = regexp.MustCompile(`^[a-z][a-z0-9_]*:[A-Za-z0-9-]+$`)
)

// tiers are what a packet has (DESIGN §5).
var tiers = []string{"notice", "analysis", "released"}

// maxDelayHours bounds the delay of acts of two people: thirty days.
const maxDelayHours = 720

// check collects what is wrong with a document, in words of its own fields.
type check struct{ found []string }

func (c *check) add(format string, args ...any) {
	c.found = append(c.found, fmt.Sprintf(format, args...))
}

func (c *check) text(where string, t program.Text) {
	if t.En == "" || t.Es == "" {
		c.add("%s: needs en and es", where)
	}
}

// Check is the linter of documents: what keeps this one from being proposed,
// empty if nothing does. A document names only purposes of the closed list.
func (d Document) Check() []string {
	c := &check{}
	if !nameForm.MatchString(d.Ref) {
		c.add("ref: lower-case letters, digits, dots and dashes")
	}
	c.text("title", d.Title)
	c.text("place", d.Place)
	if d.Date.Zero() {
		c.add("date: missing")
	}
	if d.DelayHours < 0 || d.DelayHours > maxDelayHours {
		c.add("delay_hours: 0 to %d", maxDelayHours)
	}
	c.parties(d)
	c.closedLists(d)
	c.offices(d)
	c.corridors(d)
	c.procedures(d)
	return c.found
}

func (c *check) parties(d Document) {
	if len(d.Parties) != 2 || d.Parties[0].Node == d.Parties[1].Node {
		c.add("parties: two different nodes")
	}
	for _, p := range d.Parties {
		if !nameForm.MatchString(p.Node) || !countryForm.MatchString(p.Country) {
			c.add("party %q: node id and two-letter country", p.Node)
		}
		c.text("party "+p.Node, p.Title)
	}
}

func (c *check) closedLists(d Document) {
	if len(d.Purposes) == 0 {
		c.add("purposes: at least one")
	}
	for _, p := range d.Purposes {
		if !wire.Releasable(p) {
			c.add("purposes: %q is not a purpose of the programme", p)
		}
	}
	for _, t := range d.Release {
		if !slices.Contains(tiers, t) {
			c.add("release: %q is not a tier", t)
		}
	}
	for _, id := range d.Calendars {
		if _, ok := program.CalendarByID(id); !ok {
			c.add("calendars: %q is unknown", id)
		}
	}
}

func (c *check) offices(d Document) {
	seen := map[wire.Address]bool{}
	for _, o := range d.Offices {
		where := "office " + o.Node + "/" + o.ID
		if !nameForm.MatchString(o.ID) || !d.party(o.Node) {
			c.add("%s: an office id and a party's node", where)
		}
		if seen[o.Address()] {
			c.add("%s: named twice", where)
		}
		seen[o.Address()] = true
		c.text(where, o.Title)
		if o.Agency == "" {
			c.add("%s: agency missing", where)
		}
		if u, ok := program.UnitByID(o.Unit); o.Unit != "" && (!ok || u.Agency != o.Agency) {
			c.add("%s: no unit %q of its agency", where, o.Unit)
		}
		if _, err := time.LoadLocation(o.Zone); err != nil || o.Zone == "" || o.Zone == "Local" {
			c.add("%s: zone %q is not an IANA time zone", where, o.Zone)
		}
	}
}

func (d Document) party(node string) bool {
	return slices.ContainsFunc(d.Parties, func(p Party) bool { return p.Node == node })
}

func (c *check) corridors(d Document) {
	if len(d.Corridors) == 0 {
		c.add("corridors: at least one")
	}
	seen := map[string]bool{}
	for _, k := range d.Corridors {
		where := "corridor " + k.ID
		if !nameForm.MatchString(k.ID) || seen[k.ID] {
			c.add("%s: an id of its own", where)
		}
		seen[k.ID] = true
		c.text(where, k.Title)
		if len(k.Ends) != 2 || k.Ends[0].Node == k.Ends[1].Node {
			c.add("%s: two sides", where)
		}
		for _, s := range k.Ends {
			c.side(d, where, s)
		}
	}
}

func (c *check) side(d Document, where string, s CorridorSide) {
	if !d.party(s.Node) {
		c.add("%s: %q is not a party", where, s.Node)
	}
	if len(s.Offices) == 0 || len(s.Areas) == 0 {
		c.add("%s: side %s needs offices and areas", where, s.Node)
	}
	for _, id := range s.Offices {
		if _, ok := d.Office(wire.Address{Node: s.Node, Office: id}); !ok {
			c.add("%s: office %s/%s is not among the offices", where, s.Node, id)
		}
	}
	for _, a := range s.Areas {
		if !areaForm.MatchString(a) {
			c.add("%s: area %q is not scheme:code", where, a)
		}
	}
}

func (c *check) procedures(d Document) {
	if len(d.Procedures) == 0 && !d.domestic() {
		c.add("procedures: at least one")
	}
	for i, p := range d.Procedures {
		where := "procedure " + p.Procedure
		known, ok := program.ProcedureByID(p.Procedure)
		switch {
		case !ok:
			c.add("%s: unknown", where)
		case !d.fits(p, known):
			c.add("%s: made for %s to %s", where, known.Sending, known.Receives)
		}
		if !p.Facts.From.Zero() && !p.Facts.To.Zero() && p.Facts.To.Before(p.Facts.From) {
			c.add("%s: dates of facts end before they begin", where)
		}
		for _, q := range d.Procedures[:i] {
			if p.From == q.From && p.To == q.To && p.Facts.overlaps(q.Facts) && p.family() == q.family() {
				c.add("%s: two procedures for the same facts", where)
			}
		}
	}
}

// domestic reports whether the parties are two agencies of one country. No
// procedure of the programme leads from a country to itself: such an accord
// opens a corridor for what crosses beside referrals, until one does.
func (d Document) domestic() bool {
	return len(d.Parties) == 2 && d.Parties[0].Country == d.Parties[1].Country
}

// fits reports whether a procedure is made for the countries of its direction.
func (d Document) fits(a Adoption, p *program.Procedure) bool {
	return a.From != a.To && d.Country(a.From) == p.Sending && d.Country(a.To) == p.Receives
}

// family is the family of offences that the procedure is made for; empty for all
// that no other is made for.
func (a Adoption) family() string {
	if p, ok := program.ProcedureByID(a.Procedure); ok {
		return p.Family
	}
	return ""
}

func (r Range) overlaps(o Range) bool {
	startsAfter := func(a, b Range) bool { return !a.From.Zero() && !b.To.Zero() && b.To.Before(a.From) }
	return !startsAfter(r, o) && !startsAfter(o, r)
}
