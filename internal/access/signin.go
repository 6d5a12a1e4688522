package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
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

// SecondStep is the answer to a right password where the account has a second
// factor: the ticket, given back with a code (Guard.SignInCode), opens a session.
type SecondStep struct{ Ticket string }

// Error implements error.
func (*SecondStep) Error() string { return "access: a second factor is needed" }

// SignIn opens a session and gives its token, shown to nobody but the person;
// a *SecondStep where the account has a second factor. Without one the session
// is of level 1: it sees to the account and to nothing else. Refusals: access.notice_required; access.too_many from an address with many
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
	if err := g.pause(ctx, a); err != nil {
		return "", by, err
	}
	right, err := VerifySecret(ctx, a.secret, s.Password)
	if err != nil {
		return "", by, err
	}
	if a.refused == FailedAddress {
		return "", by, refusal.TooMany("access.too_many")
	}
	token, by, err = g.open(ctx, a, opening{door: s.Door, how: HowPassword, right: right, wrong: FailedSecret, second: true})
	if step := (*SecondStep)(nil); errors.As(err, &step) {
		g.renew(ctx, a, s.Password)
	}
	if err != nil {
		return "", Actor{}, err
	}
	g.renew(ctx, a, s.Password)
	return token, by, nil
}

// SignInCode is the second step: a code of an app or a one-time code, with the
// ticket of the first. Refusals: access.challenge_gone, access.too_many, and
// access.sign_in_refused for a wrong code as for everything else.
func (g *Guard) SignInCode(ctx context.Context, ticket, code, addr, door string) (token string, by Actor, err error) {
	t, err := g.unseal("second step", ticket)
	if err != nil {
		return "", by, refusal.Conflict("access.challenge_gone")
	}
	a, err := g.try(ctx, journal.NewSeed(g.Now()), addr, func(tx *store.Tx, a *attempt) error {
		u, err := LoadUser(tx, t.User)
		if err == nil && u.voided(t.At, g.Now()) {
			return refusal.Conflict("access.challenge_gone")
		}
		return g.known(tx, a, u, err)
	})
	if err != nil {
		return "", by, err
	}
	if a.refused == FailedAddress {
		return "", by, refusal.TooMany("access.too_many")
	}
	if err := g.pause(ctx, a); err != nil {
		return "", by, err
	}
	o := opening{door: door, right: true, wrong: FailedCode}
	o.check = func(tx *store.Tx, u User) (string, error) {
		how, err := g.secondRight(tx, u, code)
		if after, ok := afterProvider[how]; ok && t.How == HowProvider {
			how = after
		}
		return how, err
	}
	return g.open(ctx, a, o)
}

// afterProvider is how a session is opened by a code that followed a provider's word.
var afterProvider = map[string]string{HowTOTP: HowProviderTOTP, HowRecovery: HowProviderRecovery}

// opening is how a try would open a session.
type opening struct {
	door   string
	how    string
	right  bool   // what was given is right
	wrong  string // reason that is kept where it is not
	second bool   // a second factor is asked for where the account has one
	// check is what is looked at in the transaction: how the session is opened,
	// "" where what was given is wrong.
	check func(*store.Tx, User) (string, error)
	also  func(*store.Tx) error // what is done with it besides
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
func (g *Guard) open(ctx context.Context, a attempt, o opening) (token string, by Actor, err error) {
	seed := journal.NewSeed(g.Now())
	raw := make([]byte, 32)
	rand.Read(raw) //nolint:errcheck // never fails (crypto/rand)
	token = base64.RawURLEncoding.EncodeToString(raw)
	var answer error
	err = g.DB.Write(ctx, func(tx *store.Tx) error {
		answer = nil
		how, reason, err := g.opens(tx, a, o, &by)
		if step := (*SecondStep)(nil); errors.As(err, &step) {
			answer = err
			return nil
		}
		if err != nil {
			return err
		}
		if reason != "" {
			answer = errSignIn()
			if o.how == HowPasskey {
				answer = refusal.Unauthenticated("access.passkey_refused")
			}
			return g.failed(tx, seed, a, reason)
		}
		if err := passed(tx, a); err != nil {
			return err
		}
		by.Session = seed.Draw(nil).ID()
		s := Session{ID: by.Session, How: how, User: by.User, Door: o.door, Addr: a.addr, Made: seed.Now, Seen: seed.Now}
		by.Level = s.Level()
		if err := addSession(tx, sha256.Sum256([]byte(token)), s); err != nil {
			return err
		}
		return g.Record(tx, next(seed), &by, &SignedIn{User: by.User, Session: by.Session, Door: o.door, Addr: a.addr, Notice: NoticeVersion, How: how})
	})
	if err = errors.Join(err, answer); err != nil {
		return "", Actor{}, err
	}
	return token, by, nil
}

// opens says how a try opens a session, or the reason why it fails; a
// *SecondStep where a second factor is asked for first.
func (g *Guard) opens(tx *store.Tx, a attempt, o opening, by *Actor) (how, reason string, err error) {
	if reason, err = g.standing(tx, a, o.right, o.wrong, by); reason != "" || err != nil {
		return "", reason, err
	}
	how = o.how
	u, err := LoadUser(tx, by.User)
	if err != nil {
		return "", "", err
	}
	if o.second {
		has, err := g.hasFactor(tx, u)
		if err != nil {
			return "", "", err
		}
		if has {
			return "", "", &SecondStep{Ticket: g.seal("second step", ticketOf{User: u.ID, At: g.Now(), How: o.how})}
		}
	}
	if o.check != nil {
		if how, err = o.check(tx, u); err != nil || how == "" {
			return "", o.wrong, err
		}
	}
	if o.also != nil {
		if err := o.also(tx); errors.Is(err, errCopied) {
			return "", o.wrong, nil
		} else if err != nil {
			return "", "", err
		}
	}
	return how, "", nil
}

// next is a seed for further draws of the same instant: the session's id and
// the fact's must differ.
func next(s journal.Seed) journal.Seed {
	s.Seed = sha256.Sum256(s.Seed[:])
	return s
}

// standing says why a try fails, or "" when it does not.
func (g *Guard) standing(tx *store.Tx, a attempt, right bool, wrong string, by *Actor) (string, error) {
	switch {
	case a.refused != "":
		return a.refused, nil
	case a.user == nil && (wrong == FailedPasskey || wrong == FailedProvider):
		return wrong, nil
	case a.user == nil:
		return FailedName, nil
	}
	u, err := LoadUser(tx, a.user.ID)
	if err != nil {
		return "", err
	}
	switch {
	case !u.Locked.IsZero(), !u.Barred.IsZero() && (wrong == FailedSecret || wrong == FailedCode):
		return FailedLocked, nil // by another try, meanwhile
	case !right:
		return wrong, nil
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
	return g.confirm(ctx, by, password, confirming{wrong: "access.password"})
}

// confirming is what a confirmation by password asks besides, and does.
type confirming struct {
	wrong string                              // refusal of what is not right
	check func(*store.Tx, User) (bool, error) // of what was given with the password; nil asks nothing
	also  func(*store.Tx) error               // done with it; nil does nothing
}

func (g *Guard) confirm(ctx context.Context, by Actor, password string, c confirming) error {
	a, err := g.try(ctx, journal.NewSeed(g.Now()), "session/"+by.Session, func(tx *store.Tx, a *attempt) error {
		u, err := LoadUser(tx, by.User)
		if err != nil {
			return err
		}
		return g.known(tx, a, u, nil)
	})
	if err != nil {
		return err
	}
	if err := g.pause(ctx, a); err != nil {
		return err
	}
	right, err := VerifySecret(ctx, a.secret, password)
	if err != nil {
		return err
	}
	var answer error
	err = g.DB.Write(ctx, func(tx *store.Tx) error {
		reason, err := g.confirms(tx, a, c, right)
		if err != nil {
			return err
		}
		switch reason {
		case "":
			answer = nil
			if c.also != nil {
				err = c.also(tx)
			}
			return errors.Join(err, passed(tx, a))
		case FailedConfirm, FailedCode:
			answer = refusal.New(c.wrong)
		case FailedLocked, FailedDisabled:
			answer = refusal.Unauthenticated("access.locked")
		default:
			answer = refusal.TooMany("access.too_many")
		}
		ended, err := g.confirmFailed(tx, a, by, reason)
		if ended {
			answer = refusal.Unauthenticated("access.locked")
		}
		return err
	})
	return errors.Join(err, answer)
}

// confirms says why a confirmation fails, or "" when it does not.
func (g *Guard) confirms(tx *store.Tx, a attempt, c confirming, right bool) (reason string, err error) {
	var now Actor
	if reason, err = g.standing(tx, a, right, FailedConfirm, &now); reason != "" || err != nil || c.check == nil {
		return reason, err
	}
	ok, err := c.check(tx, *a.user)
	if err != nil || ok {
		return "", err
	}
	return FailedCode, nil
}

// confirmFailed keeps a confirmation that failed, and ends the session where the
// account is locked by it.
func (g *Guard) confirmFailed(tx *store.Tx, a attempt, by Actor, reason string) (ended bool, err error) {
	seed := journal.NewSeed(g.Now())
	if err := g.failed(tx, seed, a, reason); err != nil {
		return false, err
	}
	u, err := LoadUser(tx, by.User)
	if err != nil || u.Locked.IsZero() {
		return false, err
	}
	return true, g.Record(tx, next(seed), nil, &SessionEnded{User: by.User, Session: by.Session})
}
