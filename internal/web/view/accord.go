package view

import (
	"time"

	"github.com/oasiss/oasiss/internal/web/component"
)

// Accords is the accords and the corridors they open.
type Accords struct {
	Rows       []AccordRow
	Corridors  []Corridor
	Procedures []ProcedureRow
	Contacts   []AccordOffice // that have to be checked
	LawURL     string
	NewURL     string // empty for who may not propose
}

// AccordRow is one accord in the list.
type AccordRow struct {
	Title, URL, State, StateOK string
	Date                       string // of the document
	InForce                    time.Time
	Sides                      []Signed
}

// Signed is how many of a side's two officials have signed.
type Signed struct {
	Country string
	N       int
}

// Whole says whether both have.
func (s Signed) Whole() bool { return s.N > 1 }

// Corridor is a way cases can go: offices on one side, states on the other.
type Corridor struct {
	Title       string
	North       []string // US sectors and field offices
	South       []string // Mexican states
	Accord, URL string
	Open        bool
	Today       *CorridorToday // on the map
}

// Accord is one accord, as both countries signed it.
type Accord struct {
	Head       Head
	Sections   []Section
	Corridors  []Corridor
	Procedures []ProcedureRow
	Offices    []AccordOffice
	Signatures []component.Signature
	Digest     string
	Acts       []Act
}

// AccordOffice is an office that takes part, and how it is reached.
type AccordOffice struct {
	ID, URL             string
	Country, Name, Zone string
	Reached             Reached
	Acts                []Act
}

// Reached is how an office is reached, and when that was last checked.
type Reached struct {
	Telephone, Mail    string
	By                 string // who checked
	State, Class, Icon string
}

// ProcedureRow is one procedure in a list.
type ProcedureRow struct {
	Title, URL string
	From, To   string // country codes
	Facts      string // dates of the facts it is for
	Unverified bool
}

// Procedure is one version of the way of a referral: its states are the only ones.
type Procedure struct {
	Head      Head
	Note      string
	Tracks    []ProcedureTrack
	Steps     []ProcedureStep
	Clocks    []LawClock
	Forms     []LawForm
	Crossings []ProcedureCrossing
}

// ProcedureTrack is a line of states.
type ProcedureTrack struct {
	Name   string
	States []ProcedureState
}

// ProcedureState is one state and who owes the next step in it.
type ProcedureState struct {
	Name, Country, Owes string
	Ends                bool
}

// ProcedureStep is one step and whose it is.
type ProcedureStep struct {
	Name, Country, Roles        string
	Signed, Released, TwoPeople bool
}

// LawForm is a legal form of an answer.
type LawForm struct {
	Name, Law  string
	Challenge  bool
	Unverified bool
}

// ProcedureCrossing is what becomes of two acts that cross on the way.
type ProcedureCrossing struct{ Sender, Receiver, Becomes, Why string }

// LawClock is one clock of the catalogue.
type LawClock struct {
	Name, Country, Length, Starts, Owner, Source, IfMissed, Kind string
	Unverified                                                   bool
}

// Law is the offences and clocks of the programme.
type Law struct {
	Head     Head
	Offences []LawOffence
	Routes   []LawRoute
	Clocks   []LawClock
}

// LawRoute is the units that offences go to.
type LawRoute struct {
	Country, Offences, Units, Days, Law string
	Proposed                            bool // its law was not read: it only proposes
}

// LawOffence is one offence with what the software must know of it.
type LawOffence struct {
	Country, Name, Law, Since, Penalty string
	Dated                              bool // the date in force was read
	Unverified                         bool
	Never                              bool // never referred
	Elements                           []LawElement
	Closed                             []string // outcomes it does not admit
	Across                             []string // what answers to it across the border
}

// LawElement is one element; a blocking one must be shown first.
type LawElement struct {
	Name     string
	Blocking bool
}
