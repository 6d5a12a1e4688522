package intake

import (
	"context"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/draft"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Begun is a capture that an account has begun and not sent, as its form holds
// it. Object is the form's one-time id, so that what two browsers send is one act.
type Begun = draft.Kept[map[string][]string]

func draftsOf(by access.Actor, token string) draft.Place {
	return draft.Place{Account: by.User, Form: draft.FormIntake, Object: token}
}

// KeepDraft keeps what somebody has typed of an event, in place of what the same
// form held before; nothing typed drops it. Whoever may not capture keeps
// nothing, and what comes after the form was sent is not kept.
func KeepDraft(ctx context.Context, a *act.Acts, by access.Actor, purpose, token string, typed map[string][]string) error {
	if token == "" || len(token) > maxFrom {
		return refusal.New("act.malformed", "field", "_token")
	}
	if !a.Policies.Decide(by, (*Capture)(nil).Verb(), purpose, access.Resource{Type: "case", Offices: []string{by.Office}}).Allowed {
		return refusal.NotFound()
	}
	return a.DB.Write(ctx, func(tx *store.Tx) error {
		if err := draft.DropStale(tx, a.Now()); err != nil {
			return err
		}
		sent, err := act.Taken(tx, by, token)
		if err != nil || sent {
			return err
		}
		if len(typed) == 0 {
			return draft.Drop(tx, draftsOf(by, token))
		}
		return draft.Keep(tx, a.Ring, a.Now(), draftsOf(by, token), typed)
	})
}

// Drafts are the captures that an account has begun, the last changed first.
func Drafts(ctx context.Context, a *act.Acts, by access.Actor, purpose string) ([]Begun, error) {
	return act.View(ctx, a, by, purpose, "intake.drafts", func(tx *store.Tx, _ *act.Viewing) ([]Begun, error) {
		return draft.Of[map[string][]string](tx, a.Ring, a.Now(), draftsOf(by, ""))
	})
}

// Resembling gives the cases of the reader's office that may be about the same
// as an event that is being captured: one look, and one access fact.
func Resembling(ctx context.Context, a *act.Acts, by access.Actor, purpose string, like casefile.Likeness) ([]casefile.Resembling, error) {
	return act.View(ctx, a, by, purpose, "intake.alike", func(tx *store.Tx, v *act.Viewing) ([]casefile.Resembling, error) {
		return casefile.Resembles(tx, v, like)
	})
}
