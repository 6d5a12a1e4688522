package web

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// signing registers the page where an act is read as it will be signed.
func (s *Server) signing(pages *doors) {
	pages.signedIn("GET /sign/{id}", access.RuleOwn, areaCases, func(q *request) { q.confirm(http.StatusOK, nil) })
	pages.signedIn("POST /sign/{id}", access.RuleTaken, areaCases, func(q *request) {
		w, r := q.w, q.r
		if err := r.ParseForm(); err != nil {
			s.problem(w, r, refusal.New("act.malformed", "field", ""))
			return
		}
		shown, err := s.Acts.Shown(r.Context(), q.by, r.PathValue("id"))
		if _, refused := refusal.As(err); err != nil && !refused {
			s.problem(w, r, err)
			return
		}
		res, err := s.Acts.Sign(r.Context(), q.by, r.PathValue("id"), assertionOf(r.PostForm)) // what cannot be shown is refused here, and journalled
		if err == nil {
			q.receipted(res.Facts)
			q.path = back(r.PostForm.Get("back"))
			q.leadOn(q.after(shown.Verb, res))
			return
		}
		q.notSigned(err)
	})
}

// soon is how long whoever signed waits for the other country's receipt: the page
// that follows then says that it is there, and need not say it once more. It is
// enough for a peer that answers across the continent, and nobody minds it.
const soon = 200 * time.Millisecond

// receipted waits until the peer has signed for what was released, or for soon:
// a peer that is silent keeps nobody, and its receipt shows when it comes.
func (q *request) receipted(facts []string) {
	topics := make([]string, len(facts))
	for i, id := range facts {
		topics[i] = act.FactTopic(id)
	}
	sub := q.s.Acts.Hub.Subscribe(topics...)
	defer sub.Close()
	late := time.NewTimer(soon)
	defer late.Stop()
	for q.underWay(facts) {
		select {
		case <-sub.C:
		case <-late.C:
			return
		case <-q.r.Context().Done():
			return
		}
	}
}

// underWay reports whether a peer has not answered one of these facts yet.
func (q *request) underWay(facts []string) (waits bool) {
	q.lookUp(func(tx *store.Tx) error {
		waits = false
		for _, id := range facts {
			d, released, err := exchange.Receipts(tx, id)
			if err != nil {
				return err
			}
			waits = waits || released && d.State == exchange.DeliveryQueued
		}
		return nil
	})
	return waits
}

// notSigned tells why: a wrong answer on the same page, all else on its own.
func (q *request) notSigned(err error) {
	no, refused := refusal.As(err)
	if refused && strings.HasPrefix(no.Code, "access.") && no.Status != http.StatusNotFound {
		q.confirm(no.Status, &component.Refusal{Code: no.Code, Params: no.Params})
		return
	}
	if refused {
		err = &refusal.Refusal{Code: no.Code, Status: no.Status, Params: q.ownTimes(no.Params)}
	}
	q.s.problem(q.w, q.r, err)
}

// ownTimes writes the moments among a refusal's parameters as pages do, in the
// reader's language and zone.
func (q *request) ownTimes(params map[string]any) map[string]any {
	out := maps.Clone(params)
	for name, v := range params {
		text, _ := v.(string)
		if at, err := time.Parse(refusal.Moment, text); err == nil {
			out[name] = i18n.DateTime(q.lang, at, q.zone())
		}
	}
	return out
}

// back is the page that somebody came from: its path, and whom it showed.
func back(address string) string {
	if !local(address) {
		return "/"
	}
	path, query, _ := strings.Cut(address, "?")
	if asked, err := url.ParseQuery(query); err == nil && asked.Get(ofPerson) != "" {
		return with(path, ofPerson, asked.Get(ofPerson))
	}
	return path
}

// confirm draws an act as it will be signed.
func (q *request) confirm(status int, no *component.Refusal) {
	shown, err := q.s.Acts.Shown(q.r.Context(), q.by, q.r.PathValue("id"))
	if err != nil {
		q.s.problem(q.w, q.r, err)
		return
	}
	to := back(q.r.FormValue("back"))
	statement, facts, crosses, err := q.read(shown)
	if err != nil {
		q.s.problem(q.w, q.r, err)
		return
	}
	f := component.Form{Action: "/sign/" + shown.ID, Token: newToken(), Values: url.Values{}, Errors: map[string]string{}, Refusal: no}
	v := view.Confirm{TitleKey: "verb." + shown.Verb, Statement: statement, Lang: q.lang.Tag(), Facts: facts, Digest: shown.Digest, Asked: shown.Asked,
		SignKey: "confirm.sign", Form: f, BackURL: to, Hidden: []view.Hidden{{Name: "back", Value: to}}}
	held, err := q.s.Guard.HoldsPasskey(q.r.Context(), q.by)
	if err != nil {
		q.s.problem(q.w, q.r, err)
		return
	}
	if !held {
		v.Register = registerFirst(f.Action, to)
	}
	if !crosses {
		v.LeadKey, v.Sees = "confirm.lead_here", q.t("confirm.stays")
	}
	if err := q.s.render.RenderStatus(q.w, status, "confirm", q.page(q.r.Context()), v); err != nil {
		q.s.problem(q.w, q.r, err)
	}
}
