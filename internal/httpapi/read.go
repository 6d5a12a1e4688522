package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/oasiss/oasiss/internal/access"
)

// caller is what every input of a read embeds.
type caller interface{ who() *Who }

func (w *Who) who() *Who { return w }

// reader constrains PI to be the pointer to an input that names its caller.
type reader[I any] interface {
	*I
	caller
}

type answerOf[O any] struct{ Body O }

// read registers one query. f goes through act.View, which decides and
// journals; the door adds nothing.
func read[I, O any, PI reader[I]](s *Server, id, path, tag, summary string, f func(ctx context.Context, by access.Actor, in *I) (O, error)) {
	ask(s, id, http.MethodGet, path, tag, summary, func(ctx context.Context, by access.Actor, in PI) (O, error) { return f(ctx, by, (*I)(in)) })
}

// ask is read for questions that must not stand in an address.
func ask[I, O any, PI reader[I]](s *Server, id, method, path, tag, summary string, f func(ctx context.Context, by access.Actor, in PI) (O, error)) {
	huma.Register(s.api, huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{tag}, Security: secured},
		func(ctx context.Context, in *I) (*answerOf[O], error) {
			w := PI(in).who()
			by, err := s.actor(ctx, w)
			if err != nil {
				return nil, problem(ctx, w.lang(), err)
			}
			out, err := f(ctx, by, PI(in))
			if err != nil {
				return nil, problem(ctx, w.lang(), err)
			}
			return &answerOf[O]{Body: out}, nil
		})
}
