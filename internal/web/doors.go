package web

import (
	"net/http"
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/refusal"
)

// Route is one route of the pages with its rule.
type Route struct {
	Pattern string // as http.ServeMux has it
	Rule    access.Rule
	Area    string // what decides the purpose; empty where the rule is open
}

// doors registers routes with their rules. It stands between the rooms' pages
// and the mux so that no handler is reached by somebody whom its rule keeps out.
type doors struct {
	s      *Server
	mux    *http.ServeMux
	routes []Route
}

// Routes lists every route of the pages with its rule, in the order of
// registration.
func (s *Server) Routes() []Route { return s.routes }

// What a form can send, in bytes: somebody unknown fills no disk.
const (
	maxForm     = 1 << 20
	maxOpenForm = 64 << 10
)

// open registers a route for people who are not signed in.
func (d *doors) open(pattern string, h http.HandlerFunc) { d.opened(pattern, maxOpenForm, h) }

// opened is open for what takes at most so many bytes.
func (d *doors) opened(pattern string, most int64, h http.HandlerFunc) {
	d.routes = append(d.routes, Route{Pattern: pattern, Rule: access.RuleOpen})
	d.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, most)
		h(w, r)
	})
}

// signedIn registers a route for people with a session in force: the handler
// hears of nobody else.
func (d *doors) signedIn(pattern string, rule access.Rule, a area, h func(q *request)) {
	d.streamed(pattern, rule, a, h, maxForm)
}

// streamed is signedIn for what takes at most so many bytes, in pieces or whole.
func (d *doors) streamed(pattern string, rule access.Rule, a area, h func(q *request), most int64) {
	if rule != access.RuleSelf && rule != access.RuleOwn && rule != access.RuleSeen && rule != access.RuleTaken {
		panic("web: " + pattern + " has no access rule") // a fault of the program, found at its start
	}
	d.routes = append(d.routes, Route{Pattern: pattern, Rule: rule, Area: string(a)})
	d.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, most)
		q, ok := d.s.enter(w, r, a)
		if !ok {
			return
		}
		if err := rule.Admits(q.by); err != nil {
			d.s.problem(w, r, err)
			return
		}
		h(q)
	})
}

// page registers a page and the acts that can be taken on it. An act that is
// refused draws the page again with everything that was typed.
func (s *Server) page(d *doors, path string, a area, f show) {
	d.signedIn("GET "+path, access.RuleSeen, a, func(q *request) { q.draw(http.StatusOK, f) })
	acts := strings.TrimSuffix(strings.TrimSuffix(path, "{$}"), "/") + "/acts/{verb}"
	d.signedIn("POST "+acts, access.RuleTaken, a, func(q *request) {
		verb := q.r.PathValue("verb")
		q.path = strings.TrimSuffix(q.r.URL.Path, "/acts/"+verb)
		if q.path == "" {
			q.path = "/"
		}
		if err := q.take(verb); err != nil {
			no, refused := refusal.As(err)
			if !refused {
				s.problem(q.w, q.r, err)
				return
			}
			q.draw(no.Status, f)
		}
	})
}
