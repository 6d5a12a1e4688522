package casefile

import (
	"github.com/oasiss/oasiss/internal/journal"
)

// Opened starts a case. Its title is the sealed part "title".
type Opened struct {
	journal.Envelope
	ID       string `json:"id"`
	Prefix   string `json:"prefix"`
	Year     int    `json:"year"`
	N        int64  `json:"n"`
	Number   string `json:"number"`
	Office   string `json:"office"`
	Origin   string `json:"origin,omitempty"` // referral it came by
	Handling string `json:"handling_code"`
	Key      string `json:"key"`
	// Controls are of the originator's own law; nothing takes one away.
	Controls []string `json:"controls,omitempty"`
}

// Kind implements journal.Fact.
func (Opened) Kind() string { return "case.opened.1" }

// Starts tells the id of the case.
func (f Opened) Starts() string { return f.ID }

// StatusSet closes a case or opens it again.
type StatusSet struct {
	journal.Envelope
	Status string `json:"status"`
}

// Kind implements journal.Fact.
func (StatusSet) Kind() string { return "case.status_set.1" }

// MemberAdded gives an office need-to-know.
type MemberAdded struct {
	journal.Envelope
	Office string `json:"office"`
}

// Kind implements journal.Fact.
func (MemberAdded) Kind() string { return "case.member_added.1" }

// MemberRemoved ends an office's need-to-know. The owner stays.
type MemberRemoved struct {
	journal.Envelope
	Office string `json:"office"`
}

// Kind implements journal.Fact.
func (MemberRemoved) Kind() string { return "case.member_removed.1" }

// PersonAdded records a person by pseudonym; who it is stands in the sealed
// part "identity", under a key of the person's own.
type PersonAdded struct {
	journal.Envelope
	ID    string `json:"id"`
	Plant string `json:"plant"`
	Age   Age    `json:"age"`
	Key   string `json:"key"`
}

// Kind implements journal.Fact.
func (PersonAdded) Kind() string { return "case.person_added.1" }

// Starts tells the id of the person.
func (f PersonAdded) Starts() string { return f.ID }

// PersonCorrected replaces what was recorded of a person's identity.
type PersonCorrected struct {
	journal.Envelope
	ID     string `json:"id"`
	Reason string `json:"reason"`
	Age    Age    `json:"age"`
}

// Kind implements journal.Fact.
func (PersonCorrected) Kind() string { return "case.person_corrected.1" }

// PersonClassed says what is established of a person's age, and whether the
// protection desk shields the person whatever their role. Package protection
// emits it when a suspect is found to be a victim.
type PersonClassed struct {
	journal.Envelope
	ID       string `json:"id"`
	Age      Age    `json:"age"`
	Shielded bool   `json:"shielded"`
	Ground   string `json:"ground"` // of the age, or "protection" for the desk's
}

// Kind implements journal.Fact.
func (PersonClassed) Kind() string { return "case.person_classed.1" }

// PersonsMerged says that two records are one person. The old id goes on
// resolving.
type PersonsMerged struct {
	journal.Envelope
	Keep   string `json:"keep"`
	Merged string `json:"merged"`
	Reason string `json:"reason"`
}

// Kind implements journal.Fact.
func (PersonsMerged) Kind() string { return "case.persons_merged.1" }

// PersonsUnmerged takes a merge back: each record has again what it had.
type PersonsUnmerged struct {
	journal.Envelope
	Keep   string `json:"keep"`
	Merged string `json:"merged"`
	Reason string `json:"reason"`
}

// Kind implements journal.Fact.
func (PersonsUnmerged) Kind() string { return "case.persons_unmerged.1" }

// Sought says that somebody looked a person up by an identifier or a name
// among all people of the office's cases: for what, why, and what was found.
// What was asked is sealed.
type Sought struct {
	journal.Envelope
	Reason string   `json:"reason"` // code
	Found  []string `json:"found,omitempty"`
	Key    string   `json:"key"`
}

// Kind implements journal.Fact.
func (Sought) Kind() string { return "case.person_sought.1" }

// parts of the facts above.
const (
	titlePart    = "title"
	identityPart = "identity"
)

// Facts registers the facts of this package.
func Facts(k *journal.Kinds) {
	journal.Register(k, applyOpened)
	journal.Register(k, applyStatus)
	journal.Register(k, applyMemberAdded)
	journal.Register(k, applyMemberRemoved)
	journal.Register(k, applyPersonAdded)
	journal.Register(k, applyPersonCorrected)
	journal.Register(k, applyPersonClassed)
	journal.Register(k, applyMerged)
	journal.Register(k, applyUnmerged)
	journal.Register(k, applySought)
	registerItem[Event](k)
	registerItem[Role](k)
	registerItem[Organisation](k)
	registerItem[Vehicle](k)
	registerItem[Phone](k)
	registerItem[Property](k)
	registerItem[Statement](k)
	registerItem[Translation](k)
	registerItem[Identification](k)
	registerItem[Charge](k)
	registerItem[Outcome](k)
	registerItem[Passed](k)
	registerItem[Decision](k)
	registerItem[Task](k)
	journal.Register(k, applyTaskEnded)
	forgetFacts(k)
	holdFacts(k)
	reactIndex(k)
}
