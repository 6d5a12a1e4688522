package packet

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/document"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/wire"
)

// Reading says in one language what a packet holds, in the legal terms of the
// country that is asked: the same for a page, a print and its HTML twin.
type Reading struct {
	casefile.Teller
	Procedure *program.Procedure // under which it goes; its receiving country's law is the one it is read under
	numbers   map[string]string  // item → its number in the document, where there is one
}

// receiving is the country whose law a packet is read under; "" if none is known.
func (r Reading) receiving() string {
	if r.Procedure == nil {
		return ""
	}
	return r.Procedure.Receives
}

// Item reads the body of an item of a section. What cannot be read says so.
func (r Reading) Item(section string, raw json.RawMessage) document.Block {
	tell, ok := map[string]func(json.RawMessage) (document.Block, error){
		wire.SectionFacts: r.facts, wire.SectionPeople: r.person, wire.SectionEvents: r.event, wire.SectionStatements: r.testimony,
		wire.SectionTranslations: r.translation, wire.SectionExhibits: r.exhibit, wire.SectionCustody: r.custody, wire.SectionProperty: r.thing, wire.SectionCharges: r.charge,
		wire.SectionExculpatory: r.exculpatory, wire.SectionLeftOut: r.omission, wire.SectionConsents: r.consent, wire.SectionChecklist: r.line,
	}[section]
	if !ok {
		tell = r.other
	}
	b, err := tell(raw)
	if err != nil {
		return document.Block{Said: []document.Passage{{Paragraphs: []string{r.T("packet.unreadable")}}}}
	}
	return b
}

// body reads an item's body.
func body[T any](raw json.RawMessage) (b T, err error) {
	if err = json.Unmarshal(raw, &b); err != nil {
		err = fmt.Errorf("body of an item: %w", err)
	}
	return b, err
}

func (r Reading) facts(raw json.RawMessage) (document.Block, error) {
	w, err := body[Words](raw)
	return document.Block{Said: r.Words(w)}, err
}

// Words are a text in its original, with a named person's translation beside it.
func (r Reading) Words(w Words) []document.Passage {
	out := []document.Passage{{Lang: w.Lang, Paragraphs: document.Paragraphs(w.Text)}}
	if w.Translated != "" {
		out = append(out, document.Passage{Heading: r.T("thread.translation", "Name", w.Translator), Lang: w.InLang, Paragraphs: document.Paragraphs(w.Translated)})
	}
	return out
}

func (r Reading) person(raw json.RawMessage) (document.Block, error) {
	if id, err := body[IdentityBody](raw); err == nil && id.Identity.Named() {
		return document.Block{Heading: r.T("noun.identity"), Person: id.Subject, Facts: r.Identity(id.Identity)}, nil
	}
	p, err := body[PersonBody](raw)
	facts := []document.Fact{{Label: r.T("web.class"), Value: r.Word("casefile.class.", p.Class)}, {Label: r.T("ask.age"), Value: r.Word("casefile.age.", p.Age)}}
	for _, x := range p.Roles {
		value := r.Role(x.Role)
		if x.Function != "" {
			value += ", " + r.Function(x.Function)
		}
		facts = append(facts, document.Fact{Label: r.T("case.col_role"), Value: value + " (" + r.Word("casefile.source.", x.Source.Kind) + ")"})
	}
	if len(p.Languages) > 0 {
		facts = append(facts, document.Fact{Label: r.T("web.languages"), Value: r.Languages(p.Languages)})
	}
	return document.Block{Person: p.Subject, Facts: facts}, err
}

func (r Reading) event(raw json.RawMessage) (document.Block, error) {
	e, err := body[EventBody](raw)
	b := document.Block{Heading: r.T("noun.event"), Facts: r.Event(e.Event)}
	if e.Narrative != "" {
		b.Said = []document.Passage{{Lang: e.Lang, Paragraphs: document.Paragraphs(e.Narrative)}}
	}
	return b, err
}

// When writes a moment as messages hold it.
func (r Reading) When(s string) string {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return s
	}
	return i18n.DateTime(r.Lang, t, r.Zone)
}

func (r Reading) translation(raw json.RawMessage) (document.Block, error) {
	t, err := body[TranslationBody](raw)
	facts := document.Filled([]document.Fact{{Label: r.T("packet.translates"), Value: r.numbers[t.Statement]}})
	heading := r.T("thread.translation", "Name", t.Translator)
	if t.Certified {
		heading += ", " + r.T("thread.certified")
	}
	return document.Block{Heading: heading, Facts: facts, Said: []document.Passage{{Lang: t.Lang, Paragraphs: document.Paragraphs(t.Text)}}}, err
}

func (r Reading) thing(raw json.RawMessage) (document.Block, error) {
	t, err := body[ThingBody](raw)
	facts := []document.Fact{{Label: r.T("ask.holder"), Value: t.Holder}, {Label: r.T("web.amount"), Value: r.Money(t.Amount, t.Money)}}
	details, _ := casefile.Details(t.Detail)
	for _, d := range details {
		facts = append(facts, document.Fact{Label: r.Word("ask.", d.Label), Value: d.Value})
	}
	return document.Block{Heading: r.Kind(t.Noun, t.Kind), Facts: document.Filled(facts)}, err
}

// other shows what this release has no words for as it came.
func (r Reading) other(raw json.RawMessage) (document.Block, error) {
	return document.Block{Said: []document.Passage{{Paragraphs: []string{string(raw)}}}}, nil
}

func (r Reading) exculpatory(raw json.RawMessage) (document.Block, error) {
	x, err := body[ExculpatoryBody](raw)
	switch {
	case x.Words != nil && x.Kind != "":
		return document.Block{Heading: r.Word("packet.exculpatory.", x.Kind), Said: r.Words(*x.Words)}, err
	case x.Words != nil:
		return document.Block{Said: r.Words(*x.Words)}, err
	case r.numbers[x.Item] != "":
		return document.Block{Heading: r.Word("packet.exculpatory.", x.Kind), Said: []document.Passage{{Paragraphs: []string{r.T("packet.exculpatory_at", "Number", r.numbers[x.Item])}}}}, err
	}
	return document.Block{Said: []document.Passage{{Paragraphs: []string{r.T("web.exculpatory_item")}}}}, err
}

func (r Reading) omission(raw json.RawMessage) (document.Block, error) {
	o, err := body[OmissionBody](raw)
	return document.Block{Heading: r.Word("noun.", o.What), Person: o.Subject, Facts: []document.Fact{{Label: r.T("packet.left_because"), Value: r.Word("packet.omitted.", o.Reason)}}}, err
}

func (r Reading) consent(raw json.RawMessage) (document.Block, error) {
	c, err := body[ConsentBody](raw)
	var cats []string
	for _, x := range c.Categories {
		cats = append(cats, r.Word("protection.category.", x))
	}
	return document.Block{Person: c.Subject, Facts: []document.Fact{{Label: r.T("packet.consents_to"), Value: strings.Join(cats, ", ") + " · " + r.T("person.until", "When", r.Day(c.Until))}}}, err
}

func (r Reading) line(raw json.RawMessage) (document.Block, error) {
	l, err := body[LineBody](raw)
	name := l.Line
	if r.Procedure != nil {
		for _, c := range r.Procedure.Packet {
			if c.ID == l.Line {
				name = c.Title.In(r.Lang)
			}
		}
	}
	value := r.Word("packet.line.", l.State)
	if l.Note != "" {
		value += ": " + l.Note
	}
	return document.Block{Facts: []document.Fact{{Label: name, Value: value}}}, err
}
