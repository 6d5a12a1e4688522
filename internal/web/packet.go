package web

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/oasiss/oasiss/internal/document"
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
	var before packet.VersionView // none of the first
	if n, err := strconv.Atoi(q.r.URL.Query().Get("version")); err == nil && n >= 1 && n <= len(x.Versions) {
		version = x.Versions[n-1]
	}
	if i := slices.IndexFunc(x.Versions, func(o packet.VersionView) bool { return o.N == version.N }); i > 0 {
		before = x.Versions[i-1]
	}
	v.Version, v.Tier, v.Versions = version.N, version.Tier, versionLinks(x, version.N)
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
			New: newIn(s, before), URL: "/referrals/" + x.ID + "?version=" + strconv.Itoa(version.N) + "&section=" + s.Name}
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

// versionLinks lead to each version of the packet, where there are several.
func versionLinks(x referral.Shown, read int) []view.Link {
	if len(x.Versions) < 2 {
		return nil
	}
	var out []view.Link
	for _, o := range x.Versions {
		out = append(out, view.Link{Text: "v" + strconv.Itoa(o.N), URL: "/referrals/" + x.ID + "?version=" + strconv.Itoa(o.N), Current: o.N == read})
	}
	return out
}

// newIn reports whether a section holds something that the version before did
// not have: an item that was not there, or one that reads otherwise. (Digests
// do not tell: every version has salt of its own.)
func newIn(s packet.SectionView, before packet.VersionView) bool {
	if before.N == 0 {
		return false
	}
	had := map[string]packet.ItemView{}
	for _, o := range before.Sections {
		for _, it := range o.Items {
			had[o.Name+"/"+it.ID] = it
		}
	}
	return slices.ContainsFunc(s.Items, func(it packet.ItemView) bool {
		was, there := had[s.Name+"/"+it.ID]
		return !there || it.Body != nil && was.Body != nil && !bytes.Equal(it.Body, was.Body)
	})
}

// sectionNotice is what arrives in clear, beside the sections.
const sectionNotice = "notice"

// firstOpen is the section a reader begins with: the facts, or the notice
// while nothing else is open.
func firstOpen(v packet.VersionView) string {
	for _, s := range v.Sections {
		if s.Name == wire.SectionFacts && stateOf(s) == "ready" {
			return s.Name
		}
	}
	return sectionNotice
}

// notice shows what arrives in clear: offence, place, dates, counts.
func (q *request) notice(x referral.Shown, v packet.VersionView) view.Document {
	var offences []string
	for _, o := range x.Notice.Offences {
		offences = append(offences, q.offence(o))
	}
	d := view.Document{Title: q.t("packet.tier.notice"), Digest: v.Digest, Sections: []view.Section{{Facts: q.reading(x.Row).NoticeFacts(*x.Notice)}, {Heading: q.t("web.offences"), Paragraphs: offences}}}
	d.Seal = q.sealOf(v)
	return d
}

// reading reads a packet in the reader's language and the law of the country
// that is asked.
func (q *request) reading(r referral.Row) packet.Reading {
	p, _ := program.ProcedureByID(r.Procedure)
	return packet.Reading{Teller: q.tell(), Procedure: p}
}

// sealOf says that a sent version is verified; what has not been sent has
// nothing to be compared with.
func (q *request) sealOf(v packet.VersionView) component.Seal {
	if v.Sent.IsZero() {
		return component.Seal{}
	}
	return component.Seal{State: component.Verified}
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
func stateOf(s packet.SectionView) string {
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

func (q *request) document(x referral.Shown, v packet.VersionView, s packet.SectionView) view.Document {
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
		d.Sections = append(d.Sections, sectionsOf(q.reading(x.Row).Item(s.Name, it.Body))...)
	}
	return d
}

// sectionsOf shows a block of a document on the page: whom it is about, the
// words, then the circumstances.
func sectionsOf(b document.Block) []view.Section {
	first := view.Section{Heading: b.Heading}
	if b.Person != "" {
		first.People = []view.PersonFact{{Person: component.Person{Plant: b.Person}}}
	}
	if b.Doubt != "" {
		first.Paragraphs = []string{b.Doubt}
	}
	out := []view.Section{first}
	for _, said := range b.Said {
		out = append(out, view.Section{Heading: said.Heading, Lang: said.Lang, Paragraphs: said.Paragraphs})
	}
	if len(b.Said) == 0 {
		out[0].Facts = b.Facts
	} else if len(b.Facts) > 0 {
		out = append(out, view.Section{Facts: b.Facts})
	}
	return slices.DeleteFunc(out, func(s view.Section) bool { return s.Heading == "" && len(s.People)+len(s.Paragraphs)+len(s.Facts) == 0 })
}
