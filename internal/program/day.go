package program

import (
	"fmt"
	"time"

	"go.yaml.in/yaml/v3"
)

// Day is a calendar day without a zone, as laws and calendars name days. The
// zero Day means "not established" or "open", never the year one.
type Day struct {
	Year  int
	Month time.Month
	Date  int
}

// DayOf is the day that t falls on in zone.
func DayOf(t time.Time, zone *time.Location) Day {
	y, m, d := t.In(zone).Date()
	return Day{y, m, d}
}

// ParseDay reads YYYY-MM-DD.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Day{}, fmt.Errorf("not a day: %w", err)
	}
	return Day{t.Year(), t.Month(), t.Day()}, nil
}

// utc is the zone in which days without a zone are compared.
var utc = time.UTC

// Zero reports whether the day is not established.
func (d Day) Zero() bool { return d == Day{} }

// Before reports whether d is earlier than o.
func (d Day) Before(o Day) bool { return d.in(time.UTC).Before(o.in(time.UTC)) }

// String is YYYY-MM-DD, or "" for the zero day.
func (d Day) String() string {
	if d.Zero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Date)
}

// in is the day's first moment in zone.
func (d Day) in(zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Date, 0, 0, 0, 0, zone)
}

// UnmarshalYAML reads YYYY-MM-DD; null and "" are the zero day.
func (d *Day) UnmarshalYAML(n *yaml.Node) error {
	if n.Tag == "!!null" || n.Value == "" {
		*d = Day{}
		return nil
	}
	day, err := ParseDay(n.Value)
	if err != nil {
		return fmt.Errorf("line %d: %w", n.Line, err)
	}
	*d = day
	return nil
}

// MarshalText writes YYYY-MM-DD.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD; "" is the zero day.
func (d *Day) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Day{}
		return nil
	}
	day, err := ParseDay(string(b))
	if err != nil {
		return err
	}
	*d = day
	return nil
}

// within reports whether d lies in [from, to]; a zero bound is open.
func (d Day) within(from, to Day) bool {
	return (from.Zero() || !d.Before(from)) && (to.Zero() || !to.Before(d))
}
