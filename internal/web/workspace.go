package web

import (
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/export"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// around registers what stands around a case: who looked at it, and the case as
// somebody took it out.
func (s *Server) around(pages *doors) {
	s.page(pages, "/cases/{id}/looks", areaCases, func(q *request) (string, any, error) {
		v, err := q.looks(q.r.PathValue("id"))
		return "looks", v, err
	})
	s.page(pages, "/exports/{id}", areaCases, func(q *request) (string, any, error) {
		v, err := q.caseTaken(q.r.PathValue("id"))
		return "case_taken", v, err
	})
}

// looks is who looked at a case or did something in it, by what right.
func (q *request) looks(id string) (view.Looks, error) {
	c, err := casefile.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, id)
	if err != nil {
		return view.Looks{}, err
	}
	before := q.number("before")
	rows, err := casefile.ShowLooks(q.r.Context(), q.s.Acts, q.by, q.purpose, c.Case.ID, act.Page{Before: before, Limit: journalPage})
	if err != nil {
		return view.Looks{}, err
	}
	v := view.Looks{Head: q.caseHead(c), Rows: q.accessRows(rows)}
	v.Older, v.Newest = pages("/cases/"+c.Case.ID+"/looks", len(rows), before, oldest(rows, func(a act.Access) int64 { return a.Seq }))
	return v, nil
}

// caseTaken is a case as the reader took it out, under its mark.
func (q *request) caseTaken(id string) (view.CaseTaken, error) {
	x, err := export.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, id)
	if err != nil {
		return view.CaseTaken{}, err
	}
	v := view.CaseTaken{Crumb: view.Link{Text: x.Case.Number, URL: "/cases/" + x.Case.ID}, Number: x.Case.Number, Title: x.Case.Title, Mark: x.Mark.Words, Until: x.Mark.At.Add(act.Readable),
		Handling: q.handling(x.Case.Handling, nil), Protected: x.Protected}
	c := casefile.View{Row: x.Case, People: x.Named, Items: x.Items}
	for _, p := range x.Named {
		who := q.person(p)
		who.URL = ""
		v.Named = append(v.Named, who)
	}
	for _, i := range x.Items {
		sections := q.itemSections(c, i)
		if len(sections) > 0 {
			sections[0].Heading = q.itemName(c, i)
		}
		v.Sections = append(v.Sections, sections...)
	}
	for noun, n := range x.LeftOut {
		v.LeftOut = append(v.LeftOut, view.Fact{Label: q.t("noun." + noun), Value: i18n.Number(q.lang, int64(n))})
	}
	slices.SortFunc(v.LeftOut, func(a, b view.Fact) int { return strings.Compare(a.Label, b.Label) })
	return v, nil
}

// soonIs is when a task that has a time is due soon.
const soonIs = 24 * time.Hour

// taskClock is how long a task has yet; nil if it has no time or has ended.
func (q *request) taskClock(t casefile.Task, ended bool) *component.Clock {
	if t.Due == nil || ended {
		return nil
	}
	left := t.Due.At.Sub(q.s.Acts.Now())
	c := &component.Clock{State: component.OnTrack, Due: t.Due.At, Left: left, Share: min(float64(left)/float64(7*soonIs), 1), Owner: lower(q.s.Node.Country), Yours: t.Office == q.by.Office}
	switch {
	case left < 0:
		c.State, c.Left = component.Overdue, -left
	case left < soonIs:
		c.State = component.DueSoon
	}
	return c
}

// tasksOf are what is to be done in a case, what ends first on top, and what is
// done below.
func (q *request) tasksOf(c casefile.View) []view.CaseTask {
	var open, ended []view.CaseTask
	for _, i := range c.Items {
		if i.Noun != "task" {
			continue
		}
		var t casefile.Task
		var d casefile.TaskDetail
		q.decode(i.Content, &t)
		q.decode(i.Detail, &d)
		row := view.CaseTask{What: d.What, URL: itemURL(c, i), Office: q.office(q.s.Acts.Node, t.Office), Clock: q.taskClock(t, i.Ended != nil)}
		if i.Ended != nil {
			row.Ended, row.At = q.t("task."+i.Ended.Outcome), i.Ended.At
			ended = append(ended, row)
			continue
		}
		for _, outcome := range []string{"done", "dropped"} {
			for _, a := range q.offered("case.end_task", map[string]string{"task": i.ID, "outcome": outcome}, nil) {
				a.Verb += "-" + outcome + "-" + i.ID
				a.Label = q.t("task.end." + outcome)
				row.Acts = append(row.Acts, a)
			}
		}
		open = append(open, row)
	}
	slices.SortStableFunc(open, func(a, b view.CaseTask) int {
		switch {
		case a.Clock == nil && b.Clock == nil:
			return 0
		case a.Clock == nil:
			return 1
		case b.Clock == nil:
			return -1
		}
		return a.Clock.Due.Compare(b.Clock.Due)
	})
	return append(open, ended...)
}

// chartsOf lead to the link chart from each person of a case who may be on one.
func (q *request) chartsOf(c casefile.View) []view.Link {
	var out []view.Link
	for _, p := range c.People {
		if p.Class == casefile.Suspect && p.Identity != nil {
			out = append(out, view.Link{Text: p.Called(), URL: "/network/" + p.ID})
		}
	}
	return out
}

// headActs are what stands beside a case's number: to add to it, and to refer it,
// or why it cannot be referred yet.
func (q *request) headActs(adds bool, acts []view.Act) []component.Button {
	var out []component.Button
	if adds {
		out = append(out, component.Button{Label: q.t("case.add"), Icon: "plus", URL: "#add", Small: true})
	}
	for _, a := range acts {
		if a.LabelKey != "verb.referral.draft" {
			continue
		}
		b := component.Button{Label: a.Label, Small: true, Icon: "send", URL: "#act-" + a.Verb, Blocked: a.Blocked, Fix: a.Fix, FixURL: a.FixURL}
		if b.Label == "" {
			b.Label = q.t(a.LabelKey)
		}
		return append(out, b)
	}
	return out
}
