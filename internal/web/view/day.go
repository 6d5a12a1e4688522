package view

import (
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/web/component"
)

// SignIn is the use notice beside the form.
type SignIn struct {
	Form     component.Form // by password
	Passkey  component.Form
	Asked    access.Asked // of the person's authenticator
	Other    bool         // signing in by password is what was tried
	HelpDesk string       // telephone of the help desk
	Kept     string       // what was sent without a session, sealed; empty if nothing was

	Provider  component.Form
	Providers []component.Option // agencies' identity providers
}

// Provider leads to an agency's identity provider.
type Provider struct{ Name, URL string }

// SignInCode is the second step of signing in by password.
type SignInCode struct {
	Form   component.Form
	Ticket string // of the first step
	Kept   string // as in SignIn
}

// MyDay is the first page after sign-in: what dies first is on top. What it
// holds is what the reader's roles are for.
type MyDay struct {
	IntakeURL string   // captures an event, for whoever may
	Shift     ShiftDay // what colleagues leave to each other
	Lead      []string // the first sentence and what follows it, each in words with numbers
	Work      bool     // the reader works on referrals
	Desks     []Desk   // what else waits, each with the way to its own page
	Drafts    []Task   // begun and not sent, without a clock
	New       int      // of the answers, those that came since the reader last looked
	LookedAt  time.Time
	Overdue   int
	Soon      int
	Silent    int
	SilentFor time.Duration // the longest silence
	SilentBy  string        // code of the country that is silent
	Yours     []Task        // the reader's office owes the step
	Theirs    []Task        // the other side owes it
	Silence   []Silence
	HandOvers []HandOver
	Answers   []Answer
	Alarms    []HandOverAlarm
	Waiting   Awaited // for the reader to protect somebody
	AllURL    string
	Links     []Link // pages that are opened when somebody comes or calls
	Elsewhere []Part // what else waits for who answers for what others do, read for another purpose
}

// Desk is one part of somebody's day that has a page of its own.
type Desk struct {
	Title, URL, All string // All is what the way to its page is called
	Empty           string // what is said when there is nothing
	Notes           []component.Note
	Rows            []DeskRow
	Side            bool // it stands beside the work, not above it
}

// DeskRow is one thing on a desk.
type DeskRow struct {
	Title, URL, Note string
	Person           *component.Person
	Country          string // code of who did it
	State, Class     string
	At               time.Time
	Clock            *component.Clock
}

// Task is one clock and what it wants.
type Task struct {
	Clock   component.Clock
	NoClock bool      // nothing counts down; it has waited since Since
	Since   time.Time // of a task without a clock
	Owner   string    // code of the country that owes it, without a clock
	Yours   bool
	Title   string
	Person  *component.Person
	Number  string
	URL     string
	Note    string
	Missing string // what is missing, in bold
	Act     component.Button
}

// Silence is a referral opened by the other side and not answered in time.
type Silence struct {
	Number, URL, To, Note string
	For                   time.Duration
	Receipts              component.Receipts
	Acts                  []component.Button
}

// HandOverSheet is one hand-over: who, where, when, and its two signatures.
type HandOverSheet struct {
	Prints []Link // its record on paper, in both languages
	Head   Head
	Person component.Person
	At     time.Time
	Facts  []Fact
	Needs  []string       // of the next hours, as far as the person agreed to pass them on
	Lines  []SheetLine    // belongings and papers that go with the person, in their order
	Known  bool           // what goes is known here
	Count  *SheetCount    // what was counted; nil before the second signature
	Note   component.Note // what is awaited, or that it is done
	Pair   *component.Pair
	Acts   []Act
	Free   bool // the person is received at liberty
}

// SheetLine is a belonging or papers on a sheet, with what became of it.
type SheetLine struct {
	N                  int
	Words              string
	Paper              bool
	State, Class, Icon string // none before it was counted
	Why                string
}

// SheetCount is a count in words: how many people, how many lines as announced,
// and what else came.
type SheetCount struct {
	Text   string
	Ok     bool // as announced, and nothing else
	People string
	Why    string // where not one person came
	Beyond []string
	Reason string // why more came than was announced
	Sealed bool   // which lines differ cannot be opened here
}

// Reconciliation is how many people left and arrived, who is between two
// signatures, and which sheets are missing.
type Reconciliation struct {
	Left, Received, Open, Alarms int
	Gaps                         int
	Facts                        []Fact
	Sheets                       []HandOver
	Raised                       []HandOverAlarm
	Series                       []SheetSeries
}

// HandOverAlarm is a person between two signatures for too long: who was told of
// it here, and what either side answered.
type HandOverAlarm struct {
	ID, Number, URL string
	Person          component.Person
	Gives, Receives string
	Since           time.Time
	For             time.Duration
	Told            []AlarmTold
	Answers         []AlarmAnswer
	Offered         bool // the reader may answer
	Acts            []Act
}

// AlarmTold is when an alarm went to which roles here.
type AlarmTold struct {
	At   time.Time
	Whom string
}

// AlarmAnswer is what somebody of a side answered.
type AlarmAnswer struct {
	Country, Name, Office, Known string
	At                           time.Time
}

// SheetSeries are the numbered sheets from one office to another.
type SheetSeries struct {
	Gives, Receives string
	Last            int64
	Missing         []string
}

// HandOver is a person to be handed over, signed by both countries or not yet.
type HandOver struct {
	At          time.Time
	Person      component.Person
	Where       string
	URL         string
	Upper       string // country code above the line
	Lower       string
	UpperSigned bool
	LowerSigned bool
	Safe        bool // protected: where and when are not told
	Alarm       bool // the second signature is overdue
}

// Answer is something the other side did since yesterday.
type Answer struct {
	Country, What, Number, URL, Note string
	At                               time.Time
	New                              bool // since the reader last looked
}

// Awaited is what waits for the reader to protect somebody.
type Awaited struct {
	Asked     []Asked
	Withdrawn []Withdrawn
	ToTell    []ToTell
}

// ToTell is a receiving service that has to be told that a consent was taken back.
type ToTell struct {
	ID      string // of the consent
	Person  component.Person
	Service string
	URL     string // where it is recorded
	At      time.Time
	Clock   component.Clock
	Acts    []Act
}

// Asked is a request to show a child's identity, for its second person.
type Asked struct {
	ID      string
	Person  component.Person
	URL     string // where it is decided
	By      string // who asks
	Office  string
	Purpose string
	Reason  string // in the asker's own words
	Minutes int
	At      time.Time
	Acts    []Act
}

// Withdrawn is a consent taken back on the other side, not yet acknowledged here.
type Withdrawn struct {
	ID                string // of the row
	Consent, Referral string
	Number            string // of the referral; empty while it is not here
	ReferralURL       string
	URL               string // where it is acknowledged
	Country           string // that withdrew it
	At                time.Time
	Clock             component.Clock
	Acts              []Act
}
