package client

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"

	"github.com/oasiss/oasiss/authenticator"
)

// Asked is what an authenticator is asked: by a node at sign-in, and for the
// digest of an act.
type Asked struct {
	Challenge    string `json:"challenge"`
	RelyingParty string `json:"relying_party"`
	Origin       string `json:"origin"`
}

// Signer answers what an authenticator is asked. *authenticator.Key is one.
type Signer interface {
	Assert(relyingParty, origin, challenge string) (authenticator.Assertion, error)
}

// ErrNoSigner means that an act must be signed and the client has no passkey.
var ErrNoSigner = errors.New("client: the act must be signed by a passkey, and there is none")

// ErrOtherAct means that a node asked to sign another digest than that of the
// act it showed.
var ErrOtherAct = errors.New("client: the node asked to sign something else than it showed")

// Second is what SignIn answers where the account has a second factor: the
// ticket to give back with a code (SignInCode).
type Second struct{ Ticket string }

// Error implements error.
func (*Second) Error() string { return "client: a second factor is needed" }

type opened struct {
	Token  string `json:"token"`
	Me     Me     `json:"me"`
	Ticket string `json:"ticket"`
}

// SignIn signs in by password and keeps the session's token in the client.
// notice says that the person read and accepted the use notice. The error is a
// *Second where the account has a second factor; without one the session sees
// to the account and to nothing else.
func (c *Client) SignIn(ctx context.Context, name, password string, notice bool) (Me, error) {
	return c.enter(ctx, "/api/v1/sign-in", map[string]any{"name": name, "password": password, "notice": notice})
}

// SignInCode is the second step: a code of the authenticator app, or a one-time code.
func (c *Client) SignInCode(ctx context.Context, ticket, code string) (Me, error) {
	return c.enter(ctx, "/api/v1/sign-in/code", map[string]any{"ticket": ticket, "code": code})
}

// SignInByPasskey signs in by the client's Signer.
func (c *Client) SignInByPasskey(ctx context.Context, notice bool) (Me, error) {
	if c.Signer == nil {
		return Me{}, ErrNoSigner
	}
	var ask Asked
	if err := c.call(ctx, http.MethodPost, "/api/v1/sign-in/challenge", "", nil, &ask); err != nil {
		return Me{}, err
	}
	a, err := c.Signer.Assert(ask.RelyingParty, ask.Origin, ask.Challenge)
	if err != nil {
		return Me{}, err
	}
	return c.enter(ctx, "/api/v1/sign-in/passkey", struct {
		authenticator.Assertion
		Notice bool `json:"notice"`
	}{a, notice})
}

func (c *Client) enter(ctx context.Context, path string, in any) (Me, error) {
	var out opened
	if err := c.call(ctx, http.MethodPost, path, "", in, &out); err != nil {
		return Me{}, err
	}
	if out.Ticket != "" {
		return Me{}, &Second{Ticket: out.Ticket}
	}
	c.Token = out.Token
	return out.Me, nil
}

// Enrol draws a passkey that this program keeps, registers it for the person
// signed in, and makes it the client's Signer. Whoever calls it keeps the key
// (authenticator.Key.Save).
func (c *Client) Enrol(ctx context.Context, name string) (*authenticator.Key, error) {
	var ask Asked
	if err := c.call(ctx, http.MethodPost, "/api/v1/passkeys/challenge", "", nil, &ask); err != nil {
		return nil, err
	}
	key := authenticator.New(ask.RelyingParty)
	data, attestation, err := key.Register(ask.RelyingParty, ask.Origin, ask.Challenge)
	if err != nil {
		return nil, err
	}
	if err := c.call(ctx, http.MethodPost, "/api/v1/passkeys", "", map[string]any{"name": name, "software": true, "client_data": data, "attestation": attestation}, nil); err != nil {
		return nil, err
	}
	c.Signer = key
	return key, nil
}

// Begin takes a new account into use: signs in by the password that its person
// chose, enrols a passkey under a name, and signs in by it.
func (c *Client) Begin(ctx context.Context, login, password, name string) (*authenticator.Key, error) {
	if _, err := c.SignIn(ctx, login, password, true); err != nil {
		return nil, err
	}
	key, err := c.Enrol(ctx, name)
	if err != nil {
		return nil, err
	}
	if err := c.SignOut(ctx); err != nil {
		return nil, err
	}
	_, err = c.SignInByPasskey(ctx, true)
	return key, err
}

// honest reports whether what is asked is the digest of the act shown.
func (p Prepared) honest() bool {
	digest, err := hex.DecodeString(p.Digest)
	return err == nil && p.Asked.Challenge == base64.RawURLEncoding.EncodeToString(digest)
}
