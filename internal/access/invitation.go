package access

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// InvitationLife is how long one half of a one-time link can be used.
const InvitationLife = 72 * time.Hour

// Invite draws one half of the one-time link with which a person sets their
// own password. The two people who made or reset the account draw one half
// each and hand it over themselves: neither of them alone can become that
// person. Drawing again voids the half drawn before. The code is shown once.
// Refusals: access.not_found, access.invite_not_yours, access.invite_later.
func (g *Guard) Invite(ctx context.Context, by Actor, user string) (code string, err error) {
	seed := journal.NewSeed(g.Now())
	code, hash := newCode()
	seen := Recorded{Actor: by.User, Office: by.Office, Session: by.Session, Verb: "user.invite", Purpose: wire.PurposeAdministration}
	err = g.DB.Write(ctx, func(tx *store.Tx) error {
		res := Resource{Type: "credential", ID: user, Attrs: map[string]any{AttrSubject: user}}
		decision := g.Policies.Decide(by, "user.invite", wire.PurposeAdministration, res)
		if !decision.Allowed {
			return refusal.NotFound()
		}
		u, err := LoadUser(tx, user)
		if errors.Is(err, ErrNoUser) {
			return refusal.NotFound()
		}
		if err != nil {
			return err
		}
		switch {
		case by.User == user || !slices.Contains(u.Invite, by.User):
			return refusal.New("access.invite_not_yours")
		case g.Now().Before(u.InviteAt):
			return refusal.Conflict("access.invite_later", "From", u.InviteAt.UTC().Format(time.RFC3339))
		}
		if err := tx.Exec(`INSERT INTO invitation (hash, user_id, holder, expires) VALUES ($1, $2, $3, $4)
			ON CONFLICT (user_id, holder) DO UPDATE SET hash = excluded.hash, expires = excluded.expires`,
			hash, user, by.User, store.Micros(seed.Now.Add(InvitationLife))); err != nil {
			return fmt.Errorf("invitation: %w", err)
		}
		drawn := seen // the writer may run this twice
		drawn.Add(res, decision)
		return g.Record(tx, seed, &by, &Invited{User: user, Holder: by.User}, &drawn)
	})
	if no, refused := refusal.As(err); refused {
		return "", g.refusedTo(ctx, by, seen, no)
	}
	if err != nil {
		return "", err
	}
	return code, nil
}

// refusedTo journals that something of accounts was refused to somebody, by
// code (R27), and gives the refusal. If that cannot be written they hear of the
// fault.
func (g *Guard) refusedTo(ctx context.Context, by Actor, seen Recorded, no *refusal.Refusal) error {
	seen.Refused = no.Code
	seed := journal.NewSeed(g.Now())
	if err := g.DB.Write(ctx, func(tx *store.Tx) error { return g.Record(tx, seed, &by, &seen) }); err != nil {
		return err
	}
	return no
}

// Redeem spends both halves of a one-time link and sets the person's own
// password. Refusals: access.link_unknown, access.too_many, and those of
// CheckPassword. A refused password spends nothing.
func (g *Guard) Redeem(ctx context.Context, half, other, password, addr string) error {
	seed := journal.NewSeed(g.Now())
	a, err := g.try(ctx, seed, addr, func(tx *store.Tx, a *attempt) error {
		a.subject = "link/" + addr
		u, err := g.invited(tx, half, other)
		if _, no := refusal.As(err); no {
			return nil
		}
		a.user = &u
		return err
	})
	if err != nil {
		return err
	}
	if a.refused != "" {
		return refusal.TooMany("access.too_many")
	}
	if a.user == nil {
		err := g.DB.Write(ctx, func(tx *store.Tx) error {
			return g.Record(tx, next(seed), nil, &SignInFailed{Reason: FailedLink, Addr: addr})
		})
		return errors.Join(err, refusal.New("access.link_unknown"))
	}
	if err := CheckPassword(password, a.user.Login, a.user.Name, a.user.Office); err != nil {
		return err
	}
	phc, err := HashSecret(ctx, password)
	if err != nil {
		return err
	}
	return g.DB.Write(ctx, func(tx *store.Tx) error {
		u, err := g.invited(tx, half, other)
		if err != nil {
			return err
		}
		if err := passed(tx, a); err != nil {
			return err
		}
		return g.set(tx, seed, u, phc, &CredentialSet{User: u.ID, How: "invitation", Addr: addr})
	})
}

// invited finds the account that two halves belong to: drawn by two different
// people, neither expired.
func (g *Guard) invited(tx *store.Tx, half, other string) (User, error) {
	var user string
	err := tx.QueryRow(`SELECT a.user_id FROM invitation a JOIN invitation b ON b.user_id = a.user_id AND b.holder <> a.holder
		WHERE a.hash = $1 AND b.hash = $2 AND a.expires > $3 AND b.expires > $3`,
		codeHash(half), codeHash(other), store.Micros(g.Now())).Scan(&user)
	if err != nil {
		return User{}, none(err, "access.link_unknown")
	}
	return LoadUser(tx, user)
}

// set stores a secret, ends every session of before and spends the halves.
func (g *Guard) set(tx *store.Tx, seed journal.Seed, u User, phc string, f *CredentialSet) error {
	if err := SaveSecret(tx, u.ID, phc, seed.Now); err != nil {
		return fmt.Errorf("secret: %w", err)
	}
	if err := EndSessions(tx, u.ID); err != nil {
		return fmt.Errorf("sessions: %w", err)
	}
	if err := tx.Exec(`DELETE FROM invitation WHERE user_id = $1`, u.ID); err != nil {
		return fmt.Errorf("invitation: %w", err)
	}
	by := Actor{User: u.ID, Name: u.Name, Office: u.Office, Lang: u.Lang}
	return g.Record(tx, next(seed), &by, f)
}

// ChangePassword sets a new password after confirming the old one; every
// session of the account ends, also this one.
func (g *Guard) ChangePassword(ctx context.Context, by Actor, old, password string) error {
	if err := g.Reauthenticate(ctx, by, old); err != nil {
		return err
	}
	if err := CheckPassword(password, by.Name, by.Office); err != nil {
		return err
	}
	phc, err := HashSecret(ctx, password)
	if err != nil {
		return err
	}
	seed := journal.NewSeed(g.Now())
	return g.DB.Write(ctx, func(tx *store.Tx) error {
		u, err := LoadUser(tx, by.User)
		if err != nil {
			return err
		}
		return g.set(tx, seed, u, phc, &CredentialSet{User: u.ID, How: "change"})
	})
}
