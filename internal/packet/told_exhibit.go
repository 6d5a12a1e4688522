package packet

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/oasiss/oasiss/internal/document"
	"github.com/oasiss/oasiss/internal/i18n"
)

// exhibit reads an exhibit, or a file of one.
func (r Reading) exhibit(raw json.RawMessage) (document.Block, error) {
	if f, err := body[FileBody](raw); err == nil && f.Noun == nounFile {
		return document.Block{Heading: f.Number + ": " + r.T("noun.file"), Facts: document.Filled([]document.Fact{
			{Label: r.T("packet.file_name"), Value: f.Name}, {Label: r.T("file.media"), Value: f.Media}, {Label: r.T("file.size"), Value: r.T("packet.bytes", "Bytes", i18n.Number(r.Lang, f.Size))},
			{Label: "SHA-256", Value: f.SHA256.String(), Mono: true}, {Label: r.T("packet.file_step"), Value: strconv.Itoa(f.Step)}})}, nil
	}
	x, err := body[ExhibitBody](raw)
	return document.Block{Heading: x.Number + ": " + r.Word("exhibit.kind.", x.Kind), Facts: document.Filled([]document.Fact{
		{Label: r.T("ask.description"), Value: x.Detail.Description}, {Label: r.T("ask.holder"), Value: x.Holder}, {Label: r.T("ask.copy_of"), Value: r.numbers[x.Of]},
		{Label: r.T("exhibit.found"), Value: i18n.DateTime(r.Lang, x.Found.At, r.Zone)}, {Label: r.T("ask.place_found"), Value: x.Detail.Place}, {Label: r.T("ask.found_by"), Value: x.Detail.FoundBy},
		{Label: r.T("ask.exhibit_basis"), Value: r.Word("exhibit.basis.", x.Basis)}, {Label: r.T("ask.source_grade"), Value: r.Word("exhibit.source.", x.Source)},
		{Label: r.T("ask.information_grade"), Value: r.Word("exhibit.information.", strconv.Itoa(x.Information))}, {Label: r.T("ask.packing"), Value: x.Detail.Packing}})}, err
}

// custody tells a chain step by step, then what a court will ask about.
func (r Reading) custody(raw json.RawMessage) (document.Block, error) {
	c, err := body[CustodyBody](raw)
	b := document.Block{Heading: c.Number + ": " + r.T("exhibit.chain")}
	for _, s := range c.Chain {
		b.Facts = append(b.Facts, document.Fact{Label: strconv.Itoa(s.Nth) + ". " + r.Word("exhibit.step.", s.Step), Value: strings.Join(r.step(s), " · ")})
	}
	if len(c.Gaps) == 0 {
		return b, err
	}
	asks := document.Passage{Heading: r.T("statement.unsaid")}
	for _, g := range c.Gaps {
		asks.Paragraphs = append(asks.Paragraphs, r.T("packet.gap", "Nth", g.Nth, "Gap", r.Word("exhibit.gap.", g.Code)))
	}
	b.Said = append(b.Said, asks)
	return b, err
}

func (r Reading) step(s CustodyStep) []string {
	out := []string{i18n.DateTime(r.Lang, s.When, r.Zone), s.Name + ", " + s.Office}
	say := func(key, value string) {
		if value != "" {
			out = append(out, r.T(key)+": "+value)
		}
	}
	if s.To != nil {
		say("exhibit.to", s.To.Office)
	}
	say("ask.seal_read", s.Read)
	say("ask.seal", s.Seal)
	say("ask.condition", r.Word("exhibit.condition.", s.Condition))
	if s.Detail != nil {
		say("ask.step_place", s.Detail.Place)
		say("web.present", strings.Join(s.Detail.Present, "; "))
		say("ask.step_note", s.Detail.Note)
	}
	return out
}
