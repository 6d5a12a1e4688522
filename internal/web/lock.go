package web

import (
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"

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
	pages.open("GET /locked", func(w http.ResponseWriter, r *http.Request) { s.lockPage(w, r, http.StatusOK, sent{}, nil) })
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

// sent is what somebody had sent when the screen was locked: where it goes,
// what stands in it, and the page to come back to.
type sent struct{ back, to, fields string }

// sentOf is what a request brought that met a locked screen. What proves who
// somebody is, is not kept, nor a file, which is sent again.
func sentOf(r *http.Request) sent {
	k := sent{back: here(r)}
	if r.Method != http.MethodPost || r.ParseForm() != nil || len(r.PostForm) == 0 {
		return k
	}
	for _, secret := range []string{"password", "code", "old", "half", "other"} {
		r.PostForm.Del(secret)
	}
	k.to, k.fields = r.URL.Path, r.PostForm.Encode()
	return k
}

// locked answers a request that met a locked screen: with the lock, in place of
// the page; a script, and a page that renews itself, with nothing.
func (s *Server) locked(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get(itself) != "" || !strings.Contains(r.Header.Get("Accept"), "html") && r.Header.Get("Accept") != "" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	s.lockPage(w, r, http.StatusUnauthorized, sentOf(r), nil)
}

// lockPage draws the lock. Of what the screen showed it says nothing.
func (s *Server) lockPage(w http.ResponseWriter, r *http.Request, status int, k sent, no *component.Refusal) {
	now, err := s.Guard.Screen(r.Context(), tokenOf(r))
	if err != nil {
		s.problem(w, r, err)
		return
	}
	if !local(k.back) {
		k.back = "/"
	}
	switch now.State {
	case access.ScreenOver:
		http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
		return
	case access.ScreenOpen:
		http.Redirect(w, r, k.back, http.StatusSeeOther)
		return
	}
	q, p := s.reading(w, r, now.By, ""), s.blank(r)
	p.Lang, p.Theme, p.NodeName = q.lang, theme(q.look.Theme), s.Node.Name[q.lang]
	v := view.Lock{Asked: s.Guard.AskUnlock(now.By), Passkey: emptyForm("/locked/passkey"), Form: emptyForm("/locked/password"), Back: k.back, To: k.to, Fields: k.fields}
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
		k := sent{back: r.PostForm.Get("back"), to: r.PostForm.Get("to"), fields: r.PostForm.Get("fields")}
		err := open(r)
		no, refused := refusal.As(err)
		switch {
		case refused && no.Status == http.StatusUnauthorized, err != nil && !refused:
			s.problem(w, r, err)
		case refused:
			s.lockPage(w, r, no.Status, k, &component.Refusal{Code: no.Code, Params: no.Params})
		case r.Header.Get(overPage) != "":
			w.WriteHeader(http.StatusNoContent)
		case k.fields != "" && local(k.to):
			s.givenBack(w, r, k)
		case local(k.back):
			http.Redirect(w, r, k.back, http.StatusSeeOther)
		default:
			http.Redirect(w, r, "/", http.StatusSeeOther)
		}
	}
}

// givenBack shows what somebody had sent when the screen was locked, to be sent
// now or left: it was not taken, and is not taken by itself.
func (s *Server) givenBack(w http.ResponseWriter, r *http.Request, k sent) {
	fields, err := url.ParseQuery(k.fields)
	by, in := s.Guard.FromToken(r.Context(), tokenOf(r), true)
	if err != nil || in != nil {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	v := view.GivenBack{To: k.to, Back: k.back}
	if !local(v.Back) {
		v.Back = "/"
	}
	for name, values := range fields {
		for _, value := range values {
			v.Fields = append(v.Fields, [2]string{name, value})
		}
	}
	slices.SortStableFunc(v.Fields, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	q := s.reading(w, r, by, "")
	q.path = v.Back
	if err := s.render.RenderStatus(w, http.StatusOK, "given_back", q.page(r.Context()), v); err != nil {
		s.problem(w, r, err)
	}
}
