package exchange

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Lanes whose two ends contradict each other stand still: one node remembers
// what the other never had, or has lost. No program can say who is right. Two
// people of each node, who have spoken with the other side, begin the lanes
// anew: numbers start at 1 in the next epoch, what the peer has not signed for,
// or has lost, is sent again in it, and what it has already it answers as it
// did. Everything from before stays in both journals, with what each had signed.

// codeEpoch says of a contradiction that the peer has begun its lanes anew.
const codeEpoch = string(wire.CodeEpoch)

// Contradicted is the fact that a peer signed for a lane what does not agree
// with this node's own records; kept as evidence.
type Contradicted struct {
	journal.Envelope
	Peer  string `json:"peer"`
	Lane  string `json:"lane,omitempty"` // empty: the whole link, after a restore
	Code  string `json:"code"`           // as of the alarm, or "epoch"
	Next  int64  `json:"next"`           // number that the peer expects; of "epoch" the peer's epoch
	Heads string `json:"heads"`          // as the peer signed them; of "epoch" they may be the header of a frame
}

// Kind implements journal.Fact.
func (Contradicted) Kind() string { return "link.contradicted.1" }

// LanesBegun is the fact that the lanes with a peer begin anew. It follows the
// second person's approval.
type LanesBegun struct {
	journal.Envelope
	Peer   string       `json:"peer"`
	Epoch  int64        `json:"epoch"` // that begins
	Reason string       `json:"reason"`
	Former []FormerLane `json:"former"`
}

// Kind implements journal.Fact.
func (LanesBegun) Kind() string { return "link.lanes_begun.1" }

// FormerLane is how one lane stood here when it was left.
type FormerLane struct {
	Lane     string      `json:"lane"`
	Epoch    int64       `json:"epoch"`
	Sent     int64       `json:"sent"`           // settled by the peer's receipts
	Queued   int64       `json:"queued"`         // numbered and not settled
	Last     wire.Digest `json:"last,omitzero"`  // frame settled last
	Received int64       `json:"received"`       // signed for here
	Taken    wire.Digest `json:"taken,omitzero"` // frame signed for last
}

// BeginLanes is the fact that begins the lanes with a peer anew, drawn from how
// they stand; exchange.lanes_agree is refused where nothing contradicts.
func BeginLanes(tx *store.Tx, peer, reason string) (*LanesBegun, error) {
	f := &LanesBegun{Peer: peer, Reason: reason, Former: []FormerLane{}}
	for _, lane := range wire.Lanes {
		out, err := loadHead(tx, peer, lane, wayOut)
		if err != nil {
			return nil, err
		}
		in, err := loadHead(tx, peer, lane, wayIn)
		if err != nil {
			return nil, err
		}
		f.Former = append(f.Former, FormerLane{Lane: lane, Epoch: out.epoch, Sent: out.done, Queued: out.next - out.done - 1, Last: out.digest, Received: in.done, Taken: in.digest})
		f.Epoch = max(f.Epoch, out.epoch+1, in.epoch+1)
	}
	var theirs sql.NullInt64
	err := tx.QueryRow(`SELECT MAX(next) FROM lane_contradiction WHERE peer = $1 AND code = $2`, peer, codeEpoch).Scan(&theirs)
	if err != nil {
		return nil, fmt.Errorf("contradictions: %w", err)
	}
	f.Epoch = max(f.Epoch, theirs.Int64)
	return f, nil
}

// Contradicts says whether anything that a peer signed contradicts this node.
func Contradicts(tx *store.Tx, peer string) (bool, error) {
	var n int
	err := tx.QueryRow(`SELECT COUNT(*) FROM lane_contradiction WHERE peer = $1`, peer).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("contradictions: %w", err)
	}
	return n > 0, nil
}

func applyContradicted(tx *store.Tx, _ journal.Entry, f Contradicted) error {
	return tx.Exec(`INSERT INTO lane_contradiction (peer, lane, code, next) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		f.Peer, f.Lane, f.Code, f.Next)
}

// agreed forgets what contradicted on a lane that goes on.
func agreed(tx *store.Tx, peer, lane string) error {
	return tx.Exec(`DELETE FROM lane_contradiction WHERE peer = $1 AND (lane = $2 OR lane = '')`, peer, lane)
}

func applyLanesBegun(tx *store.Tx, _ journal.Entry, f LanesBegun) error {
	for _, lane := range wire.Lanes {
		next, err := againIn(tx, f.Peer, lane, f.Epoch)
		if err != nil {
			return fmt.Errorf("lane %s: %w", lane, err)
		}
		for way, next := range map[string]int64{wayOut: next, wayIn: 1} {
			err := tx.Exec(`INSERT INTO lane_head (peer, lane, way, epoch, next, done, digest, fact) VALUES ($1, $2, $3, $4, $5, 0, '', 0)
				ON CONFLICT (peer, lane, way) DO UPDATE SET epoch = excluded.epoch, next = excluded.next, done = 0, digest = '', fact = 0, open = 0`,
				f.Peer, lane, way, f.Epoch, next)
			if err != nil {
				return fmt.Errorf("lane %s: %w", lane, err)
			}
		}
	}
	return tx.Exec(`DELETE FROM lane_contradiction WHERE peer = $1`, f.Peer)
}

// againIn numbers anew what the peer has not signed for and what it may have
// lost, and gives the number after. Where the peer's own heads said how far the
// lane is there, that is known; where they did not, everything of the epoch
// goes again: what the peer has it answers as it did.
func againIn(tx *store.Tx, peer, lane string, epoch int64) (next int64, err error) {
	h, err := loadHead(tx, peer, lane, wayOut)
	if err != nil {
		return 0, err
	}
	var behind, ahead sql.NullInt64
	err = tx.QueryRow(`SELECT MIN(CASE WHEN code = $1 THEN next END), MIN(CASE WHEN code = $2 THEN next END)
		FROM lane_contradiction WHERE peer = $3 AND lane = $4`, AlarmBehind, AlarmAhead, peer, lane).Scan(&behind, &ahead)
	if err != nil {
		return 0, err
	}
	from := int64(1)
	switch {
	case behind.Valid:
		from = min(h.done+1, behind.Int64)
	case ahead.Valid:
		from = h.done + 1
	}
	again, err := store.Column[int64](tx, `SELECT fact FROM outbox WHERE peer = $1 AND lane = $2 AND epoch = $3 AND seq >= $4 ORDER BY seq`, peer, lane, h.epoch, from)
	if err != nil {
		return 0, err
	}
	for n, fact := range again { // what was settled does not expire any more
		if err := tx.Exec(`UPDATE outbox SET epoch = $1, seq = $2 WHERE fact = $3`, epoch, n+1, fact); err != nil {
			return 0, err
		}
	}
	return int64(len(again)) + 1, nil
}

// begunThere keeps that a frame is of an epoch that has not begun here: the
// peer's people have decided, and now it is up to those of this node.
func (l *Link) begunThere(ctx context.Context, p *pinned, f *wire.Frame) error {
	var at head
	err := l.DB.Read(ctx, func(tx *store.Tx) (err error) {
		at, err = loadHead(tx, p.ID, f.Header.Lane, wayIn)
		return err
	})
	if err == nil && f.Header.Epoch > at.epoch {
		l.contradicted(ctx, Contradicted{Peer: p.ID, Lane: f.Header.Lane, Code: codeEpoch, Next: f.Header.Epoch, Heads: f.Signed}, nil)
	}
	return err
}

// contradicted keeps what a peer signed that contradicts this node, once, and
// raises the alarm that goes with it, if one does.
func (l *Link) contradicted(ctx context.Context, c Contradicted, alarm *Alarm) {
	seed := journal.NewSeed(l.Now())
	err := l.DB.Write(ctx, func(tx *store.Tx) error {
		d := seed.Draw(l.Ring)
		var known int
		err := tx.QueryRow(`SELECT COUNT(*) FROM lane_contradiction WHERE peer = $1 AND lane = $2 AND code = $3 AND next = $4`,
			c.Peer, c.Lane, c.Code, c.Next).Scan(&known)
		if err != nil {
			return err
		}
		if known == 0 {
			if err := l.House.Enter(tx, d, wire.PurposeAdministration, []journal.Fact{&c}); err != nil {
				return err
			}
		}
		if alarm == nil {
			return nil
		}
		return l.alarmIn(tx, d, *alarm)
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		l.Log.Error("contradiction could not be recorded", "code", c.Code, "peer", c.Peer, "lane", c.Lane, "error", err)
	}
}
