package test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/client"
	"github.com/oasiss/oasiss/wire"
)

// smuggled are purposes that the programme does not have (DESIGN §7).
var smuggled = []string{"immigration_enforcement", "deportation", "removal", "visa", "watch_list", "PROSECUTION", "prosecution,deportation", "prosecution ", ""}

// TestNoDoorTakesAPurposeThatIsNone tries to bring a purpose in through each
// door: header, query, JSON, form field, and what a peer sends
// (exchange/attack_test.go, demo's forger). The list is closed.
func TestNoDoorTakesAPurposeThatIsNone(t *testing.T) {
	w := oneNode(t)
	c := w.take("us", "kestrelle", wire.PurposeProsecution, "case.open", map[string]any{"title": "Los Indios"})
	token := w.user["us/kestrelle"].Token
	ask := func(method, path, purpose, body string) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), method, w.web["us"]+path, strings.NewReader(body))
		w.ok(err)
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", "application/json")
		r.Header["Oasiss-Purpose"] = []string{purpose}
		res, err := w.user["us/kestrelle"].HTTP.Do(r)
		w.ok(err)
		defer func() { _ = res.Body.Close() }()
		var no struct{ Code string }
		_ = json.NewDecoder(res.Body).Decode(&no) // an answer of yes has no code
		return res.StatusCode, no.Code
	}
	for _, p := range smuggled {
		if p == "prosecution " {
			continue // HTTP takes a header's blanks off
		}
		for _, path := range []string{"/api/v1/cases", "/api/v1/cases/" + c, "/api/v1/referrals"} {
			if status, code := ask(http.MethodGet, path, p, ""); status != http.StatusUnprocessableEntity {
				t.Errorf("%s for %q: %d %s", path, p, status, code)
			}
		}
		if status, code := ask(http.MethodPost, "/api/v1/acts/case/open", p, `{"title":"x"}`); status != http.StatusUnprocessableEntity {
			t.Errorf("an act for %q: %d %s", p, status, code)
		}
	}
	asked := 0
	for _, op := range described(t).ops { // every read, act and question of the API, and every act's own words
		path, with := inPath.ReplaceAllString(op.path, c), false
		for _, p := range op.Parameters {
			with = with || p.Name == "Oasiss-Purpose"
		}
		if !with {
			continue // about one's own session
		}
		asked++
		if status, code := ask(op.method, path, "deportation", "{}"); status != http.StatusUnprocessableEntity {
			t.Errorf("%s %s for a purpose that is none: %d %s", op.method, path, status, code)
		}
		if !strings.Contains(path, "/acts/") {
			continue
		}
		for _, field := range []string{"purpose", "_purpose", "Oasiss-Purpose"} {
			if status, code := ask(op.method, path, wire.PurposeProsecution, `{"`+field+`":"deportation"}`); status != http.StatusUnprocessableEntity {
				t.Errorf("%s with a purpose in its JSON as %s: %d %s", path, field, status, code)
			}
		}
	}
	if asked < 100 {
		t.Errorf("only %d operations are asked for a purpose", asked)
	}
	for _, p := range smuggled { // what an official asks a person's consent for is of the same list
		if status, code := ask(http.MethodPost, "/api/v1/acts/protection/consent", wire.PurposeProtection, `{"case":"`+c+`","person":"`+c+`","for":"`+p+`"}`); status < 400 || status >= 500 {
			t.Errorf("consent for %q: %d %s", p, status, code)
		}
	}
	if status, code := ask(http.MethodGet, "/api/v1/cases?purpose=deportation&Oasiss-Purpose=deportation", "", ""); status != http.StatusUnprocessableEntity {
		t.Errorf("a purpose in the address alone: %d %s", status, code)
	}
	w.formPurposes(t, c)
	w.noneRecorded(t)
}

// formPurposes brings purposes by fields of forms: a page's purpose is its
// area's, and a field that says another is not read.
func (w *world) formPurposes(t *testing.T, c string) {
	v := w.visitor(t)
	v.signIn("kestrelle")
	for _, p := range smuggled {
		v.post("/search", url.Values{"q": {"Indios"}, "purpose": {p}})
		v.post("/cases/"+c+"/acts/case.set_status?purpose="+url.QueryEscape(p), url.Values{"case": {c}, "status": {"open"}, "purpose": {p}, "_purpose": {p}, "Oasiss-Purpose": {p}})
	}
}

// noneRecorded holds that every access fact of the node is for a purpose of
// the list.
func (w *world) noneRecorded(t *testing.T) {
	facts := w.accesses()
	if len(facts) < 20 {
		t.Errorf("only %d access facts", len(facts))
	}
	for _, a := range facts {
		if !wire.KnownPurpose(a.Purpose) {
			t.Errorf("%s was recorded for %q", a.Verb, a.Purpose)
		}
	}
}

// TestNobodyRaisesThemselves tries what somebody inside would: a role for
// oneself, an account alone, the second person's part by the same person, an
// administrator without anybody, a session that has ended.
func TestNobodyRaisesThemselves(t *testing.T) {
	w := oneNode(t)
	admin := official{"brightwater", "Cole Brightwater", "cbp-programme", "admin", "en"}
	w.joins("us", admin)
	c := w.take("us", "kestrelle", wire.PurposeProsecution, "case.open", map[string]any{"title": "Los Indios"})
	mine := w.account("whitfield")
	refused := func(what, login, purpose, verb string, cmd map[string]any) {
		t.Helper()
		var no *client.Refused
		if _, err := w.as("us", login, purpose).Take(t.Context(), verb, "", cmd); !errors.As(err, &no) || no.Status >= 500 {
			t.Errorf("%s: %v", what, err)
		}
	}
	refused("a coordinator grants themselves a role", "whitfield", wire.PurposeAdministration, "role.grant", map[string]any{"user": mine, "role": "prosecutions"})
	refused("an agent grants themselves a role", "kestrelle", wire.PurposeAdministration, "role.grant", map[string]any{"user": w.account("kestrelle"), "role": "supervisor"})
	proposal := w.take("us", "whitfield", wire.PurposeAdministration, "role.grant", map[string]any{"user": w.account("lockridge"), "role": "adviser"})
	refused("who proposed approves", "whitfield", wire.PurposeAdministration, "proposal.approve", map[string]any{"proposal": proposal})
	refused("who is concerned approves", "lockridge", wire.PurposeAdministration, "proposal.approve", map[string]any{"proposal": proposal})
	for what, act := range map[string]struct {
		verb string
		cmd  map[string]any
	}{
		"opens a case":        {"case.open", map[string]any{"title": "x"}},
		"makes an account":    {"user.create", map[string]any{"login": "x", "name": "X Y", "office": "cbp-programme", "roles": []string{"admin"}, "badge": "9", "lang": "en"}},
		"grants a role":       {"role.grant", map[string]any{"user": w.account("kestrelle"), "role": "supervisor"}},
		"approves a proposal": {"proposal.approve", map[string]any{"proposal": proposal}},
		"makes an office":     {"office.create", map[string]any{"id": "x-y", "agency": "cbp", "name_en": "X", "name_es": "X", "zone": "UTC", "kind": "case"}},
		"places a hold":       {"hold.place", map[string]any{"case": c, "ground": "audit", "authority": "auditor", "lifts": "supervisor"}},
		"sees a case":         {"protection.reveal", map[string]any{"case": c, "person": c, "reason": "x"}},
	} {
		for _, purpose := range wire.Purposes {
			refused("an administrator alone "+what+" for "+purpose, admin.login, purpose, act.verb, act.cmd)
		}
	}
	for _, purpose := range wire.Purposes {
		var raw json.RawMessage
		if err := w.as("us", admin.login, purpose).Get(t.Context(), "cases/"+c, &raw); err == nil {
			t.Errorf("an administrator reads a case for %s: %s", purpose, raw)
		}
		var list []json.RawMessage
		if err := w.as("us", admin.login, purpose).Get(t.Context(), "cases", &list); err == nil && len(list) > 0 {
			t.Errorf("an administrator lists cases for %s: %s", purpose, list[0])
		}
	}
	w.endedSession(t, c)
}

// endedSession replays a session that was ended, at both doors and for a page
// that listens.
func (w *world) endedSession(t *testing.T, c string) {
	v := w.visitor(t)
	v.signIn("kestrelle")
	at, err := url.Parse(v.base)
	w.ok(err)
	kept := v.http.Jar.Cookies(at)
	v.post("/sign-out", nil)
	replayed := w.visitor(t)
	replayed.http.Jar.SetCookies(at, kept)
	for _, path := range []string{"/", "/cases/" + c, "/live?topic=office/usbp-rgv"} {
		if p := replayed.get(path); p.path != "/sign-in" {
			t.Errorf("a session that was ended opens %s", path)
		}
	}
	for _, cookie := range kept {
		if cookie.Name != "__Host-oasiss" {
			continue
		}
		api := *w.user["us/kestrelle"]
		api.Token, api.Purpose = cookie.Value, wire.PurposeProsecution
		var no *client.Refused
		if err := api.Get(t.Context(), "cases", nil); !errors.As(err, &no) || no.Status != http.StatusUnauthorized {
			t.Errorf("a session that was ended at the pages opens the API: %v", err)
		}
	}
}
