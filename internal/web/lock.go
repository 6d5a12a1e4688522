package web

import (
	"fmt"
	"math"
	"net/http"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// overPage says that a script asks, which keeps its page underneath and wants no other.
const overPage = "X-Oasiss-Screen"

// locks registers the lock of a screen, and where an open page asks how its
// screen stands.
func (s *Server) locks(pages *doors) {
	pages.open("GET /locked", func(w http.ResponseWriter, r *http.Request) { s.lockPage(w, r, http.StatusOK, "", "", nil) })
	pages.opened("POST /locked/passkey", maxForm, s.unlocking(func(r *http.Request) error {
		return s.Guard.UnlockByPasskey(r.Context(), tokenOf(r), assertionOf(r.PostForm))
	}))
	pages.opened("POST /locked/password", maxForm, s.unlocking(func(r *http.Request) error {
		return s.Guard.UnlockByPassword(r.Context(), tokenOf(r), r.PostForm.Get("password"), r.PostForm.Get("code"))
	}))
	pages.open("GET /screen", s.screen)
	pages.open("POST /screen", func(w http.ResponseWriter, r *http.Request) {
		_, _ = s.Guard.FromToken(r.Context(), tokenOf(r), true) // somebody is there; how it stands follows
		s.screen(w, r)
	})
}

// screen tells a script how the screen stands, how many seconds are left and
// whose it is now: a page that was drawn for somebody else opens to nobody.
func (s *Server) screen(w http.ResponseWriter, r *http.Request) {
	now, err := s.Guard.Screen(r.Context(), tokenOf(r))
	if err != nil {
		s.problem(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintf(w, "%s %d %s", now.State, int(math.Ceil(now.Left.Seconds())), now.By.User)
}

// locked answers a request that met a locked screen: with the lock, in place of
// the page; a script, and a page that renews itself, with nothing.
func (s *Server) locked(w http.ResponseWriter, r *http.Request) {
	if !readsPages(r) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	s.lockPage(w, r, http.StatusUnauthorized, here(r), "", nil)
}

// lockPage draws the lock, over the page at back. Of what the screen showed it
// says nothing. kept is what had been sent, as it came with the lock; else what
// the request brought is kept.
func (s *Server) lockPage(w http.ResponseWriter, r *http.Request, status int, back, kept string, no *component.Refusal) {
	now, err := s.Guard.Screen(r.Context(), tokenOf(r))
	if err != nil {
		s.problem(w, r, err)
		return
	}
	back = onThisNode(back)
	switch now.State {
	case access.ScreenOver:
		http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
		return
	case access.ScreenOpen:
		http.Redirect(w, r, back, http.StatusSeeOther) // #nosec G710 -- it is a page of this node (onThisNode)
		return
	}
	if kept == "" {
		kept = s.sealed(r, now.By.User)
	}
	q, p := s.reading(w, r, now.By, ""), s.blank(r)
	p.Lang, p.Theme, p.NodeName = q.lang, theme(q.look.Theme), s.Node.Name[q.lang]
	v := view.Lock{Asked: s.Guard.AskUnlock(now.By), Passkey: emptyForm("/locked/passkey"), Form: emptyForm("/locked/password"), Back: back, Kept: kept}
	if v.Passkey.Refusal = no; r.URL.Path == v.Form.Action {
		v.Passkey.Refusal, v.Form.Refusal, v.Other = nil, no, no != nil
	}
	if err := s.render.RenderStatus(w, status, "locked", p, v); err != nil {
		s.problem(w, r, err)
	}
}

// unlocking takes what opens a lock and leads back: to the page, or to what was
// sent when it was locked.
func (s *Server) unlocking(open func(*http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			s.problem(w, r, refusal.New("act.malformed", "field", ""))
			return
		}
		back, kept := r.PostForm.Get("back"), r.PostForm.Get(keptField)
		err := open(r)
		no, refused := refusal.As(err)
		switch {
		case refused && no.Status == http.StatusUnauthorized && kept != "" && readsPages(r):
			s.signInPage(w, r, no.Status, false, kept, nil) // the session ended behind the lock
		case refused && no.Status == http.StatusUnauthorized, err != nil && !refused:
			s.problem(w, r, err)
		case refused:
			s.lockPage(w, r, no.Status, back, kept, &component.Refusal{Code: no.Code, Params: no.Params})
		case r.Header.Get(overPage) != "":
			w.WriteHeader(http.StatusNoContent)
		case s.givenBack(w, r, tokenOf(r), kept):
		default:
			http.Redirect(w, r, onThisNode(back), http.StatusSeeOther) // #nosec G710 -- as it says
		}
	}
}
