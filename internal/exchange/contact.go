package exchange

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/store"
)

// hear remembers that a peer gave an authenticated sign of life, and how far
// its clock is ahead of this one's.
func hear(tx *store.Tx, peer string, now time.Time, ahead time.Duration) error {
	return tx.Exec(`INSERT INTO contact (peer, heard, tried, tries, problem, ahead) VALUES ($1, $2, $2, 0, '', $3)
		ON CONFLICT (peer) DO UPDATE SET heard = excluded.heard, tries = 0, problem = '', ahead = excluded.ahead`,
		peer, store.Micros(now), ahead.Microseconds())
}

func (l *Link) hear(ctx context.Context, peer string, theirs time.Time) error {
	now := l.Now()
	return l.DB.Write(ctx, func(tx *store.Tx) error {
		return l.met(tx, peer, now, func() error { return hear(tx, peer, now, theirs.Sub(now)) })
	})
}

// met changes what is known of the contact with a peer. Open pages are told if
// it was lost or regained with that: no fact says so.
func (l *Link) met(tx *store.Tx, peer string, now time.Time, change func() error) error {
	var before, after LinkState
	if err := before.contact(tx, peer); err != nil {
		return err
	}
	if err := change(); err != nil {
		return err
	}
	if err := after.contact(tx, peer); err != nil {
		return err
	}
	if l.Contact != nil && before.Live(now) != after.Live(now) {
		tx.AfterCommit(l.Contact)
	}
	return nil
}

// OutOfReach lists the peers with which the contact is lost, or something else is wrong.
func OutOfReach(tx *store.Tx) ([]string, error) {
	return store.Column[string](tx, `SELECT peer FROM contact WHERE problem <> '' ORDER BY peer`)
}

// alive remembers that a peer cosigned or asked for a cosignature: it is there,
// so it is not out of reach. What else is wrong between the lanes stays.
func (l *Link) alive(tx *store.Tx, peer string, now time.Time) error {
	return l.met(tx, peer, now, func() error {
		return tx.Exec(`INSERT INTO contact (peer, heard, tried, tries, problem, ahead) VALUES ($1, $2, $2, 0, '', 0)
			ON CONFLICT (peer) DO UPDATE SET heard = excluded.heard,
			tries = CASE WHEN contact.problem IN ('unreachable', 'cut') THEN 0 ELSE contact.tries END,
			problem = CASE WHEN contact.problem IN ('unreachable', 'cut') THEN '' ELSE contact.problem END`, peer, store.Micros(now))
	})
}

// clockSeen keeps how far a peer's clock is ahead as its cosignature tells, by
// the second: so a clock that jumped shows on a link on which nothing is sent.
// Between frames, which tell it more finely, smaller differences are left.
func clockSeen(tx *store.Tx, peer string, ahead time.Duration) error {
	return tx.Exec(`UPDATE contact SET ahead = $1 WHERE peer = $2 AND ABS(ahead - $1) > $3`,
		ahead.Microseconds(), peer, (2 * time.Second).Microseconds())
}

// unwitnessed remembers that a peer was not there when it was asked for a
// cosignature: where nothing waits to be sent, nothing else tells. A peer that
// answered something else is there.
func (l *Link) unwitnessed(ctx context.Context, peer string, why error) {
	if t, ok := errors.AsType[*trouble](why); ok && t.passes() {
		l.failed(ctx, peer, slotJournal, why)
		return
	}
	l.Log.Info("not cosigned", "peer", peer, "error", why)
}

// failed remembers why a peer could not be reached or did not take a frame.
// Faults of this node itself are logged, with codes and no content.
func (l *Link) failed(ctx context.Context, peer, lane string, why error) {
	var t *trouble
	code := "fault"
	if errors.As(why, &t) {
		code = t.code
		l.Log.Info("peer did not take it", "peer", peer, "lane", lane, "code", code)
	} else {
		l.Log.Error("lane stopped by a fault of this node", "peer", peer, "lane", lane, "error", why)
	}
	now := l.Now()
	err := l.DB.Write(ctx, func(tx *store.Tx) error {
		return l.met(tx, peer, now, func() error {
			return tx.Exec(`INSERT INTO contact (peer, heard, tried, tries, problem, ahead) VALUES ($1, 0, $2, 1, $3, 0)
				ON CONFLICT (peer) DO UPDATE SET tried = excluded.tried, tries = contact.tries + 1, problem = excluded.problem`, peer, store.Micros(now), code)
		})
	})
	if err != nil && ctx.Err() == nil {
		l.Log.Error("contact could not be recorded", "error", fmt.Errorf("contact: %w", err))
	}
}
