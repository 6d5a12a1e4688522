package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/oasiss/oasiss/internal/access"
)

type registrationIn struct {
	Who
	Body struct {
		Name        string `json:"name,omitempty" maxLength:"200" doc:"What its person calls it"`
		Software    bool   `json:"software,omitempty" doc:"A program keeps its key in a file"`
		ClientData  []byte `json:"client_data,omitempty" maxLength:"8000" doc:"clientDataJSON"`
		Attestation []byte `json:"attestation,omitempty" maxLength:"64000" doc:"attestationObject"`
	}
}

type passkeyIn struct {
	Who
	ID string `path:"id" maxLength:"2000"`
}

type totpIn struct {
	Who
	Body struct {
		Ticket string `json:"ticket,omitempty" maxLength:"4096" doc:"As it was given with the seed"`
		Code   string `json:"code,omitempty" maxLength:"16" doc:"The first code of the app"`
	}
}

// Seed is the seed of an authenticator app, shown once.
type Seed struct {
	Seed   string `json:"seed" doc:"Base32, for the app"`
	Ticket string `json:"ticket" doc:"Give it back with the first code"`
}

// Codes are one-time codes, shown once.
type Codes struct {
	Codes []string `json:"codes"`
}

// bind registers an operation on one's own ways to sign in.
func bind[I, O any, PI input[I]](s *Server, id, path, summary string, f func(ctx context.Context, by access.Actor, in PI) (O, error)) {
	add(s, access.RuleSelf, huma.Operation{OperationID: id, Method: http.MethodPost, Path: path, Summary: summary, Tags: []string{"session"}},
		func(ctx context.Context, by access.Actor, in PI) (*answerOf[O], error) {
			out, err := f(ctx, by, in)
			return &answerOf[O]{Body: out}, err
		})
}

// self registers a question about oneself that a password alone opens.
func self[I, O any, PI input[I]](s *Server, id, path, summary string, f func(ctx context.Context, by access.Actor, in *I) (O, error)) {
	add(s, access.RuleSelf, huma.Operation{OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{"session"}},
		func(ctx context.Context, by access.Actor, in PI) (*answerOf[O], error) {
			out, err := f(ctx, by, (*I)(in))
			return &answerOf[O]{Body: out}, err
		})
}

// done is the answer of what gives nothing.
type done struct {
	Done bool `json:"done"`
}

// factors registers one's own passkeys, authenticator app and one-time codes.
func (s *Server) factors() {
	self(s, "factor-list", "/api/v1/factors", "One's own ways to sign in, and sessions", func(ctx context.Context, by access.Actor, _ *Who) (access.Factors, error) {
		return s.Guard.Factors(ctx, by)
	})
	bind(s, "passkey-challenge", "/api/v1/passkeys/challenge", "What an authenticator is asked for a new passkey", func(ctx context.Context, by access.Actor, _ *Who) (access.NewPasskey, error) {
		return s.Guard.AskPasskey(ctx, by)
	})
	bind(s, "passkey-add", "/api/v1/passkeys", "Register a passkey", func(ctx context.Context, by access.Actor, in *registrationIn) (access.OwnPasskey, error) {
		b := in.Body
		return s.Guard.AddPasskey(ctx, by, access.Registration{Name: b.Name, Software: b.Software, ClientData: b.ClientData, Attestation: b.Attestation})
	})
	bind(s, "passkey-remove", "/api/v1/passkeys/{id}/remove", "Take a passkey out of use", func(ctx context.Context, by access.Actor, in *passkeyIn) (done, error) {
		err := s.Guard.RemovePasskey(ctx, by, in.ID)
		return done{err == nil}, err
	})
	bind(s, "totp-draw", "/api/v1/totp/draw", "Draw the seed of an authenticator app; nothing is set yet", func(ctx context.Context, by access.Actor, _ *Who) (Seed, error) {
		seed, ticket, err := s.Guard.AskTOTP(ctx, by)
		return Seed{seed, ticket}, err
	})
	bind(s, "totp-set", "/api/v1/totp", "Set an authenticator app by its first code", func(ctx context.Context, by access.Actor, in *totpIn) (done, error) {
		err := s.Guard.SetTOTP(ctx, by, in.Body.Ticket, in.Body.Code)
		return done{err == nil}, err
	})
	bind(s, "totp-remove", "/api/v1/totp/remove", "Take away the authenticator app", func(ctx context.Context, by access.Actor, _ *Who) (done, error) {
		err := s.Guard.RemoveTOTP(ctx, by)
		return done{err == nil}, err
	})
	bind(s, "recovery-draw", "/api/v1/recovery-codes", "Draw new one-time codes; those of before are void", func(ctx context.Context, by access.Actor, _ *Who) (Codes, error) {
		codes, err := s.Guard.DrawRecovery(ctx, by)
		return Codes{codes}, err
	})
}
