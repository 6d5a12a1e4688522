package view

import (
	"time"

	"github.com/oasiss/oasiss/internal/web/component"
)

// Referrals is the two queues: received and sent.
type Referrals struct {
	Received, Sent []ReferralRow
	Drafts         []ReferralRow
	Words          string             // that a row has to have in it
	Shows          []component.Option // which of them are listed
	Narrowed       bool               // something was asked
	NextURL        string             // of the next page, which keeps what was asked
	FirstURL       string             // of the first page, where this is a later one
	Whole          bool               // there is no other page, so that what stands here can be counted
}

// ReferralRow is one referral in a list: who owes the next step, since when.
type ReferralRow struct {
	Number, URL, Title, State, StateOK string
	From, To                           string // country codes
	Office                             string
	Owes                               string // code of the country that owes the next step
	Yours                              bool
	Since                              time.Time
	Clock                              *component.Clock
}

// Referral is the desk: index, document, conversation and answer.
type Referral struct {
	Head      Head
	Owes      string // code of the country that owes the next step; empty when none
	Yours     bool
	Step      string // what is owed, in words
	Since     time.Time
	Warnings  []component.Note
	Version   int
	Versions  []Link // the packet's, where there are several
	Tier      string // notice, analysis, released
	Items     []PacketItem
	Ready     int
	Lint      *Lint  // of the version that waits to be signed
	Copies    []Fact // that were taken of the packet, each with who, when and why
	Document  Document
	Turns     []component.Turn
	Before    []component.Turn // earlier ones, folded
	Answer    []Act            // what answers the other side; none of them is chosen
	AnswerKey string           // heading of the answer
	Acts      []Act            // all else that can be done
	Tracks    []Track
	HandOver  *component.Pair
	Disclosed []Fact // what was disclosed, field by field, with its ground
	LiveID    string // topic of the event stream, for the parts that renew themselves
}

// Lint is what is looked at before a version is signed: what stops it or must be
// known, then lists under their headings.
type Lint struct {
	Notes    []component.Note
	Sections []Section
}

// Copied is a copy of a packet that somebody took out of the node.
type Copied struct {
	Crumb      Link
	Number     string // of the referral
	N, Version int
	Until      time.Time // its files can be read
	Facts      []Fact
	Files      []Link
}

// PacketItem is one section or item of the packet, in the fixed order.
type PacketItem struct {
	Name    string
	Person  *component.Person
	Size    string
	State   string // ready, missing, empty, sealed
	New     bool
	Current bool
	URL     string
}

// Document is what is read in the middle of the desk.
type Document struct {
	Title    string
	Person   *component.Person
	Original string // language of the original, in words
	Made     string // translator and date
	Marks    []component.Handling
	Weight   string // “only as indicio until formalised”, when it applies
	Sections []Section
	Digest   string
	Seal     component.Seal
	Sealed   string // why it cannot be read yet
	Lead     string
	Notes    []component.Note // what has become of it since
	Checks   []Check          // instead of a text: what a packet still needs
	PrintURL string
}

// Section is a heading with paragraphs, facts or both.
type Section struct {
	Heading    string
	Attacks    []string // what a court will hold against it, in words
	Paragraphs []string
	Lang       string
	Facts      []Fact
	People     []PersonFact
}

// PersonFact is a person in a document with one line about them.
type PersonFact struct {
	Person component.Person
	Words  string
}

// Track is one of the tracks that run beside the referral: hand-over, warrant, court.
type Track struct {
	Name, State, Class string
	At                 time.Time
}
