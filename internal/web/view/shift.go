package view

import "time"

// Shift is the page of the change of shift: what one leaves, to whom, and what
// stays where it is and why.
type Shift struct {
	Offer   *Act // nil where there is nothing or nobody
	Nobody  bool
	Day     ShiftDay
	Stays   []string // what cannot be left, each with its reason
	BackURL string
}

// ShiftDay is what of changes of shift a day shows.
type ShiftDay struct {
	URL     string
	Offered []ShiftChange // to the reader
	Waiting []ShiftChange // by the reader
	Ended   []ShiftChange
	Held    []ShiftItem
}

// Any says that there is something to show.
func (d ShiftDay) Any() bool {
	return len(d.Offered)+len(d.Waiting)+len(d.Ended)+len(d.Held) > 0
}

// ShiftChange is one change.
type ShiftChange struct {
	ID, Who, Note, State, Class, Why string
	At                               time.Time
	Items                            []ShiftItem
	Acts                             []Act
}

// ShiftItem is one thing that is left.
type ShiftItem struct {
	What, Number, URL, From string
	Since                   time.Time
}
