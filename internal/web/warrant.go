package web

import (
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/document"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/warrant"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// warrants registers what police have to execute, which is also how prosecutors
// follow what they gave.
func (s *Server) warrants(pages *doors) {
	s.page(pages, "/warrants", areaCases, func(q *request) (string, any, error) {
		q.live = act.OfficeTopic(q.by.Office)
		l, err := warrant.List(q.r.Context(), q.s.Acts, q.by, q.purpose)
		return "warrants", view.Warrants{Executes: q.executes(), Open: q.orderRows(l.Open), Ended: q.orderRows(l.Ended)}, err
	})
	s.page(pages, "/warrants/{id}", areaCases, func(q *request) (string, any, error) {
		q.live = act.OfficeTopic(q.by.Office)
		x, err := warrant.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, q.r.PathValue("id"))
		if err != nil {
			return "", nil, err
		}
		return "warrant_page", q.orderPage(x), nil
	})
}

// executes reports whether orders are all of a case that the reader sees.
func (q *request) executes() bool {
	return q.permits(areaCases, access.See, "warrant") && !q.permits(areaCases, access.See, "case")
}

func (q *request) orderRows(list []warrant.Shown) (out []view.WarrantRow) {
	for _, x := range list {
		r := view.WarrantRow{URL: "/warrants/" + x.ID, Ask: q.t("warrant.ask." + x.Ask), Person: orderPerson(x), Court: x.Court, Office: q.office(q.s.Acts.Node, x.Office), At: x.Ended}
		if x.State == warrant.Open {
			c := q.orderClock(x)
			r.Clock = &c
		}
		r.State, r.Class = q.orderState(x)
		out = append(out, r)
	}
	return out
}

// orderPerson is whom an order names: by name while it stands, and else by the
// pseudonym that the record keeps.
func orderPerson(x warrant.Shown) component.Person {
	if x.Whom != nil {
		return component.Person{Name: x.Whom.Name}
	}
	return component.Person{Plant: x.Person}
}

// orderClock burns down to the last day of an order.
func (q *request) orderClock(x warrant.Shown) component.Clock {
	now := q.s.Acts.Now()
	c := component.Clock{State: component.OnTrack, Due: x.Until, Left: x.Until.Sub(now), Owner: q.country(q.s.Acts.Node), Yours: x.Office == q.by.Office}
	if span := x.Until.Sub(x.At); span > 0 {
		c.Share = float64(c.Left) / float64(span)
	}
	if c.Left < 3*24*time.Hour {
		c.State = component.DueSoon
	}
	return c
}

func (q *request) orderState(x warrant.Shown) (words, class string) {
	switch x.State {
	case warrant.Executed:
		return q.t("warrant.state.executed"), "ok"
	case warrant.Open:
		return q.t("warrant.state.open"), ""
	}
	return q.t("warrant.state." + x.State), "over"
}

func (q *request) orderPage(x warrant.Shown) view.WarrantPage {
	who := orderPerson(x)
	v := view.WarrantPage{Head: view.Head{Crumb: view.Link{Text: q.t("warrant.title"), URL: "/warrants"}, Title: q.t("warrant.ask." + x.Ask), Person: &who, Handling: q.handling("H3", nil)}}
	v.Head.State, v.Head.StateOK = q.orderState(x)
	switch {
	case x.State == warrant.Open:
		v.Head.Clocks = []component.Clock{q.orderClock(x)}
		v.Note = component.Note{Kind: "", Icon: "gavel", Title: q.t("warrant.note." + x.Ask), Text: q.t("warrant.note.only")}
	case x.State == warrant.Paused:
		v.Note = component.Note{Kind: "over", Icon: "hand-stop", Title: q.t("warrant.note.paused"), Text: q.t("warrant.note.paused_text")}
	case x.State == warrant.Expired:
		v.Note = component.Note{Kind: "over", Icon: "hand-stop", Title: q.t("warrant.note.expired"), Text: q.t("warrant.note.expired_text")}
	case x.State == warrant.Withdrawn:
		v.Note = component.Note{Kind: "over", Icon: "hand-stop", Title: q.t("warrant.note.withdrawn"), Text: q.t("warrant.why." + x.Why)}
	default:
		v.Note = component.Note{Kind: "ok", Icon: "check", Title: q.t("warrant.note.executed")}
	}
	v.Order, v.Whom = q.orderFacts(x), q.whomFacts(x.Whom)
	for _, verb := range []string{"warrant.execute", "warrant.withdraw"} {
		v.Acts = append(v.Acts, q.offered(verb, map[string]string{"warrant": x.ID}, answers{"why": q.codes("warrant.why.", warrant.Reasons)})...)
	}
	if x.Referral != "" {
		v.BehindURL, v.Behind = "/referrals/"+x.Referral, q.t("warrant.to_referral")
	} else if x.Case != "" {
		v.BehindURL, v.Behind = "/cases/"+x.Case, q.t("web.to_case")
	}
	return v
}

// orderFacts are what makes it an order: the court, the law, its days, who gave it.
func (q *request) orderFacts(x warrant.Shown) []view.Fact {
	when := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return i18n.Moment(q.lang, t, q.s.Acts.Now(), q.zone())
	}
	facts := []view.Fact{{Label: q.t("warrant.court"), Value: x.Court}}
	if x.Whom != nil {
		facts = append(facts, view.Fact{Label: q.t("warrant.number"), Value: x.Whom.Number, Mono: true})
	}
	return document.Filled(append(facts, view.Fact{Label: q.t("warrant.law"), Value: q.t("warrant.ground." + x.Ground)},
		view.Fact{Label: q.t("warrant.issued"), Value: q.day(x.Issued)}, view.Fact{Label: q.t("warrant.until"), Value: when(x.Until)},
		view.Fact{Label: q.t("warrant.given_by"), Value: listed(x.IssuedBy, q.office(q.s.Acts.Node, x.Issuer), when(x.At))},
		view.Fact{Label: q.t("warrant.executes"), Value: q.office(q.s.Acts.Node, x.Office)},
		view.Fact{Label: q.t("warrant.executed_at"), Value: when(x.When)}, view.Fact{Label: q.t("warrant.ended_by"), Value: listed(x.EndedBy, when(x.Ended))}))
}

func (q *request) whomFacts(w *warrant.Whom) []view.Fact {
	if w == nil {
		return nil
	}
	birth := ""
	if w.Birth != "" {
		birth = q.day(w.Birth)
	}
	facts := []view.Fact{{Label: q.t("warrant.name"), Value: w.Name}, {Label: q.t("warrant.aliases"), Value: listed(w.Aliases...)},
		{Label: q.t("warrant.birth"), Value: birth}, {Label: q.t("warrant.note"), Value: w.Note}}
	return document.Filled(facts)
}

// issuing is giving an order of a referral, or of a case, to the police.
func (q *request) issuing(fixed map[string]string, people []component.Option) []view.Act {
	country := q.s.Node.Country
	c := answers{"ask": q.codes("warrant.ask.", warrant.Asks(country)), "ground": q.codes("warrant.ground.", warrant.Grounds(country)), "office": q.executing()}
	if people != nil {
		c["person"] = people
	}
	return q.offered("warrant.issue", fixed, c)
}

// executing are the offices of this node whose work it is to execute orders.
func (q *request) executing() []component.Option {
	can := warrant.Executing(q.s.Node.Country)
	return slices.DeleteFunc(q.officeChoices(nil), func(o component.Option) bool {
		known, ok := program.OfficeByID(o.Value)
		return ok && !can(known) // an office that the programme's data do not know may hold anybody
	})
}

// orderOfPerson is giving an order about a suspect of a case of this node.
func (q *request) orderOfPerson(c casefile.View, p casefile.PersonView) []view.Act {
	if p.Class != casefile.Suspect {
		return nil
	}
	return q.issuing(map[string]string{"case": c.Case.ID, "person": p.ID}, nil)
}

// orderOnReferral is giving an order about whom the warrant of a referral names.
func (q *request) orderOnReferral(x referral.Shown) []view.Act {
	return q.issuing(map[string]string{"referral": x.ID}, q.subjectChoices(x))
}

// orderDesk is what of orders one's day shows: to who executes them all that
// stand, to who gave them those that wait for a word.
func (q *request) orderDesk(v *view.MyDay, say func(n int, key string, pairs ...any)) error {
	l, err := warrant.List(q.r.Context(), q.s.Acts, q.by, q.purpose)
	if err != nil {
		return err
	}
	ours := q.executes()
	d := view.Desk{Title: q.t("warrant.title"), URL: "/warrants", All: q.t("my_day.all"), Empty: q.t("warrant.empty"), Side: !ours}
	stands := 0
	for _, r := range q.orderRows(l.Open) {
		row := view.DeskRow{Title: r.Ask, URL: r.URL, Person: &r.Person, Note: r.Court, Clock: r.Clock}
		if r.Clock == nil {
			row.State, row.Class = r.State, r.Class
		} else {
			stands++
		}
		d.Rows = append(d.Rows, row)
	}
	if ours {
		say(stands, "my_day.warrants")
	} else if len(d.Rows) == 0 {
		return nil
	}
	d.Rows = d.Rows[:min(len(d.Rows), onADay)]
	v.Desks = append(v.Desks, d)
	return nil
}

// policeDay is the day of who executes orders: what stands, the one that ends
// first on top.
func (q *request) policeDay(v *view.MyDay) (err error) {
	if v.Shift, err = q.shiftDay(); err != nil {
		return err
	}
	return q.orderDesk(v, func(n int, key string, pairs ...any) {
		if n > 0 {
			v.Lead = append(v.Lead, q.t(key, append([]any{"Count", n}, pairs...)...))
		}
	})
}
