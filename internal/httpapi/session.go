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

// session registers signing in and out.
func (s *Server) session() {
	add(s, access.RuleOpen, huma.Operation{OperationID: "sign-in", Method: http.MethodPost, Path: "/api/v1/sign-in",
		Summary: "Sign in", Tags: []string{"session"}}, func(ctx context.Context, _ access.Actor, in *signIn) (*signedIn, error) {
		token, who, err := s.Guard.SignIn(ctx, access.SignIn{Login: in.Body.Name, Password: in.Body.Password, Addr: in.address, Notice: in.Body.Notice, Door: "api"})
		out := &signedIn{}
		out.Body.Token, out.Body.Me = token, me(who)
		return out, err
	})
	add(s, access.RuleOpen, huma.Operation{OperationID: "sign-out", Method: http.MethodPost, Path: "/api/v1/sign-out",
		Summary: "Sign out; the session ends at once", Tags: []string{"session"}, Security: secured}, func(ctx context.Context, _ access.Actor, in *Who) (*struct{}, error) {
		return nil, s.Guard.SignOut(ctx, in.token()) // it takes the session, and whoever is out stays out
	})
	own(s, "me", "/api/v1/me", "session", "Who this session belongs to", func(_ context.Context, by access.Actor, _ *Who) (Me, error) { return me(by), nil })
}
