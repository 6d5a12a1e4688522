package web

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
	"github.com/oasiss/oasiss/wire"
)

// packetOf shows the version that is read: the one asked for, else the newest,
// with its index and one section of it.
func (q *request) packetOf(x referral.Shown, v *view.Referral) {
	if len(x.Versions) == 0 {
		v.Document = view.Document{Title: q.t("referral.checklist"), Lead: q.t("referral.checklist_lead"), Checks: q.lines(x.Checklist)}
		return
	}
	version := x.Versions[len(x.Versions)-1]
	if n, err := strconv.Atoi(q.r.URL.Query().Get("version")); err == nil && n >= 1 && n <= len(x.Versions) {
		version = x.Versions[n-1]
	}
	v.Version, v.Tier = version.N, version.Tier
	at := q.r.URL.Query().Get("section")
	if at == "" {
		at = firstOpen(version)
	}
	if x.Notice != nil {
		v.Items = append(v.Items, view.PacketItem{Name: q.t("packet.tier.notice"), State: "ready", Current: at == sectionNotice,
			URL: "/referrals/" + x.ID + "?version=" + strconv.Itoa(version.N) + "&section=" + sectionNotice})
		v.Ready++
		if at == sectionNotice {
			v.Document = q.notice(x, version)
		}
	}
	for _, s := range version.Sections {
		item := view.PacketItem{Name: q.word("section.", s.Name), State: stateOf(s), Current: s.Name == at,
			URL: "/referrals/" + x.ID + "?version=" + strconv.Itoa(version.N) + "&section=" + s.Name}
		if n := len(s.Items); n > 0 {
			item.Size = i18n.Number(q.lang, int64(n))
		}
		if item.State == "ready" || item.State == "empty" {
			v.Ready++
		}
		v.Items = append(v.Items, item)
		if item.Current {
			v.Document = q.document(x, version, s)
		}
	}
}

// sectionNotice is what arrives in clear, beside the sections.
const sectionNotice = "notice"

// firstOpen is the section a reader begins with: the facts, or the notice
// while nothing else is open.
func firstOpen(v referral.VersionView) string {
	for _, s := range v.Sections {
		if s.Name == wire.SectionFacts && stateOf(s) == "ready" {
			return s.Name
		}
	}
	return sectionNotice
}

// notice shows what arrives in clear: offence, place, dates, counts.
func (q *request) notice(x referral.Shown, v referral.VersionView) view.Document {
	n := x.Notice
	var places, modes, offences []string
	for _, p := range n.Places {
		name := p.Name
		if r, ok := program.RegionByID(p.Code); ok {
			name = strings.TrimPrefix(name+", "+r.Name(q.lang), ", ")
		}
		places = append(places, name)
	}
	for _, m := range n.Modes {
		if mode, ok := program.ModeByID(m); ok {
			modes = append(modes, mode.Name(q.lang))
		}
	}
	for _, o := range n.Offences {
		offences = append(offences, q.offence(o))
	}
	people := q.counts(n)
	if n.Children > 0 {
		people += ", " + q.t("web.children", "Count", n.Children)
	}
	facts := filled([]view.Fact{{Label: q.t("ask.when"), Value: q.daysOf(n)}, {Label: q.t("ask.place"), Value: strings.Join(places, "; ")}, {Label: q.t("ask.mode"), Value: strings.Join(modes, "; ")},
		{Label: q.t("web.people"), Value: people}, {Label: q.t("web.languages"), Value: q.languages(n.Languages)}})
	d := view.Document{Title: q.t("packet.tier.notice"), Digest: v.Digest, Sections: []view.Section{{Facts: facts}, {Heading: q.t("web.offences"), Paragraphs: offences}}}
	d.Seal = q.sealOf(v)
	return d
}

// sealOf says that a sent version is verified; what has not been sent has
// nothing to be compared with.
func (q *request) sealOf(v referral.VersionView) component.Seal {
	if v.Sent.IsZero() {
		return component.Seal{}
	}
	return component.Seal{State: component.Verified}
}

// daysOf are the days of the facts, in words.
func (q *request) daysOf(n *packet.Notice) string {
	from, err := program.ParseDay(n.From)
	to, err2 := program.ParseDay(n.To)
	if err != nil || err2 != nil {
		return n.From + ", " + n.To
	}
	if from == to {
		return q.date(from)
	}
	return q.t("web.days", "From", q.date(from), "To", q.date(to))
}

// lines is the packet's checklist before a packet is drawn up: what is there,
// what is missing and who brings it.
func (q *request) lines(lines []packet.Line) []view.Check {
	var out []view.Check
	for _, l := range lines {
		c := view.Check{Words: l.Check.Name(q.lang), Note: l.Note, State: map[string]string{packet.LinePresent: "done", packet.LineDeclared: "done", packet.LineMissing: "missing"}[l.State]}
		switch {
		case l.State == packet.LineMissing && l.Words:
			c.Note = q.t("referral.line_by_words")
		case l.State == packet.LineMissing:
			c.Note = q.t("referral.line_owed", "Roles", q.roleNames(l.Owes))
		case c.State == "":
			c.State, c.Note = "optional", q.t("packet.line.not_here")
		}
		out = append(out, c)
	}
	return out
}

// stateOf is whether a section can be read here now.
func stateOf(s referral.SectionView) string {
	if len(s.Items) == 0 {
		return "empty"
	}
	for _, it := range s.Items {
		if it.Body != nil {
			return "ready"
		}
	}
	return "sealed"
}

func (q *request) document(x referral.Shown, v referral.VersionView, s referral.SectionView) view.Document {
	d := view.Document{Title: q.word("section.", s.Name), Digest: v.Digest, Seal: q.sealOf(v)}
	switch stateOf(s) {
	case "empty":
		d.Sections = []view.Section{{Paragraphs: []string{q.word("section.empty.", s.Empty)}}}
		return d
	case "sealed":
		d.Sealed = q.t("web.sealed_until_analysis")
		if x.SignedBy != nil {
			d.Sealed = q.t("web.keys_on_their_way")
		}
		return d
	}
	d.Marks = append(d.Marks, component.Handling{Code: s.Items[0].Handling})
	if _, receiving := x.Sender, x.Receiver; s.Items[0].Channel == wire.ChannelAgency && q.country(receiving.Node) == "mx" {
		d.Weight = q.t("web.indicio")
	}
	for _, it := range s.Items {
		if it.Body == nil {
			d.Sections = append(d.Sections, view.Section{Paragraphs: []string{q.t("web.item_sealed")}})
			continue
		}
		d.Sections = append(d.Sections, q.section(s.Name, it)...)
	}
	return d
}

// section renders one item of a section.
func (q *request) section(name string, it referral.ItemView) []view.Section {
	render, ok := map[string]func(json.RawMessage) []view.Section{
		wire.SectionFacts: q.itemFacts, wire.SectionPeople: q.itemPerson, wire.SectionEvents: q.itemEvent, wire.SectionStatements: q.itemStatement,
		wire.SectionTranslations: q.itemTranslation, wire.SectionProperty: q.itemThing, wire.SectionCharges: q.itemCharge,
		wire.SectionExculpatory: q.itemExculpatory, wire.SectionLeftOut: q.itemOmission, wire.SectionConsents: q.itemConsent, wire.SectionChecklist: q.itemLine,
	}[name]
	if !ok {
		return []view.Section{{Facts: []view.Fact{{Label: it.ID, Value: string(it.Body), Mono: true}}}}
	}
	return render(it.Body)
}

// body reads an item's body, as decode does.
func body[T any](q *request, raw json.RawMessage) (b T) {
	q.decode(raw, &b)
	return b
}

func (q *request) itemFacts(raw json.RawMessage) []view.Section {
	return q.wordsOf(body[packet.Words](q, raw))
}

// wordsOf shows a text in its original with a named translation beside it.
func (q *request) wordsOf(w packet.Words) []view.Section {
	out := []view.Section{{Lang: w.Lang, Paragraphs: paragraphs(w.Text)}}
	if w.Translated != "" {
		out = append(out, view.Section{Heading: q.t("thread.translation", "Name", w.Translator), Lang: w.InLang, Paragraphs: paragraphs(w.Translated)})
	}
	return out
}

func paragraphs(text string) []string {
	var out []string
	for p := range strings.SplitSeq(text, "\n") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

func (q *request) itemPerson(raw json.RawMessage) []view.Section {
	if id := body[packet.IdentityBody](q, raw); id.Identity.Named() {
		return []view.Section{{Heading: id.Subject, Facts: q.identity(id.Identity)}}
	}
	p := body[packet.PersonBody](q, raw)
	facts := []view.Fact{{Label: q.t("web.class"), Value: q.word("casefile.class.", p.Class)}, {Label: q.t("ask.age"), Value: q.word("casefile.age.", p.Age)}}
	for _, r := range p.Roles {
		value := q.personRole(r.Role)
		if r.Function != "" {
			value += ", " + q.function(r.Function)
		}
		facts = append(facts, view.Fact{Label: q.t("case.col_role"), Value: value + " (" + q.word("casefile.source.", r.Source.Kind) + ")"})
	}
	if len(p.Languages) > 0 {
		facts = append(facts, view.Fact{Label: q.t("web.languages"), Value: q.languages(p.Languages)})
	}
	return []view.Section{{People: []view.PersonFact{{Person: component.Person{Plant: p.Subject}}}, Facts: facts}}
}

func (q *request) itemEvent(raw json.RawMessage) []view.Section {
	e := body[packet.EventBody](q, raw)
	s := view.Section{Facts: q.eventFacts(e.Event)}
	if e.Narrative != "" {
		s.Paragraphs, s.Lang = paragraphs(e.Narrative), e.Lang
	}
	return []view.Section{s}
}

func (q *request) itemStatement(raw json.RawMessage) []view.Section {
	b := body[packet.StatementBody](q, raw)
	circumstances := []view.Fact{{Label: q.t("ask.kind"), Value: q.word("casefile.statement_kind.", b.Kind)}, {Label: q.t("ask.start"), Value: q.when(b.Start)}, {Label: q.t("ask.end"), Value: q.when(b.End)},
		{Label: q.t("ask.rights"), Value: q.word("casefile.rights.", b.Rights)}, {Label: q.t("ask.place_taken"), Value: b.Place}, {Label: q.t("web.present"), Value: strings.Join(b.Present, "; ")}}
	if b.By != "" {
		circumstances = append(circumstances, view.Fact{Label: q.t("ask.interpreter_ground"), Value: q.word("casefile.interpreter_ground.", b.By)})
	}
	if b.NoRecord != "" {
		circumstances = append(circumstances, view.Fact{Label: q.t("ask.no_recording"), Value: b.NoRecord})
	}
	if len(b.Identifies) > 0 {
		circumstances = append(circumstances, view.Fact{Label: q.t("ask.identifies"), Value: strings.Join(b.Identifies, ", ")})
	}
	return []view.Section{{People: []view.PersonFact{{Person: component.Person{Plant: b.Subject}}}}, {Lang: b.Lang, Paragraphs: paragraphs(b.Text)}, {Heading: q.t("ask.group.taking"), Facts: filled(circumstances)}}
}

// when writes a moment as messages hold it.
func (q *request) when(s string) string {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return s
	}
	return i18n.DateLong(q.lang, t, q.zone()) + ", " + i18n.Time(t, q.zone())
}

// filled leaves out facts that say nothing.
func filled(facts []view.Fact) []view.Fact {
	var out []view.Fact
	for _, f := range facts {
		if f.Value != "" {
			out = append(out, f)
		}
	}
	return out
}

func (q *request) itemTranslation(raw json.RawMessage) []view.Section {
	b := body[packet.TranslationBody](q, raw)
	return []view.Section{{Heading: q.t("thread.translation", "Name", b.Translator), Lang: b.Lang, Paragraphs: paragraphs(b.Text)}}
}

func (q *request) itemThing(raw json.RawMessage) []view.Section {
	b := body[packet.ThingBody](q, raw)
	facts := []view.Fact{{Label: q.t("ask.kind"), Value: q.kindOf(b.Noun, b.Kind)}, {Label: q.t("ask.holder"), Value: b.Holder}, {Label: q.t("web.amount"), Value: q.money(b.Amount, b.Money)}}
	for _, d := range q.details(b.Detail) {
		facts = append(facts, view.Fact{Label: q.word("ask.", d.Label), Value: d.Value})
	}
	return []view.Section{{Facts: filled(facts)}}
}

func (q *request) itemCharge(raw json.RawMessage) []view.Section {
	b := body[packet.ChargeBody](q, raw)
	facts := []view.Fact{{Label: q.t("case.col_person"), Value: b.Subject}, {Label: q.t("ask.facts_day"), Value: b.Facts}, {Label: q.t("ask.jurisdiction"), Value: q.word("casefile.jurisdiction.", b.Jurisdiction)}}
	o, known := program.OffenceByID(b.Offence)
	if known {
		facts = append(facts, view.Fact{Label: q.t("web.in_force"), Value: o.Since(q.lang)})
	}
	for _, e := range b.Elements {
		facts = append(facts, view.Fact{Label: q.t("web.element"), Value: elementName(o, e.ID, q.lang)})
	}
	for _, id := range b.Equivalents {
		facts = append(facts, view.Fact{Label: q.t("web.equivalent"), Value: q.offence(id)})
	}
	return []view.Section{{Heading: q.offence(b.Offence), Facts: filled(facts)}}
}

func elementName(o *program.Offence, id string, l i18n.Lang) string {
	if o != nil {
		for _, e := range o.Elements {
			if e.ID == id {
				return e.Title.In(l)
			}
		}
	}
	return id
}

func (q *request) itemExculpatory(raw json.RawMessage) []view.Section {
	b := body[packet.ExculpatoryBody](q, raw)
	if b.Words != nil {
		return q.wordsOf(*b.Words)
	}
	return []view.Section{{Paragraphs: []string{q.t("web.exculpatory_item")}}}
}

func (q *request) itemOmission(raw json.RawMessage) []view.Section {
	b := body[packet.OmissionBody](q, raw)
	who := ""
	if b.Subject != "" {
		who = " (" + b.Subject + ")"
	}
	return []view.Section{{Facts: []view.Fact{{Label: q.word("noun.", b.What) + who, Value: q.word("packet.omitted.", b.Reason)}}}}
}

func (q *request) itemConsent(raw json.RawMessage) []view.Section {
	b := body[packet.ConsentBody](q, raw)
	var cats []string
	for _, c := range b.Categories {
		cats = append(cats, q.word("protection.category.", c))
	}
	return []view.Section{{Facts: []view.Fact{{Label: b.Subject, Value: strings.Join(cats, ", ") + " · " + q.t("person.until", "When", b.Until)}}}}
}

func (q *request) itemLine(raw json.RawMessage) []view.Section {
	b := body[packet.LineBody](q, raw)
	name := b.Line
	for _, p := range program.Procedures() {
		for _, c := range p.Packet {
			if c.ID == b.Line {
				name = c.Title.In(q.lang)
			}
		}
	}
	value := q.word("packet.line.", b.State)
	if b.Note != "" {
		value += ": " + b.Note
	}
	return []view.Section{{Facts: []view.Fact{{Label: name, Value: value}}}}
}
