package program

import (
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/refusal"
)

// ClockState is how a clock stands.
type ClockState string

// The states of a clock.
const (
	OnTrack  ClockState = "on_track"
	DueSoon  ClockState = "due_soon" // the last quarter of the term, at most its last 30 days
	Overdue  ClockState = "overdue"
	Paused   ClockState = "paused"
	Met      ClockState = "met"
	MetLate  ClockState = "met_late"
	CannotBe ClockState = "cannot_be_met" // the owner said so, with a reason
	Recorded ClockState = "recorded"      // no fixed number: only the times are kept
)

// Name is the state in l.
func (s ClockState) Name(l i18n.Lang) string { return i18n.T(l, "program.clock.state."+string(s)) }

// Running is one clock of a referral, derived and never stored: a missed clock
// is not a fact.
type Running struct {
	Clock     *Clock
	Side      Side
	Roles     []string
	Started   time.Time
	StartedBy string // id of the act
	Due       time.Time
	HasDue    bool
	Left      time.Duration // negative once overdue; what was left when it was paused
	State     ClockState
	Reason    string    // of the pause, or why it cannot be met
	Ended     time.Time // zero while it runs
	EndedBy   string
	Escalates []string // roles to tell, once it is overdue or cannot be met
	// Sure says that the legal source and the calendar's days were read. Where
	// it is false the date is shown as unverified.
	Sure     bool
	Pausable bool
}

// Burns reports whether the clock runs towards an end: one that is paused does
// not, however long ago it began.
func (r Running) Burns() bool { return r.Ended.IsZero() && r.HasDue && r.State != Paused }

// The steps by which an owner pauses, resumes or gives up a clock; the act's
// fact "clock" names it.
const (
	StepPause      = "pause_clock"
	StepResume     = "resume_clock"
	StepCannotMeet = "cannot_meet_clock"
	FactClock      = "clock"
)

// Clocks derives every clock that the referral has started, in the order of the
// procedure; ended ones are included. seats gives each side's zone and calendar.
func (p *Procedure) Clocks(s Standing, seats map[Side]Seat, now time.Time) []Running {
	var out []Running
	for i := range p.Timers {
		out = append(out, p.runs(&p.Timers[i], s, seats, now)...)
	}
	return out
}

// runs derives the runs of one timer: a repeated start while it runs begins it
// again, a start after its end opens another run.
func (p *Procedure) runs(t *Timer, s Standing, seats map[Side]Seat, now time.Time) []Running {
	clock, ok := ClockByID(t.Clock)
	if !ok {
		return nil
	}
	var out []Running
	var run *spell
	for _, a := range s.Taken {
		switch {
		case a.Overtaken:
		case run != nil && slices.Contains(t.Ends, a.Step) && !slices.Contains(t.Starts, a.Step):
			run.ended = a
			out = append(out, run.at(clock, t, seats, now))
			run = nil
		case slices.Contains(t.Starts, a.Step) && (run == nil && (t.Repeats || len(out) == 0) || run != nil && t.Repeats):
			run = &spell{started: a}
		case run != nil && a.Side == t.Owner.Side && a.Facts[FactClock] == t.Clock:
			run.note(a, t)
		}
	}
	if run != nil {
		out = append(out, run.at(clock, t, seats, now))
	}
	return out
}

// spell is one run of a clock while its acts are read.
type spell struct {
	started, ended Applied
	pauses         []Pause
	cannot         Applied
}

func (r *spell) note(a Applied, t *Timer) {
	last := len(r.pauses) - 1
	switch {
	case a.Step == StepPause && t.Pausable && (last < 0 || !r.pauses[last].To.IsZero()):
		r.pauses = append(r.pauses, Pause{From: a.At, Reason: a.Reason})
	case a.Step == StepResume && last >= 0 && r.pauses[last].To.IsZero():
		r.pauses[last].To = a.At
	case a.Step == StepCannotMeet:
		r.cannot = a
	}
}

func (r *spell) at(c *Clock, t *Timer, seats map[Side]Seat, now time.Time) Running {
	seat := seats[t.Owner.Side]
	out := Running{Clock: c, Side: t.Owner.Side, Roles: t.Owner.Roles, Started: r.started.At, StartedBy: r.started.ID,
		Ended: r.ended.At, EndedBy: r.ended.ID, Pausable: t.Pausable}
	pauses, paused := r.settled(now)
	due, sure, ok := Due(c.Length, c.Unit, r.started.At, seat, pauses)
	if t.Red && !ok {
		due, sure, ok = out.Started, true, true
	}
	out.Due, out.HasDue, out.Sure = due, ok, sure && c.Verified.Sure()
	until := now
	if r.ended.ID != "" || !r.ended.At.IsZero() {
		until = r.ended.At
	}
	out.Left = due.Sub(until)
	out.State, out.Reason = r.state(c, out, paused)
	if t.Red && out.State == MetLate { // there was no hour by which
		out.State = Met
	}
	if out.State == Overdue || out.State == CannotBe {
		out.Escalates = t.Escalates
	}
	return out
}

// Alone is how a clock of hours runs outside a procedure, from its start to its
// end (zero while it runs).
func (c *Clock) Alone(started, ended, now time.Time) Running {
	return c.Seated(Seat{}, false, started, ended, now)
}

// Seated is Alone for a clock of days, which its owner's zone and calendar
// decide; longer counts its extension in.
func (c *Clock) Seated(seat Seat, longer bool, started, ended, now time.Time) Running {
	clock := *c
	if longer && c.Extension != nil && c.Extension.Unit == c.Unit {
		clock.Length += c.Extension.Length
	}
	r := spell{started: Applied{Taken: Taken{At: started}}, ended: Applied{Taken: Taken{At: ended}}}
	return r.at(&clock, &Timer{}, map[Side]Seat{"": seat}, now)
}

// settled gives the pauses with an open one running until now, so that the
// deadline shown moves with it, and the open pause's reason.
func (r *spell) settled(now time.Time) (pauses []Pause, open *Pause) {
	pauses = slices.Clone(r.pauses)
	for i := range pauses {
		if pauses[i].To.IsZero() {
			pauses[i].To = now
			if !r.ended.At.IsZero() {
				pauses[i].To = r.ended.At
			}
			open = &pauses[i]
		}
	}
	return pauses, open
}

func (r *spell) state(c *Clock, run Running, paused *Pause) (ClockState, string) {
	switch {
	case !run.Ended.IsZero() && run.HasDue && run.Ended.After(run.Due):
		return MetLate, ""
	case !run.Ended.IsZero():
		return Met, ""
	case r.cannot.Step != "":
		return CannotBe, r.cannot.Reason
	case !run.HasDue:
		return Recorded, ""
	case paused != nil:
		return Paused, paused.Reason
	case run.Left <= 0:
		return Overdue, ""
	case run.Left <= min(run.Due.Sub(run.Started)/4, 30*24*time.Hour):
		return DueSoon, ""
	}
	return OnTrack, ""
}

// MayPause says whether a side may pause a clock of this procedure:
// program.clock_unknown, program.clock_not_yours, or program.clock_not_pausable
// with the law that fixes the term.
func (p *Procedure) MayPause(clock string, by Side) error {
	if err := p.OwnsClock(clock, by); err != nil {
		return err
	}
	c, _ := ClockByID(clock)
	if i := slices.IndexFunc(p.Timers, func(t Timer) bool { return t.Clock == clock }); !p.Timers[i].Pausable {
		return refusal.New("program.clock_not_pausable", "Clock", c.Title, "Law", c.Source)
	}
	return nil
}

// OwnsClock says whether a clock of this procedure is a side's own:
// program.clock_unknown or program.clock_not_yours.
func (p *Procedure) OwnsClock(clock string, by Side) error {
	c, ok := ClockByID(clock)
	i := slices.IndexFunc(p.Timers, func(t Timer) bool { return t.Clock == clock })
	switch {
	case !ok || i < 0:
		return refusal.New("program.clock_unknown")
	case p.Timers[i].Owner.Side != by:
		return refusal.New("program.clock_not_yours", "Clock", c.Title)
	}
	return nil
}
