package casefile

import (
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
)

// Date is a day as precisely as it is known.
type Date struct {
	Value     string // YYYY, YYYY-MM or YYYY-MM-DD
	Precision string // year, month, day
	first     time.Time
	last      time.Time
}

// ParseDate reads YYYY, YYYY-MM or YYYY-MM-DD.
func ParseDate(s string) (Date, error) {
	for _, f := range []struct {
		form, precision string
		last            func(time.Time) time.Time
	}{
		{"2006-01-02", "day", func(t time.Time) time.Time { return t }},
		{"2006-01", "month", func(t time.Time) time.Time { return t.AddDate(0, 1, -1) }},
		{"2006", "year", func(t time.Time) time.Time { return t.AddDate(1, 0, -1) }},
	} {
		if t, err := time.Parse(f.form, s); err == nil && t.Year() >= 1850 {
			return Date{Value: s, Precision: f.precision, first: t, last: f.last(t)}, nil
		}
	}
	return Date{}, refusal.New("casefile.date")
}

// First is the earliest day it can be, in UTC.
func (d Date) First() time.Time { return d.first }

// Last is the latest day it can be, in UTC.
func (d Date) Last() time.Time { return d.last }

// adulthood is the age from which a person is an adult in both countries.
const adulthood = 18

// ageOn is what a date of birth establishes about the age at a moment: adult
// only if whoever was born on the latest day it can be is of age.
func (d Date) ageOn(at time.Time) Age {
	switch {
	case !d.last.AddDate(adulthood, 0, 0).After(at):
		return Adult
	case d.first.AddDate(adulthood, 0, 0).After(at):
		return Child
	}
	return Doubt
}

// OfficeZone is the zone in which a moment was entered: that of the actor's
// office if none is named.
func OfficeZone(d *act.Draw, zone string) string {
	if o, ok := program.OfficeByID(d.By.Office); zone == "" && ok {
		return o.Zone
	}
	return zone
}
