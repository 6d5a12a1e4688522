package mail

import (
	"context"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// dyingWithin is how long before it runs out a clock is written about.
const dyingWithin = 24 * time.Hour

// dying is a letter that a clock asks for.
type dying struct {
	user, once string
	about      about
}

// LookAtClocks queues letters about clocks that are about to run out, each run of
// a clock once. It reads beside the writer, and writes only where there is one.
func LookAtClocks(ctx context.Context, a *act.Acts, country string) error {
	d := desk{a, country}
	var all []dying
	err := a.DB.Read(ctx, func(tx *store.Tx) error {
		all = nil
		return d.each(tx, EventClock, func(by access.Actor) error {
			mine, err := d.dying(tx, by)
			all = append(all, mine...)
			return err
		})
	})
	if err != nil || len(all) == 0 {
		return err
	}
	seed := journal.NewSeed(a.Now())
	return a.DB.Write(ctx, func(tx *store.Tx) error {
		draw := seed.Draw(nil)
		for _, l := range all {
			if err := put(tx, draw, l.user, l.once, l.about); err != nil {
				return err
			}
		}
		return nil
	})
}

// dying are somebody's clocks that no letter was queued about.
func (d desk) dying(tx *store.Tx, by access.Actor) (out []dying, err error) {
	clocks, err := referral.DyingOf(tx, by, d.acts.Now(), dyingWithin)
	if err != nil {
		return nil, err
	}
	for _, c := range clocks {
		if !d.acts.Policies.Decide(by, access.See, wire.PurposeProsecution, referral.Resource(c.Referral)).Allowed {
			continue
		}
		l := dying{by.User, c.Referral.ID + "/" + c.Clock + "/" + c.Started.UTC().Format(time.RFC3339Nano),
			about{Event: EventClock, Type: "referral", Object: c.Referral.ID, Case: c.Referral.Case}}
		var known bool
		if err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM mail WHERE user_id = $1 AND once = $2)`, l.user, l.once).Scan(&known); err != nil {
			return nil, err
		}
		if !known {
			out = append(out, l)
		}
	}
	return out, nil
}
