package web

import (
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// day registers the first page after sign-in: what needs the reader, by the
// clock that dies first.
func (s *Server) day(pages *doors) {
	s.page(pages, "/{$}", areaCases, func(q *request) (string, any, error) {
		q.live = act.OfficeTopic(q.by.Office)
		v, err := q.myDay()
		return "my_day", v, err
	})
}

// myDay is the day of whoever asks: of who works on cases their clocks, of who
// oversees what happened, of who keeps the node its state.
func (q *request) myDay() (v view.MyDay, err error) {
	if !q.renewing() { // a page that renews itself is no look
		if q.look, err = q.s.Guard.LookedAtDay(q.r.Context(), q.by.User); err != nil {
			return v, err
		}
	}
	v.LookedAt = q.look.Before
	oversees := q.purpose == purpose(areaOversight, q.by) // whoever has no part in cases
	switch {
	case q.permits(areaOversight, access.See, "access"):
		q.purpose = purpose(areaOversight, q.by)
		err = q.auditDay(&v)
	case q.ofAConsulate() && !q.permits(areaCases, access.See, "referral"):
		q.purpose = purpose(areaProtection, q.by)
		err = q.consularDay(&v)
	case q.executes():
		err = q.policeDay(&v)
	case q.permits(areaCases, access.See, "day") && !oversees:
		err = q.workDay(&v)
	case q.permits(areaNode, access.See, "user") && !q.permits(areaCases, access.See, "day"):
		q.purpose = purpose(areaNode, q.by)
		err = q.nodeDay(&v)
	default:
		err = q.accordDay(&v)
	}
	if len(v.Lead) == 0 {
		v.Lead = []string{q.t("my_day.quiet")}
	}
	v.Links = append(v.Links, q.dayLinks()...)
	return v, err
}

// workDay is the day of who works on cases.
func (q *request) workDay(v *view.MyDay) error {
	d, err := referral.Day(q.r.Context(), q.s.Acts, q.by, q.purpose, q.look.Before)
	if err != nil {
		return err
	}
	q.tasks(d, v)
	if v.Waiting, err = q.waiting(); err != nil {
		return err
	}
	say := func(n int, key string, pairs ...any) {
		if n > 0 {
			v.Lead = append(v.Lead, q.t(key, append([]any{"Count", n}, pairs...)...))
		}
	}
	if v.Shift, err = q.shiftDay(); err != nil {
		return err
	}
	if v.Alarms, err = q.alarms(); err != nil {
		return err
	}
	say(len(v.Alarms), "my_day.alarms")
	say(v.Overdue, "my_day.overdue")
	if v.Overdue > 0 {
		say(v.Soon, "my_day.soon_more")
	} else {
		say(v.Soon, "my_day.soon")
	}
	if v.Silent > 0 {
		who := q.t("country." + v.SilentBy)
		if v.SilentFor > 0 {
			say(v.Silent, "my_day.silent_for", "Country", capital(who), "Span", i18n.Span(q.lang, v.SilentFor))
		} else {
			say(v.Silent, "my_day.silent_now", "Country", capital(who))
		}
	}
	say(len(v.Waiting.Asked), "my_day.asked")
	say(len(v.Waiting.Withdrawn), "my_day.withdrawn")
	say(len(v.Waiting.ToTell), "my_day.to_tell")
	say(len(d.Supplements), "my_day.supplements")
	if q.approves() {
		if err := q.approvalDesk(d, v, say); err != nil {
			return err
		}
	}
	if err := q.desksOf(v, say); err != nil {
		return err
	}
	say(len(v.Shift.Offered), "my_day.shift_offered")
	say(q.handedOverToday(v.HandOvers), "my_day.hand_overs_today")
	say(v.New, "my_day.new")
	return nil
}

// handedOverToday counts the hand-overs of today: somebody who has been between two
// signatures since an earlier day stands among them, and is said apart.
func (q *request) handedOverToday(all []view.HandOver) (n int) {
	from, _ := q.today()
	for _, h := range all {
		if !h.Alarm || !h.At.Before(from) {
			n++
		}
	}
	return n
}

// tasks are the referrals of a day: what the reader's office owes, what the
// other side owes, what is silent, and what came.
func (q *request) tasks(d referral.DayView, v *view.MyDay) {
	v.Work, v.AllURL = true, "/referrals"
	for _, r := range d.Supplements {
		t := q.task(r)
		t.Title, t.Act = q.t("my_day.supplement"), component.Button{Label: q.t("shell.open"), URL: "/referrals/" + r.ID + "#act-referral.compose", Small: true}
		v.Yours = append(v.Yours, t)
	}
	if q.takes(captureVerb, nil) {
		v.IntakeURL = "/intake"
	}
	for _, r := range d.Yours {
		if r.Clock == nil && r.Notice == nil && r.Side == program.Sender {
			v.Drafts = append(v.Drafts, q.task(r))
			continue
		}
		v.Yours = append(v.Yours, q.task(r))
		if r.Clock == nil {
			continue
		}
		switch r.Clock.State {
		case program.Overdue:
			v.Overdue++
		case program.DueSoon:
			v.Soon++
		}
	}
	for _, r := range d.Theirs {
		v.Theirs = append(v.Theirs, q.task(r))
	}
	for _, r := range d.Silent {
		s := q.silence(r)
		v.Silent++
		v.SilentFor, v.SilentBy = max(v.SilentFor, s.For), q.country(r.Owes.Node)
		v.Silence = append(v.Silence, s)
	}
	for _, h := range d.HandOvers {
		v.HandOvers = append(v.HandOvers, q.dayHandOver(h))
	}
	for i, a := range d.Answers {
		fresh := !q.look.Before.IsZero() && a.At.After(q.look.Before)
		if fresh {
			v.New++
		}
		if i < 12 || fresh && i < 40 {
			v.Answers = append(v.Answers, view.Answer{Country: q.country(a.Node), What: a.Name.In(q.lang), Number: a.Number, URL: "/referrals/" + a.Referral, At: a.At, New: fresh})
		}
	}
}

// country is the code by which pages mark a node.
func (q *request) country(node string) string {
	if node == q.s.Acts.Node {
		return strings.ToLower(q.s.Node.Country)
	}
	return q.peerCountry(node)
}

func (q *request) task(r referral.Row) view.Task {
	t := view.Task{Title: r.StateName.In(q.lang), Number: r.Number, URL: "/referrals/" + r.ID, Note: q.about(r),
		Act: component.Button{Label: q.t("shell.open"), URL: "/referrals/" + r.ID, Small: true}}
	if r.Clock != nil {
		t.Clock = q.clock(*r.Clock)
		t.Title = r.Clock.Name.In(q.lang)
		return t
	}
	t.NoClock, t.Note = true, q.title(r)
	if r.Owes != nil {
		t.Since, t.Owner, t.Yours = r.Owes.Since, q.country(r.Owes.Node), r.Owes.Yours
	}
	return t
}

// about says in a few words what a referral is about: offence, people, state.
func (q *request) about(r referral.Row) string {
	var words []string
	words = append(words, r.StateName.In(q.lang))
	if n := r.Notice; n != nil {
		words = append(words, q.reading(r).Counts(n))
	}
	return strings.Join(words, " · ")
}

// clock is a clock as it is drawn.
func (q *request) clock(c referral.Clock) component.Clock {
	out := component.Clock{Due: c.Due, Left: c.Left, Owner: q.country(c.Node), Yours: c.Yours, Unverified: !c.Sure}
	span := c.Due.Sub(c.Started)
	if span > 0 {
		out.Share = float64(c.Left) / float64(span)
	}
	switch c.State {
	case program.Overdue, program.CannotBe:
		out.State, out.Left = component.Overdue, -c.Left
	case program.DueSoon:
		out.State = component.DueSoon
	case program.Paused:
		out.State, out.Due, out.PausedBy, out.Reason = component.Paused, time.Time{}, q.country(c.Node), c.Reason
	case program.Met, program.MetLate:
		out.State = component.Met
	default:
		out.State = component.OnTrack
	}
	return out
}

func (q *request) silence(r referral.Row) view.Silence {
	s := view.Silence{Number: r.Number, URL: "/referrals/" + r.ID, To: q.office(r.Receiver.Node, r.Receiver.Office), Note: r.StateName.In(q.lang), Receipts: q.receipts(r)}
	if r.Clock != nil {
		s.For = -r.Clock.Left
		s.Receipts.Silent = s.For
	}
	return s
}

// receipts are how far the latest sending has come.
func (q *request) receipts(r referral.Row) component.Receipts {
	var out component.Receipts
	if d := r.Delivery; d != nil {
		switch d.State {
		case exchange.DeliveryRecorded:
			at := d.At
			out.Recorded = &at
		case exchange.DeliveryRefused:
			out.Refused = q.word("receipt.code.", string(d.Code))
		}
	}
	if r.Seen != nil {
		out.Opened = &r.Seen.At
	}
	if r.Clock != nil && r.Clock.HasDue && r.Clock.Side != r.Side {
		out.Due = &r.Clock.Due
		if out.Opened != nil && r.Clock.Left < 0 { // opened, and past its time
			out.Silent = -r.Clock.Left
		}
	}
	return out
}
