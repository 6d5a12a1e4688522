// Package component holds what the parts of a page are made of: plain structs
// that the templates of the same names draw. They decide nothing. Texts in
// them are ready to read, in the reader's language, unless a field ends in Key.
package component

import "time"

// ClockState is one of the five states of a clock.
type ClockState string

// The states of a clock. Only DueSoon and Overdue have a colour of warning.
const (
	OnTrack ClockState = "on_track"
	DueSoon ClockState = "due_soon"
	Overdue ClockState = "overdue"
	Paused  ClockState = "paused"
	Met     ClockState = "met"
)

// Clock is a time limit: how much is left, whose it is, when it ends in both
// countries' zones.
type Clock struct {
	State        ClockState
	Due          time.Time     // zero when there is no date, as in a pause
	Left         time.Duration // to Due; how long past it when overdue; what remains when paused
	BusinessDays int           // when above zero, left is told in working days
	Share        float64       // of the whole span, what is left: 0 to 1
	Owner        string        // code of the country that owes the step
	Yours        bool          // the reader's own office owes it
	What         string        // what ends, when the clock stands alone
	PausedBy     string        // code of the country that paused it
	Reason       string        // why it is paused
	Unverified   bool          // its legal source has not been confirmed
	Big          bool
}

// Fuse is the width of the burning line out of 100. Overdue is full.
func (c Clock) Fuse() int {
	if c.State == Overdue || c.State == Met {
		return 100
	}
	return int(min(max(c.Share, 0), 1)*100 + 0.5)
}

// Class is the colour of the clock's state.
func (c Clock) Class() string {
	return map[ClockState]string{DueSoon: "soon", Overdue: "over", Paused: "idle", Met: "ok"}[c.State]
}

// Icon is the one icon of the clock's state.
func (c Clock) Icon() string {
	switch c.State {
	case DueSoon:
		return "hourglass-high"
	case Overdue:
		return "alert-octagon"
	case Paused:
		return "player-pause"
	case Met:
		return "check"
	}
	return "clock"
}

// Receipts says how far a message has come: recorded, opened, answered. A nil
// time is "not yet".
type Receipts struct {
	Recorded, Opened, Answered *time.Time
	Due                        *time.Time    // when the answer is due, if one is
	Silent                     time.Duration // above zero: opened and past its due time, for so long
	NoAnswer                   bool          // the message needs no answer
	OnlyRecorded               bool          // nobody is asked to open it: recorded is all there is to know
	Refused                    string        // why the other side's node refused it, in words
}
