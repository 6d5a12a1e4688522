package web

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/document"
	"github.com/oasiss/oasiss/internal/evidence"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
	"github.com/oasiss/oasiss/wire"
)

// exhibits registers the exhibits of a case, one exhibit with its chain of
// custody, and the sheet on which the chain is printed (CNPP 227–228).
func (s *Server) exhibits(pages *doors) {
	s.page(pages, "/cases/{id}/exhibits", areaCases, func(q *request) (string, any, error) {
		v, err := q.exhibitList(q.r.PathValue("id"))
		return "exhibits", v, err
	})
	s.page(pages, "/exhibits/{id}", areaCases, func(q *request) (string, any, error) {
		v, err := q.exhibitPage(q.r.PathValue("id"), q.r.URL.Query().Has("verified"))
		return "exhibit", v, err
	})
	s.page(pages, "/exhibits/{id}/sheet", areaCases, func(q *request) (string, any, error) {
		v, err := q.exhibitPage(q.r.PathValue("id"), true)
		return "custody_sheet", v, err
	})
}

func (q *request) exhibitList(caseID string) (view.Exhibits, error) {
	c, err := casefile.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, caseID)
	if err != nil {
		return view.Exhibits{}, err
	}
	rows, err := evidence.List(q.r.Context(), q.s.Acts, q.by, q.purpose, c.Case.ID)
	if err != nil {
		return view.Exhibits{}, err
	}
	v := view.Exhibits{Head: q.caseHead(c)}
	for _, x := range rows {
		v.Rows = append(v.Rows, q.exhibitRow(x))
	}
	if q.takes("exhibit.collect", map[string]string{"case": c.Case.ID}) {
		v.AddURL = "/cases/" + c.Case.ID + "/add/exhibit"
	}
	return v, nil
}

func (q *request) exhibitRow(x evidence.Row) view.ExhibitRow {
	row := view.ExhibitRow{Number: x.Number, URL: "/exhibits/" + x.ID, Kind: q.word("exhibit.kind.", x.Kind), Found: x.Found.At, Gaps: x.Gaps,
		Holder: x.Custody.Name, Office: q.office(x.Custody.At.Node, x.Custody.At.Office), Country: q.country(x.Custody.At.Node)}
	switch {
	case x.Custody.Ended != "":
		row.State = q.word("exhibit.step.", x.Custody.Ended)
	case x.Custody.Between:
		row.State = q.t("exhibit.between")
	}
	return row
}

// exhibitPage is one exhibit. verified computes its chain again.
func (q *request) exhibitPage(id string, verified bool) (view.Exhibit, error) {
	x, err := evidence.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, id)
	if err != nil {
		return view.Exhibit{}, err
	}
	v := view.Exhibit{Facts: q.exhibitFacts(x), Stands: q.custodyNote(x), Gaps: len(x.Gaps), CheckURL: "/exhibits/" + id + "?verified", SheetURL: "/exhibits/" + id + "/sheet"}
	if v.Head, err = q.exhibitHead(x); err != nil {
		return v, err
	}
	if x.Description == nil {
		v.Sealed = q.t("exhibit.sealed")
	}
	for _, s := range x.Chain {
		step := q.custodyStep(s, x.Gaps)
		if step.File, err = q.heldFile(s.Held); err != nil {
			return v, err
		}
		v.Steps = append(v.Steps, step)
	}
	if verified {
		if err := q.verifyChain(id, &v); err != nil {
			return v, err
		}
	}
	v.Acts = q.custodyActs(x)
	return v, nil
}

// exhibitHead is the head of its case, for whoever may see that; an office that
// was only given the exhibit sees its number.
func (q *request) exhibitHead(x evidence.View) (view.Head, error) {
	h := view.Head{Crumb: view.Link{Text: q.t("my_day.title"), URL: "/"}}
	c, err := casefile.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, x.Case)
	switch {
	case err == nil:
		h.Crumb = view.Link{Text: c.Case.Number + " · " + q.t("web.exhibits"), URL: "/cases/" + c.Case.ID + "/exhibits"}
	case !refusal.Is(err, "access.not_found"):
		return h, err
	case x.Bond != nil:
		h.Crumb = view.Link{Text: q.t("web.its_referral"), URL: "/referrals/" + x.Bond.Referral}
	}
	h.Number, h.Title, h.Handling = x.Number, q.word("exhibit.kind.", x.Kind), &component.Handling{Code: x.Handling}
	return h, nil
}

func (q *request) exhibitFacts(x evidence.View) []view.Fact {
	var d evidence.Detail
	if x.Description != nil {
		d = *x.Description
	}
	of := ""
	if x.Of != "" {
		if o, err := evidence.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, x.Of); err == nil {
			of = o.Number
		}
	}
	mark := ""
	if x.Exculpatory {
		mark = q.t("protection.answer.yes")
	}
	kind, _ := evidence.KindByID(x.Kind)
	return document.Filled([]view.Fact{{Label: q.t("ask.description"), Value: d.Description}, {Label: q.t("exhibit.found"), Value: i18n.DateTime(q.lang, x.Found.At, q.zone())},
		{Label: q.t("ask.place_found"), Value: d.Place}, {Label: q.t("ask.found_by"), Value: d.FoundBy}, {Label: q.t("ask.exhibit_basis"), Value: q.word("exhibit.basis.", x.Basis)},
		{Label: q.t("ask.source_grade"), Value: q.word("exhibit.source.", x.Source)}, {Label: q.t("ask.information_grade"), Value: q.word("exhibit.information.", strconv.Itoa(x.Information))},
		{Label: q.t("ask.packing"), Value: d.Packing}, {Label: q.t("ask.translator"), Value: d.Translator}, {Label: q.t("ask.certificate"), Value: d.Certificate},
		{Label: q.t("ask.translated_on"), Value: q.day(d.On)}, {Label: q.t("ask.copy_of"), Value: of}, {Label: q.t("ask.exculpatory_mark"), Value: mark},
		{Label: q.t("exhibit.vocabulary"), Value: strings.Trim(kind.NIEM+" · "+kind.CASE, " ·"), Mono: true}})
}

// custodyNote says who holds the exhibit, or between whom it is.
func (q *request) custodyNote(x evidence.View) component.Note {
	c := x.Custody
	holder := c.Name + ", " + q.office(c.At.Node, c.At.Office) + ", " + q.t("country."+q.country(c.At.Node))
	n := component.Note{Kind: "ok", Title: q.t("exhibit.held_by", "Who", holder)}
	if c.Seal != "" {
		n.Text = q.t("exhibit.bears", "Seal", c.Seal)
	} else {
		n.Text = q.t("exhibit.bears_none")
	}
	switch {
	case c.Ended != "":
		n.Kind, n.Title = "", q.word("exhibit.step.", c.Ended)
	case c.Between:
		n.Kind, n.Icon, n.Title = "soon", "hourglass-high", q.t("exhibit.between_whom", "Gives", holder, "Receives", q.office(c.To.Node, c.To.Office))
	}
	return n
}

func (q *request) custodyStep(s evidence.StepView, gaps []evidence.Gap) view.CustodyStep {
	out := view.CustodyStep{Nth: s.Nth, What: q.word("exhibit.step.", s.Step.Step), When: s.When, Signed: s.Signed, Country: q.country(s.Node), Name: s.Name, Office: q.office(s.Node, s.Office)}
	to := ""
	if s.To != (wire.Address{}) {
		to = q.office(s.To.Node, s.To.Office)
	}
	out.Facts = []view.Fact{{Label: q.t("exhibit.to"), Value: to}, {Label: q.t("ask.seal_read"), Value: s.Read, Mono: true}, {Label: q.t("ask.seal"), Value: s.Seal, Mono: true},
		{Label: q.t("ask.condition"), Value: q.word("exhibit.condition.", s.Condition)}}
	if s.Words != nil {
		out.Facts = append(out.Facts, view.Fact{Label: q.t("ask.step_place"), Value: s.Words.Place}, view.Fact{Label: q.t("web.present"), Value: strings.Join(s.Words.Present, "; ")},
			view.Fact{Label: q.t("ask.step_note"), Value: s.Words.Note})
	}
	out.Facts = document.Filled(out.Facts)
	for _, g := range gaps {
		if g.Nth == s.Nth {
			out.Gaps = append(out.Gaps, q.gap(g))
		}
	}
	return out
}

// gap is what a court will ask about, in words.
func (q *request) gap(g evidence.Gap) string {
	words := q.word("exhibit.gap.", g.Code)
	if g.Hours > 0 {
		words += " (" + q.t("law.unit.hours", "Count", g.Hours) + ")"
	}
	return words
}

// verifyChain computes the chain again and says of each step what was found.
func (q *request) verifyChain(id string, v *view.Exhibit) error {
	checked, err := evidence.Verify(q.r.Context(), q.s.Acts, q.by, q.purpose, id)
	if err != nil {
		return err
	}
	broken := 0
	for i, c := range checked {
		if i >= len(v.Steps) {
			break
		}
		s := &v.Steps[i]
		switch s.Holds = c.Holds(); {
		case !s.Holds:
			broken++
			s.Proof = q.t("exhibit.proof.broken")
		case c.Carried:
			s.Proof = q.t("exhibit.proof.carried")
		case c.Proven:
			s.Proof = q.t("exhibit.proof.leaf", "Leaf", i18n.Number(q.lang, *c.Leaf+1))
		default:
			s.Proof = q.t("exhibit.proof.unsigned_yet", "Leaf", i18n.Number(q.lang, *c.Leaf+1))
		}
	}
	v.Verified = &component.Note{Kind: "ok", Icon: "shield-check", Title: q.t("exhibit.verified", "Count", len(checked))}
	if broken > 0 {
		v.Verified = &component.Note{Kind: "over", Icon: "alert-octagon", Title: q.t("exhibit.not_verified", "Count", broken), Text: q.t("exhibit.not_verified.next")}
	}
	return nil
}

// custodyActs are the steps that the reader may sign for now.
func (q *request) custodyActs(x evidence.View) []view.Act {
	fixed := map[string]string{"exhibit": x.ID}
	condition := q.codes("exhibit.condition.", evidence.Codes("condition"))
	switch {
	case x.Custody.Ended != "":
		return nil
	case x.Custody.Between:
		if x.Custody.To != (wire.Address{Node: q.s.Acts.Node, Office: q.by.Office}) {
			return nil
		}
		return q.offered("exhibit.receive", fixed, answers{"condition": condition})
	}
	out := q.offered("exhibit.step", fixed, answers{"step": q.codes("exhibit.step.", evidence.Codes("alone")), "condition": condition, "file": q.fileChoices(x.Case)})
	out = append(out, q.offered("exhibit.give", fixed, answers{"office": q.officeChoices(nil), "condition": condition})...)
	if across := q.crossings(x); len(across) > 0 {
		out = append(out, q.offered("exhibit.give_across", map[string]string{"exhibit": x.ID, "referral": across[0].Value}, answers{"condition": condition})...)
	}
	return out
}

// crossings are the referrals under which the exhibit can be given to the other
// country: the one that it crossed under, or those of its case, newest first.
func (q *request) crossings(x evidence.View) (out []component.Option) {
	if x.Bond != nil {
		return []component.Option{{Value: x.Bond.Referral}}
	}
	rows, err := referral.List(q.r.Context(), q.s.Acts, q.by, q.purpose, referral.Filter{Case: x.Case, Side: program.Sender})
	if err != nil {
		return nil // who may not see the referrals gives nothing under them
	}
	for _, r := range rows {
		if q.gives(x.ID, r.ID) {
			out = append(out, component.Option{Value: r.ID, Label: r.Number})
		}
	}
	return out
}

// gives reports whether the exhibit could be given under a referral now.
func (q *request) gives(exhibit, under string) bool {
	_, no, err := q.s.Acts.Offer(q.r.Context(), q.by, q.purpose, &referral.GiveExhibit{Doing: evidence.Doing{Exhibit: exhibit}, Referral: under})
	return err == nil && no == ""
}

// exhibitChoices are the choices for taking something into custody.
func (q *request) exhibitChoices(c casefile.View) answers {
	kinds := []string{}
	for _, k := range evidence.Kinds() {
		kinds = append(kinds, k.ID)
	}
	out := answers{"kind": q.codes("exhibit.kind.", kinds), "basis": q.codes("exhibit.basis.", evidence.Codes("basis")), "source": q.codes("exhibit.source.", evidence.Codes("source")),
		"information": q.codes("exhibit.information.", evidence.Codes("information")), "handling": q.words(program.HandlingCodes()), "person": q.peopleChoices(c, ""), "item": {}, "of": {}, "file": q.fileChoices(c.Case.ID)}
	for _, i := range c.Items {
		switch i.Noun {
		case "vehicle", "phone", "property", "statement", "translation":
			out["item"] = append(out["item"], component.Option{Value: i.ID, Label: q.itemName(c, i)})
		}
	}
	rows, err := evidence.List(q.r.Context(), q.s.Acts, q.by, q.purpose, c.Case.ID)
	if err != nil {
		return out
	}
	for _, x := range rows {
		if x.Case == c.Case.ID {
			out["of"] = append(out["of"], component.Option{Value: x.ID, Label: x.Number + ", " + q.word("exhibit.kind.", x.Kind)})
		}
	}
	return out
}

// custodyFacts are what a step of custody says, as whoever signs it reads it.
func (q *request) custodyFacts(a wire.Act) []view.Fact {
	var f struct {
		evidence.Link
		Number   string       `json:"number"`
		What     string       `json:"what"`
		Step     string       `json:"step"`
		Basis    string       `json:"basis"`
		Receiver wire.Address `json:"receiver"`
	}
	file := ""
	if !strings.HasPrefix(a.Kind, "exhibit.") || json.Unmarshal(a.Clear, &f) != nil {
		return nil
	}
	if f.Number == "" {
		q.lookUp(func(tx *store.Tx) error {
			x, err := evidence.Load(tx, f.Exhibit)
			f.Number, f.What = x.Number, x.Kind
			return err
		})
	}
	to := ""
	if f.Receiver.Node != "" {
		to = q.office(f.Receiver.Node, f.Receiver.Office)
	}
	if f.Held != nil {
		file = f.Held.Manifest.String()
	}
	return document.Filled([]view.Fact{{Label: q.t("noun.exhibit"), Value: f.Number + ", " + q.word("exhibit.kind.", f.What)}, {Label: q.t("ask.custody_step"), Value: q.word("exhibit.step.", f.Step)},
		{Label: q.t("exhibit.to"), Value: to}, {Label: q.t("ask.step_when"), Value: i18n.DateLong(q.lang, f.When, q.zone()) + ", " + i18n.Time(f.When, q.zone())},
		{Label: q.t("ask.exhibit_basis"), Value: q.word("exhibit.basis.", f.Basis)}, {Label: q.t("ask.seal_read"), Value: f.Read, Mono: true}, {Label: q.t("ask.seal"), Value: f.Seal, Mono: true},
		{Label: q.t("ask.condition"), Value: q.word("exhibit.condition.", f.Condition)}, {Label: q.t("file.manifest"), Value: file, Mono: true}})
}
