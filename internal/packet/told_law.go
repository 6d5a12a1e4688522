package packet

import (
	"encoding/json"
	"strings"

	"github.com/oasiss/oasiss/internal/document"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/wire"
)

// charge reads an offence as the law of the receiving country calls it: what it
// answers to there stands first, what was charged under the sender's law beside
// it. A provision that nobody has read is marked.
func (r Reading) charge(raw json.RawMessage) (document.Block, error) {
	c, err := body[ChargeBody](raw)
	b := document.Block{Heading: r.Offence(c.Offence), Person: c.Subject}
	charged, known := program.OffenceByID(c.Offence)
	if !known {
		return b, err
	}
	law := r.answering(charged, c.Equivalents)
	for i, o := range law {
		if i == 0 {
			b.Heading = r.Offence(o.ID)
		}
	}
	b.Facts = document.Filled([]document.Fact{{Label: r.T("ask.facts_day"), Value: r.Day(c.Facts)}, {Label: r.T("ask.jurisdiction"), Value: r.Word("casefile.jurisdiction.", c.Jurisdiction)}})
	if len(law) == 0 {
		b.Doubt = r.T("packet.no_equivalent", "Country", i18n.CountryName(r.Lang, r.receiving()))
		law = []*program.Offence{charged}
	}
	if charged.Country != r.receiving() && law[0] != charged {
		b.Facts = append(b.Facts, document.Fact{Label: r.T("packet.charged_as"), Value: r.Offence(c.Offence) + r.unverified(charged.Verified)})
	}
	for i, o := range law {
		if i > 0 {
			b.Facts = append(b.Facts, document.Fact{Label: r.T("web.equivalent"), Value: r.Offence(o.ID) + r.unverified(o.Verified)})
		}
		b.Facts = append(b.Facts, r.equivalence(charged, o)...)
	}
	if !law[0].Verified.Sure() {
		b.Doubt = strings.TrimSpace(b.Doubt + " " + r.T("packet.law_unverified"))
	}
	return r.elementsOf(b, c, law[0]), err
}

// answering lists the offences of the receiving country that answer to a
// charge, its own first.
func (r Reading) answering(charged *program.Offence, equivalents []string) []*program.Offence {
	if charged.Country == r.receiving() {
		return []*program.Offence{charged}
	}
	var out []*program.Offence
	for _, id := range equivalents {
		if o, ok := program.OffenceByID(id); ok && o.Country == r.receiving() {
			out = append(out, o)
		}
	}
	return out
}

// equivalence says how an offence there answers to the one charged here, its
// term of prison and since when it is law.
func (r Reading) equivalence(charged, o *program.Offence) []document.Fact {
	facts := []document.Fact{{Label: r.T("packet.in_law"), Value: capital(o.Since(r.Lang))}, {Label: r.T("packet.penalty"), Value: r.penalty(o.Penalty)}}
	for _, e := range charged.EquivalentIn(r.receiving()) {
		if e.ID == o.ID {
			facts = append(facts, document.Fact{Label: r.T("packet.equivalence"), Value: e.Note.In(r.Lang)})
		}
	}
	return document.Filled(facts)
}

func capital(s string) string {
	if s == "" {
		return s
	}
	r := []rune(s)
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// penalty is a term of prison in years, as far as the catalogue has it.
func (r Reading) penalty(p program.Penalty) string {
	switch {
	case p.Death:
		return r.T("packet.penalty_death")
	case p.Life:
		return r.T("packet.penalty_life", "Min", i18n.Decimal(r.Lang, p.Min, 1))
	case p.Max == nil:
		return ""
	}
	return r.T("packet.penalty_years", "Min", i18n.Decimal(r.Lang, p.Min, 1), "Max", i18n.Decimal(r.Lang, *p.Max, 1))
}

func (r Reading) unverified(v program.Verified) string {
	if v.Sure() {
		return ""
	}
	return " [" + r.T("program.law.unverified") + "]"
}

// elementsOf adds every element of the offence, with what in this packet shows
// it; one that nothing shows says so.
func (r Reading) elementsOf(b document.Block, c ChargeBody, o *program.Offence) document.Block {
	shown := map[string][]string{}
	for _, e := range c.Elements {
		for _, id := range e.Items {
			if n := r.numbers[id]; n != "" {
				shown[e.ID] = append(shown[e.ID], n)
			} else if r.numbers == nil {
				shown[e.ID] = append(shown[e.ID], "")
			}
		}
	}
	for _, e := range o.Elements {
		value := r.T("packet.element_open")
		if by, ok := shown[e.ID]; ok {
			value = r.T("packet.element_shown")
			if numbers := strings.Join(by, ", "); strings.Trim(numbers, ", ") != "" {
				value = r.T("packet.element_shown_by", "Numbers", numbers)
			}
		} else if e.Blocking {
			value = r.T("packet.element_blocking")
		}
		b.Facts = append(b.Facts, document.Fact{Label: e.Title.In(r.Lang), Value: value})
	}
	return b
}

// weighed are the sections whose items may be put before a court.
var weighed = map[string]bool{wire.SectionFacts: true, wire.SectionEvents: true, wire.SectionStatements: true, wire.SectionTranslations: true,
	wire.SectionExhibits: true, wire.SectionCustody: true, wire.SectionProperty: true, wire.SectionExculpatory: true}

// Marks says how an item came, what weight that gives it in the receiving
// country, and what may be done with it.
func (r Reading) Marks(section string, it ItemView) []string {
	var first []string
	if weighed[section] {
		channel, _ := program.ChannelByID(it.Channel)
		first = append(first, r.T("packet.channel", "Channel", channel.Name(r.Lang)))
		if it.Channel == wire.ChannelAgency && r.receiving() == "MX" {
			first = append(first, r.T("web.indicio"))
		}
	}
	first = append(first, it.Handling)
	out := []string{strings.Join(first, " · ")}
	if it.Court != wire.MarkFree {
		out = append(out, r.T("packet.court."+it.Court))
	}
	if it.Onward != wire.MarkFree {
		out = append(out, r.T("packet.onward."+it.Onward))
	}
	return out
}
