// Package providertest gives tests a real identity provider of an agency on a
// port of this machine, over TLS: it knows one client, signs whoever it is told
// in, and can be told to answer with another token or to be away.
package providertest

import (
	"crypto/sha256"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/oasiss/oasiss/internal/provider"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// The node as the provider knows it.
const (
	Client = "oasiss-us"
	secret = "four ibises in the resaca" // #nosec G101 -- of a server that lives for one test
)

// Server is a provider under test.
type Server struct {
	Issuer string

	t       testing.TB
	web     *httptest.Server
	clients map[string]*storage.Client
	file    string // with its certificate

	mu   sync.Mutex
	who  string
	swap string // token given instead of the right one
	last string // token given last
	away bool
}

// people are who has an account there: their name is their subject too.
type people struct{}

func (people) user(name string) *storage.User {
	return &storage.User{ID: name, Username: name, Password: name}
}
func (p people) GetUserByID(id string) *storage.User         { return p.user(id) }
func (p people) GetUserByUsername(name string) *storage.User { return p.user(name) }
func (people) ExampleClientID() string                       { return "none" }

// Start starts a provider until the test ends.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{t: t, clients: map[string]*storage.Client{}, file: filepath.Join(t.TempDir(), "ca.pem")}
	s.web = httptest.NewUnstartedServer(nil)
	s.Issuer = "https://" + s.web.Listener.Addr().String()
	kept := storage.NewStorageWithClients(people{}, s.clients)
	p, err := op.NewProvider(&op.Config{CryptoKey: sha256.Sum256([]byte(t.Name())), CryptoKeyId: "one", CodeMethodS256: true, AuthMethodPost: true}, kept, op.StaticIssuer(s.Issuer))
	s.ok(err)
	back := op.AuthCallbackURL(p)
	signIn := op.NewIssuerInterceptor(p.IssuerFromRequest).HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, who := r.FormValue("authRequestID"), s.get(func() string { return s.who })
		if err := kept.CheckUsernamePassword(who, who, id); err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		http.Redirect(w, r, back(r.Context(), id), http.StatusFound)
	})
	others := s.swapping(p)
	s.web.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case s.get(func() string { return fmt.Sprint(s.away) }) == "true":
			http.Error(w, "maintenance", http.StatusServiceUnavailable)
		case r.URL.Path == "/login/username":
			signIn(w, r)
		default:
			others.ServeHTTP(w, r)
		}
	})
	s.web.StartTLS()
	t.Cleanup(s.web.Close)
	s.ok(os.WriteFile(s.file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.web.Certificate().Raw}), 0o600))
	return s
}

func (s *Server) ok(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *Server) get(f func() string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return f()
}

// swapping remembers the tokens that the provider gives and changes them on order.
func (s *Server) swapping(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/oauth/token" {
			next.ServeHTTP(w, r)
			return
		}
		rec := httptest.NewRecorder()
		next.ServeHTTP(rec, r)
		var said map[string]any
		if rec.Code == http.StatusOK && json.Unmarshal(rec.Body.Bytes(), &said) == nil {
			s.mu.Lock()
			s.last, _ = said["id_token"].(string)
			if s.swap != "" {
				said["id_token"] = s.swap
			}
			s.mu.Unlock()
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(said)
			return
		}
		w.WriteHeader(rec.Code)
		_, _ = w.Write(rec.Body.Bytes())
	})
}

// Allow lets a client come back to an address.
func (s *Server) Allow(client, back string) {
	s.clients[client] = storage.WebClient(client, secret, back)
}

// As has the provider sign this person in from now on.
func (s *Server) As(who string) { s.get(func() string { s.who = who; return "" }) }

// Swap has it give another token; "" for the right one again.
func (s *Server) Swap(token string) { s.get(func() string { s.swap = token; return "" }) }

// Last is the token that it gave last.
func (s *Server) Last() string { return s.get(func() string { return s.last }) }

// Away has it answer nothing any more, or again.
func (s *Server) Away(away bool) { s.get(func() string { s.away = away; return "" }) }

// Provider is how a node's settings name it; offices are those for which a
// password at the provider counts as second factor.
func (s *Server) Provider(id, client string, offices ...string) *provider.Provider {
	s.t.Helper()
	dir := s.t.TempDir()
	s.ok(os.WriteFile(filepath.Join(dir, "secret"), []byte(secret+"\n"), 0o600))
	file := fmt.Sprintf("- id: %s\n  name: {en: Agency of the Example, es: Dependencia del Ejemplo}\n  issuer: %s\n  client: %s\n  secret_file: %s\n  ca: %s\n",
		id, s.Issuer, client, filepath.Join(dir, "secret"), s.file)
	if len(offices) > 0 {
		file += fmt.Sprintf("  second_factor:\n    - {offices: [%s], amr: [pwd]}\n", strings.Join(offices, ", "))
	}
	s.ok(os.WriteFile(filepath.Join(dir, "providers.yaml"), []byte(file), 0o600))
	all, err := provider.Read(filepath.Join(dir, "providers.yaml"))
	s.ok(err)
	return all[0]
}

// Through goes the way that a person's browser goes at the provider, and gives
// what they come back with.
func (s *Server) Through(way string) (code, state string) {
	s.t.Helper()
	c := s.web.Client()
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	at := way
	for range 6 {
		res, err := c.Get(at)
		s.ok(err)
		s.ok(res.Body.Close())
		next, err := res.Location()
		if err != nil {
			s.t.Fatalf("%s: status %d", at, res.StatusCode)
		}
		if !strings.HasPrefix(next.String(), s.Issuer) {
			return next.Query().Get("code"), next.Query().Get("state")
		}
		at = next.String()
	}
	s.t.Fatal("it leads nowhere")
	return "", ""
}

// With is an address with one of its parameters changed.
func With(address, name, value string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.String()
}
