package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"sort"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/oasiss/oasiss/authenticator"
	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/refusal"
)

type actIn struct {
	Who
	Key     string `header:"Idempotency-Key" maxLength:"200" doc:"A repeat of the same key by the same person gives the first result again"`
	RawBody []byte
}

// Outcome of an act: recorded, or shown and waiting for the person's signature.
type Outcome struct {
	Recorded *act.Result   `json:"recorded,omitempty" doc:"The act was recorded"`
	Prepared *act.Prepared `json:"prepared,omitempty" doc:"The act must be signed: read it, then sign it by its id"`
}

type actOut struct {
	Status int
	Body   Outcome
}

// acts registers one operation for every command in the house, its body the
// command's own type.
func (s *Server) acts() {
	verbs := make([]string, 0, len(s.Acts.Verbs))
	for v := range s.Acts.Verbs {
		verbs = append(verbs, v)
	}
	sort.Strings(verbs)
	for _, v := range verbs {
		s.actOperation(v, s.Acts.Verbs[v])
	}
	s.prepared()
}

func (s *Server) actOperation(verb string, fresh func() act.Command) {
	area, name, _ := strings.Cut(verb, ".")
	cmd := fresh()
	op := huma.Operation{
		OperationID: strings.ReplaceAll(verb, ".", "-"), Method: http.MethodPost,
		Path:    "/api/v1/acts/" + area + "/" + strings.ReplaceAll(name, "_", "-"),
		Summary: i18n.T("en", "verb."+verb), Tags: []string{area}, MaxBodyBytes: 4 << 20,
	}
	if act.NeedsSignature(cmd) {
		op.Description = "Needs the person's signature: the answer shows the act and its digest, to be signed by its id."
	}
	add(s, access.RuleTaken, op, func(ctx context.Context, by access.Actor, in *actIn) (*actOut, error) {
		return s.take(ctx, by, in, fresh())
	})
	schema := s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeOf(cmd).Elem(), true, verb)
	describe(s.api.OpenAPI().Components.Schemas.SchemaFromRef(schema.Ref), verb)
	s.api.OpenAPI().Paths[op.Path].Post.RequestBody = &huma.RequestBody{Required: true,
		Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}}
}

// describe says in the schema of a command what each field is.
func describe(schema *huma.Schema, verb string) {
	if schema == nil {
		return
	}
	for name, p := range schema.Properties {
		p.Description = act.FieldHelp(i18n.English, verb, name)
	}
}

func (s *Server) take(ctx context.Context, by access.Actor, in *actIn, cmd act.Command) (*actOut, error) {
	if err := decode(in.RawBody, cmd); err != nil {
		return nil, err
	}
	if signed, ok := cmd.(act.Signed); ok {
		p, err := s.Acts.Prepare(ctx, by, in.Key, in.Purpose, signed)
		if err != nil {
			return nil, err
		}
		return &actOut{Status: http.StatusAccepted, Body: Outcome{Prepared: &p}}, nil
	}
	r, err := s.Acts.Do(ctx, by, in.Key, in.Purpose, cmd)
	if err != nil {
		return nil, err
	}
	return &actOut{Status: http.StatusOK, Body: Outcome{Recorded: &r}}, nil
}

// decode reads a command strictly: a field it does not know is a mistake that
// the caller should hear of, not lose.
func decode(body []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		field := ""
		var typ *json.UnmarshalTypeError
		if errors.As(err, &typ) {
			field = typ.Field
		} else if _, name, ok := strings.Cut(err.Error(), "unknown field "); ok {
			field = strings.Trim(name, `"`)
		}
		return refusal.New("act.malformed", "field", refusal.Field(field))
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return refusal.New("act.malformed", "field", "")
	}
	return nil
}

type preparedIn struct {
	Who
	ID string `path:"id" maxLength:"64"`
}

type signingIn struct {
	Who
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		authenticator.Assertion
	}
}

// prepared registers showing and signing an act.
func (s *Server) prepared() {
	own(s, "prepared-show", "/api/v1/prepared/{id}", "signature", "Show again an act that waits for one's signature", func(ctx context.Context, by access.Actor, in *preparedIn) (act.Prepared, error) {
		return s.Acts.Shown(ctx, by, in.ID)
	})
	add(s, access.RuleTaken, huma.Operation{OperationID: "prepared-sign", Method: http.MethodPost, Path: "/api/v1/prepared/{id}/sign",
		Summary: "Sign an act that was shown", Tags: []string{"signature"}},
		func(ctx context.Context, by access.Actor, in *signingIn) (*actOut, error) {
			r, err := s.Acts.Sign(ctx, by, in.ID, in.Body.Assertion)
			return &actOut{Status: http.StatusOK, Body: Outcome{Recorded: &r}}, err
		})
}
