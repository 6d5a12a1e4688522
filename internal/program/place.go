package program

import (
	"slices"
	"sync"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
)

// Country is a country that can have a node.
type Country struct {
	ID        string   `yaml:"id"` // ISO 3166-1 alpha-2
	Title     Text     `yaml:"name"`
	Languages []string `yaml:"languages"`
	Calendars []string `yaml:"calendars"`
}

// Name is the country's name in l.
func (c Country) Name(l i18n.Lang) string { return c.Title.In(l) }

// Agency is an agency of a country. Its name and initials can change: the
// versions are dated.
type Agency struct {
	ID       string       `yaml:"id"`
	Country  string       `yaml:"country"`
	Names    []AgencyName `yaml:"names"`
	Verified Verified     `yaml:"verified"`
	Consular bool         `yaml:"consular"` // protects its country's nationals abroad
}

// AgencyName is what an agency was called from one day to another; a zero bound
// is open.
type AgencyName struct {
	Initials string `yaml:"initials"`
	Title    Text   `yaml:"name"`
	From     Day    `yaml:"from"`
	To       Day    `yaml:"to"`
}

// On is what the agency was called on a day; its last name for a zero day.
func (a Agency) On(d Day) AgencyName {
	for _, n := range a.Names {
		if !d.Zero() && d.within(n.From, n.To) {
			return n
		}
	}
	return a.Names[len(a.Names)-1]
}

// Region is a part of a country that accords name: a Border Patrol sector, a
// field office, a judicial district, a Mexican state.
type Region struct {
	ID       string   `yaml:"id"` // e.g. usbp:RGV, inegi:28
	Kind     string   `yaml:"kind"`
	Country  string   `yaml:"country"`
	Agency   string   `yaml:"agency"`
	Scheme   string   `yaml:"scheme"`
	Code     string   `yaml:"code"`
	Title    Text     `yaml:"name"`
	Zone     string   `yaml:"zone"`
	Verified Verified `yaml:"verified"`
}

// Name is the region's name in l.
func (r Region) Name(l i18n.Lang) string { return r.Title.In(l) }

// Office is an office as accords name it: an agency in a region. An accord can
// name further ones.
type Office struct {
	ID       string   `yaml:"id"`
	Agency   string   `yaml:"agency"`
	Unit     string   `yaml:"unit"` // specialised unit of the agency that the office is of, if any
	Country  string   `yaml:"country"`
	Regions  []string `yaml:"regions"`
	Title    Text     `yaml:"name"`
	Zone     string   `yaml:"zone"`
	Calendar string   `yaml:"calendar"`
	Roles    []string `yaml:"roles"`
}

// Name is the office's name in l.
func (o Office) Name(l i18n.Lang) string { return o.Title.In(l) }

// Seat is the office's zone and calendar, for its clocks.
func (o Office) Seat() Seat {
	c, _ := CalendarByID(o.Calendar)
	return Seat{Zone: i18n.Zone(o.Zone), Calendar: c}
}

// Template is the text of an accord as history knows it: which corridors it
// opens and for which agencies. Signing it is an act of both governments.
type Template struct {
	ID         string           `yaml:"id"`
	Title      Text             `yaml:"name"`
	Place      string           `yaml:"place"`
	Since      string           `yaml:"since"` // year or year and month, as the source gives it
	Opens      Day              `yaml:"opens"` // first day it can be dated to; the demo signs it so
	Corridors  []Corridor       `yaml:"corridors"`
	Agencies   []string         `yaml:"agencies"`
	Procedures []AdoptProcedure `yaml:"procedures"`
	Calendars  []string         `yaml:"calendars"`
	Source     string           `yaml:"source"`
	Verified   Verified         `yaml:"verified"`
	Note       Text             `yaml:"note"`
}

// Name is the accord's name in l.
func (t Template) Name(l i18n.Lang) string { return t.Title.In(l) }

// Corridor joins regions of one country with regions of the other; every region
// of A is open to every region of B.
type Corridor struct {
	ID    string   `yaml:"id"`
	Title Text     `yaml:"name"`
	A     []string `yaml:"us"`
	B     []string `yaml:"mx"`
}

// Joins reports whether the corridor opens the way between two regions, in
// either direction.
func (c Corridor) Joins(x, y string) bool {
	return slices.Contains(c.A, x) && slices.Contains(c.B, y) || slices.Contains(c.A, y) && slices.Contains(c.B, x)
}

// Paired reports whether a corridor of an accord joins the regions of two
// offices, one on each side of the border.
func Paired(office, other string) bool {
	a, here := OfficeByID(office)
	b, there := OfficeByID(other)
	if !here || !there {
		return false
	}
	for _, t := range loadTemplates() {
		for _, c := range t.Corridors {
			for _, x := range a.Regions {
				if slices.ContainsFunc(b.Regions, func(y string) bool { return c.Joins(x, y) }) {
					return true
				}
			}
		}
	}
	return false
}

// AdoptProcedure adopts a procedure for facts of a range of days.
type AdoptProcedure struct {
	Procedure string `yaml:"procedure"`
	From      Day    `yaml:"facts_from"`
	To        Day    `yaml:"facts_to"`
}

// places is the file of countries, agencies, regions and offices.
type places struct {
	Countries []Country `yaml:"countries"`
	Agencies  []Agency  `yaml:"agencies"`
	Regions   []Region  `yaml:"regions"`
	Offices   []Office  `yaml:"offices"`
}

var loadPlaces = sync.OnceValue(func() *places { p := read[places]("places.yaml"); return &p })

var loadTemplates = sync.OnceValue(func() []Template {
	return read[struct {
		Accords []Template `yaml:"accords"`
	}]("accords.yaml").Accords
})

// CountryByID finds a country by its code.
func CountryByID(id string) (Country, bool) {
	return find(loadPlaces().Countries, func(c Country) string { return c.ID }, id)
}

// AgencyByID finds an agency.
func AgencyByID(id string) (Agency, bool) {
	return find(loadPlaces().Agencies, func(a Agency) string { return a.ID }, id)
}

// Regions lists the regions.
func Regions() []Region { return slices.Clone(loadPlaces().Regions) }

// RegionByID finds a region by scheme and code, such as "inegi:28".
func RegionByID(id string) (Region, bool) {
	return find(loadPlaces().Regions, func(r Region) string { return r.ID }, id)
}

// Offices lists the offices that the software proposes to accords.
func Offices() []Office { return slices.Clone(loadPlaces().Offices) }

// OfficeByID finds an office.
func OfficeByID(id string) (Office, bool) {
	return find(loadPlaces().Offices, func(o Office) string { return o.ID }, id)
}

// Templates lists the accords of 2005, 2007 and 2008 as the sources give them.
func Templates() []Template { return slices.Clone(loadTemplates()) }

// TemplateByID finds one.
func TemplateByID(id string) (Template, bool) {
	return find(loadTemplates(), func(t Template) string { return t.ID }, id)
}

func lintPlaces(r *report) {
	p := loadPlaces()
	zone := func(at, name string) { lintZone(r, at, name) }
	for _, c := range p.Countries {
		r.text("country "+c.ID, c.Title)
	}
	for _, a := range p.Agencies {
		if len(a.Names) == 0 {
			r.add("agency "+a.ID, "has no name")
		}
		for _, n := range a.Names {
			r.text("agency "+a.ID, n.Title)
		}
	}
	for _, x := range p.Regions {
		at := "region " + x.ID
		r.text(at, x.Title)
		zone(at, x.Zone)
		if x.ID != x.Scheme+":"+x.Code {
			r.add(at, "its id is not scheme and code")
		}
		if _, ok := CountryByID(x.Country); !ok {
			r.add(at, "no country %q", x.Country)
		}
	}
	for _, o := range p.Offices {
		lintOffice(r, o, zone)
	}
	for _, t := range loadTemplates() {
		lintTemplate(r, t)
	}
}

func lintZone(r *report, at, name string) {
	if _, err := time.LoadLocation(name); err != nil || name == "" {
		r.add(at, "no zone %q", name)
	}
}

func lintOffice(r *report, o Office, zone func(at, name string)) {
	at := "office " + o.ID
	r.text(at, o.Title)
	zone(at, o.Zone)
	if a, ok := AgencyByID(o.Agency); !ok || a.Country != o.Country {
		r.add(at, "no agency %q in its country", o.Agency)
	}
	if u, ok := UnitByID(o.Unit); o.Unit != "" && (!ok || u.Agency != o.Agency) {
		r.add(at, "no unit %q in its agency", o.Unit)
	}
	if c, ok := CalendarByID(o.Calendar); !ok || c.Country != o.Country {
		r.add(at, "no calendar %q in its country", o.Calendar)
	}
	for _, id := range o.Regions {
		if x, ok := RegionByID(id); !ok || x.Country != o.Country {
			r.add(at, "no region %q in its country", id)
		}
	}
	for _, id := range o.Roles {
		if x, ok := RoleByID(id); !ok || x.Outside {
			r.add(at, "no role %q", id)
		}
	}
}

func lintTemplate(r *report, t Template) {
	at := "accord " + t.ID
	r.text(at, t.Title)
	for _, c := range t.Corridors {
		r.text(at+": corridor "+c.ID, c.Title)
		for side, ids := range map[string][]string{"US": c.A, "MX": c.B} {
			for _, id := range ids {
				if x, ok := RegionByID(id); !ok || x.Country != side {
					r.add(at, "corridor %s: no region %q in %s", c.ID, id, side)
				}
			}
		}
	}
	for _, id := range t.Agencies {
		if _, ok := AgencyByID(id); !ok {
			r.add(at, "no agency %q", id)
		}
	}
	if len(t.Corridors) == 0 {
		r.add(at, "opens no corridor")
	}
	ways := map[string]bool{}
	for _, a := range t.Procedures {
		p, ok := ProcedureByID(a.Procedure)
		if !ok {
			r.add(at, "no procedure %q", a.Procedure)
			continue
		}
		ways[p.Sending] = true
		if a.From.Zero() || !a.From.within(p.From, p.To) || a.To.Zero() && !p.To.Zero() || !a.To.Zero() && !a.To.within(a.From, p.To) {
			r.add(at, "adopts %s for facts that it is not made for", p.ID)
		}
	}
	for _, c := range []string{"US", "MX"} {
		if !ways[c] {
			r.add(at, "adopts no procedure for referrals from %s", c)
		}
	}
	for _, id := range t.Calendars {
		if _, ok := CalendarByID(id); !ok {
			r.add(at, "no calendar %q", id)
		}
	}
}
