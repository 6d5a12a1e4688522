package referral

import (
	"slices"
	"sync"
	"time"

	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// PauseClock stops one of one's own side's clocks, with a reason. A legal term
// is never paused.
type PauseClock struct {
	Referral string `json:"referral"`
	Clock    string `json:"clock"`
	Reason   string `json:"reason"`
}

// Verb implements act.Command.
func (*PauseClock) Verb() string { return "referral.pause_clock" }

// Decide implements act.Command.
func (c *PauseClock) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	return onClock(tx, d, c.Referral, program.StepPause, c.Clock, c.Reason)
}

// ResumeClock lets a paused clock run again.
type ResumeClock struct {
	Referral string `json:"referral"`
	Clock    string `json:"clock"`
}

// Verb implements act.Command.
func (*ResumeClock) Verb() string { return "referral.resume_clock" }

// Decide implements act.Command.
func (c *ResumeClock) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	return onClock(tx, d, c.Referral, program.StepResume, c.Clock, "")
}

// CannotMeetClock says beforehand that a clock cannot be met, and why.
type CannotMeetClock struct {
	Referral string `json:"referral"`
	Clock    string `json:"clock"`
	Reason   string `json:"reason"`
}

// Verb implements act.Command.
func (*CannotMeetClock) Verb() string { return "referral.cannot_meet_clock" }

// Decide implements act.Command.
func (c *CannotMeetClock) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	return onClock(tx, d, c.Referral, program.StepCannotMeet, c.Clock, c.Reason)
}

func onClock(tx *store.Tx, d *act.Draw, id, name, clock, reason string) ([]journal.Fact, error) {
	r, err := Load(tx, id)
	if err != nil {
		return nil, err
	}
	_, step, err := r.ask(tx, d, name, reason, "")
	if err != nil {
		return nil, err
	}
	if name == program.StepPause {
		err = r.procedure.MayPause(clock, r.Side)
	} else {
		err = r.procedure.OwnsClock(clock, r.Side)
	}
	if err != nil {
		return nil, err
	}
	step.Clock = clock
	return []journal.Fact{&Taken{Step: step}}, nil
}

// Clocks derives the clocks of the referral, each counted where its owner sits.
func (r Referral) Clocks(tx *store.Tx, s program.Standing, now time.Time) ([]program.Running, error) {
	seats, err := r.seats(tx)
	if err != nil {
		return nil, err
	}
	return r.procedure.Clocks(s, seats, now), nil
}

// seatsOf are seats by what decides them. What an accord pins is signed and never
// changes, so it is read once; the entries are as few as the accords' offices.
var seatsOf sync.Map

type seatsKey struct {
	accord           string
	sender, receiver wire.Address
}

// seats are the zone and calendar of each side's office, as the accord pins
// them: both nodes show the same deadline.
func (r Referral) seats(tx *store.Tx) (map[program.Side]program.Seat, error) {
	key := seatsKey{r.Accord, r.Sender, r.Receiver}
	if known, ok := seatsOf.Load(key); ok {
		return known.(map[program.Side]program.Seat), nil
	}
	out, err := r.readSeats(tx)
	if err == nil {
		seatsOf.Store(key, out)
	}
	return out, err
}

func (r Referral) readSeats(tx *store.Tx) (map[program.Side]program.Seat, error) {
	a, err := accord.Load(tx, r.Accord)
	if err != nil {
		return nil, err
	}
	sending, receiving := r.countries()
	out := map[program.Side]program.Seat{}
	for side, at := range map[program.Side]struct {
		country string
		office  accord.Office
	}{
		program.Sender: {sending, officeOf(a, r.Sender.Node, r.Sender.Office)}, program.Receiver: {receiving, officeOf(a, r.Receiver.Node, r.Receiver.Office)},
	} {
		out[side] = program.Seat{Zone: i18n.Zone(at.office.Zone), Calendar: pinned(a, at.office.ID, at.country)}
	}
	return out, nil
}

func officeOf(a accord.Accord, node, office string) accord.Office {
	i := slices.IndexFunc(a.Document.Offices, func(o accord.Office) bool { return o.Node == node && o.ID == office })
	if i < 0 {
		return accord.Office{ID: office}
	}
	return a.Document.Offices[i]
}

// pinned is the office's own calendar where the accord pins it, or the first
// of its country that it pins.
func pinned(a accord.Accord, office, country string) *program.Calendar {
	if o, ok := program.OfficeByID(office); ok && slices.Contains(a.Document.Calendars, o.Calendar) {
		c, _ := program.CalendarByID(o.Calendar)
		return c
	}
	for _, id := range a.Document.Calendars {
		if c, ok := program.CalendarByID(id); ok && c.Country == country {
			return c
		}
	}
	return nil
}
