package access_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/authenticator"
	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
	"github.com/pquerna/otp/totp"
)

func testRing(t *testing.T) *seal.Keyring {
	t.Helper()
	r, err := seal.NewKeyring(sha256.Sum256([]byte(t.Name())))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (d *door) who(token string) access.Actor {
	d.t.Helper()
	by, err := d.FromToken(d.t.Context(), token, true)
	if err != nil {
		d.t.Fatal(err)
	}
	return by
}

// enrol registers a passkey of a new authenticator.
func (d *door) enrol(by access.Actor) *authenticator.Key {
	d.t.Helper()
	k, err := d.enrols(by)
	if err != nil {
		d.t.Fatal(err)
	}
	return k
}

func (d *door) enrols(by access.Actor) (*authenticator.Key, error) {
	d.t.Helper()
	ask, err := d.AskPasskey(d.t.Context(), by)
	if err != nil {
		return nil, err
	}
	k := authenticator.New(ask.RelyingParty)
	data, attestation, err := k.Register(ask.RelyingParty, ask.Origin, ask.Challenge)
	if err != nil {
		d.t.Fatal(err)
	}
	_, err = d.AddPasskey(d.t.Context(), by, access.Registration{Name: "Office telephone", Software: true, ClientData: data, Attestation: attestation})
	return k, err
}

// answers is what an authenticator answers to a node.
func (d *door) answers(k *authenticator.Key, ask access.Asked) access.Assertion {
	d.t.Helper()
	a, err := k.Assert(ask.RelyingParty, ask.Origin, ask.Challenge)
	if err != nil {
		d.t.Fatal(err)
	}
	return a
}

func (d *door) byPasskey(a access.Assertion) (string, error) {
	token, _, err := d.SignInByPasskey(d.t.Context(), a, access.SignIn{Addr: "192.0.2.1", Notice: true, Door: "web"})
	return token, err
}

// second gives the ticket of a right password.
func (d *door) second() string {
	d.t.Helper()
	_, err := d.try(right)
	var step *access.SecondStep
	if !errors.As(err, &step) {
		d.t.Fatalf("no second step is asked for: %v", err)
	}
	return step.Ticket
}

func (d *door) byCode(ticket, code string) (string, error) {
	token, _, err := d.SignInCode(d.t.Context(), ticket, code, "192.0.2.1", "web")
	return token, err
}

// app sets an authenticator app and gives its codes by time.
func (d *door) app(by access.Actor) func(time.Time) string {
	d.t.Helper()
	seed, ticket, err := d.AskTOTP(d.t.Context(), by)
	if err != nil {
		d.t.Fatal(err)
	}
	code := func(at time.Time) string {
		c, err := totp.GenerateCode(seed, at)
		if err != nil {
			d.t.Fatal(err)
		}
		return c
	}
	if err := d.SetTOTP(d.t.Context(), by, ticket, "000000"); !refusal.Is(err, "access.code_wrong") && code(d.now) != "000000" {
		d.t.Errorf("a wrong first code: %v", err)
	}
	if err := d.SetTOTP(d.t.Context(), by, ticket, code(d.now)); err != nil {
		d.t.Fatal(err)
	}
	return code
}

// R01: a password alone is level 1, which no rule of the programme admits;
// a passkey, or a password with a second factor, is level 2.
func TestR01SecondFactor(t *testing.T) {
	d := newDoor(t)
	bare := d.who(d.in())
	if bare.Level != 1 {
		t.Errorf("a password alone is level %d", bare.Level)
	}
	for rule, ok := range map[access.Rule]bool{access.RuleOpen: true, access.RuleSelf: true, access.RuleOwn: false, access.RuleSeen: false, access.RuleTaken: false} {
		if err := rule.Admits(bare); (err == nil) != ok || !ok && !refusal.Is(err, "access.second_factor_needed") {
			t.Errorf("%s with a password alone: %v", rule, err)
		}
	}
	k := d.enrol(bare)
	token, err := d.byPasskey(d.answers(k, d.AskSignIn()))
	if err != nil {
		t.Fatal(err)
	}
	by := d.who(token)
	if by.Level != 2 || by.User != "u1" || access.RuleTaken.Admits(by) != nil {
		t.Errorf("by passkey: %+v", by)
	}
	code := d.app(by)
	d.now = d.now.Add(time.Minute)
	if token, err = d.byCode(d.second(), code(d.now)); err != nil {
		t.Fatal(err)
	}
	if by := d.who(token); by.Level != 2 {
		t.Errorf("with a code: level %d", by.Level)
	}
	if got := d.kinds(); !slices.Contains(got, "access.passkey_registered.1") || !slices.Contains(got, "access.second_factor_set.1") {
		t.Errorf("the binding is not in the journal (R06): %q", got)
	}
}

// R02: wrong codes count as wrong passwords do: at the fifth the account locks,
// for the passkey too.
func TestR02WrongCodesLock(t *testing.T) {
	d := newDoor(t)
	by := d.who(d.in())
	k := d.enrol(by)
	ticket := d.second()
	for range 4 {
		if _, err := d.byCode(ticket, "nobody-s-code"); !refusal.Is(err, "access.sign_in_refused") {
			t.Fatal(err)
		}
	}
	if got := d.kinds(); !slices.Contains(got, "access.locked.1") {
		t.Fatalf("five tries and no lock: %q", got)
	}
	if _, err := d.byPasskey(d.answers(k, d.AskSignIn())); !refusal.Is(err, "access.passkey_refused") {
		t.Errorf("a locked account opens by passkey: %v", err)
	}
}

// R04: what was answered once opens nothing again; a session that ended is dead.
func TestR04AnswersServeOnce(t *testing.T) {
	d := newDoor(t)
	k := d.enrol(d.who(d.in()))
	a := d.answers(k, d.AskSignIn())
	token, err := d.byPasskey(a)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.byPasskey(a); !refusal.Is(err, "access.challenge_gone") {
		t.Errorf("an answer served twice: %v", err)
	}
	late := d.AskSignIn()
	d.now = d.now.Add(6 * time.Minute)
	if _, err := d.byPasskey(d.answers(k, late)); !refusal.Is(err, "access.challenge_gone") {
		t.Errorf("an old challenge: %v", err)
	}
	if err := d.SignOut(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	if _, err := d.FromToken(t.Context(), token, true); !refusal.Is(err, "access.sign_in_needed") {
		t.Error(err)
	}
}

// R06: with a second factor in force, a session by password alone binds none
// and takes none away; nobody's challenge serves another session.
func TestR06BindingNeedsTheSecondFactor(t *testing.T) {
	d := newDoor(t)
	first, other := d.who(d.in()), d.who(d.in())
	ask, err := d.AskPasskey(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	k := authenticator.New(ask.RelyingParty)
	data, attestation, err := k.Register(ask.RelyingParty, ask.Origin, ask.Challenge)
	if err != nil {
		t.Fatal(err)
	}
	r := access.Registration{Name: "x", ClientData: data, Attestation: attestation}
	if _, err := d.AddPasskey(t.Context(), other, r); !refusal.Is(err, "access.challenge_gone") {
		t.Errorf("the challenge of another session: %v", err)
	}
	if _, err := d.AddPasskey(t.Context(), first, r); err != nil {
		t.Fatal(err)
	}
	if _, err := d.enrols(other); !refusal.Is(err, "access.second_factor_needed") {
		t.Errorf("a password alone binds a passkey: %v", err)
	}
	for name, err := range map[string]error{
		"codes":  func() error { _, err := d.DrawRecovery(t.Context(), other); return err }(),
		"app":    func() error { _, _, err := d.AskTOTP(t.Context(), other); return err }(),
		"remove": d.RemovePasskey(t.Context(), other, k.Credential),
	} {
		if !refusal.Is(err, "access.second_factor_needed") {
			t.Errorf("%s with a password alone: %v", name, err)
		}
	}
	token, err := d.byPasskey(d.answers(k, d.AskSignIn()))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.RemovePasskey(t.Context(), d.who(token), k.Credential); err != nil {
		t.Fatal(err)
	}
	if _, err := d.byPasskey(d.answers(k, d.AskSignIn())); !refusal.Is(err, "access.passkey_refused") {
		t.Errorf("a passkey that was removed opens: %v", err)
	}
}

// R07: a session that is ended, and every session of an account that is taken
// out of use, dies at once.
func TestR07SessionsDieAtOnce(t *testing.T) {
	d := newDoor(t)
	k := d.enrol(d.who(d.in()))
	var tokens [2]string
	for i := range tokens {
		var err error
		if tokens[i], err = d.byPasskey(d.answers(k, d.AskSignIn())); err != nil {
			t.Fatal(err)
		}
	}
	first, second := d.who(tokens[0]), d.who(tokens[1])
	if err := d.EndOwn(t.Context(), first, second.Session); err != nil {
		t.Fatal(err)
	}
	if _, err := d.FromToken(t.Context(), tokens[1], true); !refusal.Is(err, "access.sign_in_needed") {
		t.Error(err)
	}
	if err := d.EndOwn(t.Context(), first, "nobodys"); !refusal.Is(err, "access.not_found") {
		t.Error(err)
	}
	must(t, d.DB, func(tx *store.Tx) error {
		return access.ChangeUser(tx, "u1", func(u *access.User) { u.Disabled = d.now })
	})
	if _, err := d.FromToken(t.Context(), tokens[0], true); !refusal.Is(err, "access.sign_in_needed") {
		t.Error(err)
	}
	if _, err := d.byPasskey(d.answers(k, d.AskSignIn())); !refusal.Is(err, "access.passkey_refused") {
		t.Error(err)
	}
}

// R08: no way of signing in goes past the use notice.
func TestR08NoticeBeforeEveryWay(t *testing.T) {
	d := newDoor(t)
	k := d.enrol(d.who(d.in()))
	if _, _, err := d.SignInByPasskey(t.Context(), d.answers(k, d.AskSignIn()), access.SignIn{Addr: "192.0.2.1", Door: "web"}); !refusal.Is(err, "access.notice_required") {
		t.Error(err)
	}
	if _, _, err := d.SignIn(t.Context(), access.SignIn{Login: "lrivera", Password: right, Addr: "192.0.2.1"}); !refusal.Is(err, "access.notice_required") {
		t.Error(err)
	}
}

// A code of the app is taken once, also within the time it is shown.
func TestCodeIsTakenOnce(t *testing.T) {
	d := newDoor(t)
	by := d.who(d.in())
	code := d.app(by)
	if _, err := d.byCode(d.second(), code(d.now)); !refusal.Is(err, "access.sign_in_refused") {
		t.Errorf("the code that set the app opens too: %v", err)
	}
	d.now = d.now.Add(time.Minute)
	if _, err := d.byCode(d.second(), code(d.now)); err != nil {
		t.Fatal(err)
	}
	if _, err := d.byCode(d.second(), code(d.now)); !refusal.Is(err, "access.sign_in_refused") {
		t.Errorf("a code served twice: %v", err)
	}
	d.now = d.now.Add(5 * time.Minute)
	if _, err := d.byCode(d.second(), code(d.now.Add(-3*time.Minute))); !refusal.Is(err, "access.sign_in_refused") {
		t.Errorf("an old code: %v", err)
	}
	if _, err := d.byCode("bm90IGEgdGlja2V0", code(d.now)); !refusal.Is(err, "access.challenge_gone") {
		t.Errorf("without a right password: %v", err)
	}
}

// One-time codes serve once each; drawing again voids those of before. Nothing
// that is secret stands in what the node stores, nor in its journal.
func TestRecoveryCodes(t *testing.T) {
	d := newDoor(t)
	by := d.who(d.in())
	codes, err := d.DrawRecovery(t.Context(), by)
	if err != nil || len(codes) != access.RecoveryCodes {
		t.Fatal(codes, err)
	}
	token, err := d.byCode(d.second(), strings.ToLower(codes[0]))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.byCode(d.second(), codes[0]); !refusal.Is(err, "access.sign_in_refused") {
		t.Errorf("a one-time code served twice: %v", err)
	}
	f, err := d.Factors(t.Context(), d.who(token))
	if err != nil || f.Recovery != access.RecoveryCodes-1 || f.Level != 2 {
		t.Errorf("%+v %v", f, err)
	}
	if _, err := d.DrawRecovery(t.Context(), d.who(token)); err != nil {
		t.Fatal(err)
	}
	if _, err := d.byCode(d.second(), codes[1]); !refusal.Is(err, "access.sign_in_refused") {
		t.Errorf("a code that was drawn anew serves: %v", err)
	}
	seed, ticket, err := d.AskTOTP(t.Context(), d.who(token))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(seed)
	if err != nil || strings.Contains(ticket, seed) {
		t.Fatal("the ticket tells the seed", err)
	}
	c, _ := totp.GenerateCode(seed, d.now)
	if err := d.SetTOTP(t.Context(), d.who(token), ticket, c); err != nil {
		t.Fatal(err)
	}
	must(t, d.DB, func(tx *store.Tx) error {
		var box []byte
		if err := tx.QueryRow(`SELECT box FROM totp`).Scan(&box); err != nil {
			return err
		}
		if bytes.Contains(box, raw) {
			t.Error("the seed lies open in the store")
		}
		n, err := journal.Size(tx)
		for seq := range n {
			_, m, err := journal.LoadSeq(tx, seq+1)
			if err != nil {
				return err
			}
			for what, secret := range map[string]string{"seed": seed, "one-time code": codes[2], "token": token, "ticket": ticket} {
				if bytes.Contains(m.Bytes(), []byte(secret)) {
					t.Errorf("the journal holds the %s", what)
				}
			}
		}
		return err
	})
}

// A reset voids everything that was bound before it.
func TestResetVoidsEveryFactor(t *testing.T) {
	d := newDoor(t)
	by := d.who(d.in())
	k := d.enrol(by)
	token, err := d.byPasskey(d.answers(k, d.AskSignIn()))
	if err != nil {
		t.Fatal(err)
	}
	by = d.who(token)
	d.app(by)
	if _, err := d.DrawRecovery(t.Context(), by); err != nil {
		t.Fatal(err)
	}
	d.now = d.now.Add(time.Minute)
	must(t, d.DB, func(tx *store.Tx) error {
		if err := access.ChangeUser(tx, "u1", func(u *access.User) { u.Reset = d.now }); err != nil {
			return err
		}
		return access.SaveSecret(tx, "u1", testSecret(), d.now.Add(time.Second))
	})
	d.now = d.now.Add(2 * time.Second)
	if _, err := d.byPasskey(d.answers(k, d.AskSignIn())); !refusal.Is(err, "access.passkey_refused") {
		t.Errorf("a passkey of before the reset opens: %v", err)
	}
	fresh := d.who(d.in()) // no second step: nothing is bound any more
	f, err := d.Factors(t.Context(), fresh)
	if err != nil || len(f.Passkeys) != 0 || !f.TOTP.IsZero() || f.Recovery != 0 || f.Level != 1 {
		t.Errorf("%+v %v", f, err)
	}
	d.enrol(fresh)
}

// A signature is the assertion over the act's digest, with what the node says
// of the passkey: whoever has the node's key alone verifies it.
func TestProofByPasskey(t *testing.T) {
	d := newDoor(t)
	k := d.enrol(d.who(d.in()))
	token, err := d.byPasskey(d.answers(k, d.AskSignIn()))
	if err != nil {
		t.Fatal(err)
	}
	by, digest := d.who(token), sha256.Sum256([]byte("an act"))
	proof, err := d.Prove(t.Context(), by, digest, d.answers(k, d.AskAct(digest)))
	if err != nil {
		t.Fatal(err)
	}
	keys := wire.Descriptor{Node: "us", SignKey: d.Sign.Public().(ed25519.PublicKey)}.ProofKeys()
	s, err := wire.VerifyProof(proof, digest, keys)
	if err != nil || s.Account != "u1" || s.Strength != wire.StrengthStrong || s.Held != wire.HeldSoftware {
		t.Errorf("%+v %v", s, err)
	}
	if _, err := wire.VerifyProof(proof, sha256.Sum256([]byte("another act")), keys); wire.CodeOf(err) != wire.CodeAltered {
		t.Error(err)
	}
	stranger := authenticator.New("us.example")
	for name, a := range map[string]access.Assertion{
		"another act":     d.answers(k, d.AskAct(sha256.Sum256([]byte("another act")))),
		"a sign-in":       d.answers(k, d.AskSignIn()),
		"unknown passkey": d.answers(stranger, d.AskAct(digest)),
		"nothing":         {},
	} {
		if _, err := d.Prove(t.Context(), by, digest, a); !refusal.Is(err, "access.passkey_refused") {
			t.Errorf("%s: %v", name, err)
		}
	}
	other := by
	other.User = "u2"
	if _, err := d.Prove(t.Context(), other, digest, d.answers(k, d.AskAct(digest))); !refusal.Is(err, "access.passkey_refused") {
		t.Errorf("somebody else's passkey: %v", err)
	}
}

// A counter that does not grow says that there is a copy: an alarm, and the
// passkey opens nothing any more.
func TestCounterThatDoesNotGrowIsAnAlarm(t *testing.T) {
	d := newDoor(t)
	k := d.enrol(d.who(d.in()))
	must(t, d.DB, func(tx *store.Tx) error {
		return tx.Exec(`INSERT INTO passkey_use (id, counter, used) VALUES ($1, $2, $3)`, k.Credential, 7, store.Micros(d.now))
	})
	if _, err := d.byPasskey(d.answers(k, d.AskSignIn())); !refusal.Is(err, "access.passkey_refused") {
		t.Errorf("a copy opens: %v", err)
	}
	if got := d.kinds(); !slices.Contains(got, "access.passkey_copied.1") {
		t.Errorf("no alarm: %q", got)
	}
	must(t, d.DB, func(tx *store.Tx) error { return tx.Exec(`UPDATE passkey_use SET counter = 0`) })
	if _, err := d.byPasskey(d.answers(k, d.AskSignIn())); !refusal.Is(err, "access.passkey_refused") {
		t.Errorf("it opens again: %v", err)
	}
}

// Who asks to sign in learns nothing of whether an account exists: the
// challenge names none, and a wrong answer by a passkey of somebody is refused
// as one by nobody's.
func TestPasskeysTellNothingOfAccounts(t *testing.T) {
	d := newDoor(t)
	k := d.enrol(d.who(d.in()))
	known, unknown := d.answers(k, d.AskSignIn()), d.answers(authenticator.New("us.example"), d.AskSignIn())
	known.Sig[len(known.Sig)-1] ^= 1
	_, a := d.byPasskey(known)
	_, b := d.byPasskey(unknown)
	if !refusal.Is(a, "access.passkey_refused") || a.Error() != b.Error() {
		t.Errorf("%v, %v", a, b)
	}
	if got := d.kinds(); slices.Contains(got, "access.locked.1") {
		t.Errorf("wrong answers lock: %q", got)
	}
}
