package view

import (
	"time"

	"github.com/oasiss/oasiss/internal/web/component"
)

// Links is the state of the link with one other node.
type Links struct {
	Peer        string // country code; empty before pairing
	Name        string
	Live        bool
	Problem     string // what keeps the link from working, in words
	LastContact time.Time
	Tried       time.Time // last attempt, when the link is down
	Tries       int       // attempts since the other node last answered
	Ahead       time.Duration
	ClockOff    bool             // the two clocks differ by more than the node's limit
	Told        []component.Note // what the node's administrator must look after
	Cosigned    Cosigned
	WeCosigned  Cosigned
	Lanes       []Lane
	Waiting     []Waiting
	More        int // what waits beyond the rows shown
	Refused     []Refused
	Alarms      []Alarm
	Facts       []Fact
	Words       []KeyWords
	Others      []Link // links with other nodes
}

// Cosigned is how much of a journal the other node has confirmed, and when.
type Cosigned struct {
	Size int64
	At   time.Time
	Late bool // longer ago than the node's limit, or never
}

// Lane is one of alert, case and file.
type Lane struct {
	NameKey                 string
	Queue, Sent, Came, Void int64
	Oldest, Receipt         time.Time
}

// Waiting is a message in the outbox.
type Waiting struct {
	Kind, LaneKey, Why string
	Since, Expires     time.Time
}

// Refused is a message that a node did not take, and why.
type Refused struct {
	Kind, Why string
	Country   string // who refused
	At        time.Time
}

// Alarm is something on the link that people must look at.
type Alarm struct {
	Words string
	At    time.Time
}

// KeyWords are the words of a key's fingerprint in one language.
type KeyWords struct {
	Name  string // of the language, in itself
	Lang  string
	Words []string
}
