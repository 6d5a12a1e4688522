package web

import (
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// day registers the first page after sign-in: what needs the reader, by the
// clock that dies first.
func (s *Server) day(pages *doors) {
	s.page(pages, "/{$}", areaCases, func(q *request) (string, any, error) {
		if !q.permits(areaCases, access.See, "day") {
			return "", nil, q.firstPage()
		}
		q.live = act.OfficeTopic(q.by.Office)
		d, err := referral.Day(q.r.Context(), q.s.Acts, q.by, q.purpose)
		if err != nil {
			return "", nil, err
		}
		v := q.myDay(d)
		if v.Alarms, err = q.alarms(); err != nil {
			return "", nil, err
		}
		v.Waiting, err = q.waiting()
		return "my_day", v, err
	})
}

// firstPage is the first page of somebody without case work: what auditors read is
// who saw what, what administrators keep is the accounts.
func (q *request) firstPage() elsewhere {
	switch {
	case q.permits(areaOversight, access.See, "access"):
		return "/journal"
	case q.permits(areaNode, access.See, "user"):
		return "/admin"
	}
	return "/accords"
}

func (q *request) myDay(d referral.DayView) view.MyDay {
	out := view.MyDay{AllURL: "/referrals"}
	for _, r := range d.Yours {
		out.Yours = append(out.Yours, q.task(r))
	}
	for _, r := range d.Theirs {
		out.Theirs = append(out.Theirs, q.task(r))
	}
	for _, r := range d.Yours {
		if r.Clock == nil {
			continue
		}
		switch r.Clock.State {
		case program.Overdue:
			out.Overdue++
		case program.DueSoon:
			out.Soon++
		}
	}
	for _, r := range d.Silent {
		s := q.silence(r)
		out.Silent++
		out.SilentFor = max(out.SilentFor, s.For)
		out.Silence = append(out.Silence, s)
	}
	for _, h := range d.HandOvers {
		out.HandOvers = append(out.HandOvers, q.dayHandOver(h))
	}
	for i, a := range d.Answers {
		if i == 12 {
			break
		}
		out.Answers = append(out.Answers, view.Answer{Country: q.country(a.Node), What: a.Name.In(q.lang), Number: a.Number, URL: "/referrals/" + a.Referral, At: a.At})
	}
	return out
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
	}
	return out
}
