package web

import (
	"reflect"
	"slices"
	"strings"

	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/act"
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

// people registers a person, the screening of a case and the protection desk.
func (s *Server) people(pages *doors) {
	s.page(pages, "/people/{id}", areaCases, func(q *request) (string, any, error) {
		v, err := q.personPage(q.r.PathValue("id"))
		return "person_page", v, err
	})
	s.page(pages, "/cases/{id}/screening", areaProtection, func(q *request) (string, any, error) {
		v, err := q.screening(q.r.PathValue("id"))
		return "screening", v, err
	})
	s.page(pages, "/protection", areaProtection, func(q *request) (string, any, error) {
		q.live = act.OfficeTopic(q.by.Office)
		v, err := q.protectionDesk()
		return "protection", v, err
	})
}

func (q *request) personPage(id string) (view.PersonPage, error) {
	ctx := q.r.Context()
	p, err := casefile.ShowPerson(ctx, q.s.Acts, q.by, q.purpose, id)
	if err != nil {
		return view.PersonPage{}, err
	}
	caseID := ""
	err = q.s.Acts.DB.Read(ctx, func(tx *store.Tx) error {
		x, err := casefile.LoadPerson(tx, id)
		caseID = x.Case
		return err
	})
	if err != nil {
		return view.PersonPage{}, err
	}
	c, err := casefile.Show(ctx, q.s.Acts, q.by, q.purpose, caseID)
	if err != nil {
		return view.PersonPage{}, err
	}
	guard, err := protection.Show(ctx, q.s.Acts, q.by, q.purpose, caseID)
	if err != nil {
		return view.PersonPage{}, err
	}
	head, who := q.caseHead(c), q.person(p)
	who.URL = ""
	head.Crumb, head.Number, head.Title, head.Person = view.Link{Text: c.Case.Number + " " + c.Title, URL: "/cases/" + caseID}, "", "", &who
	v := view.PersonPage{Head: head, Person: who, Sealed: true, ScreenURL: "/cases/" + caseID + "/screening?person=" + p.ID}
	shown, err := q.shownIdentity(p, &v)
	if err != nil {
		return v, err
	}
	for _, r := range p.Roles {
		role := view.Role{Words: q.personRole(r.Role.Role), Source: q.word("casefile.source.", r.Source.Kind), Since: r.From}
		if r.Function != "" {
			role.Words += ", " + q.function(r.Function)
		}
		v.Roles = append(v.Roles, role)
	}
	for _, g := range guard.People {
		if g.Person == p.ID {
			q.guarded(g, &v)
		}
	}
	v.Acts = append(append(v.Acts, q.personActs(c, p)...), q.recordActs(c, p, shown)...)
	return v, nil
}

// shownIdentity fills in who the person is and was, if that may be shown to the
// reader now, and else only that the record changed; nil if it is not shown.
func (q *request) shownIdentity(p casefile.PersonView, v *view.PersonPage) (*casefile.Identity, error) {
	ctx := q.r.Context()
	id, err := protection.ShowIdentity(ctx, q.s.Acts, q.by, q.purpose, p.ID)
	if _, refused := refusal.As(err); refused {
		versions, err := casefile.ShowPersonVersions(ctx, q.s.Acts, q.by, q.purpose, p.ID)
		v.Changes = q.changed(versions, func(casefile.Version) []view.Section { return nil })
		return nil, err
	}
	if err != nil {
		return nil, err
	}
	v.Sealed, v.Until, v.Identity = false, id.Until, q.tell().Identity(id.Identity)
	v.Changes = q.changed(id.Versions, func(was casefile.Version) []view.Section {
		if was.Identity == nil || reflect.DeepEqual(*was.Identity, id.Identity) {
			return nil
		}
		return []view.Section{{Facts: q.tell().Identity(*was.Identity)}}
	})
	return &id.Identity, nil
}

// guarded adds what protection knows of the person.
func (q *request) guarded(g protection.PersonView, v *view.PersonPage) {
	v.Gates = q.gates(g)
	for _, k := range g.Consents {
		row := view.Consent{Recipient: q.office(k.Recipient.Node, k.Recipient.Office), Purpose: q.t("purpose." + k.Purpose), Until: k.Until, State: q.t("web.consented"), Class: "ok"}
		if row.Recipient == "" {
			row.Recipient = q.t("country." + q.country(k.Recipient.Node))
		}
		for i, cat := range k.Categories {
			if i > 0 {
				row.Categories += ", "
			}
			row.Categories += q.word("protection.category.", cat)
		}
		if !k.InForce(q.s.Acts.Now()) {
			row.State, row.Class = q.t("web.consent_ended"), "over"
		} else {
			v.Acts = append(v.Acts, q.offered("protection.withdraw_consent", map[string]string{"consent": k.ID}, nil)...)
		}
		v.Consents = append(v.Consents, row)
	}
	v.SeenKnown = g.Desk != nil
	if g.Desk != nil {
		if c := g.Desk.Card; c != nil {
			v.Card = q.t("protection.card."+c.ID, "Law", c.Law)
		}
		for _, s := range g.Desk.Shown {
			if s.Until.IsZero() { // asked for, and not shown
				continue
			}
			v.Seen = append(v.Seen, view.Seen{At: s.At, Who: s.Name, Why: q.t("purpose." + s.Purpose)})
		}
	}
}

// personActs are what the reader can do about a person.
func (q *request) personActs(c casefile.View, p casefile.PersonView) []view.Act {
	fixed := map[string]string{"case": c.Case.ID, "person": p.ID}
	var out []view.Act
	if p.Class == casefile.Protected {
		out = append(out, q.offered("protection.reveal", fixed, nil)...)
	}
	out = append(out, q.offered("case.set_role", map[string]string{"person": p.ID}, answers{"role": q.words(program.PersonRoles()), "function": q.words(program.Functions()),
		"source": q.codes("casefile.source.", casefile.Codes("source"))})...)
	far := q.farNodes(func(a accord.Accord, _ accord.Corridor) bool { return a.Status(q.s.Acts.Now()) != accord.StatusEnded })
	for _, n := range far {
		to := map[string]string{"case": c.Case.ID, "person": p.ID, "node": n.id}
		for _, consent := range q.offered("protection.consent", to, answers{"for": q.codes("purpose.", []string{wire.PurposeProsecution, wire.PurposeProtection}),
			"categories": q.codes("protection.category.", protection.Categories)}) {
			if len(far) > 1 {
				consent.Label = q.t("web.consent_to", "Node", n.name)
			}
			out = append(out, consent)
		}
	}
	for _, verb := range []string{"protection.waive_return", "protection.withdraw_waiver"} {
		out = append(out, q.offered(verb, fixed, nil)...)
	}
	out = append(out, q.offered("redress.receive", map[string]string{"person": p.ID}, q.requestAnswers())...)
	if p.Class == casefile.Suspect {
		out = append(out, q.offered("protection.reclassify", fixed, nil)...)
	}
	return append(out, q.offered("protection.stop", fixed, nil)...)
}

// screening is the screening of a case's people: everyone on one page, or
// whoever is chosen, for whom there is more to do; the others stand beside.
func (q *request) screening(caseID string) (view.Screening, error) {
	ctx := q.r.Context()
	c, err := casefile.Show(ctx, q.s.Acts, q.by, q.purpose, caseID)
	if err != nil {
		return view.Screening{}, err
	}
	guard, err := protection.Show(ctx, q.s.Acts, q.by, q.purpose, c.Case.ID)
	if err != nil {
		return view.Screening{}, err
	}
	v := view.Screening{Head: q.caseHead(c), CaseURL: "/cases/" + c.Case.ID, Everyone: q.everyone(c.Case.ID, guard)}
	chosen := ""
	if v.Everyone != nil {
		v.EveryoneURL = q.path
	}
	if v.Everyone == nil || q.r.FormValue("person") != "" {
		chosen, v.Everyone = q.chosen(guard), nil
	}
	for _, g := range guard.People {
		if g.Exempt {
			continue
		}
		link := view.PersonLink{Person: component.Person{Plant: g.Plant, URL: q.path + "?person=" + g.Person}, Gates: q.gates(g), Current: g.Person == chosen}
		if !g.Screened {
			link.Gates = oneGate(false)
		}
		v.Others = append(v.Others, link)
		if g.Person != chosen {
			continue
		}
		v.Person, v.Gates = component.Person{Plant: g.Plant}, link.Gates
		v.Asked = q.asked(c.Case.ID, g)
		v.Questions = q.questionsFor(c.Case.ID, g)
	}
	return v, nil
}

// everyone is the form that asks each person of a case who can be asked, first
// those who were not yet; nil for a reader who screens none of them.
func (q *request) everyone(caseID string, g protection.CaseView) *view.Group {
	form := protection.CurrentForm()
	v := &view.Group{Action: actPath(q.path, "protection.screen"), Each: "person", Lead: form.Note.In(q.lang),
		Hidden: []view.Hidden{{Name: "case", Value: caseID}, {Name: "form", Value: form.ID}}}
	var again []view.GroupRow
	for _, p := range g.People {
		if p.Exempt {
			continue
		}
		a := q.questionsFor(caseID, p)
		if a == nil {
			continue
		}
		a.Form.Row = p.Person + rowMark
		row := view.GroupRow{ID: p.Person, Person: component.Person{Plant: p.Plant}, Again: p.Screened, Open: a.Open(), Act: *a}
		if row.Again {
			again = append(again, row)
		} else {
			v.Rows = append(v.Rows, row)
		}
	}
	v.Rows = append(v.Rows, again...)
	if len(v.Rows) == 0 {
		return nil
	}
	if first := &v.Rows[0]; len(q.refused) == 0 && !first.Again { // the next to be asked
		first.Open = true
	}
	return v
}

// chosen is the person of the page: the one asked for, else the first who is
// not screened, else the first.
func (q *request) chosen(g protection.CaseView) string {
	want := q.r.FormValue("person")
	first := ""
	for _, p := range g.People {
		switch {
		case p.Exempt:
		case p.Person == want:
			return want
		case first == "" || !p.Screened && want == "":
			if first == "" || !p.Screened {
				first = p.Person
			}
		}
	}
	return first
}

// asked are the gates of a person as the desk sees them, with the act that
// ends one that is shut.
func (q *request) asked(caseID string, g protection.PersonView) []view.GateAct {
	var out []view.GateAct
	gates := slices.DeleteFunc(slices.Clone(g.Gates), func(x protection.GateView) bool { return x.Topic == "" })
	slices.SortStableFunc(gates, func(x, y protection.GateView) int {
		return slices.Index(protection.Topics, x.Topic) - slices.Index(protection.Topics, y.Topic)
	})
	for _, x := range gates {
		row := view.GateAct{Gate: component.Gate{Name: gateName(x.Topic), State: gateState(x)}}
		if x.End != nil {
			row.Note = x.End.Evidence
		}
		if x.Shut {
			q.measures(caseID, g.Person, x, &row)
			for _, a := range q.offered("protection.end_gate", map[string]string{"case": caseID, "person": g.Person, "gate": x.ID},
				answers{"outcome": q.codes("web.outcome.", []string{protection.Done, protection.CannotBeDone}), "cause": q.codes("protection.cause.", protection.Causes)}) {
				a.Verb += "-" + x.ID
				a.Form.Action += "?person=" + g.Person
				row.Act = &a
			}
		}
		out = append(out, row)
	}
	return out
}

// measures adds to a shut gate what it blocks, what to do, and who does it.
func (q *request) measures(caseID, person string, x protection.GateView, row *view.GateAct) {
	var blocks []string
	for _, b := range x.Blocks {
		blocks = append(blocks, q.word("protection.blocks.", b))
	}
	row.Blocks, row.Owner, row.Service = strings.Join(blocks, ", "), x.Owner, x.Service
	for _, m := range x.Measures {
		row.Measures = append(row.Measures, view.GateMeasure{Name: m.Name.In(q.lang), Service: m.Service.In(q.lang), Source: m.Source.In(q.lang), Due: m.Due,
			Late: m.State == program.Overdue, Unverified: !m.Verified.Sure()})
	}
	for _, a := range q.offered("protection.take_gate", map[string]string{"case": caseID, "person": person, "gate": x.ID}, nil) {
		a.Verb += "-" + x.ID
		a.Form.Action += "?person=" + person
		row.Take = &a
	}
}

// questionsFor draws up the form in the current version, nothing preselected;
// nil for a reader who does not screen.
func (q *request) questionsFor(caseID string, g protection.PersonView) *view.Act {
	form := protection.CurrentForm()
	fixed := map[string]string{"case": caseID, "person": g.Person, "form": form.ID}
	if !q.takes("protection.screen", fixed) {
		return nil
	}
	a := q.act("protection.screen", fixed, nil)
	a.Form.Action += "?person=" + g.Person
	a.Asks = screeningAsks(q.lang, form, q.codes("protection.answer.", protection.Answers), q.codes("protection.need.", protection.Needs))
	a.HintKey = ""
	a.Lead = form.Note.In(q.lang)
	return &a
}

// screeningAsks are the questions of a form, topic by topic, between how it was
// asked and what is needed next.
func screeningAsks(l i18n.Lang, form *protection.Form, offered, needs []component.Option) []view.Ask {
	out := []view.Ask{q1("language", "required", asksLanguage), q1("interpreter"), q1("interpreter_household", "type=checkbox")}
	for _, t := range form.Topics {
		for i, question := range t.Questions {
			ask := view.Ask{Name: "answers." + t.ID + "." + question.ID, Text: question.Title.In(l), How: []string{"required", "type=radio", "inline"}, Choices: offered}
			if i == 0 {
				ask.GroupKey = "gate." + gateName(t.ID)
			}
			out = append(out, ask)
		}
	}
	return append(out, view.Ask{Name: "needs", Key: "ask.needs", How: []string{"type=checks", "inline"}, Choices: needs}, qa("note", "desk_note", "rows=3"))
}

// protectionDesk is who is at risk and what is due next, over the cases that
// the adviser's office holds.
func (q *request) protectionDesk() (view.Protection, error) {
	v := view.Protection{KeptURL: q.keptURL(), RequestsURL: q.requestsURL()}
	ctx := q.r.Context()
	rows, err := casefile.List(ctx, q.s.Acts, q.by, q.purpose, 0)
	if err != nil {
		return v, err
	}
	for _, r := range rows {
		if r.Status != casefile.StatusOpen {
			continue
		}
		guard, err := protection.Show(ctx, q.s.Acts, q.by, q.purpose, r.ID)
		if _, refused := refusal.As(err); refused {
			continue
		}
		if err != nil {
			return v, err
		}
		for _, g := range guard.People {
			q.atRisk(r, g, &v)
		}
		for _, h := range guard.Holds {
			if h.Lifted.IsZero() {
				v.Stopped = append(v.Stopped, view.Stop{Number: r.Number, URL: "/cases/" + r.ID, At: h.At, Confirmed: h.At, Country: lower(q.s.Node.Country)})
			}
		}
	}
	return v, nil
}

// atRisk adds a person whom the desk has something to do for.
func (q *request) atRisk(r casefile.Row, g protection.PersonView, v *view.Protection) {
	if g.Exempt {
		return
	}
	gates := q.gates(g)
	if !g.Screened {
		v.Unscreened++
		gates = oneGate(false)
	}
	if g.Screened && gates.Open() {
		return
	}
	next := q.t("web.screen_first")
	if missing := gates.Missing(); g.Screened && len(missing) > 0 && has("gate."+missing[0]) {
		next = q.t("gate." + missing[0])
	}
	consent, class := q.consentOf(g)
	v.People = append(v.People, view.ProtectionRow{Person: component.Person{Plant: g.Plant, Case: r.Number, URL: "/people/" + g.Person}, Gates: gates, Next: next,
		URL: "/cases/" + r.ID + "/screening?person=" + g.Person, Consent: consent, ConsentClass: class})
}
