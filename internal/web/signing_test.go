package web

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/oasiss/oasiss/authenticator"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/view"
	"github.com/oasiss/oasiss/internal/web/webtest"
)

// TestASignatureThatNobodyAnsweredIsSentAgain: where the node does not answer a
// signature, the page stays and says so, and the same act can be signed again;
// what the node then says instead of leading on is shown in its place.
func TestASignatureThatNobodyAnsweredIsSentAgain(t *testing.T) {
	r := renderer(t)
	var state atomic.Int32 // of the node: away, or how it answers
	const away, first, free = 0, 1, 2
	mux := http.NewServeMux()
	mux.Handle(AssetPrefix, Assets())
	confirm := func(w http.ResponseWriter, status int) {
		for _, s := range everyPage(i18n.English) {
			if s.file != "confirm" {
				continue
			}
			v, _ := s.data.(view.Confirm)
			v.Asked.Challenge, v.Asked.RelyingParty, v.Form.Action = "AAAA", "localhost", "/sign/1"
			page := fixturePage(i18n.English)
			page.Path, page.Live, page.LocksIn = "/sign/1", "", 0
			if err := r.RenderStatus(w, status, "confirm", page, v); err != nil {
				t.Error(err)
			}
		}
	}
	mux.HandleFunc("GET /sign/1", func(w http.ResponseWriter, _ *http.Request) { confirm(w, http.StatusOK) })
	mux.HandleFunc("POST /sign/1", func(w http.ResponseWriter, q *http.Request) {
		if q.FormValue("sig") == "" || q.Header.Get(byScript) == "" {
			t.Errorf("sent without a signature, or not by the script: %v", q.Header)
		}
		switch state.Load() {
		case away:
			panic(http.ErrAbortHandler)
		case first:
			w.WriteHeader(http.StatusConflict)
			_, _ = fmt.Fprint(w, `<!doctype html><title>no</title><main id="main" tabindex="-1"><p>Somebody was first.</p><p><a href="/sign/1">Again</a></p></main>`)
		case free:
			w.Header().Set(byScriptTo, "/done")
			w.WriteHeader(http.StatusNoContent)
		}
	})
	mux.HandleFunc("GET /done", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, "<!doctype html><title>done</title><p>It is signed.</p>")
	})
	server := httptest.NewServer(Headed(mux))
	t.Cleanup(server.Close)
	b := webtest.Start(t)
	key := authenticator.New("localhost")
	id, err := base64.RawURLEncoding.DecodeString(key.Credential)
	if err != nil {
		t.Fatal(err)
	}
	private, err := key.PKCS8()
	if err != nil {
		t.Fatal(err)
	}
	b.Hold(t, "localhost", "mp", id, private)
	b.Open(t, strings.Replace(server.URL, "127.0.0.1", "localhost", 1)+"/sign/1")
	press := `(() => { document.querySelector("#signing button").click(); return ""; })()`
	b.Run(t, press)
	b.Wait(t, i18n.T(i18n.English, "confirm.unsent", nil))
	state.Store(first)
	b.Run(t, press)
	b.Wait(t, "Somebody was first.")
	state.Store(free)
	b.Click(t, `a[href="/sign/1"]`)
	b.Run(t, press)
	b.Wait(t, "It is signed.")
}
