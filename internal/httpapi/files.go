package httpapi

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/transfer"
)

type redactIn struct {
	Who
	ID   string `path:"id" maxLength:"200"`
	Key  string `header:"Idempotency-Key" maxLength:"200" doc:"A repeat of the same key by the same person gives the first result again"`
	Body struct {
		Areas  []string `json:"areas,omitempty" maxItems:"400" doc:"Each PAGE LEFT TOP WIDTH HEIGHT REASON: the page from 1, the next four in hundredths of it; REASON is identity, minor, whereabouts, third_party, privilege, technique or court_order"`
		Hidden bool     `json:"hidden,omitempty" doc:"Nobody can recognise in the copy the person whom the file is about"`
	}
}

// files registers what is asked of files, and the bytes in and out, which stand
// in no document: tus 1.0.0 (HEAD, PATCH) below /api/v1/uploads/{id} for an
// upload that file.begin began, GET /api/v1/files/{id}/content with ranges, and
// GET /api/v1/copies/{id}/{file}.
func (s *Server) files(mux *http.ServeMux) {
	read(s, "file-list", "/api/v1/cases/{id}/files", "file", "Files of a case, the oldest first, as one may see them", func(ctx context.Context, by access.Actor, in *idIn) ([]file.View, error) {
		return file.List(ctx, s.Acts, by, in.Purpose, in.ID)
	})
	read(s, "file-show", "/api/v1/files/{id}", "file", "What a file is, as one may see it; not its bytes", func(ctx context.Context, by access.Actor, in *idIn) (file.View, error) {
		return file.Show(ctx, s.Acts, by, in.Purpose, in.ID)
	})
	add(s, access.RuleTaken, huma.Operation{OperationID: "file-redact", Method: http.MethodPost, Path: "/api/v1/files/{id}/redact", Tags: []string{"file"},
		Summary: "A copy of a file in which parts of its pages are burned out, as a file of its own"}, func(ctx context.Context, by access.Actor, in *redactIn) (*answerOf[file.View], error) {
		if _, err := file.Show(ctx, s.Acts, by, in.Purpose, in.ID); err != nil { // who may not see it hears nothing else of it
			return nil, err
		}
		areas, err := file.ParseBlacked(in.Body.Areas)
		if err != nil {
			return nil, err
		}
		id, err := s.Files.Redact(ctx, by, in.Key, in.Purpose, in.ID, areas, !in.Body.Hidden)
		if err != nil {
			return nil, err
		}
		made, err := file.Show(ctx, s.Acts, by, in.Purpose, id)
		return &answerOf[file.View]{Body: made}, err
	})
	bytes := func(w http.ResponseWriter, r *http.Request, by access.Actor, _ *Who) error {
		s.Uploads.Serve(w, r, by)
		return nil
	}
	stream(s, mux, access.RuleOwn, "file-stands", "HEAD /api/v1/uploads/{id}", bytes)
	stream(s, mux, access.RuleOwn, "file-continue", "PATCH /api/v1/uploads/{id}", bytes)
	stream(s, mux, access.RuleSeen, "file-content", "GET /api/v1/files/{id}/content", func(w http.ResponseWriter, r *http.Request, by access.Actor, who *Who) error {
		c, err := s.Files.Open(r.Context(), by, who.Purpose, r.PathValue("id"))
		if err == nil {
			transfer.Serve(w, r, c, false)
		}
		return err
	})
	stream(s, mux, access.RuleSeen, "referral-copy-content", "GET /api/v1/copies/{id}/{file}", func(w http.ResponseWriter, r *http.Request, by access.Actor, who *Who) error {
		c, err := referral.OpenCopy(r.Context(), s.Acts, s.Files, by, who.Purpose, r.PathValue("id"), r.PathValue("file"))
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", c.Media)
		w.Header().Set("Cache-Control", "private, no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		return transfer.Out(w, slog.Default(), c.Write)
	})
}

// refuse writes a refusal of an operation that answers by no document.
func refuse(w http.ResponseWriter, r *http.Request, who *Who, err error) {
	problem(r.Context(), who.lang(), err).(*Problem).write(w)
}
