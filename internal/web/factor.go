package web

import (
	"cmp"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// ownAccount is where one sees to one's own ways to sign in.
const ownAccount = "/account"

// factors registers one's own passkeys, authenticator app, one-time codes and
// sessions.
func (s *Server) factors(pages *doors) {
	pages.signedIn("GET "+ownAccount, access.RuleSelf, areaNode, func(q *request) { q.own(http.StatusOK, view.OwnAccount{}) })
	change := func(path string, f func(q *request, v *view.OwnAccount) error) {
		pages.signedIn("POST "+ownAccount+path, access.RuleSelf, areaNode, func(q *request) { q.changeOwn(f) })
	}
	change("/passkeys", func(q *request, _ *view.OwnAccount) error {
		form := q.r.PostForm
		r := access.Registration{Name: form.Get("name"), ClientData: bytesOf(form, "client_data"), Attestation: bytesOf(form, "attestation")}
		_, err := s.Guard.AddPasskey(q.r.Context(), q.by, r)
		if err == nil {
			q.path = cmp.Or(waitingAct(form.Get("next")), ownAccount)
		}
		return err
	})
	change("/passkeys/{id}/remove", func(q *request, _ *view.OwnAccount) error {
		return s.Guard.RemovePasskey(q.r.Context(), q.by, q.r.PathValue("id"))
	})
	change("/app", func(q *request, v *view.OwnAccount) (err error) {
		v.Seed, v.Ticket, err = s.Guard.AskTOTP(q.r.Context(), q.by)
		return err
	})
	change("/app/confirm", func(q *request, _ *view.OwnAccount) error {
		return s.Guard.SetTOTP(q.r.Context(), q.by, q.r.PostForm.Get("ticket"), q.r.PostForm.Get("code"))
	})
	change("/app/remove", func(q *request, _ *view.OwnAccount) error { return s.Guard.RemoveTOTP(q.r.Context(), q.by) })
	change("/codes", func(q *request, v *view.OwnAccount) (err error) {
		v.Codes, err = s.Guard.DrawRecovery(q.r.Context(), q.by)
		return err
	})
	change("/sessions/{id}/end", func(q *request, _ *view.OwnAccount) error {
		return s.Guard.EndOwn(q.r.Context(), q.by, q.r.PathValue("id"))
	})
}

// changeOwn takes one change of one's own account. What is shown once is drawn
// at once; everything else leads back to the page.
func (q *request) changeOwn(f func(q *request, v *view.OwnAccount) error) {
	if err := q.r.ParseForm(); err != nil {
		q.s.problem(q.w, q.r, refusal.New("act.malformed", "field", ""))
		return
	}
	q.path = ownAccount
	var v view.OwnAccount
	err := f(q, &v)
	no, refused := refusal.As(err)
	switch {
	case refused && no.Status == http.StatusUnauthorized, err != nil && !refused:
		q.s.problem(q.w, q.r, err)
	case refused:
		v.Refusal = &component.Refusal{Code: no.Code, Params: no.Params}
		q.own(no.Status, v)
	case v.Seed != "" || v.Codes != nil:
		q.own(http.StatusOK, v)
	default:
		http.Redirect(q.w, q.r, q.path, http.StatusSeeOther)
	}
}

// registerFirst is where somebody who has no passkey registers one for an act
// that waits to be signed, and from where they come back to it.
func registerFirst(act, back string) string {
	return ownAccount + "?next=" + url.QueryEscape(act+"?back="+url.QueryEscape(back)) + "#passkeys"
}

// waitingAct is the address of an act that waits to be signed; "" for any other.
func waitingAct(next string) string {
	if !local(next) || !strings.HasPrefix(next, "/sign/") {
		return ""
	}
	return next
}

// own draws one's own account.
func (q *request) own(status int, v view.OwnAccount) {
	ctx := q.r.Context()
	f, err := q.s.Guard.Factors(ctx, q.by)
	if err != nil {
		q.s.problem(q.w, q.r, err)
		return
	}
	v.Passkeys, v.App, v.CodesLeft = f.Passkeys, f.TOTP, f.Recovery
	v.Bare, v.Next = f.Level < 2, waitingAct(q.r.FormValue("next"))
	if v.New, err = q.s.Guard.AskPasskey(ctx, q.by); err == nil {
		v.Changes = true
	} else if _, refused := refusal.As(err); !refused {
		q.s.problem(q.w, q.r, err)
		return
	}
	for _, o := range f.Sessions {
		how := o.How
		if how == "" {
			how = access.HowPassword
		}
		v.Sessions = append(v.Sessions, view.OwnSession{ID: o.ID, Door: o.Door, Addr: o.Addr, How: q.t("access.how." + how), Seen: o.Seen, Here: o.ID == q.by.Session})
	}
	v.Form = component.Form{Action: ownAccount, Token: newToken(), Values: url.Values{}, Errors: map[string]string{}}
	if name := q.r.PostForm.Get("name"); v.Refusal != nil && name != "" {
		v.Form.Values.Set("name", name)
	}
	q.path = ownAccount
	if err := q.s.render.RenderStatus(q.w, status, "own_account", q.page(ctx), v); err != nil {
		q.s.problem(q.w, q.r, err)
	}
}

// bytesOf reads bytes that a script has put into a form; none where they are
// not what it writes.
func bytesOf(form url.Values, name string) []byte {
	b, err := base64.RawURLEncoding.DecodeString(form.Get(name))
	if err != nil {
		return nil
	}
	return b
}

// assertionOf is what an authenticator answered, as a script has put it into a form.
func assertionOf(form url.Values) access.Assertion {
	return access.Assertion{Credential: form.Get("credential"), ClientData: bytesOf(form, "client_data"), AuthData: bytesOf(form, "auth_data"), Sig: bytesOf(form, "sig")}
}
