package view

import (
	"time"

	"github.com/oasiss/oasiss/internal/web/component"
)

// Notices are the consular notices that the reader may know of: what waits for
// an answer, by the clock that dies first, then the others.
type Notices struct {
	Ours    bool // the reader is of a consulate
	KeptURL string
	Open    []NoticeRow
	Rest    []NoticeRow
}

// NoticeRow is one consular notice in the list.
type NoticeRow struct {
	Person       component.Person
	Country      string // that holds the person
	URL          string
	Other        string // office: who holds the person, or the consulate
	Child        bool
	At           time.Time
	Clock        *component.Clock // while nobody has acknowledged it
	State, Class string
	Waiting      string // tasks of the consulate that are open, in words
}

// NoticePage is one consular notice.
type NoticePage struct {
	Head    Head
	Live    bool
	Notes   []component.Note
	Facts   []Fact // who holds the person, whom to call
	Law     string // source of the clock
	Done    time.Time
	Clock   *component.Clock
	Sent    component.Receipts // where it was sent from
	Recall  *component.Receipts
	Family  string
	Keeps   bool // the reader is of the consulate
	Open    []Fact
	Until   time.Time
	Asked   []Asked // requests that wait for a second person
	Visits  []KeptWords
	Needs   []KeptWords
	Notices []KeptWords // notes of the family
	Seen    []Seen
	Acts    []Act
}

// KeptWords is something that a consulate keeps for itself.
type KeptWords struct {
	Title, Text, Who string
	At               time.Time
	Done             time.Time // of a task; zero while it waits
	Task             bool
	Acts             []Act
}

// Consulate is where a person stands with the consulate, for the protection desk;
// for who only tells people of the right, the acts alone.
type Consulate struct {
	State, Class string // empty for whom the desk is closed
	Facts        []Fact
	Clock        *component.Clock
	URL, Link    string // to the notice, or to where it is told
	Acts         []Act
}
