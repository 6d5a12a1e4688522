package access

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/oasiss/oasiss/authenticator"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Assertion is what a person's authenticator answered to a challenge: the
// members of a WebAuthn assertion.
type Assertion = authenticator.Assertion

// Asked is what a page or a program needs to ask an authenticator.
type Asked struct {
	Challenge    string `json:"challenge"` // base64url
	RelyingParty string `json:"relying_party"`
	Origin       string `json:"origin"` // of the node's pages, for programs that are no browser
}

// AskSignIn draws a challenge for signing in. It names no account and no
// passkey: the authenticator knows which it has for this node.
func (g *Guard) AskSignIn() Asked { return g.asked(g.newChallenge(challengeSignIn)) }

// AskAct is what signs an act: its digest is the challenge.
func (g *Guard) AskAct(digest [32]byte) Asked {
	return g.asked(base64.RawURLEncoding.EncodeToString(digest[:]))
}

func (g *Guard) asked(challenge string) Asked {
	return Asked{Challenge: challenge, RelyingParty: g.Site.RelyingParty, Origin: g.Site.Origins[0]}
}

// proofOf is an assertion as a proof by an account.
func proofOf(a Assertion, user string) wire.Proof {
	return wire.Proof{Method: wire.MethodPasskey, Signer: user, Key: a.Credential, Statement: a.ClientData, AuthData: a.AuthData, Sig: a.Sig}
}

// challengeOf is what an assertion says it answers; it is held against what was
// asked when the assertion is verified.
func challengeOf(a Assertion) string {
	var client struct {
		Challenge string `json:"challenge"`
	}
	_ = json.Unmarshal(a.ClientData, &client) // what is not JSON answers nothing
	return client.Challenge
}

// asserts finds the passkey of an assertion and verifies it over a challenge.
// errNoPasskey for an unknown one; an error of package wire for a wrong answer.
func (g *Guard) asserts(tx *store.Tx, a Assertion, challenge []byte) (Passkey, User, error) {
	p, u, err := loadPasskey(tx, a.Credential, g.Now())
	if err != nil {
		return p, u, err
	}
	k, err := p.key(g.Node, g.Site)
	if err != nil {
		return p, u, fmt.Errorf("stored passkey: %w", err)
	}
	return p, u, wire.VerifyAssertion(proofOf(a, u.ID), challenge, k)
}

// wrongAnswer reports whether an assertion does not hold, as against a fault.
func wrongAnswer(err error) bool { return errors.Is(err, errNoPasskey) || wire.CodeOf(err) != "" }

// SignInByPasskey opens a session by a passkey alone: it is two factors, what
// the person has and what unlocks it. Refusals: access.notice_required,
// access.too_many, access.challenge_gone, and access.passkey_refused for
// everything else. A wrong answer locks nobody's account: it cannot be guessed.
func (g *Guard) SignInByPasskey(ctx context.Context, a Assertion, s SignIn) (token string, by Actor, err error) {
	if !s.Notice {
		return "", by, refusal.New("access.notice_required")
	}
	t, err := g.try(ctx, journal.NewSeed(g.Now()), s.Addr, func(_ *store.Tx, t *attempt) error {
		t.subject = "passkey/" + s.Addr
		return nil
	})
	if err != nil {
		return "", by, err
	}
	if t.refused != "" {
		return "", by, refusal.TooMany("access.too_many")
	}
	challenge := challengeOf(a)
	raw, _ := base64.RawURLEncoding.DecodeString(challenge) // what is no base64url is no challenge of this node
	var with Passkey
	err = g.DB.Read(ctx, func(tx *store.Tx) error {
		p, u, err := g.asserts(tx, a, raw)
		with, t.user = p, &u
		return err
	})
	if err != nil && !wrongAnswer(err) {
		return "", by, err
	}
	right := err == nil
	if !right {
		t.user = nil
	}
	return g.open(ctx, t, opening{door: s.Door, how: HowPasskey, right: right, wrong: FailedPasskey, also: func(tx *store.Tx) error {
		if err := g.spend(tx, challengeSignIn, challenge); err != nil {
			return err
		}
		return g.used(tx, with, a, s.Addr)
	}})
}

// errCopied says that a passkey's counter did not grow. The alarm stays
// recorded: whoever gets this error must not roll it back.
var errCopied = errors.New("access: the passkey's counter did not grow")

// used keeps that a passkey was used; errCopied, with the alarm recorded, where
// its counter says that there is another one.
func (g *Guard) used(tx *store.Tx, p Passkey, a Assertion, addr string) error {
	grown, err := noteUse(tx, p.ID, proofOf(a, p.User).Counter(), g.Now())
	if err != nil || grown {
		return err
	}
	seed := journal.NewSeed(g.Now())
	if err := g.Record(tx, seed, nil, &PasskeyCopied{User: p.User, Passkey: p.ID, Addr: addr}); err != nil {
		return err
	}
	return errCopied
}

// Prove takes the assertion of a person over the digest of an act: a
// strong signature, with what the node says of the passkey. Refusal:
// access.passkey_refused.
func (g *Guard) Prove(ctx context.Context, by Actor, digest [32]byte, a Assertion) (wire.Proof, error) {
	refused := refusal.New("access.passkey_refused")
	p := proofOf(a, by.User)
	var copied bool
	err := g.DB.Write(ctx, func(tx *store.Tx) error {
		with, u, err := g.asserts(tx, a, digest[:])
		switch {
		case wrongAnswer(err) || err == nil && u.ID != by.User:
			return refused
		case err != nil:
			return err
		}
		if !u.Usable(g.Now()) {
			return refusal.Unauthenticated("access.locked")
		}
		copied = false
		if err := g.used(tx, with, a, "session/"+by.Session); errors.Is(err, errCopied) {
			copied = true
			return nil // the alarm is kept
		} else if err != nil {
			return err
		}
		p.Enrolment, err = g.enrolment(with)
		return err
	})
	if copied {
		err = refused
	}
	return p, err
}

// enrolment is what the node says of a passkey, signed by its key of today.
func (g *Guard) enrolment(p Passkey) (string, error) {
	s, err := wire.SignEnrolment(wire.Enrolment{Node: g.Node, Account: p.User, Credential: p.ID, Alg: p.Alg, Public: p.Public,
		RelyingParty: g.Site.RelyingParty, Origins: g.Site.Origins, Held: p.Held, Fact: p.Fact, Since: p.Since, At: g.Now()}, g.Sign)
	if err != nil {
		return "", fmt.Errorf("enrolment: %w", err)
	}
	return s, nil
}
