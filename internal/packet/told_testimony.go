package packet

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/document"
)

// testimony reads a statement or an identification.
func (r Reading) testimony(raw json.RawMessage) (document.Block, error) {
	which, err := body[struct {
		Noun string `json:"noun"`
	}](raw)
	if err == nil && which.Noun == (casefile.Identification{}).Noun() {
		return r.identification(raw)
	}
	return r.statement(raw)
}

// statement tells how a statement was taken, what a court will ask of that, and
// its words.
func (r Reading) statement(raw json.RawMessage) (document.Block, error) {
	s, err := body[StatementBody](raw)
	hours, promises := "", s.Promises
	if s.Custody != nil {
		hours = r.T("law.unit.hours", "Count", *s.Custody)
	}
	if s.NoPromises {
		promises = r.T("statement.no_promises")
	}
	var alike []string
	for _, id := range s.Alike {
		if n := r.numbers[id]; n != "" {
			alike = append(alike, n)
		}
	}
	facts := []document.Fact{{Label: r.T("ask.kind"), Value: r.Word("casefile.statement_kind.", s.Kind)}, {Label: r.T("ask.start"), Value: r.When(s.Start)}, {Label: r.T("ask.end"), Value: r.When(s.End)},
		{Label: r.T("ask.breaks"), Value: strings.Join(s.Breaks, "; ")}, {Label: r.T("ask.custody_hours"), Value: hours},
		{Label: r.T("ask.place_taken"), Value: s.Place}, {Label: r.T("web.present"), Value: strings.Join(s.Present, "; ")}, {Label: r.T("ask.rights"), Value: r.Word("casefile.rights.", s.Rights)},
		{Label: r.T("ask.rights_lang"), Value: r.Languages([]string{s.RightsLang})}, {Label: r.T("ask.rights_text"), Value: s.RightsText},
		{Label: r.T("ask.same_language"), Value: r.yes(!s.Interpreted)}, {Label: r.T("ask.interpreter"), Value: s.Interpreter}, {Label: r.T("ask.interpreter_ground"), Value: r.Word("casefile.interpreter_ground.", s.By)},
		{Label: r.T("ask.interpreter_credential"), Value: s.Credential}, {Label: r.T("ask.recorded"), Value: r.yes(s.Recorded)}, {Label: r.T("ask.no_recording"), Value: s.NoRecord},
		{Label: r.T("ask.promises"), Value: promises}, {Label: r.T("ask.cross_examined_by"), Value: strings.Join(s.CrossedBy, "; ")},
		{Label: r.T("ask.alike"), Value: strings.Join(alike, ", ")}, {Label: r.T("ask.willing"), Value: r.yes(s.Willing)}, {Label: r.T("ask.identifies"), Value: strings.Join(s.Identifies, ", ")}}
	heading := r.T("noun.statement")
	if s.Original {
		heading = r.T("noun.statement_original")
	}
	said := r.asked("casefile.unsaid.", "statement.unsaid", s.Asked)
	return document.Block{Heading: heading, Person: s.Subject, Facts: document.Filled(facts),
		Said: append(said, document.Passage{Lang: s.Lang, Paragraphs: document.Paragraphs(s.Text)})}, err
}

// identification tells what came of it, how it was conducted, and what the
// witness said.
func (r Reading) identification(raw json.RawMessage) (document.Block, error) {
	x, err := body[IdentificationBody](raw)
	var shown []string
	for i, image := range x.Images {
		shown = append(shown, strconv.Itoa(i+1)+". "+image)
	}
	at := ""
	if x.ShownAt > 0 {
		at = strconv.Itoa(x.ShownAt)
	}
	facts := []document.Fact{{Label: r.T("identification.result"), Value: r.Picked(x.Picked, x.ShownAt)}, {Label: r.T("ask.method"), Value: r.Word("casefile.identification_method.", x.Method)},
		{Label: r.T("ask.shown_when"), Value: r.When(x.When)}, {Label: r.T("ask.place_taken"), Value: x.Place}, {Label: r.T("ask.conducted_by"), Value: x.ConductedBy},
		{Label: r.T("web.present"), Value: strings.Join(x.Present, "; ")}, {Label: r.T("ask.images"), Value: strings.Join(shown, "; ")}, {Label: r.T("ask.suspect_among"), Value: x.Suspect},
		{Label: r.T("ask.shown_at"), Value: at}, {Label: r.T("ask.sequential"), Value: r.yes(x.Sequential)}, {Label: r.T("ask.warned"), Value: r.yes(x.Warned)},
		{Label: r.T("ask.available"), Value: r.yes(x.Available)}}
	said := append(r.asked("casefile.identification.", "identification.attacks", x.Asked),
		document.Passage{Heading: r.T("ask.witness_words"), Lang: x.Lang, Paragraphs: document.Paragraphs(x.Text)},
		document.Passage{Heading: r.T("ask.certainty"), Lang: x.Lang, Paragraphs: document.Paragraphs(x.Certainty)})
	return document.Block{Heading: r.T("noun.identification"), Person: x.Subject, Facts: document.Filled(facts), Said: said}, err
}

// asked is what a court will hold against a record: the words of each code stand
// under prefix.
func (r Reading) asked(prefix, heading string, codes []string) []document.Passage {
	if len(codes) == 0 {
		return nil
	}
	p := document.Passage{Heading: r.T(heading)}
	for _, code := range codes {
		p.Paragraphs = append(p.Paragraphs, r.Word(prefix, code))
	}
	return []document.Passage{p}
}

func (r Reading) yes(on bool) string {
	if on {
		return r.T("protection.answer.yes")
	}
	return r.T("protection.answer.no")
}
