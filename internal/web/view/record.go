package view

import (
	"time"

	"github.com/oasiss/oasiss/internal/web/component"
)

// Search is a question put to one's own cases and what answered.
type Search struct {
	Form     component.Form
	Purposes []component.Option
	Ran      bool
	Total    int
	Results  []Result
	More     string
}

// Result is one thing found that the reader may see.
type Result struct {
	Kind, Title, Number, URL, Snippet string
	Person                            *component.Person
	At                                time.Time
}

// Accords is the accords and the corridors they open.
type Accords struct {
	Rows      []AccordRow
	Corridors []Corridor
	New       *Act
}

// AccordRow is one accord in the list.
type AccordRow struct {
	Title, URL, State, StateOK string
	Signed                     time.Time
	InForce                    time.Time // zero: not established
	UpperSigned, LowerSigned   int       // of two each
}

// Corridor is a way cases can go: offices on one side, states on the other.
type Corridor struct {
	North, South []string
	Accord, URL  string
	Open         bool
}

// Accord is one accord, as both countries signed it.
type Accord struct {
	Head       Head
	Sections   []Section
	Corridors  []Corridor
	Signatures []component.Signature
	Digest     string
	Acts       []Act
}

// Links is the state of the link with the other country.
type Links struct {
	Peer        string
	PeerName    string
	Live        bool
	LastContact time.Time
	Cosigned    time.Time // our journal, by them
	WeCosigned  time.Time // their journal, by us
	Lanes       []Lane
	Waiting     []Waiting
	Refused     []Refused
	Facts       []Fact
	Words       []string // fingerprint words of the peer's key
}

// Lane is one of alert, case and file.
type Lane struct {
	NameKey               string
	Queue, Tries, Void    int
	Oldest, Sent, Receipt time.Time
}

// Waiting is a message in the outbox.
type Waiting struct {
	Kind, Number, URL, Why string
	Since, Next, Expires   time.Time
	Tries                  int
}

// Refused is a message that a node did not take, and why.
type Refused struct {
	Kind, Number, Why string
	Country           string // who refused
	At                time.Time
}

// Journal is the record and whether it holds.
type Journal struct {
	Size, PeerSize int64
	Holds          bool
	Problem        string
	Peer           string
	CosignedAgo    time.Duration // our checkpoint by them
	WeCosignedAgo  time.Duration
	Never          bool // not cosigned yet
	Points         []Checkpoint
	Rows           []JournalRow
	Proof          *Proof
	Older, Newer   string
	CheckForm      component.Form
}

// Checkpoint is one signed size of a journal.
type Checkpoint struct {
	Country  string
	Size     int64
	At       time.Time
	Cosigned time.Time // zero: waiting
}

// JournalRow is what was done and by whom, not what the case says.
type JournalRow struct {
	Seq      int64
	At       time.Time
	What     string
	Refused  bool
	By       string
	Country  string
	Number   string
	Policy   string
	Cosigned bool
	URL      string
	Current  bool
}

// Proof is one entry's way to a checkpoint that both countries signed.
type Proof struct {
	Seq           int64
	Digest, Root  string
	Steps         int
	Signed        time.Time
	Cosigned      time.Time
	Proved        bool
	Peer, Country string
	URL           string // download
}

// Problem is the page of an error: what is wrong, what to do next.
type Problem struct {
	Status  int
	Refusal *component.Refusal // nil for a fault of the system
	Ref     string             // number to tell the help desk
	BackURL string
}
