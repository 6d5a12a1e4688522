package view

import (
	"time"

	"github.com/oasiss/oasiss/internal/web/component"
)

// Retention is what is kept and asks for somebody: what is due for review or
// purge, the orders that wait for a second person, and what the two nodes asked
// of each other.
type Retention struct {
	All      bool // everything that has a term, not only what is due
	OtherURL string
	Rows     []KeptRow
	More     int // rows that are due and not drawn
	Waiting  []ForgetRow
	Requests []ExpungeRow
}

// KeptRow is one thing that is kept, with its term.
type KeptRow struct {
	ID         string
	What       string // "Case", "Person"…
	Person     *component.Person
	Title      string // of what is no person
	Number     string
	URL        string
	Class      string
	Source     string // of law
	Unverified bool
	State      string
	StateClass string
	Review     time.Time
	Purge      time.Time
	Next       time.Time
	KeptBy     string
	Held       bool
	Holds      []string
	Acts       []Act
}

// ForgetRow is an order to forget that waits for its second person.
type ForgetRow struct {
	ID     string
	What   string
	Person *component.Person
	Number string
	Ground string
	By     string
	At     time.Time
	Acts   []Act
}

// ExpungeRow is a request to expunge, sent or received.
type ExpungeRow struct {
	ID       string
	Person   *component.Person // nil for everything of the referral
	Number   string
	URL      string
	Country  string // that asks
	Asked    string // country that is asked
	Records  []Link // where the country that is asked holds the person
	Ground   string
	By       string
	At       time.Time
	State    string
	Class    string
	Law      string // on which it is retained
	Review   time.Time
	AnswerBy string
	Answered time.Time
	Receipts component.Receipts
	Acts     []Act
}
