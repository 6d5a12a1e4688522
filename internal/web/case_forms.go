package web

import (
	"slices"
	"strings"

	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
	"github.com/oasiss/oasiss/wire"
)

// adding is the act by which each noun of a case is added on its own page.
var adding = map[string]string{
	"event": "case.add_event", "person": "case.add_person", "statement": "case.add_statement", "translation": "case.add_translation", "identification": "case.add_identification", "property": "case.add_property", "exhibit": "exhibit.collect",
	"graph":   "exhibit.import",
	"vehicle": "case.add_vehicle", "phone": "case.add_phone", "organisation": "case.add_organisation", "charge": "case.add_charge", "decision": "case.ausa_decision",
	"outcome": "case.add_outcome", "note": "case.note_outside", "task": "case.add_task",
}

// addPage is the page on which one thing is added to a case.
func (q *request) addPage(c casefile.View, noun string) (view.FormPage, error) {
	verb, ok := adding[noun]
	if !ok {
		return view.FormPage{}, refusal.NotFound()
	}
	base := "/cases/" + c.Case.ID
	head := q.caseHead(c)
	if noun == "charge" {
		return q.chargePage(c, head), nil
	}
	a := q.act(verb, map[string]string{"case": c.Case.ID, "_next": base}, q.itemChoicesOf(c, noun))
	a.Primary = true
	if noun == "event" {
		a.Fold = q.whereActs(a.Form)
	}
	lead := ""
	if has("web.add." + noun + ".lead") {
		lead = "web.add." + noun + ".lead"
	}
	return view.FormPage{TitleKey: "verb." + verb, LeadKey: lead, Head: &head, Act: a, BackURL: base}, nil
}

// chargePage asks for the offence first: what must be shown hangs on it.
func (q *request) chargePage(c casefile.View, head view.Head) view.FormPage {
	verb, base := adding["charge"], "/cases/"+c.Case.ID
	page := view.FormPage{TitleKey: "verb." + verb, Head: &head, BackURL: base}
	o, chosen := program.OffenceByID(q.r.FormValue("offence"))
	if !chosen {
		ask := q1("offence", "required")
		ask.Choices = q.offenceChoices()
		page.First = &view.First{URL: base + "/add/charge", Ask: ask}
		return page
	}
	page.Act = q.act(verb, map[string]string{"case": c.Case.ID, "_next": base, "offence": o.ID}, q.itemChoicesOf(c, "charge"))
	page.Act.Primary, page.Act.Fold = true, q.shownBy(c, o, page.Act.Form)
	page.BackURL = base + "/add/charge"
	page.Notes = []component.Note{{Icon: "gavel", Title: q.offence(o.ID), Text: o.Since(q.lang)}}
	return page
}

// itemChoicesOf are the choices for the questions of one noun.
func (q *request) itemChoicesOf(c casefile.View, noun string) answers {
	people := q.peopleChoices(c, "")
	switch noun {
	case "event":
		return answers{"mode": named(q, program.Modes(), func(m program.Mode) string { return m.ID }, func(m program.Mode) program.Text { return m.Title }),
			"place": q.regionChoices(), "currency": q.codes("", []string{"USD", "MXN"}), "hazards": q.codes("casefile.hazard.", casefile.Codes("hazard"))}
	case "person":
		return answers{"role": q.words(program.PersonRoles()), "function": q.words(program.Functions()), "source": q.codes("casefile.source.", casefile.Codes("source")),
			"age": q.codes("casefile.age.", []string{"adult", "child", "doubt"})}
	case "statement":
		return answers{"person": people, "kind": q.codes("casefile.statement_kind.", casefile.Codes("statement_kind")), "rights": q.codes("casefile.rights.", casefile.Codes("rights")),
			"interpreter_ground": q.codes("casefile.interpreter_ground.", casefile.Codes("interpreter_ground")), "identifies": q.peopleChoices(c, "suspect"), "alike": q.statementChoices(c)}
	case "identification":
		return answers{"person": people, "method": q.codes("casefile.identification_method.", casefile.Codes("identification_method")), "suspect": q.peopleChoices(c, "suspect")}
	case "translation":
		return answers{"statement": q.statementChoices(c)}
	case "property":
		return answers{"holder": people, "kind": q.codes("casefile.property_kind.", casefile.Codes("property_kind")), "currency": q.codes("", []string{"USD", "MXN"})}
	case "exhibit", "graph":
		return q.exhibitChoices(c)
	case "vehicle":
		return answers{"holder": people, "kind": q.codes("casefile.vehicle_kind.", casefile.Codes("vehicle_kind"))}
	case "phone":
		return answers{"holder": people}
	case "organisation":
		return answers{"kind": q.codes("casefile.organisation_kind.", casefile.Codes("organisation_kind"))}
	case "charge":
		return answers{"person": q.peopleChoices(c, "suspect"), "status": q.codes("casefile.charge_status.", casefile.Codes("charge_status")),
			"jurisdiction": q.codes("casefile.jurisdiction.", casefile.Codes("jurisdiction")), "tried_abroad": q.codes("casefile.tried_abroad.", casefile.Codes("tried_abroad"))}
	case "outcome":
		return answers{"person": q.peopleChoices(c, "suspect"), "charge": q.chargeChoices(c), "kind": q.words(program.Outcomes()), "currency": q.codes("", []string{"MXN", "USD", "UMA"})}
	case "decision":
		return answers{"decision": q.codes("web.decision.", []string{"declined", "accepted", "retained"}), "reasons": q.codes("casefile.ausa_reason.", casefile.Codes("ausa_reason"))}
	case "task":
		return answers{"office": q.memberChoices(c)}
	case "note":
		return answers{"matter": q.words(program.PassedOutside())}
	}
	return nil
}

// peopleChoices are the people of a case, by name only where the name is shown.
func (q *request) peopleChoices(c casefile.View, role string) []component.Option {
	out := []component.Option{}
	for _, p := range c.People {
		if role == "" || hasRole(p, role) {
			out = append(out, component.Option{Value: p.ID, Label: p.Called()})
		}
	}
	return out
}

func (q *request) statementChoices(c casefile.View) []component.Option {
	out := []component.Option{}
	for _, i := range c.Items {
		if i.Noun == "statement" {
			out = append(out, component.Option{Value: i.ID, Label: q.statementName(c, i)})
		}
	}
	return out
}

func (q *request) statementName(c casefile.View, i casefile.ItemView) string {
	var s casefile.Statement
	q.decode(i.Content, &s)
	return q.word("casefile.statement_kind.", s.Kind) + ", " + calledIn(c, i.Person) + ", " + i18n.Date(q.lang, s.Start.At, q.zone())
}

func calledIn(c casefile.View, person string) string {
	for _, p := range c.People {
		if p.ID == person || slices.Contains(p.Merged, person) {
			return p.Called()
		}
	}
	return ""
}

func (q *request) chargeChoices(c casefile.View) []component.Option {
	out := []component.Option{}
	for _, i := range c.Items {
		if i.Noun == "charge" {
			var x casefile.Charge
			q.decode(i.Content, &x)
			out = append(out, component.Option{Value: i.ID, Label: q.offence(x.Offence) + ", " + calledIn(c, x.Person)})
		}
	}
	return out
}

// addable are the things of a case in the order in which a case grows; each is
// added on a page of its own. What would be refused whatever is typed is not
// among them: a decision that is not the reader's to record, a translation of
// nothing.
func (q *request) addable(c casefile.View) []view.Link {
	var out []view.Link
	for _, noun := range []string{"task", "person", "event", "statement", "translation", "identification", "exhibit", "graph", "property", "vehicle", "phone", "organisation", "charge", "decision", "outcome", "note"} {
		name := noun
		switch noun {
		case "decision":
			if name = "ausa_decision"; !q.decides(c) {
				continue
			}
		case "translation":
			if len(q.statementChoices(c)) == 0 {
				continue
			}
		}
		out = append(out, view.Link{Text: q.t("noun." + name), URL: "/cases/" + c.Case.ID + "/add/" + noun})
	}
	return out
}

// decides says whether the US Attorney's decision is this reader's to record.
func (q *request) decides(c casefile.View) bool {
	return q.takes(adding["decision"], map[string]string{"case": c.Case.ID})
}

// whereActs asks for each kind of act where it took place: the law that
// applies can hang on it (CPF 2 and 4).
func (q *request) whereActs(f component.Form) *view.Fold {
	fold := view.Fold{TitleKey: "ask.acts", LeadKey: "ask.acts.lead", Form: f}
	places := q.regionChoices()
	for _, act := range casefile.Codes("act") {
		fold.Asks = append(fold.Asks, view.Ask{Name: "acts." + act, Text: q.word("casefile.act.", act), Choices: places})
	}
	return &fold
}

// shownBy asks for each element of an offence what of the case shows it.
func (q *request) shownBy(c casefile.View, o *program.Offence, f component.Form) *view.Fold {
	var items []component.Option
	for _, i := range c.Items {
		if slices.Contains(showing, i.Noun) {
			items = append(items, component.Option{Value: i.ID, Label: q.itemName(c, i)})
		}
	}
	if len(items) == 0 {
		return nil
	}
	fold := view.Fold{TitleKey: "ask.elements", LeadKey: "ask.elements.lead", Form: f, Wanted: true}
	for _, e := range o.Elements {
		name := e.Title.In(q.lang)
		if e.Blocking {
			name += " " + q.t("law.blocking")
		}
		choices := slices.Clone(items)
		for _, id := range f.Values["elements."+e.ID] { // what is recorded and not seen here is kept
			if !slices.ContainsFunc(items, func(o component.Option) bool { return o.Value == id }) {
				choices = append(choices, component.Option{Value: id, Label: q.t("web.sealed")})
			}
		}
		fold.Asks = append(fold.Asks, view.Ask{Name: "elements." + e.ID, Text: name, How: []string{"type=checks"}, Choices: choices})
	}
	return &fold
}

// showing are the things of a case that can show an element of an offence.
var showing = []string{"event", "statement", "translation", "identification", "property", "vehicle", "phone", "organisation"}

func (q *request) regionChoices() []component.Option {
	return named(q, program.Regions(), func(r program.Region) string { return r.ID }, func(r program.Region) program.Text { return r.Title })
}

// offenceChoices are the offences that may be referred, the other country's first.
func (q *request) offenceChoices() []component.Option {
	out := []component.Option{}
	for _, o := range program.Offences() {
		if o.Referable {
			label := o.Country + " · " + q.offence(o.ID)
			if !o.Verified.Sure() {
				label += " · " + q.t("web.unverified")
			}
			out = append(out, component.Option{Value: o.ID, Label: label})
		}
	}
	own := q.s.Node.Country
	slices.SortStableFunc(out, func(a, b component.Option) int {
		x, y := strings.HasPrefix(a.Label, own), strings.HasPrefix(b.Label, own)
		switch {
		case x == y:
			return 0
		case x:
			return 1
		}
		return -1
	})
	return out
}

// caseActs are what the reader can do with a case: add to it, refer it.
func (q *request) caseActs(c casefile.View, g protection.CaseView) []view.Act {
	var out []view.Act
	id := c.Case.ID
	out = append(out, q.referActs(c, g)...)
	out = append(out, q.offered("case.add_member", map[string]string{"case": id}, answers{"office": q.newMembers(id, c.Case.Members)})...)
	next := casefile.StatusClosed
	if c.Case.Status != casefile.StatusOpen {
		next = casefile.StatusOpen
	}
	for _, status := range q.offered("case.set_status", map[string]string{"case": id, "status": next}, nil) {
		status.Label = q.t("web.set_status." + next)
		out = append(out, status)
	}
	out = append(out, q.offered("case.export", map[string]string{"case": id}, answers{"reason": q.codes("export.reason.", casefile.Reasons())})...)
	return append(out, q.deskActs(c, g)...)
}

// memberChoices are the offices that need to know of a case: those that can be
// given a task in it.
func (q *request) memberChoices(c casefile.View) []component.Option {
	var out []component.Option
	for _, id := range c.Case.Members {
		out = append(out, component.Option{Value: id, Label: q.office(q.s.Acts.Node, id)})
	}
	return out
}

// referActs begin a referral of the case, one for each node that an accord opens
// a corridor to.
func (q *request) referActs(c casefile.View, g protection.CaseView) []view.Act {
	var out []view.Act
	far := q.corridorChoices()
	if len(far) == 0 {
		far = []farNode{{}}
	}
	for _, n := range far {
		for _, refer := range q.offered("referral.draft", map[string]string{"case": c.Case.ID, "node": n.id}, answers{"office": n.offices, "suspects": q.peopleChoices(c, "suspect")}) {
			refer.Primary = true
			if len(far) > 1 {
				refer.Label = q.t("web.refer_to", "Node", n.name)
			}
			switch {
			case g.Refused != "":
				refer.Blocked, refer.Fix, refer.FixURL = q.t("refusal."+g.Refused, "Count", waiting(g)), q.t("screening.open"), "/cases/"+c.Case.ID+"/screening"
			case n.id == "":
				refer.Blocked, refer.Fix, refer.FixURL = q.t("web.no_corridor"), q.t("nav.accords"), "/accords"
			}
			out = append(out, refer)
		}
	}
	return out
}

// deskActs are what the victim adviser alone decides about a case.
func (q *request) deskActs(c casefile.View, g protection.CaseView) []view.Act {
	var out []view.Act
	if !q.holds(g, "") {
		out = q.offered("protection.stop", map[string]string{"case": c.Case.ID}, nil)
	}
	for _, h := range g.Holds {
		if h.Lifted.IsZero() {
			out = append(out, q.offered("protection.lift_stop", map[string]string{"stop": h.ID}, nil)...)
		}
	}
	return out
}

// holds reports whether a stop of the reader's own stands, for a person or, without
// one, for the case: a second by the same adviser would hold nothing more.
func (q *request) holds(g protection.CaseView, person string) bool {
	return slices.ContainsFunc(g.Holds, func(h protection.HoldView) bool {
		return h.Lifted.IsZero() && h.By == q.by.User && h.Person == person
	})
}

// farNode is a node that an accord leads to, with its offices at the far end of
// the corridors that were chosen.
type farNode struct {
	id, name string
	offices  []component.Option
}

// farNodes are the nodes that chosen corridors lead to, each once.
func (q *request) farNodes(corridor func(a accord.Accord, c accord.Corridor) bool) []farNode {
	var out []farNode
	q.lookUp(func(tx *store.Tx) error {
		all, err := accord.All(tx)
		for _, a := range all {
			other, ok := a.Document.Other(q.s.Acts.Node)
			if !ok {
				continue
			}
			at := slices.IndexFunc(out, func(n farNode) bool { return n.id == other.Node })
			for _, c := range a.Document.Corridors {
				if !corridor(a, c) {
					continue
				}
				if at < 0 {
					at, out = len(out), append(out, farNode{id: other.Node, name: other.Title.In(q.lang)})
				}
				out[at].offices = append(out[at].offices, q.acrossIt(a, c)...)
			}
		}
		return err
	})
	return out
}

// corridorChoices are the offices to which an accord in force opens a corridor
// from the reader's own: those that can answer a referral, by their node.
func (q *request) corridorChoices() []farNode {
	here := wire.Address{Node: q.s.Acts.Node, Office: q.by.Office}
	out := q.farNodes(func(a accord.Accord, c accord.Corridor) bool {
		return a.Status(q.s.Acts.Now()) == accord.StatusInForce && c.Has(here)
	})
	return slices.DeleteFunc(out, func(n farNode) bool { return len(n.offices) == 0 })
}

// answering are the agencies whose offices answer referrals.
var answering = []string{"fgr", "usao", "usbp", "ofo", "hsi"}

func (q *request) acrossIt(a accord.Accord, c accord.Corridor) []component.Option {
	var out []component.Option
	for _, side := range c.Ends {
		if side.Node == q.s.Acts.Node {
			continue
		}
		for _, id := range side.Offices {
			o, ok := a.Document.Office(wire.Address{Node: side.Node, Office: id})
			if ok && slices.Contains(answering, o.Agency) {
				out = append(out, component.Option{Value: id, Label: o.Title.In(q.lang)})
			}
		}
	}
	return out
}
