package redress

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/document"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Letter is what the person is told in writing: that the request came in and by
// when it is answered, or the answer with its reasons, the grounds of a no, and
// what the person can do against it. It names nobody of the case: the envelope
// does. The words of officials stand in the language in which they were written.
func Letter(ctx context.Context, a *act.Acts, by access.Actor, purpose, id string, l i18n.Lang) (document.Document, error) {
	return act.View(ctx, a, by, purpose, "redress.letter", func(tx *store.Tx, v *act.Viewing) (document.Document, error) {
		x, err := shown(tx, v, id, a.Now())
		if err != nil {
			return document.Document{}, err
		}
		if x.Words == nil {
			return document.Document{}, refusal.NotFound() // the person was forgotten
		}
		zone, err := seat(tx, x.Office)
		if err != nil {
			return document.Document{}, err
		}
		o, _, err := access.LoadOffice(tx, x.Office)
		if err != nil {
			return document.Document{}, err
		}
		w := writing{l: l, country: by.Country, zone: zone, office: o.Name.En}
		if l == i18n.Spanish {
			w.office = o.Name.Es
		}
		return w.letter(x, by, a.Now()), nil
	})
}

// writing is a letter in one language, under one country's law.
type writing struct {
	l       i18n.Lang
	country string
	zone    *time.Location
	office  string
}

func (w writing) t(key string, pairs ...any) string {
	params := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		params[pairs[i].(string)] = pairs[i+1]
	}
	return i18n.T(w.l, key, params)
}

func (w writing) day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return i18n.Date(w.l, t, w.zone)
}

func (w writing) letter(x Shown, by access.Actor, now time.Time) document.Document {
	kind, _ := program.RequestKindByID(x.Right)
	answered := x.Outcome != ""
	d := document.Document{Lang: w.l, Kind: w.t("redress.letter.acknowledgement"), Number: short(x.ID), Title: kind.Name(w.l), Handling: document.Handling{Code: "H3", Words: w.t("handling.H3")},
		Facts: document.Filled([]document.Fact{
			{Label: w.t("redress.letter.from"), Value: w.office}, {Label: w.t("redress.letter.right"), Value: kind.Name(w.l)}, {Label: w.t("redress.letter.law"), Value: kind.Law[w.country]},
			{Label: w.t("redress.letter.received"), Value: w.day(x.Received)}, {Label: w.t("redress.letter.brought"), Value: w.t("redress.bringer." + x.Brought)},
			{Label: w.t("redress.letter.answered"), Value: w.day(x.Answered)},
		}),
		Foot: []string{short(x.ID), w.t("packet.printed", "By", by.Name, "Office", w.office, "When", i18n.DateTime(w.l, now, w.zone))}}
	d.Sections = append(d.Sections, document.Section{Heading: w.t("redress.letter.asked"), Blocks: []document.Block{{Heading: w.t("redress.letter.words"), Said: []document.Passage{{Lang: x.Lang, Paragraphs: document.Paragraphs(x.Words.Text)}}}}})
	if !answered {
		d.Sections = append(d.Sections, w.pending(x))
		return d
	}
	d.Kind = w.t("redress.letter.answer")
	d.Sections = append(d.Sections, w.decision(x), w.remedy(x, kind))
	d.Signed = []document.Signature{{Role: w.t("redress.letter.signed"), Name: x.AnsweredBy, Office: w.office, At: i18n.DateTime(w.l, x.Answered, w.zone)}}
	return d
}

// short is the number that a letter goes under: the end of the request's id.
func short(id string) string { return strings.ToUpper(id[max(0, len(id)-12):]) }

// pending says by when the answer comes.
func (w writing) pending(x Shown) document.Section {
	s := document.Section{Heading: w.t("redress.letter.term")}
	for _, c := range x.Clocks {
		if c.Ended.IsZero() {
			s.Facts = append(s.Facts, document.Fact{Label: c.Name.In(w.l), Value: w.day(c.Due.Add(-time.Second)) + ". " + c.Source.In(w.l)})
		}
	}
	if x.Longer != "" {
		s.Blocks = append(s.Blocks, document.Block{Heading: w.t("redress.letter.longer"), Said: []document.Passage{{Lang: x.Lang, Paragraphs: document.Paragraphs(x.Longer)}}})
	}
	return s
}

// decision is the outcome with its grounds and reasons.
func (w writing) decision(x Shown) document.Section {
	s := document.Section{Heading: w.t("redress.letter.decision"), Notes: []document.Note{{Title: w.t("redress.outcome." + x.Outcome), Strong: true}}}
	for _, id := range x.Grounds {
		if g, ok := program.GroundByID(program.RefuseGrounds(w.country), id); ok {
			s.Facts = append(s.Facts, document.Fact{Label: g.Name(w.l), Value: g.Law.In(w.l)})
		}
	}
	s.Blocks = append(s.Blocks, document.Block{Heading: w.t("redress.letter.reasons"), Said: []document.Passage{{Lang: x.Lang, Paragraphs: document.Paragraphs(x.Reasons)}}})
	return s
}

// remedy is what the person can do, and by when what was granted is carried out.
func (w writing) remedy(x Shown, kind program.RequestKind) document.Section {
	s := document.Section{Heading: w.t("redress.letter.remedy"), Notes: []document.Note{{Text: w.t("redress.letter.remedy." + strings.ToLower(w.country))}}}
	law := kind.ClocksOf(w.country)
	seat := program.Seat{Zone: w.zone, Calendar: program.CalendarOf(w.country)}
	if law.Effect != nil && slices.Contains([]string{Granted, InPart}, x.Outcome) {
		due := law.Effect.Seated(seat, false, x.Answered, time.Time{}, x.Answered).Due
		s.Facts = append(s.Facts, document.Fact{Label: law.Effect.Name(w.l), Value: w.day(due.Add(-time.Second)) + ". " + law.Effect.Source.In(w.l)})
	}
	if law.Appeal != nil && x.Outcome != Granted {
		s.Facts = append(s.Facts, document.Fact{Label: law.Appeal.Name(w.l), Value: law.Appeal.Source.In(w.l)})
	}
	return s
}
