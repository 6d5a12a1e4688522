package protection

import (
	"context"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/store"
)

// CaseRow is a case as a desk lists it.
type CaseRow struct {
	casefile.Row
	People int             // everybody recorded in it
	Open   bool            // no gate of anybody keeps a referral from leaving
	Event  *casefile.Event // that it began with, where the reader may see it
}

// ListCases gives the cases that the reader may see, newest first, each with
// what its protection says to everybody: whether a gate is shut, not whose nor why.
func ListCases(ctx context.Context, a *act.Acts, by access.Actor, purpose string) ([]CaseRow, error) {
	return act.View(ctx, a, by, purpose, "case.list", func(tx *store.Tx, v *act.Viewing) ([]CaseRow, error) {
		seen, err := casefile.SeeCases(tx, v, 0)
		if err != nil {
			return nil, err
		}
		out := make([]CaseRow, 0, len(seen))
		for _, row := range seen {
			r, err := seeCase(tx, v, row)
			if err != nil {
				return nil, err
			}
			out = append(out, r)
		}
		return out, nil
	})
}

func seeCase(tx *store.Tx, v *act.Viewing, row casefile.Row) (CaseRow, error) {
	out := CaseRow{Row: row}
	people, err := casefile.People(tx, row.ID)
	if err != nil {
		return out, err
	}
	out.People = len(people)
	if out.Open, _, err = Gate(tx, row.ID); err != nil {
		return out, err
	}
	e, ok, err := casefile.SeeFirstEvent(tx, v, row.ID)
	if ok {
		out.Event = &e
	}
	return out, err
}
