package test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/wire"
)

// visitor uses a node's pages as a browser without JavaScript does: cookies
// are kept, redirects followed.
type visitor struct {
	t    *testing.T
	w    *world
	node string
	base string
	http *http.Client
}

// page is what came back: after redirects, where.
type page struct {
	status int
	path   string
	header http.Header
	text   string // with character references resolved
}

// oneNode is one node with its accounts and no peer.
func oneNode(t *testing.T) *world {
	t.Helper()
	w := emptyWorld(t)
	w.raise("us")
	return w
}

func (w *world) visitor(t *testing.T) *visitor {
	t.Helper()
	return w.visitorOf(t, "us")
}

// visitorOf is a visitor of a node's pages.
func (w *world) visitorOf(t *testing.T, n string) *visitor {
	t.Helper()
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(w.roots[n]) {
		t.Fatal("the node's certificate cannot be read")
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS13}}
	t.Cleanup(transport.CloseIdleConnections)
	return &visitor{t, w, n, w.web[n], &http.Client{Jar: jar, Transport: transport}}
}

func (v *visitor) send(r *http.Request) page {
	v.t.Helper()
	res, err := v.http.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return page{res.StatusCode, res.Request.URL.Path, res.Header, html.UnescapeString(string(body))}
}

func (v *visitor) request(method, path string, body io.Reader) *http.Request {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), method, v.base+path, body)
	if err != nil {
		v.t.Fatal(err)
	}
	return r
}

func (v *visitor) get(path string) page {
	v.t.Helper()
	return v.send(v.request(http.MethodGet, path, nil))
}

func (v *visitor) post(path string, values url.Values) page {
	v.t.Helper()
	r := v.request(http.MethodPost, path, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.send(r)
}

func (v *visitor) signIn(login string) page {
	v.t.Helper()
	return v.post("/sign-in/passkey", v.answer(v.node, login, v.get("/sign-in"), url.Values{"notice": {"yes"}}))
}

var challengeOf = regexp.MustCompile(`data-passkey="get" data-challenge="([A-Za-z0-9_-]+)" data-party="([^"]+)"`)

// answer adds to a form what somebody's authenticator answers to what a page asks.
func (v *visitor) answer(n, login string, p page, values url.Values) url.Values {
	v.t.Helper()
	m := challengeOf.FindStringSubmatch(p.text)
	if m == nil {
		v.t.Fatalf("no passkey is asked for on %s:\n%s", p.path, p.text)
	}
	a, err := v.w.key(n, login).Assert(m[2], v.base, m[1])
	if err != nil {
		v.t.Fatal(err)
	}
	text := base64.RawURLEncoding.EncodeToString
	for name, value := range map[string]string{"credential": a.Credential, "client_data": text(a.ClientData), "auth_data": text(a.AuthData), "sig": text(a.Sig)} {
		values.Set(name, value)
	}
	return values
}

var tokenField = regexp.MustCompile(`name="_token" value="([a-z0-9]+)"`)

// token is the one-time id of a page's first form.
func (v *visitor) token(p page) string {
	v.t.Helper()
	m := tokenField.FindStringSubmatch(p.text)
	if m == nil {
		v.t.Fatalf("no form on %s:\n%s", p.path, p.text)
	}
	return m[1]
}

// says fails unless a page has a status and words.
func (v *visitor) says(p page, status int, words ...string) {
	v.t.Helper()
	if p.status != status {
		v.t.Errorf("%s: status %d, want %d", p.path, p.status, status)
	}
	for _, w := range words {
		if !strings.Contains(p.text, w) {
			v.t.Errorf("%s does not say %q:\n%s", p.path, w, p.text)
		}
	}
}

func text(key string, params map[string]any) string { return i18n.T(i18n.English, key, params) }

// TestThePagesOfOneNode holds what every page promises, over one real node.
func TestThePagesOfOneNode(t *testing.T) {
	w := oneNode(t)
	for name, f := range map[string]func(*testing.T, *world){"sign in": signingIn, "double submit": doubleSubmit, "refused keeps": refusedKeeps,
		"cross origin": crossOrigin, "invisible": invisible, "headers": headers, "signed": signedAct, "second person": secondPerson, "everyone": everyone, "locked": lockedOut, "language": language, "looks": looks, "accounts": accounts, "session ended": sessionEnded} {
		t.Run(name, func(t *testing.T) { f(t, w) })
	}
}

// doubleSubmit: one form sent twice is one act, and the second sending leads
// where the first did.
func doubleSubmit(t *testing.T, w *world) {
	v := w.visitor(t)
	v.signIn("kestrelle")
	form := url.Values{"_token": {v.token(v.get("/cases/new"))}, "title": {"Sent twice at Los Ébanos"}}
	first := v.post("/cases/new/acts/case.open", form)
	second := v.post("/cases/new/acts/case.open", form)
	v.says(first, http.StatusOK, "Sent twice at Los Ébanos", text("web.done", map[string]any{"What": text("verb.case.open", nil)}))
	if first.path != second.path || !strings.HasPrefix(first.path, "/cases/") {
		t.Errorf("the first sending leads to %s, the second to %s", first.path, second.path)
	}
	r := v.request(http.MethodPost, "/cases/new/acts/case.open", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Oasiss-Script", "yes")
	drawn := w.left(func() {
		if p := v.send(r); p.status != http.StatusNoContent || !strings.HasPrefix(p.header.Get("X-Oasiss-To"), first.path+"?done=") || p.text != "" {
			t.Errorf("a script that sends a form is answered %d, leads to %q:\n%s", p.status, p.header.Get("X-Oasiss-To"), p.text)
		}
	})
	if len(drawn) > 0 {
		t.Errorf("and a page was looked at for it: %v", drawn)
	}
	if n := strings.Count(v.get("/cases").text, "Sent twice at Los Ébanos"); n != 1 {
		t.Errorf("%d cases were opened", n)
	}
}

// refusedKeeps: an act that is refused draws its form again, open, with what
// was typed, what is wrong, and what to do next.
func refusedKeeps(t *testing.T, w *world) {
	v := w.visitor(t)
	v.signIn("kestrelle")
	id := w.take("us", "kestrelle", wire.PurposeProsecution, "case.open", map[string]any{"title": "Refused"})
	path := "/cases/" + id + "/add/person"
	form := url.Values{"_token": {v.token(v.get(path))}, "case": {id}, "role": {"witness"}, "source": {"observation"}, "given": {"Zeferina"}, "paterno": {"Ocampo"},
		"identifiers": {"curp=OAZZ850505MTSCXX08"}}
	p := v.post(path+"/acts/case.add_person", form)
	v.says(p, http.StatusUnprocessableEntity, `value="Zeferina"`, "OAZZ850505MTSCXX08", `value="witness" checked`, `class="note over" role="alert"`)
	if strings.Contains(v.get("/cases/"+id).text, "Zeferina") {
		t.Error("a refused act was recorded")
	}
	form.Set("identifiers", "")
	v.says(v.post(path+"/acts/case.add_person", form), http.StatusOK, text("web.done", map[string]any{"What": text("verb.case.add_person", nil)}))
	if strings.Contains(v.get("/cases/"+id).text, "Zeferina") {
		t.Error("a protected person is named on the case's page")
	}
}

// everyone: the people of an event are screened from one page. Who lacks an
// answer keeps what was typed and keeps nobody back; who was left empty is not
// asked; the same form sent twice is one act for each; no answer comes back.
func everyone(t *testing.T, w *world) {
	v := w.visitor(t)
	v.signIn("kestrelle")
	id := w.take("us", "kestrelle", wire.PurposeProsecution, "case.open", map[string]any{"title": "Four at Escobares"})
	path, people := "/cases/"+id+"/screening", []string{}
	for _, given := range []string{"Ximena", "Yadira", "Zulema", "Wenceslao"} {
		people = append(people, w.take("us", "kestrelle", wire.PurposeProsecution, "case.add_person",
			map[string]any{"case": id, "given": given, "paterno": "Escobedo", "birth": "1999-05-05", "role": "smuggled_migrant", "source": "observation"}))
	}
	v.says(v.get("/cases/"+id), http.StatusOK, text("screening.everyone", nil), `href="`+path+`"`)
	form := url.Values{"_each": {"person"}, "_row": people, "case": {id}, "form": {protection.CurrentForm().ID}}
	for i, p := range people {
		form.Set(p+"/_token", "everyone"+strings.Repeat("x", 20)+p)
		if i == 3 { // nothing is answered for the last
			continue
		}
		form.Set(p+"/language", "es")
		form.Set(p+"/note", "Said quietly "+p)
		for question, answer := range screened() {
			form.Set(p+"/answers."+question, answer)
		}
	}
	form.Del(people[1] + "/answers.fear.fear")
	var got page
	verbs := func() (out []string) {
		for _, a := range w.left(func() { got = v.post(path+"/acts/protection.screen", form) }) {
			out = append(out, strings.TrimSpace(a.Verb+" "+a.Refused))
		}
		slices.Sort(out)
		return out
	}
	if left, want := verbs(), []string{"protection.screen", "protection.screen", "protection.screen protection.unanswered", "view.case.show"}; !slices.Equal(left, want) {
		t.Errorf("three acts and a page left %v", left)
	}
	v.says(got, http.StatusUnprocessableEntity, text("web.done_some", map[string]any{"Count": 2}), `id="row-`+people[1]+`"`, "Said quietly "+people[1], "“Does the person fear persecution")
	for i, p := range people {
		kept, told := strings.Contains(got.text, "Said quietly "+p), strings.Contains(v.column(got, p), `role="alert"`)
		again := strings.Contains(v.column(got, p), "again")
		if kept != (i == 1) || told != (i == 1) || again != (i == 0 || i == 2) {
			t.Errorf("person %d: typed words kept %v, refusal shown %v, asked before %v", i, kept, told, again)
		}
	}
	if n := strings.Count(got.text, `role="alert"`); n != 1 {
		t.Errorf("%d refusals are shown", n)
	}
	form.Set(people[1]+"/answers.fear.fear", "no")
	if left, want := verbs(), []string{"protection.screen", "view.case.show"}; !slices.Equal(left, want) {
		t.Errorf("one more person, two who were sent before, and a page left %v", left)
	}
	v.says(got, http.StatusOK, text("web.done", map[string]any{"What": text("verb.protection.screen", nil)}))
	v.says(v.post(path+"/acts/protection.screen", url.Values{"_each": {"person"}, "_row": people[3:], "case": {id}, "form": {protection.CurrentForm().ID}}), http.StatusUnprocessableEntity,
		`id="row-`+people[3]+`"`, text("refusal.protection.language_missing", nil))
}

// column is what stands over a person's column of the table.
func (v *visitor) column(p page, person string) string {
	_, after, _ := strings.Cut(p.text, `id="row-`+person+`"`)
	before, _, _ := strings.Cut(after, "</th>")
	return before
}

// crossOrigin: another site cannot have a form sent.
func crossOrigin(t *testing.T, w *world) {
	v := w.visitor(t)
	v.signIn("kestrelle")
	r := v.request(http.MethodPost, "/cases/new/acts/case.open", strings.NewReader(url.Values{"title": {"From elsewhere"}, "_token": {"elsewhere"}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	v.says(v.send(r), http.StatusForbidden, text("refusal.web.cross_origin", nil), text("refusal.web.cross_origin.next", nil))
	if strings.Contains(v.get("/cases").text, "From elsewhere") {
		t.Error("another site's form was taken")
	}
}

// invisible: what one may not see and what does not exist are the same page.
func invisible(t *testing.T, w *world) {
	id := w.take("us", "kestrelle", wire.PurposeProsecution, "case.open", map[string]any{"title": "Not for northcutt"})
	v := w.visitor(t)
	v.signIn("northcutt")
	for _, under := range []string{"", "/screening", "/history", "/readers", "/add/event"} {
		hidden, absent := v.get("/cases/"+id+under), v.get("/cases/01999999-0000-7000-8000-000000000000"+under)
		v.says(hidden, http.StatusNotFound)
		once := func(p page) string {
			return tokenField.ReplaceAllString(strings.ReplaceAll(strings.ReplaceAll(p.text, id, "ID"), "01999999-0000-7000-8000-000000000000", "ID"), "")
		}
		if hidden.status != absent.status || once(hidden) != once(absent) {
			t.Errorf("%q: hidden and absent differ: %d %d", under, hidden.status, absent.status)
		}
	}
	v.says(v.get("/no/such/page"), http.StatusNotFound)
}

// headers: nothing is kept by caches, framed, or run from elsewhere.
func headers(t *testing.T, w *world) {
	v := w.visitor(t)
	says := func(p page) {
		t.Helper()
		csp := p.header.Get("Content-Security-Policy")
		if csp == "" || strings.Contains(csp, "unsafe-") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s: policy %q", p.path, csp)
		}
		if p.header.Get("Cache-Control") != "no-store" || p.header.Get("X-Content-Type-Options") != "nosniff" || p.header.Get("Referrer-Policy") != "no-referrer" || p.header.Get("Cross-Origin-Opener-Policy") != "same-origin" {
			t.Errorf("%s: headers %v", p.path, p.header)
		}
		if strings.Contains(p.text, " style=") || strings.Contains(p.text, " onclick=") {
			t.Errorf("%s carries style or script in a tag", p.path)
		}
	}
	for _, p := range []page{v.get("/sign-in"), v.signIn("kestrelle"), v.get("/cases/nothing")} {
		says(p)
	}
	r := v.request(http.MethodPost, "/sign-in/passkey", strings.NewReader(v.answer("us", "kestrelle", v.get("/sign-in"), url.Values{"notice": {"yes"}}).Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	v.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	p := v.send(r)
	if says(p); p.status != http.StatusSeeOther { // what leads on to a page says the same
		t.Errorf("signed in: %d", p.status)
	}
	cookie := p.header.Get("Set-Cookie")
	for _, want := range []string{"__Host-oasiss=", "HttpOnly", "Secure", "SameSite=", "Path=/"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("the session cookie lacks %s: %s", want, regexp.MustCompile(`=[^;]+`).ReplaceAllString(cookie, "=…"))
		}
	}
}

// signedAct: what is signed is read first; somebody else's passkey signs nothing and
// says so on the same page.
func signedAct(t *testing.T, w *world) {
	id := w.take("us", "kestrelle", wire.PurposeProsecution, "case.open", map[string]any{"title": "Shown to one person"})
	person := w.take("us", "kestrelle", wire.PurposeProsecution, "case.add_person", map[string]any{"case": id, "given": "Hortensia", "paterno": "Villalpando", "birth": "1990-01-01", "role": "witness", "source": "observation"})
	v := w.visitor(t)
	v.signIn("kestrelle")
	v.says(v.get("/people/"+person), http.StatusOK)
	if strings.Contains(v.get("/people/"+person).text, "Hortensia") {
		t.Fatal("named before it was shown")
	}
	form := url.Values{"_token": {v.token(v.get("/people/" + person))}, "case": {id}, "person": {person}, "reason": {"To call her lawyer"}, "minutes": {"15"}}
	shown := v.post("/people/"+person+"/acts/protection.reveal", form)
	if !strings.HasPrefix(shown.path, "/sign/") {
		t.Fatalf("a signed act leads to %s (%d)", shown.path, shown.status)
	}
	v.says(shown, http.StatusOK, text("confirm.you_sign", nil))
	wrong := v.post(shown.path, v.answer("us", "ravenel", shown, url.Values{"back": {"/people/" + person}}))
	v.says(wrong, http.StatusUnprocessableEntity, text("confirm.you_sign", nil), `role="alert"`)
	if strings.Contains(v.get("/people/"+person).text, "Hortensia") {
		t.Fatal("somebody else's passkey signed")
	}
	weak := v.post(shown.path, url.Values{"password": {password}, "back": {"/people/" + person}})
	v.says(weak, http.StatusUnprocessableEntity, text("refusal.access.passkey_refused", nil))
	done := v.post(shown.path, v.answer("us", "kestrelle", shown, url.Values{"back": {"/people/" + person}}))
	v.says(done, http.StatusOK, "Hortensia")
	if done.path != "/people/"+person {
		t.Errorf("signed, led to %s", done.path)
	}
	again := v.post(shown.path, v.answer("us", "kestrelle", shown, url.Values{"back": {"//elsewhere.example/"}}))
	if strings.Contains(again.path, "elsewhere") {
		t.Error("led to another site")
	}
}

// secondPerson: a request to show a child's identity stands on the day of who
// may approve it, with who asks, for what and why; a refusal without a reason
// keeps its row and no other; approved and signed, it opens to who asked.
func secondPerson(t *testing.T, w *world) {
	take := func(verb string, cmd map[string]any) string {
		t.Helper()
		return w.take("us", "kestrelle", wire.PurposeProsecution, verb, cmd)
	}
	id := take("case.open", map[string]any{"title": "Two children"})
	var request, child, called [2]string
	for i, given := range []string{"Marisol", "Eleazar"} {
		child[i] = take("case.add_person", map[string]any{"case": id, "given": given, "paterno": "Quintanar", "birth": "2013-04-05", "role": "witness", "source": "observation"})
		request[i] = take("protection.reveal", map[string]any{"case": id, "person": child[i], "reason": "To find the mother of " + []string{"one", "the other"}[i], "minutes": 20})
		var p struct{ Plant string }
		w.ok(w.as("us", "kestrelle", wire.PurposeProsecution).Get(t.Context(), "persons/"+child[i], &p))
		called[i] = p.Plant
	}
	asker := w.visitor(t)
	if p := asker.signIn("kestrelle"); strings.Contains(p.text, "To find the mother") {
		t.Error("who asks is shown their own request to decide")
	}
	v := w.visitor(t)
	v.says(v.signIn("ravenel"), http.StatusOK, "Dana Kestrelle", "To find the mother of one", "To find the mother of the other", text("purpose.prosecution", nil), `href="/waiting#asked-`+request[0]+`"`)
	waiting := v.get("/waiting")
	v.says(waiting, http.StatusOK, `id="asked-`+request[0]+`"`, `id="asked-`+request[1]+`"`)
	no := v.post("/waiting/acts/protection.reveal_refuse", url.Values{"_token": {v.token(waiting)}, "request": {request[1]}, "reason": {" "}})
	v.says(no, http.StatusUnprocessableEntity, text("refusal.protection.reason_missing", nil))
	for i, want := range []bool{false, true} {
		if open := strings.Contains(no.text, `id="act-protection.reveal_refuse-`+request[i]+`" open`); open != want {
			t.Errorf("the refusal stands on row %d: %v", i, open)
		}
	}
	for i, act := range []string{"protection.reveal_approve", "protection.reveal_refuse"} {
		shown := v.post("/waiting/acts/"+act, url.Values{"_token": {act}, "request": {request[i]}, "reason": {"An aunt has called already"}})
		if !strings.HasPrefix(shown.path, "/sign/") {
			t.Fatalf("%s leads to %s (%d)", act, shown.path, shown.status)
		}
		v.says(shown, http.StatusOK, called[i])
		v.says(v.post(shown.path, v.answer("us", "ravenel", shown, url.Values{"back": {"/waiting"}})), http.StatusOK, text("web.done", map[string]any{"What": text("verb."+act, nil)}))
	}
	v.says(v.get("/waiting"), http.StatusOK, text("waiting.empty", nil))
	asker.says(asker.get("/people/"+child[0]), http.StatusOK, "Marisol")
	if strings.Contains(asker.get("/people/"+child[1]).text, "Eleazar") {
		t.Error("refused, and shown")
	}
}
