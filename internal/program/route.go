package program

import (
	"slices"
	"sync"

	"github.com/oasiss/oasiss/internal/i18n"
)

// Unit is a specialised part of an agency that offences go to. Its name can
// change: the versions are dated.
type Unit struct {
	ID       string       `yaml:"id"`
	Country  string       `yaml:"country"`
	Agency   string       `yaml:"agency"`
	Names    []AgencyName `yaml:"names"`
	Verified Verified     `yaml:"verified"`
}

// On is what the unit was called on a day; its last name for a zero day.
func (u Unit) On(d Day) AgencyName { return Agency{Names: u.Names}.On(d) }

// Name is the unit's name of a day in l, with its initials.
func (u Unit) Name(l i18n.Lang, d Day) string {
	n := u.On(d)
	return n.Title.In(l) + " (" + n.Initials + ")"
}

// Route says which units offences go to, in a range of days of referral.
type Route struct {
	ID       string   `yaml:"id"`
	Units    []string `yaml:"units"`
	Families []string `yaml:"families"`
	Offences []string `yaml:"offences"`
	// Country is said by a route that takes what no other names; the others
	// have the country of their units.
	Country       string   `yaml:"country"`
	From          Day      `yaml:"from"`
	To            Day      `yaml:"to"`
	Law           Text     `yaml:"law"`
	Verified      Verified `yaml:"verified"`
	DatesVerified Verified `yaml:"dates_verified"`
}

type routes struct {
	Units  []Unit  `yaml:"units"`
	Routes []Route `yaml:"routes"`
}

var loadRoutes = sync.OnceValue(func() *routes { r := read[routes]("routes.yaml"); return &r })

// Routes lists the routes in the order in which they count.
func Routes() []Route { return slices.Clone(loadRoutes().Routes) }

// RouteByID finds a route.
func RouteByID(id string) (*Route, bool) {
	r, ok := find(loadRoutes().Routes, func(r Route) string { return r.ID }, id)
	return &r, ok
}

// UnitByID finds a unit.
func UnitByID(id string) (Unit, bool) {
	return find(loadRoutes().Units, func(u Unit) string { return u.ID }, id)
}

// RouteOf finds the route of offences in a country on the day of the referral;
// offences of the other country are not asked.
func RouteOf(country string, offences []string, day Day) (Route, bool) {
	for _, r := range loadRoutes().Routes {
		if r.Of() == country && (day.Zero() || day.within(r.From, r.To)) && r.takes(offences) {
			return r, true
		}
	}
	return Route{}, false
}

// Of is the country whose units the route leads to.
func (r Route) Of() string {
	if u, ok := UnitByID(r.first()); ok {
		return u.Country
	}
	return r.Country
}

// Special reports whether the route is for certain offences; the one of a
// country that is not takes all others.
func (r Route) Special() bool { return len(r.Families)+len(r.Offences) > 0 }

func (r Route) first() string {
	if len(r.Units) == 0 {
		return ""
	}
	return r.Units[0]
}

func (r Route) takes(offences []string) bool {
	return !r.Special() || slices.ContainsFunc(offences, func(id string) bool {
		o, ok := OffenceByID(id)
		return ok && o.Country == r.Of() && (slices.Contains(r.Offences, id) || slices.Contains(r.Families, o.Family))
	})
}

// Decides reports whether the route limits who can be asked on a day: its law
// was read, and the day is surely one of its days. Otherwise it only proposes.
func (r Route) Decides(day Day) bool {
	return r.Verified.Sure() && (r.DatesVerified.Sure() || r.To.Zero() && (r.From.Zero() || day.Year > r.From.Year))
}

// Names is what the route's units are called on a day, the first first.
func (r Route) Names(day Day) Text {
	name := func(l i18n.Lang) string {
		out := ""
		for _, id := range r.Units {
			if u, ok := UnitByID(id); ok {
				if out != "" {
					out += " · "
				}
				out += u.Name(l, day)
			}
		}
		return out
	}
	return Text{name(i18n.English), name(i18n.Spanish)}
}

func lintRoutes(r *report) {
	for _, u := range loadRoutes().Units {
		at := "unit " + u.ID
		if a, ok := AgencyByID(u.Agency); !ok || a.Country != u.Country {
			r.add(at, "no agency %q in its country", u.Agency)
		}
		if len(u.Names) == 0 {
			r.add(at, "has no name")
		}
		for _, n := range u.Names {
			r.text(at, n.Title)
		}
	}
	for _, x := range loadRoutes().Routes {
		lintRoute(r, x)
	}
	for _, o := range Offences() {
		if _, ok := RouteOf(o.Country, []string{o.ID}, Day{}); !ok {
			r.add("offence "+o.ID, "no route leads anywhere")
		}
	}
}

func lintRoute(r *report, x Route) {
	at := "route " + x.ID
	r.text(at, x.Law)
	if len(x.Units) == 0 {
		r.add(at, "leads to no unit")
	}
	for _, id := range x.Units {
		if u, ok := UnitByID(id); !ok || u.Country != x.Of() {
			r.add(at, "no unit %q in its country", id)
		}
	}
	if x.Country != "" && x.Country != x.Of() {
		r.add(at, "says another country than its units")
	}
	for _, id := range x.Families {
		if _, ok := FamilyByID(id); !ok {
			r.add(at, "no family %q", id)
		}
	}
	for _, id := range x.Offences {
		if o, ok := OffenceByID(id); !ok || o.Country != x.Of() {
			r.add(at, "no offence %q in its country", id)
		}
	}
	if !slices.Contains([]Verified{Read, Secondary, Unchecked}, x.Verified) || x.DatesVerified == "" {
		r.add(at, "does not say what was verified")
	}
}
