// Package view holds what each page shows: plain structs that the doors fill
// and the templates draw. No rule of the programme is decided here. Texts are
// ready to read, in the reader's language, unless a field ends in Key.
package view

import (
	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/document"
	"github.com/oasiss/oasiss/internal/web/component"
)

// Link is an address with its words.
type Link struct {
	ID        string // of a tab, where what it counts is known later
	Text, URL string
	Count     int
	Current   bool
}

// Fact is a label and its value.
type Fact = document.Fact

// Act is something the reader may do now: its form is folded until chosen, so
// that no decision is ever preselected. The door lists only acts that the
// procedure and the reader's rights offer.
type Act struct {
	Verb     string // id of the verb; anchors and texts use it
	LabelKey string // what the button says
	Label    string // instead of LabelKey: the name of a step in the procedure's own words
	HintKey  string // one sentence on what follows, optional
	Lead     string // read aloud before the first question
	Icon     string
	Form     component.Form
	Asks     []Ask
	Fold     *Fold // questions that are rarely answered, folded
	Hidden   []Hidden
	Signed   bool   // leads to the page where it is read and signed
	Upload   bool   // carries a file
	Primary  bool   // the one expected next step
	Blocked  string // why it cannot be done now
	FixURL   string // where that is put right
	Fix      string
}

// Hidden is a value that a form carries and nobody types.
type Hidden struct{ Name, Value string }

// Open says whether the form is drawn unfolded: after a refusal, so that what
// was typed and what was wrong are seen at once, and what was begun is gone on with.
func (a Act) Open() bool { return a.Form.Refusal != nil || len(a.Form.Errors) > 0 || a.Form.Back }

// Ask is one question of a form. Key is its label's key (Key.hint its hint);
// How are the words of the template function input: required, mono, rows=4,
// type=date, autocomplete=off. With Choices it is a choice; How then says
// type=radio, type=checks or (default) type=select.
type Ask struct {
	Name, Key string
	Text      string // instead of Key: a question in the words of a form of the programme
	How       []string
	Choices   []component.Option
	GroupKey  string // begins a group with this heading
	Why       *Ask   // asked right under a choice, for an answer that needs a reason
}

// Fold is a group of questions that stands folded under its title until it is
// wanted; what was answered in it is never hidden.
type Fold struct {
	TitleKey, LeadKey string
	Form              component.Form
	Asks              []Ask
	Wanted            bool // stands open from the first
}

// Open says whether one of the questions was answered already.
func (f Fold) Open() bool {
	if f.Wanted {
		return true
	}
	for _, a := range f.Asks {
		if f.Form.Value(a.Name) != "" || f.Form.Errors[a.Name] != "" {
			return true
		}
	}
	return false
}

// FormPage is a page that is one form: a new case, a person, a referral's
// draft, a user, an office, a peer.
type FormPage struct {
	Crumb    Link
	TitleKey string
	LeadKey  string // optional
	Head     *Head  // when the form belongs to a case
	First    *First // asked before the act can be drawn up
	Act      Act
	Notes    []component.Note
	Sections []Section // what the act will say, in words
	BackURL  string
}

// First is a question on whose answer the rest of a form hangs: the act stands
// under it where it can be drawn up already. Asking it changes nothing.
type First struct {
	URL  string
	Form component.Form
	Ask  Ask
}

// Confirm is the page where an act is read as it will be signed, then signed.
type Confirm struct {
	TitleKey  string
	Title     string // instead of TitleKey
	LeadKey   string // instead of what is said of an act that crosses
	Statement string // the act in words, as it will be shown to both countries
	Lang      string // language of the statement
	Facts     []Fact
	Digest    string       // SHA-256 of the act, in hexadecimal
	Asked     access.Asked // what the person's authenticator is asked
	SignKey   string       // label of the signing button
	Sees      string       // what the other country sees, and when
	Form      component.Form
	Hidden    []Hidden
	BackURL   string
	Register  string // where a passkey is registered first, of somebody who has none
}

// Head is the sticky head of a case, referral or person.
type Head struct {
	Crumb    Link
	Number   string
	Title    string
	Person   *component.Person
	State    string
	StateOK  string // class of the state: ok, soon, over, act or empty
	Owner    string
	Handling *component.Handling
	Readers  *component.Readers
	Clocks   []component.Clock
	Seal     *component.Seal
	SealText string
	Paper    string // what every printed page says beside the number: the packet's version and its short digest, the case of a person or a file
	Facts    string // when and where it happened
	Tabs     []Link
	Acts     []component.Button
}
