package web

import (
	"net/url"
	"slices"
	"strings"

	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// newAccord is the form of a new accord. The accords that the programme knows
// are offered first; the one chosen is read in words, and its document can
// still be changed before it is proposed.
func (q *request) newAccord() (view.FormPage, error) {
	v := view.FormPage{Crumb: view.Link{Text: q.t("accords.title"), URL: "/accords"}, TitleKey: "verb.accord.propose", LeadKey: "accords.new_lead",
		Act: q.act("accord.propose", nil, nil), BackURL: "/accords"}
	v.Act.Primary = true
	drafts, err := q.drafts()
	if err != nil || len(drafts) == 0 {
		return v, err
	}
	chosen := q.r.URL.Query().Get("template")
	ask := view.Ask{Name: "template", Key: "ask.template", How: []string{"required"}}
	for _, d := range drafts {
		ask.Choices = append(ask.Choices, component.Option{Value: d.Ref, Label: d.Title.In(q.lang)})
		if d.Ref == chosen {
			v.Notes, v.Sections = q.draftNotes(d.template), q.draftText(d.Document)
			if v.Act.Form.Refusal == nil {
				v.Act.Form.Values.Set("document", d.YAML())
			}
		}
	}
	v.First = &view.First{URL: "/accords/new", Ask: ask, Form: component.Form{Values: url.Values{"template": {chosen}}, Errors: map[string]string{}}}
	return v, nil
}

// draft is one of the programme's accords as a document towards one peer.
type draft struct {
	template string
	accord.Document
}

// drafts are the programme's accords as documents between this node and each
// one paired; none between two nodes of one country. Towards a second peer the
// short name says which.
func (q *request) drafts() ([]draft, error) {
	peers, err := q.s.paired(q.r.Context())
	if err != nil {
		return nil, err
	}
	own, ok := program.CountryByID(q.s.Node.Country)
	if !ok {
		return nil, nil
	}
	here := accord.Party{Node: q.s.Acts.Node, Country: own.ID, Title: own.Title}
	var out []draft
	for _, p := range peers {
		country, ok := program.CountryByID(p.Country)
		if !ok {
			continue
		}
		for _, t := range program.Templates() {
			d, err := accord.Draft(t, [2]accord.Party{here, {Node: p.ID, Country: p.Country, Title: country.Title}})
			if err != nil { // refused only between other countries than its own
				continue
			}
			if slices.ContainsFunc(out, func(x draft) bool { return x.template == t.ID }) {
				d.Ref += "-" + p.ID
				d.Title = program.Text{En: d.Title.En + " (" + p.NameEN + ")", Es: d.Title.Es + " (" + p.NameES + ")"}
			}
			out = append(out, draft{t.ID, d})
		}
	}
	return out, nil
}

// draftNotes say what a template rests on: no text of any of these accords was
// found, so both governments sign a new one.
func (q *request) draftNotes(id string) []component.Note {
	t, ok := program.TemplateByID(id)
	if !ok {
		return nil
	}
	return []component.Note{{Kind: "soon", Title: q.t("accords.template"), Text: t.Note.In(q.lang) + " " + q.t("accords.template_source", "Source", t.Source)}}
}

// draftText is the reading of a draft, as the page of the accord will show it.
func (q *request) draftText(d accord.Document) []view.Section {
	out := q.accordText(accord.View{Document: d})
	var corridors, procedures, offices []string
	for _, c := range d.Corridors {
		corridors = append(corridors, c.Title.In(q.lang))
	}
	for _, p := range q.adopted(d) {
		procedures = append(procedures, p.Title+" ("+p.Facts+")")
	}
	for _, o := range d.Offices {
		offices = append(offices, o.Title.In(q.lang))
	}
	return append(out, view.Section{Heading: q.t("accords.corridors"), Paragraphs: corridors}, view.Section{Heading: q.t("accords.procedures"), Paragraphs: procedures},
		view.Section{Heading: q.t("accords.offices"), Paragraphs: []string{strings.Join(offices, "; ")}})
}
