package program

import (
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/refusal"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func seat(t *testing.T, name, calendar string) Seat {
	t.Helper()
	c, ok := CalendarByID(calendar)
	if !ok {
		t.Fatalf("no calendar %s", calendar)
	}
	return Seat{Zone: zone(t, name), Calendar: c}
}

// Terms as the offices of the border count them. In 2026 clocks change in the
// United States, and with them in Tijuana and Matamoros, on 8 March and on
// 1 November; Mexico City does not change.
func TestWhenATermEnds(t *testing.T) {
	tijuana, chicago, mexico := seat(t, "America/Tijuana", "mx-federal-court"), seat(t, "America/Chicago", "us-federal"), seat(t, "America/Mexico_City", "mx-federal-court")
	matamoros := seat(t, "America/Matamoros", "mx-federal-court")
	for _, c := range []struct {
		name   string
		seat   Seat
		start  string // in the seat's zone
		length int
		unit   string
		due    string // in the seat's zone
	}{
		{"48 hours over the change in Tijuana: the day lacks an hour", tijuana, "2026-03-07 12:00", 48, "hours", "2026-03-09 13:00"},
		{"48 hours over the change in Chicago", chicago, "2026-03-07 12:00", 48, "hours", "2026-03-09 13:00"},
		{"48 hours on the same days in Mexico City", mexico, "2026-03-07 12:00", 48, "hours", "2026-03-09 12:00"},
		{"24 hours over the change back in Tijuana: the day has an hour more", tijuana, "2026-10-31 12:00", 24, "hours", "2026-11-01 11:00"},
		{"24 hours over the change back in Matamoros", matamoros, "2026-10-31 12:00", 24, "hours", "2026-11-01 11:00"},
		{"24 hours over the change back in Mexico City", mexico, "2026-10-31 12:00", 24, "hours", "2026-11-01 12:00"},
		{"one calendar day ends as the last hour of the short day ends", tijuana, "2026-03-07 10:00", 1, "calendar_days", "2026-03-09 00:00"},
		{"three calendar days over the long day", chicago, "2026-10-30 23:59", 3, "calendar_days", "2026-11-03 00:00"},
		{"a calendar day in Mexico City", mexico, "2026-03-07 23:59", 1, "calendar_days", "2026-03-09 00:00"},
		{"ten business days with 1 and 5 May off (CNPP 258, court)", mexico, "2026-04-29 10:00", 10, "business_days", "2026-05-16 00:00"},
		{"the same ten on the US calendar", chicago, "2026-04-29 10:00", 10, "business_days", "2026-05-14 00:00"},
		{"five business days over Thanksgiving", chicago, "2026-11-23 09:00", 5, "business_days", "2026-12-02 00:00"},
		{"a term that starts on a Saturday counts from Monday", mexico, "2026-06-06 09:00", 1, "business_days", "2026-06-09 00:00"},
		{"a month ends as the day of its number begins", mexico, "2026-01-15 17:00", 1, "months", "2026-02-15 00:00"},
		{"a month from the 31st ends with the shorter month", mexico, "2026-01-31 17:00", 1, "months", "2026-02-28 00:00"},
		{"six months of investigation (CNPP 321)", tijuana, "2026-01-20 11:00", 6, "months", "2026-07-20 00:00"},
		{"a year from 29 February", mexico, "2024-02-29 11:00", 1, "years", "2025-02-28 00:00"},
	} {
		start, err := time.ParseInLocation("2006-01-02 15:04", c.start, c.seat.Zone)
		if err != nil {
			t.Fatal(err)
		}
		due, _, ok := Due(c.length, c.unit, start, c.seat, nil)
		if got := due.In(c.seat.Zone).Format("2006-01-02 15:04"); !ok || got != c.due {
			t.Errorf("%s: %s, want %s", c.name, got, c.due)
		}
	}
}

// One moment is two days: each office counts its own.
func TestADayIsADayInTheOwnersZone(t *testing.T) {
	start := time.Date(2026, 6, 12, 5, 30, 0, 0, time.UTC) // 12 June in Chicago, 11 June in Mexico City
	for _, c := range []struct{ zone, calendar, due string }{
		{"America/Chicago", "us-federal", "2026-06-16T05:00:00Z"},           // begun on Friday: Monday is the first day that counts
		{"America/Mexico_City", "mx-federal-court", "2026-06-13T06:00:00Z"}, // begun on Thursday: Friday counts
	} {
		due, _, _ := Due(1, "business_days", start, seat(t, c.zone, c.calendar), nil)
		if got := due.Format(time.RFC3339); got != c.due {
			t.Errorf("%s: %s, want %s", c.zone, got, c.due)
		}
	}
}

func TestPausedTimeDoesNotCount(t *testing.T) {
	mexico := seat(t, "America/Mexico_City", "mx-federal-court")
	at := func(s string) time.Time {
		d, err := time.ParseInLocation("2006-01-02 15:04", s, mexico.Zone)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, c := range []struct {
		name, unit string
		length     int
		from, to   string
		due        string
	}{
		{"hours: moment for moment", "hours", 48, "2026-06-01 15:00", "2026-06-01 18:30", "2026-06-03 15:30"},
		{"hours: a pause that began before the term", "hours", 48, "2026-05-31 12:00", "2026-06-01 14:00", "2026-06-03 14:00"},
		{"hours: a pause after the end changes nothing", "hours", 48, "2026-06-04 00:00", "2026-06-05 00:00", "2026-06-03 12:00"},
		{"business days: a day that the pause touches", "business_days", 2, "2026-06-02 17:00", "2026-06-02 18:00", "2026-06-05 00:00"},
		{"calendar days: two days touched", "calendar_days", 3, "2026-06-03 23:00", "2026-06-04 01:00", "2026-06-07 00:00"},
		{"months: as long as it lasted", "months", 1, "2026-06-10 00:00", "2026-06-12 00:00", "2026-07-03 00:00"},
	} {
		due, _, ok := Due(c.length, c.unit, at("2026-06-01 12:00"), mexico, []Pause{{From: at(c.from), To: at(c.to), Reason: "no_interpreter"}})
		if got := due.In(mexico.Zone).Format("2006-01-02 15:04"); !ok || got != c.due {
			t.Errorf("%s: %s, want %s", c.name, got, c.due)
		}
	}
	if _, _, ok := Due(48, "hours", at("2026-06-01 12:00"), mexico, []Pause{{From: at("2026-06-01 13:00")}}); ok {
		t.Error("a term whose pause goes on has an end")
	}
}

// What nobody has read is never shown as sure: neither the term's provision nor
// the calendar of its days.
func TestUnreadCalendarsAreNotSure(t *testing.T) {
	read := &Calendar{ID: "read", Verified: Read, From: Day{2026, 1, 1}, To: Day{2026, 12, 31}}
	start := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name  string
		cal   *Calendar
		unit  string
		start time.Time
		sure  bool
	}{
		{"a calendar that was read", read, "business_days", start, true},
		{"no calendar", nil, "business_days", start, false},
		{"a calendar from a summary", mustCalendar(t, "mx-federal-court"), "business_days", start, false},
		{"beyond the calendar's years", read, "business_days", time.Date(2026, 12, 30, 12, 0, 0, 0, time.UTC), false},
		{"hours need no calendar", nil, "hours", start, true},
	} {
		if _, sure, _ := Due(3, c.unit, c.start, Seat{Zone: time.UTC, Calendar: c.cal}, nil); sure != c.sure {
			t.Errorf("%s: sure %v", c.name, sure)
		}
	}
}

func mustCalendar(t *testing.T, id string) *Calendar {
	t.Helper()
	c, ok := CalendarByID(id)
	if !ok {
		t.Fatalf("no calendar %s", id)
	}
	return c
}

// seats of a referral from the Rio Grande Valley to Tamaulipas.
func seats(t *testing.T) map[Side]Seat {
	return map[Side]Seat{Sender: seat(t, "America/Chicago", "us-federal"), Receiver: seat(t, "America/Matamoros", "mx-federal-court")}
}

func clockAct(step, clock, reason string, at time.Time) Taken {
	return Taken{Step: step, ID: step + at.String(), Seen: 1, At: at, Reason: reason, Facts: map[string]any{FactClock: clock}}
}

// running is the clock of that name as it stands.
func running(t *testing.T, clock string, receiver []Taken, now time.Time) Running {
	t.Helper()
	p := mx(t)
	var found *Running
	for _, r := range p.Clocks(p.State(sentBy(), receiver), seats(t), now) {
		if r.Clock.ID == clock {
			found = &r
		}
	}
	if found == nil {
		t.Fatalf("%s does not run", clock)
	}
	return *found
}

func TestLifeOfAClock(t *testing.T) {
	signed := t0.Add(10 * time.Hour)
	sign := Taken{Step: "sign_for_analysis", ID: "sign", Seen: 1, At: signed}
	accept := func(after time.Duration) Taken {
		return Taken{Step: "accept", ID: "accept", Seen: 1, At: signed.Add(after)}
	}
	pause := clockAct(StepPause, "prog-decision", "no_interpreter", signed.Add(10*time.Hour))
	resume := clockAct(StepResume, "prog-decision", "", signed.Add(30*time.Hour))
	cannot := clockAct(StepCannotMeet, "prog-decision", "person_not_located", signed.Add(20*time.Hour))
	for _, c := range []struct {
		name     string
		receiver []Taken
		now      time.Duration // after the signing
		state    ClockState
		left     time.Duration
		reason   string
		told     int // roles that are told
	}{
		{"just begun", []Taken{sign}, time.Hour, OnTrack, 47 * time.Hour, "", 0},
		{"the last quarter", []Taken{sign}, 37 * time.Hour, DueSoon, 11 * time.Hour, "", 0},
		{"missed: the coordinator is told", []Taken{sign}, 50 * time.Hour, Overdue, -2 * time.Hour, "", 1},
		{"met", []Taken{sign, accept(time.Hour)}, 50 * time.Hour, Met, 47 * time.Hour, "", 0},
		{"met late", []Taken{sign, accept(49 * time.Hour)}, 60 * time.Hour, MetLate, -time.Hour, "", 0},
		{"paused, with its reason", []Taken{sign, pause}, 40 * time.Hour, Paused, 38 * time.Hour, "no_interpreter", 0},
		{"resumed: the pause of 20 hours does not count", []Taken{sign, pause, resume}, 60 * time.Hour, DueSoon, 8 * time.Hour, "", 0},
		{"cannot be met: told at once, with its reason", []Taken{sign, cannot}, 21 * time.Hour, CannotBe, 27 * time.Hour, "person_not_located", 1},
	} {
		got := running(t, "prog-decision", c.receiver, signed.Add(c.now))
		if got.State != c.state || got.Left != c.left || got.Reason != c.reason || len(got.Escalates) != c.told {
			t.Errorf("%s: %s, %s left, reason %q, tells %v", c.name, got.State, got.Left, got.Reason, got.Escalates)
		}
		if got.Sure {
			t.Errorf("%s: a design target is shown as verified", c.name)
		}
	}
}

func TestEveryClockStateHasAName(t *testing.T) {
	for _, s := range []ClockState{OnTrack, DueSoon, Overdue, Paused, Met, MetLate, CannotBe, Recorded} {
		for _, l := range []i18n.Lang{i18n.English, i18n.Spanish} {
			if name := s.Name(l); name == "" || strings.Contains(name, "program.clock") {
				t.Errorf("%s in %s: %q", s, l, name)
			}
		}
	}
}

// A term of law runs on whatever an office records.
func TestLegalTermsAreNotPaused(t *testing.T) {
	at := func(h int) time.Time { return t0.Add(time.Duration(h) * time.Hour) }
	acts := []Taken{
		{Step: "sign_for_analysis", ID: "1", Seen: 1, At: at(1)}, {Step: "accept", ID: "2", Seen: 1, At: at(2)},
		{Step: "seek_warrant", ID: "3", Seen: 1, At: at(3)}, clockAct(StepPause, "mx-warrant-24", "crossing_closed", at(4)),
	}
	got := running(t, "mx-warrant-24", acts, at(10))
	if got.State != OnTrack || got.Due != at(27) || got.Pausable || !got.Sure {
		t.Errorf("%s, due %s, pausable %v, sure %v", got.State, got.Due, got.Pausable, got.Sure)
	}
	for _, p := range Procedures() {
		for _, timer := range p.Timers {
			c, _ := ClockByID(timer.Clock)
			err := p.MayPause(timer.Clock, timer.Owner.Side)
			if c.Kind == "legal" && !refusal.Is(err, "program.clock_not_pausable") {
				t.Errorf("%s: %s may be paused (%v)", p.ID, c.ID, err)
			}
			if timer.Pausable && err != nil {
				t.Errorf("%s: %s: %v", p.ID, c.ID, err)
			}
			if err := p.MayPause(timer.Clock, timer.Owner.Side.Other()); !refusal.Is(err, "program.clock_not_yours") {
				t.Errorf("%s: %s paused by the other side: %v", p.ID, c.ID, err)
			}
		}
		if err := p.MayPause("us-1325", Sender); !refusal.Is(err, "program.clock_unknown") {
			t.Errorf("%s: an unknown clock: %v", p.ID, err)
		}
	}
}

func TestAClockWithoutANumberOnlyRecords(t *testing.T) {
	p, _ := ProcedureByID("us-mirror-2016")
	receiver := []Taken{{Step: "sign_for_analysis", ID: "1", Seen: 1, At: t0}, {Step: "accept", ID: "2", Seen: 1, At: t0}, {Step: "request_advance_evidence", ID: "3", Seen: 1, At: t0}}
	for _, r := range p.Clocks(p.State(wayToSending(p), receiver), nil, t0.Add(time.Hour)) {
		if r.Clock.ID == "us-material-witness" {
			if r.HasDue || r.State != Recorded {
				t.Errorf("%s, due %v", r.State, r.HasDue)
			}
			return
		}
	}
	t.Error("the clock of the material witness does not run")
}

// 18 USC 3161(c)(1): seventy days from the charge or the first appearance,
// whichever is later.
func TestSpeedyTrialRunsFromTheLater(t *testing.T) {
	p, _ := ProcedureByID("us-mirror-2016")
	chicago := seat(t, "America/Chicago", "us-federal")
	day := func(n int) time.Time { return time.Date(2026, 6, n, 15, 0, 0, 0, time.UTC) }
	receiver := []Taken{{Step: "sign_for_analysis", ID: "1", Seen: 1, At: day(1)}, {Step: "accept", ID: "2", Seen: 1, At: day(1)},
		{Step: "record_indictment", ID: "3", Seen: 1, At: day(2)}, {Step: "record_arraignment", ID: "4", Seen: 1, At: day(10)}}
	for _, r := range p.Clocks(p.State(wayToSending(p), receiver), map[Side]Seat{Receiver: chicago}, day(11)) {
		if r.Clock.ID == "us-speedy-trial" {
			if want := "2026-08-20 00:00"; r.Due.In(chicago.Zone).Format("2006-01-02 15:04") != want || !r.Sure {
				t.Errorf("due %s, want %s; sure %v", r.Due.In(chicago.Zone), want, r.Sure)
			}
			return
		}
	}
	t.Error("the speedy-trial clock does not run")
}
