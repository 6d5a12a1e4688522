package web

import (
	"errors"
	"net/http"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// wayLife is how long a browser keeps what it was sent away with.
const wayLife = 5 * time.Minute

// toProvider sends somebody to their agency's identity provider. The page's
// policy lets no form lead elsewhere, so that a page leads there.
func (s *Server) toProvider(w http.ResponseWriter, r *http.Request) {
	id := r.PostFormValue("provider")
	way, ticket, err := s.Guard.BeginProvider(id, r.PostFormValue("notice") == "yes")
	if err != nil {
		s.notVouched(w, r, err)
		return
	}
	keep(w, cookieWay, ticket, wayLife)
	w.Header().Set("Refresh", "0; url="+way)
	v := view.Provider{URL: way}
	for _, p := range s.Guard.Providers {
		if p.ID == id {
			v.Name = p.Name.In(s.lang(r, access.Actor{}))
		}
	}
	if err := s.render.RenderStatus(w, http.StatusOK, "to_provider", s.blank(r), v); err != nil {
		s.problem(w, r, err)
	}
}

// fromProvider takes what somebody came back with.
func (s *Server) fromProvider(w http.ResponseWriter, r *http.Request) {
	a := access.ProviderAnswer{ID: r.PathValue("id"), State: r.URL.Query().Get("state"), Code: r.URL.Query().Get("code"), Addr: address(r)}
	if c, err := r.Cookie(cookieWay); err == nil {
		a.Ticket = c.Value
	}
	drop(w, cookieWay)
	token, _, err := s.Guard.SignInByProvider(r.Context(), a)
	if step := (*access.SecondStep)(nil); errors.As(err, &step) {
		s.codePage(w, r, http.StatusOK, step.Ticket, nil)
		return
	}
	if err != nil {
		s.notVouched(w, r, err)
		return
	}
	s.opened(w, r, token, nil, nil)
}

// notVouched draws the sign-in page again, with its other ways.
func (s *Server) notVouched(w http.ResponseWriter, r *http.Request, err error) {
	no, refused := refusal.As(err)
	if !refused || no.Status == http.StatusNotFound {
		s.problem(w, r, err)
		return
	}
	if no.Status == http.StatusServiceUnavailable {
		s.Log.WarnContext(r.Context(), "an identity provider does not answer", "error", err)
	}
	s.signInPage(w, r, no.Status, false, r.PostFormValue(keptField), &component.Refusal{Code: no.Code, Params: no.Params})
}
