package exchange

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/failpoint"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// sweepLoop writes off what has expired while it waited for a peer that cannot
// be reached, so that it is shown as expired when it is.
func (l *Link) sweepLoop(ctx context.Context) {
	t := time.NewTicker(5 * l.Settle)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		for _, p := range l.active() {
			if !p.held.Load() || p.restoring.Load() {
				continue // its messages are in the hands of another process of the node
			}
			for lane, s := range p.lanes {
				if err := l.sweep(ctx, p.ID, lane, s); err != nil && ctx.Err() == nil {
					l.Log.Error("expired messages could not be written off", "peer", p.ID, "lane", lane, "error", err)
				}
			}
		}
	}
}

// sweep leaves a lane alone while a frame of it is on its way, and what may
// have arrived in a frame without an answer: if the peer recorded it, it has
// not expired, and only the peer can say.
func (l *Link) sweep(ctx context.Context, peer, lane string, s *sender) error {
	if !s.busy.TryLock() {
		return nil
	}
	defer s.busy.Unlock()
	var items []item
	var epoch int64
	err := l.DB.Read(ctx, func(tx *store.Tx) error {
		h, err := loadHead(tx, peer, lane, wayOut)
		if err != nil {
			return err
		}
		epoch = h.epoch
		settled := h.done
		if s.open {
			settled += wire.MaxEntries
		}
		return store.Each(tx, func(rows *sql.Rows) error {
			i, err := scanItem(rows)
			items = append(items, i)
			return err
		}, `SELECT o.seq, o.fact, f.id, o.expires, o.void, o.void_at, f.forgotten, l.digest, b.bytes
			FROM outbox o JOIN fact f ON f.seq = o.fact JOIN leaf l ON l.n = o.fact - 1 LEFT JOIN body b ON b.seq = o.fact
			WHERE o.expires > 0 AND o.expires < $1 AND o.void IS NULL AND o.peer = $2 AND o.lane = $3
			AND (o.seq IS NULL OR o.seq > $4) LIMIT $5`, store.Micros(l.Now()), peer, lane, settled, wire.MaxEntries)
	})
	if err != nil || len(items) == 0 {
		return err
	}
	if _, err = l.voidLapsed(ctx, peer, lane, epoch, items); err != nil {
		return err
	}
	signal(s.work) // the void has to be sent
	return nil
}

// voidLapsed writes off the items that may not be sent any more: expired, or
// forgotten by order. Each is a fact under the message's own purpose.
func (l *Link) voidLapsed(ctx context.Context, peer, lane string, epoch int64, items []item) (voided bool, err error) {
	now := l.Now().UTC().Truncate(time.Microsecond)
	lapsed := items[:0:0]
	for _, i := range items {
		if i.lapsed(now) != "" {
			lapsed = append(lapsed, i)
		}
	}
	if len(lapsed) == 0 {
		return false, nil
	}
	failpoint.Hit(failpoint.SendVoiding)
	seed := journal.NewSeed(now)
	err = l.DB.Write(ctx, func(tx *store.Tx) error {
		d := seed.Draw(l.Ring)
		for _, i := range lapsed {
			if err := l.enterVoid(tx, d, peer, lane, epoch, i, i.lapsed(now), now); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		failpoint.Hit(failpoint.SendVoided)
	}
	return true, err
}

func (l *Link) enterVoid(tx *store.Tx, d *journal.Draw, peer, lane string, epoch int64, i item, reason string, now time.Time) error {
	var standing int
	if err := tx.QueryRow(`SELECT COUNT(*) FROM outbox WHERE fact = $1 AND void IS NULL`, i.fact).Scan(&standing); err != nil || standing == 0 {
		return err
	}
	e, _, err := journal.LoadSeq(tx, i.fact)
	if err != nil && !errors.Is(err, journal.ErrForgotten) {
		return fmt.Errorf("message written off: %w", err)
	}
	f := &Voided{Envelope: journal.Envelope{Case: e.Case, Referral: e.Referral}, Peer: peer, Lane: lane, Epoch: epoch, Seq: i.seq,
		Message: i.id, Of: e.Kind, Reason: reason, At: now}
	return l.House.Enter(tx, d, purposeOf(e), []journal.Fact{f})
}

// urgent reports whether a message for the peer waits in a lane above file.
func (l *Link) urgent(ctx context.Context, peer string) (waiting bool, err error) {
	err = l.DB.Read(ctx, func(tx *store.Tx) error {
		for _, lane := range []string{wire.LaneAlert, wire.LaneCase} {
			h, err := loadHead(tx, peer, lane, wayOut)
			if err != nil {
				return err
			}
			waiting = waiting || h.done+1 < h.next
		}
		return nil
	})
	return waiting, err
}
