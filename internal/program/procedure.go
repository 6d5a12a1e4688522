package program

import "github.com/oasiss/oasiss/internal/i18n"

// Side is one of the two sides of a referral.
type Side string

// The sides. Either marks the few steps that both may take, such as pausing a
// clock of their own.
const (
	Sender   Side = "sender"
	Receiver Side = "receiver"
	Either   Side = "either"
)

// Other is the opposite side.
func (s Side) Other() Side {
	if s == Sender {
		return Receiver
	}
	return Sender
}

// MainTrack is the track that every referral is named by; the other tracks run
// beside it.
const MainTrack = "main"

// Procedure is one dated version of the way a referral goes between two
// countries: the only list of its states. A referral is pinned to the version
// in force when it was opened.
type Procedure struct {
	ID       string   `yaml:"id"`
	Version  int      `yaml:"version"`
	Title    Text     `yaml:"name"`
	Sending  string   `yaml:"sending_country"`
	Receives string   `yaml:"receiving_country"`
	From     Day      `yaml:"facts_from"` // first day of facts it is made for
	To       Day      `yaml:"facts_to"`   // last such day; zero is open
	Verified Verified `yaml:"verified"`
	Note     Text     `yaml:"note"`
	// BuiltOn names the procedure that this one follows in all that its file
	// does not say otherwise; empty where the file says everything.
	BuiltOn string  `yaml:"built_on"`
	Without without `yaml:"without"` // what it leaves out of that one
	// Family is the family of offences that it is made for; empty for every
	// offence that no other procedure is made for.
	Family string `yaml:"offences"`

	Tracks     []Track     `yaml:"tracks"`
	Facts      []FactVar   `yaml:"facts"`
	Conditions []Condition `yaml:"conditions"`
	Forms      []Form      `yaml:"forms"`
	Reasons    []Reason    `yaml:"reasons"`
	Steps      []StepRule  `yaml:"steps"`
	Crossings  []Crossing  `yaml:"crossings"`
	Warnings   []Warning   `yaml:"warnings"`
	Timers     []Timer     `yaml:"clocks"`
	Eligible   []Check     `yaml:"eligibility"`
	Packet     []Check     `yaml:"packet"`

	first     string // the first released step: what opens the referral on the other node
	tracks    map[string]*Track
	steps     map[string]*StepRule
	forms     map[string]*Form
	reasons   map[string]*Reason
	conds     map[string]*Condition
	facts     map[string]*FactVar
	precede   map[[2]string]Side
	evaluator *evaluator
}

// Name is the procedure's title in l.
func (p *Procedure) Name(l i18n.Lang) string { return p.Title.In(l) }

// Track is a line of states that a referral moves along.
type Track struct {
	ID      string  `yaml:"id"`
	Title   Text    `yaml:"name"`
	Initial string  `yaml:"initial"`
	States  []State `yaml:"states"`
}

// State is one state of a track.
type State struct {
	ID    string `yaml:"id"`
	Title Text   `yaml:"name"`
	// Owes says who must act next, empty where nobody must.
	Owes *Owner `yaml:"owes"`
	// Ends marks a state of the main track in which nothing more is awaited.
	Ends bool `yaml:"ends"`
	// Opens is the tier of the packet that a state of the main track has come to:
	// wire.TierAnalysis or wire.TierReleased, empty where nothing more opens.
	Opens string `yaml:"opens"`
	// Always keeps a state of a side track owing after the main track ended:
	// a person between two signatures is awaited whatever became of the case.
	Always bool `yaml:"always"`
}

// Name is the state's name in l.
func (s State) Name(l i18n.Lang) string { return s.Title.In(l) }

// Owner is who may take a step, or owes one: a side and the roles in its offices.
type Owner struct {
	Side      Side     `yaml:"side"`
	Roles     []string `yaml:"roles"`
	TwoPeople bool     `yaml:"two_people"` // the person before cannot be this person (DESIGN §7)
}

// StepRule is a step as the procedure file declares it.
type StepRule struct {
	ID         string   `yaml:"id"`
	Title      Text     `yaml:"name"` // what one may do: "Refer"
	Done       Text     `yaml:"done"` // what was done: "Referred"
	Owner      Owner    `yaml:"owner"`
	Moves      []Move   `yaml:"moves"`
	Signed     bool     `yaml:"signed"`    // needs the person's signature proof
	Released   bool     `yaml:"released"`  // crosses to the other node
	Alert      bool     `yaml:"alert"`     // travels on the alert lane
	Automatic  bool     `yaml:"automatic"` // taken by the node that owns the clock
	Conditions []string `yaml:"conditions"`
	Forms      []string `yaml:"forms"` // legal forms it takes; one must be named when there are any
	NeedsCause bool     `yaml:"reason_required"`
	Note       Text     `yaml:"note"`
}

// Name is the step's name in l.
func (s StepRule) Name(l i18n.Lang) string { return s.Title.In(l) }

// stays reports whether no move of the step changes a state.
func (s StepRule) stays() bool {
	for _, m := range s.Moves {
		if len(m.To) > 0 {
			return false
		}
	}
	return true
}

// Move is one way a step is open: from these states of these tracks, to those.
// The first move that fits is the one taken. An empty To leaves every state as
// it is.
type Move struct {
	From  map[string][]string `yaml:"from"`
	To    map[string]string   `yaml:"to"`
	Forms []string            `yaml:"forms"` // only when the step takes one of these forms
}

// Form is the legal form that an answer or outcome takes, and the law it rests on.
type Form struct {
	ID       string   `yaml:"id"`
	Title    Text     `yaml:"name"`
	Law      Text     `yaml:"law"`
	Verified Verified `yaml:"verified"`
	// Outcome is the kind of outcome for the offence catalogue, which knows
	// which outcomes an offence does not admit (LAW.md §1 row 7).
	Outcome string `yaml:"outcome"`
	// Challenge says that the victim may challenge it (CNPP 258).
	Challenge bool `yaml:"challenge"`
	Note      Text `yaml:"note"`
}

// Name is the form's name in l.
func (f Form) Name(l i18n.Lang) string { return f.Title.In(l) }

// Reason is a coded reason with the steps that admit it and the legal forms it
// can take there; no forms means any form of the step.
type Reason struct {
	ID    string   `yaml:"id"`
	Title Text     `yaml:"name"`
	Steps []string `yaml:"steps"`
	Forms []string `yaml:"forms"`
}

// Name is the reason's name in l.
func (r Reason) Name(l i18n.Lang) string { return r.Title.In(l) }

// Crossing declares what becomes of every pair of acts of the two lists when
// they cross on the way: which of the two takes effect first, and what the
// referral becomes once both had their turn.
type Crossing struct {
	Sender   []string          `yaml:"sender"`
	Receiver []string          `yaml:"receiver"`
	Forms    []string          `yaml:"forms"` // only when the receiver's act takes one of these forms
	First    Side              `yaml:"first"`
	Becomes  map[string]string `yaml:"becomes"`
	Why      Text              `yaml:"why"`
}

// Warning is shown on both nodes while the tracks stand as When says.
type Warning struct {
	ID    string              `yaml:"id"`
	Title Text                `yaml:"name"`
	When  map[string][]string `yaml:"when"`
}

// Check is one line of the eligibility or packet checklist.
type Check struct {
	ID       string   `yaml:"id" json:"id"`
	Title    Text     `yaml:"name" json:"name"`
	Required bool     `yaml:"required" json:"required"`
	Basis    string   `yaml:"basis" json:"basis,omitempty"`
	Verified Verified `yaml:"verified" json:"verified"`
	Note     Text     `yaml:"note" json:"note,omitzero"`
	// Condition is the condition that answers this line, if one does.
	Condition string `yaml:"condition" json:"condition,omitempty"`
	// Owes names the sender's roles that bring a line of the packet; the roles
	// that complete the packet where it is empty.
	Owes []string `yaml:"owes" json:"owes,omitempty"`
}

// Name is the line in l.
func (c Check) Name(l i18n.Lang) string { return c.Title.In(l) }

// Timer starts and stops a clock of the catalogue within the procedure.
type Timer struct {
	Clock     string   `yaml:"clock"`
	Starts    []string `yaml:"starts_on"`
	Ends      []string `yaml:"ends_on"`
	Owner     Owner    `yaml:"owner"`
	Escalates []string `yaml:"escalates_to"` // roles told when it is missed
	Repeats   bool     `yaml:"repeats"`      // each further start begins it again
	Pausable  bool     `yaml:"pausable"`     // a legal term never is
	// Red marks a clock without a number that is late from its start: what ends
	// it should have been done already, and each day may be the last.
	Red bool `yaml:"red"`
}

// OwesLine lists the roles that bring a line of the packet: those the line
// names, or those that complete the packet.
func (p *Procedure) OwesLine(c Check) []string {
	if len(c.Owes) > 0 {
		return c.Owes
	}
	if s, ok := p.steps["complete_packet"]; ok {
		return s.Owner.Roles
	}
	return nil
}

// FirstReleased names the step that opens the referral on the receiver's node;
// the receiver's history of the sender begins with it.
func (p *Procedure) FirstReleased() string { return p.first }

// Track finds a track by id.
func (p *Procedure) Track(id string) (*Track, bool) { t, ok := p.tracks[id]; return t, ok }

// StateOf finds a state of a track.
func (p *Procedure) StateOf(track, state string) (State, bool) {
	if t, ok := p.tracks[track]; ok {
		for _, s := range t.States {
			if s.ID == state {
				return s, true
			}
		}
	}
	return State{}, false
}

// Rule finds a step as declared, whatever the standing.
func (p *Procedure) Rule(step string) (*StepRule, bool) { s, ok := p.steps[step]; return s, ok }

// Reason finds a coded reason.
func (p *Procedure) Reason(id string) (*Reason, bool) { r, ok := p.reasons[id]; return r, ok }

// Form finds a legal form.
func (p *Procedure) Form(id string) (*Form, bool) { f, ok := p.forms[id]; return f, ok }

// Condition finds a declared condition.
func (p *Procedure) Condition(id string) (*Condition, bool) { c, ok := p.conds[id]; return c, ok }
