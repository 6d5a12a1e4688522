package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/refusal"
)

// Problem is an answer of no (RFC 9457), with the programme's code, a clear
// sentence and what to do next in the reader's language.
type Problem struct {
	Type   string         `json:"type" doc:"urn:oasiss:refusal: and the code"`
	Title  string         `json:"title"`
	Status int            `json:"status"`
	Code   string         `json:"code" doc:"area.reason; stable"`
	Next   string         `json:"next,omitempty" doc:"What to do next"`
	Params map[string]any `json:"params,omitempty" doc:"Ids, dates and codes that the sentence speaks of"`
}

// Error implements error.
func (p *Problem) Error() string { return p.Code }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// problem renders an error for a reader. What is not a refusal is a fault: it
// is logged by its text, which holds nothing personal, and shown without.
func problem(ctx context.Context, lang i18n.Lang, err error) error {
	if err == nil {
		return nil
	}
	r, ok := refusal.As(err)
	if !ok {
		if !errors.Is(err, context.Canceled) {
			slog.ErrorContext(ctx, "fault", "error", err)
		}
		r = &refusal.Refusal{Code: "act.fault", Status: http.StatusInternalServerError}
	}
	return render(lang, r)
}

func render(lang i18n.Lang, r *refusal.Refusal) *Problem {
	return &Problem{
		Type: "urn:oasiss:refusal:" + r.Code, Status: r.Status, Code: r.Code, Params: r.Params,
		Title: i18n.T(lang, "refusal."+r.Code, r.Params), Next: i18n.T(lang, "refusal."+r.Code+".next", r.Params),
	}
}

// What the library itself finds wrong with a request (a missing member, a
// value outside a list) is answered like any other refusal; only ids of fields
// are named.
func init() {
	huma.NewError = func(status int, _ string, errs ...error) huma.StatusError {
		return malformed(i18n.English, status, errs)
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, _ string, errs ...error) huma.StatusError {
		return malformed(i18n.Match(ctx.Header("Accept-Language")), status, errs)
	}
}

func malformed(l i18n.Lang, status int, errs []error) *Problem {
	field := ""
	for _, err := range errs {
		var d *huma.ErrorDetail
		if errors.As(err, &d) {
			field = strings.TrimPrefix(d.Location, "body.")
			break
		}
	}
	return render(l, &refusal.Refusal{Code: "act.malformed", Status: status, Params: map[string]any{"field": refusal.Field(field)}})
}
