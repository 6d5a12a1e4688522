package casefile

import (
	"time"

	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
)

// Statement is what a person said on the facts, taken by an authority. What
// is said in screening is never one. The words stay in the original language.
type Statement struct {
	Person        string   `json:"person"`
	Kind          string   `json:"kind"` // interview, sworn, deposition_1324d, advance_evidence
	Start         Moment   `json:"start"`
	End           Moment   `json:"end"`
	Rights        string   `json:"rights"` // read, not_required, not_read
	Recorded      bool     `json:"recorded"`
	Interpreted   bool     `json:"interpreted"`
	InterpreterBy string   `json:"interpreter_ground,omitempty"` // what qualified the interpreter
	Willing       bool     `json:"willing,omitempty"`            // to state before an authority of the other side
	Identifies    []string `json:"identifies,omitempty"`         // ids of the people identified
	CrossExamined bool     `json:"cross_examined,omitempty"`     // 8 USC 1324(d) asks for the chance of it
	Exculpatory   bool     `json:"exculpatory,omitempty"`
	CustodyHours  *int     `json:"custody_hours,omitempty"` // held before it began; nil if nobody says
	RightsLang    string   `json:"rights_lang,omitempty"`   // BCP 47
	NoPromises    bool     `json:"no_promises,omitempty"`   // the author says that nothing was promised
	Alike         []string `json:"alike,omitempty"`         // ids of nearly identical statements, which the author saw
}

// StatementDetail is the sealed body of a statement and of its circumstances.
type StatementDetail struct {
	Lang        string   `json:"lang"` // BCP 47 of Text
	Text        string   `json:"text"` // as said, in the original language
	Place       string   `json:"place"`
	Present     []string `json:"present"`                // who was in the room, with their function
	RightsText  string   `json:"rights_text,omitempty"`  // which rights and in which language
	Interpreter string   `json:"interpreter,omitempty"`  // name
	NoRecording string   `json:"no_recording,omitempty"` // why none was made
	// InterpreterCredential is the interpreter's certificate or registration.
	InterpreterCredential string   `json:"interpreter_credential,omitempty"`
	Promises              string   `json:"promises,omitempty"`          // promises and benefits, in words
	Breaks                []string `json:"breaks,omitempty"`            // from when to when
	CrossedBy             []string `json:"cross_examined_by,omitempty"` // who cross-examined, for whom
}

// Noun implements Content.
func (Statement) Noun() string { return "statement" }

// About implements Content.
func (s Statement) About() string { return s.Person }

// Moment implements Content.
func (s Statement) Moment() time.Time { return s.Start.At }

func (s Statement) check() error {
	switch {
	case s.Person == "":
		return refusal.New("casefile.person_missing")
	case !statementKinds.has(s.Kind):
		return refusal.New("casefile.not_on_list", "Field", "kind")
	case !rights.has(s.Rights):
		return refusal.New("casefile.not_on_list", "Field", "rights")
	case s.Start.At.IsZero() || s.End.At.IsZero():
		return refusal.New("casefile.statement_times")
	case s.End.At.Before(s.Start.At):
		return refusal.New("casefile.ends_before")
	case s.Interpreted && !interpreterGrounds.has(s.InterpreterBy):
		return refusal.New("casefile.interpreter_ground")
	}
	return nil
}

// Translation is a named translator's rendering of a statement. There are no
// machine translations of what people said.
type Translation struct {
	Person    string `json:"person"`    // whose statement it is
	Statement string `json:"statement"` // id
	Lang      string `json:"lang"`      // BCP 47 of the translation
	Certified bool   `json:"certified"`
}

// TranslationDetail is the sealed text with its translator.
type TranslationDetail struct {
	Text        string `json:"text"`
	Translator  string `json:"translator"`
	Certificate string `json:"certificate,omitempty"`
}

// Noun implements Content.
func (Translation) Noun() string { return "translation" }

// About implements Content.
func (t Translation) About() string { return t.Person }

// Moment implements Content.
func (Translation) Moment() time.Time { return time.Time{} }

func (t Translation) check() error {
	if !langForm.MatchString(t.Lang) {
		return refusal.New("casefile.language", "Lang", t.Lang)
	}
	return nil
}

// Charge is an offence that is considered, referred or filed against a
// suspect, under the law at the date of the facts.
type Charge struct {
	Person       string    `json:"person"`
	Offence      string    `json:"offence"`                // id in the programme's catalogue
	Facts        string    `json:"facts"`                  // date of the facts, YYYY-MM-DD
	Counts       int       `json:"counts"`                 // how many
	Status       string    `json:"status"`                 // considered, referred, filed…
	Filed        string    `json:"filed,omitempty"`        // date
	Jurisdiction string    `json:"jurisdiction,omitempty"` // of the side that would prosecute
	TriedAbroad  string    `json:"tried_abroad,omitempty"` // no, yes, unknown: finally tried for the same act
	Elements     []Element `json:"elements,omitempty"`     // elements of the offence and what shows them
}

// Element is an element of an offence with the items of the case that show it.
type Element struct {
	ID    string   `json:"id"` // as the catalogue names it, "profit"
	Items []string `json:"items"`
}

// Noun implements Content.
func (Charge) Noun() string { return "charge" }

// About implements Content.
func (c Charge) About() string { return c.Person }

// Moment implements Content.
func (c Charge) Moment() time.Time { return dayOrZero(c.Facts) }

func (c Charge) check() error {
	switch {
	case c.Person == "":
		return refusal.New("casefile.person_missing")
	case !chargeStatuses.has(c.Status):
		return refusal.New("casefile.not_on_list", "Field", "status")
	case c.Counts < 1 || c.Counts > 1000:
		return refusal.New("casefile.counts")
	case c.Jurisdiction != "" && !jurisdictions.has(c.Jurisdiction):
		return refusal.New("casefile.not_on_list", "Field", "jurisdiction")
	case c.TriedAbroad != "" && !triedAbroad.has(c.TriedAbroad):
		return refusal.New("casefile.not_on_list", "Field", "tried_abroad")
	}
	if _, ok := program.OffenceByID(c.Offence); !ok {
		return refusal.New("casefile.offence_unknown", "Offence", c.Offence)
	}
	if d, err := ParseDate(c.Facts); err != nil || d.Precision != "day" {
		return refusal.New("casefile.facts_date")
	}
	return checkSpan(c.Filed, "")
}

// Outcome is how a charge or a person's part in the case ended.
type Outcome struct {
	Person    string `json:"person"`
	Charge    string `json:"charge,omitempty"`
	Kind      string `json:"kind"` // program outcomes
	On        string `json:"on"`   // YYYY-MM-DD
	Authority string `json:"authority,omitempty"`
	Months    int    `json:"months,omitempty"`     // of prison
	FineCents int64  `json:"fine_cents,omitempty"` // in hundredths of Currency, or days (unit "UMA")
	Currency  string `json:"currency,omitempty"`
	Final     bool   `json:"final,omitempty"`
}

// Noun implements Content.
func (Outcome) Noun() string { return "outcome" }

// About implements Content.
func (o Outcome) About() string { return o.Person }

// Moment implements Content.
func (o Outcome) Moment() time.Time { return dayOrZero(o.On) }

func (o Outcome) check() error {
	if _, ok := program.OutcomeByID(o.Kind); !ok {
		return refusal.New("casefile.not_on_list", "Field", "outcome")
	}
	switch {
	case o.Months < 0 || o.Months > 1800:
		return refusal.New("casefile.months")
	case len(o.Authority) > maxName:
		return refusal.New("casefile.too_long", "Field", "authority", "Max", maxName)
	case o.FineCents < 0 || o.FineCents > 0 && !currencyForm.MatchString(o.Currency):
		return refusal.New("casefile.fee")
	}
	_, err := ParseDate(o.On)
	return err
}

// Decision is the US Attorney's on prosecuting here: what a referral to the
// other side waits for.
type Decision struct {
	Decision string   `json:"decision"` // accepted, declined, retained
	Reasons  []string `json:"reasons"`
	On       string   `json:"on"`               // YYYY-MM-DD
	People   []string `json:"people,omitempty"` // suspects it is about; all if none
}

// The decisions of the US Attorney.
const (
	DecisionAccepted = "accepted"
	DecisionDeclined = "declined"
	DecisionRetained = "retained"
)

// Noun implements Content.
func (Decision) Noun() string { return "ausa_decision" }

// About implements Content.
func (Decision) About() string { return "" }

// Moment implements Content.
func (d Decision) Moment() time.Time { return dayOrZero(d.On) }

func (d Decision) check() error {
	if d.Decision != DecisionAccepted && d.Decision != DecisionDeclined && d.Decision != DecisionRetained {
		return refusal.New("casefile.not_on_list", "Field", "decision")
	}
	if len(d.Reasons) == 0 && d.Decision == DecisionDeclined {
		return refusal.New("casefile.reason_missing")
	}
	for _, r := range d.Reasons {
		if !ausaReasons.has(r) {
			return refusal.New("casefile.not_on_list", "Field", "reason")
		}
	}
	_, err := ParseDate(d.On)
	return err
}

// dayOrZero is the first moment of a date, or the zero time.
func dayOrZero(s string) time.Time {
	d, err := ParseDate(s)
	if err != nil {
		return time.Time{}
	}
	return d.First()
}
