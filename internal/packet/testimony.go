package packet

import (
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/wire"
)

// tellStatements writes what people stated, with protected names hidden; a
// person's own words travel beside under that person's key, if the person
// consents to both name and statement.
func (b *builder) tellStatements() error {
	items, err := b.list("statement")
	if err != nil {
		return err
	}
	told := map[string]bool{}
	for _, i := range items {
		var s casefile.Statement
		var detail casefile.StatementDetail
		if err := i.Decode(&s); err != nil {
			return err
		}
		open, err := b.opened(i, &detail)
		if err != nil {
			return err
		}
		if !open {
			if err := b.omit("statement", b.subject(s.Person), i.ID, omittedForgotten); err != nil {
				return err
			}
			continue
		}
		if err := b.tellStatement(i, s, detail); err != nil {
			return err
		}
		told[i.ID] = true
	}
	if err := b.tellTranslations(told); err != nil {
		return err
	}
	return b.tellIdentifications()
}

// opened opens the sealed words of an item; false where nobody may read them
// any more, or where they may name somebody whom nobody here can hide.
func (b *builder) opened(i casefile.Item, detail any) (bool, error) {
	if unread(i, b.lost) {
		return false, nil
	}
	if _, err := i.OpenDetail(b.tx, b.d, detail); err != nil {
		if missing(err) {
			return false, nil
		}
		return false, err
	}
	return true, nil
}

func (b *builder) tellStatement(i casefile.Item, s casefile.Statement, detail casefile.StatementDetail) error {
	hidden := b.names.over(detail.Text)
	body := StatementBody{Subject: b.subject(s.Person), Kind: s.Kind, Start: s.Start.At.Format(time.RFC3339), End: s.End.At.Format(time.RFC3339),
		Rights: s.Rights, RightsText: b.names.over(detail.RightsText), RightsLang: s.RightsLang, Recorded: s.Recorded, NoRecord: b.names.over(detail.NoRecording),
		Interpreted: s.Interpreted, Interpreter: b.names.over(detail.Interpreter), By: s.InterpreterBy, Credential: b.names.over(detail.InterpreterCredential),
		Custody: s.CustodyHours, Place: b.names.over(detail.Place), Present: b.over(detail.Present), Breaks: b.over(detail.Breaks), CrossedBy: b.over(detail.CrossedBy),
		Promises: b.names.over(detail.Promises), NoPromises: s.NoPromises, Alike: b.draft.travels(s.Alike), Asked: casefile.Unsaid(s, detail),
		Willing: s.Willing, Lang: detail.Lang, Text: hidden, Original: hidden == detail.Text}
	for _, p := range s.Identifies {
		body.Identifies = append(body.Identifies, b.subject(p))
	}
	b.speaks(detail.Lang)
	if err := b.put(wire.SectionStatements, i.ID, "", wire.TierAnalysis, body); err != nil {
		return err
	}
	if body.Original {
		return nil
	}
	m := b.own(s.Person, detail.Text)
	if m == nil {
		return b.omit("statement_original", body.Subject, i.ID, omittedIdentity)
	}
	body.Text, body.Original = detail.Text, true
	return b.put(wire.SectionStatements, i.ID+".original", identityPart(m.Plant), m.tier, body)
}

// tellIdentifications writes how somebody was recognised or was not: who showed
// what to whom, in which order, and the words of the witness (CNPP 277–279).
// One that failed stands among what speaks for the suspect, too.
func (b *builder) tellIdentifications() error {
	items, err := b.list("identification")
	if err != nil {
		return err
	}
	for _, i := range items {
		var x casefile.Identification
		var detail casefile.IdentificationDetail
		if err := i.Decode(&x); err != nil {
			return err
		}
		open, err := b.opened(i, &detail)
		if err != nil {
			return err
		}
		if !open {
			if err := b.omit("identification", b.subject(x.Person), i.ID, omittedForgotten); err != nil {
				return err
			}
			continue
		}
		if err := b.tellIdentification(i, x, detail); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) tellIdentification(i casefile.Item, x casefile.Identification, detail casefile.IdentificationDetail) error {
	body := IdentificationBody{Noun: x.Noun(), Subject: b.subject(x.Person), Suspect: b.subject(x.Suspect), Method: x.Method, When: x.When.At.Format(time.RFC3339),
		Shown: x.Shown, ShownAt: x.ShownAt, Picked: x.Picked, Sequential: x.Sequential, Warned: x.Warned, Available: x.Available, Asked: x.Attacks(),
		ConductedBy: b.names.over(detail.ConductedBy), Place: b.names.over(detail.Place), Present: b.over(detail.Present), Images: b.over(detail.Images),
		Lang: detail.Lang, Text: b.names.over(detail.Words), Certainty: b.names.over(detail.Certainty)}
	body.Original = body.Text == detail.Words && body.Certainty == detail.Certainty
	b.speaks(detail.Lang)
	if err := b.put(wire.SectionStatements, i.ID, "", wire.TierAnalysis, body); err != nil {
		return err
	}
	if body.Original {
		return nil
	}
	m := b.own(x.Person, detail.Words+"\n"+detail.Certainty)
	if m == nil {
		return b.omit("statement_original", body.Subject, i.ID, omittedIdentity)
	}
	body.Text, body.Certainty, body.Original = detail.Words, detail.Certainty, true
	return b.put(wire.SectionStatements, i.ID+".original", identityPart(m.Plant), m.tier, body)
}

// over hides protected names in each of some texts.
func (b *builder) over(texts []string) []string {
	var out []string
	for _, t := range texts {
		out = append(out, b.names.over(t))
	}
	return out
}

// speaks notes in which language something was said.
func (b *builder) speaks(lang string) {
	if !slices.Contains(b.notice.Languages, lang) {
		b.notice.Languages = append(b.notice.Languages, lang)
	}
}

// own is the speaker under whose key the words as they were said may go; nil if
// the speaker consents to no such thing, or names somebody else who is protected.
func (b *builder) own(person, words string) *member {
	m := b.people[person]
	if m == nil || !m.speaks || m.key == "" || b.tellsOfOthers(m, words) {
		return nil
	}
	return m
}

// tellsOfOthers reports whether a text names a protected person other than the
// speaker: one person's consent does not release another.
func (b *builder) tellsOfOthers(speaker *member, text string) bool {
	var others mask
	for _, p := range b.names.phrases {
		if p.subject != speaker.Plant {
			others.phrases = append(others.phrases, p)
		}
	}
	for _, n := range b.names.numbers {
		if n.subject != speaker.Plant {
			others.numbers = append(others.numbers, n)
		}
	}
	return others.over(text) != text
}

func (b *builder) tellTranslations(statements map[string]bool) error {
	items, err := b.list("translation")
	if err != nil {
		return err
	}
	for _, i := range items {
		var t casefile.Translation
		var detail casefile.TranslationDetail
		if err := i.Decode(&t); err != nil {
			return err
		}
		if !statements[t.Statement] || unread(i, b.lost) {
			continue
		}
		if _, err := i.OpenDetail(b.tx, b.d, &detail); err != nil {
			if missing(err) {
				continue
			}
			return err
		}
		body := TranslationBody{Statement: t.Statement, Lang: t.Lang, Certified: t.Certified, Translator: detail.Translator, Text: b.names.over(detail.Text)}
		if err := b.put(wire.SectionTranslations, i.ID, "", wire.TierAnalysis, body); err != nil {
			return err
		}
	}
	return nil
}
