package component

import "time"

// SealState is what verification found.
type SealState string

// The results of verification, words first.
const (
	Verified SealState = "verified" // same as sent
	Cosigned SealState = "cosigned" // the other country has confirmed it
	Waiting  SealState = "waiting"  // the other country's signature has not come
	Broken   SealState = "broken"   // does not match what the other country holds
)

// Seal is a verification and when it was made.
type Seal struct {
	State   SealState
	Country string
	At      time.Time
	For     time.Duration // how long it has been waiting
}

// Turn is one act in a signed conversation.
type Turn struct {
	Country  string
	Did      string // who did what, as one short sentence
	At       time.Time
	More     string // reason, legal form, what it serves, in words
	Said     string // the person's own words
	SaidLang string // their language, for the lang attribute
	By       string // who signed, with office
	Weak     bool   // signed by password: vouched for by the node only
	Software bool   // signed by a passkey whose key a program keeps in a file
	Other    *Translation
	Receipts *Receipts
}

// Translation stands beside an original and names who made it.
type Translation struct {
	Text, Lang, By string
	Certified      bool
}

// Signature is one half of a pair.
type Signature struct {
	Country string
	Gives   bool
	Name    string
	Office  string
	At      *time.Time
}

// Pair is two signatures, one of each country: the United States stands above.
type Pair struct {
	Upper, Lower Signature
	Between      time.Duration // how long between, or since, the first signature
}

// Complete says whether both have signed.
func (p Pair) Complete() bool { return p.Upper.At != nil && p.Lower.At != nil }

// Begun says whether exactly one has signed.
func (p Pair) Begun() bool { return (p.Upper.At != nil) != (p.Lower.At != nil) }

// Trust is the strip at the foot of every page: what can be relied on now.
type Trust struct {
	Peer        string // code of the other country; empty before pairing
	Live        bool
	LastContact time.Time // when the link is down
	LastReceipt time.Time
	Verified    time.Time
	Cosigned    time.Time
	Waiting     int // messages in the outbox
	Broken      bool
}

// Alert is the band of a life at risk.
type Alert struct {
	Title, Text, URL string
	Sides            []AlertSide
}

// AlertSide is what one country is doing about it.
type AlertSide struct {
	Country, Text string
	Taken         bool
}
