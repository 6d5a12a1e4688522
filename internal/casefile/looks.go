package casefile

import (
	"context"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/store"
)

// ShowLooks gives who looked at a case or did something in it, by what right,
// newest first: to whoever may see the case. id is the case's id or number.
func ShowLooks(ctx context.Context, a *act.Acts, by access.Actor, purpose, id string, p act.Page) ([]act.Access, error) {
	return act.View(ctx, a, by, purpose, "case.looks", func(tx *store.Tx, v *act.Viewing) ([]act.Access, error) {
		c, err := Named(tx, id)
		if err != nil {
			return nil, err
		}
		if err := v.Must(Resource(c)); err != nil {
			return nil, err
		}
		return act.Looks(tx, c.ID, p)
	})
}
