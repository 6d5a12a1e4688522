package web

import (
	"slices"
	"strconv"
	"strings"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/document"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/view"
)

// statementSections are a statement as it was said, its translations, each with
// its translator, and how it was taken.
func (q *request) statementSections(c casefile.View, x casefile.ItemView) []view.Section {
	var s casefile.Statement
	var d casefile.StatementDetail
	q.decode(x.Content, &s)
	q.decode(x.Detail, &d)
	out := q.attacks("casefile.unsaid.", "statement.unsaid", casefile.Unsaid(s, d))
	out = append(out, view.Section{Lang: d.Lang, Paragraphs: document.Paragraphs(d.Text)})
	for _, i := range c.Items {
		var t casefile.Translation
		if q.decode(i.Content, &t); i.Noun != "translation" || t.Statement != x.ID {
			continue
		}
		var words casefile.TranslationDetail
		q.decode(i.Detail, &words)
		heading := q.t("thread.translation", "Name", words.Translator)
		if words.Certificate != "" {
			heading += " (" + words.Certificate + ")"
		}
		out = append(out, view.Section{Heading: heading, Lang: t.Lang, Paragraphs: document.Paragraphs(words.Text)})
	}
	var named []string
	for _, p := range s.Identifies {
		named = append(named, calledIn(c, p))
	}
	hours := ""
	if s.CustodyHours != nil {
		hours = q.t("law.unit.hours", "Count", *s.CustodyHours)
	}
	promises := d.Promises
	if s.NoPromises {
		promises = q.t("statement.no_promises")
	}
	var alike []string
	for _, i := range c.Items {
		if slices.Contains(s.Alike, i.ID) {
			alike = append(alike, q.statementName(c, i))
		}
	}
	yes := q.yes
	return append(out, view.Section{Heading: q.t("ask.group.taking"), Facts: document.Filled([]view.Fact{
		{Label: q.t("ask.start"), Value: i18n.DateTime(q.lang, s.Start.At, q.zone())}, {Label: q.t("ask.end"), Value: i18n.DateTime(q.lang, s.End.At, q.zone())},
		{Label: q.t("ask.breaks"), Value: strings.Join(d.Breaks, "; ")},
		{Label: q.t("ask.custody_hours"), Value: hours}, {Label: q.t("ask.place_taken"), Value: d.Place}, {Label: q.t("web.present"), Value: strings.Join(d.Present, "; ")}, {Label: q.t("ask.rights"), Value: q.word("casefile.rights.", s.Rights)},
		{Label: q.t("ask.rights_lang"), Value: q.languages([]string{s.RightsLang})}, {Label: q.t("ask.rights_text"), Value: d.RightsText}, {Label: q.t("ask.same_language"), Value: yes(!s.Interpreted)}, {Label: q.t("ask.interpreter"), Value: d.Interpreter},
		{Label: q.t("ask.interpreter_ground"), Value: q.word("casefile.interpreter_ground.", s.InterpreterBy)}, {Label: q.t("ask.interpreter_credential"), Value: d.InterpreterCredential},
		{Label: q.t("ask.recorded"), Value: yes(s.Recorded)}, {Label: q.t("ask.no_recording"), Value: d.NoRecording}, {Label: q.t("ask.promises"), Value: promises},
		{Label: q.t("ask.cross_examined_by"), Value: strings.Join(d.CrossedBy, "; ")}, {Label: q.t("ask.alike"), Value: strings.Join(alike, "; ")}, {Label: q.t("ask.willing"), Value: yes(s.Willing)},
		{Label: q.t("ask.exculpatory_mark"), Value: yes(s.Exculpatory)}, {Label: q.t("ask.identifies"), Value: strings.Join(named, ", ")}})})
}

// attacks are what a court will hold against a record, said first: the words of
// each code stand under prefix.
func (q *request) attacks(prefix, heading string, codes []string) []view.Section {
	if len(codes) == 0 {
		return nil
	}
	s := view.Section{Heading: q.t(heading)}
	for _, code := range codes {
		s.Attacks = append(s.Attacks, q.t(prefix+code))
	}
	return []view.Section{s}
}

func (q *request) yes(on bool) string {
	if on {
		return q.t("protection.answer.yes")
	}
	return q.t("protection.answer.no")
}

// identificationSections are an identification: what speaks against it, what the
// witness said, and how it was conducted.
func (q *request) identificationSections(c casefile.View, i casefile.ItemView) []view.Section {
	var x casefile.Identification
	var d casefile.IdentificationDetail
	q.decode(i.Content, &x)
	q.decode(i.Detail, &d)
	out := q.attacks("casefile.identification.", "identification.attacks", x.Attacks())
	if d.Words != "" {
		out = append(out, view.Section{Heading: q.t("ask.witness_words"), Lang: d.Lang, Paragraphs: document.Paragraphs(d.Words)},
			view.Section{Heading: q.t("ask.certainty"), Lang: d.Lang, Paragraphs: document.Paragraphs(d.Certainty)})
	}
	shown := make([]string, 0, len(d.Images))
	for n, image := range d.Images {
		shown = append(shown, strconv.Itoa(n+1)+". "+image)
	}
	place := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	return append(out, view.Section{Heading: q.t("ask.group.taking"), Facts: document.Filled([]view.Fact{{Label: q.t("identification.result"), Value: q.tell().Picked(x.Picked, x.ShownAt)},
		{Label: q.t("ask.witness"), Value: calledIn(c, x.Person)}, {Label: q.t("ask.method"), Value: q.word("casefile.identification_method.", x.Method)}, {Label: q.t("ask.shown_when"), Value: i18n.DateTime(q.lang, x.When.At, q.zone())},
		{Label: q.t("ask.place_taken"), Value: d.Place}, {Label: q.t("ask.conducted_by"), Value: d.ConductedBy}, {Label: q.t("web.present"), Value: strings.Join(d.Present, "; ")},
		{Label: q.t("ask.images"), Value: strings.Join(shown, "; ")}, {Label: q.t("ask.suspect_among"), Value: calledIn(c, x.Suspect)}, {Label: q.t("ask.shown_at"), Value: place(x.ShownAt)},
		{Label: q.t("ask.sequential"), Value: q.yes(x.Sequential)}, {Label: q.t("ask.warned"), Value: q.yes(x.Warned)}, {Label: q.t("ask.available"), Value: q.yes(x.Available)}})})
}
