package mail

import (
	"context"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Own are somebody's own letters, and what they chose.
type Own struct {
	Choice  Choice   `json:"choice"`
	Refused bool     `json:"refused"` // the mail server refuses the address
	Letters []Letter `json:"letters"` // newest first
}

// most letters that are listed.
const mostListed = 50

// List tells somebody of their own letters: what kind of thing waits, and since
// when. What it is, the page says that it leads to, to whoever may see it then.
func List(ctx context.Context, a *act.Acts, by access.Actor) (Own, error) {
	return act.View(ctx, a, by, wire.PurposeAdministration, "mail", func(tx *store.Tx, v *act.Viewing) (o Own, err error) {
		if err := v.Must(own(by.User)); err != nil {
			return o, err
		}
		if o.Choice, err = choiceOf(tx, by.User); err != nil {
			return o, err
		}
		if o.Letters, err = letters(tx, `user_id = $1 ORDER BY at DESC, number LIMIT $2`, by.User, mostListed); err != nil {
			return o, err
		}
		if o.Letters == nil {
			o.Letters = []Letter{}
		}
		for _, l := range o.Letters {
			o.Refused = o.Refused || l.Refused
		}
		return o, nil
	})
}

// Lead is where a letter leads.
type Lead struct {
	Type   string `json:"type"` // referral, alert, proposal, accord, reveal, case, notice, task
	Object string `json:"object"`
}

// Open tells what one of one's own letters leads to; another's number and none
// are the same. Nothing of it is shown by that.
func Open(ctx context.Context, a *act.Acts, by access.Actor, number string) (Lead, error) {
	return act.View(ctx, a, by, wire.PurposeAdministration, "mail", func(tx *store.Tx, v *act.Viewing) (Lead, error) {
		if err := v.Must(own(by.User)); err != nil {
			return Lead{}, err
		}
		mine, err := letters(tx, `number = $1 AND user_id = $2`, plain(number), by.User)
		if err != nil {
			return Lead{}, err
		}
		if len(mine) == 0 {
			return Lead{}, refusal.NotFound()
		}
		return Lead{Type: mine[0].about.Type, Object: mine[0].about.Object}, nil
	})
}
