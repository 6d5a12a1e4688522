package view

import (
	"time"

	"github.com/oasiss/oasiss/internal/web/component"
)

// Alerts are the lives at risk that the reader's office knows of, with the act
// that says of another.
type Alerts struct {
	Standing []AlertRow
	Over     []AlertRow
	Raise    []Act
}

// AlertRow is one alert in the list.
type AlertRow struct {
	Danger, Region, People, URL string
	Country                     string
	At                          time.Time
	Free                        int    // tasks that nobody has taken
	Outcome                     string // how it ended
	Clock                       component.Clock
}

// AlertPage is one life at risk.
type AlertPage struct {
	Head     Head
	Note     component.Note
	Facts    []Fact
	Clocks   []component.Clock
	Standing bool          // lives are at risk: the band is tall and red
	For      time.Duration // since it was raised
	Where    string        // and how many, under the band's title
	Sides    []AlertDoes   // who does what, the United States above
	Written  []component.Turn
	Phones   []AlertPhone
	Acts     []Act
	Receipts component.Receipts
	OnItsWay string          // the other country, while it has not received the alert
	Unheard  *component.Note // and what to do, once it should have
}

// AlertDoes is what one side does about an alert.
type AlertDoes struct {
	Country string
	Taken   int
	Tasks   []AlertTask
}

// AlertTask is a task of an alert as one side has it: with who has taken it, or
// free, for how long, and with the act that takes it.
type AlertTask struct {
	Name   string
	Taken  []AlertMark
	Waited time.Duration
	Acts   []Act
}

// AlertMark is who took a task, and when.
type AlertMark struct {
	Country, Name, Office string
	At                    time.Time
}

// AlertPhone is a telephone located for an alert, with its legal basis.
type AlertPhone struct {
	Basis, OrderedBy, Telephone, Result string
	At                                  time.Time
	Usable                              bool
	Acts                                []Act
}
