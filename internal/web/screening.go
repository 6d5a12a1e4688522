package web

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

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
	if q.halves, err = protection.Drafts(ctx, q.s.Acts, q.by, q.purpose, c.Case.ID); err != nil {
		return view.Screening{}, err
	}
	v := view.Screening{Head: q.caseHead(c), CaseURL: "/cases/" + c.Case.ID, Everyone: q.everyone(c.Case.ID, guard)}
	v.Ask = q.whomToAsk(guard)
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
		if g.Seen != nil && (chosen == "" || chosen == g.Person) {
			v.Seen = append(v.Seen, q.seenWhenMet(g, guard))
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
		if g.Desk != nil {
			v.Beside = q.besideGates(g, v.Asked)
		}
		if v.Consulate, err = q.consulate(c.Case.ID, g.Person, true); err != nil {
			return v, err
		}
	}
	return v, nil
}

// besideGates is what stands beside a person's gates, for the desk.
func (q *request) besideGates(g protection.PersonView, asked []view.GateAct) *view.Beside {
	v := &view.Beside{PersonURL: "/people/" + g.Person}
	now := q.s.Acts.Now()
	for _, a := range asked {
		for _, m := range a.Measures {
			if !m.Done.IsZero() {
				v.Done = append(v.Done, m)
				continue
			}
			c := component.Clock{State: component.OnTrack, Due: m.Due, Left: m.Due.Sub(now), Owner: q.country(q.s.Acts.Node), Yours: true, Unverified: m.Unverified != "", Share: 1}
			switch {
			case m.Late:
				c.State, c.Left = component.Overdue, -c.Left
			case c.Left < time.Hour:
				c.State, c.Share = component.DueSoon, c.Left.Hours()
			}
			v.Next = append(v.Next, view.NextMeasure{What: m.Name, Note: m.Service, Clock: c})
		}
	}
	slices.SortStableFunc(v.Next, func(a, b view.NextMeasure) int { return a.Clock.Due.Compare(b.Clock.Due) })
	var page view.PersonPage
	q.guarded(g, &page)
	v.Consents = page.Consents
	return v
}

// seenWhenMet is what was seen of a person, in words.
func (q *request) seenWhenMet(g protection.PersonView, all protection.CaseView) view.SeenWhenMet {
	out := view.SeenWhenMet{Person: component.Person{Plant: g.Plant}, By: q.t("screening.seen_by", "Name", g.Seen.Name, "When", i18n.DateTime(q.lang, g.Seen.At, q.zone()))}
	for _, s := range g.Seen.Signs {
		out.Words = append(out.Words, q.word("protection.sign.", s))
	}
	var with []string
	for _, p := range all.People {
		if slices.Contains(g.Seen.With, p.Person) {
			with = append(with, p.Plant)
		}
	}
	if len(with) > 0 {
		out.Words = append(out.Words, q.t("screening.seen_with", "Who", strings.Join(with, ", ")))
	}
	return out
}

// whomToAsk says to everybody, while a gate is shut or somebody was not asked,
// which steps wait and whom to ask, and nothing of why.
func (q *request) whomToAsk(g protection.CaseView) string {
	if g.Refused == "" {
		return ""
	}
	var names []string
	for _, c := range g.Ask {
		names = append(names, c.Name+" ("+q.office(q.s.Acts.Node, c.Office)+")")
	}
	if len(names) == 0 {
		return q.t("screening.ask_desk", "What", q.blocked())
	}
	return q.t("screening.ask_whom", "What", q.blocked(), "Who", strings.Join(names, ", "))
}

// blocked are the steps that wait while a gate is shut, in words.
func (q *request) blocked() string {
	var steps []string
	for _, b := range protection.Blocked {
		steps = append(steps, q.word("protection.blocks.", b))
	}
	return strings.Join(steps, ", ")
}

// everyone is the form that asks each person of a case who can be asked, first
// those who were not yet; nil for a reader who screens none of them.
func (q *request) everyone(caseID string, g protection.CaseView) *view.Group {
	form := protection.CurrentForm()
	v := &view.Group{Action: actPath(q.path, "protection.screen"), Each: "person", Lead: form.Note.In(q.lang), Draft: q.draftName(caseID), DraftAt: q.draftAt(),
		Hidden: []view.Hidden{{Name: "case", Value: caseID}, {Name: "form", Value: form.ID}}}
	var begun []protection.Half
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
		if a.Form.Back {
			begun, v.Back = append(begun, q.halves[p.Person]), true
		}
		row := view.GroupRow{ID: p.Person, Person: component.Person{Plant: p.Plant}, Again: p.Screened, Act: *a}
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
	v.Lines = groupLines(v.Rows, q.t)
	v.Hidden = append(v.Hidden, q.opening(caseID, begun...))
	return v
}

// groupLines turns the questions of many people into the lines of one table,
// in which a choice is a select.
func groupLines(rows []view.GroupRow, t func(string, ...any) string) []view.GroupLine {
	var out []view.GroupLine
	for i, ask := range rows[0].Act.Asks {
		line := view.GroupLine{GroupKey: ask.GroupKey, Text: ask.Text}
		if line.Text == "" {
			line.Text = t(ask.Key)
		}
		for _, r := range rows {
			cell := r.Act.Asks[i]
			cell.Text = r.Person.Plant + ": " + line.Text
			cell.How = slices.DeleteFunc(slices.Clone(cell.How), func(how string) bool { return how == "type=radio" || how == "inline" || how == "required" })
			line.Cells = append(line.Cells, view.GroupCell{Form: r.Act.Form, Ask: cell})
		}
		out = append(out, line)
	}
	return out
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
		for _, w := range x.Why {
			said := q.word("protection.answer.", w.Answer)
			if w.Reason != "" {
				said += ": " + w.Reason
			}
			row.Why = append(row.Why, view.Fact{Label: w.Question.In(q.lang), Value: cmp.Or(said, q.t("protection.marked"))})
		}
		for _, f := range x.Found {
			row.Found = append(row.Found, f.Title.In(q.lang))
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
	row.Blocks, row.Owner, row.Service = q.blocked(), x.Owner, x.Service
	for _, m := range x.Measures {
		row.Measures = append(row.Measures, view.GateMeasure{Name: m.Name.In(q.lang), Service: m.Service.In(q.lang), Source: m.Source.In(q.lang), Due: m.Due, Done: m.Done,
			Late: m.State == program.Overdue, Unverified: q.unread(m.Verified)})
	}
	for _, a := range q.offered("protection.take_gate", map[string]string{"case": caseID, "person": person, "gate": x.ID}, nil) {
		a.Verb += "-" + x.ID
		a.Form.Action += "?person=" + person
		row.Take = &a
	}
}

// unread says how far the source of a measure was checked; nothing where it was read.
func (q *request) unread(v program.Verified) string {
	switch v {
	case program.Read:
		return ""
	case program.Secondary:
		return q.t("screening.measure_secondary")
	}
	return q.t("screening.measure_unverified")
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
	a.Primary = true
	a.Form.Draft, a.Form.DraftAt = q.draftName(g.Person), q.draftAt()
	var begun []protection.Half
	if half, is := q.halves[g.Person]; is && a.Form.Refusal == nil {
		a.Form.Values, a.Form.Back, begun = half.Values, true, append(begun, half)
	}
	a.Hidden = append(a.Hidden, q.opening(caseID, begun...))
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
			key := t.ID + "." + question.ID
			ask := view.Ask{Name: "answers." + key, Text: question.Title.In(l), How: []string{"type=radio", "inline"}, Choices: offered}
			if question.When == nil {
				ask.How = append(ask.How, "required")
			}
			if i == 0 {
				ask.GroupKey = "gate." + gateName(t.ID)
			}
			out = append(out, ask)
			if question.Reason {
				out = append(out, view.Ask{Name: "reasons." + key, Text: i18n.T(l, "ask.test_reason", map[string]any{"Test": question.Title.In(l)}), How: []string{"rows=2"}})
			}
		}
		for _, list := range t.Lists {
			ask := view.Ask{Name: "indicators", Text: list.Title.In(l) + " (" + list.Source + ")", How: []string{"type=checks", "inline"}}
			for _, c := range list.Codes {
				ask.Choices = append(ask.Choices, component.Option{Value: list.ID + "." + c.ID, Label: c.Title.In(l)})
			}
			out = append(out, ask)
		}
	}
	return append(out, view.Ask{Name: "needs", Key: "ask.needs", How: []string{"type=checks", "inline"}, Choices: needs}, qa("note", "desk_note", "rows=3"))
}
