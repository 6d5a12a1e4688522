package act

import (
	"context"
	"errors"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// look is what somebody looked at, as its access fact says it.
type look struct {
	by   access.Actor
	seen access.Recorded
}

// keep commits the access fact of a look: who looks does not wait for those who
// write.
func (a *Acts) keep(ctx context.Context, l look) error {
	seed := journal.NewSeed(a.Now())
	return a.DB.Ahead(ctx, func(tx *store.Tx) error {
		seen := l.seen
		return a.seen(tx, seed.Draw(a.Ring), l.by, l.seen.Purpose, &seen)
	})
}

// together is the key of a request in its context.
type together struct{}

// request gathers the looks of one request into one.
type request struct {
	*look
	shown bool // a look of it was not refused
	ended bool // its access fact is made: nothing more joins it
}

// Faults of the program: one access fact cannot say that two people looked, or
// for two purposes, nor what was looked at after it was made.
var (
	errTwoPurposes = errors.New("act: one request for two purposes")
	errAfterwards  = errors.New("act: looked at after the request's access fact was made")
)

// Together makes one request of what f looks at: every View that is given f's
// context joins one access fact, which lists all that was shown and withheld,
// under the name of the first thing looked at. It is committed before Together
// returns, so nothing of what f read may leave before; if it cannot be written
// the request is refused. A request that looks at nothing leaves no fact. An
// act that f takes keeps a fact of its own. f does not look from several
// goroutines.
func (a *Acts) Together(ctx context.Context, f func(ctx context.Context) error) error {
	r := &request{}
	err := f(context.WithValue(ctx, together{}, r))
	r.ended = true
	no, refused := refusal.As(err)
	if r.look == nil || err != nil && !refused {
		return err
	}
	switch {
	case refused:
		r.seen.Refused = no.Code
	case r.shown: // part of it was refused, which is among what was withheld
		r.seen.Refused = ""
	}
	if kept := a.keep(ctx, *r.look); kept != nil {
		return kept
	}
	return err
}

func (r *request) add(l look) error {
	if r.ended {
		return errAfterwards
	}
	r.shown = r.shown || l.seen.Refused == ""
	if r.look == nil {
		r.look = &l
		return nil
	}
	if l.seen.Purpose != r.seen.Purpose || l.seen.Session != r.seen.Session || l.by.User != r.by.User {
		return errTwoPurposes
	}
	r.seen.Join(l.seen)
	return nil
}
