package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/oasiss/oasiss/internal/access"
)

// Rules gives the rule of every operation by its id.
func (s *Server) Rules() map[string]access.Rule { return s.rules }

// secured marks an operation that needs a session.
var secured = []map[string][]string{{"session": {}}}

// caller is what every input of an operation is or embeds.
type caller interface{ who() *Who }

func (w *Who) who() *Who { return w }

// input constrains PI to be the pointer to an input that names its caller.
type input[I any] interface {
	*I
	caller
}

// add registers an operation under its rule: f hears of nobody whom the rule
// keeps out. Of an open operation the actor is empty.
func add[I, O any, PI input[I]](s *Server, rule access.Rule, op huma.Operation, f func(ctx context.Context, by access.Actor, in PI) (*O, error)) {
	if s.rules == nil {
		s.rules = map[string]access.Rule{}
	}
	if _, twice := s.rules[op.OperationID]; twice {
		panic("httpapi: " + op.OperationID + " is registered twice") // a fault of the program, found at its start
	}
	s.rules[op.OperationID] = rule
	if rule != access.RuleOpen {
		op.Security = secured
	}
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*O, error) {
		w := PI(in).who()
		by, err := s.admit(ctx, rule, w)
		if err != nil {
			return nil, problem(ctx, w.lang(), err)
		}
		out, err := f(ctx, by, PI(in))
		if err != nil {
			return nil, problem(ctx, w.lang(), err)
		}
		return out, nil
	})
}

// stream registers an operation under its rule whose bytes stand in no document
// and so not in the description of the API: f hears of nobody whom the rule
// keeps out, and an error of f is answered if it has written nothing.
func stream(s *Server, mux *http.ServeMux, rule access.Rule, id, pattern string, f func(w http.ResponseWriter, r *http.Request, by access.Actor, who *Who) error) {
	s.rules[id] = rule
	mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		who := &Who{Authorization: r.Header.Get("Authorization"), Language: r.Header.Get("Accept-Language"), Purpose: r.Header.Get("Oasiss-Purpose")}
		by, err := s.admit(r.Context(), rule, who)
		if err == nil {
			err = f(w, r, by, who)
		}
		if err != nil {
			refuse(w, r, who, err)
		}
	})
}

// admit finds who asks, as far as the rule wants to know.
func (s *Server) admit(ctx context.Context, rule access.Rule, w *Who) (access.Actor, error) {
	switch rule {
	case access.RuleOpen:
		return access.Actor{}, nil
	case access.RuleSelf, access.RuleOwn:
		by, err := s.someone(ctx, w)
		if err == nil {
			err = rule.Admits(by)
		}
		return by, err
	case access.RuleSeen, access.RuleTaken:
		by, err := s.actor(ctx, w)
		if err == nil {
			err = rule.Admits(by)
		}
		return by, err
	}
	panic("httpapi: an operation without an access rule")
}

type answerOf[O any] struct{ Body O }

// read registers one query. f goes through act.View, which decides and
// journals; the door adds nothing.
func read[I, O any, PI input[I]](s *Server, id, path, tag, summary string, f func(ctx context.Context, by access.Actor, in *I) (O, error)) {
	ask[I, O, PI](s, id, http.MethodGet, path, tag, summary, f)
}

// ask is read for questions that must not stand in an address.
func ask[I, O any, PI input[I]](s *Server, id, method, path, tag, summary string, f func(ctx context.Context, by access.Actor, in *I) (O, error)) {
	add(s, access.RuleSeen, huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{tag}},
		func(ctx context.Context, by access.Actor, in PI) (*answerOf[O], error) {
			out, err := f(ctx, by, (*I)(in))
			return &answerOf[O]{Body: out}, err
		})
}

// own registers a question about oneself, or about what every node tells of itself.
func own[I, O any, PI input[I]](s *Server, id, path, tag, summary string, f func(ctx context.Context, by access.Actor, in *I) (O, error)) {
	add(s, access.RuleOwn, huma.Operation{OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{tag}},
		func(ctx context.Context, by access.Actor, in PI) (*answerOf[O], error) {
			out, err := f(ctx, by, (*I)(in))
			return &answerOf[O]{Body: out}, err
		})
}
