package casefile

import (
	"context"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/store"
)

// Happened is where and when an event of a case took place, as precisely as
// it was recorded. It is no place of a person: where anybody lives or is now is
// sealed, and in no event.
type Happened struct {
	Case   string `json:"case"`
	Number string `json:"number"` // of the case
	Event  string `json:"event"`
	Place  Place  `json:"place"`
	When   Moment `json:"when"`
}

// mostPlaces is of how many cases, the newest, a map shows the events.
const mostPlaces = 300

// Places lists the events of the newest cases that the reader may see, newest
// case first, at most so many days old (every one when 0).
func Places(ctx context.Context, a *act.Acts, by access.Actor, purpose string, days int) ([]Happened, error) {
	return act.View(ctx, a, by, purpose, "places", func(tx *store.Tx, v *act.Viewing) ([]Happened, error) {
		out := []Happened{}
		known, err := Known(tx, by.Office, mostPlaces)
		if err != nil {
			return nil, err
		}
		since := a.Now().AddDate(0, 0, -days)
		for _, c := range known {
			if c.Status == StatusForgotten {
				continue
			}
			items, err := Items(tx, c.ID, Event{}.Noun())
			if err != nil {
				return nil, err
			}
			for _, i := range items {
				var e Event
				if err := i.Decode(&e); err != nil {
					return nil, err
				}
				if e.Place.Zero() || days > 0 && e.When.At.Before(since) || !v.See(c.resource(i.Noun, i.ID)) {
					continue
				}
				out = append(out, Happened{Case: c.ID, Number: c.Number, Event: i.ID, Place: e.Place, When: e.When})
			}
		}
		return out, nil
	})
}
