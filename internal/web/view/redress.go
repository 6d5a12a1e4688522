package view

import (
	"time"

	"github.com/oasiss/oasiss/internal/web/component"
)

// Requests are the requests by persons about the records that the reader's
// office holds, and the corrections that travel.
type Requests struct {
	Rows        []RequestRow
	Acts        []Act // that takes a request about nobody who is on record here
	Corrections []CorrectionRow
}

// RequestRow is one request in the list.
type RequestRow struct {
	Right      string
	Person     *component.Person // nil where no record was found
	URL        string
	Brought    string
	At         time.Time
	Clock      *component.Clock // that runs out next
	State      string           // of one that was answered
	StateClass string
}

// RequestPage is one request with what was asked and answered.
type RequestPage struct {
	Head    Head
	Facts   []Fact
	Clocks  []RequestClock
	Lang    string // BCP 47 of the words
	Asked   string
	Contact string
	Longer  string
	State   string
	Class   string
	Grounds []Fact // with the law each rests on
	Reasons string
	Sealed  string // why nothing of it can be read
	Prints  []Link
	Acts    []Act
}

// RequestClock is a clock of the law with its name and source.
type RequestClock struct {
	Name, Source string
	Unverified   bool
	Clock        component.Clock
	Ended        time.Time
}

// CorrectionRow is a correction that travels, sent or received.
type CorrectionRow struct {
	ID       string
	Ours     bool // this node is told
	Person   component.Person
	URL      string
	Country  string // that corrected
	To       string // that is told
	Right    string
	Fields   string
	Records  []Link // where the country that is told holds the person
	Identity []Fact // as it stands, where it may be shown
	By       string
	At       time.Time
	Read     time.Time
	ReadBy   string
	Receipts component.Receipts
	Acts     []Act
}
