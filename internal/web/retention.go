package web

import (
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/retention"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// drawnKept bounds the rows of the retention desk: each offers acts.
const drawnKept = 60

// retentions registers the desk on which it is decided how long anything is kept.
func (s *Server) retentions(pages *doors) {
	s.page(pages, "/retention", areaCases, func(q *request) (string, any, error) {
		q.live = act.OfficeTopic(q.by.Office)
		v, err := q.retention(q.r.URL.Query().Get("all") != "")
		return "retention", v, err
	})
}

func (q *request) retention(all bool) (view.Retention, error) {
	desk, err := retention.List(q.r.Context(), q.s.Acts, q.by, q.purpose, all)
	if err != nil {
		return view.Retention{}, err
	}
	v := view.Retention{All: all, OtherURL: "/retention?all=yes"}
	if all {
		v.OtherURL = "/retention"
	}
	for i, r := range desk.Rows {
		if i == drawnKept {
			v.More = len(desk.Rows) - drawnKept
			break
		}
		v.Rows = append(v.Rows, q.keptRow(r))
	}
	for _, w := range desk.Waiting {
		v.Waiting = append(v.Waiting, q.forgetRow(w))
	}
	for _, r := range desk.Requests {
		v.Requests = append(v.Requests, q.expungeRow(r))
	}
	return v, nil
}

// keptURL leads to the retention desk whoever has a part in it.
func (q *request) keptURL() string {
	if q.permits(areaCases, "retention.keep", "case") || q.permits(areaProtection, "retention.keep", "consular_file") {
		return "/retention"
	}
	return ""
}

// keptURLs are the pages of what is kept, by what it is.
var keptURLs = map[string]string{"case": "/cases/", "person": "/people/", "referral": "/referrals/", "alert": "/alerts/", "notice": "/consular/"}

func (q *request) keptRow(r retention.Row) view.KeptRow {
	row := view.KeptRow{ID: r.Object, What: q.t("retention.what." + r.What), Number: r.Number, URL: keptURLs[r.What] + r.Object, Class: r.Name.In(q.lang), Source: r.Source.In(q.lang),
		Unverified: !r.Verified, State: q.t("retention.state." + r.State), Review: r.Review, Purge: r.Purge, Next: r.Next, KeptBy: r.KeptBy, Held: r.Held}
	row.StateClass = map[string]string{program.PurgeDue: "over", program.ReviewDue: "soon"}[r.State]
	switch {
	case r.Plant != "":
		row.Person = &component.Person{Plant: r.Plant, Case: r.Number, URL: row.URL}
	case r.Danger != "":
		row.Title = q.word("alert.danger.", r.Danger)
	}
	grounds := answers{"ground": q.codes("casefile.forget_ground.", casefile.Codes("forget_ground"))}
	row.Acts = append(row.Acts, q.rowAct(r.Object, "retention.keep", map[string]string{"what": r.What, "object": r.Object}, nil)...)
	switch r.What {
	case program.KeptCase:
		row.Acts = append(row.Acts, q.rowAct(r.Object, "hold.place", map[string]string{"case": r.Object}, q.holdAnswers())...)
		row.Acts = append(row.Acts, q.rowAct(r.Object, "journal.expunge", map[string]string{"case": r.Object}, grounds)...)
		for _, h := range r.Holds {
			row.Holds = append(row.Holds, q.holdWords(h))
			row.Acts = append(row.Acts, q.rowAct(h.ID, "hold.lift", map[string]string{"hold": h.ID}, nil)...)
		}
	default:
		verb := "retention.erase"
		if r.What == program.KeptPerson {
			verb = "journal.expunge"
		}
		row.Acts = append(row.Acts, q.rowAct(r.Object, verb, map[string]string{r.What: r.Object}, grounds)...)
	}
	return row
}

func (q *request) holdAnswers() answers {
	return answers{"ground": q.codes("casefile.hold_ground.", casefile.Codes("hold_ground")), "authority": q.codes("casefile.hold_authority.", casefile.Codes("hold_authority")),
		"lifts": q.codes("casefile.hold_lifter.", casefile.Codes("hold_lifter"))}
}

// holdWords is a legal hold in words: on what ground, who asks for it, who lifts it.
func (q *request) holdWords(h casefile.LegalHold) string {
	out := q.word("casefile.hold_ground.", h.Ground)
	if h.Authority != "" {
		out += " · " + q.word("casefile.hold_authority.", h.Authority) + " · " + q.t("retention.lifted_by", "Who", q.word("casefile.hold_lifter.", h.Lifts))
	}
	return out
}

// rowAct offers one act on one row of many, as each does, with its choices.
func (q *request) rowAct(row, verb string, fixed map[string]string, choices answers) []view.Act {
	out := q.offered(verb, fixed, choices)
	for i := range out {
		out[i].Verb += "-" + row
	}
	return out
}

func (q *request) forgetRow(w retention.Waiting) view.ForgetRow {
	row := view.ForgetRow{ID: w.Order, What: q.t("retention.what." + w.What), Number: w.Number, Ground: q.word("casefile.forget_ground.", w.Ground), By: q.account(w.By), At: w.At}
	if w.Plant != "" {
		row.Person = &component.Person{Plant: w.Plant, Case: w.Number}
	}
	verbs := []string{"journal.expunge_confirm", "journal.expunge_reject"}
	if w.What == "referral" || w.What == program.KeptAlert || w.What == program.KeptNotice {
		verbs = []string{"retention.erase_confirm", "retention.erase_reject"}
	}
	row.Acts = q.each(w.Order, map[string]string{"order": w.Order}, verbs...)
	return row
}

func (q *request) expungeRow(r retention.RequestView) view.ExpungeRow {
	row := view.ExpungeRow{ID: r.ID, Number: r.Number, URL: "/referrals/" + r.Referral, Country: q.country(r.From.Node), Asked: q.country(r.To.Node), Ground: q.word("casefile.forget_ground.", r.Ground),
		By: r.By, At: r.At, Review: r.Review, AnswerBy: r.AnswerBy, Answered: r.Answered, Receipts: q.delivered(r.Delivery)}
	if r.Subject != "" {
		row.Person = &component.Person{Plant: r.Subject, Case: r.Number}
	}
	row.Records = q.recordLinks(r.Referral, r.Records)
	switch r.Outcome {
	case retention.OutcomeExpunged:
		row.State, row.Class = q.t("retention.expunged"), "ok"
	case retention.OutcomeRetained:
		row.State, row.Class = q.t("retention.retained"), "soon"
		if g, ok := program.GroundByID(program.RetainGrounds(), r.Retains); ok {
			row.Law = g.Name(q.lang) + ". " + g.Law.In(q.lang)
		}
	default:
		row.State, row.Class = q.t("retention.unanswered"), "over"
	}
	if r.Ours && r.Outcome != retention.OutcomeExpunged {
		fixed := map[string]string{"request": r.ID}
		row.Acts = append(row.Acts, q.rowAct(r.ID, "retention.erase", fixed, answers{"ground": q.codes("casefile.forget_ground.", casefile.Codes("forget_ground"))})...)
		var grounds []component.Option
		for _, g := range program.RetainGrounds() {
			grounds = append(grounds, component.Option{Value: g.ID, Label: g.Name(q.lang)})
		}
		row.Acts = append(row.Acts, q.rowAct(r.ID, "retention.retain", fixed, answers{"ground": grounds})...)
	}
	return row
}
