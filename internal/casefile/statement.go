package casefile

import (
	"strings"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// StatementFields are a statement as it is entered, with the circumstances of
// its taking: without them it weighs little on either side (CNPP 217; PROGRAM
// §7.3).
type StatementFields struct {
	Person               string   `json:"person"`
	Kind                 string   `json:"kind"`
	Lang                 string   `json:"lang"`
	Text                 string   `json:"text"`
	Start                string   `json:"start"`
	End                  string   `json:"end"`
	Zone                 string   `json:"zone,omitempty"`
	Place                string   `json:"place"`
	Present              []string `json:"present"`
	Rights               string   `json:"rights"`
	RightsText           string   `json:"rights_text,omitempty"`
	SameLanguage         bool     `json:"same_language,omitempty"`
	Interpreter          string   `json:"interpreter,omitempty"`
	InterpreterGround    string   `json:"interpreter_ground,omitempty"`
	InterpreterHousehold bool     `json:"interpreter_household,omitempty"`
	Recorded             bool     `json:"recorded,omitempty"`
	NoRecording          string   `json:"no_recording,omitempty"`
	Willing              bool     `json:"willing,omitempty"`
	Identifies           []string `json:"identifies,omitempty"`
	CrossExamined        bool     `json:"cross_examined,omitempty"`
	Exculpatory          bool     `json:"exculpatory,omitempty"`
	// What a court attacks first, besides the hours and the place.
	CustodyHours          *int     `json:"custody_hours,omitempty"`
	RightsLang            string   `json:"rights_lang,omitempty"`
	InterpreterCredential string   `json:"interpreter_credential,omitempty"`
	Promises              string   `json:"promises,omitempty"`
	NoPromises            bool     `json:"no_promises,omitempty"`
	Breaks                []string `json:"breaks,omitempty"`
	CrossedBy             []string `json:"cross_examined_by,omitempty"`
	Alike                 []string `json:"alike,omitempty"`
}

// draft builds the statement; own is its id where one is corrected.
func (f StatementFields) draft(tx *store.Tx, d *act.Draw, c Case, own string) (draft[Statement], error) {
	var out draft[Statement]
	if err := f.circumstances(); err != nil {
		return out, err
	}
	zone := OfficeZone(d, f.Zone)
	start, err := ParseMoment(f.Start, zone)
	if err != nil {
		return out, err
	}
	end, err := ParseMoment(f.End, zone)
	if err != nil {
		return out, err
	}
	if start.Precision != "minute" || end.Precision != "minute" {
		return out, refusal.New("casefile.statement_times")
	}
	if end.At.After(d.Now) {
		return out, refusal.New("casefile.future")
	}
	p, err := c.person(tx, f.Person)
	if err != nil {
		return out, err
	}
	for _, id := range f.Identifies {
		if _, err := c.person(tx, id); err != nil {
			return out, err
		}
	}
	if err := InterpreterApart(tx, d, c.ID, f.Interpreter, f.InterpreterHousehold); err != nil {
		return out, err
	}
	alike, err := alikeSeen(tx, d, c, own, f)
	if err != nil {
		return out, err
	}
	out.content = Statement{Person: p.ID, Kind: f.Kind, Start: start, End: end, Rights: f.Rights, Recorded: f.Recorded,
		Interpreted: f.Interpreter != "", InterpreterBy: f.InterpreterGround, Willing: f.Willing, Identifies: f.Identifies,
		CrossExamined: f.CrossExamined, Exculpatory: f.Exculpatory, CustodyHours: f.CustodyHours, RightsLang: f.RightsLang, NoPromises: f.NoPromises, Alike: alike}
	out.detail = StatementDetail{Lang: f.Lang, Text: f.Text, Place: f.Place, Present: trimmed(f.Present), RightsText: f.RightsText,
		Interpreter: strings.TrimSpace(f.Interpreter), NoRecording: f.NoRecording,
		InterpreterCredential: strings.TrimSpace(f.InterpreterCredential), Promises: strings.TrimSpace(f.Promises), Breaks: trimmed(f.Breaks), CrossedBy: trimmed(f.CrossedBy)}
	return out, nil
}

// circumstances refuses a statement whose taking is not told.
func (f StatementFields) circumstances() error {
	switch {
	case strings.TrimSpace(f.Text) == "":
		return refusal.New("casefile.text_missing")
	case len(f.Text) > maxText:
		return refusal.New("casefile.too_long", "Field", "text", "Max", maxText)
	case !langForm.MatchString(f.Lang):
		return refusal.New("casefile.language", "Lang", f.Lang)
	case f.Start == "" || f.End == "":
		return refusal.New("casefile.statement_times")
	case strings.TrimSpace(f.Place) == "":
		return refusal.New("casefile.statement_place")
	case len(trimmed(f.Present)) == 0:
		return refusal.New("casefile.present_missing")
	case !f.Recorded && strings.TrimSpace(f.NoRecording) == "":
		return refusal.New("casefile.no_recording")
	case strings.TrimSpace(f.Interpreter) == "" && !f.SameLanguage:
		return refusal.New("casefile.interpreter_missing")
	case f.RightsLang != "" && !langForm.MatchString(f.RightsLang):
		return refusal.New("casefile.language", "Lang", f.RightsLang)
	case f.CustodyHours != nil && (*f.CustodyHours < 0 || *f.CustodyHours > maxCustody):
		return refusal.New("casefile.custody_hours")
	case f.NoPromises && strings.TrimSpace(f.Promises) != "":
		return refusal.New("casefile.promises")
	case f.Kind == kindDeposition && !f.Recorded:
		return refusal.New("casefile.deposition_video")
	case f.CrossExamined && f.Kind == kindDeposition && len(trimmed(f.CrossedBy)) == 0:
		return refusal.New("casefile.cross_examined_by")
	}
	return short("promises", f.Promises+f.InterpreterCredential+strings.Join(f.Breaks, "")+strings.Join(f.CrossedBy, ""), maxText)
}

// kindDeposition is the video deposition of a witness who was expelled or cannot
// testify: admitted if there was the chance to cross-examine (8 USC 1324(d)).
const kindDeposition = "deposition_1324d"

// maxCustody bounds the hours in custody: ten years.
const maxCustody = 10 * 366 * 24

// AddStatement keeps what a person stated on the facts.
type AddStatement struct {
	Case string `json:"case"`
	StatementFields
}

// Verb implements act.Command.
func (*AddStatement) Verb() string { return "case.add_statement" }

// Decide implements act.Command.
func (a *AddStatement) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	return add(tx, d, a.Case, func(c Case) (draft[Statement], error) { return a.draft(tx, d, c, "") })
}

// CorrectStatement corrects a statement's record; what stood before stays.
type CorrectStatement struct {
	Correction
	StatementFields
}

// Verb implements act.Command.
func (*CorrectStatement) Verb() string { return "case.correct_statement" }

// Decide implements act.Command.
func (k *CorrectStatement) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	k = new(*k) // what was sent stays as it was: the rule may run again
	return correct(tx, d, k.Correction, &k.StatementFields, func(c Case) (draft[Statement], error) { return k.draft(tx, d, c, k.Item) })
}

// AddTranslation adds a named translator's rendering of a statement. What a
// machine translated is refused.
type AddTranslation struct {
	Statement   string `json:"statement"`
	Lang        string `json:"lang"`
	Text        string `json:"text"`
	Translator  string `json:"translator"`
	Certified   bool   `json:"certified,omitempty"`
	Certificate string `json:"certificate,omitempty"`
	Machine     bool   `json:"machine,omitempty"`
}

// Verb implements act.Command.
func (*AddTranslation) Verb() string { return "case.add_translation" }

// Decide implements act.Command.
func (a *AddTranslation) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	i, err := LoadItem(tx, a.Statement)
	if err != nil {
		return nil, err
	}
	if i.Noun != (Statement{}).Noun() {
		return nil, refusal.NotFound()
	}
	return add(tx, d, i.Case, func(Case) (draft[Translation], error) {
		out := draft[Translation]{Translation{Person: i.Person, Statement: i.ID, Lang: a.Lang, Certified: a.Certified},
			TranslationDetail{Text: a.Text, Translator: strings.TrimSpace(a.Translator), Certificate: a.Certificate}}
		return out, a.rule(tx, d, i)
	})
}

func (a *AddTranslation) rule(tx *store.Tx, d *act.Draw, i Item) error {
	switch {
	case a.Machine:
		return refusal.New("casefile.machine_translation")
	case strings.TrimSpace(a.Translator) == "":
		return refusal.New("casefile.translator_missing")
	case strings.TrimSpace(a.Text) == "":
		return refusal.New("casefile.text_missing")
	}
	var original StatementDetail
	if _, err := i.OpenDetail(tx, d, &original); err != nil {
		return err
	}
	if original.Lang == a.Lang {
		return refusal.New("casefile.same_language", "Lang", a.Lang)
	}
	return short("text", a.Text, maxText)
}
