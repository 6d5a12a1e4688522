package protection

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// ServiceTold is the fact that an adviser told a receiving service that the
// consent on which it has a file was taken back. Who was told is sealed.
type ServiceTold struct {
	journal.Envelope
	Consent string `json:"consent"`
}

// Kind implements journal.Fact.
func (ServiceTold) Kind() string { return "protection.service_told.1" }

// TellService records that the service was told of a withdrawal: a service has
// no node that would hear of it, so that a person has to say it.
type TellService struct {
	Consent string `json:"consent"`
	Note    string `json:"note"` // who was told, how, and what they answered
}

// Verb implements act.Command.
func (*TellService) Verb() string { return "protection.tell_service" }

// Decide implements act.Command.
func (c *TellService) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	k, err := FindConsent(tx, c.Consent)
	if err != nil {
		return nil, err
	}
	p, err := find(tx, k.Case, k.Person)
	if err != nil {
		return nil, err
	}
	if err := d.Allow(tx, p.resource("consent")); err != nil {
		return nil, err
	}
	switch {
	case !k.toTell():
		return nil, refusal.Conflict("protection.nothing_to_tell")
	case !k.ServiceTold.IsZero():
		return nil, refusal.Conflict("protection.service_told_already")
	case strings.TrimSpace(c.Note) == "":
		return nil, refusal.New("protection.telling_missing")
	}
	part, err := d.Seal(tx, d.NewKey(keySubject(k.Person)), partTelling, c.Note)
	if err != nil {
		return nil, err
	}
	return []journal.Fact{&ServiceTold{Envelope: journal.Envelope{Case: k.Case, Handling: "H3", Sealed: []wire.Part{part}}, Consent: k.ID}}, nil
}

func applyServiceTold(tx *store.Tx, e journal.Entry, f ServiceTold) error {
	k, err := store.Doc[Consent](tx, `SELECT doc FROM consent WHERE id = $1`, f.Consent)
	if err != nil {
		return fmt.Errorf("consent: %w", err)
	}
	k.ServiceTold = e.Created
	return k.save(tx)
}

// Tell is the task of telling a receiving service that a consent was taken back.
type Tell struct {
	Done  time.Time          `json:"done,omitzero"`
	Due   time.Time          `json:"due"`
	State program.ClockState `json:"state"`
}

// seen is a consent with where its withdrawal went, and to which service it is.
func (c Consent) seen(tx *store.Tx, v *act.Viewing, now time.Time) (out ConsentView, err error) {
	out.Consent = c
	if out.Told, err = toldOf(tx, c.ID, now); err != nil || !c.ToService {
		return out, err
	}
	var to Receiver
	known, err := v.OpenPart(tx, c.Fact, partReceiver, &to)
	if known {
		out.Receiver = &to
	}
	if c.toTell() {
		clock, _ := program.ClockByID(withdrawalClock)
		at := clock.Alone(c.Withdrawn, c.ServiceTold, now)
		out.Tell = &Tell{Done: c.ServiceTold, Due: at.Due, State: at.State}
	}
	return out, err
}

// toTell reports whether a service has a file on a consent that was taken back.
func (c Consent) toTell() bool { return !c.Withdrawn.IsZero() && len(c.Releases) > 0 }

// telling is since when the service waits to be told; zero when it does not.
func (c Consent) telling() time.Time {
	if c.toTell() && c.ServiceTold.IsZero() {
		return c.Withdrawn
	}
	return time.Time{}
}

// ToTell is a receiving service that has a file on a consent that was taken back
// and does not know it yet, with the clock that runs on telling it.
type ToTell struct {
	Consent  string             `json:"consent"`
	Case     string             `json:"case"`
	Number   string             `json:"number"` // of the case
	Person   string             `json:"person"`
	Plant    string             `json:"plant"`
	Receiver *Receiver          `json:"receiver,omitempty"` // nil once its key is gone
	At       time.Time          `json:"at"`                 // of the withdrawal
	Due      time.Time          `json:"due"`
	Left     time.Duration      `json:"left"` // nanoseconds; negative once overdue
	State    program.ClockState `json:"state"`
	Sure     bool               `json:"verified"` // the clock's source was read
}

// ListToTell gives the services that the reader can tell of a withdrawal, the one
// that has waited longest first.
func ListToTell(ctx context.Context, a *act.Acts, by access.Actor, purpose string) ([]ToTell, error) {
	return act.View(ctx, a, by, purpose, "protection.to_tell", func(tx *store.Tx, v *act.Viewing) ([]ToTell, error) {
		near, args := access.Narrow(by, "case", "k.case_id", 1)
		waiting, err := store.Docs[Consent](tx, `SELECT k.doc FROM consent k WHERE k.telling > 0 AND `+near+` ORDER BY k.telling, k.id`, args...)
		if err != nil {
			return nil, fmt.Errorf("services to tell: %w", err)
		}
		clock, _ := program.ClockByID(withdrawalClock)
		out := []ToTell{}
		for _, k := range waiting {
			p, err := find(tx, k.Case, k.Person)
			if err != nil {
				return nil, err
			}
			if !v.May((*TellService)(nil).Verb(), p.resource("consent")) {
				continue
			}
			c, err := casefile.Load(tx, k.Case)
			if err != nil {
				return nil, err
			}
			at := clock.Alone(k.Withdrawn, k.ServiceTold, a.Now())
			row := ToTell{Consent: k.ID, Case: c.ID, Number: c.Number, Person: p.ID, Plant: p.Plant, At: k.Withdrawn, Due: at.Due, Left: at.Left, State: at.State, Sure: at.Sure}
			var to Receiver
			known, err := v.OpenPart(tx, k.Fact, partReceiver, &to)
			if err != nil {
				return nil, err
			}
			if known {
				row.Receiver = &to
			}
			out = append(out, row)
		}
		return out, nil
	})
}
