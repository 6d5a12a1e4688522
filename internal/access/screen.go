package access

import (
	"context"
	"encoding/base64"
	"errors"
	"time"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// A screen that nobody uses is locked before its session ends (R03): the node
// refuses the session everything until its person shows again that they are
// there, and open pages hide what they show. Nothing is kept of it: a screen is
// locked because its session was not used for so long.
const (
	ScreenAfter      = 25 * time.Minute // unless the node is told otherwise
	ScreenAfterLeast = time.Minute
	ScreenAfterMost  = SessionIdle - time.Minute
)

// States of the screen of a session.
const (
	ScreenOpen   = "open"
	ScreenLocked = "locked"
	ScreenOver   = "over" // there is no session any more
)

// Screen is how a session's screen stands.
type Screen struct {
	State string        // one of the states
	Left  time.Duration // until it locks, if it is open
	By    Actor         // whose it is, unless it is over
}

// Screen tells how the screen of a token's session stands. Asking is no use of it.
func (g *Guard) Screen(ctx context.Context, token string) (Screen, error) {
	by, s, err := g.whose(ctx, token)
	if _, refused := refusal.As(err); refused {
		return Screen{State: ScreenOver}, nil
	}
	if err != nil {
		return Screen{}, err
	}
	now := g.Now()
	if g.screenLocked(s, now) {
		return Screen{State: ScreenLocked, By: by}, nil
	}
	at := s.ends()
	if lock := s.Seen.Add(g.lockAfter()); lock.Before(at) {
		at = lock
	}
	return Screen{State: ScreenOpen, Left: at.Sub(now), By: by}, nil
}

// lockAfter is how long a session can stay unused before its screen locks.
func (g *Guard) lockAfter() time.Duration {
	if g.LockAfter == 0 {
		return ScreenAfter
	}
	return g.LockAfter
}

// LocksIn is how long a page that was just drawn for somebody who asked for it
// can stay as it is: their session's use may have been written down earlier.
func (g *Guard) LocksIn() time.Duration { return max(g.lockAfter()-seenEvery, time.Second) }

// screenLocked reports whether a session's screen is locked. A program has none.
func (g *Guard) screenLocked(s Session, now time.Time) bool {
	return s.Door == doorWeb && !now.Before(s.Seen.Add(g.lockAfter()))
}

// doorWeb is the door of sessions that have a screen.
const doorWeb = "web"

// AskUnlock draws a challenge for the lock of one session.
func (g *Guard) AskUnlock(by Actor) Asked {
	return g.asked(g.newChallenge(challengeUnlock + by.Session))
}

// UnlockByPasskey opens a locked screen by a passkey of the person whose session
// it is. Refusals: access.sign_in_needed, access.too_many,
// access.challenge_gone, and access.unlock_refused for everything else.
func (g *Guard) UnlockByPasskey(ctx context.Context, token string, a Assertion) error {
	by, s, err := g.whose(ctx, token)
	if err != nil {
		return err
	}
	seed, from := journal.NewSeed(g.Now()), "session/"+s.ID
	t, err := g.try(ctx, seed, from, func(_ *store.Tx, t *attempt) error {
		t.subject = "unlock/" + s.ID
		return nil
	})
	if err != nil {
		return err
	}
	if t.refused != "" {
		return refusal.TooMany("access.too_many")
	}
	challenge := challengeOf(a)
	raw, _ := base64.RawURLEncoding.DecodeString(challenge) // what is no base64url is no challenge of this node
	var answer error
	err = g.DB.Write(ctx, func(tx *store.Tx) error {
		answer = nil
		with, u, err := g.asserts(tx, a, raw)
		if err != nil && !wrongAnswer(err) {
			return err
		}
		if err == nil && u.ID == by.User {
			if err := g.spend(tx, challengeUnlock+s.ID, challenge); err != nil {
				return err
			}
			if err = g.used(tx, with, a, from); err == nil {
				return errors.Join(passed(tx, t), seen(tx, s.ID, g.Now()))
			}
			if !errors.Is(err, errCopied) {
				return err
			}
		}
		answer = refusal.New("access.unlock_refused")
		return g.Record(tx, next(seed), nil, &SignInFailed{User: by.User, Reason: FailedPasskey, Addr: from})
	})
	return errors.Join(err, answer)
}

// UnlockByPassword opens a locked screen by the password of the person whose
// session it is and a code, where their account has a second factor. Failures
// count like those of signing in; at the fifth the account locks and the session
// ends. Refusals: access.sign_in_needed, access.unlock_refused whichever of the
// two was wrong, access.too_many, access.locked.
func (g *Guard) UnlockByPassword(ctx context.Context, token, password, code string) error {
	by, s, err := g.whose(ctx, token)
	if err != nil {
		return err
	}
	return g.confirm(ctx, by, password, confirming{wrong: "access.unlock_refused", check: func(tx *store.Tx, u User) (bool, error) {
		has, err := g.hasFactor(tx, u)
		if err != nil || !has {
			return !has, err
		}
		how, err := g.secondRight(tx, u, code)
		return how != "", err
	}, also: func(tx *store.Tx) error { return seen(tx, s.ID, g.Now()) }})
}
