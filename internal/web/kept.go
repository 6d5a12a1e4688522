package web

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/web/view"
)

// What somebody sends when their screen is locked or their session over is not
// taken and not lost: the page that is shown instead carries it, sealed to them.
// Whoever sits there reads nothing of it, and once its own person has opened the
// lock or signed in on that page it is given back, to be sent or left.

const (
	// keptLife is how long it can be given back.
	keptLife = 30 * time.Minute
	// mostKept bounds it, in bytes: sealed it must fit into a form again.
	mostKept = maxForm / 2
	// keptField is the field of a form that carries it.
	keptField = "_kept"
)

// sent is what somebody had sent: where it goes, what stands in it as a form is
// encoded, the page to come back to, and when it was.
type sent struct {
	To     string    `json:"to"`
	Fields string    `json:"fields"`
	Back   string    `json:"back"`
	At     time.Time `json:"at"`
}

// proofs are the fields by which somebody shows who they are, or a person over
// the telephone: these are never kept.
var proofs = []string{"password", "code", "old", "half", "other", "code_word", "ticket", "credential", "client_data", "auth_data", "sig", "attestation"}

// sealed is what a request brought, sealed to an account; empty if it brought
// nothing that is kept. A file is sent again, and so is what signs or changes a
// way to sign in.
func (s *Server) sealed(r *http.Request, user string) string {
	shows := strings.HasPrefix(r.URL.Path, "/sign/") || strings.HasPrefix(r.URL.Path, ownAccount) || strings.HasPrefix(r.URL.Path, "/locked")
	if r.Method != http.MethodPost || user == "" || shows || r.ParseForm() != nil || len(r.PostForm) == 0 {
		return ""
	}
	for _, proof := range proofs {
		r.PostForm.Del(proof)
	}
	plain, err := json.Marshal(sent{To: r.URL.Path, Fields: r.PostForm.Encode(), Back: here(r), At: s.Acts.Now()})
	if err != nil || len(plain) > mostKept {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(s.Acts.Ring.Box(keptLabel(user), plain))
}

// unsealed is what was kept for an account; false for what is another's, is too
// old, or is nothing.
func (s *Server) unsealed(kept, user string) (k sent, ok bool) {
	box, err := base64.RawURLEncoding.DecodeString(kept)
	if err != nil || kept == "" {
		return k, false
	}
	plain, err := s.Acts.Ring.Unbox(keptLabel(user), box)
	if err != nil || json.Unmarshal(plain, &k) != nil {
		return k, false
	}
	age := s.Acts.Now().Sub(k.At)
	return k, age >= -time.Minute && age < keptLife && local(k.To)
}

func keptLabel(user string) string { return "sent/" + user }

// givenBack shows the person of a session what was kept for them, to be sent now
// or left: it was not taken, and is not taken by itself. It reports whether there
// was something. A session by password alone shows nothing but its own account.
func (s *Server) givenBack(w http.ResponseWriter, r *http.Request, token, kept string) bool {
	by, err := s.Guard.FromToken(r.Context(), token, true)
	if err != nil || by.Level < 2 {
		return false
	}
	k, ok := s.unsealed(kept, by.User)
	fields, err := url.ParseQuery(k.Fields)
	if !ok || err != nil {
		return false
	}
	v := view.GivenBack{To: k.To, Back: onThisNode(k.Back)}
	for name, values := range fields {
		for _, value := range values {
			v.Fields = append(v.Fields, [2]string{name, value})
		}
	}
	slices.SortStableFunc(v.Fields, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	q := s.reading(w, r, by, "")
	q.path = v.Back
	if _, verb, _ := strings.Cut(k.To, "/acts/"); s.Acts.Verbs[verb] != nil {
		v.What = q.t("verb." + verb)
	}
	if err := s.render.RenderStatus(w, http.StatusOK, "given_back", q.page(r.Context()), v); err != nil {
		s.problem(w, r, err)
	}
	return true
}

// signedOut answers a request that has no session in force with the way to sign
// in. It carries what was sent, if it is known whose session it was; a page's
// script is told, and keeps what its page holds.
func (s *Server) signedOut(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get(byScript) != "" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if kept := s.sealed(r, s.formerly(r)); kept != "" && readsPages(r) {
		s.signInPage(w, r, http.StatusUnauthorized, false, kept, nil)
		return
	}
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
}

// readsPages reports whether a request is a browser's that shows what it gets.
func readsPages(r *http.Request) bool {
	accepts := r.Header.Get("Accept")
	return r.Header.Get(itself) == "" && r.Header.Get(byScript) == "" && (accepts == "" || strings.Contains(accepts, "html"))
}

// keepWhose has the browser say, once its session is over and the node knows no
// more of it, whose that was: sealed, and bound to the session's own cookie. It
// opens nothing.
func (s *Server) keepWhose(w http.ResponseWriter, token, user string, life time.Duration) {
	keep(w, cookieWhose, base64.RawURLEncoding.EncodeToString(s.Acts.Ring.Box(whoseLabel(token), []byte(user))), life)
}

// formerly is the account whose session a browser's cookie stood for; empty if
// that is not known.
func (s *Server) formerly(r *http.Request) string {
	c, err := r.Cookie(cookieWhose)
	if err != nil {
		return ""
	}
	box, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return ""
	}
	user, err := s.Acts.Ring.Unbox(whoseLabel(tokenOf(r)), box)
	if err != nil {
		return ""
	}
	return string(user)
}

func whoseLabel(token string) string { return "session/" + token }
