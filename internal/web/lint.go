package web

import (
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// lint is what the desk shows of a version before it is approved or sent.
func (q *request) lint(x referral.Shown, l packet.Lint) *view.Lint {
	v := &view.Lint{}
	note := func(kind, key string, pairs ...any) {
		v.Notes = append(v.Notes, component.Note{Kind: kind, Title: q.t(key, pairs...), Text: q.t(key+".next", pairs...)})
	}
	if x.Shut != "" {
		note("over", "lint.gate_shut")
	}
	if l.Counsel {
		note("over", "lint.counsel")
	}
	for _, tier := range l.Over {
		note("over", "lint.over", "Tier", q.t("packet.tier."+tier))
	}
	for _, c := range l.Consents {
		if !c.InForce {
			note("over", "lint.consent_ended", "Subject", c.Subject)
		}
	}
	if l.Changed > 0 {
		note("soon", "lint.changed", "Count", l.Changed)
	}
	if len(v.Notes) == 0 {
		v.Notes = []component.Note{{Kind: "ok", Title: q.t("lint.nothing_stops")}}
	}
	v.Sections = q.lintSections(q.reading(x.Row), l)
	return v
}

// lintSections are the lists of a lint: on the desk, and on the page where the
// version is signed.
func (q *request) lintSections(r packet.Reading, l packet.Lint) []view.Section {
	var out []view.Section
	list := func(key string, none string, facts []view.Fact) {
		s := view.Section{Heading: q.t(key), Facts: facts}
		if len(facts) == 0 && none == "" {
			return
		}
		if len(facts) == 0 {
			s.Paragraphs = []string{q.t(none)}
		}
		out = append(out, s)
	}
	var left, marked, consents, disclosed []view.Fact
	for _, o := range l.LeftOut {
		left = append(left, view.Fact{Label: strings.TrimSuffix(r.Word("noun.", o.What)+", "+o.Subject, ", "), Value: r.Word("packet.omitted.", o.Reason)})
	}
	for _, m := range l.Marked {
		marked = append(marked, view.Fact{Label: m.Number + " " + r.Word("section.", m.Section), Value: m.Handling + ", " + q.t("handling."+m.Handling)})
	}
	for _, c := range l.Consents {
		consents = append(consents, view.Fact{Label: c.Subject, Value: q.t("person.until", "When", i18n.DateLong(q.lang, c.Until, q.zone()))})
	}
	for _, d := range l.Disclosed {
		disclosed = append(disclosed, r.DisclosedFact(d))
	}
	list("lint.left_out", "lint.left_out.none", left)
	list("lint.marked", "lint.marked.none", marked)
	list("lint.consents", "", consents)
	list("packet.disclosure", "packet.disclosure.none", disclosed)
	if l.NoneKnown {
		out = append(out, view.Section{Heading: q.t("section.exculpatory"), Paragraphs: []string{q.t("lint.none_known")}})
	}
	return out
}

// lintFacts are what a lint adds to the words of an approval or a sending.
func (q *request) lintFacts(l *packet.Lint, p *program.Procedure) []view.Fact {
	if l == nil {
		return nil
	}
	reading := packet.Reading{Teller: q.tell(), Procedure: p}
	var out []view.Fact
	for _, s := range q.lintSections(reading, *l) {
		var words []string
		for _, f := range s.Facts {
			words = append(words, f.Label+": "+f.Value)
		}
		out = append(out, view.Fact{Label: s.Heading, Value: strings.Join(append(words, s.Paragraphs...), "; ")})
	}
	return out
}

// owedNotes are the tasks of a referral that stand open with their clock: asking
// to use before a court what came marked H1, and telling what was found since.
func (q *request) owedNotes(x referral.Shown) []component.Note {
	var out []component.Note
	verb, next := supplementStep(x.Versions)
	for _, o := range []struct {
		task       *referral.OwedTask
		name       string
		verb, next string
	}{{x.CourtTask, "court.task", "referral.ask_court", "next"}, {x.SupplementTask, "supplement.task", verb, next}} {
		if o.task == nil {
			continue
		}
		kind := "soon"
		if q.s.Acts.Now().After(o.task.Due) {
			kind = "over"
		}
		note := component.Note{Kind: kind, Icon: "gavel", Title: q.t(o.name, "Until", i18n.DateTime(q.lang, o.task.Due, q.zone())), Text: q.t(o.name + "." + o.next)}
		if slices.ContainsFunc(x.Offered, func(f referral.Offer) bool { return f.Verb == o.verb }) || o.verb == "referral.ask_court" {
			note.Act, note.URL = q.t("verb."+o.verb), "#act-"+o.verb
		}
		out = append(out, note)
	}
	return out
}

// supplementStep is what comes next where a supplement is owed, and the words
// that say it: a version is drawn up, a second person approves it, it is sent.
func supplementStep(versions []packet.VersionView) (verb, words string) {
	if n := len(versions); n > 0 && versions[n-1].Sent.IsZero() {
		if versions[n-1].Approved.IsZero() {
			return "referral.approve", "approve"
		}
		return "referral.supplement", "send"
	}
	return "referral.compose", "next"
}

// courtActs are asking to use before a court what is marked so, and answering it.
func (q *request) courtActs(x referral.Shown) []view.Act {
	var out []view.Act
	if x.Side == program.Receiver && x.Label.Court != "free" {
		out = append(out, q.offered("referral.ask_court", map[string]string{"referral": x.ID}, nil)...)
	}
	for _, u := range x.Court {
		if x.Side != program.Sender || u.Answered != nil && !u.Granted {
			continue
		}
		for _, a := range q.offered("referral.answer_court", map[string]string{"referral": x.ID, "ask": u.ID}, nil) {
			a.Label = q.t("court.answer", "Court", u.Court)
			out = append(out, a)
		}
	}
	return out
}

// openedFact is a line of the disclosure receipt: a tier of a version, when it
// was released and received, and which office opened it.
func (q *request) openedFact(x referral.Shown, o referral.Opened) view.Fact {
	var words []string
	for _, step := range []struct {
		key string
		at  time.Time
	}{{"acuse.released", o.Released}, {"acuse.recorded", o.Recorded}} {
		if !step.at.IsZero() {
			words = append(words, q.t(step.key)+" "+i18n.DateTime(q.lang, step.at, q.zone()))
		}
	}
	switch {
	case o.By != nil:
		words = append(words, q.t("acuse.opened")+" "+i18n.DateTime(q.lang, o.By.At, q.zone())+", "+o.By.Name+", "+q.office(x.Receiver.Node, o.By.Office))
	case o.Released.IsZero():
		words = append(words, q.t("acuse.not_released"))
	default:
		words = append(words, q.t("acuse.not_yet"))
	}
	return view.Fact{Label: q.t("acuse.version", "Version", o.Version, "Tier", q.t("packet.tier."+o.Tier)), Value: strings.Join(words, "; ")}
}
