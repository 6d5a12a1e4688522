package access_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/oasiss/oasiss/authenticator"
	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// strong is a session with a second factor, and the passkey that opened it.
func (d *door) strong() (string, *authenticator.Key) {
	d.t.Helper()
	k := d.enrol(d.who(d.in()))
	token, err := d.byPasskey(d.answers(k, d.AskSignIn()))
	if err != nil {
		d.t.Fatal(err)
	}
	return token, k
}

func (d *door) stands(token string) string {
	d.t.Helper()
	s, err := d.Screen(d.t.Context(), token)
	if err != nil {
		d.t.Fatal(err)
	}
	return s.State
}

// R03: the screen locks, then the session ends, by the node's clock to the second.
func TestR03IdleLocksThenEnds(t *testing.T) {
	for _, c := range []struct {
		after       time.Duration
		code, state string
	}{
		{25*time.Minute - time.Second, "", access.ScreenOpen},
		{25 * time.Minute, "access.screen_locked", access.ScreenLocked},
		{30*time.Minute - time.Second, "access.screen_locked", access.ScreenLocked},
		{30 * time.Minute, "access.sign_in_needed", access.ScreenOver},
		{30*time.Minute + time.Second, "access.sign_in_needed", access.ScreenOver},
	} {
		d := newDoor(t)
		token, _ := d.strong()
		d.now = d.now.Add(c.after)
		if got := d.stands(token); got != c.state {
			t.Errorf("after %v: %s, want %s", c.after, got, c.state)
		}
		_, err := d.FromToken(t.Context(), token, true)
		if (c.code == "") != (err == nil) || c.code != "" && !refusal.Is(err, c.code) {
			t.Errorf("after %v: %v, want %q", c.after, err, c.code)
		}
	}
}

// R03: a page that refreshes itself keeps nobody in.
func TestR03OnlyAPersonKeepsASessionOpen(t *testing.T) {
	d := newDoor(t)
	token, _ := d.strong()
	for range 24 {
		d.now = d.now.Add(time.Minute)
		if _, err := d.FromToken(t.Context(), token, false); err != nil {
			t.Fatal(err)
		}
	}
	d.now = d.now.Add(time.Minute)
	if _, err := d.FromToken(t.Context(), token, false); !refusal.Is(err, "access.screen_locked") {
		t.Error(err)
	}
}

// R03: a program has no screen; its session only ends. The time can be set.
func TestR03WhatLocks(t *testing.T) {
	d := newDoor(t)
	d.LockAfter = 10 * time.Minute
	web, k := d.strong()
	api, _, err := d.SignInByPasskey(t.Context(), d.answers(k, d.AskSignIn()), access.SignIn{Addr: "192.0.2.1", Notice: true, Door: "api"})
	if err != nil {
		t.Fatal(err)
	}
	d.now = d.now.Add(10 * time.Minute)
	if got := d.stands(web); got != access.ScreenLocked {
		t.Errorf("the pages' session is %s", got)
	}
	if _, err := d.FromToken(t.Context(), api, true); err != nil {
		t.Errorf("a program's session: %v", err)
	}
}

// R04: twelve hours end a session however much it is used.
func TestR04AbsoluteEnd(t *testing.T) {
	d := newDoor(t)
	token, _ := d.strong()
	start := d.now
	for d.now.Before(start.Add(12*time.Hour - 20*time.Minute)) {
		d.now = d.now.Add(20 * time.Minute)
		if _, err := d.FromToken(t.Context(), token, true); err != nil {
			t.Fatalf("used every 20 minutes, dead after %v: %v", d.now.Sub(start), err)
		}
	}
	d.now = start.Add(12 * time.Hour)
	if _, err := d.FromToken(t.Context(), token, true); !refusal.Is(err, "access.sign_in_needed") {
		t.Errorf("after twelve hours: %v", err)
	}
}

// A session by password alone, as a founder's first, ends after a quarter of an
// hour however much it is used.
func TestR04PasswordAloneEndsSoon(t *testing.T) {
	d := newDoor(t)
	token := d.in()
	for range 14 {
		d.now = d.now.Add(time.Minute)
		d.who(token)
	}
	d.now = d.now.Add(time.Minute - time.Microsecond)
	d.who(token)
	d.now = d.now.Add(time.Microsecond)
	if _, err := d.FromToken(t.Context(), token, true); !refusal.Is(err, "access.sign_in_needed") {
		t.Error(err)
	}
	must(t, d.DB, func(tx *store.Tx) error {
		n, err := access.SessionsInForce(tx, d.now)
		if n != 0 {
			t.Errorf("%d sessions are said to be in force", n)
		}
		return err
	})
}

// R03: a lock opens by a passkey of its person, once by each answer, and to
// nobody else's.
func TestR03UnlockByPasskey(t *testing.T) {
	d := newDoor(t)
	token, k := d.strong()
	must(t, d.DB, func(tx *store.Tx) error {
		return errors.Join(access.SaveUser(tx, access.User{ID: "u2", Login: "other", Name: "Otra Persona", Office: "desk", Lang: "es"}), access.SaveSecret(tx, "u2", testSecret(), d.now))
	})
	weak, _, err := d.SignIn(t.Context(), access.SignIn{Login: "other", Password: right, Addr: "192.0.2.9", Notice: true, Door: "web"})
	if err != nil {
		t.Fatal(err)
	}
	stranger := d.enrol(d.who(weak))
	by := d.who(token)
	d.now = d.now.Add(26 * time.Minute)
	unlock := func(a access.Assertion) error { return d.UnlockByPasskey(t.Context(), token, a) }
	if err := unlock(d.answers(stranger, d.AskUnlock(by))); !refusal.Is(err, "access.unlock_refused") {
		t.Errorf("somebody else's passkey: %v", err)
	}
	if err := unlock(d.answers(k, d.AskSignIn())); !refusal.Is(err, "access.challenge_gone") {
		t.Errorf("an answer to another question: %v", err)
	}
	if got := d.stands(token); got != access.ScreenLocked {
		t.Fatalf("the screen is %s", got)
	}
	answer := d.answers(k, d.AskUnlock(by))
	if err := unlock(answer); err != nil {
		t.Fatal(err)
	}
	if again := d.who(token); again.Session != by.Session || again.Level != 2 {
		t.Errorf("%+v after %+v", again, by)
	}
	d.now = d.now.Add(25 * time.Minute)
	if err := unlock(answer); err == nil || d.stands(token) != access.ScreenLocked {
		t.Errorf("an answer served twice: %v", err)
	}
	for range 5 {
		_ = unlock(d.answers(stranger, d.AskUnlock(by)))
	}
	if err := unlock(d.answers(k, d.AskUnlock(by))); !refusal.Is(err, "access.too_many") {
		t.Errorf("after many wrong answers: %v", err)
	}
}

// R03: a lock opens by password and code, says alike which was wrong, and the
// fifth failure locks the account and ends the session.
func TestR03UnlockByPasswordAndCode(t *testing.T) {
	d := newDoor(t)
	token, _ := d.strong()
	code := d.app(d.who(token))
	d.now = d.now.Add(26 * time.Minute)
	for _, c := range [][2]string{{right, "000000"}, {right, ""}, {"wrong password here", code(d.now)}, {"wrong password here", ""}} {
		if err := d.UnlockByPassword(t.Context(), token, c[0], c[1]); !refusal.Is(err, "access.unlock_refused") {
			t.Errorf("%q: %v", c, err)
		}
	}
	if err := d.UnlockByPassword(t.Context(), token, right, code(d.now)); err != nil {
		t.Fatal(err)
	}
	d.who(token)
	d.now = d.now.Add(25 * time.Minute)
	for range 4 {
		_ = d.UnlockByPassword(t.Context(), token, "wrong password here", "")
	}
	if err := d.UnlockByPassword(t.Context(), token, right, ""); !refusal.Is(err, "access.locked") {
		t.Errorf("the fifth failure: %v", err)
	}
	if got := d.stands(token); got != access.ScreenOver {
		t.Errorf("the session of a locked account is %s", got)
	}
	if !slices.Contains(d.kinds(), "access.locked.1") {
		t.Error("the account is not locked")
	}
}

// A locked session can be signed out of.
func TestR03SignOutOfALockedScreen(t *testing.T) {
	d := newDoor(t)
	token, _ := d.strong()
	d.now = d.now.Add(26 * time.Minute)
	if err := d.SignOut(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	if got := d.stands(token); got != access.ScreenOver {
		t.Error(got)
	}
}
