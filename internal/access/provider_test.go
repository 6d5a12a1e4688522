package access_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/provider"
	"github.com/oasiss/oasiss/internal/provider/providertest"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// agency is a door with a real provider, to which the one account is bound.
type agency struct {
	*door
	there *providertest.Server
}

func newAgency(t *testing.T, factor ...string) *agency {
	t.Helper()
	a := &agency{newDoor(t), providertest.Start(t)}
	a.there.Allow(providertest.Client, "https://us.example"+access.ProviderBack("agency"))
	a.there.As("sub-lrivera")
	a.Providers = []*provider.Provider{a.there.Provider("agency", providertest.Client, factor...)}
	a.binds("u1", "sub-lrivera")
	return a
}

func (a *agency) binds(user, subject string) {
	must(a.t, a.DB, func(tx *store.Tx) error {
		return access.Bind(tx, access.Binding{User: user, Issuer: a.there.Issuer, Subject: subject, From: a.now})
	})
}

// comes goes the whole way; change spoils something of it.
func (a *agency) comes(change func(way string, back *access.ProviderAnswer) string) (string, access.Actor, error) {
	a.t.Helper()
	way, ticket, err := a.BeginProvider("agency", true)
	if err != nil {
		return "", access.Actor{}, err
	}
	back := access.ProviderAnswer{ID: "agency", Ticket: ticket, Addr: "192.0.2.1"}
	if change != nil {
		way = change(way, &back)
	}
	code, state := a.there.Through(way)
	if back.State == "" {
		back.State = state
	}
	if back.Code == "" {
		back.Code = code
	}
	return a.SignInByProvider(a.t.Context(), back)
}

func TestProviderStandsForThePasswordAlone(t *testing.T) {
	a := newAgency(t)
	token, by, err := a.comes(nil)
	if err != nil || by.User != "u1" || by.Level != 1 || access.RuleSeen.Admits(by) == nil {
		t.Fatalf("%+v, %v", by, err)
	}
	a.enrol(by)
	if _, _, err := a.AskTOTP(t.Context(), by); err == nil {
		t.Error("a second factor is bound beside a passkey in a session of level 1") // R06
	}
	if err := a.SignOut(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	if _, err := a.FromToken(t.Context(), token, true); !refusal.Is(err, "access.sign_in_needed") {
		t.Errorf("signed out: %v", err)
	}
	if _, _, err := a.comes(nil); !errors.As(err, new(*access.SecondStep)) {
		t.Errorf("with a second factor: %v", err)
	}
}

// What the provider says of a sign-in counts as second factor where the settings
// say so for the office, and nowhere else.
func TestProvidersSecondFactorCountsWhereSettingsSay(t *testing.T) {
	a := newAgency(t, "desk")
	if _, by, err := a.comes(nil); err != nil || by.Level != 2 {
		t.Fatalf("%+v, %v", by, err)
	}
	b := newAgency(t, "another-office")
	if _, by, err := b.comes(nil); err != nil || by.Level != 1 {
		t.Fatalf("%+v, %v", by, err)
	}
}

// Whatever else comes back is answered as a wrong password is.
func TestProviderThatVouchesForNobodyHere(t *testing.T) {
	a := newAgency(t, "desk")
	wrong := func(name string, change func(way string, back *access.ProviderAnswer) string) {
		t.Helper()
		if token, _, err := a.comes(change); token != "" || !refusal.Is(err, "access.sign_in_refused") {
			t.Errorf("%s: %q, %v", name, token, err)
		}
	}
	wrong("another nonce", func(way string, _ *access.ProviderAnswer) string { return providertest.With(way, "nonce", "mine") })
	a.there.As("somebody-else")
	wrong("nobody's subject", nil)
	a.there.As("sub-lrivera")
	wrong("a refusal of the provider's", func(way string, back *access.ProviderAnswer) string { back.Code = "none"; return way })
	a.Providers[0].Now = func() time.Time { return time.Now().Add(2 * time.Hour) }
	wrong("an expired token", nil)
	a.Providers[0].Now = nil

	other := providertest.Start(t) // another issuer, which vouches for the same subject
	other.Allow(providertest.Client, "https://us.example"+access.ProviderBack("agency"))
	other.As("sub-lrivera")
	a.there.Swap(tokenOf(t, a, other, providertest.Client))
	wrong("another issuer", nil)
	a.there.Allow("other-client", "https://us.example"+access.ProviderBack("agency"))
	a.there.Swap("")
	a.there.Swap(tokenOf(t, a, a.there, "other-client"))
	wrong("another audience", nil)
	a.there.Swap("x.y.z")
	wrong("no token", nil)
	a.there.Swap("")

	must(t, a.DB, func(tx *store.Tx) error {
		return access.ChangeUser(tx, "u1", func(u *access.User) { u.Disabled = a.now })
	})
	wrong("a suspended account", nil)
	must(t, a.DB, func(tx *store.Tx) error {
		return access.ChangeUser(tx, "u1", func(u *access.User) { u.Disabled, u.Reset = time.Time{}, a.now })
	})
	wrong("a binding of before a reset", nil)
	if n := len(slices.DeleteFunc(a.kinds(), func(k string) bool { return k != "access.sign_in_failed.1" })); n != 10 { // one of them by the other issuer, for its token
		t.Errorf("%d failures are recorded", n)
	}
	a.now = a.now.Add(time.Minute)
	a.binds("u1", "sub-lrivera")
	a.now = a.now.Add(time.Minute)
	if _, _, err := a.comes(nil); err != nil {
		t.Errorf("bound anew: %v", err)
	}
}

// tokenOf is what a provider says to another client, or another provider to anybody.
func tokenOf(t *testing.T, a *agency, at *providertest.Server, client string) string {
	t.Helper()
	asked := &agency{&door{Guard: access.NewGuard(a.DB, a.Kinds, a.Policies, "us", "us", nil, a.Now), t: t, now: a.now}, at}
	asked.Ring, asked.Site, asked.Providers = a.Ring, a.Site, []*provider.Provider{at.Provider("agency", client)}
	_, _, _ = asked.comes(nil) // it is nobody here, or somebody: the token is wanted
	if at.Last() == "" {
		t.Fatal("no token was given")
	}
	return at.Last()
}

// A way back is gone once, by the browser that went there, while it is fresh.
func TestWayBackIsGoneOnce(t *testing.T) {
	a := newAgency(t, "desk")
	var kept access.ProviderAnswer
	if _, _, err := a.comes(func(way string, back *access.ProviderAnswer) string { kept = *back; return way }); err != nil {
		t.Fatal(err)
	}
	gone := func(name string, change func(way string, back *access.ProviderAnswer) string) {
		t.Helper()
		if token, _, err := a.comes(change); token != "" || !refusal.Is(err, "access.challenge_gone") {
			t.Errorf("%s: %q, %v", name, token, err)
		}
	}
	gone("another's state", func(way string, back *access.ProviderAnswer) string { back.State = "mine"; return way })
	gone("no ticket", func(way string, back *access.ProviderAnswer) string { back.Ticket = ""; return way })
	gone("another browser's ticket", func(way string, back *access.ProviderAnswer) string { back.Ticket = kept.Ticket; return way })
	gone("too late", func(way string, _ *access.ProviderAnswer) string { a.now = a.now.Add(6 * time.Minute); return way })
}

// A provider that is down is said to be, and every other way stays open.
func TestProviderThatIsAway(t *testing.T) {
	a := newAgency(t)
	a.there.Away(true)
	if _, _, err := a.BeginProvider("agency", true); !refusal.Is(err, "access.provider_away") {
		t.Errorf("before: %v", err)
	}
	a.there.Away(false)
	_, _, err := a.comes(func(way string, back *access.ProviderAnswer) string {
		back.Code, back.State = a.there.Through(way)
		return way
	})
	if err != nil {
		t.Fatalf("it is back: %v", err)
	}
	way, ticket, err := a.BeginProvider("agency", true)
	if err != nil {
		t.Fatal(err)
	}
	code, state := a.there.Through(way)
	a.there.Away(true)
	if _, _, err := a.SignInByProvider(t.Context(), access.ProviderAnswer{ID: "agency", Ticket: ticket, State: state, Code: code, Addr: "192.0.2.1"}); !refusal.Is(err, "access.provider_away") {
		t.Errorf("on the way back: %v", err)
	}
	if a.in() == "" {
		t.Error("the password opens nothing")
	}
	if _, _, err := a.BeginProvider("agency", false); !refusal.Is(err, "access.notice_required") {
		t.Errorf("without the notice: %v", err)
	}
}
