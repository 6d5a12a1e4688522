package exchange

import (
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Standing of a released message.
const (
	DeliveryQueued   = "queued"   // in its lane, no receipt yet
	DeliveryWaiting  = "waiting"  // the peer does not understand its kind yet
	DeliveryRecorded = "recorded" // the peer signed that it is recorded there
	DeliveryRefused  = "refused"  // the peer signed that it does not take it
	DeliveryVoid     = "void"     // it will not be delivered
)

// Delivery is what became of one released message, for the receipts strip.
type Delivery struct {
	Peer   string    `json:"peer"`
	Lane   string    `json:"lane"`
	Seq    int64     `json:"seq"`               // 0 while waiting
	State  string    `json:"state"`             // one of the above
	At     time.Time `json:"at,omitzero"`       // recorded or refused there, or written off here
	Leaf   int64     `json:"leaf"`              // recorded: its place in the peer's journal, from 0
	Code   wire.Code `json:"code,omitempty"`    // refused: why
	Reason string    `json:"reason,omitempty"`  // void: why
	Expire time.Time `json:"expires,omitzero"`  // queued: when it expires
	Fact   int64     `json:"receipt,omitempty"` // place here of the fact that holds the receipt
	Size   int64     `json:"at_size,omitempty"` // leaves of the peer's journal then
	Frame  string    `json:"frame,omitempty"`   // digest of the frame it went in
	Signed string    `json:"-"`                 // the receipt as the peer signed it
}

// Receipts says what became of a fact that this node released; ok is false if
// it was not released.
func Receipts(tx *store.Tx, factID string) (d Delivery, ok bool, err error) {
	var epoch, expires int64
	var seq, voidAt sql.NullInt64
	var void sql.NullString
	err = tx.QueryRow(`SELECT o.peer, o.lane, o.epoch, o.seq, o.expires, o.void, o.void_at
		FROM outbox o JOIN fact f ON f.seq = o.fact WHERE f.id = $1`, factID).
		Scan(&d.Peer, &d.Lane, &epoch, &seq, &expires, &void, &voidAt)
	if errors.Is(err, sql.ErrNoRows) {
		return d, false, nil
	}
	if err != nil {
		return d, false, fmt.Errorf("outbox: %w", err)
	}
	d.Seq, d.State, d.Expire = seq.Int64, DeliveryQueued, store.Time(expires)
	if !seq.Valid {
		d.State = DeliveryWaiting
	}
	if void.Valid {
		d.State, d.Reason, d.At = DeliveryVoid, void.String, store.Time(voidAt.Int64)
	}
	if !seq.Valid {
		return d, true, nil
	}
	return d, true, d.read(tx, epoch)
}

// Settled are the facts that a peer's receipt, itself a fact here, answers.
func Settled(tx *store.Tx, receipt journal.Entry) (out []journal.Entry, err error) {
	err = store.Each(tx, func(rows *sql.Rows) error {
		var e journal.Entry
		var caseID, referral sql.NullString
		err := rows.Scan(&e.Seq, &e.ID, &e.Kind, &caseID, &referral)
		e.Case, e.Referral = caseID.String, referral.String
		out = append(out, e)
		return err
	}, `SELECT f.seq, f.id, f.kind, f.case_id, f.referral_id FROM receipt_taken t
		JOIN outbox o ON o.peer = t.peer AND o.lane = t.lane AND o.epoch = t.epoch AND o.seq BETWEEN t.first AND t.last
		JOIN fact f ON f.seq = o.fact WHERE t.fact = $1 ORDER BY o.seq`, receipt.Seq)
	return out, err
}

// read takes the message's outcome from the receipt that covers its number.
func (d *Delivery) read(tx *store.Tx, epoch int64) error {
	var fact, first int64
	err := tx.QueryRow(`SELECT fact, first FROM receipt_taken WHERE peer = $1 AND lane = $2 AND epoch = $3 AND last >= $4 ORDER BY last LIMIT 1`,
		d.Peer, d.Lane, epoch, d.Seq).Scan(&fact, &first)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("receipt: %w", err)
	}
	t, err := loadTaken(tx, fact)
	if err != nil {
		return err
	}
	keys, err := KeysOf(tx, d.Peer)
	if err != nil {
		return fmt.Errorf("keys of the peer: %w", err)
	}
	r, err := checked.receipt(d.Peer, t.Receipt, keys.Ever())
	if err != nil {
		return fmt.Errorf("receipt: %w", err)
	}
	d.Fact, d.Size, d.Frame, d.Signed = fact, r.Size, r.Frame.String(), t.Receipt
	o := r.Entries[d.Seq-first]
	switch {
	case o.Void:
	case o.Result == wire.ResultRefused:
		d.State, d.Code, d.At = DeliveryRefused, o.Code, r.At
	default:
		d.State, d.At, d.Leaf = DeliveryRecorded, r.At, *o.Leaf
	}
	return nil
}

// checkedReceipts are receipts whose signature was checked, by their text: a
// list of referrals shows the receipts of all of them. The keys that a peer has
// ever had only grow, so what one of them signed stays signed, and a text that
// is not the very one checked is checked anew.
type checkedReceipts struct {
	mu  sync.Mutex
	max int
	by  map[[2]string]wire.Receipt // by the peer and the text
}

var checked = checkedReceipts{max: 4096, by: map[[2]string]wire.Receipt{}}

func (c *checkedReceipts) receipt(peer, signed string, keys wire.SignKeys) (wire.Receipt, error) {
	c.mu.Lock()
	r, known := c.by[[2]string{peer, signed}]
	c.mu.Unlock()
	if known {
		return r, nil
	}
	r, err := wire.ReadReceipt(signed, keys)
	if err != nil {
		return r, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.by) >= c.max {
		clear(c.by)
	}
	c.by[[2]string{peer, signed}] = r
	return r, nil
}
