// Package transfer carries the bytes of files through the doors.
//
// In: browsers and programs send the bytes of a file that an act has begun, in
// as many pieces as the connection allows (tus 1.0.0, core protocol with
// deferred length: https://tus.io/protocols/resumable-upload). What begins and
// what ends an upload are acts (file.begin, file.add), so the protocol's own
// creation is not offered.
//
// Out: whatever a file holds, a browser that shows it runs nothing of it.
package transfer

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/wire"
	tusd "github.com/tus/tusd/v2/pkg/handler"
	quiet "golang.org/x/exp/slog"
)

// Uploads serves HEAD and PATCH of one upload for somebody whom the door has let
// in.
type Uploads struct {
	serve http.Handler
}

// sender is who sends, in a request's context.
type sender struct{}

// New serves uploads into a node's files. Faults are logged by number and
// never told.
func New(files *file.Store, log *slog.Logger) (*Uploads, error) {
	c := tusd.NewStoreComposer()
	s := &store{files: files, log: log}
	c.UseCore(s)
	c.UseLengthDeferrer(s)
	h, err := tusd.NewUnroutedHandler(tusd.Config{StoreComposer: c, MaxSize: wire.MaxFileSize, BasePath: "/", Cors: &tusd.CorsConfig{Disable: true},
		Logger: quiet.New(quiet.NewTextHandler(io.Discard, nil))}) // its log names the requests
	if err != nil {
		return nil, err
	}
	return &Uploads{serve: h.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodHead:
			h.HeadFile(w, r)
		case http.MethodPatch:
			h.PatchFile(w, r)
		default:
			w.WriteHeader(http.StatusMethodNotAllowed)
		}
	}))}, nil
}

// Serve serves one request of by; the route's {id} is the upload's.
func (h *Uploads) Serve(w http.ResponseWriter, r *http.Request, by access.Actor) {
	w.Header().Set("Cache-Control", "no-store")
	one := r.WithContext(context.WithValue(r.Context(), sender{}, by))
	one.URL = &url.URL{Path: r.PathValue("id")} // all that the library looks at
	h.serve.ServeHTTP(w, one)
}

// store is the node's files as the library sees them.
type store struct {
	files *file.Store
	log   *slog.Logger
}

// NewUpload implements tusd.DataStore; uploads begin by an act.
func (*store) NewUpload(context.Context, tusd.FileInfo) (tusd.Upload, error) {
	return nil, tusd.ErrNotImplemented
}

// GetUpload implements tusd.DataStore.
func (s *store) GetUpload(ctx context.Context, id string) (tusd.Upload, error) {
	by, ok := ctx.Value(sender{}).(access.Actor)
	if !ok {
		return nil, tusd.ErrNotFound
	}
	u, err := s.files.Upload(ctx, by, id)
	return &upload{store: s, by: by, u: u}, s.said(by, err)
}

// AsLengthDeclarableUpload implements tusd.LengthDeferrerDataStore.
func (*store) AsLengthDeclarableUpload(u tusd.Upload) tusd.LengthDeclarableUpload { return u.(*upload) }

// said puts an error as the protocol has it: of a refusal its code and
// sentence, of a fault nothing.
func (s *store) said(by access.Actor, err error) error {
	if err == nil {
		return nil
	}
	no, refused := refusal.As(err)
	if !refused {
		if !errors.Is(err, context.Canceled) {
			s.log.Error("bytes of a file could not be kept", "error", err)
		}
		no = &refusal.Refusal{Code: "act.fault", Status: http.StatusInternalServerError}
	}
	return tusd.NewError(no.Code, i18n.T(i18n.Lang(by.Lang), "refusal."+no.Code, no.Params), no.Status)
}

type upload struct {
	*store
	by access.Actor
	u  file.Upload
}

// WriteChunk implements tusd.Upload. A connection that was cut is no error of
// the store: what came of it is kept.
func (u *upload) WriteChunk(ctx context.Context, offset int64, src io.Reader) (int64, error) {
	n, err := u.files.Append(ctx, u.by, u.u.ID, offset, src)
	return n, u.said(u.by, err)
}

// GetInfo implements tusd.Upload.
func (u *upload) GetInfo(context.Context) (tusd.FileInfo, error) {
	return tusd.FileInfo{ID: u.u.ID, Size: u.u.Size, SizeIsDeferred: u.u.Size == 0, Offset: u.u.Offset}, nil
}

// GetReader implements tusd.Upload; an upload is not read before it is a file.
func (*upload) GetReader(context.Context) (io.ReadCloser, error) { return nil, tusd.ErrNotImplemented }

// FinishUpload implements tusd.Upload: the last byte has done it.
func (*upload) FinishUpload(context.Context) error { return nil }

// DeclareLength implements tusd.LengthDeclarableUpload.
func (u *upload) DeclareLength(ctx context.Context, length int64) error {
	return u.said(u.by, u.files.Declare(ctx, u.by, u.u.ID, length))
}
