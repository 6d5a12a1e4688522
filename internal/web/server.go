package web

import (
	"log/slog"
	"net/http"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/transfer"
	"github.com/oasiss/oasiss/internal/watch"
)

// Node is what the pages say of the node they belong to.
type Node struct {
	Country    string // ISO 3166-1 alpha-2
	Name       map[i18n.Lang]string
	Zone       string // IANA, shown before sign-in
	Fictional  bool
	Descriptor func() string // signed; its words are read aloud at pairing
}

// Server is the pages' door of one node. It holds no rule: it reads through
// the rooms' own reads and acts through act.Acts.
type Server struct {
	Acts  *act.Acts
	Guard *access.Guard
	Node  Node
	Log   *slog.Logger
	// Files and Uploads are where bytes of files come from and go.
	Files   *file.Store
	Uploads *transfer.Uploads
	// Watch is where the node's own state is read, of which its pages tell.
	Watch  watch.Source
	Limits watch.Limits
	// Examine looks at the node as oasiss doctor does; nil where nobody can.
	Examine watch.Examine

	looks  pace
	pages  http.Handler // every page by its address
	render *Renderer
	routes []Route
}

// New registers every page on mux. A broken template is an error of the build.
func New(mux *http.ServeMux, s *Server) error {
	r, err := NewRenderer(s.Log)
	if err != nil {
		return err
	}
	s.render = r
	pages := &doors{s: s, mux: http.NewServeMux()}
	pages.open("GET "+AssetPrefix, Assets().ServeHTTP)
	s.door(pages)
	s.locks(pages)
	s.day(pages)
	s.referrals(pages)
	s.prints(pages)
	s.releases(pages)
	s.handOvers(pages)
	s.captures(pages)
	s.shifts(pages)
	s.cases(pages)
	s.around(pages)
	s.files(pages)
	s.exhibits(pages)
	s.people(pages)
	s.waitings(pages)
	s.retentions(pages)
	s.letters(pages)
	s.redresses(pages)
	s.consulates(pages)
	s.warrants(pages)
	s.approvals(pages)
	s.alerts(pages)
	s.records(pages)
	s.figures(pages)
	s.admin(pages)
	s.signing(pages)
	pages.signedIn("GET /live", access.RuleOwn, areaCases, (*request).listen)
	pages.open("/", func(w http.ResponseWriter, r *http.Request) { s.problem(w, r, refusal.NotFound()) })
	s.routes, s.pages = pages.routes, pages.mux
	guarded := http.NewCrossOriginProtection()
	guarded.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.problem(w, r, refusal.Forbidden("web.cross_origin"))
	}))
	mux.Handle("/", Headed(guarded.Handler(pages.mux)))
	return nil
}

// area is what a page is about: it decides the one purpose of a request, from
// what the reader's roles are for.
type area string

const (
	areaCases      area = "cases"      // cases and referrals
	areaProtection area = "protection" // the protection desk
	areaLife       area = "life"       // lives at risk
	areaOversight  area = "oversight"  // accords, journal
	areaNode       area = "node"       // link, accounts
)

// purpose is the purpose for which an actor opens an area: a victim adviser
// and a bridge officer protect, a coordinator oversees, the case team
// prosecutes. It is shown on the page and stands in every access fact.
func purpose(a area, by access.Actor) string {
	switch a {
	case areaProtection:
		return "protection"
	case areaLife:
		return "life_at_risk"
	case areaOversight:
		return "oversight"
	case areaNode:
		return "administration"
	}
	for _, role := range []string{access.RoleFieldAgent, access.RoleProsecutions, access.RoleSupervisor, access.RoleUSAttorney, access.RoleMP, access.RolePolice} {
		if by.Has(role) {
			return "prosecution"
		}
	}
	for _, role := range []string{access.RoleAdviser, access.RoleConsular, access.RoleINM} {
		if by.Has(role) {
			return "protection"
		}
	}
	return "oversight"
}

// show draws one page: its template and what stands in it.
type show func(q *request) (template string, data any, err error)

// problem is the page of an error: what is wrong and what to do next; of a
// fault only a number that the log knows.
func (s *Server) problem(w http.ResponseWriter, r *http.Request, err error) {
	p := s.blank(r)
	no, refused := refusal.As(err)
	if refused && no.Code == "access.screen_locked" {
		s.locked(w, r)
		return
	}
	if refused && no.Status == http.StatusUnauthorized {
		s.signedOut(w, r)
		return
	}
	if refused && no.Code == "access.second_factor_needed" && r.Method == http.MethodGet {
		http.Redirect(w, r, ownAccount, http.StatusSeeOther) // where the second factor is set
		return
	}
	v := problemOf(no)
	if !refused {
		v.Status, v.Ref = http.StatusInternalServerError, newToken()[:8]
		if r.Context().Err() == nil { // nobody waits for a page that was left
			s.Log.ErrorContext(r.Context(), "page failed", "ref", v.Ref, "error", err)
		}
	}
	if by, err := s.Guard.FromToken(r.Context(), tokenOf(r), false); err == nil {
		p = s.reading(w, r, by, "").page(r.Context())
	}
	if err := s.render.RenderStatus(w, v.Status, "problem", p, v); err != nil && r.Context().Err() == nil {
		s.Log.ErrorContext(r.Context(), "page failed", "error", err)
	}
}
