package casefile

import (
	"regexp"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/refusal"
)

// Place is where something happened: a code under a named scheme, since "05"
// is Coahuila and Arkansas, and coordinates with how sure they are.
type Place struct {
	Code        string `json:"code,omitempty"` // scheme:code, "inegi:28", "fips:48215", "usbp:RGV"
	Name        string `json:"name,omitempty"` // as it is called, never a person's address
	Coordinates *Point `json:"coordinates,omitempty"`
}

// Point is a WGS84 position in decimal degrees.
type Point struct {
	Lat         float64 `json:"lat"`
	Lon         float64 `json:"lon"`
	Uncertainty int     `json:"uncertainty_m"` // metres; never zero, a position is never exact
}

// Zero reports whether nothing is said of the place.
func (p Place) Zero() bool { return p.Code == "" && p.Name == "" && p.Coordinates == nil }

// placeSchemes is how codes of each scheme are written; leading zeros count.
var placeSchemes = map[string]*regexp.Regexp{
	"inegi":   regexp.MustCompile(`^\d{2}(\d{3})?(\d{4})?$`), // AGEE, AGEM, locality
	"fips":    regexp.MustCompile(`^\d{2}(\d{3})?$`),         // state, county
	"usbp":    regexp.MustCompile(`^[A-Z]{3}$`),              // Border Patrol sector
	"port":    regexp.MustCompile(`^\d{4}$`),                 // CBP Schedule D
	"iso3166": regexp.MustCompile(`^[A-Z]{2}(-[A-Z0-9]{1,3})?$`),
	"ofo":     regexp.MustCompile(`^[a-z0-9-]+$`), // CBP field office, as the programme's regions name it
	"program": regexp.MustCompile(`^[a-z0-9-]+$`), // crossings and points of the programme's own data
}

func (p Place) check() error {
	if p.Code != "" {
		scheme, code, _ := strings.Cut(p.Code, ":")
		form, known := placeSchemes[scheme]
		if !known || !form.MatchString(code) {
			return refusal.New("casefile.place_code", "Code", p.Code)
		}
	}
	if len(p.Name) > maxName {
		return refusal.New("casefile.too_long", "Field", "place", "Max", maxName)
	}
	if c := p.Coordinates; c != nil {
		if c.Lat < -90 || c.Lat > 90 || c.Lon < -180 || c.Lon > 180 {
			return refusal.New("casefile.coordinates")
		}
		if c.Uncertainty < 1 || c.Uncertainty > 500_000 {
			return refusal.New("casefile.uncertainty")
		}
	}
	return nil
}

// Moment is a time as precisely as it is known. At is the beginning of the
// span: the first moment of the day, month or year in Zone for coarser ones.
type Moment struct {
	At        time.Time `json:"at"`
	Precision string    `json:"precision"` // minute, hour, day, month, year
	Zone      string    `json:"zone"`      // IANA zone in which it was stated
}

// precisions and the form each is written in.
var precisions = []struct{ name, form string }{
	{"minute", "2006-01-02T15:04"}, {"minute", "2006-01-02T15:04:05"}, {"hour", "2006-01-02T15"}, {"day", "2006-01-02"}, {"month", "2006-01"}, {"year", "2006"},
}

// ParseMoment reads a time as stated: RFC 3339, or a local time of zone as far
// as it is known ("2026-06-07T23:40", "2026-06-07", "2026-06", "2026").
func ParseMoment(s, zone string) (Moment, error) {
	s = strings.TrimSpace(s)
	z, err := time.LoadLocation(zone)
	if err != nil || zone == "" || zone == "Local" {
		return Moment{}, refusal.New("casefile.zone", "Zone", zone)
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return Moment{At: t.UTC().Truncate(time.Microsecond), Precision: "minute", Zone: zone}, nil
	}
	for _, p := range precisions {
		if t, err := time.ParseInLocation(p.form, s, z); err == nil {
			return Moment{At: t.UTC(), Precision: p.name, Zone: zone}, nil
		}
	}
	return Moment{}, refusal.New("casefile.time")
}

// ActPlace is where one of the acts of an offence took place: jurisdiction
// rests on it.
type ActPlace struct {
	Act  string `json:"act"`            // recruitment, transport, crossing…
	Code string `json:"code"`           // scheme:code
	Day  string `json:"date,omitempty"` // as precisely as known, YYYY[-MM[-DD]]
}

// parseActPlace reads "act=scheme:code" or "act=scheme:code@2026-06-07".
func parseActPlace(s string) (ActPlace, error) {
	act, rest, ok := strings.Cut(s, "=")
	if !ok {
		return ActPlace{}, refusal.New("casefile.act_place")
	}
	code, day, _ := strings.Cut(rest, "@")
	a := ActPlace{Act: strings.TrimSpace(act), Code: strings.TrimSpace(code), Day: strings.TrimSpace(day)}
	return a, a.check()
}

func (a ActPlace) check() error {
	if !acts.has(a.Act) {
		return refusal.New("casefile.not_on_list", "Field", "act")
	}
	if err := (Place{Code: a.Code}).check(); err != nil || a.Code == "" {
		return refusal.New("casefile.act_place")
	}
	if a.Day != "" {
		if _, err := ParseDate(a.Day); err != nil {
			return err
		}
	}
	return nil
}

// maxName bounds short free texts, in bytes; maxText bounds narratives.
const (
	maxName = 300
	maxText = 200_000
)
