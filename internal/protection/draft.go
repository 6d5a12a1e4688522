package protection

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/draft"
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

// KeepDrafts keeps what an account has typed of people of a case, by person, in
// place of what it had typed before; a half without values is dropped. Whoever
// may not screen a person keeps nothing of them: the person is absent. What
// comes late, of a form by which the person was recorded since, is not kept.
func KeepDrafts(ctx context.Context, a *act.Acts, by access.Actor, purpose, caseID string, halves map[string]Half) error {
	return a.DB.Write(ctx, func(tx *store.Tx) error {
		if err := draft.DropStale(tx, a.Now()); err != nil {
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
	if err := draft.Drop(tx, draftOf(account, p.Case, p.ID)); err != nil || len(h.Values) == 0 {
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
	return draft.Keep(tx, ring, now, draftOf(account, p.Case, p.ID), h)
}

// draftOf is where the draft of a person's screening is kept.
func draftOf(account, caseID, person string) draft.Place {
	return draft.Place{Account: account, Form: draft.FormScreening, Case: caseID, Object: person}
}

// Drafts are what an account has begun of the people of a case and not yet
// recorded, by person. What no longer opens is left out: it is typed again.
func Drafts(ctx context.Context, a *act.Acts, by access.Actor, purpose, caseID string) (map[string]Half, error) {
	return act.View(ctx, a, by, purpose, "screening.drafts", func(tx *store.Tx, _ *act.Viewing) (map[string]Half, error) {
		kept, err := draft.Of[Half](tx, a.Ring, a.Now(), draftOf(by.User, caseID, ""))
		out := map[string]Half{}
		for _, k := range kept {
			if began, ok := opened(a.Ring, by.User, caseID, k.Typed.Opening); ok {
				k.Typed.Opened = began
				out[k.Object] = k.Typed
			}
		}
		return out, err
	})
}
