package journal

import (
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"

	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
	"golang.org/x/mod/sumdb/tlog"
)

// Damage is one fact whose body and leaf do not agree, or whose row is not as
// it was written.
type Damage struct {
	Seq    int64
	ID     string // as the fact's row says
	Node   string // where it was made
	Digest []byte // of its body, as the leaf says
	Body   []byte // as it is stored now; nil if it is gone
	Row    bool   // what only the row says is damaged: nothing can give it back
}

// Damaged looks at n facts from a place on for stored bytes that are not what
// was recorded, and gives the place to look at next: 1 after the last.
func Damaged(tx *store.Tx, from, n int64) (found []Damage, next int64, err error) {
	next = 1
	err = store.Each(tx, func(rows *sql.Rows) error {
		var r factRow
		if err := r.scan(rows); err != nil {
			return err
		}
		d := Damage{Seq: r.seq, ID: r.id, Node: r.node, Digest: r.digest, Body: r.body, Row: !r.whole(r.digest)}
		next = d.Seq + 1
		if d.Row || r.forgotten == 0 && !Whole(d.Body, d.Digest) {
			found = append(found, d)
		}
		return nil
	}, `SELECT f.seq, f.id, f.kind, f.node, f.case_id, f.referral_id, f.actor, f.at, f.behind, f.forgotten, f.row_sum, l.digest, b.bytes
		FROM fact f LEFT JOIN body b ON b.seq = f.seq LEFT JOIN leaf l ON l.n = f.seq - 1
		WHERE f.seq >= $1 AND f.seq < $2 ORDER BY f.seq`, from, from+n)
	if err != nil {
		return nil, 1, fmt.Errorf("look for damage: %w", err)
	}
	if next < from+n {
		next = 1
	}
	return found, next, nil
}

// MendLeaf makes the leaf of a fact anew from its body, if that is the leaf
// over which this node signed its last checkpoint: then the leaf was damaged and
// not the body. It reports whether it did.
func MendLeaf(tx *store.Tx, d Damage) (bool, error) {
	m, err := wire.ParseMessage(d.Body)
	if err != nil || m.Act.ID != d.ID {
		return false, nil //nolint:nilerr // the body is not what was recorded
	}
	last, err := lastCheckpoint(tx)
	if errors.Is(err, ErrNoCheckpoint) || err == nil && last.Size < d.Seq {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	want, err := last.root()
	if err != nil {
		return false, err
	}
	digest := m.Digest()
	if err := setLeaf(tx, d.Seq, digest[:]); err != nil {
		return false, err
	}
	root, err := tlog.TreeHash(last.Size, tree{tx: tx, leaves: true})
	if err == nil && wire.Digest(root) == want {
		return true, nil
	}
	return false, setLeaf(tx, d.Seq, d.Digest)
}

func setLeaf(tx *store.Tx, seq int64, digest []byte) error {
	if err := tx.Exec(`UPDATE leaf SET digest = $1 WHERE n = $2`, digest, seq-1); err != nil {
		return fmt.Errorf("leaf: %w", err)
	}
	return nil
}

// MendBody puts the bytes that a leaf names in the place of damaged ones, or of
// none. Other bytes are refused.
func MendBody(tx *store.Tx, seq int64, body []byte) error {
	digest := sha256.Sum256(body)
	n, err := tx.ExecN(`INSERT INTO body (seq, bytes) SELECT $1, $2 FROM leaf WHERE n = $3 AND digest = $4
		ON CONFLICT (seq) DO UPDATE SET bytes = excluded.bytes`, seq, body, seq-1, digest[:])
	if err == nil && n != 1 {
		err = ErrDamaged
	}
	if err != nil {
		return fmt.Errorf("mend fact %d: %w", seq, err)
	}
	return nil
}
