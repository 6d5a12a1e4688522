package transfer

import (
	"io"
	"log/slog"
	"mime"
	"net/http"
	"time"

	"github.com/oasiss/oasiss/internal/file"
)

// Policy is the content security policy of what a file holds: in a sandbox, an
// origin of nobody, it loads and runs nothing, and only a page of this node may
// frame it.
const Policy = "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"

// Serve writes a file's content, whole or the ranges asked for (RFC 9110 §14).
// shown says that a viewer is to show it: only types in which nothing is run
// are, all else is bytes to download. It closes the content.
func Serve(w http.ResponseWriter, r *http.Request, c *file.Content, shown bool) {
	defer c.Close() //nolint:errcheck // memory
	disposition, media := "attachment", "application/octet-stream"
	if shown && file.Showable(c.Media) {
		disposition, media = "inline", c.Media
	}
	h := w.Header()
	h.Set("Content-Type", media)
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": c.Name}))
	h.Set("Content-Security-Policy", Policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "private, no-store")
	h.Set("ETag", `"`+c.Manifest.String()+`"`)
	http.ServeContent(w, r, "", time.Time{}, c)
}

// Out writes something that this node makes while it is written. It gives the
// error of what could not be begun; what cannot be written to its end is broken
// off (http.ErrAbortHandler), so that nobody takes it for whole.
func Out(w http.ResponseWriter, log *slog.Logger, write func(w io.Writer) error) error {
	c := &begun{w: w}
	err := write(c)
	if err == nil || !c.any {
		return err
	}
	log.Warn("what was asked for was not written whole", "error", err)
	panic(http.ErrAbortHandler)
}

// begun remembers whether anything was written.
type begun struct {
	w   io.Writer
	any bool
}

// Write implements io.Writer.
func (b *begun) Write(p []byte) (int, error) {
	b.any = true
	return b.w.Write(p)
}
