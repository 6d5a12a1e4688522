package packet

import (
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/document"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/wire"
)

// Printing is what a printed version says around its items: whose it is, for
// what it goes, and which copy it is, who took it when and why. It stands on
// every page.
type Printing struct {
	Reading
	Number    string // of the referral
	From, To  string // offices, by name
	Handling  string
	Controls  []string
	Notice    *Notice
	Disclosed []Disclosed
	Copy      Copy             // whom the print was made for; its office by name
	Node      string           // that made it
	Zones     []*time.Location // both countries' own
}

// Document is the version as it is printed: every section of the manifest in
// its order, each item under a number to which letters refer.
func (p Printing) Document(v VersionView) document.Document {
	p.numbers = numbered(v)
	d := document.Document{Lang: p.Lang, Kind: p.T("packet.kind"), Number: p.Number + " v" + i18n.Number(p.Lang, int64(v.N)), Title: p.Title(p.Notice), Contents: true,
		Handling: document.Handling{Code: p.Handling, Words: p.T("handling." + p.Handling)}, Facts: p.opening(v), Foot: p.foot(v)}
	d.Notes = append(d.Notes, document.Note{Title: p.T("packet.purpose"), Text: p.T("packet.purpose.text"), Strong: true})
	if p.receiving() == "MX" {
		d.Notes = append(d.Notes, document.Note{Text: p.T("packet.weight.mx")})
	}
	if v.Sent.IsZero() {
		d.Notes = append(d.Notes, document.Note{Title: p.T("packet.not_sent"), Strong: true})
	}
	for i, s := range v.Sections {
		d.Sections = append(d.Sections, p.section(i, s))
	}
	d.Sections = append(d.Sections, p.disclosure(), p.index(v))
	return d
}

// numbered gives every item its number in the document: section and place.
func numbered(v VersionView) map[string]string {
	out := map[string]string{}
	for i, s := range v.Sections {
		for j, it := range s.Items {
			out[it.ID] = document.Number(i, j)
		}
	}
	return out
}

// opening is the first page's list of facts.
func (p Printing) opening(v VersionView) []document.Fact {
	facts := []document.Fact{{Label: p.T("packet.from"), Value: p.From}, {Label: p.T("packet.to"), Value: p.To}}
	if p.Notice != nil {
		facts = append(facts, p.NoticeFacts(*p.Notice)...)
	}
	return document.Filled(append(facts,
		document.Fact{Label: p.T("packet.procedure"), Value: p.Procedure.Title.In(p.Lang)},
		document.Fact{Label: p.T("packet.composed"), Value: p.Moment(v.Composed)},
		document.Fact{Label: p.T("packet.approved"), Value: strings.Trim(p.Moment(v.Approved)+", "+v.ApprovedBy, ", ")},
		document.Fact{Label: p.T("packet.sent"), Value: p.Moment(v.Sent)},
		document.Fact{Label: p.T("packet.controls"), Value: strings.Join(p.Controls, ", ")},
		document.Fact{Label: p.T("packet.digest"), Value: v.Digest, Mono: true},
		document.Fact{Label: p.T("packet.copy_act"), Value: p.Copy.Fact, Mono: true},
	))
}

// Moment is an instant in the zones of both countries.
func (p Printing) Moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	out := ""
	for i, zone := range p.Zones {
		if i == 0 {
			out = i18n.DateTime(p.Lang, t, zone)
		} else if i18n.Letters(t, zone) != i18n.Letters(t, p.Zones[0]) {
			out += " / " + i18n.Time(t, zone)
		}
	}
	return out
}

// Mark is what stands on every page: which copy it is, who took it, when, what for.
func (p Printing) Mark() string {
	return p.T("packet.copy", "N", p.Copy.N, "Node", p.Node, "By", p.Copy.By, "Office", p.Copy.Office, "When", p.Moment(p.Copy.At), "Reason", p.T("export.reason."+p.Copy.Reason))
}

// Cited says to which version and page something refers; nothing for none.
func (r Reading) Cited(version, page int) string {
	switch {
	case version == 0:
		return ""
	case page == 0:
		return r.T("packet.cites_version", "Version", version)
	}
	return r.T("packet.cites_page", "Version", version, "Page", page)
}

// foot are the lines at the bottom of every page.
func (p Printing) foot(v VersionView) []string {
	short := v.Digest
	if len(short) > 16 {
		short = short[:16] + "…"
	}
	return []string{p.T("packet.foot", "Number", p.Number, "Version", v.N, "Digest", short, "Node", p.Node),
		p.Mark()}
}

func (p Printing) section(i int, s SectionView) document.Section {
	out := document.Section{Heading: p.Word("section.", s.Name)}
	if len(s.Items) == 0 {
		out.Notes = []document.Note{{Text: p.Word("section.empty.", s.Empty)}}
		return out
	}
	if s.Name == wire.SectionChecklist {
		return p.table(out, s)
	}
	for _, it := range s.Items {
		b := document.Block{Said: []document.Passage{{Paragraphs: []string{p.T("packet.sealed." + it.Tier)}}}}
		if it.Body != nil {
			b = p.Item(s.Name, it.Body)
		}
		b.Marks = p.Marks(s.Name, it)
		out.Blocks = append(out.Blocks, b)
	}
	return out
}

// table puts the lines of a checklist under each other: they are one thing.
func (p Printing) table(out document.Section, s SectionView) document.Section {
	for _, it := range s.Items {
		if it.Body == nil {
			out.Facts = append(out.Facts, document.Fact{Label: it.ID, Value: p.T("packet.sealed." + it.Tier)})
			continue
		}
		out.Facts = append(out.Facts, p.Item(s.Name, it.Body).Facts...)
	}
	return out
}

// disclosure is the list of what each tier discloses, field by field, on which
// ground, and when its key went.
func (p Printing) disclosure() document.Section {
	out := document.Section{Heading: p.T("packet.disclosure"), Notes: []document.Note{{Text: p.T("packet.disclosure.text")}}}
	for _, d := range p.Disclosed {
		out.Facts = append(out.Facts, p.DisclosedFact(d))
	}
	if len(p.Disclosed) == 0 {
		out.Notes = append(out.Notes, document.Note{Text: p.T("packet.disclosure.none")})
	}
	return out
}

// DisclosedFact is one line of the disclosure receipt.
func (r Reading) DisclosedFact(d Disclosed) document.Fact {
	var fields []string
	for _, f := range d.Fields {
		fields = append(fields, r.Word("field.", f))
	}
	ground := r.Word("packet.ground.", d.Ground)
	if ground == d.Ground {
		ground = r.T("packet.ground.consent")
	}
	when := r.T("web.not_opened")
	if d.Opened != "" {
		when = r.T("web.opened_on", "When", r.When(d.Opened))
	}
	return document.Fact{Label: d.Subject, Value: capital(strings.Join(fields, ", ")) + ". " + ground + ". " + capital(when) + "."}
}

// index is the list of items with the digests that the manifest holds: what a
// print is compared with.
func (p Printing) index(v VersionView) document.Section {
	out := document.Section{Heading: p.T("packet.index"), Notes: []document.Note{{Text: p.T("packet.index.text")}}}
	for i, s := range v.Sections {
		for j, it := range s.Items {
			out.Facts = append(out.Facts, document.Fact{Label: document.Number(i, j) + "  " + p.T("packet.tier."+it.Tier), Value: it.Digest, Mono: true})
		}
	}
	return out
}

// Title is what a packet is about: its first offence and how many people.
func (r Reading) Title(n *Notice) string {
	if n == nil {
		return r.T("web.not_sent")
	}
	offence := ""
	for _, id := range n.Offences {
		if o, ok := program.OffenceByID(id); ok && (offence == "" || o.Country == r.receiving()) {
			offence, _, _ = strings.Cut(o.Title.In(r.Lang), ":") // in full among the offences
			if o.Country == r.receiving() {
				break
			}
		}
	}
	return strings.TrimPrefix(offence+", "+r.Counts(n), ", ")
}

// Counts says how many people a packet is about.
func (r Reading) Counts(n *Notice) string {
	out := r.T("web.suspects", "Count", n.Suspects)
	if n.Protected > 0 {
		out += ", " + r.T("web.protected", "Count", n.Protected)
	}
	return out
}

// Days are the days of the facts, in words.
func (r Reading) Days(n *Notice) string {
	if n.From == n.To {
		return r.Day(n.From)
	}
	return r.T("web.days", "From", r.Day(n.From), "To", r.Day(n.To))
}

// NoticeFacts are what arrives in clear: place, dates, counts.
func (r Reading) NoticeFacts(n Notice) []document.Fact {
	var places, modes []string
	for _, p := range n.Places {
		name := p.Name
		if region, ok := program.RegionByID(p.Code); ok {
			name = strings.TrimPrefix(name+", "+region.Name(r.Lang), ", ")
		}
		places = append(places, name)
	}
	for _, m := range n.Modes {
		if mode, ok := program.ModeByID(m); ok {
			modes = append(modes, mode.Name(r.Lang))
		}
	}
	people := r.Counts(&n)
	if n.Children > 0 {
		people += ", " + r.T("web.children", "Count", n.Children)
	}
	return document.Filled([]document.Fact{{Label: r.T("ask.when"), Value: r.Days(&n)}, {Label: r.T("ask.place"), Value: strings.Join(places, "; ")}, {Label: r.T("ask.mode"), Value: strings.Join(modes, "; ")},
		{Label: r.T("web.people"), Value: people}, {Label: r.T("web.languages"), Value: r.Languages(n.Languages)}})
}
