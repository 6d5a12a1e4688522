// Package httpapi is the JSON door of a node: every act as one operation,
// every read as one query, described by an OpenAPI 3.1 document made from
// these very types. It holds no rule: an act goes to act.Acts, a read to
// act.View, and a refusal comes back as an RFC 9457 problem in the reader's
// language.
package httpapi

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"path"
	"reflect"
	"strings"
	"unicode"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/transfer"
)

// Server is the API of one node.
type Server struct {
	Acts       *act.Acts
	Guard      *access.Guard
	Descriptor func() string // this node's own, signed
	Files      *file.Store
	Uploads    *transfer.Uploads

	api   huma.API
	rules map[string]access.Rule // by operation id
}

// Version is the version of the API in the OpenAPI document.
const Version = "1.0.0"

// New registers every operation on mux below /api/v1.
func New(mux *http.ServeMux, s *Server) *Server {
	cfg := huma.DefaultConfig("oasiss", Version)
	cfg.Info.Description = "API of an oasiss node: acts and reads of the programme, each for one purpose, each journalled."
	cfg.Info.License = &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}
	cfg.Servers = []*huma.Server{{URL: "/"}}
	cfg.DocsPath = "" // the documentation page would load third-party code
	cfg.SchemasPath = "/api/schemas"
	cfg.OpenAPIPath = "/api/openapi"
	cfg.CreateHooks = nil // no $schema links in answers
	cfg.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	cfg.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "http", Scheme: "bearer", Description: "Token of a session, from sign-in. It carries the person's own rights and ends with the session."},
	}
	s.api = humago.New(mux, cfg)
	s.session()
	s.acts()
	s.people()
	s.introduce()
	s.reads()
	s.programme()
	s.files(mux)
	describeAnswers(s.api.OpenAPI())
	mux.HandleFunc("/api/", nothingHere)
	return s
}

// nothingHere answers a program that asks what is no operation: in JSON like
// every other no, and not by the page that a browser would get.
func nothingHere(w http.ResponseWriter, r *http.Request) {
	no, _ := refusal.As(refusal.NotFound())
	render(i18n.Match(r.Header.Get("Accept-Language")), no).write(w)
}

// write answers by the refusal alone, where no document would be answered.
func (p *Problem) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", p.ContentType(""))
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // whoever left hears nothing
}

// schemaName names a schema by room and type ("casefile.Row"): rooms use short
// names, and two of them may have the same.
func schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Name() == "" || t.PkgPath() == "" {
		return huma.DefaultSchemaNamer(t, hint)
	}
	return path.Base(t.PkgPath()) + "." + strings.Map(nameRune, t.Name())
}

// nameRune keeps of a type's name what a component's name may have.
func nameRune(r rune) rune {
	if r < 128 && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_') {
		return r
	}
	return '_'
}

// OpenAPI is the document as committed in api/openapi.json.
func (s *Server) OpenAPI() *huma.OpenAPI { return s.api.OpenAPI() }

// Who is what every operation hears of its caller.
type Who struct {
	Authorization string `header:"Authorization" hidden:"true"`
	Language      string `header:"Accept-Language" hidden:"true"`
	Purpose       string `header:"Oasiss-Purpose" enum:"prosecution,protection,life_at_risk,defence_court,oversight,statistics,administration" doc:"The one purpose of this request. The list is closed."`

	address string
}

// Resolve notes where a request came from.
func (w *Who) Resolve(ctx huma.Context) []error {
	host, _, err := net.SplitHostPort(ctx.RemoteAddr())
	if err != nil {
		host = ctx.RemoteAddr()
	}
	w.address = host
	return nil
}

func (w *Who) token() string {
	t, ok := strings.CutPrefix(w.Authorization, "Bearer ")
	if !ok {
		return ""
	}
	return t
}

func (w *Who) lang() i18n.Lang { return i18n.Match(w.Language) }

// someone is who calls, with the language of the request.
func (s *Server) someone(ctx context.Context, w *Who) (access.Actor, error) {
	a, err := s.Guard.FromToken(ctx, w.token(), true)
	if err == nil && w.Language != "" {
		a.Lang = string(w.lang())
	}
	return a, err
}

// actor is who calls, for one purpose.
func (s *Server) actor(ctx context.Context, w *Who) (access.Actor, error) {
	a, err := s.someone(ctx, w)
	if err == nil && w.Purpose == "" {
		err = refusal.New("access.purpose", "purpose", "")
	}
	return a, err
}
