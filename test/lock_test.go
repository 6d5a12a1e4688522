package test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/webtest"
)

// R03 without script: once the screen is locked the node shows nothing and takes
// nothing; what was sent waits, and goes on when its person opens the lock.
func TestR03LockedScreenWithoutScript(t *testing.T) {
	w := oneNode(t)
	v := w.visitor(t)
	v.signIn("kestrelle")
	form := url.Values{"_token": {v.token(v.get("/cases/new"))}, "title": {"Begun before lunch"}}
	locked := text("lock.title", nil)
	w.ahead.Store("us", 26*time.Minute)
	p := v.get("/cases?q=ebanos")
	v.says(p, http.StatusUnauthorized, locked, `name="back" value="/cases?q=ebanos"`)
	if strings.Contains(p.text, "Kestrelle") || strings.Contains(p.text, text("nav.cases", nil)) {
		t.Errorf("the lock says whose screen it is, or what it showed:\n%s", p.text)
	}
	quiet := v.request(http.MethodGet, "/cases", nil)
	quiet.Header.Set("HX-Request", "true")
	if p := v.send(quiet); p.status != http.StatusUnauthorized || p.text != "" {
		t.Errorf("a page that renews itself gets %d %q", p.status, p.text)
	}
	p = v.post("/cases/new/acts/case.open", form)
	v.says(p, http.StatusUnauthorized, locked, `name="_kept"`)
	if strings.Contains(p.text, "before lunch") || strings.Contains(p.text, "before+lunch") {
		t.Errorf("the lock tells what was sent:\n%s", p.text)
	}
	answer := v.answer("us", "kestrelle", p, kept(p))
	wrong := v.answer("us", "lockridge", p, kept(p))
	p = v.post("/locked/passkey", wrong)
	v.says(p, http.StatusUnprocessableEntity, text("refusal.access.unlock_refused", nil), `value="`+kept(p).Get("_kept")+`"`)
	p = v.post("/locked/passkey", answer)
	v.says(p, http.StatusOK, text("lock.kept", nil), `value="Begun before lunch"`)
	if strings.Contains(v.get("/cases").text, "Begun before lunch") {
		t.Error("what was sent to a locked screen was taken")
	}
	v.says(v.post("/cases/new/acts/case.open", form), http.StatusOK, "Begun before lunch")
	w.ahead.Store("us", 53*time.Minute)
	p = v.post("/cases/new/acts/case.open", form)
	v.says(p, http.StatusUnauthorized, locked)
	w.ahead.Store("us", 57*time.Minute)
	v.says(v.post("/locked/password", kept(p)), http.StatusUnauthorized, text("sign_in.kept", nil), `value="`+kept(p).Get("_kept")+`"`) // the session ended behind the lock
	if p := v.get("/cases"); p.path != "/sign-in" {
		t.Errorf("after half an hour %s is shown", p.path)
	}
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="(back|_kept)" value="([^"]*)">`)

// kept is what the lock holds of what was sent.
func kept(p page) url.Values {
	out := url.Values{}
	for _, m := range hiddenField.FindAllStringSubmatch(p.text, -1) {
		out.Set(m[1], m[2])
	}
	return out
}

// R03 in a browser: the page hides by itself when its time is over, from eyes
// and from screen readers, opens by passkey, and what was typed is still there.
func TestR03LockedScreenInTheBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("drives a node through a browser")
	}
	b, w := webtest.Start(t), oneNode(t)
	b.Size(t, 1280, 900)
	for _, l := range i18n.Languages() {
		t.Run(string(l), func(t *testing.T) {
			w.ahead.Store("us", time.Duration(0))
			d := &desk{b, t, w.web["us"], l, w}
			d.enter("northcutt")
			d.Open(t, d.base+"/cases/new")
			shown := d.say("verb.case.open")
			if !strings.Contains(d.Heard(t), shown) {
				t.Fatalf("%q is not heard of an open page", shown)
			}
			d.Fill(t, "", "title", "Half written")
			w.ahead.Store("us", 25*time.Minute-4*time.Second)
			d.Run(t, `(() => { new BroadcastChannel("oasiss-screen").postMessage("ask"); return "" })()`)
			d.Wait(t, d.say("lock.by_passkey"))
			for what, says := range map[string]string{"seen": d.Text(t), "heard": d.Heard(t), "titled": d.Run(t, "document.title")} {
				for _, secret := range []string{shown, "Northcutt", "Half written", d.say("nav.cases")} {
					if strings.Contains(says, secret) {
						t.Errorf("%q is %s behind the lock:\n%s", secret, what, says)
					}
				}
			}
			for _, bad := range d.Audit(t) {
				t.Error(bad)
			}
			if folder := os.Getenv("OASISS_PICTURES"); folder != "" {
				d.Picture(t, filepath.Join(folder, fmt.Sprintf("locked_%s.png", l)))
			}
			if got := d.Run(t, `fetch("/cases").then(a => String(a.status))`); got != "401" {
				t.Errorf("the node answers %s behind the lock", got)
			}
			d.Run(t, `(() => { document.querySelector("#screen-lock form[data-passkey] button").click(); return "" })()`)
			d.Wait(t, shown)
			if got := d.Value(t, "title"); got != "Half written" {
				t.Errorf("what was typed is now %q", got)
			}
			d.Click(t, `form[action$="/acts/case.open"] button:not([type=button])`)
			if says := d.Text(t); !strings.Contains(says, "Half written") {
				t.Errorf("what was typed cannot be sent any more:\n%s", says)
			}
			d.leave()
		})
	}
}

// A page whose session is over opens again for its person alone, with what was
// typed in it: whoever else signs in at the same browser reads nothing of it. Who
// logs out in one tab leaves no other open.
func TestAPageOpensForItsOwnPersonAlone(t *testing.T) {
	if testing.Short() {
		t.Skip("drives a node through a browser")
	}
	b, w := webtest.Start(t), oneNode(t)
	d := &desk{b, t, w.web["us"], i18n.English, w}
	other := &desk{b.Tab(t), t, w.web["us"], i18n.English, w}
	typed := func() {
		d.enter("northcutt")
		d.Open(t, d.base+"/cases/new")
		d.Fill(t, "", "title", "Half written")
		other.Open(t, d.base+"/")
		other.Click(t, `form[action="/sign-out"] button`)
		d.Wait(t, d.say("lock.over"))
		if strings.Contains(d.Text(t), d.say("verb.case.open")) {
			t.Errorf("who logged out in another tab left this one open:\n%s", d.Text(t))
		}
	}
	ask := `(() => { new BroadcastChannel("oasiss-screen").postMessage("ask"); return "" })()`

	typed()
	other.enter("northcutt")
	other.Run(t, ask)
	d.Wait(t, d.say("verb.case.open"))
	if got := d.Value(t, "title"); got != "Half written" {
		t.Errorf("what was typed is now %q", got)
	}
	d.leave()

	typed()
	other.enter("kestrelle")
	other.Run(t, ask)
	d.Wait(t, "Kestrelle")
	if a := d.Address(t); a != "/" || d.Has(t, `[name="title"]`) {
		t.Errorf("somebody else signed in, and the page at %s says\n%s", a, d.Text(t))
	}
}

// What was sent to a node that does not answer is still in its form when one comes
// back to it, and sent again it is the same act; what was recorded is not.
func TestWhatMetNoNodeIsStillThere(t *testing.T) {
	if testing.Short() {
		t.Skip("drives a node through a browser")
	}
	b, w := webtest.Start(t), oneNode(t)
	d := &desk{b, t, w.web["us"], i18n.English, w}
	d.enter("northcutt")
	d.Open(t, d.base+"/cases/new")
	d.Fill(t, "", "title", "Half sent")
	token := d.Value(t, "_token")
	d.Line(t, false)
	d.Press(t, `form[action$="/acts/case.open"] button:not([type=button])`)
	d.Wait(t, "ERR_INTERNET_DISCONNECTED")
	d.Line(t, true)
	d.Open(t, d.base+"/cases/new") // as the way back does
	if got := d.Value(t, "title"); got != "Half sent" || d.Value(t, "_token") != token {
		t.Errorf("what was typed is now %q, under the id %q, not %q", got, d.Value(t, "_token"), token)
	}
	d.Click(t, `form[action$="/acts/case.open"] button:not([type=button])`)
	if says := d.Text(t); !strings.Contains(says, "Half sent") {
		t.Errorf("what was typed cannot be sent any more:\n%s", says)
	}
	d.Open(t, d.base+"/cases/new")
	if got := d.Value(t, "title"); got != "" {
		t.Errorf("what was recorded came back as %q", got)
	}
	d.leave()
}
