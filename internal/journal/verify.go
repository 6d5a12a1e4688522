package journal

import (
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"filippo.io/torchwood"

	"github.com/oasiss/oasiss/internal/store"
)

// Verified is what checking a journal found.
type Verified struct {
	Size      int64    `json:"size"`
	Root      string   `json:"root"`
	Forgotten int64    `json:"forgotten"` // bodies expunged; their leaves stand
	Cosigned  int64    `json:"cosigned"`  // largest size a peer has cosigned
	Faults    []string `json:"faults"`    // what is wrong, empty if nothing
}

// Verify recomputes every digest from the bodies, the root from the leaves,
// and holds stored checkpoints against it.
func Verify(tx *store.Tx) (Verified, error) {
	var v Verified
	var err error
	if v.Size, err = Size(tx); err != nil {
		return v, err
	}
	if err := verifyBodies(tx, &v, 1); err != nil {
		return v, err
	}
	if err := verifyTiles(tx, &v); err != nil {
		return v, err
	}
	root, err := Root(tx, v.Size)
	if err != nil {
		v.Faults = append(v.Faults, err.Error())
		return v, nil
	}
	v.Root = root.String()
	return v, verifyCheckpoints(tx, &v, 0)
}

// VerifyNewest is Verify for the newest n facts and the newest checkpoint: what
// a damaged disk or a torn copy shows at once, in a time that does not grow
// with the journal.
func VerifyNewest(tx *store.Tx, n int64) (Verified, error) {
	var v Verified
	var err error
	if v.Size, err = Size(tx); err != nil {
		return v, err
	}
	if err := verifyBodies(tx, &v, max(1, v.Size-n+1)); err != nil {
		return v, err
	}
	last, err := lastCheckpoint(tx)
	if errors.Is(err, ErrNoCheckpoint) {
		return v, nil
	}
	if err != nil {
		return v, err
	}
	return v, verifyCheckpoints(tx, &v, last.Size)
}

// verifyBodies holds the facts from a place on against their leaves.
func verifyBodies(tx *store.Tx, v *Verified, from int64) error {
	next := from
	return store.Each(tx, func(rows *sql.Rows) error {
		var seq int64
		var digest, raw []byte
		if err := rows.Scan(&seq, &digest, &raw); err != nil {
			return err
		}
		switch {
		case seq != next:
			v.Faults = append(v.Faults, fmt.Sprintf("fact %d is missing", next))
		case digest == nil:
			v.Faults = append(v.Faults, fmt.Sprintf("leaf %d is missing", seq-1))
		case raw == nil:
			v.Forgotten++
		case sha256.Sum256(raw) != [32]byte(digest):
			v.Faults = append(v.Faults, fmt.Sprintf("the body of fact %d is not what was recorded", seq))
		}
		next = seq + 1
		return nil
	}, `SELECT f.seq, l.digest, b.bytes FROM fact f LEFT JOIN leaf l ON l.n = f.seq - 1 LEFT JOIN body b ON b.seq = f.seq
		WHERE f.seq >= $1 ORDER BY f.seq`, from)
}

// verifyTiles recomputes what was published, level by level, so that a root
// read through tiles proves the leaves.
func verifyTiles(tx *store.Tx, v *Verified) error {
	type stored struct {
		level int
		n     int64
		data  []byte
	}
	var tiles []stored
	err := store.Each(tx, func(rows *sql.Rows) error {
		var s stored
		err := rows.Scan(&s.level, &s.n, &s.data)
		tiles = append(tiles, s)
		return err
	}, `SELECT level, n, data FROM tile ORDER BY level, n`)
	if err != nil {
		return err
	}
	for _, s := range tiles {
		want, err := tree{tx}.made(s.level, s.n, tileWidth)
		switch {
		case err != nil:
			v.Faults = append(v.Faults, err.Error())
		case !slices.Equal(want, s.data):
			v.Faults = append(v.Faults, fmt.Sprintf("tile %d/%d does not match its leaves", s.level, s.n))
		}
	}
	return nil
}

// verifyCheckpoints holds every checkpoint of at least a size that this node
// signed against the leaves as they are now: a rewritten past shows here.
func verifyCheckpoints(tx *store.Tx, v *Verified, from int64) error {
	type stored struct {
		size int64
		note []byte
	}
	var all []stored
	err := store.Each(tx, func(rows *sql.Rows) error {
		var s stored
		err := rows.Scan(&s.size, &s.note)
		all = append(all, s)
		return err
	}, `SELECT size, note FROM checkpoint WHERE size >= $1 ORDER BY size`, from)
	if err != nil {
		return err
	}
	for _, s := range all {
		text, _, _ := strings.Cut(string(s.note), "\n\n")
		cp, err := torchwood.ParseCheckpoint(text + "\n")
		if err != nil || cp.N != s.size || s.size > v.Size {
			v.Faults = append(v.Faults, fmt.Sprintf("checkpoint %d does not fit this journal", s.size))
			continue
		}
		root, err := Root(tx, s.size)
		if err != nil || root != cp.Hash {
			v.Faults = append(v.Faults, fmt.Sprintf("checkpoint %d was signed over other leaves", s.size))
		}
	}
	var cosigned sql.NullInt64
	if err := tx.QueryRow(`SELECT MAX(size) FROM cosignature`).Scan(&cosigned); err != nil {
		return err
	}
	v.Cosigned = cosigned.Int64
	return nil
}
