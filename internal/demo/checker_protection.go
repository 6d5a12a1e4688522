package demo

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/store"
)

// Protected is what both stores say of the people of the run.
type Protected struct {
	GatesBlocked            int64 `json:"gates_blocked"` // acts that a gate or the adviser's stop refused
	Consents                int64 `json:"consents"`
	WithdrawalsAcknowledged int64 `json:"withdrawals_acknowledged"` // that came back to whoever holds the consent
	Reveals                 int64 `json:"reveals"`
	HandOvers               struct {
		Completed int64 `json:"completed"` // both signatures
		Alarms    int64 `json:"alarms"`    // somebody was between two signatures for longer than the clock allows
	} `json:"handovers"`
}

// refusals that the checker counts, besides that of somebody unscreened.
const (
	notReturnable    = "referral.condition_not_met"
	notVoluntary     = "referral.return_not_voluntary"
	scheduleHandOver = "referral.schedule_hand_over"
)

var gateRefusals = []string{unscreened, "protection.gate_shut", "protection.stopped"}

// protected counts what one store says of protection.
func (c *checker) protected(tx *store.Tx, n string) error {
	p, other := &c.out.Protection, otherNode(n)
	return errors.Join(
		clears(tx, "access.recorded.1", n, func(f struct{ Verb, Refused string }) {
			if f.Refused == unscreened {
				c.out.Refused.Unscreened++
			}
			if slices.Contains(gateRefusals, f.Refused) {
				p.GatesBlocked++
			}
			if f.Refused == notReturnable && f.Verb == scheduleHandOver || f.Refused == notVoluntary {
				c.out.Refused.Return++
			}
		}),
		clears(tx, protection.ConsentGiven{}.Kind(), n, func(struct{}) { p.Consents++ }),
		clears(tx, protection.WithdrawalAcknowledged{}.Kind(), other, func(struct{}) { p.WithdrawalsAcknowledged++ }),
		clears(tx, protection.IdentityShown{}.Kind(), n, func(struct{}) { p.Reveals++ }),
		c.handedOver(tx, n))
}

// handedOver counts the hand-overs that this node gave: those with both
// signatures, and those of which it raised an alarm, because the second came too
// late or not at all. The other node must have raised the same.
func (c *checker) handedOver(tx *store.Tx, n string) error {
	given, received, err := signedAt(tx, n)
	if err != nil {
		return err
	}
	for id := range given {
		if _, both := received[id]; both {
			c.out.Protection.HandOvers.Completed++
		}
	}
	return clears(tx, referral.BetweenTooLong{}.Kind(), n, func(f struct{ Alarm string }) {
		if c.alarms[f.Alarm] == nil {
			c.alarms[f.Alarm] = map[string]bool{}
		}
		c.alarms[f.Alarm][n] = true
	})
}

// signedAt are the moments of both signatures, by referral.
func signedAt(tx *store.Tx, n string) (given, received map[string]time.Time, err error) {
	given, received = map[string]time.Time{}, map[string]time.Time{}
	facts, err := journal.Since(tx, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("signatures of hand-overs: %w", err)
	}
	for _, f := range facts {
		into := given
		switch {
		case (f.Kind == (referral.PersonGiven{}).Kind() || f.Kind == (referral.ReceptionGiven{}).Kind()) && f.Node == n:
		case (f.Kind == (referral.PersonReceived{}).Kind() || f.Kind == (referral.ReceptionReceived{}).Kind()) && f.Node != n:
			into = received
		default:
			continue
		}
		e, _, err := journal.Load(tx, f.ID)
		if err != nil {
			return nil, nil, fmt.Errorf("signature of a hand-over: %w", err)
		}
		into[f.Referral] = e.Created
	}
	return given, received, nil
}
