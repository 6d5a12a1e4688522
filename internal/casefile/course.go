package casefile

import (
	"context"
	"fmt"
	"slices"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/store"
)

// ShowCourse gives every change of a case, of its people and of its items that
// the reader may see, oldest first. A fact that changed several of them stands
// there once. id is the case's id or number.
func ShowCourse(ctx context.Context, a *act.Acts, by access.Actor, purpose, id string) ([]Step, error) {
	return act.View(ctx, a, by, purpose, "history", func(tx *store.Tx, v *act.Viewing) ([]Step, error) {
		c, err := Named(tx, id)
		if err != nil {
			return nil, err
		}
		if err := v.Must(Resource(c)); err != nil {
			return nil, err
		}
		objects, err := objectsOf(tx, v, c)
		if err != nil {
			return nil, err
		}
		out := []Step{}
		for _, o := range objects {
			changes, err := History(tx, o)
			if err != nil {
				return nil, err
			}
			for _, change := range changes {
				out = append(out, change.step())
			}
		}
		slices.SortFunc(out, func(x, y Step) int { return int(x.Seq - y.Seq) })
		return slices.CompactFunc(out, func(x, y Step) bool { return x.Seq == y.Seq }), nil
	})
}

// objectsOf are the case itself and what the reader may see in it.
func objectsOf(tx *store.Tx, v *act.Viewing, c Case) ([]string, error) {
	out := []string{c.ID}
	people, err := People(tx, c.ID)
	if err != nil {
		return nil, err
	}
	for _, p := range people {
		if v.See(PersonResource(c, p)) {
			out = append(append(out, p.ID), p.Also...)
		}
	}
	items, err := store.Docs[Item](tx, `SELECT doc FROM case_item WHERE case_id = $1`, c.ID)
	if err != nil {
		return nil, fmt.Errorf("items of a case: %w", err)
	}
	for _, i := range items {
		if v.See(c.resource(typeOf(i.Noun), i.ID)) {
			out = append(out, i.ID)
		}
	}
	return out, nil
}

func (c Change) step() Step {
	e := c.Entry
	return Step{Fact: e.ID, Seq: e.Seq, Kind: e.Kind, At: e.Created, By: e.By, Clear: c.Clear, Sealed: len(e.Sealed) > 0, Forgotten: c.Forgotten}
}
