package web

import (
	"net/http"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/transfer"
	"github.com/oasiss/oasiss/wire"
)

// files registers the bytes of files: on their way in, by pieces (tus), and out,
// to be shown or kept.
func (s *Server) files(pages *doors) {
	bytes := func(q *request) { s.Uploads.Serve(q.w, q.r, q.by) }
	pages.signedIn("HEAD /uploads/{id}", access.RuleOwn, areaCases, bytes)
	pages.streamed("PATCH /uploads/{id}", access.RuleOwn, areaCases, bytes, wire.MaxFileSize)
	pages.signedIn("GET /files/{id}/content", access.RuleSeen, areaCases, (*request).content)
}

// content gives a file's bytes: with ?show to a viewer, otherwise to be kept.
func (q *request) content() {
	c, err := q.s.Files.Open(q.r.Context(), q.by, q.purpose, q.r.PathValue("id"))
	if err != nil {
		q.s.problem(q.w, q.r, err)
		return
	}
	transfer.Serve(q.w, q.r, c, q.r.Method == http.MethodGet && q.r.URL.Query().Has("show"))
}
