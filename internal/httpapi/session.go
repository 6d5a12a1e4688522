package httpapi

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/oasiss/oasiss/authenticator"
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

type passkeySignIn struct {
	Who
	Body struct {
		authenticator.Assertion
		Notice bool `json:"notice,omitempty" doc:"The use notice was read and accepted"`
	}
}

type codeSignIn struct {
	Who
	Body struct {
		Ticket string `json:"ticket" maxLength:"4096" doc:"From sign-in"`
		Code   string `json:"code" maxLength:"64" doc:"Of the authenticator app, or one of the one-time codes"`
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
	Level   int      `json:"level" doc:"1: by password alone, which sees to one's own account; 2: with a second factor"`
}

func me(a access.Actor) Me {
	return Me{User: a.User, Name: a.Name, Office: a.Office, Node: a.Node, Country: a.Country, Lang: a.Lang, Roles: a.Roles, Level: a.Level}
}

type signedIn struct {
	Body struct {
		Token  string `json:"token,omitempty" doc:"Send it as Authorization: Bearer"`
		Me     *Me    `json:"me,omitempty"`
		Ticket string `json:"ticket,omitempty" doc:"Instead of a token: the account has a second factor; give this back with a code"`
	}
}

// opened is the answer to who signed in, or to who must give a code yet.
func opened(token string, who access.Actor, err error) (*signedIn, error) {
	out := &signedIn{}
	if step := (*access.SecondStep)(nil); errors.As(err, &step) {
		out.Body.Ticket = step.Ticket
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	m := me(who)
	out.Body.Token, out.Body.Me = token, &m
	return out, nil
}

type askedOut struct{ Body access.Asked }

// session registers signing in and out.
func (s *Server) session() {
	post := func(id, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: http.MethodPost, Path: path, Summary: summary, Tags: []string{"session"}}
	}
	add(s, access.RuleOpen, post("sign-in", "/api/v1/sign-in", "Sign in by password; a second factor follows where the account has one"), func(ctx context.Context, _ access.Actor, in *signIn) (*signedIn, error) {
		return opened(s.Guard.SignIn(ctx, access.SignIn{Login: in.Body.Name, Password: in.Body.Password, Addr: in.address, Notice: in.Body.Notice, Door: "api"}))
	})
	add(s, access.RuleOpen, post("sign-in-code", "/api/v1/sign-in/code", "The second step of signing in by password"), func(ctx context.Context, _ access.Actor, in *codeSignIn) (*signedIn, error) {
		return opened(s.Guard.SignInCode(ctx, in.Body.Ticket, in.Body.Code, in.address, "api"))
	})
	add(s, access.RuleOpen, post("sign-in-challenge", "/api/v1/sign-in/challenge", "What an authenticator is asked for signing in by passkey"), func(context.Context, access.Actor, *Who) (*askedOut, error) {
		return &askedOut{s.Guard.AskSignIn()}, nil
	})
	add(s, access.RuleOpen, post("sign-in-passkey", "/api/v1/sign-in/passkey", "Sign in by passkey"), func(ctx context.Context, _ access.Actor, in *passkeySignIn) (*signedIn, error) {
		return opened(s.Guard.SignInByPasskey(ctx, in.Body.Assertion, access.SignIn{Addr: in.address, Notice: in.Body.Notice, Door: "api"}))
	})
	signOut := post("sign-out", "/api/v1/sign-out", "Sign out; the session ends at once")
	signOut.Security = secured
	add(s, access.RuleOpen, signOut, func(ctx context.Context, _ access.Actor, in *Who) (*struct{}, error) {
		return nil, s.Guard.SignOut(ctx, in.token()) // it takes the session, and whoever is out stays out
	})
	self(s, "me", "/api/v1/me", "Who this session belongs to", func(_ context.Context, by access.Actor, _ *Who) (Me, error) { return me(by), nil })
	s.factors()
}
