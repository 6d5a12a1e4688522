package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/alert"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// alerts registers lives at risk: their list, each on a page of its own, and
// the band that stands on every page while one is not over.
func (s *Server) alerts(pages *doors) {
	s.page(pages, "/alerts", areaLife, func(q *request) (string, any, error) {
		q.live = act.OfficeTopic(q.by.Office)
		v, err := q.alertList()
		return "alerts", v, err
	})
	s.page(pages, "/alerts/{id}", areaLife, func(q *request) (string, any, error) {
		q.live = act.OfficeTopic(q.by.Office)
		x, err := alert.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, q.r.PathValue("id"))
		if err != nil {
			return "", nil, err
		}
		return "alert_page", q.alertPage(x), nil
	})
	s.page(pages, "/alerts/{id}/readers", areaLife, func(q *request) (string, any, error) {
		v, err := q.alertReaders(q.r.PathValue("id"))
		return "readers_page", v, err
	})
	pages.signedIn("GET /alerts/band", access.RuleSeen, areaLife, func(q *request) {
		p := q.s.blank(q.r)
		p.Lang, p.Live, p.Alert = q.lang, "band", q.life()
		if err := q.s.render.RenderStatus(q.w, http.StatusOK, "life", p, p); err != nil {
			q.s.problem(q.w, q.r, err)
		}
	})
}

// life is the band of the lives at risk that the reader's office knows of, on
// whatever page they are; nil while there are none. What it shows is an access
// fact of its own, for the purpose that it serves: the page serves another.
func (q *request) life() *component.Alert {
	known := false
	q.lookUp(func(tx *store.Tx) (err error) {
		known, err = alert.Any(tx, q.by.Office)
		return err
	})
	if !known {
		return nil
	}
	standing, err := alert.Standing(q.r.Context(), q.s.Acts, q.by)
	if err != nil {
		q.s.Log.Error("alerts for a page", "error", err)
		return nil
	}
	if len(standing) == 0 {
		return nil
	}
	a := standing[0]
	out := &component.Alert{Title: q.word("alert.danger.", a.Danger), Text: q.people(a.Number) + ", " + region(q, a.Region), URL: "/alerts/" + a.ID}
	for _, node := range nodesOf(a) {
		side := component.AlertSide{Country: q.country(node), Text: q.t("alert.unread")}
		for _, m := range a.Read {
			if m.Node == node {
				side.Taken, side.Text = true, q.t("alert.read_by", "Name", m.Name)
			}
		}
		out.Sides = append(out.Sides, side)
	}
	if more := len(standing) - 1; more > 0 {
		out.Text += ". " + q.t("alert.more", "Count", more)
	}
	return out
}

// nodesOf are the two sides of an alert, or the one.
func nodesOf(a alert.Alert) []string {
	if a.To == "" {
		return []string{a.Raised.Node}
	}
	return []string{a.Raised.Node, a.To}
}

// people is a number of people in words; 0 while it is not known.
func (q *request) people(n int) string {
	if n == 0 {
		return q.t("alert.people_unknown")
	}
	return q.t("alert.people", "Count", n)
}

func region(q *request, id string) string {
	if r, ok := program.RegionByID(id); ok {
		return r.Name(q.lang)
	}
	return id
}

func (q *request) alertList() (view.Alerts, error) {
	all, err := alert.List(q.r.Context(), q.s.Acts, q.by, q.purpose)
	if err != nil {
		return view.Alerts{}, err
	}
	v := view.Alerts{Raise: q.offered("alert.raise", nil, answers{"danger": q.codes("alert.danger.", alert.Dangers), "region": q.regionChoices()})}
	for _, a := range all {
		row := view.AlertRow{Danger: q.word("alert.danger.", a.Danger), Region: region(q, a.Region), People: q.people(a.Number), URL: "/alerts/" + a.ID,
			Country: q.country(a.Raised.Node), At: a.Raised.At}
		for _, t := range a.Tasks {
			if len(t.Taken) == 0 {
				row.Free++
			}
		}
		if !a.Over() {
			v.Standing = append(v.Standing, row)
			continue
		}
		row.Outcome = q.outcome(a.Outcomes[0])
		v.Over = append(v.Over, row)
	}
	return v, nil
}

// outcome is how an alert ended, in words.
func (q *request) outcome(o alert.Outcome) string {
	return q.t("alert.outcome", "Rescued", o.Rescued, "NotFound", o.NotFound, "Dead", o.Dead)
}

func (q *request) alertPage(x alert.View) view.AlertPage {
	fixed := map[string]string{"alert": x.ID}
	v := view.AlertPage{Head: q.alertHead(x), Receipts: q.delivered(x.Delivery)}
	v.Facts = []view.Fact{{Label: q.t("alert.people_label"), Value: q.people(x.Number)}, {Label: q.t("ask.region"), Value: region(q, x.Region)},
		{Label: q.t("alert.raised_by"), Value: x.Raised.Name + ", " + q.office(x.Raised.Node, x.Raised.Office)}}
	if len(x.Consulates) > 0 {
		v.Facts = append(v.Facts, view.Fact{Label: q.t("alert.consulates_hear"), Value: q.tell().Countries(x.Consulates)})
	}
	if x.CaseNumber != "" {
		v.Facts = append(v.Facts, view.Fact{Label: q.t("alert.case"), Value: x.CaseNumber})
	}
	for _, c := range x.Clocks {
		v.Clocks = append(v.Clocks, q.clock(referral.Clock{Node: c.Node, Yours: c.Node == q.s.Acts.Node, Started: c.Started, Due: c.Due, HasDue: true, Left: c.Left, State: c.State}))
	}
	v.Note = q.alertNote(x)
	v.OnItsWay, v.Unheard = q.alertUnheard(x)
	v.Standing, v.For, v.Where = !x.Over(), q.s.Acts.Now().Sub(x.Raised.At), q.people(x.Number)+" · "+region(q, x.Region)
	for _, node := range nodesOf(x.Alert) {
		v.Sides = append(v.Sides, q.alertDoes(x, node))
	}
	slices.SortStableFunc(v.Sides, func(a, b view.AlertDoes) int { return strings.Compare(b.Country, a.Country) }) // the United States above
	for _, w := range x.Written {
		v.Written = append(v.Written, q.alertTurn(x, w))
	}
	for _, p := range x.Phones {
		row := view.AlertPhone{Basis: q.word("alert.basis.", p.Basis), At: p.By.At, Usable: p.Usable, Acts: q.each(p.ID, map[string]string{"phone": p.ID}, "alert.rule_phone")}
		if l := p.Locating; l != nil {
			row.OrderedBy, row.Telephone, row.Result = l.OrderedBy, l.Telephone, l.Result
		}
		v.Phones = append(v.Phones, row)
	}
	for _, verb := range []string{"alert.acknowledge", "alert.report", "alert.end", "alert.review", "alert.locate_phone", "alert.tell_consulates", "alert.link"} {
		if verb == "alert.review" && !x.Over() {
			continue
		}
		v.Acts = append(v.Acts, q.offered(verb, fixed, answers{"basis": q.codes("alert.basis.", alert.Bases(q.s.Node.Country))})...)
	}
	return v
}

// arrives is how long an alert is on its way when nothing is wrong.
const arrives = 10 * time.Second

// alertUnheard is the country that an alert of this node has not reached, and
// after a while what to do about it: nobody waits for help that does not know.
func (q *request) alertUnheard(x alert.View) (string, *component.Note) {
	if x.Over() || x.Delivery == nil || x.Delivery.State == exchange.DeliveryRecorded || x.Delivery.State == exchange.DeliveryRefused {
		return "", nil
	}
	there := q.country(x.Delivery.Peer)
	if q.s.Acts.Now().Sub(x.Raised.At) < arrives {
		return there, nil
	}
	return there, &component.Note{Kind: "soon", Icon: "hourglass-high", Title: q.t("alert.unheard", "Country", q.word("country.", there)), Text: q.t("alert.unheard_text")}
}

// alertHead is the head of an alert: how it may be handled and who can see it
// stand on every page of one. An alert goes to every office of the corridor.
func (q *request) alertHead(x alert.View) view.Head {
	n := len(q.readersOfAlert(x.ID))
	return view.Head{Crumb: view.Link{Text: q.t("alerts.title"), URL: "/alerts"}, Title: q.word("alert.danger.", x.Danger), Handling: q.handling(program.LabelOf("").Handling, nil),
		Readers: &component.Readers{Total: n, Counts: []component.CountryCount{{Country: lower(q.s.Node.Country), N: n}}, URL: "/alerts/" + x.ID + "/readers"}}
}

// alertReaders is who can see an alert on this node.
func (q *request) alertReaders(id string) (view.Readers, error) {
	x, err := alert.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, id)
	if err != nil {
		return view.Readers{}, err
	}
	v := view.Readers{Head: q.alertHead(x), Rows: q.readerRows(q.readersOfAlert(id), x.Raised.Office)}
	v.Head.Crumb = view.Link{Text: v.Head.Title, URL: "/alerts/" + id}
	for _, node := range nodesOf(x.Alert) {
		if node != q.s.Acts.Node {
			v.Across = q.country(node)
		}
	}
	return v, nil
}

// readersOfAlert are the officials here who can see an alert.
func (q *request) readersOfAlert(id string) []reader {
	var r access.Resource
	q.lookUp(func(tx *store.Tx) error {
		a, err := alert.Load(tx, id)
		if err == nil {
			r, err = a.Resource(tx)
		}
		return err
	})
	return q.readersOf(r)
}

// alertNote is the one sentence on how an alert stands.
func (q *request) alertNote(x alert.View) component.Note {
	switch {
	case x.Over():
		n := component.Note{Kind: "ok", Title: q.t("alert.over")}
		for _, o := range x.Outcomes {
			n.Text += q.t("country."+q.country(o.Node)) + ": " + q.outcome(o) + " "
		}
		return n
	case !x.Escalated.IsZero():
		return component.Note{Kind: "over", Title: q.t("alert.escalated"), Text: q.t("alert.escalated.next")}
	}
	return component.Note{Kind: "over", Title: q.t("alert.stands"), Text: q.t("alert.stands.next")}
}

// alertDoes is what one side has taken and what waits for it; the reader's own
// side can take what is free.
func (q *request) alertDoes(x alert.View, node string) view.AlertDoes {
	out := view.AlertDoes{Country: q.country(node)}
	for _, t := range x.Tasks {
		row := view.AlertTask{Name: q.word("alert.task.", t.ID), Waited: q.s.Acts.Now().Sub(x.Raised.At)}
		for _, m := range t.Taken {
			if m.Node == node {
				row.Taken = append(row.Taken, view.AlertMark{Country: q.country(m.Node), Name: m.Name, Office: q.office(m.Node, m.Office), At: m.At})
			}
		}
		if len(row.Taken) > 0 {
			out.Taken++
		}
		if node == q.s.Acts.Node {
			row.Acts = q.each(t.ID, map[string]string{"alert": x.ID, "task": t.ID}, "alert.take")
		}
		out.Tasks = append(out.Tasks, row)
	}
	return out
}

// alertTurn is something written of an alert, in the writer's own words.
func (q *request) alertTurn(x alert.View, w alert.Written) component.Turn {
	t := component.Turn{Country: q.country(w.Node), Did: w.Name + ", " + q.office(w.Node, w.Office) + ": " + q.word("alert.written.", w.What), At: w.At}
	for _, o := range x.Outcomes {
		if o.Fact == w.Fact {
			t.More = q.outcome(o)
		}
	}
	if w.Words == nil {
		return t
	}
	if w.Words.Where != "" {
		t.Said = w.Words.Where + ". "
	}
	t.Said, t.SaidLang = t.Said+w.Words.Text, w.Words.Lang
	return t
}

// delivered is how far a message that nobody answers has come.
func (q *request) delivered(d *exchange.Delivery) component.Receipts {
	out := component.Receipts{OnlyRecorded: true}
	if d == nil {
		return out
	}
	switch d.State {
	case exchange.DeliveryRecorded:
		at := d.At
		out.Recorded = &at
	case exchange.DeliveryRefused:
		out.Refused = q.word("receipt.code.", string(d.Code))
	}
	return out
}
