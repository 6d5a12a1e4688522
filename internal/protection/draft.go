package protection

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
)

// Half is a screening of one person that an account has begun and not recorded.
// It is no fact, nobody else reads it, and it crosses no border.
type Half struct {
	Opening string              `json:"opening"` // the node's word of when the form was given
	Values  map[string][]string `json:"values"`  // what was typed, by the names of the form's fields
	Opened  time.Time           `json:"-"`       // when the form was given
}

// DraftLife is how long the node keeps what nobody goes on with.
const DraftLife = 7 * 24 * time.Hour

// largestDraft bounds what is kept of one person, in bytes.
const largestDraft = 64 << 10

// KeepDrafts keeps what an account has typed of people of a case, by person, in
// place of what it had typed before; a half without values is dropped. Whoever
// may not screen a person keeps nothing of them: the person is absent. What
// comes late, of a form by which the person was recorded since, is not kept.
func KeepDrafts(ctx context.Context, a *act.Acts, by access.Actor, purpose, caseID string, halves map[string]Half) error {
	return a.DB.Write(ctx, func(tx *store.Tx) error {
		if err := dropStale(tx, a.Now()); err != nil {
			return err
		}
		for _, person := range slices.Sorted(maps.Keys(halves)) {
			p, err := findHere(tx, caseID, person)
			if err != nil {
				return err
			}
			if !a.Policies.Decide(by, (*Screen)(nil).Verb(), purpose, p.resource("screening")).Allowed {
				return refusal.NotFound()
			}
			if err := keepDraft(tx, a.Ring, by.User, a.Now(), p, halves[person]); err != nil {
				return err
			}
		}
		return nil
	})
}

func keepDraft(tx *store.Tx, ring *seal.Keyring, account string, now time.Time, p subject, h Half) error {
	if err := dropDraft(tx, account, p.Case, p.ID); err != nil || len(h.Values) == 0 {
		return err
	}
	began, ok := opened(ring, account, p.Case, h.Opening)
	if !ok {
		return refusal.New("protection.opening_unknown")
	}
	last, err := loadScreening(tx, p.Case, p.ID)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if err == nil && last.By == account && last.At.After(began) {
		return nil
	}
	plain, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("screening draft: %w", err)
	}
	if len(plain) > largestDraft {
		return refusal.New("act.malformed", "field", "")
	}
	return tx.Exec(`INSERT INTO screening_draft (account, case_id, person, at, box) VALUES ($1, $2, $3, $4, $5)`,
		account, p.Case, p.ID, store.Micros(now), ring.Box(draftLabel(account, p.Case, p.ID), plain))
}

// Drafts are what an account has begun of the people of a case and not yet
// recorded, by person. What no longer opens is left out: it is typed again.
func Drafts(ctx context.Context, a *act.Acts, by access.Actor, purpose, caseID string) (map[string]Half, error) {
	return act.View(ctx, a, by, purpose, "screening.drafts", func(tx *store.Tx, _ *act.Viewing) (map[string]Half, error) {
		out := map[string]Half{}
		err := store.Each(tx, func(r *sql.Rows) error {
			var person string
			var box []byte
			if err := r.Scan(&person, &box); err != nil {
				return err
			}
			var h Half
			plain, err := a.Ring.Unbox(draftLabel(by.User, caseID, person), box)
			if err != nil || json.Unmarshal(plain, &h) != nil {
				return nil //nolint:nilerr // damaged: nothing is promised of it
			}
			if began, ok := opened(a.Ring, by.User, caseID, h.Opening); ok {
				h.Opened = began
				out[person] = h
			}
			return nil
		}, `SELECT person, box FROM screening_draft WHERE account = $1 AND case_id = $2 AND at > $3`, by.User, caseID, store.Micros(a.Now().Add(-DraftLife)))
		if err != nil {
			return nil, fmt.Errorf("screening drafts: %w", err)
		}
		return out, nil
	})
}

// draftLabel binds a draft to its account and to whom it is about.
func draftLabel(account, caseID, person string) string {
	return "screening draft/" + account + "/" + caseID + "/" + person
}

// SweepDrafts drops what nobody goes on with. The node calls it now and then.
func SweepDrafts(ctx context.Context, db *store.DB, now time.Time) error {
	return db.Write(ctx, func(tx *store.Tx) error { return dropStale(tx, now) })
}

func dropStale(tx *store.Tx, now time.Time) error {
	return tx.Exec(`DELETE FROM screening_draft WHERE at <= $1`, store.Micros(now.Add(-DraftLife)))
}

// dropDraft drops what an account had begun of a person.
func dropDraft(tx *store.Tx, account, caseID, person string) error {
	return tx.Exec(`DELETE FROM screening_draft WHERE account = $1 AND case_id = $2 AND person = $3`, account, caseID, person)
}
