package test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/client"
	"github.com/oasiss/oasiss/internal/node"
)

// openOperations are asked by people who have no session yet.
var openOperations = []string{"post /api/v1/sign-in", "post /api/v1/sign-in/challenge", "post /api/v1/sign-in/code", "post /api/v1/sign-in/passkey", "post /api/v1/found", "post /api/v1/redeem"}

// TestEveryOtherOperationNeedsASession asks each operation of a real node
// without a session, with one that nobody has, and with one in force.
func TestEveryOtherOperationNeedsASession(t *testing.T) {
	n, token := foundedNode(t)
	handler := n.Handler()
	for name, op := range operations(t) {
		isOpen := slices.Contains(openOperations, name)
		if isOpen != (len(op.Security) == 0) {
			t.Errorf("%s: described with security %v", name, op.Security)
		}
		if isOpen || name == "post /api/v1/sign-out" { // whoever is out stays out
			continue
		}
		for _, c := range []struct{ what, token string }{{"no session", ""}, {"a session that nobody has", "nobodys"}} {
			if status, code := answerOf(t, handler, name, c.token); status != http.StatusUnauthorized || code != "access.sign_in_needed" {
				t.Errorf("%s with %s: %d %s", name, c.what, status, code)
			}
		}
		if status, code := answerOf(t, handler, name, token); code == "access.sign_in_needed" || status >= 500 {
			t.Errorf("%s with a session in force: %d %s", name, status, code)
		}
	}
}

// ownAffairs are reads that show nothing of the programme's: who one is, an act
// that one is about to sign, and what the node tells every peer of itself.
var ownAffairs = []string{"get /api/v1/me", "get /api/v1/factors", "get /api/v1/prepared/{id}", "get /api/v1/descriptor", "get /api/v1/views", "get /api/v1/kept-charts"}

// TestEveryReadLeavesOneAccessFact holds that no read goes past act.View,
// whether it finds something, finds nothing or is refused.
func TestEveryReadLeavesOneAccessFact(t *testing.T) {
	n, token := foundedNode(t)
	reads := 0
	for name := range operations(t) {
		if slices.Contains(ownAffairs, name) || !strings.HasPrefix(name, "get ") && name != "post /api/v1/search" {
			continue
		}
		reads++
		before := size(t, n)
		status, code := answerOf(t, n.Handler(), name, token)
		if left := size(t, n) - before; left != 1 {
			t.Errorf("%s answered %d %s and left %d facts", name, status, code, left)
		}
	}
	if reads < 35 {
		t.Errorf("only %d reads", reads)
	}
}

var inPath = regexp.MustCompile(`\{[^}]+\}`)

// answerOf asks an operation, its parameters and fields being "1" and true
// nonsense, and gives status and refusal code.
func answerOf(t *testing.T, h http.Handler, name, token string) (status int, code string) {
	t.Helper()
	method, path, _ := strings.Cut(name, " ")
	body := map[string]string{"post": `{}`}[method]
	switch path {
	case "/api/v1/search":
		body = `{"words":"nobody"}`
	case "/api/v1/password":
		body = `{"old":"x","new":"y"}`
	}
	r := httptest.NewRequest(strings.ToUpper(method), inPath.ReplaceAllString(path, "1"), strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Oasiss-Purpose", "oversight")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var problem struct {
		Code string `json:"code"`
	}
	if w.Code >= 400 {
		if err := json.Unmarshal(w.Body.Bytes(), &problem); err != nil {
			t.Errorf("%s: the answer is no problem: %s", name, w.Body.String())
		}
	}
	return w.Code, problem.Code
}

// foundedNode is a real node with one founder signed in.
func foundedNode(t testing.TB) (*node.Node, string) {
	t.Helper()
	ctx, dir := context.Background(), t.TempDir()
	f := node.Folders{Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys")}
	codes, err := node.Init(ctx, f, node.Settings{Node: "us", Country: "US", Installation: "test.example", NameEN: "United States", NameES: "Estados Unidos", Zone: "America/Chicago"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	n, err := node.Open(ctx, f, node.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	h := n.Handler()
	const password = "seven herons over the bridge"
	ask(t, h, "/api/v1/found", map[string]any{"code": codes[0], "login": "whitfield", "name": "Avery Whitfield", "badge": "1", "lang": "en", "password": password,
		"office": map[string]string{"id": "cbp-programme", "agency": "cbp", "name_en": "CBP", "name_es": "CBP", "zone": "America/Chicago"}})
	c := &client.Client{Base: "http://localhost", HTTP: &http.Client{Transport: inside{h}}}
	if _, err := c.Begin(ctx, "whitfield", password, "test"); err != nil {
		t.Fatal(err)
	}
	return n, c.Token
}

// inside carries a client's requests to a handler without a network.
type inside struct{ http.Handler }

// RoundTrip implements http.RoundTripper.
func (i inside) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	r.RemoteAddr = "192.0.2.1:1234"
	i.ServeHTTP(w, r)
	return w.Result(), nil
}

func ask(t testing.TB, h http.Handler, path string, body any) []byte {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(b))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", path, w.Code, w.Body.String())
	}
	return w.Body.Bytes()
}

// TestAMalformedRequestIsAnsweredInTheReadersLanguage asks with a purpose that
// is none: the library finds it, the programme says it.
func TestAMalformedRequestIsAnsweredInTheReadersLanguage(t *testing.T) {
	n, token := foundedNode(t)
	for lang, want := range map[string]string{"en": "The request could not be read", "es-MX": "No se pudo leer la solicitud"} {
		r := httptest.NewRequest(http.MethodGet, "/api/v1/cases", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Oasiss-Purpose", "deportation")
		r.Header.Set("Accept-Language", lang)
		w := httptest.NewRecorder()
		n.Handler().ServeHTTP(w, r)
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), want) || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s: %s", lang, w.Code, w.Header().Get("Content-Type"), w.Body.String())
		}
	}
}
