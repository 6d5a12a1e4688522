// Package shelf holds what somebody keeps under a name for themselves: a search, a
// chart. It is no fact: it is one account's, sealed to it, read by nobody else and
// crosses no border. It holds what is asked, never what the answer shows.
package shelf

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
)

// What is kept.
const (
	Search = "view"
	Chart  = "chart"
)

// Bounds of what one person keeps of a kind, and of its name in bytes.
const (
	Most        = 40
	LongestName = 80
)

// ErrTaken means that the person keeps another thing that is the same.
var ErrTaken = errors.New("another thing kept is the same")

// ErrFull means that the person keeps Most already.
var ErrFull = errors.New("as much is kept as can be")

// Place is one person's things of one kind.
type Place struct{ Kind, Account string }

// label binds what is kept to its place: another's opens under no other.
func (s Place) label(id string) string { return s.Kind + "/" + s.Account + "/" + id }

// Thing is one thing on a shelf.
type Thing[T any] struct {
	ID   string
	What T
}

// Put keeps a thing in place of the one that is the same, or beside the others,
// and gives its id. It returns ErrFull where there is no room.
func Put[T any](ctx context.Context, db *store.DB, ring *seal.Keyring, now time.Time, s Place, what T, same func(T) bool) (string, error) {
	drawn, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("shelf: %w", err)
	}
	plain, err := json.Marshal(what)
	if err != nil {
		return "", fmt.Errorf("shelf: %w", err)
	}
	id := ""
	err = db.Write(ctx, func(tx *store.Tx) error {
		all, err := on[T](tx, ring, s)
		if err != nil {
			return err
		}
		id = drawn.String()
		for _, x := range all {
			if same(x.What) {
				id = x.ID
			}
		}
		if id == drawn.String() && len(all) >= Most {
			return ErrFull
		}
		return tx.Exec(`INSERT INTO shelf (id, account, kind, at, box) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO UPDATE SET box = excluded.box`,
			id, s.Account, s.Kind, store.Micros(now.Truncate(time.Second)), ring.Box(s.label(id), plain))
	})
	return id, err
}

// Change puts a thing of the person's own in another form, in its place. One of
// somebody else's is absent, and nothing happens; it returns ErrTaken where
// another is the same as what it would become.
func Change[T any](ctx context.Context, db *store.DB, ring *seal.Keyring, s Place, id string, change func(T) T, same func(was, other T) bool) error {
	return db.Write(ctx, func(tx *store.Tx) error {
		all, err := on[T](tx, ring, s)
		if err != nil {
			return err
		}
		for _, x := range all {
			if x.ID != id {
				continue
			}
			what := change(x.What)
			for _, other := range all {
				if other.ID != id && same(what, other.What) {
					return ErrTaken
				}
			}
			plain, err := json.Marshal(what)
			if err != nil {
				return fmt.Errorf("shelf: %w", err)
			}
			return tx.Exec(`UPDATE shelf SET box = $1 WHERE id = $2 AND account = $3 AND kind = $4`, ring.Box(s.label(id), plain), id, s.Account, s.Kind)
		}
		return nil
	})
}

// Drop ends a thing of the person's own; one of somebody else's is absent.
func Drop(ctx context.Context, db *store.DB, s Place, id string) error {
	return db.Write(ctx, func(tx *store.Tx) error {
		return tx.Exec(`DELETE FROM shelf WHERE id = $1 AND account = $2 AND kind = $3`, id, s.Account, s.Kind)
	})
}

// All gives what is on a shelf, in the order in which it came there.
func All[T any](ctx context.Context, db *store.DB, ring *seal.Keyring, s Place) (out []Thing[T], err error) {
	err = db.Read(ctx, func(tx *store.Tx) error {
		out, err = on[T](tx, ring, s)
		return err
	})
	return out, err
}

func on[T any](tx *store.Tx, ring *seal.Keyring, s Place) ([]Thing[T], error) {
	var out []Thing[T]
	err := store.Each(tx, func(r *sql.Rows) error {
		var x Thing[T]
		var box []byte
		if err := r.Scan(&x.ID, &box); err != nil {
			return err
		}
		plain, err := ring.Unbox(s.label(x.ID), box)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(plain, &x.What); err != nil {
			return err
		}
		out = append(out, x)
		return nil
	}, `SELECT id, box FROM shelf WHERE account = $1 AND kind = $2 ORDER BY at, id`, s.Account, s.Kind)
	if err != nil {
		return nil, fmt.Errorf("shelf: %w", err)
	}
	return out, nil
}
