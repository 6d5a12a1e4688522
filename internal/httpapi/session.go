package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/oasiss/oasiss/internal/access"
)

type signIn struct {
	Who
	Body struct {
		Name     string `json:"name" doc:"Account name" maxLength:"200"`
		Password string `json:"password" maxLength:"1024"`
		Notice   bool   `json:"notice" doc:"The use notice was read and accepted"`
	}
}

// Me is who a session belongs to.
type Me struct {
	User    string   `json:"user"`
	Name    string   `json:"name"`
	Office  string   `json:"office"`
	Node    string   `json:"node"`
	Country string   `json:"country"`
	Lang    string   `json:"lang"`
	Roles   []string `json:"roles"`
}

func me(a access.Actor) Me {
	return Me{User: a.User, Name: a.Name, Office: a.Office, Node: a.Node, Country: a.Country, Lang: a.Lang, Roles: a.Roles}
}

type signedIn struct {
	Body struct {
		Token string `json:"token" doc:"Send it as Authorization: Bearer"`
		Me    Me     `json:"me"`
	}
}

type meOut struct{ Body Me }

// session registers signing in and out.
func (s *Server) session() {
	huma.Register(s.api, huma.Operation{OperationID: "sign-in", Method: http.MethodPost, Path: "/api/v1/sign-in",
		Summary: "Sign in", Tags: []string{"session"}}, func(ctx context.Context, in *signIn) (*signedIn, error) {
		token, who, err := s.Guard.SignIn(ctx, access.SignIn{Login: in.Body.Name, Password: in.Body.Password, Addr: in.address, Notice: in.Body.Notice, Door: "api"})
		if err != nil {
			return nil, problem(ctx, in.lang(), err)
		}
		out := &signedIn{}
		out.Body.Token, out.Body.Me = token, me(who)
		return out, nil
	})
	huma.Register(s.api, huma.Operation{OperationID: "sign-out", Method: http.MethodPost, Path: "/api/v1/sign-out",
		Summary: "Sign out; the session ends at once", Tags: []string{"session"}, Security: secured}, func(ctx context.Context, in *Who) (*struct{}, error) {
		return nil, problem(ctx, in.lang(), s.Guard.SignOut(ctx, in.token()))
	})
	huma.Register(s.api, huma.Operation{OperationID: "me", Method: http.MethodGet, Path: "/api/v1/me",
		Summary: "Who this session belongs to", Tags: []string{"session"}, Security: secured}, func(ctx context.Context, in *Who) (*meOut, error) {
		a, err := s.Guard.FromToken(ctx, in.token(), true)
		if err != nil {
			return nil, problem(ctx, in.lang(), err)
		}
		return &meOut{Body: me(a)}, nil
	})
}
