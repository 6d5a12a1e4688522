package access_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/store/storetest"
)

const right = "nopal tren lluvia 7"

// door is a guard whose clock the test sets, with one account "lrivera".
type door struct {
	*access.Guard
	t   *testing.T
	now time.Time

	mu     sync.Mutex
	pauses []time.Duration // that tries waited, or would have
}

var testSecret = sync.OnceValue(func() string {
	phc, err := access.HashSecret(context.Background(), right)
	if err != nil {
		panic(err)
	}
	return phc
})

func newDoor(t *testing.T) *door {
	t.Helper()
	k := journal.NewKinds()
	access.Facts(k)
	seed := sha256.Sum256([]byte(t.Name()))
	d := &door{t: t, now: time.Date(2026, 6, 9, 14, 0, 0, 0, time.UTC)}
	d.Guard = access.NewGuard(storetest.Open(t), k, policies(t), "us", "us", ed25519.NewKeyFromSeed(seed[:]), func() time.Time { return d.now })
	d.Pause = func(_ context.Context, p time.Duration) error {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.pauses = append(d.pauses, p)
		return nil
	}
	d.Ring, d.Site = testRing(t), access.Site{RelyingParty: "us.example", Origins: []string{"https://us.example"}}
	must(t, d.DB, func(tx *store.Tx) error {
		if err := access.SaveOffice(tx, access.Office{ID: "desk", Kind: access.OfficeCase}); err != nil {
			return err
		}
		if err := access.SaveUser(tx, access.User{ID: "u1", Login: "lrivera", Name: "Lucía Rivera", Office: "desk", Lang: "es"}); err != nil {
			return err
		}
		if err := access.SaveGrant(tx, access.Grant{User: "u1", Role: access.RoleMP}); err != nil {
			return err
		}
		return access.SaveSecret(tx, "u1", testSecret(), d.now)
	})
	return d
}

func (d *door) try(password string) (string, error) {
	token, _, err := d.SignIn(d.t.Context(), access.SignIn{Login: "LRivera ", Password: password, Addr: "192.0.2.1", Notice: true, Door: "web"})
	return token, err
}

func (d *door) in() string {
	d.t.Helper()
	token, err := d.try(right)
	if err != nil {
		d.t.Fatal(err)
	}
	return token
}

func (d *door) fails(n int) {
	d.t.Helper()
	for range n {
		if _, err := d.try("wrong password here"); !refusal.Is(err, "access.sign_in_refused") {
			d.t.Fatalf("a wrong password gave %v", err)
		}
	}
}

// kinds lists the facts recorded, in order.
func (d *door) kinds() (out []string) {
	must(d.t, d.DB, func(tx *store.Tx) error {
		out = nil
		n, err := journal.Size(tx)
		if err != nil {
			return err
		}
		for seq := range n {
			e, _, err := journal.LoadSeq(tx, seq+1)
			if err != nil {
				return err
			}
			out = append(out, e.Kind)
		}
		return nil
	})
	return out
}

func TestSignInAndWhoItIs(t *testing.T) {
	d := newDoor(t)
	token := d.in()
	by, err := d.FromToken(t.Context(), token, true)
	if err != nil {
		t.Fatal(err)
	}
	if by.User != "u1" || by.Office != "desk" || by.Lang != "es" || !slices.Equal(by.Roles, []string{"mp"}) || by.Session == "" {
		t.Errorf("%+v", by)
	}
	if got := d.kinds(); !slices.Equal(got, []string{"access.signed_in.1"}) {
		t.Error(got)
	}
	if _, err := d.FromToken(t.Context(), "not a token", true); !refusal.Is(err, "access.sign_in_needed") {
		t.Error(err)
	}
}

func TestTheNoticeComesFirst(t *testing.T) {
	d := newDoor(t)
	_, _, err := d.SignIn(t.Context(), access.SignIn{Login: "lrivera", Password: right, Addr: "192.0.2.1"})
	if !refusal.Is(err, "access.notice_required") {
		t.Error(err)
	}
}

func TestSignOutKillsTheSession(t *testing.T) {
	d := newDoor(t)
	token := d.in()
	for range 2 { // signing out twice is signing out
		if err := d.SignOut(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.FromToken(t.Context(), token, true); !refusal.Is(err, "access.sign_in_needed") {
		t.Error(err)
	}
	if got := d.kinds(); !slices.Equal(got, []string{"access.signed_in.1", "access.session_ended.1"}) {
		t.Error(got)
	}
}

func TestFifthFailureLocks(t *testing.T) {
	d := newDoor(t)
	d.fails(4)
	d.in() // signing in forgets the failures
	d.fails(5)
	if _, err := d.try(right); !refusal.Is(err, "access.sign_in_refused") {
		t.Errorf("the sixth try, with the right password: %v", err)
	}
	d.now = d.now.Add(24 * time.Hour)
	if _, err := d.try(right); !refusal.Is(err, "access.sign_in_refused") {
		t.Errorf("locked accounts do not open by waiting: %v", err)
	}
	if n := strings.Count(strings.Join(d.kinds(), " "), "access.password_locked.1"); n != 1 {
		t.Errorf("locked %d times", n)
	}
	must(t, d.DB, func(tx *store.Tx) error { return access.Release(tx, "u1") })
	d.in()
}

// Whoever guesses at somebody's password keeps that person from nothing: the
// pages that stand open go on, a passkey opens others, and signs.
func TestGuessingKeepsNobodyFromAnAlert(t *testing.T) {
	d := newDoor(t)
	token := d.in()
	by := d.who(token)
	key := d.enrol(by)
	for range 7 {
		_, _, err := d.SignIn(t.Context(), access.SignIn{Login: "lrivera", Password: "wrong password here", Addr: "198.51.100.9", Notice: true, Door: "web"})
		if !refusal.Is(err, "access.sign_in_refused") {
			t.Fatal(err)
		}
	}
	if _, err := d.FromToken(t.Context(), token, true); err != nil {
		t.Errorf("the page that stood open: %v", err)
	}
	if _, err := d.byPasskey(d.answers(key, d.AskSignIn())); err != nil {
		t.Errorf("by passkey: %v", err)
	}
	if _, err := d.Prove(t.Context(), by, [32]byte{1}, d.answers(key, d.AskAct([32]byte{1}))); err != nil {
		t.Errorf("signing: %v", err)
	}
	if _, err := d.try(right); !refusal.Is(err, "access.sign_in_refused") {
		t.Errorf("the right password, while it is locked: %v", err)
	}
}

// R02: each wrong try at an account makes the next wait longer, up to a stated
// most; a name that does not exist waits as long, a passkey never does, and the
// right password forgets what was wrong before.
func TestR02WrongTriesWaitLonger(t *testing.T) {
	d := newDoor(t)
	key := d.enrol(d.who(d.in()))
	waits := func(login string, tries int) []time.Duration {
		d.pauses = nil
		for range tries {
			_, _, err := d.SignIn(t.Context(), access.SignIn{Login: login, Password: "wrong password here", Addr: "198.51.100.9", Notice: true, Door: "web"})
			if !refusal.Is(err, "access.sign_in_refused") {
				t.Fatal(err)
			}
		}
		return d.pauses
	}
	known, unknown := waits("lrivera", 8), waits("nobody-at-all", 8)
	ms := time.Millisecond
	if want := []time.Duration{250 * ms, 500 * ms, 1000 * ms, 2000 * ms, 4000 * ms, 8000 * ms, 8000 * ms}; !slices.Equal(known, want) || !slices.Equal(unknown, want) {
		t.Errorf("waited %v, and %v for a name that does not exist; want %v", known, unknown, want)
	}
	d.pauses = nil
	if _, err := d.byPasskey(d.answers(key, d.AskSignIn())); err != nil || len(d.pauses) > 0 {
		t.Errorf("by passkey, after all that: %v, waited %v", err, d.pauses)
	}
	must(t, d.DB, func(tx *store.Tx) error { return access.Release(tx, "u1") })
	d.now = d.now.Add(15 * time.Minute)
	waits("lrivera", 2)
	if _, err := d.byCode(d.second(), "nobody-s-code"); !refusal.Is(err, "access.sign_in_refused") || len(d.pauses) != 3 {
		t.Errorf("the right password and a wrong code: %v, waited %v", err, d.pauses)
	}
	d.now = d.now.Add(15 * time.Minute)
	d.pauses = nil
	d.second()
	if len(d.pauses) > 0 {
		t.Errorf("a quarter of an hour later it waits %v", d.pauses)
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	d.Pause = nil
	waited := time.Now()
	_, _, err := d.SignIn(gone, access.SignIn{Login: "lrivera", Password: right, Addr: "198.51.100.9", Notice: true, Door: "web"})
	if err == nil || time.Since(waited) > 5*time.Second {
		t.Errorf("whoever went away: %v", err)
	}
}

func TestFailuresFadeAfterTheWindow(t *testing.T) {
	d := newDoor(t)
	d.fails(4)
	d.now = d.now.Add(15 * time.Minute)
	d.fails(4)
	d.in()
}

func TestManyTriesAtOnceAreNotMoreThanFive(t *testing.T) {
	d := newDoor(t)
	var wg sync.WaitGroup
	for range 12 {
		wg.Go(func() {
			_, err := d.try("wrong password here")
			if !refusal.Is(err, "access.sign_in_refused") {
				t.Errorf("%v", err)
			}
		})
	}
	wg.Wait()
	if _, err := d.try(right); err == nil {
		t.Error("twelve tries at once did not lock the account")
	}
}

func TestAnUnknownNameIsToldTheSame(t *testing.T) {
	d := newDoor(t)
	for range 6 {
		_, _, err := d.SignIn(t.Context(), access.SignIn{Login: "Secreto que alguien tecleó aquí", Password: right, Addr: "192.0.2.9", Notice: true})
		if !refusal.Is(err, "access.sign_in_refused") {
			t.Fatal(err)
		}
	}
	raw := storetest.Raw(t, d.DB)
	for _, secret := range []string{"tecleó", right} {
		if bytes.Contains(bytes.ToLower(raw), []byte(strings.ToLower(secret))) {
			t.Errorf("the database holds %q", secret)
		}
	}
}

func TestOneAddressIsSlowedDown(t *testing.T) {
	d := newDoor(t)
	from := func(i int) error {
		_, _, err := d.SignIn(t.Context(), access.SignIn{Login: "nobody" + string(rune('a'+i)), Password: "wrong password here", Addr: "192.0.2.66", Notice: true})
		return err
	}
	for i := range 30 {
		if err := from(i % 10); !refusal.Is(err, "access.sign_in_refused") {
			t.Fatalf("try %d: %v", i, err)
		}
	}
	if err := from(11); !refusal.Is(err, "access.too_many") {
		t.Errorf("the 31st: %v", err)
	}
	d.in() // from elsewhere
	d.now = d.now.Add(15 * time.Minute)
	if err := from(1); !refusal.Is(err, "access.sign_in_refused") {
		t.Errorf("after the window: %v", err)
	}
}

func TestDisabledEndsAtOnce(t *testing.T) {
	d := newDoor(t)
	token := d.in()
	must(t, d.DB, func(tx *store.Tx) error {
		return access.ChangeUser(tx, "u1", func(u *access.User) { u.Disabled = d.now })
	})
	if _, err := d.FromToken(t.Context(), token, true); !refusal.Is(err, "access.sign_in_needed") {
		t.Error(err)
	}
	if _, err := d.try(right); !refusal.Is(err, "access.sign_in_refused") {
		t.Error(err)
	}
}

func TestRolesAreThoseInForceNow(t *testing.T) {
	d := newDoor(t)
	token := d.in()
	roles := func() []string {
		by, err := d.FromToken(t.Context(), token, true)
		if err != nil {
			t.Fatal(err)
		}
		return by.Roles
	}
	must(t, d.DB, func(tx *store.Tx) error {
		return access.SaveGrant(tx, access.Grant{User: "u1", Role: access.RoleAdviser, Since: d.now.Add(10 * time.Minute)})
	})
	if got := roles(); !slices.Equal(got, []string{"mp"}) {
		t.Error(got)
	}
	d.now = d.now.Add(10 * time.Minute)
	if got := roles(); !slices.Equal(got, []string{"adviser", "mp"}) {
		t.Error(got)
	}
	must(t, d.DB, func(tx *store.Tx) error { return access.EndGrant(tx, "u1", access.RoleMP) })
	if got := roles(); !slices.Equal(got, []string{"adviser"}) {
		t.Error(got)
	}
}

func TestResetVoidsSecretAndSessionsWhenItTakesEffect(t *testing.T) {
	d := newDoor(t)
	token := d.in()
	must(t, d.DB, func(tx *store.Tx) error {
		return access.ChangeUser(tx, "u1", func(u *access.User) { u.Reset = d.now.Add(time.Minute) })
	})
	if _, err := d.FromToken(t.Context(), token, true); err != nil {
		t.Fatalf("before it takes effect: %v", err)
	}
	d.now = d.now.Add(time.Minute)
	if _, err := d.FromToken(t.Context(), token, true); !refusal.Is(err, "access.sign_in_needed") {
		t.Error(err)
	}
	if _, err := d.try(right); !refusal.Is(err, "access.sign_in_refused") {
		t.Error(err)
	}
}

func TestConfirmingCountsLikeSigningIn(t *testing.T) {
	d := newDoor(t)
	token := d.in()
	by, err := d.FromToken(t.Context(), token, true)
	if err != nil {
		t.Fatal(err)
	}
	key := d.enrol(by)
	for range 4 {
		if err := d.Reauthenticate(t.Context(), by, "wrong password here"); !refusal.Is(err, "access.password") {
			t.Fatal(err)
		}
	}
	if err := d.Reauthenticate(t.Context(), by, "wrong password here"); !refusal.Is(err, "access.locked") {
		t.Errorf("the fifth: %v", err)
	}
	if _, err := d.FromToken(t.Context(), token, true); !refusal.Is(err, "access.sign_in_needed") {
		t.Errorf("the session outlived the lock: %v", err)
	}
	if _, err := d.Prove(t.Context(), by, [32]byte{}, d.answers(key, d.AskAct([32]byte{}))); !refusal.Is(err, "access.locked") {
		t.Errorf("a locked account still signs: %v", err)
	}
}

func TestChangingThePasswordEndsEverySession(t *testing.T) {
	d := newDoor(t)
	token := d.in()
	by, err := d.FromToken(t.Context(), token, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.ChangePassword(t.Context(), by, right, "short"); !refusal.Is(err, "access.password_short") {
		t.Error(err)
	}
	if err := d.ChangePassword(t.Context(), by, right, "otra frase bien larga 9"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.FromToken(t.Context(), token, true); !refusal.Is(err, "access.sign_in_needed") {
		t.Error(err)
	}
	if _, err := d.try(right); err == nil {
		t.Error("the old password still works")
	}
	if _, err := d.try("otra frase bien larga 9"); err != nil {
		t.Error(err)
	}
}

func TestOneTimeLinkTakesBothHalves(t *testing.T) {
	d := newDoor(t)
	must(t, d.DB, func(tx *store.Tx) error {
		return access.SaveUser(tx, access.User{ID: "u2", Login: "jperez", Name: "Julián Pérez", Office: "desk", Lang: "es", Invite: []string{"a", "b"}, InviteAt: d.now})
	})
	who := func(id string) access.Actor {
		return access.Actor{User: id, Office: "desk", Node: "us", Roles: []string{"coordinator"}}
	}
	half := func(id string) string {
		code, err := d.Invite(t.Context(), who(id), "u2")
		if err != nil {
			t.Fatal(err)
		}
		return code
	}
	if _, err := d.Invite(t.Context(), who("c"), "u2"); !refusal.Is(err, "access.invite_not_yours") {
		t.Error(err)
	}
	if _, err := d.Invite(t.Context(), access.Actor{User: "a", Office: "desk", Roles: []string{"admin"}}, "u2"); !refusal.Is(err, "access.not_found") {
		t.Error(err)
	}
	a, old, b := half("a"), half("b"), half("b")
	set := func(one, two, password string) error {
		return d.Redeem(t.Context(), one, two, password, "192.0.2.7")
	}
	for _, c := range [][2]string{{a, a}, {a, old}, {b, b}, {a, "AAAAA-BBBBB-CCCCC-DDDDD"}} {
		if err := set(c[0], c[1], right); !refusal.Is(err, "access.link_unknown") {
			t.Errorf("%v", err)
		}
	}
	d.now = d.now.Add(16 * time.Minute) // failed links are slowed down too
	if err := set(a, b, "jperez oasiss 1"); !refusal.Is(err, "access.password_common") {
		t.Error(err)
	}
	if err := set(strings.ToLower(b), strings.ReplaceAll(a, "-", " "), "otra frase bien larga 9"); err != nil {
		t.Fatal(err)
	}
	if err := set(a, b, "otra frase bien larga 9"); !refusal.Is(err, "access.link_unknown") {
		t.Errorf("the link served twice: %v", err)
	}
	if _, _, err := d.SignIn(t.Context(), access.SignIn{Login: "jperez", Password: "otra frase bien larga 9", Addr: "192.0.2.7", Notice: true}); err != nil {
		t.Error(err)
	}
}

func TestSessionsAreListedAndSwept(t *testing.T) {
	d := newDoor(t)
	d.in()
	d.now = d.now.Add(time.Minute)
	d.in()
	list := func() (out []access.Session) {
		must(t, d.DB, func(tx *store.Tx) (err error) { out, err = access.Sessions(tx, "u1", d.now); return err })
		return out
	}
	if got := list(); len(got) != 2 || !got[0].Made.After(got[1].Made) {
		t.Errorf("%+v", got)
	}
	d.now = d.now.Add(access.SessionBare)
	if got := list(); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	if err := d.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
}
