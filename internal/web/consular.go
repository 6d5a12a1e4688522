package web

import (
	"slices"
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/consular"
	"github.com/oasiss/oasiss/internal/document"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// consulates registers the consular notices: of a consulate its desk, of the
// protection desk what it told and how far that has come.
func (s *Server) consulates(pages *doors) {
	s.page(pages, "/consular", areaProtection, func(q *request) (string, any, error) {
		q.live = act.OfficeTopic(q.by.Office)
		v, err := q.notices()
		return "notices", v, err
	})
	s.page(pages, "/consular/{id}", areaProtection, func(q *request) (string, any, error) {
		q.live = act.OfficeTopic(q.by.Office)
		x, err := consular.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, q.r.PathValue("id"))
		if err != nil {
			return "", nil, err
		}
		v, err := q.noticePage(x)
		return "notice_page", v, err
	})
}

// ofAConsulate reports whether the reader works at a consulate.
func (q *request) ofAConsulate() bool { return q.permits(areaProtection, access.See, "consular_file") }

func (q *request) notices() (view.Notices, error) {
	all, err := consular.List(q.r.Context(), q.s.Acts, q.by, q.purpose)
	v := view.Notices{Ours: q.ofAConsulate(), KeptURL: q.keptURL()}
	for _, r := range all {
		if r.Open() {
			v.Open = append(v.Open, q.noticeRow(r))
		} else {
			v.Rest = append(v.Rest, q.noticeRow(r))
		}
	}
	return v, err
}

// noticePerson is whom a notice is about: a pseudonym, with the case where it is known.
func noticePerson(r consular.Row) component.Person {
	return component.Person{Plant: r.Person, Case: r.Number}
}

func (q *request) noticeRow(r consular.Row) view.NoticeRow {
	row := view.NoticeRow{Person: noticePerson(r), Country: q.country(r.From.Node), URL: "/consular/" + r.ID, Child: r.Under18, At: r.Sent.At, Other: q.office(r.To.Node, r.To.Office)}
	if r.To.Node == q.s.Acts.Node {
		row.Other = q.office(r.From.Node, r.From.Office)
		if r.Waiting > 0 && r.Withdrawn == nil {
			row.Waiting = q.t("consular.tasks", "Count", r.Waiting)
		}
	}
	row.Clock = q.noticeClock(r)
	row.State, row.Class = q.noticeState(r)
	return row
}

// noticeClock is the clock of a notice that nobody has acknowledged; nil of others.
func (q *request) noticeClock(r consular.Row) *component.Clock {
	if !r.Clock.Ended.IsZero() {
		return nil
	}
	c := q.clock(referral.Clock{Node: r.To.Node, Yours: r.To.Node == q.s.Acts.Node, Started: r.Clock.Started, Due: r.Clock.Due, HasDue: true, Left: r.Clock.Left, State: r.Clock.State, Sure: r.Clock.Sure})
	return &c
}

func (q *request) noticeState(r consular.Row) (words, class string) {
	switch {
	case r.Withdrawn != nil:
		return q.t("consular.state.withdrawn"), "over"
	case r.Acknowledged != nil:
		return q.t("consular.state.acknowledged"), "ok"
	case r.Overdue():
		return q.t("consular.state.overdue"), "over"
	}
	return q.t("consular.state.waits"), "soon"
}

func (q *request) noticePage(x consular.Shown) (view.NoticePage, error) {
	who := noticePerson(x.Row)
	if x.Record != "" {
		who.URL = "/people/" + x.Record
	}
	v := view.NoticePage{Head: view.Head{Crumb: view.Link{Text: q.t("consular.title"), URL: "/consular"}, Title: q.t("consular.notice"), Person: &who, Handling: q.handling("H3", nil)},
		Clock: q.noticeClock(x.Row), Law: x.Clock.Name.In(q.lang) + " · " + x.Clock.Source.In(q.lang), Done: x.Clock.Ended, Keeps: x.Keeps}
	v.Head.State, v.Head.StateOK = q.noticeState(x.Row)
	v.Facts = q.noticeFacts(x)
	if x.Family != nil {
		v.Family = q.familyWords(x.Family)
	}
	if x.From.Node == q.s.Acts.Node {
		v.Sent = q.delivered(x.Delivery)
		if x.Recalled != nil {
			back := q.delivered(x.Recalled)
			v.Recall = &back
		}
		v.Acts = q.offeredOn(x, "consular.withdraw")
	}
	q.noticeNotes(x, &v)
	if !x.Keeps {
		return v, nil
	}
	return v, q.consulatesOwn(x, &v)
}

// noticeFacts are what stands in clear on a notice, and whom to call.
func (q *request) noticeFacts(x consular.Shown) []view.Fact {
	facts := []view.Fact{{Label: q.t("consular.held_by"), Value: q.office(x.From.Node, x.From.Office)}, {Label: q.t("consular.consulate"), Value: q.office(x.To.Node, x.To.Office)},
		{Label: q.t("consular.told_by"), Value: x.Sent.Name}, {Label: q.t("consular.told_on"), Value: i18n.Moment(q.lang, x.Sent.At, q.s.Acts.Now(), q.zone())}}
	if x.Reach != nil {
		facts = append(facts, view.Fact{Label: q.t("consular.call"), Value: x.Reach.Call})
	}
	if a := x.Acknowledged; a != nil {
		facts = append(facts, view.Fact{Label: q.t("consular.acknowledged_by"), Value: listed(a.Name, i18n.Moment(q.lang, a.At, q.s.Acts.Now(), q.zone()))})
	}
	return document.Filled(facts)
}

// listed joins what is known with commas.
func listed(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

func (q *request) familyWords(f *consular.Found) string {
	key := "consular.family.not_found"
	switch {
	case f.Told:
		key = "consular.family.told"
	case f.Found:
		key = "consular.family.found"
	}
	return q.t(key, "When", i18n.Moment(q.lang, f.At, q.s.Acts.Now(), q.zone()))
}

// noticeNotes say what whoever reads must know before anything else.
func (q *request) noticeNotes(x consular.Shown, v *view.NoticePage) {
	note := func(kind, icon, key string) {
		v.Notes = append(v.Notes, component.Note{Kind: kind, Icon: icon, Title: q.t(key), Text: q.t(key + "_text")})
	}
	switch {
	case x.Withdrawn != nil && x.Keeps:
		note("over", "hand-stop", "consular.note.taken_back")
	case x.Withdrawn != nil:
		note("over", "hand-stop", "consular.note.withdrawn")
	case x.Keeps && x.Reach == nil:
		note("soon", "hourglass-high", "consular.note.key_coming")
	}
	if x.Under18 && x.Withdrawn == nil {
		note("soon", "shield-check", "consular.note.child")
	}
	if x.Keeps && x.Withdrawn == nil {
		note("", "lock", "consular.note.yours")
	}
}

// offeredOn offers acts on a notice.
func (q *request) offeredOn(x consular.Shown, verbs ...string) []view.Act {
	var out []view.Act
	for _, verb := range verbs {
		out = append(out, q.offered(verb, map[string]string{"notice": x.ID}, answers{"need": q.codes("consular.need.", consular.Needs)})...)
	}
	return out
}

// consulatesOwn adds what the consulate keeps for itself, and its acts.
func (q *request) consulatesOwn(x consular.Shown, v *view.NoticePage) error {
	id, err := consular.ShowIdentity(q.r.Context(), q.s.Acts, q.by, q.purpose, x.ID)
	if _, refused := refusal.As(err); !refused {
		if err != nil {
			return err
		}
		v.Until, v.Open = id.Until, q.whom(id.Whom)
	}
	for _, r := range x.Requests {
		row := view.Asked{ID: r.ID, Person: noticePerson(x.Row), By: r.Name, Office: q.office(x.To.Node, x.To.Office), Purpose: q.t("purpose." + q.purpose), Reason: r.Reason, Minutes: r.Minutes, At: r.At}
		row.Acts = q.each(r.ID, map[string]string{"notice": x.ID, "request": r.ID}, "consular.reveal_approve")
		if len(row.Acts) > 0 {
			v.Asked = append(v.Asked, row)
		} else {
			v.Notes = append(v.Notes, component.Note{Kind: "soon", Icon: "hourglass-high", Title: q.t("consular.note.second"), Text: q.t("consular.note.second_text")})
		}
	}
	for _, s := range x.Visits {
		v.Visits = append(v.Visits, q.kept(q.t("consular.visit_on", "When", i18n.Moment(q.lang, s.On, q.s.Acts.Now(), q.zone())), s.Mark, s.Written))
	}
	for _, n := range x.Needs {
		row := q.kept(q.word("consular.need.", n.Need), n.Mark, n.Written)
		row.Task = true
		if n.Met != nil {
			row.Done = n.Met.At
		} else {
			row.Acts = q.each(n.ID, map[string]string{"notice": x.ID, "task": n.ID}, "consular.meet_need")
		}
		v.Needs = append(v.Needs, row)
	}
	for _, n := range x.Notes {
		v.Notices = append(v.Notices, q.kept("", n.Mark, n.Written))
	}
	for _, s := range x.Showings {
		v.Seen = append(v.Seen, view.Seen{At: s.At, Who: s.Name, Why: q.t("consular.seen_until", "When", i18n.Moment(q.lang, s.Until, q.s.Acts.Now(), q.zone()))})
	}
	v.Acts = append(v.Acts, q.offeredOn(x, "consular.acknowledge", "consular.reveal", "consular.interview", "consular.family", "consular.need")...)
	return nil
}

// kept is something that the consulate wrote; where its key is gone, nothing of it.
func (q *request) kept(title string, m consular.Mark, w *consular.Written) view.KeptWords {
	k := view.KeptWords{Title: title, Who: m.Name, At: m.At}
	if w == nil {
		k.Text = q.t("web.sealed")
		return k
	}
	if where := listed(w.Who, w.Where); where != "" {
		k.Title += " · " + where
	}
	k.Text = w.Text
	return k
}

// whom is who a notice is about, opened.
func (q *request) whom(w consular.Whom) []view.Fact {
	facts := q.tell().Identity(casefile.Identity{AsRecorded: w.Name, Birth: w.Birth, BirthPlace: w.BirthPlace, Sex: w.Sex, Nationalities: w.Nationalities, Identifiers: w.Identifiers, Languages: w.Languages})
	facts = append(facts, view.Fact{Label: q.t("consular.place"), Value: w.Place})
	if !w.Since.IsZero() {
		facts = append(facts, view.Fact{Label: q.t("consular.since"), Value: i18n.Moment(q.lang, w.Since, q.s.Acts.Now(), q.zone())})
	}
	return facts
}

// consulate is where a person of a case stands with the consulate, with what can
// be done about it if acting is what the page is for; nil where the reader has no
// part in it.
func (q *request) consulate(caseID, person string, acting bool) (*view.Consulate, error) {
	all, err := consular.Of(q.r.Context(), q.s.Acts, q.by, q.purpose, caseID)
	if err != nil {
		return nil, err
	}
	v := &view.Consulate{URL: "/cases/" + caseID + "/screening?person=" + person, Link: q.t("consular.to_desk")}
	fixed := map[string]string{"case": caseID, "person": person}
	if acting {
		v.URL, v.Acts = "", q.offered("consular.advise", fixed, answers{"wish": q.codes("consular.wish.", consular.Wishes)})
	}
	for _, s := range all {
		if s.Person == person {
			q.standing(s, fixed, acting, v)
		}
	}
	for i := range v.Acts {
		v.Acts[i].Form.Action += "?person=" + person
	}
	if v.State == "" && len(v.Acts) == 0 {
		return nil, nil
	}
	return v, nil
}

// standing adds what the protection desk knows.
func (q *request) standing(s consular.State, fixed map[string]string, acting bool, v *view.Consulate) {
	when := func(m *consular.Mark) string { return i18n.Moment(q.lang, m.At, q.s.Acts.Now(), q.zone()) }
	if s.Advised != nil {
		v.Facts = append(v.Facts, view.Fact{Label: q.t("consular.advised"), Value: when(s.Advised)})
	}
	if s.Advice != nil {
		v.Facts = append(v.Facts, view.Fact{Label: q.t("consular.said"), Value: q.word("consular.wish.", s.Advice.Wish)})
	}
	v.State, v.Class = q.t("consular.may_go"), "soon"
	if s.Keeps != "" {
		v.State = q.t("refusal." + s.Keeps)
	}
	going := s.Keeps == "" && s.Outside == nil
	switch {
	case s.Outside != nil:
		v.State, v.Class = q.t("consular.told_outside"), "ok"
		v.Facts = append(v.Facts, view.Fact{Label: q.t("consular.how"), Value: listed(q.tell().Countries([]string{s.Outside.Country}), q.word("consular.means.", s.Outside.Means), s.Outside.Officer, i18n.Moment(q.lang, s.Outside.At, q.s.Acts.Now(), q.zone()))})
	case s.Notice != nil:
		going = going && s.Notice.Withdrawn != nil
		v.URL, v.Link, v.Clock = "/consular/"+s.Notice.ID, q.t("consular.to_notice"), q.noticeClock(*s.Notice)
		if !going {
			v.State, v.Class = q.noticeState(*s.Notice)
		}
		if s.Notice.Withdrawn == nil && s.Keeps != "" {
			v.State, v.Class = q.t("consular.no_longer"), "over"
		}
		if f := s.Notice.Family; f != nil {
			v.Facts = append(v.Facts, view.Fact{Label: q.t("consular.family"), Value: q.familyWords(f)})
		}
	}
	if !acting || !going {
		return
	}
	choices := answers{"office": q.consulateChoices(), "means": q.codes("consular.means.", consular.Means), "country": countryChoices(q.lang, "")}
	if len(choices["office"]) > 0 {
		v.Acts = append(v.Acts, q.offered("consular.notify", fixed, choices)...)
	}
	v.Acts = append(v.Acts, q.offered("consular.tell_outside", fixed, choices)...)
}

// consulateChoices are the consulates of other nodes.
func (q *request) consulateChoices() []component.Option {
	out := []component.Option{}
	q.lookUp(func(tx *store.Tx) error {
		all, err := consular.Consulates(tx, q.s.Acts.Node, q.s.Acts.Now())
		for _, o := range all {
			out = append(out, component.Option{Value: o.ID, Label: o.Title.In(q.lang)})
		}
		return err
	})
	return out
}

// noticesUnanswered are the notices of the protection desk that no consulate
// acknowledged in time: the adviser calls, because the link says nothing more.
func (q *request) noticesUnanswered(v *view.MyDay, say func(n int, key string, pairs ...any)) error {
	all, err := consular.List(q.r.Context(), q.s.Acts, q.by, q.purpose)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(r consular.Row) bool {
		return r.From.Node != q.s.Acts.Node || !r.Clock.Ended.IsZero() || !r.Overdue()
	})
	if len(all) == 0 {
		return nil
	}
	say(len(all), "my_day.notices_overdue")
	d := view.Desk{Title: q.t("my_day.notices_unanswered"), URL: "/consular", All: q.t("consular.title"), Side: true}
	for _, r := range all[:min(len(all), onADay)] {
		row := q.noticeRow(r)
		d.Rows = append(d.Rows, view.DeskRow{Title: row.Other, URL: row.URL, Person: &row.Person, Country: q.country(r.To.Node), Clock: row.Clock})
	}
	v.Desks = append(v.Desks, d)
	return nil
}

// consularDay is the day of a consulate: the notices that wait by the clock that
// dies first, then the tasks that it took on.
func (q *request) consularDay(v *view.MyDay) error {
	all, err := consular.List(q.r.Context(), q.s.Acts, q.by, q.purpose)
	if err != nil {
		return err
	}
	waits := view.Desk{Title: q.t("consular.wait"), URL: "/consular", All: q.t("my_day.all"), Empty: q.t("consular.wait_empty")}
	tasks := view.Desk{Title: q.t("consular.under_way"), URL: "/consular", All: q.t("my_day.all"), Empty: q.t("consular.under_way_empty"), Side: true}
	overdue, fresh := 0, 0
	for _, r := range all {
		row := q.noticeRow(r)
		d := view.DeskRow{Title: row.Other, URL: row.URL, Person: &row.Person, Country: row.Country, Clock: row.Clock, Note: row.Waiting}
		switch {
		case !r.Open():
		case r.Acknowledged == nil:
			if r.Clock.State == program.Overdue {
				overdue++
			} else {
				fresh++
			}
			waits.Rows = append(waits.Rows, d)
		default:
			tasks.Rows = append(tasks.Rows, d)
		}
	}
	for _, said := range []struct {
		n   int
		key string
	}{{overdue, "my_day.notices_overdue"}, {fresh, "my_day.notices"}, {len(tasks.Rows), "my_day.notices_tasks"}} {
		if said.n > 0 {
			v.Lead = append(v.Lead, q.t(said.key, "Count", said.n))
		}
	}
	v.Desks = append(v.Desks, waits, tasks)
	if q.requestsURL() == "" {
		return nil
	}
	return q.openRequests(v, func(n int, key string, pairs ...any) {
		v.Lead = append(v.Lead, q.t(key, append([]any{"Count", n}, pairs...)...))
	})
}
