package web

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/directory"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// The cookies. The session's is bound to this host and read by no script.
const (
	cookieSession = "__Host-oasiss"
	cookieLang    = "__Host-lang"
	cookieTheme   = "__Host-theme"
	cookieWay     = "__Host-way"   // to an identity provider and back
	cookieWhose   = "__Host-whose" // whose session it is, for when it is over (keepWhose)
)

func tokenOf(r *http.Request) string {
	if c, err := r.Cookie(cookieSession); err == nil {
		return c.Value
	}
	return ""
}

// themes are the looks that a person can choose; without one the page follows
// the system.
var themes = []string{"light", "dark", "contrast"}

func theme(chosen string) string {
	if slices.Contains(themes, chosen) {
		return chosen
	}
	return ""
}

// themeOf is the look of a page before sign-in: that of this computer.
func themeOf(r *http.Request) string {
	if c, err := r.Cookie(cookieTheme); err == nil {
		return theme(c.Value)
	}
	return ""
}

func keep(w http.ResponseWriter, name, value string, life time.Duration) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: int(life.Seconds())})
}

func drop(w http.ResponseWriter, name string) {
	http.SetCookie(w, &http.Cookie{Name: name, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: -1})
}

// door registers signing in and out, one-time links, language and look.
func (s *Server) door(pages *doors) {
	pages.open("GET /sign-in", func(w http.ResponseWriter, r *http.Request) { s.signInPage(w, r, http.StatusOK, false, "", nil) })
	pages.opened("POST /sign-in", maxForm, s.signIn)
	pages.opened("POST /sign-in/passkey", maxForm, s.signInByPasskey)
	pages.opened("POST /sign-in/code", maxForm, s.signInCode)
	pages.open("POST /sign-in/provider", s.toProvider)
	pages.open("GET "+access.ProviderBack("{id}"), s.fromProvider)
	pages.open("POST /sign-out", func(w http.ResponseWriter, r *http.Request) {
		if err := s.Guard.SignOut(r.Context(), tokenOf(r)); err != nil {
			s.problem(w, r, err)
			return
		}
		drop(w, cookieSession)
		drop(w, cookieWhose)
		http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
	})
	pages.open("POST /language", func(w http.ResponseWriter, r *http.Request) {
		if l := i18n.Lang(r.FormValue("language")); l.Known() {
			s.keepLook(w, r, cookieLang, string(l), func(look *access.Look) { look.Lang = string(l) })
		}
		s.comeBack(w, r)
	})
	pages.open("POST /theme", func(w http.ResponseWriter, r *http.Request) {
		chosen := theme(r.FormValue("theme"))
		s.keepLook(w, r, cookieTheme, chosen, func(look *access.Look) { look.Theme = chosen })
		s.comeBack(w, r)
	})
	s.oneTime(pages)
	s.factors(pages)
}

// keepLook keeps what somebody chose of the pages' look: for their account when
// they are signed in, so that it is theirs on every computer and nobody else's
// on this one; before that, for this computer. The page at which one signs in is
// nobody's, whoever is still signed in.
func (s *Server) keepLook(w http.ResponseWriter, r *http.Request, cookie, value string, change func(*access.Look)) {
	by, err := s.Guard.FromToken(r.Context(), tokenOf(r), true)
	if err != nil || strings.HasPrefix(r.FormValue("back"), "/sign-in") {
		keep(w, cookie, value, 365*24*time.Hour)
		return
	}
	if err := s.Guard.KeepLook(r.Context(), by.User, change); err != nil {
		s.Log.ErrorContext(r.Context(), "a look was not kept", "error", err)
	}
}

func (s *Server) comeBack(w http.ResponseWriter, r *http.Request) {
	to := r.FormValue("back")
	if !local(to) {
		to = "/"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// address is where a request came from, for throttling.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// signInPage draws the page at which one signs in. kept is what had been sent
// without a session, sealed.
func (s *Server) signInPage(w http.ResponseWriter, r *http.Request, status int, byPasskey bool, kept string, no *component.Refusal) {
	v := view.SignIn{Kept: kept, Asked: s.Guard.AskSignIn(), Other: no != nil && !byPasskey, Form: emptyForm("/sign-in"), Passkey: emptyForm("/sign-in/passkey"), Provider: emptyForm("/sign-in/provider")}
	for _, p := range s.Guard.Providers {
		v.Providers = append(v.Providers, component.Option{Value: p.ID, Label: p.Name.In(s.lang(r, access.Actor{}))})
	}
	if byPasskey {
		v.Passkey.Refusal = no
	} else if no != nil {
		v.Form.Refusal, v.Form.Values = no, r.PostForm
	}
	p := s.blank(r)
	p.Path = "/sign-in" // it may stand in the place of another page
	if err := s.render.RenderStatus(w, status, "sign_in", p, v); err != nil {
		s.problem(w, r, err)
	}
}

func emptyForm(action string) component.Form {
	return component.Form{Action: action, Token: newToken(), Values: url.Values{}, Errors: map[string]string{}}
}

// signIn takes a name and a password; a second step follows where the account
// has a second factor.
func (s *Server) signIn(w http.ResponseWriter, r *http.Request) {
	token, _, err := s.Guard.SignIn(r.Context(), access.SignIn{Login: strings.TrimSpace(r.PostFormValue("user")), Password: r.PostFormValue("password"),
		Addr: address(r), Notice: r.PostFormValue("notice") == "yes", Door: "web"})
	if step := (*access.SecondStep)(nil); errors.As(err, &step) {
		s.codePage(w, r, http.StatusOK, step.Ticket, nil)
		return
	}
	r.PostForm.Del("password")
	s.opened(w, r, token, err, func(no *refusal.Refusal) {
		s.signInPage(w, r, no.Status, false, r.PostForm.Get(keptField), &component.Refusal{Code: no.Code, Params: no.Params})
	})
}

func (s *Server) signInByPasskey(w http.ResponseWriter, r *http.Request) {
	notice := r.PostFormValue("notice") == "yes" // reads the form
	token, _, err := s.Guard.SignInByPasskey(r.Context(), assertionOf(r.PostForm), access.SignIn{Addr: address(r), Notice: notice, Door: "web"})
	s.opened(w, r, token, err, func(no *refusal.Refusal) {
		s.signInPage(w, r, no.Status, true, r.PostForm.Get(keptField), &component.Refusal{Code: no.Code, Params: no.Params})
	})
}

func (s *Server) signInCode(w http.ResponseWriter, r *http.Request) {
	ticket := r.PostFormValue("ticket")
	token, _, err := s.Guard.SignInCode(r.Context(), ticket, r.PostFormValue("code"), address(r), "web")
	s.opened(w, r, token, err, func(no *refusal.Refusal) {
		s.codePage(w, r, no.Status, ticket, &component.Refusal{Code: no.Code, Params: no.Params})
	})
}

func (s *Server) codePage(w http.ResponseWriter, r *http.Request, status int, ticket string, no *component.Refusal) {
	f := emptyForm("/sign-in/code")
	f.Refusal = no
	if err := s.render.RenderStatus(w, status, "sign_in_code", s.blank(r), view.SignInCode{Form: f, Ticket: ticket, Kept: r.PostFormValue(keptField)}); err != nil {
		s.problem(w, r, err)
	}
}

// opened leads on with a session, to what was kept for its person if there is
// something, or says why there is none.
func (s *Server) opened(w http.ResponseWriter, r *http.Request, token string, err error, refused func(*refusal.Refusal)) {
	if no, ok := refusal.As(err); ok {
		refused(no)
		return
	}
	if err != nil {
		s.problem(w, r, err)
		return
	}
	keep(w, cookieSession, token, access.SessionLife)
	if by, err := s.Guard.FromToken(r.Context(), token, false); err == nil {
		s.keepWhose(w, token, by.User, access.SessionLife)
	}
	if s.givenBack(w, r, token, r.PostFormValue(keptField)) {
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// oneTime registers the pages of the one-time codes: founding the node, and
// choosing a password with both halves of a link.
func (s *Server) oneTime(pages *doors) {
	s.form(pages, "/found", "web.found", []view.Ask{
		{Name: "code", Key: "ask.code", How: []string{"required", "mono", "autocomplete=off"}},
		{Name: "name", Key: "ask.official_name", How: []string{"required", "autocomplete=name"}, GroupKey: "web.found.you"},
		{Name: "badge", Key: "ask.badge", How: []string{"required", "mono"}},
		{Name: "login", Key: "ask.login", How: []string{"required", "autocomplete=username"}},
		{Name: "password", Key: "ask.new_password", How: []string{"required", "type=password", "autocomplete=new-password"}},
		{Name: "office_id", Key: "ask.office_id", How: []string{"required", "mono"}, GroupKey: "web.found.office"},
		{Name: "agency", Key: "ask.agency", How: []string{"required", "mono"}},
		{Name: "name_en", Key: "ask.name_en", How: []string{"required"}},
		{Name: "name_es", Key: "ask.name_es", How: []string{"required"}},
		{Name: "zone", Key: "ask.zone", How: []string{"required", "mono"}},
	}, func(r *http.Request, v url.Values) error {
		_, err := directory.Found(r.Context(), s.Guard, directory.Founding{Code: v.Get("code"), Login: v.Get("login"), Name: v.Get("name"), Badge: v.Get("badge"),
			Lang: string(s.lang(r, access.Actor{})), Password: v.Get("password"), Addr: address(r), Office: access.Office{ID: v.Get("office_id"), Agency: v.Get("agency"),
				Name: access.Names{En: v.Get("name_en"), Es: v.Get("name_es")}, Zone: v.Get("zone")}})
		return err
	})
	s.form(pages, "/redeem", "web.redeem", []view.Ask{
		{Name: "half", Key: "ask.half", How: []string{"required", "mono", "autocomplete=off"}},
		{Name: "other", Key: "ask.other_half", How: []string{"required", "mono", "autocomplete=off"}},
		{Name: "password", Key: "ask.new_password", How: []string{"required", "type=password", "autocomplete=new-password"}},
	}, func(r *http.Request, v url.Values) error {
		return s.Guard.Redeem(r.Context(), v.Get("half"), v.Get("other"), v.Get("password"), address(r))
	})
}

// form registers a page that is one form for somebody not signed in; done
// well, it leads to the sign-in page.
func (s *Server) form(pages *doors, path, key string, asks []view.Ask, take func(*http.Request, url.Values) error) {
	draw := func(w http.ResponseWriter, r *http.Request, status int, f component.Form) {
		f.Action, f.Token = path, newToken()
		v := view.FormPage{TitleKey: key, LeadKey: key + ".lead", BackURL: "/sign-in", Act: view.Act{LabelKey: key + ".do", Form: f, Asks: asks, Primary: true}}
		if err := s.render.RenderStatus(w, status, "form_page", s.blank(r), v); err != nil {
			s.problem(w, r, err)
		}
	}
	pages.open("GET "+path, func(w http.ResponseWriter, r *http.Request) {
		draw(w, r, http.StatusOK, component.Form{Values: url.Values{}, Errors: map[string]string{}})
	})
	pages.open("POST "+path, func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			s.problem(w, r, refusal.New("act.malformed", "field", ""))
			return
		}
		err := take(r, r.PostForm)
		no, refused := refusal.As(err)
		switch {
		case refused:
			draw(w, r, no.Status, component.Form{Values: r.PostForm, Errors: map[string]string{}, Refusal: &component.Refusal{Code: no.Code, Params: no.Params}})
		case err != nil:
			s.problem(w, r, err)
		default:
			http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
		}
	})
}
