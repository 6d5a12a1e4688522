package web

import (
	"strconv"
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/document"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/redress"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
	"github.com/oasiss/oasiss/wire"
)

// redresses registers the requests by persons about their records: the list,
// each on a page of its own, and the letter that answers it.
func (s *Server) redresses(pages *doors) {
	s.page(pages, "/requests", areaCases, func(q *request) (string, any, error) {
		q.live = act.OfficeTopic(q.by.Office)
		v, err := q.requests()
		return "requests", v, err
	})
	s.page(pages, "/requests/{id}", areaCases, func(q *request) (string, any, error) {
		x, err := redress.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, q.r.PathValue("id"))
		if err != nil {
			return "", nil, err
		}
		return "request_page", q.requestPage(x), nil
	})
	pages.signedIn("GET /requests/{id}/{print}", access.RuleSeen, areaCases, func(q *request) {
		q.print("letter", func(l i18n.Lang) (document.Document, error) {
			return redress.Letter(q.r.Context(), q.s.Acts, q.by, q.purpose, q.r.PathValue("id"), l)
		})
	})
}

// requestsURL leads to the requests whoever sees one.
func (q *request) requestsURL() string {
	if q.permits(areaCases, access.See, "redress") {
		return "/requests"
	}
	return ""
}

func (q *request) requests() (view.Requests, error) {
	all, err := redress.List(q.r.Context(), q.s.Acts, q.by, q.purpose)
	if err != nil {
		return view.Requests{}, err
	}
	v := view.Requests{Acts: q.offered("redress.receive", nil, q.requestAnswers())}
	for _, r := range all.Requests {
		row := view.RequestRow{Right: q.right(r.Right), URL: "/requests/" + r.ID, Brought: q.word("redress.bringer.", r.Brought), At: r.Received}
		if r.Plant != "" {
			row.Person = &component.Person{Plant: r.Plant, Case: r.Number}
		}
		for _, c := range r.Clocks {
			if c.Ended.IsZero() && c.Due.Equal(r.Due()) {
				clock := q.requestClock(c)
				row.Clock = &clock
				break
			}
		}
		row.State, row.StateClass = q.answered(r.Outcome)
		v.Rows = append(v.Rows, row)
	}
	for _, c := range all.Corrections {
		v.Corrections = append(v.Corrections, q.correctionRow(c))
	}
	return v, nil
}

func (q *request) right(id string) string {
	if k, ok := program.RequestKindByID(id); ok {
		return k.Name(q.lang)
	}
	return id
}

func (q *request) requestClock(c redress.Clock) component.Clock {
	return q.clock(referral.Clock{Node: q.s.Acts.Node, Yours: true, Started: c.Started, Due: c.Due, HasDue: true, Left: c.Left, State: c.State, Sure: c.Sure})
}

func (q *request) answered(outcome string) (state, class string) {
	switch outcome {
	case "":
		return q.t("redress.waiting"), "soon"
	case redress.Granted:
		return q.t("redress.outcome." + outcome), "ok"
	}
	return q.t("redress.outcome." + outcome), "" // red is for clocks and alerts
}

// requestAnswers are the choices of whoever takes a request.
func (q *request) requestAnswers() answers {
	var rights []component.Option
	for _, k := range program.RequestKinds(q.s.Node.Country) {
		rights = append(rights, component.Option{Value: k.ID, Label: k.Name(q.lang)})
	}
	return answers{"right": rights, "brought": q.codes("redress.bringer.", redress.Bringers), "checked": q.codes("redress.check.", redress.Checks)}
}

func (q *request) requestPage(x redress.Shown) view.RequestPage {
	v := view.RequestPage{Head: view.Head{Crumb: view.Link{Text: q.t("requests.title"), URL: "/requests"}, Title: q.right(x.Right)}, Lang: x.Lang, Longer: x.Longer, Reasons: x.Reasons}
	if x.Plant != "" {
		v.Head.Person = &component.Person{Plant: x.Plant, Case: x.Number, URL: "/people/" + x.Person}
	}
	kind, _ := program.RequestKindByID(x.Right)
	v.Facts = document.Filled([]view.Fact{{Label: q.t("ask.brought"), Value: q.word("redress.bringer.", x.Brought)}, {Label: q.t("ask.identity_checked"), Value: q.word("redress.check.", x.Checked)},
		{Label: q.t("redress.letter.law"), Value: kind.Law[q.s.Node.Country]}, {Label: q.t("redress.letter.received"), Value: i18n.Date(q.lang, x.Received, q.zone())}, {Label: q.t("redress.taken_by"), Value: x.By},
		{Label: q.t("ask.persons_language"), Value: q.languages([]string{x.Lang})}})
	v.State, v.Class = q.answered(x.Outcome)
	for _, c := range x.Clocks {
		v.Clocks = append(v.Clocks, view.RequestClock{Name: c.Name.In(q.lang), Source: c.Source.In(q.lang), Unverified: !c.Sure, Clock: q.requestClock(c), Ended: c.Ended})
	}
	for _, id := range x.Grounds {
		if g, ok := program.GroundByID(program.RefuseGrounds(q.s.Node.Country), id); ok {
			v.Grounds = append(v.Grounds, view.Fact{Label: g.Name(q.lang), Value: g.Law.In(q.lang)})
		}
	}
	if x.Words == nil {
		v.Sealed = q.t("redress.gone")
		return v
	}
	v.Asked, v.Contact = x.Words.Text, x.Words.Contact
	if x.Words.Checked != "" {
		v.Facts = append(v.Facts, view.Fact{Label: q.t("ask.check_details"), Value: x.Words.Checked})
	}
	v.Prints = q.printsOf("/requests/"+x.ID, "letter")
	fixed := map[string]string{"request": x.ID}
	var grounds []component.Option
	for _, g := range program.RefuseGrounds(q.s.Node.Country) {
		grounds = append(grounds, component.Option{Value: g.ID, Label: g.Name(q.lang)})
	}
	var verbs []string
	if x.Answered.IsZero() {
		verbs = []string{"redress.acknowledge", "redress.answer"}
		if x.Extended.IsZero() {
			verbs = append(verbs, "redress.extend")
		}
	}
	for _, verb := range verbs {
		v.Acts = append(v.Acts, q.offered(verb, fixed, answers{"outcome": q.codes("redress.outcome.", redress.Outcomes), "grounds": grounds})...)
	}
	return v
}

func (q *request) correctionRow(c redress.CorrectionView) view.CorrectionRow {
	row := view.CorrectionRow{Ours: c.Ours, ID: c.ID, Person: component.Person{Plant: c.Subject, Case: c.Number}, URL: "/referrals/" + c.Referral, Country: q.country(c.From.Node), To: q.country(c.To.Node),
		Right: q.right(c.Right), By: c.By, At: c.At, Read: c.Read, ReadBy: c.ReadBy, Receipts: q.delivered(c.Delivery)}
	var fields []string
	for _, f := range c.Fields {
		fields = append(fields, q.word("field.", f))
	}
	row.Fields = strings.Join(fields, ", ")
	row.Records = q.recordLinks(c.Referral, c.Records)
	if c.Identity != nil {
		row.Identity = q.tell().Identity(*c.Identity)
	}
	if c.Ours && c.Read.IsZero() {
		row.Acts = q.each(c.ID, map[string]string{"correction": c.ID}, "redress.read_correction")
	}
	return row
}

// correctedSince says on a packet, which stays as it was sent, who in it was
// corrected since, and leads to what is told anew.
func (q *request) correctedSince(id string) ([]component.Note, error) {
	all, err := redress.OfReferral(q.r.Context(), q.s.Acts, q.by, q.purpose, id)
	var out []component.Note
	for _, c := range all {
		out = append(out, component.Note{Kind: "soon", Title: q.t("requests.corrected_since", "Plant", c.Subject, "When", i18n.Date(q.lang, c.At, q.zone())),
			URL: "/requests#correction-" + c.ID, Act: q.t("requests.see_correction")})
	}
	return out, err
}

// recordLinks lead to where a packet holds a person, on either node.
func (q *request) recordLinks(referral string, records []packet.Record) []view.Link {
	var out []view.Link
	for _, r := range records {
		text := q.t("requests.record", "Version", r.Version, "Plant", r.Subject)
		if r.Key != "" {
			text += " · " + q.t("requests.record_key", "Key", strings.ToUpper(r.Key[max(0, len(r.Key)-8):]))
		}
		out = append(out, view.Link{Text: text, URL: "/referrals/" + referral + "?version=" + strconv.Itoa(r.Version) + "&section=" + wire.SectionPeople})
	}
	return out
}
