package act

import (
	"context"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Offer tells a door whether a command is worth offering to somebody, by
// running its own rule: allowed says that access lets them take it on what it
// names, no what the rule would still refuse ("" if nothing: it would be taken
// as it stands). Nothing is recorded, for nothing is done or shown; a door
// that asks here repeats neither the policies nor the rules.
func (a *Acts) Offer(ctx context.Context, by access.Actor, purpose string, cmd Command) (allowed bool, no string, err error) {
	err = a.DB.Read(ctx, func(tx *store.Tx) error {
		allowed, no, err = a.Would(tx, by, purpose, cmd)
		return err
	})
	return allowed, no, err
}

// Would is Offer inside a transaction: for a reaction that asks whom something
// waits for.
func (a *Acts) Would(tx *store.Tx, by access.Actor, purpose string, cmd Command) (allowed bool, no string, err error) {
	d := a.draw(journal.NewSeed(a.Now()), by, purpose, cmd.Verb())
	_, err = d.decide(tx, cmd)
	if r, refused := refusal.As(err); refused {
		return d.decided, r.Code, nil
	}
	return d.decided, "", err
}
