package program

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"go.yaml.in/yaml/v3"
)

// Bridge is a crossing at which people are handed over, with the hours of the
// local arrangement, in the zone of the place (LAW.md §4, Local Repatriation
// Arrangements).
type Bridge struct {
	ID       string   `yaml:"id"`
	Title    Text     `yaml:"name"`
	US       []string `yaml:"us"` // areas on either side
	MX       []string `yaml:"mx"`
	Offices  []string `yaml:"offices"` // of the INM, at the crossing itself
	Zone     string   `yaml:"zone"`
	Opens    Hour     `yaml:"opens"`
	Closes   Hour     `yaml:"closes"`
	Shifts   []Hour   `yaml:"shifts"` // when each begins; the first with the opening
	Lat      float64  `yaml:"lat"`    // where a map draws it, WGS84
	Lon      float64  `yaml:"lon"`
	Verified Verified `yaml:"verified"`
}

// Name is the crossing's name in l.
func (b Bridge) Name(l i18n.Lang) string { return b.Title.In(l) }

// Hour is a time of day on a place's clock, in minutes from midnight.
type Hour int

// UnmarshalYAML reads HH:MM.
func (h *Hour) UnmarshalYAML(n *yaml.Node) error {
	t, err := time.Parse("15:04", n.Value)
	if err != nil {
		return fmt.Errorf("line %d: not a time of day: %w", n.Line, err)
	}
	*h = hourOf(t)
	return nil
}

// String is HH:MM.
func (h Hour) String() string { return fmt.Sprintf("%02d:%02d", int(h)/60, int(h)%60) }

func hourOf(t time.Time) Hour { return Hour(t.Hour()*60 + t.Minute()) }

// at is the hour on t's day, on the clock of t's zone.
func (h Hour) at(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, int(h)/60, int(h)%60, 0, 0, t.Location())
}

// bridges is the file of crossings.
type bridges struct {
	Children struct {
		Opens    Hour     `yaml:"opens"`
		Closes   Hour     `yaml:"closes"`
		Law      string   `yaml:"law"`
		Verified Verified `yaml:"verified"`
	} `yaml:"children"`
	Bridges []Bridge `yaml:"bridges"`
}

var loadBridges = sync.OnceValue(func() *bridges { b := read[bridges]("bridges.yaml"); return &b })

// Bridges lists the crossings at which people are handed over.
func Bridges() []Bridge { return slices.Clone(loadBridges().Bridges) }

// BridgeByID finds one.
func BridgeByID(id string) (Bridge, bool) {
	return find(loadBridges().Bridges, func(b Bridge) string { return b.ID }, id)
}

// here is a moment on the crossing's own clock.
func (b Bridge) here(at time.Time) time.Time { return at.In(i18n.Zone(b.Zone)) }

// Open reports whether people are handed over there at this hour; children only
// in business hours of a working day (8 USC 1232(a)(2)(C)).
func (b Bridge) Open(at time.Time, child bool) bool {
	t := b.here(at)
	from, to := b.hours(child)
	if child && (t.Weekday() == time.Saturday || t.Weekday() == time.Sunday) {
		return false
	}
	return hourOf(t) >= from && hourOf(t) < to
}

// Day is the day at the crossing.
func (b Bridge) Day(at time.Time) Day { return DayOf(at, i18n.Zone(b.Zone)) }

// hours are those of the day within which a hand-over lies.
func (b Bridge) hours(child bool) (from, to Hour) {
	if c := loadBridges().Children; child {
		return max(b.Opens, c.Opens), min(b.Closes, c.Closes)
	}
	return b.Opens, b.Closes
}

// Next is the first moment not before at when the crossing is open.
func (b Bridge) Next(at time.Time, child bool) time.Time {
	for t := b.here(at); ; t = Hour(0).at(t.AddDate(0, 0, 1)) {
		from, _ := b.hours(child)
		if first := from.at(t); first.After(t) {
			t = first
		}
		if b.Open(t, child) {
			return t
		}
	}
}

// Shift names the shift in which a moment lies, such as "2026-11-26/2": two
// hand-overs of one shift meet the same people there.
func (b Bridge) Shift(at time.Time) string {
	t, n := b.here(at), 0
	for _, from := range b.Shifts {
		if hourOf(t) >= from {
			n++
		}
	}
	return fmt.Sprintf("%s/%d", t.Format(time.DateOnly), n)
}

// Serves reports whether an office can receive people there: one of the areas of
// the crossing is its own, and the INM receives where it stands.
func (b Bridge) Serves(o Office) bool {
	if o.Agency == AgencyINM {
		return slices.Contains(b.Offices, o.ID)
	}
	areas := b.MX
	if o.Country == "US" {
		areas = b.US
	}
	return slices.ContainsFunc(o.Regions, func(r string) bool { return slices.Contains(areas, r) })
}

// Agencies that protect children: in Mexico the protection authority of the DIF
// (LGDNNA 89–101; Ley de Migración 112), in the United States the ORR of HHS (8 USC 1232(b)).
const (
	AgencyDIF = "dif"
	AgencyORR = "orr"
)

// OfChildren reports whether an office receives children, and nobody else.
func (o Office) OfChildren() bool { return o.Agency == AgencyDIF || o.Agency == AgencyORR }

// AgencyINM is the agency that receives, in Mexico, whoever comes back at
// liberty.
const AgencyINM = "inm"

func lintBridges(r *report) {
	for _, b := range loadBridges().Bridges {
		at := "bridge " + b.ID
		r.text(at, b.Title)
		lintZone(r, at, b.Zone)
		if b.Opens >= b.Closes || len(b.Shifts) == 0 || b.Shifts[0] != b.Opens || !slices.IsSorted(b.Shifts) {
			r.add(at, "its hours and shifts do not fit")
		}
		for side, areas := range map[string][]string{"US": b.US, "MX": b.MX} {
			if len(areas) == 0 {
				r.add(at, "names no area in %s", side)
			}
			for _, id := range areas {
				if x, ok := RegionByID(id); !ok || x.Country != side {
					r.add(at, "no region %q in %s", id, side)
				}
			}
		}
		for _, id := range b.Offices {
			if o, ok := OfficeByID(id); !ok || o.Agency != AgencyINM {
				r.add(at, "no office %q of the INM", id)
			}
		}
	}
}
