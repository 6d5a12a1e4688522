package view

import (
	"time"

	"github.com/oasiss/oasiss/internal/web/component"
)

// Cases is the list of one's office's cases.
type Cases struct {
	Rows        []CaseRow
	Total       int
	KeptURL     string // the retention desk; empty for who has no part in it
	RequestsURL string // requests by persons; likewise
	IntakeURL   string // captures an event and opens its case
	NewURL      string
	More        string
}

// CaseRow is one case in a list.
type CaseRow struct {
	Number, URL, Title, Place, State string
	At                               time.Time
	People                           int
	Gates                            component.Gates
	Clock                            *component.Clock
}

// Case is a case: people by protection, then suspects, then what blocks.
type Case struct {
	Head       Head
	Part       string // the one part that is shown; empty for all
	Block      *component.Note
	Protected  []ProtectedRow
	Suspects   []SuspectRow
	Event      []Fact
	Events     []Link // each event on its own page
	Narrative  string // the agent's own words, sealed for those who may not read it
	NarrLang   string
	Statements []Statement
	Things     []Thing
	Court      []Thing // offences, decisions, outcomes
	Referrals  []ReferralRow
	Checks     []Check
	Done, All  int
	Latest     []Happening
	AddURL     string
	Adds       []Link // what can be added, each on its own page
	Tasks      []CaseTask
	Charts     []Link // to the link chart, from whoever may be on it
	// What of the evidence has pages of its own.
	ExhibitsURL, FilesURL string
	Acts                  []Act
}

// Shows reports whether a part of the case stands on the page.
func (c Case) Shows(part string) bool { return c.Part == "" || c.Part == part }

// ProtectedRow is a protected person in a case.
type ProtectedRow struct {
	Person        component.Person
	Role, Consent string
	ConsentClass  string // ok, soon, over or empty
	Gates         component.Gates
}

// SuspectRow is a suspect: what supports the role and what speaks against it.
type SuspectRow struct {
	Person                      component.Person
	Function, Supports, Against string
	InDoubt                     bool
	Gates                       component.Gates
}

// Statement is a statement taken, and where it can be read.
type Statement struct {
	Person   component.Person
	At       time.Time
	Language string
	Note     string
	URL      string
}

// Thing is one line of what a case holds: a vehicle, phone, organisation or
// property with its number, an offence or a decision with its day. URL leads to
// all that is known of it.
type Thing struct {
	Kind, Words, Number, Day, URL string
}

// CaseTask is something to be done in a case, or that was.
type CaseTask struct {
	What, URL, Office string
	Clock             *component.Clock
	Ended             string // how, in words; empty while it is open
	At                time.Time
	Acts              []Act
}

// Looks is who looked at a case.
type Looks struct {
	Head          Head
	Rows          []AccessRow
	Older, Newest string
}

// CaseTaken is a case as somebody took it out: under their mark, with protected
// people as a number.
type CaseTaken struct {
	Crumb         Link
	Number, Title string
	Mark          string
	Until         time.Time // it can be read
	Handling      *component.Handling
	Named         []component.Person
	Protected     int
	Sections      []Section
	LeftOut       []Fact // what is of somebody protected, counted by its kind
}

// Check is one line of what is needed before a step.
type Check struct {
	Words, Note, URL string
	State            string // done, waiting, missing
}

// Happening is one line of a timeline.
type Happening struct {
	At       time.Time // recorded
	Occurred string    // what it tells of, as precisely as it says; empty where it says no time
	Who      string
	Did      string
}

// Screening is the screening of one person: what is asked, gate by gate.
type Screening struct {
	Head   Head
	Person component.Person
	Gates  component.Gates
	Asked  []GateAct
	Others []PersonLink
	// Questions is the form in its current version; asked again when something changed.
	Questions *Act
	Everyone  *Group // instead: everyone at once
	CaseURL   string
	// EveryoneURL leads from one person to everyone; empty for who does not screen.
	EveryoneURL string
	Consulate   *Consulate
	Beside      *Beside       // of the person chosen, for the desk
	Ask         string        // whom to ask about a gate that is shut, and which steps wait
	Seen        []SeenWhenMet // for the desk
}

// Beside is what stands beside the gates of a person: which measure is due next,
// what was done, and to what the person consented.
type Beside struct {
	Next      []NextMeasure
	Done      []GateMeasure
	Consents  []Consent
	PersonURL string
}

// NextMeasure is a safety measure that is not done, by the one that is due first.
type NextMeasure struct {
	What, Note string
	Clock      component.Clock
}

// SeenWhenMet is what was seen of a person when they were met.
type SeenWhenMet struct {
	Person component.Person
	Words  []string
	By     string
}

// Group is one form that asks the same of many people. Each is an act of its
// own: one that is refused keeps what was typed, the others are taken.
type Group struct {
	Action  string
	Each    string // field of the act that the id of a row fills
	Lead    string // read aloud to each
	Hidden  []Hidden
	Draft   string // as a Form's
	DraftAt string
	Back    bool
	Rows    []GroupRow
	Lines   []GroupLine
}

// GroupLine is one question of a group's table, with a cell for each person.
type GroupLine struct {
	GroupKey string // begins a group with this heading
	Text     string
	Cells    []GroupCell
}

// Span is how many columns the table has.
func (l GroupLine) Span() int { return 1 + len(l.Cells) }

// GroupCell is where one person's answer to one question stands.
type GroupCell struct {
	Form component.Form
	Ask  Ask
}

// GroupRow is one person of a group. Again says that he or she was asked before.
type GroupRow struct {
	ID     string
	Person component.Person
	Again  bool
	Act    Act
}

// ItemPage is one thing of a case, as it can be read, corrected, and as it
// stood before.
type ItemPage struct {
	Head     Head
	Title    string
	Sections []Section
	Gone     string // why it does not count any more
	Acts     []Act
	Changes  []Change
}

// Change is one line of the record of a thing or a person: who did what, when
// and why, and how it stood from then on, if that is not what stands now.
type Change struct {
	Happening
	Why  string
	Said []Section
}

// History is every change of a case, newest first.
type History struct {
	Head Head
	Rows []Happening
}

// PersonLink leads to another person's screening.
type PersonLink struct {
	Person  component.Person
	Gates   component.Gates
	Current bool
}

// GateAct is one gate and what can be recorded on it. Done gates have no act.
type GateAct struct {
	Gate  component.Gate
	Note  string // who ended it and when, for a gate that is done
	Act   *Act
	Why   []Fact   // the answers that shut it, with what was asked
	Found []string // what they show
	// Of a gate that is shut: what it blocks, what is done meanwhile, and by whom.
	Blocks         string
	Measures       []GateMeasure
	Owner, Service string
	Take           *Act
}

// GateMeasure is a safety measure behind a shut gate.
type GateMeasure struct {
	Name, Service, Source string
	Due                   time.Time
	Done                  time.Time // while the gate is shut; zero of what is not done
	Late                  bool
	Unverified            string // how far its source was checked, if it was not read
}

// PersonPage is one person's page: roles, consent, who has seen the identity.
type PersonPage struct {
	Head      Head
	Person    component.Person
	Sealed    bool // the identity is not shown now
	Until     time.Time
	Identity  []Fact // shown only while revealed, or for a named suspect
	Roles     []Role
	Gates     component.Gates
	ScreenURL string
	LinksURL  string // the link chart that begins here; empty of who is on none
	Consents  []Consent
	Notes     []DeskNote // for the desk
	Violence  []Violence // for those who may read what violence was done to the person
	Seen      []Seen
	Card      string     // ground on which the humanitarian card can be offered; for the desk
	SeenKnown bool       // whether the reader may know who has seen it
	Consulate *Consulate // for the desk
	Changes   []Change
	Acts      []Act
}

// Role is a part a person had in a case, with its source.
type Role struct {
	Words, Source string
	Since         string // as precise as known; empty if unknown
}

// Consent is what a person agreed to pass on.
type Consent struct {
	Recipient, Purpose, Categories, Language, State string
	Class                                           string
	Until                                           time.Time
	Proof                                           string // how it was signed: strong, weak, or none of before
	Reference                                       string // what the person takes away, to take the consent back with
	Told                                            []Told
	Went                                            []Went // files that left for a receiving service
	Tell                                            *Told  // that the service is to be told of a withdrawal
}

// Went is a file that left for a receiving service.
type Went struct {
	At        time.Time
	Who, What string
	LeftOut   int // values
}

// Released is a file for a receiving service, for whoever released it.
type Released struct {
	Crumb Link
	Until time.Time // it can be read
	Facts []Fact
	File  Link
}

// Told is how far a withdrawal has come at one place.
type Told struct {
	To   string
	At   time.Time // acknowledged; zero while it is not
	Due  time.Time
	Late bool
}

// DeskNote is a note of the protection desk.
type DeskNote struct {
	At        time.Time
	Who, Text string
}

// Violence is what a person told of violence, apart from the case.
type Violence struct {
	Person      component.Person
	At          time.Time
	Accused     string
	What, Lang  string
	When, Where string
}

// Seen is one showing of an identity.
type Seen struct {
	At       time.Time
	Who, Why string
}

// Readers is who can see a record, by name, office and rule.
type Readers struct {
	Head   Head
	Across string // code of the country that sees it too; whom it lets is its own to say
	Rows   []Reader
}

// Reader is one person who can see a record and why.
type Reader struct {
	Country, Name, Office, Role, Rule string
}
