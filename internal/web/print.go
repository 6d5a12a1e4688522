package web

import (
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/document"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/web/view"
)

// prints registers what is printed of a referral, in either language.
func (s *Server) prints(pages *doors) {
	pages.signedIn("GET /referrals/{id}/versions/{n}/bundle", access.RuleSeen, areaCases, (*request).bundle)
	pages.signedIn("GET /referrals/{id}/versions/{n}/{print}", access.RuleSeen, areaCases, func(q *request) {
		q.print("packet", func(l i18n.Lang) (document.Document, error) {
			n, err := strconv.Atoi(q.r.PathValue("n"))
			if err != nil {
				return document.Document{}, refusal.NotFound()
			}
			return referral.Print(q.r.Context(), q.s.Acts, q.by, q.purpose, q.r.PathValue("id"), n, l)
		})
	})
}

// print gives a document under the name that the address asks for: NAME, the
// language and the form, "packet.es.pdf". The page and the paper say the same.
func (q *request) print(name string, draw func(l i18n.Lang) (document.Document, error)) {
	asked := strings.Split(q.r.PathValue("print"), ".")
	if len(asked) != 3 || asked[0] != name || !i18n.Lang(asked[1]).Known() {
		q.s.problem(q.w, q.r, refusal.NotFound())
		return
	}
	d, err := draw(i18n.Lang(asked[1]))
	if err != nil {
		q.s.problem(q.w, q.r, err)
		return
	}
	var body []byte
	kind := "application/pdf"
	switch asked[2] {
	case "pdf":
		body, err = d.PDF(q.s.Acts.Now())
	case "html":
		kind = "text/html; charset=utf-8"
		body, err = d.HTML()
	default:
		err = refusal.NotFound()
	}
	if err != nil {
		q.s.problem(q.w, q.r, err)
		return
	}
	Headers(q.w.Header())
	q.w.Header().Set("Content-Security-Policy", printPolicy)
	q.w.Header().Set("Content-Type", kind)
	q.w.Header().Set("Content-Disposition", `inline; filename="`+strings.Join(asked, ".")+`"`)
	if _, err := q.w.Write(body); err != nil {
		q.s.Log.DebugContext(q.r.Context(), "print not taken", "error", err)
	}
}

// bundle gives a version as one ZIP file, to be checked with oasiss-verify.
func (q *request) bundle() {
	n, err := strconv.Atoi(q.r.PathValue("n"))
	if err != nil {
		q.s.problem(q.w, q.r, refusal.NotFound())
		return
	}
	b, err := referral.Bundle(q.r.Context(), q.s.Acts, q.by, q.purpose, q.r.PathValue("id"), n)
	if err != nil {
		q.s.problem(q.w, q.r, err)
		return
	}
	Headers(q.w.Header())
	q.w.Header().Set("Content-Type", "application/zip")
	q.w.Header().Set("Content-Disposition", `attachment; filename="`+b.Name+`"`)
	if _, err := q.w.Write(b.ZIP); err != nil {
		q.s.Log.DebugContext(q.r.Context(), "bundle not taken", "error", err)
	}
}

// printPolicy lets a printed page have its own stylesheet, which stands in it,
// and nothing else.
var printPolicy = func() string {
	sum := sha256.Sum256([]byte(document.Style()))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}()

// printsOf are the links to the prints of a version, in both languages.
func (q *request) printsOf(base, name string) []view.Link {
	var out []view.Link
	for _, l := range i18n.Languages() {
		for _, form := range []string{"pdf", "html"} {
			out = append(out, view.Link{Text: q.t("print." + form + "." + string(l)), URL: base + "/" + name + "." + string(l) + "." + form})
		}
	}
	return out
}
