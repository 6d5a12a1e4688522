package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"runtime"
	"sync"
)

//go:embed templates/*.html
var templateFiles embed.FS

// Policy is the content security policy of every page: nothing from elsewhere,
// nothing inline, framed by nobody.
const Policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Renderer draws pages. Its functions read the page being drawn, so every
// template can say {{t "key"}} without carrying the language along; each copy
// of the templates therefore draws one page at a time.
type Renderer struct {
	free    chan *drawing
	missing func(key string) // told of a text that is not there
}

// drawing is one copy of the templates and the page it draws now.
type drawing struct {
	set  *template.Template
	lost func(key string)
	drawn
}

// drawn is what a copy of the templates knows of the page it draws. It is put down
// whole between two pages: what one left behind would be read by whoever asked for
// the next.
type drawn struct {
	page Page
	seen map[string]int // how often each form field name was drawn, for unique ids
	foot string         // what stands at the foot of every printed page beside who printed it
}

var parsed = sync.OnceValues(func() (*template.Template, error) {
	return template.New("web").Funcs((&drawing{}).funcs()).ParseFS(templateFiles, "templates/*.html")
})

// NewRenderer parses the templates. An error is a broken build.
func NewRenderer(log *slog.Logger) (*Renderer, error) {
	if _, err := parsed(); err != nil {
		return nil, fmt.Errorf("web: parse the templates: %w", err)
	}
	return &Renderer{
		free:    make(chan *drawing, 4*runtime.GOMAXPROCS(0)),
		missing: func(key string) { log.Error("a text is missing", "key", key) },
	}, nil
}

// Render writes the page called name with data as its content, with status
// 200. The page is complete before its first byte leaves.
func (r *Renderer) Render(w http.ResponseWriter, name string, page Page, data any) error {
	return r.RenderStatus(w, http.StatusOK, name, page, data)
}

// RenderStatus is Render with another status, as for a form that was refused.
func (r *Renderer) RenderStatus(w http.ResponseWriter, status int, name string, page Page, data any) error {
	d, err := r.take()
	if err != nil {
		return err
	}
	defer r.give(d)
	d.drawn = drawn{page: page, seen: map[string]int{}}
	var out bytes.Buffer
	if err := d.set.ExecuteTemplate(&out, name, data); err != nil {
		return fmt.Errorf("web: draw %s: %w", name, err)
	}
	if page.Plays {
		w.Header().Set("Content-Security-Policy", Policy+"; media-src 'self'")
	}
	w.Header().Set("Content-Language", page.Lang.Tag())
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	body := out.Bytes()
	if page.Zip {
		w.Header().Set("Content-Encoding", "gzip")
		body = zip(body)
	}
	w.WriteHeader(status)
	_, err = w.Write(body)
	return err
}

// Headed has every answer of h say to browsers: its policy, that it is never
// stored, and that its address is told to nobody. A redirection says it like a
// page: one that left the opener policy out would have the browser begin a
// process of its own for what follows.
func Headed(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		says := w.Header()
		says.Set("Content-Security-Policy", Policy)
		says.Set("X-Content-Type-Options", "nosniff")
		says.Set("Referrer-Policy", "no-referrer")
		says.Set("Cross-Origin-Opener-Policy", "same-origin")
		says.Set("Cache-Control", "no-store")
		h.ServeHTTP(w, r)
	})
}

// take gives a copy of the templates, a used one when there is one: escaping
// is done on first use and is the dear part.
func (r *Renderer) take() (*drawing, error) {
	select {
	case d := <-r.free:
		return d, nil
	default:
	}
	base, err := parsed()
	if err != nil {
		return nil, err
	}
	set, err := base.Clone()
	if err != nil {
		return nil, fmt.Errorf("web: copy the templates: %w", err)
	}
	d := &drawing{lost: r.missing}
	d.set = set.Funcs(d.funcs())
	return d, nil
}

func (r *Renderer) give(d *drawing) {
	d.drawn = drawn{}
	select {
	case r.free <- d:
	default:
	}
}
