package test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/webtest"
)

var (
	keptField = regexp.MustCompile(`<input type="hidden" name="_kept" value="([A-Za-z0-9_-]+)">`)
	endOf     = regexp.MustCompile(`action="(/account/sessions/[^/"]+/end)"`)
)

// endedElsewhere ends somebody's other sessions, as they do it themselves on
// another computer.
func (w *world) endedElsewhere(t *testing.T, login string) {
	t.Helper()
	v := w.visitor(t)
	v.signIn(login)
	for _, m := range endOf.FindAllStringSubmatch(v.get("/account").text, -1) {
		v.says(v.post(m[1], nil), http.StatusOK)
	}
}

// What somebody sends when their session has just ended is not lost: the page to
// sign in at carries it, sealed, through every mistake that is made there, and it is
// given back to its own person alone, within half an hour.
func TestWhatWasSentWithoutASessionIsGivenBack(t *testing.T) {
	w := oneNode(t)
	for _, l := range i18n.Languages() {
		say := func(key string) string { return i18n.T(l, key) }
		w.ahead.Store("us", time.Duration(0))
		const title = "Begun before lunch"
		v := w.visitor(t)
		speaks := func() { v.post("/language", url.Values{"language": {string(l)}, "back": {"/sign-in"}}) }
		speaks()
		v.signIn("kestrelle")
		v.post("/language", url.Values{"language": {string(l)}, "back": {"/"}})
		form := url.Values{"_token": {v.token(v.get("/cases/new"))}, "title": {title + " " + string(l)}, "code": {"a code of an app"}}
		w.endedElsewhere(t, "kestrelle")
		p := v.post("/cases/new/acts/case.open", form)
		v.says(p, http.StatusUnauthorized, say("lock.over"), say("sign_in.kept"), `action="/sign-in/passkey"`)
		kept := keptField.FindStringSubmatch(p.text)
		if kept == nil || p.path != "/cases/new/acts/case.open" || len(keptField.FindAllString(p.text, -1)) != 2 {
			t.Fatalf("%s: nothing is kept by passkey and by password:\n%s", l, p.text)
		}
		for _, open := range []string{"before lunch", "before+lunch", "Kestrelle", "kestrelle", w.account("kestrelle"), "case.open\""} {
			if strings.Contains(p.text, open) {
				t.Errorf("%s: the page at which one signs in tells %q", l, open)
			}
		}
		in := func(login string) page {
			return v.post("/sign-in/passkey", v.answer("us", login, v.get("/sign-in"), url.Values{"notice": {"yes"}, "_kept": {kept[1]}}))
		}
		carried := `value="` + kept[1] + `"`
		v.says(v.post("/sign-in", url.Values{"user": {"kestrelle"}, "password": {"none of the herons here"}, "notice": {"yes"}, "_kept": {kept[1]}}), http.StatusUnauthorized, carried)
		v.says(v.post("/sign-in/passkey", url.Values{"notice": {"yes"}, "_kept": {kept[1]}}), http.StatusUnauthorized, carried)
		if p := in("lockridge"); p.path != "/" || strings.Contains(p.text, title) {
			t.Errorf("%s: somebody else gets %s:\n%s", l, p.path, p.text)
		}
		v.post("/sign-out", nil)
		p = in("kestrelle")
		v.says(p, http.StatusOK, say("lock.kept"), say("lock.kept_lead"), "<b>"+say("verb.case.open")+"</b>", `action="/cases/new/acts/case.open"`, `value="`+title+" "+string(l)+`"`)
		if strings.Contains(p.text, "a code of an app") {
			t.Errorf("%s: a code is kept", l)
		}
		if strings.Contains(v.get("/cases").text, title+" "+string(l)) {
			t.Errorf("%s: what was sent without a session was taken", l)
		}
		v.says(v.post("/cases/new/acts/case.open", form), http.StatusOK, title+" "+string(l))
		w.ahead.Store("us", 31*time.Minute)
		if p := in("kestrelle"); p.path != "/" || strings.Contains(p.text, say("lock.kept")) {
			t.Errorf("%s: after half an hour it is still given back: %s", l, p.path)
		}
	}
}

// A session that ends by its hours, of somebody who signs in by password and code;
// and of whom it is not known, nothing is kept.
func TestWhatWasSentGoesThroughASecondStep(t *testing.T) {
	w := oneNode(t)
	code := w.withoutPasskey(t, "halloway", "en")
	v := w.visitor(t)
	in := func(kept url.Values) page {
		kept.Set("user", "halloway")
		kept.Set("password", password)
		kept.Set("notice", "yes")
		p := v.post("/sign-in", kept)
		m := ticketField.FindStringSubmatch(p.text)
		if m == nil {
			t.Fatalf("no second step:\n%s", p.text)
		}
		step := url.Values{"ticket": {m[1]}}
		if k := keptField.FindStringSubmatch(p.text); k != nil {
			step.Set("_kept", k[1])
		}
		v.says(v.post("/sign-in/code", url.Values{"ticket": {m[1]}, "code": {"000000"}, "_kept": step["_kept"]}), http.StatusUnauthorized)
		step.Set("code", code())
		return v.post("/sign-in/code", step)
	}
	v.says(in(url.Values{}), http.StatusOK)
	form := url.Values{"_token": {v.token(v.get("/account"))}, "title": {"Begun before lunch"}}
	w.ahead.Store("us", 31*time.Minute)
	stranger := w.visitor(t)
	if p := stranger.post("/cases/new/acts/case.open", form); p.path != "/sign-in" || keptField.MatchString(p.text) {
		t.Errorf("of somebody unknown something is kept: %s", p.path)
	}
	for _, signs := range []string{"/sign/1", "/account/app/confirm"} {
		if p := v.post(signs, form); p.path != "/sign-in" || keptField.MatchString(p.text) {
			t.Errorf("what signs or changes a way to sign in is kept: %s", signs)
		}
	}
	script := v.request(http.MethodPost, "/cases/new/acts/case.open", strings.NewReader(form.Encode()))
	script.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	script.Header.Set("X-Oasiss-Script", "yes")
	if p := v.send(script); p.status != http.StatusUnauthorized || p.text != "" {
		t.Errorf("a script gets %d %q", p.status, p.text)
	}
	p := v.post("/cases/new/acts/case.open", form)
	kept := keptField.FindStringSubmatch(p.text)
	if kept == nil {
		t.Fatalf("nothing is kept:\n%s", p.text)
	}
	at, err := url.Parse(v.base)
	w.ok(err)
	var mixed []*http.Cookie // whose session it was, beside another session's cookie
	for _, c := range v.http.Jar.Cookies(at) {
		if c.Name == "__Host-oasiss" {
			c.Value = "another"
		}
		mixed = append(mixed, &http.Cookie{Name: c.Name, Value: c.Value, Path: "/", Secure: true})
	}
	stranger.http.Jar.SetCookies(at, mixed)
	if p := stranger.post("/cases/new/acts/case.open", form); p.path != "/sign-in" || keptField.MatchString(p.text) {
		t.Errorf("a session's word for another one is believed: %s", p.path)
	}
	v.says(in(url.Values{"_kept": {kept[1]}}), http.StatusOK, text("lock.kept", nil), `value="Begun before lunch"`)
}

// In a browser: whoever sends a form when their session has just ended loses nothing
// of it. What a script sends stays in its page, which hides.
func TestWhatWasSentWithoutASessionInTheBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("drives a node through a browser")
	}
	b, w := webtest.Start(t), oneNode(t)
	tab := b.Tab(t)
	for _, l := range i18n.Languages() {
		d := &desk{b, t, w.web["us"], l, w}
		d.enter("kestrelle")
		d.Open(t, d.base+"/cases/new")
		title := "Half written " + string(l)
		d.Fill(t, "", "title", title)
		d.Run(t, `(() => { document.getElementById("screen").remove(); return "" })()`) // as where its script does not run
		w.endedElsewhere(t, "kestrelle")
		d.Click(t, `form[action$="/acts/case.open"] button:not([type=button])`)
		d.Wait(t, d.say("sign_in.kept"))
		if strings.Contains(d.Run(t, "document.documentElement.outerHTML"), "Half written") {
			t.Errorf("%s: what was sent stands in the page", l)
		}
		for _, bad := range d.Audit(t) {
			t.Error(bad)
		}
		d.proven(func() {
			d.Fill(t, "", "notice", "yes")
			d.Click(t, `form[action="/sign-in/passkey"] button`)
		})
		d.Wait(t, d.say("lock.kept_send"))
		d.Click(t, `form[action$="/acts/case.open"] button`)
		d.Wait(t, title)

		d.Press(t, `a[data-panel][href$="/add/task"]`)
		d.Await(t, "#panel form")
		d.Fill(t, "panel", "what", "Ask the clinic for its record")
		w.endedElsewhere(t, "kestrelle")
		d.Run(t, `(() => { document.querySelector("#panel form").requestSubmit(); return "" })()`)
		d.Wait(t, d.say("lock.over"))
		if says := d.Text(t); strings.Contains(says, title) || strings.Contains(says, d.say("sign_in.accept")) {
			t.Errorf("%s: the page does not hide:\n%s", l, says)
		}
		other := &desk{tab, t, w.web["us"], l, w}
		other.enter("kestrelle")
		other.Run(t, `(() => { new BroadcastChannel("oasiss-screen").postMessage("ask"); return "" })()`)
		d.Wait(t, title)
		if got := d.Value(t, "what"); got != "Ask the clinic for its record" {
			t.Errorf("%s: what was typed is now %q", l, got)
		}
		d.Submit(t, "panel")
		d.Wait(t, "Ask the clinic for its record")
		d.leave()
	}
}
