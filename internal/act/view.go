package act

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Viewing decides what a request may see and remembers what it saw.
type Viewing struct {
	By       access.Actor
	Purpose  string
	Ring     *seal.Keyring
	policies *access.Policies
	seen     access.Recorded
}

// See reports whether the actor may see r, and remembers that it was shown or
// withheld. Lists leave out what it says no to.
func (v *Viewing) See(r access.Resource) bool { return v.may("see", r) }

// Everywhere reports whether the actor sees every thing of a type, also those of
// cases that their office is no member of. A list asks it to know how far to
// read; nothing is shown by it, so nothing is remembered.
func (v *Viewing) Everywhere(typ string) bool {
	return v.policies.Decide(v.By, access.See, v.Purpose, access.Resource{Type: typ}).Allowed
}

// Anywhere reports whether the actor sees any thing of a type at all, be it of
// their own office: for whom it says no, nothing is read.
func (v *Viewing) Anywhere(typ string) bool {
	own := access.Resource{Type: typ, Offices: []string{v.By.Office}}
	return v.Everywhere(typ) || v.policies.Decide(v.By, access.See, v.Purpose, own).Allowed
}

// Must is See for a single object: what may not be seen is absent.
func (v *Viewing) Must(r access.Resource) error {
	if !v.See(r) {
		return refusal.NotFound()
	}
	return nil
}

// May asks about a finer thing than seeing, "read.body", "read.screening"…
func (v *Viewing) May(verb string, r access.Resource) bool { return v.may(verb, r) }

func (v *Viewing) may(verb string, r access.Resource) bool {
	dec := v.policies.Decide(v.By, verb, v.Purpose, r)
	if dec.Allowed {
		v.seen.Add(r, dec)
	} else {
		v.seen.Withhold(r)
	}
	return dec.Allowed
}

// OpenPart opens a sealed part of a fact; false if its body or key is gone, or
// is not here yet. Whether the reader may is decided before.
func (v *Viewing) OpenPart(tx *store.Tx, fact, part string, into any) (bool, error) {
	e, _, err := journal.Load(tx, fact)
	if errors.Is(err, journal.ErrForgotten) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("fact of a sealed part: %w", err)
	}
	p, ok := e.Part(part)
	if !ok {
		return false, nil
	}
	err = v.Ring.Open(tx, p, into)
	if errors.Is(err, seal.ErrNoKey) {
		return false, nil
	}
	return err == nil, err
}

// Own loads a fact that the reader made, for the purpose they made it for:
// what somebody took out of the node is read by nobody else, and for nothing else.
func Own[F any, PF interface {
	*F
	journal.Fact
}](tx *store.Tx, v *Viewing, id string) (e journal.Entry, f F, err error) {
	kind := PF(&f).Kind()
	e, m, err := journal.LoadOwn(tx, id, kind, v.By.User)
	switch {
	case errors.Is(err, sql.ErrNoRows) || errors.Is(err, journal.ErrForgotten):
		return e, f, refusal.NotFound()
	case err != nil:
		return e, f, err
	case e.Purpose != v.Purpose:
		return e, f, refusal.NotFound()
	}
	if err := json.Unmarshal(m.Act.Clear, &f); err != nil {
		return e, f, fmt.Errorf("%s: %w", kind, err)
	}
	return e, f, nil
}

// Readable is how long what somebody took out of the node can be read by them.
const Readable = time.Hour

// View is the one way to read: f loads what is asked on a snapshot, deciding
// for each object, and one access fact is committed before the result leaves.
// If that fact cannot be written, nothing is shown. Inside Together the fact is
// that of the whole request.
func View[T any](ctx context.Context, a *Acts, by access.Actor, purpose, what string, f func(tx *store.Tx, v *Viewing) (T, error)) (T, error) {
	var out, none T
	if !wire.KnownPurpose(purpose) {
		return none, refusal.New("access.purpose", "purpose", purpose)
	}
	v := &Viewing{By: by, Purpose: purpose, Ring: a.Ring, policies: a.Policies,
		seen: access.Recorded{Actor: by.User, Office: by.Office, Session: by.Session, Verb: "view." + what, Purpose: purpose}}
	err := a.DB.Read(ctx, func(tx *store.Tx) (err error) {
		return asOffice(tx, by, func() error {
			out, err = f(tx, v)
			if refusal.Is(err, "access.not_found") {
				v.seen.Miss(tx.Missed())
			}
			return err
		})
	})
	if r, ok := refusal.As(err); ok {
		v.seen.Refused = r.Code
	} else if err != nil {
		return none, err
	}
	l := look{by: by, seen: v.seen}
	if r, ok := ctx.Value(together{}).(*request); ok {
		if lerr := r.add(l); lerr != nil {
			return none, lerr
		}
	} else if lerr := a.keep(ctx, l); lerr != nil {
		return none, lerr
	}
	if err != nil {
		return none, err
	}
	return out, nil
}
