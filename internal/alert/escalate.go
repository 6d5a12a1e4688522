package alert

import (
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/store"
)

// ackClock runs on each side from the alert to its first acknowledgement.
const ackClock = "prog-alert-ack"

// Escalated is the fact that nobody of this node acknowledged an alert in time:
// from now on every office of the accord here knows of it. It stays at home.
type Escalated struct {
	journal.Envelope
	Alert string `json:"alert"`
}

// Kind implements journal.Fact.
func (Escalated) Kind() string { return "alert.escalated.1" }

// Escalate gives the facts of the alerts that nobody of this node acknowledged
// in time. The node itself takes it, by the passing of time.
func Escalate(tx *store.Tx, node string, now time.Time) ([]journal.Fact, error) {
	standing, err := open(tx)
	if err != nil {
		return nil, err
	}
	var out []journal.Fact
	for _, a := range standing {
		if c := a.clock(node, now); a.Escalated.IsZero() && c.State == program.Overdue {
			out = append(out, &Escalated{Envelope: journal.Envelope{Case: a.ID}, Alert: a.ID})
		}
	}
	return out, nil
}

// open are the alerts without an outcome, the oldest first.
func open(tx *store.Tx) ([]Alert, error) {
	out, err := store.Docs[Alert](tx, `SELECT doc FROM alert WHERE ended = 0 ORDER BY raised, id`)
	if err != nil {
		return nil, fmt.Errorf("alerts: %w", err)
	}
	return out, nil
}

// clock is the acknowledgement clock of one side.
func (a Alert) clock(node string, now time.Time) program.Running {
	c, _ := program.ClockByID(ackClock)
	read, _ := a.readBy(node)
	return c.Alone(a.Raised.At, read.At, now)
}

func applyEscalated(tx *store.Tx, e journal.Entry, f Escalated) error {
	a, err := Load(tx, f.Alert)
	if err != nil {
		return err
	}
	for _, c := range a.Corridors {
		if err := a.tell(tx, c, func(accord.Office, bool) bool { return true }); err != nil {
			return err
		}
	}
	a.Escalated = e.Created
	return a.save(tx)
}
