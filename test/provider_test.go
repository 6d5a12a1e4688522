package test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/provider"
	"github.com/oasiss/oasiss/internal/provider/providertest"
	"github.com/oasiss/oasiss/wire"
)

// TestSignInThroughTheAgency goes the whole way of an official whose agency has
// an identity provider, in the node's pages and at a real provider over TLS: two
// people bind the account, the provider opens it as a password would, and what
// it does not know looks like a wrong password.
func TestSignInThroughTheAgency(t *testing.T) {
	there := providertest.Start(t)
	w := emptyWorld(t)
	w.providers = []*provider.Provider{there.Provider("agency", providertest.Client)}
	w.raise("us")
	there.Allow(providertest.Client, w.web["us"]+access.ProviderBack("agency"))
	bind := map[string]any{"user": w.account("kestrelle"), "issuer": there.Issuer, "subject": "sub-kestrelle", "reason": "The agency has its own provider."}
	one := w.take("us", "whitfield", wire.PurposeAdministration, "user.bind", bind)
	if _, err := w.as("us", "whitfield", wire.PurposeAdministration).Take(t.Context(), "proposal.approve", "", map[string]any{"proposal": one}); err == nil {
		t.Error("one person bound an account")
	}

	v := w.visitor(t)
	comes := func(subject, lang string) page {
		t.Helper()
		v.post("/language", url.Values{"language": {lang}, "back": {"/sign-in"}})
		there.As(subject)
		p := v.post("/sign-in/provider", url.Values{"provider": {"agency"}, "notice": {"yes"}})
		way := strings.TrimPrefix(p.header.Get("Refresh"), "0; url=")
		if p.status != http.StatusOK || !strings.Contains(p.text, way) {
			t.Fatalf("status %d, %s", p.status, p.text)
		}
		for _, fault := range unspoken(p.text, i18n.Lang(lang)) {
			t.Errorf("on the way: %s", fault)
		}
		code, state := there.Through(way)
		return v.get(access.ProviderBack("agency") + "?" + url.Values{"code": {code}, "state": {state}}.Encode())
	}
	wrong := v.post("/sign-in", url.Values{"user": {"kestrelle"}, "password": {"none of the herons here"}, "notice": {"yes"}})
	before := comes("sub-kestrelle", "en")
	if before.status != wrong.status || !strings.Contains(before.text, "Agency of the Example") {
		t.Errorf("not bound yet: status %d, a wrong password's is %d", before.status, wrong.status)
	}
	w.take("us", "okafor", wire.PurposeAdministration, "proposal.approve", map[string]any{"proposal": one})

	code := comes("sub-kestrelle", "es") // has a passkey: the second factor is asked for
	if code.status != http.StatusOK || !strings.Contains(code.text, `name="ticket"`) {
		t.Fatalf("status %d: %s", code.status, code.text)
	}
	if p := v.get("/cases"); p.path != "/sign-in" {
		t.Errorf("the provider alone opened %s", p.path)
	}
	if p := comes("sub-nobody", "es"); p.status != wrong.status {
		t.Errorf("nobody's subject: status %d", p.status)
	}
	p := v.post("/sign-in/provider", url.Values{"provider": {"agency"}, "notice": {"yes"}})
	way, err := url.Parse(strings.TrimPrefix(p.header.Get("Refresh"), "0; url="))
	w.ok(err)
	there.Away(true)
	away := v.get(access.ProviderBack("agency") + "?" + url.Values{"code": {"any"}, "state": {way.Query().Get("state")}}.Encode())
	if away.status != http.StatusServiceUnavailable || !strings.Contains(away.text, "no responde") || !strings.Contains(away.text, `action="/sign-in/passkey"`) {
		t.Errorf("away: status %d: %s", away.status, away.text)
	}
	w.take("us", "lockridge", wire.PurposeAdministration, "user.unbind", map[string]any{"user": w.account("kestrelle"), "reason": "Left the agency."})
	there.Away(false)
	if p := comes("sub-kestrelle", "en"); p.status != wrong.status {
		t.Errorf("unbound: status %d", p.status)
	}
}
