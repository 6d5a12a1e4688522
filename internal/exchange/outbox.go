package exchange

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/failpoint"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Ways of a lane, seen from this node.
const (
	wayOut = "out"
	wayIn  = "in"
)

// Enqueue puts a recorded fact into the outbox of a peer, in the act's own
// transaction. If the peer does not understand its kind yet it waits there
// without a number, so that it holds up nothing. expires is zero for what
// never expires. A node that is no approved peer is refused with
// exchange.no_peer, and the act with it.
func Enqueue(tx *store.Tx, peer, lane, kind string, factSeq int64, expires time.Time) error {
	p, err := FindPeer(tx, peer)
	if errors.Is(err, sql.ErrNoRows) || err == nil && p.Status != PeerApproved {
		return refusal.New("exchange.no_peer", "Node", peer)
	}
	if err != nil {
		return fmt.Errorf("peer: %w", err)
	}
	d, err := readStored(p.Descriptor)
	if err != nil {
		return fmt.Errorf("descriptor of a peer: %w", err)
	}
	var epoch, seq any = 0, nil
	if slices.Contains(d.Kinds, kind) {
		if epoch, seq, err = nextNumber(tx, peer, lane); err != nil {
			return err
		}
		failpoint.Hit(failpoint.OutboxNumbered)
	}
	err = tx.Exec(`INSERT INTO outbox (fact, peer, lane, epoch, seq, expires) VALUES ($1, $2, $3, $4, $5, $6)`,
		factSeq, peer, lane, epoch, seq, store.Micros(expires))
	failpoint.Hit(failpoint.OutboxQueued)
	return err
}

// nextNumber gives the lane's next sequence number.
func nextNumber(tx *store.Tx, peer, lane string) (epoch, seq any, err error) {
	var e, n int64
	err = tx.QueryRow(`INSERT INTO lane_head (peer, lane, way, epoch, next, done, digest, fact) VALUES ($1, $2, 'out', 1, 2, 0, '', 0)
		ON CONFLICT (peer, lane, way) DO UPDATE SET next = lane_head.next + 1 RETURNING epoch, next`, peer, lane).Scan(&e, &n)
	if err != nil {
		return nil, nil, fmt.Errorf("number of the lane: %w", err)
	}
	return e, n - 1, nil
}

// admitWaiting numbers what waited for the peer to understand its kind, in the
// order it was recorded.
func admitWaiting(tx *store.Tx, peer string) error {
	type row struct {
		fact int64
		lane string
	}
	var rows []row
	err := store.Each(tx, func(r *sql.Rows) error {
		var x row
		err := r.Scan(&x.fact, &x.lane)
		rows = append(rows, x)
		return err
	}, `SELECT o.fact, o.lane FROM outbox o JOIN fact f ON f.seq = o.fact JOIN peer_kind k ON k.peer = o.peer AND k.kind = f.kind
		WHERE o.peer = $1 AND o.seq IS NULL AND o.void IS NULL ORDER BY o.fact`, peer)
	if err != nil {
		return fmt.Errorf("waiting messages: %w", err)
	}
	for _, x := range rows {
		epoch, seq, err := nextNumber(tx, peer, x.lane)
		if err != nil {
			return err
		}
		if err := tx.Exec(`UPDATE outbox SET epoch = $1, seq = $2 WHERE fact = $3`, epoch, seq, x.fact); err != nil {
			return err
		}
	}
	return nil
}

// head is where one way of a lane stands.
type head struct {
	peer, lane, way string
	epoch           int64
	next            int64       // out: number to give; in: number expected
	done            int64       // settled up to here
	digest          wire.Digest // of the last frame settled; zero before the first
	fact            int64       // in: the receipt given for it
}

// loadHead gives a lane's head; one that nothing has used starts at 1.
func loadHead(tx *store.Tx, peer, lane, way string) (head, error) {
	h := head{peer: peer, lane: lane, way: way, epoch: 1, next: 1}
	var digest string
	err := tx.QueryRow(`SELECT epoch, next, done, digest, fact FROM lane_head WHERE peer = $1 AND lane = $2 AND way = $3`, peer, lane, way).
		Scan(&h.epoch, &h.next, &h.done, &digest, &h.fact)
	if errors.Is(err, sql.ErrNoRows) {
		return h, nil
	}
	if err != nil {
		return h, fmt.Errorf("lane head: %w", err)
	}
	if digest != "" {
		if h.digest, err = wire.ParseDigest(digest); err != nil {
			return h, fmt.Errorf("%w: lane head: %w", journal.ErrDamaged, err)
		}
	}
	return h, nil
}

// setOpen marks whether a frame of the lane may have arrived whose answer is
// not known.
func setOpen(tx *store.Tx, peer, lane string, open bool) error {
	n := 0
	if open {
		n = 1
	}
	return tx.Exec(`UPDATE lane_head SET open = $1 WHERE peer = $2 AND lane = $3 AND way = 'out'`, n, peer, lane)
}

// openLanes gives the lanes that were not closed cleanly, as peer/lane.
func openLanes(tx *store.Tx) (map[string]bool, error) {
	open := map[string]bool{}
	err := store.Each(tx, func(rows *sql.Rows) error {
		var peer, lane string
		err := rows.Scan(&peer, &lane)
		open[peer+"/"+lane] = true
		return err
	}, `SELECT peer, lane FROM lane_head WHERE way = 'out' AND open = 1`)
	return open, err
}

// item is one numbered row of the outbox with what it sends.
type item struct {
	seq      int64
	fact     int64
	id       string
	expires  time.Time
	void     string
	voidAt   time.Time
	digest   wire.Digest // of the message
	bytes    []byte      // of the message; nil when forgotten, or lost by the disk
	gone     bool        // forgotten
	numbered bool
}

// lapsed says why the message may not be sent now, or "".
func (i item) lapsed(now time.Time) string {
	switch {
	case i.void != "":
		return ""
	case i.gone:
		return wire.VoidExpunged
	case !i.expires.IsZero() && now.After(i.expires):
		return wire.VoidExpired
	}
	return ""
}

// entry is what stands in the frame for the item.
func (i item) entry() (wire.Entry, error) {
	if i.void == "" {
		return wire.Entry{Type: wire.EntryMessage, Body: i.bytes}, nil
	}
	return wire.NewVoid(wire.Void{Seq: i.seq, ID: i.id, Reason: i.void, At: i.voidAt})
}

// loadItems reads the outbox of a lane from first to last, at most a frame's
// worth of rows and bytes (the first row always comes).
func loadItems(tx *store.Tx, h head, first, last int64) ([]item, error) {
	var items []item
	size := 0
	rows, err := tx.Query(`SELECT o.seq, o.fact, f.id, o.expires, o.void, o.void_at, f.forgotten, l.digest, b.bytes
		FROM outbox o JOIN fact f ON f.seq = o.fact JOIN leaf l ON l.n = o.fact - 1 LEFT JOIN body b ON b.seq = o.fact
		WHERE o.peer = $1 AND o.lane = $2 AND o.epoch = $3 AND o.seq >= $4 AND o.seq <= $5 ORDER BY o.seq LIMIT $6`,
		h.peer, h.lane, h.epoch, first, last, wire.MaxEntries)
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		i, err := scanItem(rows)
		if err != nil {
			return nil, err
		}
		if size += len(i.bytes) + entryOverhead; size > wire.MaxPayload && len(items) > 0 {
			break
		}
		items = append(items, i)
	}
	return items, rows.Err()
}

// entryOverhead is more than any entry takes beyond a message's bytes: the
// prefix, or the whole of a void.
const entryOverhead = 256

func scanItem(rows *sql.Rows) (item, error) {
	i := item{numbered: true}
	var seq, voidAt sql.NullInt64
	var expires, forgotten int64
	var void sql.NullString
	var digest []byte
	if err := rows.Scan(&seq, &i.fact, &i.id, &expires, &void, &voidAt, &forgotten, &digest, &i.bytes); err != nil {
		return i, fmt.Errorf("outbox row: %w", err)
	}
	i.gone = forgotten != 0 && i.bytes == nil
	if len(digest) != len(i.digest) {
		return i, errors.New("exchange: a leaf is damaged")
	}
	copy(i.digest[:], digest)
	i.seq, i.numbered = seq.Int64, seq.Valid
	i.expires, i.void, i.voidAt = store.Time(expires), void.String, store.Time(voidAt.Int64)
	return i, nil
}
