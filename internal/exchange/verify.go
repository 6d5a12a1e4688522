package exchange

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Verify checks the whole journal of a node, what was signed of it, and the
// link's own tables against the receipts: a damaged byte in any of them is a
// fault. own is the vkey of the journal; empty, its signatures are not checked.
// descriptor is the node's own, for the proofs of its people; empty, they are
// counted as of unknown keys.
func Verify(tx *store.Tx, own, descriptor string) (journal.Verified, error) {
	keys, err := JournalKeys(tx, own)
	if err != nil {
		return journal.Verified{}, err
	}
	v, err := journal.Verify(tx, keys)
	if err != nil {
		return v, err
	}
	if v.Signatures, err = signatures(tx, descriptor, &v); err != nil {
		return v, err
	}
	for _, part := range []func(*store.Tx) ([]string, error){laneFaults, outboxFaults, quarantineFaults} {
		faults, err := part(tx)
		if err != nil {
			return v, fmt.Errorf("verify the link: %w", err)
		}
		v.Faults = append(v.Faults, faults...)
	}
	return v, nil
}

// Verify checks the whole journal of this node, and the keys that it keeps.
func (l *Link) Verify(tx *store.Tx) (journal.Verified, error) {
	v, err := Verify(tx, l.journalKey, l.Descriptor())
	if err != nil {
		return v, err
	}
	keys, err := l.Ring.Faults(tx)
	v.Faults = append(v.Faults, keys...)
	return v, err
}

// laneFaults holds every lane's head against the receipt it rests on.
func laneFaults(tx *store.Tx) (faults []string, err error) {
	var heads []head
	err = store.Each(tx, func(rows *sql.Rows) error {
		var h head
		err := rows.Scan(&h.peer, &h.lane, &h.way)
		heads = append(heads, h)
		return err
	}, `SELECT peer, lane, way FROM lane_head ORDER BY peer, lane, way`)
	if err != nil {
		return nil, err
	}
	for _, of := range heads {
		stands := false
		h, err := loadHead(tx, of.peer, of.lane, of.way)
		if err == nil && slices.Contains(wire.Lanes, of.lane) {
			stands, err = headStands(tx, h)
		}
		if err != nil && wire.CodeOf(err) == "" && !errors.Is(err, journal.ErrDamaged) && !errors.Is(err, journal.ErrForgotten) {
			return nil, err
		}
		if !stands {
			faults = append(faults, fmt.Sprintf("the head of lane %s %s %s does not stand on its receipt", of.lane, of.way, of.peer))
		}
	}
	return faults, nil
}

func headStands(tx *store.Tx, h head) (bool, error) {
	if h.way == wayIn {
		if h.fact == 0 {
			return h.done == 0 && h.next == 1 && h.digest == (wire.Digest{}), nil
		}
		g, err := loadGiven(tx, h.fact)
		if err != nil {
			return false, ignoreAbsent(err)
		}
		return g.Peer == h.peer && g.Lane == h.lane && g.Epoch == h.epoch && g.Last == h.done && h.next == h.done+1 && g.Frame == h.digest, nil
	}
	if h.way != wayOut || h.fact != 0 {
		return false, nil
	}
	var given sql.NullInt64
	if err := tx.QueryRow(`SELECT MAX(seq) FROM outbox WHERE peer = $1 AND lane = $2 AND epoch = $3`, h.peer, h.lane, h.epoch).Scan(&given); err != nil {
		return false, err
	}
	var fact int64
	err := tx.QueryRow(`SELECT fact FROM receipt_taken WHERE peer = $1 AND lane = $2 AND epoch = $3 ORDER BY last DESC LIMIT 1`, h.peer, h.lane, h.epoch).Scan(&fact)
	if errors.Is(err, sql.ErrNoRows) {
		return h.done == 0 && h.digest == (wire.Digest{}) && h.next == given.Int64+1, nil
	}
	if err != nil {
		return false, err
	}
	t, err := loadTaken(tx, fact)
	if err != nil {
		return false, ignoreAbsent(err)
	}
	return t.Last == h.done && t.Frame == h.digest && h.next == given.Int64+1, nil
}

// ignoreAbsent: a fact that is not there is a fault of what names it.
func ignoreAbsent(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}

// outboxFaults finds numbers that are missing, messages that are not for the
// peer they stand for, and what waits with another expiry than its own.
func outboxFaults(tx *store.Tx) (faults []string, err error) {
	type row struct {
		item
		peer, lane string
		epoch      int64
		waits      bool // no receipt covers it yet
		voided     bool
	}
	last := map[string]int64{}
	err = store.Each(tx, func(rows *sql.Rows) error {
		var r row
		var seq, voidAt sql.NullInt64
		var void, id sql.NullString
		var expires int64
		var digest []byte
		if err := rows.Scan(&r.peer, &r.lane, &r.epoch, &seq, &r.fact, &id, &expires, &void, &voidAt, &digest, &r.bytes, &r.waits, &r.voided); err != nil {
			return err
		}
		r.id, r.void, r.expires = id.String, void.String, store.Time(expires)
		copy(r.digest[:], digest)
		fault := func(what string) {
			faults = append(faults, fmt.Sprintf("outbox of %s, lane %s, fact %d: %s", r.peer, r.lane, r.fact, what))
		}
		if seq.Valid {
			lane := fmt.Sprint(r.peer, "/", r.lane, "/", r.epoch)
			if seq.Int64 != last[lane]+1 {
				fault("a number before it is missing")
			}
			last[lane] = seq.Int64
		}
		switch {
		case !id.Valid:
			fault("there is no such fact")
		case void.Valid != r.voided:
			fault("written off here and not in the journal, or the other way")
		case r.bytes != nil && r.sound("", r.peer) != nil:
			fault("it is not for this peer, or damaged")
		case r.waits && r.bytes != nil && !(expires == 0 && r.epoch > 1) && !r.expiresAsSaid(), !r.waits && expires != 0:
			fault("it expires at another time than it says")
		}
		return nil
	}, `SELECT o.peer, o.lane, o.epoch, o.seq, o.fact, f.id, o.expires, o.void, o.void_at, l.digest, b.bytes,
		NOT EXISTS (SELECT 1 FROM receipt_taken t WHERE t.peer = o.peer AND t.lane = o.lane AND t.epoch = o.epoch AND t.last >= o.seq),
		EXISTS (SELECT 1 FROM link_voided w WHERE w.id = f.id AND w.way = 'out')
		FROM outbox o LEFT JOIN fact f ON f.seq = o.fact LEFT JOIN leaf l ON l.n = o.fact - 1 LEFT JOIN body b ON b.seq = o.fact
		ORDER BY o.peer, o.lane, o.epoch, o.seq`)
	return faults, err
}

// expiresAsSaid holds an outbox row's expiry against the message's own.
func (i item) expiresAsSaid() bool {
	m, err := wire.ParseMessage(i.bytes)
	return err == nil && store.Micros(m.Act.Expires) == store.Micros(i.expires)
}

// quarantineFaults finds kept bytes that are not those that came.
func quarantineFaults(tx *store.Tx) (faults []string, err error) {
	err = store.Each(tx, func(rows *sql.Rows) error {
		var digest string
		var b []byte
		if err := rows.Scan(&digest, &b); err != nil {
			return err
		}
		if digestOf(b) != digest {
			faults = append(faults, "quarantine: the bytes of "+digest+" are damaged")
		}
		return nil
	}, `SELECT digest, bytes FROM quarantine ORDER BY digest`)
	return faults, err
}
