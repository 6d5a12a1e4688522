package referral

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/store"
)

// OfCases gives the referrals that the reader may see of some cases, by the id of
// each, with the referral that it came by: those of a list, and no others.
func OfCases(ctx context.Context, a *act.Acts, by access.Actor, purpose string, cases map[string]string) ([]Row, error) {
	return act.View(ctx, a, by, purpose, "referral.list", func(tx *store.Tx, v *act.Viewing) (out []Row, err error) {
		now := a.Now()
		for _, id := range slices.Sorted(maps.Keys(cases)) {
			origin := cases[id]
			all, err := queuedOf(tx, id)
			if err != nil {
				return nil, err
			}
			if origin != "" {
				all = append(all, origin)
			}
			for _, r := range all {
				row, ok, err := seen(tx, v, r, now)
				if err != nil {
					return nil, err
				}
				if ok {
					out = append(out, row)
				}
			}
		}
		return out, nil
	})
}

// queuedOf are the referrals of a case.
func queuedOf(tx *store.Tx, caseID string) ([]string, error) {
	out, err := store.Column[string](tx, `SELECT referral FROM referral_queue WHERE case_id = $1 ORDER BY referral`, caseID)
	if err != nil {
		return nil, fmt.Errorf("referrals of a case: %w", err)
	}
	return out, nil
}
