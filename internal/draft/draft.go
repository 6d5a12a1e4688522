// Package draft keeps what somebody has typed into a form and not sent. A draft
// is no fact: it is one account's, sealed to it, read by nobody else, crosses no
// border, and goes when it is sent or when nobody goes on with it.
package draft

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
)

// Life is how long the node keeps what nobody goes on with.
const Life = 7 * 24 * time.Hour

// Largest bounds what is kept of one draft, in bytes.
const Largest = 64 << 10

// The forms whose drafts are kept.
const (
	FormScreening = "screening" // of a person of a case
	FormIntake    = "intake"    // of a case that is not opened yet
)

// Place is where a draft belongs: to an account, a form, and what the form is
// about. Nothing of what was typed is in it.
type Place struct {
	Account, Form string
	Case          string // empty for what has no case yet
	Object        string // the person, or what tells two drafts of one form apart
}

// label binds the sealed bytes to where they belong.
func (p Place) label() string {
	return p.Form + " draft/" + p.Account + "/" + p.Case + "/" + p.Object
}

// Keep keeps what was typed, as JSON, in place of what was kept there before. It
// refuses act.malformed for more than Largest bytes.
func Keep(tx *store.Tx, ring *seal.Keyring, now time.Time, p Place, typed any) error {
	plain, err := json.Marshal(typed)
	if err != nil {
		return fmt.Errorf("draft: %w", err)
	}
	if len(plain) > Largest {
		return refusal.New("act.malformed", "field", "")
	}
	return tx.Exec(`INSERT INTO draft (account, form, case_id, object, at, box) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (account, form, case_id, object) DO UPDATE SET at = excluded.at, box = excluded.box`,
		p.Account, p.Form, p.Case, p.Object, store.Micros(now), ring.Box(p.label(), plain))
}

// Kept is one draft as it was typed.
type Kept[T any] struct {
	Object string
	At     time.Time // last changed
	Typed  T
}

// Of gives the drafts of an account in a form about a case, the last changed
// first. What no longer opens is left out: it is typed again.
func Of[T any](tx *store.Tx, ring *seal.Keyring, now time.Time, p Place) ([]Kept[T], error) {
	var out []Kept[T]
	err := store.Each(tx, func(r *sql.Rows) error {
		k, at, box := Kept[T]{}, int64(0), []byte(nil)
		if err := r.Scan(&k.Object, &at, &box); err != nil {
			return err
		}
		p.Object, k.At = k.Object, store.Time(at)
		plain, err := ring.Unbox(p.label(), box)
		if err != nil || json.Unmarshal(plain, &k.Typed) != nil {
			return nil //nolint:nilerr // damaged: nothing is promised of it
		}
		out = append(out, k)
		return nil
	}, `SELECT object, at, box FROM draft WHERE account = $1 AND form = $2 AND case_id = $3 AND at > $4 ORDER BY at DESC, object`,
		p.Account, p.Form, p.Case, store.Micros(now.Add(-Life)))
	if err != nil {
		return nil, fmt.Errorf("drafts: %w", err)
	}
	return out, nil
}

// Drop drops one draft; none there is none to drop.
func Drop(tx *store.Tx, p Place) error {
	return tx.Exec(`DELETE FROM draft WHERE account = $1 AND form = $2 AND case_id = $3 AND object = $4`, p.Account, p.Form, p.Case, p.Object)
}

// DropObject drops what anybody has typed in a form about somebody, as when the
// person is forgotten.
func DropObject(tx *store.Tx, form, object string) error {
	return tx.Exec(`DELETE FROM draft WHERE object = $1 AND form = $2`, object, form)
}

// DropCase drops what anybody has typed about a case.
func DropCase(tx *store.Tx, caseID string) error {
	return tx.Exec(`DELETE FROM draft WHERE case_id = $1`, caseID)
}

// DropStale drops what nobody goes on with.
func DropStale(tx *store.Tx, now time.Time) error {
	return tx.Exec(`DELETE FROM draft WHERE at <= $1`, store.Micros(now.Add(-Life)))
}

// Sweep is DropStale in a transaction of its own. The node calls it now and then.
func Sweep(ctx context.Context, db *store.DB, now time.Time) error {
	return db.Write(ctx, func(tx *store.Tx) error { return DropStale(tx, now) })
}
