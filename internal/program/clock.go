package program

import (
	"slices"
	"sync"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
)

// Clock is one clock of the catalogue: a term of law, of policy, or a target of
// the programme.
type Clock struct {
	ID        string     `yaml:"id"`
	Title     Text       `yaml:"name"`
	Country   string     `yaml:"country"` // US, MX or BOTH
	Kind      string     `yaml:"kind"`    // legal, policy, target
	Length    int        `yaml:"length"`  // 0 where no number is fixed: times are recorded and nothing counts down
	Unit      string     `yaml:"unit"`
	Extension *Extension `yaml:"extension"`
	Starts    Text       `yaml:"starts_when"`
	// StartEvent is the event's code; clocks of one event start together.
	StartEvent string   `yaml:"start_event"`
	Owner      Text     `yaml:"owner"`
	OwnerRole  string   `yaml:"owner_role"`
	Source     Text     `yaml:"legal_source"`
	Verified   Verified `yaml:"verified"`
	IfMissed   Text     `yaml:"if_missed"`
	Note       Text     `yaml:"note"`
}

// Extension is the longer term and when it applies.
type Extension struct {
	Length    int    `yaml:"length"`
	Unit      string `yaml:"unit"`
	Condition Text   `yaml:"condition"`
}

// Name is the clock's name in l.
func (c Clock) Name(l i18n.Lang) string { return c.Title.In(l) }

// units says which units count down, and how.
var units = map[string]bool{
	"minutes": true, "hours": true, "business_days": true, "calendar_days": true, "days": true, "months": true, "years": true,
	"immediately": false, "without_delay": false, "without_unnecessary_delay": false, "reasonable_time": false, "time_window": false,
}

var loadClocks = sync.OnceValue(func() map[string]*Clock {
	f := read[struct {
		Version string  `yaml:"clocks_version"`
		Clocks  []Clock `yaml:"clocks"`
	}]("clocks.yaml")
	out := make(map[string]*Clock, len(f.Clocks))
	for i := range f.Clocks {
		out[f.Clocks[i].ID] = &f.Clocks[i]
	}
	return out
})

// ClockByID finds a clock of the catalogue.
func ClockByID(id string) (*Clock, bool) { c, ok := loadClocks()[id]; return c, ok }

// Clocks lists the catalogue by id.
func Clocks() []*Clock {
	var out []*Clock
	for _, c := range loadClocks() {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b *Clock) int { return compare(a.ID, b.ID) })
	return out
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Pause is a time in which a clock did not run. A zero To is a pause that goes on.
type Pause struct {
	From, To time.Time
	Reason   string
}

// Seat is where the owner of a clock sits: its zone and its calendar decide
// what a day is. A nil Calendar counts Saturdays and Sundays off and is never
// verified.
type Seat struct {
	Zone     *time.Location
	Calendar *Calendar
}

func (s Seat) zone() *time.Location {
	if s.Zone == nil {
		return time.UTC
	}
	return s.Zone
}

// Due computes when a term that began at start ends, for an owner at seat.
//
//   - minutes and hours run moment to moment, over nights and weekends (CNPP 94);
//   - business and calendar days begin on the day after the start, in the
//     owner's zone, and end when the last of them ends; business days leave out
//     weekends and the calendar's days off (CNPP 94);
//   - months and years end as the day of the same number begins, the earlier of
//     the possible readings.
//
// Paused time does not count: hours are added moment for moment, and a day that
// a pause touches is not counted. A term that ends on a day off is not moved:
// whether it is extended is for the court, and the earlier day is the safe one.
// sure is false where a day in between is outside the calendar's verified
// years. ok is false for a clock that does not count, or whose pause goes on.
func Due(length int, unit string, start time.Time, seat Seat, pauses []Pause) (due time.Time, sure, ok bool) {
	if !units[unit] || length <= 0 {
		return time.Time{}, false, false
	}
	for _, p := range pauses {
		if p.To.IsZero() {
			return time.Time{}, false, false
		}
	}
	local := start.In(seat.zone())
	switch unit {
	case "minutes":
		return afterPauses(start, time.Duration(length)*time.Minute, pauses), true, true
	case "hours":
		return afterPauses(start, time.Duration(length)*time.Hour, pauses), true, true
	case "business_days":
		due, sure = countDays(local, length, seat, pauses, true)
		return due, sure, true
	case "calendar_days", "days":
		due, sure = countDays(local, length, seat, pauses, false)
		return due, sure, true
	case "months":
		due = addMonths(local, length)
	case "years":
		due = addMonths(local, 12*length)
	}
	for _, p := range pauses {
		due = due.Add(overlap(p, start, due))
	}
	return due.UTC(), true, true
}

// afterPauses is start plus d of time that counts.
func afterPauses(start time.Time, d time.Duration, pauses []Pause) time.Time {
	sorted := slices.Clone(pauses)
	slices.SortFunc(sorted, func(a, b Pause) int { return a.From.Compare(b.From) })
	due := start.Add(d)
	for _, p := range sorted {
		due = due.Add(overlap(p, start, due))
	}
	return due
}

// overlap is how much of a pause lies after start, for a pause that began before due.
func overlap(p Pause, start, due time.Time) time.Duration {
	from := p.From
	if from.Before(start) {
		from = start
	}
	if !from.Before(due) || !p.To.After(from) {
		return 0
	}
	return p.To.Sub(from)
}

func countDays(local time.Time, n int, seat Seat, pauses []Pause, business bool) (time.Time, bool) {
	sure := true
	day := DayOf(local, seat.zone())
	for n > 0 {
		day = day.next()
		if business {
			open, known := seat.Calendar.Open(day)
			sure = sure && known
			if !open {
				continue
			}
		}
		if touched(day, seat.zone(), pauses) {
			continue
		}
		n--
	}
	return day.next().in(seat.zone()).UTC(), sure
}

func touched(day Day, zone *time.Location, pauses []Pause) bool {
	begin, end := day.in(zone), day.next().in(zone)
	return slices.ContainsFunc(pauses, func(p Pause) bool { return p.From.Before(end) && p.To.After(begin) })
}

// addMonths is the first moment of the day of the same number n months on; the
// last day of a shorter month.
func addMonths(t time.Time, n int) time.Time {
	y, m, d := t.Date()
	first := time.Date(y, m+time.Month(n), 1, 0, 0, 0, 0, t.Location())
	last := first.AddDate(0, 1, -1).Day()
	return time.Date(first.Year(), first.Month(), min(d, last), 0, 0, 0, 0, t.Location())
}

// next is the day after.
func (d Day) next() Day {
	t := time.Date(d.Year, d.Month, d.Date+1, 0, 0, 0, 0, time.UTC)
	return Day{t.Year(), t.Month(), t.Day()}
}

// lint checks the clock's own row.
func (c *Clock) lint(r *report) {
	at := "clock " + c.ID
	r.text(at, c.Title)
	r.text(at+": starts_when", c.Starts)
	r.text(at+": owner", c.Owner)
	r.text(at+": legal_source", c.Source)
	r.text(at+": if_missed", c.IfMissed)
	if c.Note != (Text{}) {
		r.text(at+": note", c.Note)
	}
	if c.Extension != nil {
		r.text(at+": extension", c.Extension.Condition)
	}
	if _, ok := units[c.Unit]; !ok {
		r.add(at, "unknown unit %q", c.Unit)
	}
	if c.StartEvent == "" {
		r.add(at, "no start event")
	}
	if _, ok := RoleByID(c.OwnerRole); !ok {
		r.add(at, "nobody owns it: role %q", c.OwnerRole)
	}
	if !slices.Contains([]Verified{Read, Secondary, Unchecked}, c.Verified) {
		r.add(at, "verified is %q", c.Verified)
	}
	if !slices.Contains([]string{"legal", "policy", "target"}, c.Kind) {
		r.add(at, "unknown kind %q", c.Kind)
	}
}
