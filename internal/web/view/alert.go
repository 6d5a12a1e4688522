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
	Tasks    []AlertTask
	Written  []component.Turn
	Phones   []AlertPhone
	Acts     []Act
	Receipts component.Receipts
}

// AlertTask is a task of an alert: free, with the act that takes it, or with
// who has taken it.
type AlertTask struct {
	Name  string
	Taken []AlertMark
	Acts  []Act
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
