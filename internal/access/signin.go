package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// NoticeVersion names the use notice that is acknowledged before signing in
// (CJIS AC-8). Its text is access.notice.* in both languages.
const NoticeVersion = "1"

// SignIn is what a person gives at the door.
type SignIn struct {
	Login    string
	Password string
	Addr     string // network address, without port
	Notice   bool   // the use notice was shown and acknowledged
	Door     string // "web", or "api" for the command line and programs
}

// SignIn opens a session and gives its token, shown to nobody but the person.
// Refusals: access.notice_required; access.too_many from an address with many
// failures; access.sign_in_refused for everything else, after the same work.
func (g *Guard) SignIn(ctx context.Context, s SignIn) (token string, by Actor, err error) {
	if !s.Notice {
		return "", by, refusal.New("access.notice_required")
	}
	seed := journal.NewSeed(g.Now())
	a, err := g.try(ctx, seed, s.Addr, func(tx *store.Tx, a *attempt) error {
		a.subject = g.stranger(s.Login)
		u, err := UserByLogin(tx, s.Login)
		return g.known(tx, a, u, err)
	})
	if err != nil {
		return "", by, err
	}
	right, err := VerifySecret(ctx, a.secret, s.Password)
	if err != nil {
		return "", by, err
	}
	if a.refused == FailedAddress {
		return "", by, refusal.TooMany("access.too_many")
	}
	token, by, err = g.open(ctx, a, s.Door, right)
	if err != nil {
		return "", Actor{}, err
	}
	g.renew(ctx, a, s.Password)
	return token, by, nil
}

// try counts one attempt before any password is looked at.
func (g *Guard) try(ctx context.Context, seed journal.Seed, addr string, find func(*store.Tx, *attempt) error) (attempt, error) {
	var a attempt
	err := g.DB.Write(ctx, func(tx *store.Tx) error {
		a = attempt{id: seed.Draw(nil).ID(), addr: addr}
		if err := find(tx, &a); err != nil {
			return err
		}
		return g.begin(tx, seed, &a)
	})
	return a, err
}

// open ends a try: a session, or the record of a failure.
func (g *Guard) open(ctx context.Context, a attempt, door string, right bool) (token string, by Actor, err error) {
	seed := journal.NewSeed(g.Now())
	raw := make([]byte, 32)
	rand.Read(raw) //nolint:errcheck // never fails (crypto/rand)
	token = base64.RawURLEncoding.EncodeToString(raw)
	var answer error
	err = g.DB.Write(ctx, func(tx *store.Tx) error {
		answer = nil
		reason, err := g.standing(tx, a, right, &by)
		if err != nil {
			return err
		}
		if reason != "" {
			answer = errSignIn()
			return g.failed(tx, seed, a, reason)
		}
		if err := passed(tx, a); err != nil {
			return err
		}
		by.Session = seed.Draw(nil).ID()
		if err := addSession(tx, by, sha256.Sum256([]byte(token)), door, a.addr, seed.Now); err != nil {
			return err
		}
		return g.Record(tx, next(seed), &by, &SignedIn{User: by.User, Session: by.Session, Door: door, Addr: a.addr, Notice: NoticeVersion})
	})
	return token, by, errors.Join(err, answer)
}

// next is a seed for further draws of the same instant: the session's id and
// the fact's must differ.
func next(s journal.Seed) journal.Seed {
	s.Seed = sha256.Sum256(s.Seed[:])
	return s
}

// standing says why a try fails, or "" when it does not.
func (g *Guard) standing(tx *store.Tx, a attempt, right bool, by *Actor) (string, error) {
	switch {
	case a.refused != "":
		return a.refused, nil
	case a.user == nil:
		return FailedName, nil
	}
	u, err := LoadUser(tx, a.user.ID)
	if err != nil {
		return "", err
	}
	switch {
	case !u.Locked.IsZero():
		return FailedLocked, nil // by another try, meanwhile
	case !right:
		return FailedSecret, nil
	}
	*by, err = actor(tx, u, g.Node, g.Country, g.Now())
	if errors.Is(err, ErrUnusable) {
		return FailedDisabled, nil
	}
	return "", err
}

// renew hashes a password again where the stored cost is not today's. Failing
// to do so changes nothing for the person.
func (g *Guard) renew(ctx context.Context, a attempt, password string) {
	if _, _, c, err := parseSecret(a.secret); err != nil || c == cost19MiB {
		return
	}
	phc, err := HashSecret(ctx, password)
	if err != nil {
		return
	}
	//nolint:errcheck // tried again at the next sign-in
	g.DB.Write(ctx, func(tx *store.Tx) error { return SaveSecret(tx, a.user.ID, phc, g.Now()) })
}

// Reauthenticate confirms that the person signed in is still the one at the
// keyboard. Failures count like those of signing in; at the fifth the account
// locks and this session ends. Refusals: access.password,
// access.too_many, access.locked.
func (g *Guard) Reauthenticate(ctx context.Context, by Actor, password string) error {
	seed := journal.NewSeed(g.Now())
	a, err := g.try(ctx, seed, "session", func(tx *store.Tx, a *attempt) error {
		u, err := LoadUser(tx, by.User)
		if err != nil {
			return err
		}
		a.addr = "session/" + by.Session
		return g.known(tx, a, u, nil)
	})
	if err != nil {
		return err
	}
	right, err := VerifySecret(ctx, a.secret, password)
	if err != nil {
		return err
	}
	return g.confirm(ctx, a, by, right)
}

func (g *Guard) confirm(ctx context.Context, a attempt, by Actor, right bool) error {
	seed := journal.NewSeed(g.Now())
	var answer error
	err := g.DB.Write(ctx, func(tx *store.Tx) error {
		var now Actor
		reason, err := g.standing(tx, a, right, &now)
		if err != nil {
			return err
		}
		switch reason {
		case "":
			answer = nil
			return passed(tx, a)
		case FailedSecret:
			reason, answer = FailedConfirm, refusal.New("access.password")
		case FailedLocked, FailedDisabled:
			answer = refusal.Unauthenticated("access.locked")
		default:
			answer = refusal.TooMany("access.too_many")
		}
		if err := g.failed(tx, seed, a, reason); err != nil {
			return err
		}
		u, err := LoadUser(tx, by.User)
		if err == nil && !u.Locked.IsZero() {
			answer = refusal.Unauthenticated("access.locked")
			return g.Record(tx, next(seed), nil, &SessionEnded{User: by.User, Session: by.Session})
		}
		return err
	})
	return errors.Join(err, answer)
}

// Prove confirms the person by password and states it, signed by the node, for
// the digest of an act: a weak signature, resting on the node alone.
func (g *Guard) Prove(ctx context.Context, by Actor, digest [32]byte, password string) (wire.Proof, error) {
	if by.User == "" {
		return wire.Proof{}, refusal.New("access.password")
	}
	if err := g.Reauthenticate(ctx, by, password); err != nil {
		return wire.Proof{}, err
	}
	p, err := wire.SignPassword(g.Node, by.User, digest, g.Now(), g.Sign)
	if err != nil {
		return p, fmt.Errorf("statement: %w", err)
	}
	return p, nil
}
