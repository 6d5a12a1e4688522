package program

import (
	"slices"
	"sync"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
)

// Calendar says which days an office or court is closed. It is dated data that
// an accord pins, so that both nodes show the same deadline.
type Calendar struct {
	ID       string   `yaml:"id"`
	Title    Text     `yaml:"name"`
	Country  string   `yaml:"country"`
	From     Day      `yaml:"from"`
	To       Day      `yaml:"to"`
	Source   Text     `yaml:"source"`
	Verified Verified `yaml:"verified"`
	Closed   []Off    `yaml:"closed"`
}

// Off is a day, or days from Day to Until, on which nothing is counted.
type Off struct {
	Day   Day  `yaml:"day"`
	Until Day  `yaml:"until"`
	Title Text `yaml:"name"`
}

// Name is the calendar's name in l.
func (c Calendar) Name(l i18n.Lang) string { return c.Title.In(l) }

// Open reports whether the day counts as a business day; sure is false outside
// the calendar's years and where its source was not read.
func (c *Calendar) Open(d Day) (open, sure bool) {
	if w := d.in(time.UTC).Weekday(); w == time.Saturday || w == time.Sunday {
		return false, c != nil && c.Verified.Sure()
	}
	if c == nil {
		return true, false
	}
	sure = c.Verified.Sure() && d.within(c.From, c.To)
	return !slices.ContainsFunc(c.Closed, func(o Off) bool { return o.has(d) }), sure
}

func (o Off) has(d Day) bool {
	if o.Until.Zero() {
		return d == o.Day
	}
	return d.within(o.Day, o.Until)
}

var loadCalendars = sync.OnceValue(func() []*Calendar {
	f := read[struct {
		Calendars []*Calendar `yaml:"calendars"`
	}]("calendars.yaml")
	return f.Calendars
})

// Calendars lists the calendars that the software carries.
func Calendars() []*Calendar { return slices.Clone(loadCalendars()) }

// CalendarByID finds a calendar.
func CalendarByID(id string) (*Calendar, bool) {
	for _, c := range loadCalendars() {
		if c.ID == id {
			return c, true
		}
	}
	return nil, false
}

func (c *Calendar) lint(r *report) {
	at := "calendar " + c.ID
	r.text(at, c.Title)
	r.text(at+": source", c.Source)
	if c.From.Zero() || c.To.Zero() || c.To.Before(c.From) {
		r.add(at, "does not say which years it covers")
	}
	for _, o := range c.Closed {
		r.text(at+": "+o.Day.String(), o.Title)
		if !o.Day.within(c.From, c.To) || !o.Until.Zero() && o.Until.Before(o.Day) {
			r.add(at, "%s is outside its years", o.Day)
		}
	}
}
