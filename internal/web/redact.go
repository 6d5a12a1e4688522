package web

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/raster"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// pageImage gives one page of a file as a picture: whatever the file is, a
// browser gets pixels.
func (q *request) pageImage() {
	n, err := strconv.Atoi(q.r.PathValue("n"))
	if err != nil {
		q.s.problem(q.w, q.r, refusal.NotFound())
		return
	}
	_, d, done, err := q.s.Files.Pages(q.r.Context(), q.by, q.purpose, q.r.PathValue("id"))
	if err != nil {
		q.s.problem(q.w, q.r, err)
		return
	}
	defer done()
	if n < 1 || n > d.Pages() {
		q.s.problem(q.w, q.r, refusal.NotFound())
		return
	}
	page, err := d.Page(n - 1)
	if err != nil {
		q.s.problem(q.w, q.r, file.NotDrawn(err))
		return
	}
	q.w.Header().Set("Content-Type", "image/png")
	q.w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
	if err := raster.PNG(q.w, page); err != nil {
		q.s.Log.DebugContext(q.r.Context(), "page not taken", "error", err)
	}
}

// pagesOf counts the pages of a file that can be drawn.
func (q *request) pagesOf(id string) (int, error) {
	_, d, done, err := q.s.Files.Pages(q.r.Context(), q.by, q.purpose, id)
	if err != nil {
		return 0, err
	}
	defer done()
	return d.Pages(), nil
}

// redactPage is a file's pages, on which is marked what is to be blacked out in
// a copy.
func (q *request) redactPage(id string) (view.Redact, error) {
	f, err := file.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, id)
	if err != nil {
		return view.Redact{}, err
	}
	if !q.redactable(f) {
		return view.Redact{}, refusal.NotFound()
	}
	v := view.Redact{Form: component.Form{Action: "/files/" + id + "/redact", Token: newToken(), Values: url.Values{}, Errors: map[string]string{}}, BackURL: "/files/" + id,
		AboutPerson: f.Person != "", Reasons: q.codes("file.reason.", file.Reasons)}
	for _, no := range q.refused {
		if no.key == "file.redact" {
			v.Form, no.told = no.form, true
		}
	}
	if v.Head, err = q.fileHead(f); err != nil {
		return v, err
	}
	count, err := q.pagesOf(id)
	for n := range count {
		v.Pages = append(v.Pages, view.PageImage{N: n + 1, URL: "/files/" + id + "/pages/" + strconv.Itoa(n+1)})
	}
	return v, err
}

// redactable reports whether the reader may make a redacted copy of a file here.
func (q *request) redactable(f file.View) bool {
	return !f.Closed && f.Referral == "" && raster.Drawn(f.Media) && q.takes("file.begin", map[string]string{"case": f.Case, "name": f.Name})
}

// redact makes the copy and leads to it.
func (q *request) redact() {
	id := q.r.PathValue("id")
	q.path = "/files/" + id + "/redact"
	copied, err := q.takeRedaction(id)
	if err == nil {
		http.Redirect(q.w, q.r, "/files/"+copied+"?done=file.add", http.StatusSeeOther)
		return
	}
	no, refused := refusal.As(err)
	if !refused {
		q.s.problem(q.w, q.r, err)
		return
	}
	form := component.Form{Action: q.path, Token: newToken(), Values: q.r.PostForm, Errors: map[string]string{}, Refusal: &component.Refusal{Code: no.Code, Params: no.Params}}
	q.refused = append(q.refused, &refusedForm{key: "file.redact", form: form})
	q.draw(no.Status, func(q *request) (string, any, error) {
		v, err := q.redactPage(id)
		return "redact", v, err
	})
}

func (q *request) takeRedaction(id string) (string, error) {
	if err := q.r.ParseForm(); err != nil {
		return "", refusal.New("act.malformed", "field", "")
	}
	areas, err := file.ParseBlacked(q.r.PostForm["areas"])
	if err != nil {
		return "", err
	}
	return q.s.Files.Redact(q.r.Context(), q.by, q.r.PostForm.Get("_token"), q.purpose, id, areas, q.r.PostForm.Get("hidden") != "yes")
}
