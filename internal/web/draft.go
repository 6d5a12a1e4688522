package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/web/view"
)

// draftName is under which a browser keeps a half-filled form until the node
// has: it is one account's, and one form's.
func (q *request) draftName(form string) string { return q.by.User + "/" + form }

// draftAt is where the node keeps it.
func (q *request) draftAt() string { return q.path + "/draft" }

// opening is the node's word of when it gave the reader a form, kept while it is
// refused or gone on with: of what was begun at several times, the first.
func (q *request) opening(caseID string, begun ...protection.Half) view.Hidden {
	at := q.r.FormValue("opening")
	if at == "" && len(begun) > 0 {
		first := begun[0]
		for _, h := range begun {
			if h.Opened.Before(first.Opened) {
				first = h
			}
		}
		at = first.Opening
	}
	if at == "" {
		at = protection.Opening(q.s.Acts.Ring, q.by.User, caseID, q.s.Acts.Now())
	}
	return view.Hidden{Name: "opening", Value: at}
}

// shared are the fields of a screening form that nobody types.
var shared = []string{"case", "form", "person", "opening", "together"}

// keepDraft keeps a screening form as it stands, of one person or of many; it
// answers with nothing.
func (q *request) keepDraft() {
	if err := q.r.ParseForm(); err != nil {
		q.s.problem(q.w, q.r, refusal.New("act.malformed", "field", ""))
		return
	}
	form, halves := q.r.PostForm, map[string]protection.Half{}
	for _, id := range form["_row"] {
		row, begun := rowOf(form, id)
		halves[id] = half(row, begun)
	}
	if person := form.Get("person"); len(halves) == 0 && person != "" {
		halves[person] = half(form, true)
	}
	if err := protection.KeepDrafts(q.r.Context(), q.s.Acts, q.by, q.purpose, q.r.PathValue("id"), halves); err != nil {
		q.s.problem(q.w, q.r, err)
		return
	}
	q.w.WriteHeader(http.StatusNoContent)
}

// half is what was typed of one person, without the form's own fields and
// without what is empty.
func half(form url.Values, begun bool) protection.Half {
	out := protection.Half{Opening: form.Get("opening"), Values: map[string][]string{}}
	if !begun {
		return out
	}
	for name, given := range form {
		if !strings.HasPrefix(name, "_") && strings.TrimSpace(strings.Join(given, "")) != "" {
			out.Values[name] = given
		}
	}
	for _, name := range shared {
		delete(out.Values, name)
	}
	return out
}
