package test

import (
	"context"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/wire"
	"github.com/pquerna/otp/totp"
)

var ticketField = regexp.MustCompile(`name="ticket" value="([A-Za-z0-9_-]+)"`)

// factorSecrets has somebody set an authenticator app, draw one-time codes, sign
// in by password and code with mistakes, and open a locked screen, and gives every
// secret that there was, as it stands and as a log or a table would spell it.
func (w *world) factorSecrets() map[string]string {
	t, ctx := w.t, context.Background()
	t.Helper()
	const who = "okafor"
	c := w.as("us", who, wire.PurposeAdministration)
	var seed struct{ Seed, Ticket string }
	w.ok(c.Post(ctx, "totp/draw", map[string]any{}, &seed))
	code := func() string {
		t.Helper()
		out, err := totp.GenerateCode(seed.Seed, w.now("us"))
		w.ok(err)
		return out
	}
	w.ok(c.Post(ctx, "totp", map[string]any{"ticket": seed.Ticket, "code": code()}, nil))
	var drawn struct{ Codes []string }
	w.ok(c.Post(ctx, "recovery-codes", map[string]any{}, &drawn))
	if len(drawn.Codes) != access.RecoveryCodes {
		t.Fatalf("%d one-time codes", len(drawn.Codes))
	}
	v := w.visitor(t)
	step := v.post("/sign-in", url.Values{"user": {who}, "password": {password}, "notice": {"yes"}})
	m := ticketField.FindStringSubmatch(step.text)
	if m == nil {
		t.Fatalf("no second step:\n%s", step.text)
	}
	v.says(v.post("/sign-in/code", url.Values{"ticket": {m[1]}, "code": {"AAAAA-BBBBB-CCCCC-DDDDD"}}), http.StatusUnauthorized)
	v.says(v.post("/sign-in/code", url.Values{"ticket": {m[1]}, "code": {drawn.Codes[0]}}), http.StatusOK)
	w.ahead.Store("us", 26*time.Minute)
	v.says(v.post("/locked/password", url.Values{"password": {password}, "code": {"AAAAA-BBBBB-CCCCC-DDDDD"}}), http.StatusUnprocessableEntity)
	v.says(v.post("/locked/password", url.Values{"password": {password}, "code": {drawn.Codes[1]}}), http.StatusOK)
	w.ahead.Store("us", time.Duration(0))
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(seed.Seed)
	w.ok(err)
	out := map[string]string{"an app's seed": seed.Seed, "an app's seed, raw": string(raw), "an app's seed in hexadecimal": hex.EncodeToString(raw), "an app's seed in base64": base64.RawStdEncoding.EncodeToString(raw),
		"the ticket of a seed": seed.Ticket, "the ticket of a second step": m[1], "a second code that was wrong": "AAAAA-BBBBB-CCCCC-DDDDD"}
	for _, one := range drawn.Codes {
		out["the one-time code "+one[:5]] = one
		out["the one-time code "+one[:5]+", without dashes"] = strings.ReplaceAll(one, "-", "")
	}
	at, err := url.Parse(v.base)
	w.ok(err)
	for _, cookie := range v.http.Jar.Cookies(at) {
		if cookie.Name == "__Host-oasiss" {
			out["the session opened by password and code"] = cookie.Value
		}
	}
	return out
}
