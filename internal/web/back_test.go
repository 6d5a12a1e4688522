package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/webtest"
)

// TestWhoGoesBackFindsAnEmptyForm: after something was saved the browser's Back
// shows its form with a new one-time id. A browser that put half of the old
// answers back would have it saved a second time, nearly empty.
func TestWhoGoesBackFindsAnEmptyForm(t *testing.T) {
	r := renderer(t)
	page := fixturePage(i18n.English)
	page.Live, page.LocksIn = "/live", 0
	mux := http.NewServeMux()
	mux.Handle(AssetPrefix, Assets())
	mux.HandleFunc("GET /form", func(w http.ResponseWriter, _ *http.Request) {
		if err := r.Render(w, "referral", page, fixtureReferral(i18n.English)); err != nil {
			t.Error(err)
		}
	})
	mux.HandleFunc("GET /saved", func(w http.ResponseWriter, _ *http.Request) {
		if err := r.Render(w, "problem", page, problemOf(nil)); err != nil {
			t.Error(err)
		}
	})
	mux.HandleFunc("GET /live", func(w http.ResponseWriter, q *http.Request) { // with it no browser keeps the page as it was
		w.Header().Set("Content-Type", "text/event-stream")
		_ = http.NewResponseController(w).Flush()
		<-q.Context().Done()
	})
	server := httptest.NewServer(Headed(mux))
	t.Cleanup(server.Close)
	b := webtest.Start(t)
	t.Cleanup(func() { b.Open(t, "about:blank") }) // nobody listens when the server closes
	b.Open(t, server.URL+"/form")
	const empty = `JSON.stringify([...document.querySelectorAll("#answer form")].flatMap((f) => [...f.elements]).filter((f) => /SELECT|TEXTAREA|INPUT/.test(f.tagName) && !/hidden|submit/.test(f.type)).map((f) => f.checked || (f.type == "radio" || f.type == "checkbox" ? false : f.value)))`
	fresh := b.Run(t, empty)
	changed := b.Run(t, `(() => {
		for (const f of [...document.querySelectorAll("#answer form")].flatMap((f) => [...f.elements])) {
			if (f.tagName === "SELECT") f.selectedIndex = f.options.length - 1;
			else if (f.type === "radio" || f.type === "checkbox") f.checked = true;
			else if (f.tagName === "TEXTAREA" || f.type === "text") f.value = "typed";
		}
		return `+empty+`;
	})()`)
	if changed == fresh {
		t.Fatalf("nothing was typed: %s", changed)
	}
	b.Run(t, `(location.assign("/saved"), "")`)
	b.Await(t, "main h1")
	b.Run(t, `(history.back(), "")`)
	b.Await(t, "#answer")
	if got := b.Run(t, empty); got != fresh {
		t.Errorf("after going back:\n%s\na new form:\n%s", got, fresh)
	}
}

// TestACodeToSignInIsNotKept: what is typed waits in the tab until a page of the
// node comes, but no code that opens an account does.
func TestACodeToSignInIsNotKept(t *testing.T) {
	server, b := site(t), webtest.Start(t)
	b.Open(t, server.URL+"/page/en/light/sign_in_code")
	const kept = `Object.entries(sessionStorage).filter(([k]) => k.startsWith("kept:")).map(([, v]) => v).join()`
	got := b.Run(t, `(() => {
		const code = document.querySelector("[autocomplete=one-time-code]"), form = code.form;
		code.value = "halcyon-7731";
		form.addEventListener("submit", (e) => e.preventDefault());
		form.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
		return `+kept+`;
	})()`)
	if got == "" || strings.Contains(got, "halcyon") {
		t.Errorf("kept in the tab: %q", got)
	}
}
