package test

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
)

// signingIn: the use notice is confirmed, a wrong password says no more than
// that, everything else asks to sign in, and whoever signed out is out.
func signingIn(t *testing.T, w *world) {
	v := w.visitor(t)
	if p := v.get("/cases"); p.path != "/sign-in" {
		t.Fatalf("a stranger is led to %s", p.path)
	}
	unread := v.post("/sign-in", url.Values{"user": {"kestrelle"}, "password": {password}})
	v.says(unread, http.StatusUnprocessableEntity, text("refusal.access.notice_required", nil), `value="kestrelle"`)
	wrong := v.post("/sign-in", url.Values{"user": {"kestrelle"}, "password": {"not this one, heron"}, "notice": {"yes"}})
	v.says(wrong, http.StatusUnauthorized, text("refusal.access.sign_in_refused", nil), `value="kestrelle"`)
	nobody := v.post("/sign-in", url.Values{"user": {"nobody-here"}, "password": {password}, "notice": {"yes"}})
	v.says(nobody, http.StatusUnauthorized, text("refusal.access.sign_in_refused", nil))
	for _, p := range []page{wrong, nobody} {
		if strings.Contains(p.text, "heron") {
			t.Error("a password comes back on the page")
		}
	}
	v.says(v.signIn("kestrelle"), http.StatusOK, "Dana Kestrelle")
	base, err := url.Parse(v.base)
	if err != nil {
		t.Fatal(err)
	}
	if len(v.http.Jar.Cookies(base)) == 0 {
		t.Error("no session is kept")
	}
	v.says(v.get("/cases"), http.StatusOK, text("cases.title", nil))
	if p := v.post("/sign-out", nil); p.path != "/sign-in" {
		t.Errorf("signing out leads to %s", p.path)
	}
	if p := v.get("/cases"); p.path != "/sign-in" {
		t.Errorf("after signing out %s is shown", p.path)
	}
}

// lockedOut: after five wrong tries the right password does not open either,
// and the page does not say which of the two it was. A passkey, at which nobody
// guessed, still opens: whoever tries at a password keeps nobody from an alert.
func lockedOut(t *testing.T, w *world) {
	v := w.visitor(t)
	for range 5 {
		v.post("/sign-in", url.Values{"user": {"lockridge"}, "password": {"not this one, heron"}, "notice": {"yes"}})
	}
	v.says(w.visitor(t).signIn("lockridge"), http.StatusOK)
	p := v.post("/sign-in", url.Values{"user": {"lockridge"}, "password": {password}, "notice": {"yes"}})
	if p.path != "/sign-in" || p.status < 400 {
		t.Errorf("let in after five wrong tries: %s %d", p.path, p.status)
	}
	v.says(p, p.status, `role="alert"`, `value="lockridge"`)
	if strings.Contains(p.text, "Marlow Lockridge") {
		t.Error("the page says whose account it is")
	}
}

// sessionEnded: a session that is ended elsewhere is out at once, and so is the
// stream of a page that stands open (R07).
func sessionEnded(t *testing.T, w *world) {
	open, other := w.visitor(t), w.visitor(t)
	live := regexp.MustCompile(`sse-connect="(/live[^"]+)"`).FindStringSubmatch(open.signIn("northcutt").text)
	if live == nil {
		t.Fatal("the page listens to nothing")
	}
	res, err := open.http.Do(open.request(http.MethodGet, live[1], nil))
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatal(res, err)
	}
	defer res.Body.Close() //nolint:errcheck // read to its end
	over := make(chan error, 1)
	go func() { _, err := io.Copy(io.Discard, res.Body); over <- err }()
	other.signIn("northcutt")
	for _, m := range regexp.MustCompile(`action="(/account/sessions/[^"]+/end)"`).FindAllStringSubmatch(other.get("/account").text, -1) {
		other.post(m[1], nil)
	}
	select {
	case <-over:
	case <-time.After(5 * time.Second):
		t.Error("a page hears on after its session was ended")
	}
	if p := open.get("/cases"); p.path != "/sign-in" {
		t.Errorf("a session that was ended still reads %s", p.path)
	}
	if p := other.get("/cases"); p.path != "/cases" {
		t.Errorf("the session that ended it is out too: %s", p.path)
	}
}

// accounts: two people of different offices make an account, its owner chooses a
// password with both halves, and one person takes it out of use: all by hand.
func accounts(t *testing.T, w *world) {
	one, two := w.visitor(t), w.visitor(t)
	one.signIn("whitfield")
	two.signIn("okafor")
	one.says(one.get("/admin"), http.StatusOK, text("admin.waiting_empty", nil), "CBP, programme coordination", "Miriam Okafor", text("watch.disk_low.next", nil))
	glance, whole := one.get("/admin"), one.get("/admin?examine=yes")
	one.says(glance, http.StatusOK, "<b>Certificate</b>", text("health.examine", nil))
	one.says(whole, http.StatusOK, "<b>Journal</b>")
	if strings.Contains(whole.text, text("health.examine", nil)) || strings.Contains(glance.text, "<b>Journal</b>") {
		t.Error("what costs much is looked at unasked, or asked for twice")
	}
	one.says(one.get("/links"), http.StatusOK, text("watch.disk_low.next", nil))
	made := one.post("/admin/acts/user.create", url.Values{"_token": {"accounts-1"}, "login": {"marlow"}, "name": {"Quinn Marlow"}, "office": {"usbp-rgv"}, "roles": {"admin"}, "badge": {"b-77"}, "lang": {"en"}})
	change := text("admin.change.user.create", map[string]any{"About": "Quinn Marlow"})
	one.says(made, http.StatusOK, change)
	proposal := regexp.MustCompile(`/admin/proposals/[0-9a-f-]+`).FindString(made.text)
	if p := one.get(proposal); strings.Contains(p.text, "acts/proposal.approve") {
		t.Error("the first person is offered to be the second as well")
	}
	p := two.get(proposal)
	two.says(p, http.StatusOK, change, "marlow", "Node administrator", "Avery Whitfield", "acts/proposal.approve")
	two.post(proposal+"/acts/proposal.approve", url.Values{"_token": {"accounts-2"}, "proposal": {proposal[len("/admin/proposals/"):]}})
	account := regexp.MustCompile(`(/admin/users/[0-9a-f-]+)">Quinn Marlow`).FindStringSubmatch(one.get("/admin").text)
	if account == nil {
		t.Fatalf("no account was made:\n%s", one.get("/admin").text)
	}
	var half [2]string
	for i, v := range []*visitor{one, two} {
		shown := v.post(account[1]+"/acts/user.invite", nil)
		v.says(shown, http.StatusOK, text("admin.code", nil))
		code := regexp.MustCompile(`[A-Z0-9]{5}(?:-[A-Z0-9]{5}){3}`).FindString(shown.text)
		if half[i] = code; code == "" || strings.Contains(v.get(account[1]).text, code) {
			t.Errorf("half %d: %q, shown once and not again", i, code)
		}
	}
	owner := w.visitor(t)
	owner.post("/redeem", url.Values{"half": {half[0]}, "other": {half[1]}, "password": {password}})
	w.signIn("us", "marlow") // takes the account into use
	first := owner.signIn("marlow")
	owner.says(first, http.StatusOK, text("my_day.node", nil), text("my_day.node_needs", map[string]any{"Count": 1}), text("watch.disk_low.next", nil))
	if first.path != "/" || strings.Contains(owner.get("/admin").text, "acts/user.create") {
		t.Errorf("an administrator begins at %s, or is offered to make accounts", first.path)
	}
	two.post(account[1]+"/acts/user.disable", url.Values{"_token": {"accounts-3"}, "user": {account[1][len("/admin/users/"):]}, "reason": {"Left the programme"}})
	two.says(two.get(account[1]), http.StatusOK, text("admin.state.disabled", nil), "acts/user.enable")
	if p := owner.get("/admin"); p.path != "/sign-in" {
		t.Errorf("a disabled account still reads %s", p.path)
	}
	auditor := w.visitor(t)
	auditor.says(auditor.signIn("garnick"), http.StatusOK, text("my_day.refused", nil), text("overseen.fast", nil), text("journal.entries", nil))
}

// looks: what somebody chose of how pages look is theirs on every computer, and
// not the next person's on this one.
func looks(t *testing.T, w *world) {
	shared, other := w.visitor(t), w.visitor(t)
	shared.signIn("northcutt")
	shared.says(shared.post("/theme", url.Values{"theme": {"contrast"}, "back": {"/"}}), http.StatusOK, `data-theme="contrast"`, `value="contrast" checked`)
	shared.post("/language", url.Values{"language": {"es"}, "back": {"/"}})
	shared.post("/sign-out", nil)
	other.says(other.signIn("northcutt"), http.StatusOK, `<html lang="es`, `data-theme="contrast"`)
	if p := shared.signIn("whitfield"); strings.Contains(p.text, "data-theme=") || !strings.Contains(p.text, `<html lang="en`) {
		t.Errorf("the next person reads as the one before chose:\n%.200s", p.text)
	}
	if p := shared.post("/theme", url.Values{"theme": {"\" onload=x"}, "back": {"/"}}); strings.Contains(p.text, "data-theme=") {
		t.Error("a look that there is not is kept")
	}
}

// language: the page speaks the language chosen, refusals too.
func language(t *testing.T, w *world) {
	v := w.visitor(t)
	p := v.post("/language", url.Values{"language": {"es"}, "back": {"/sign-in"}})
	v.says(p, http.StatusOK, `<html lang="es`)
	wrong := v.post("/sign-in", url.Values{"user": {"okafor"}, "password": {"no es ésta, garza"}, "notice": {"yes"}})
	v.says(wrong, http.StatusUnauthorized, i18n.T(i18n.Spanish, "refusal.access.sign_in_refused", nil))
	v.says(v.signIn("okafor"), http.StatusOK, `<html lang="es`)
	v.post("/language", url.Values{"language": {"es"}, "back": {"/"}})
	v.says(v.post("/language", url.Values{"language": {"en"}, "back": {"/sign-in"}}), http.StatusOK, `<html lang="en`) // for the next who signs in here
	v.says(v.get("/"), http.StatusOK, `<html lang="es`)
	v.post("/language", url.Values{"language": {"en"}, "back": {"/"}})
}
