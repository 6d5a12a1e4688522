// Package client speaks to an oasiss node with a person's own rights. The
// command line uses nothing else.
package client

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Client is one person's connection to one node. It is safe for concurrent use.
type Client struct {
	Base    string // https://host:port
	Token   string // of a session; empty before SignIn
	Lang    string // en or es
	Purpose string // sent with every request unless the call names another

	// Signer answers for the person where an act is signed; nil signs nothing.
	Signer Signer

	HTTP *http.Client
}

// New makes a client of the node at base. roots holds the certificate of a
// node that no public authority vouches for, in PEM; nil trusts the system's.
func New(base string, roots []byte) (*Client, error) {
	cfg := &tls.Config{MinVersion: tls.VersionTLS13}
	if len(roots) > 0 {
		cfg.RootCAs = x509.NewCertPool()
		if !cfg.RootCAs.AppendCertsFromPEM(roots) {
			return nil, errors.New("client: no certificate in the file given")
		}
	}
	return &Client{Base: strings.TrimSuffix(base, "/"), Lang: "en",
		HTTP: &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{TLSClientConfig: cfg, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 8}}}, nil
}

// Refused is the node's answer of no: a code, a sentence and what to do next,
// in the client's language.
type Refused struct {
	Status int            `json:"status"`
	Code   string         `json:"code"`
	Title  string         `json:"title"`
	Next   string         `json:"next"`
	Params map[string]any `json:"params"`
}

// Error gives the sentence.
func (r *Refused) Error() string { return r.Title }

// IsRefused reports whether err is a refusal with this code.
func IsRefused(err error, code string) bool {
	var r *Refused
	return errors.As(err, &r) && r.Code == code
}

// Recorded is what an act gave.
type Recorded struct {
	Facts  []string        `json:"facts"`
	Object string          `json:"object,omitempty"` // id of what the act made, if it made something
	Told   json.RawMessage `json:"told,omitempty"`   // what the rule answered besides
}

// Prepared is an act that was shown and waits for a signature.
type Prepared struct {
	ID     string          `json:"id"`
	Verb   string          `json:"verb"`
	Digest string          `json:"digest"`
	Act    json.RawMessage `json:"act"`
	Asked  Asked           `json:"asked"`
}

// Outcome is one of the two.
type Outcome struct {
	Recorded *Recorded `json:"recorded,omitempty"`
	Prepared *Prepared `json:"prepared,omitempty"`
}

// Me is who is signed in.
type Me struct {
	User    string   `json:"user"`
	Name    string   `json:"name"`
	Office  string   `json:"office"`
	Node    string   `json:"node"`
	Country string   `json:"country"`
	Lang    string   `json:"lang"`
	Roles   []string `json:"roles"`
	Level   int      `json:"level"` // of the session: 1 by password alone, 2 with a second factor
}

// SignOut ends the session at once.
func (c *Client) SignOut(ctx context.Context) error {
	return c.call(ctx, http.MethodPost, "/api/v1/sign-out", "", nil, nil)
}

// Act takes an act by its verb ("referral.decline"). key makes a repeat safe:
// the same key gives the first result again. A signed act comes back prepared.
func (c *Client) Act(ctx context.Context, verb, key string, command any) (Outcome, error) {
	area, name, _ := strings.Cut(verb, ".")
	var out Outcome
	err := c.call(ctx, http.MethodPost, "/api/v1/acts/"+area+"/"+strings.ReplaceAll(name, "_", "-"), key, command, &out)
	return out, err
}

// Sign signs a prepared act by the client's Signer.
func (c *Client) Sign(ctx context.Context, p Prepared) (Recorded, error) {
	if c.Signer == nil {
		return Recorded{}, ErrNoSigner
	}
	if !p.honest() {
		return Recorded{}, ErrOtherAct
	}
	a, err := c.Signer.Assert(p.Asked.RelyingParty, p.Asked.Origin, p.Asked.Challenge)
	if err != nil {
		return Recorded{}, err
	}
	var out Outcome
	if err := c.call(ctx, http.MethodPost, "/api/v1/prepared/"+url.PathEscape(p.ID)+"/sign", "", a, &out); err != nil {
		return Recorded{}, err
	}
	if out.Recorded == nil {
		return Recorded{}, errors.New("client: the node gave no result")
	}
	return *out.Recorded, nil
}

// Take takes an act and signs it if it must be signed. One that is about a case of
// which somebody is forgotten between the two is refused as act.prepared_gone.
func (c *Client) Take(ctx context.Context, verb, key string, command any) (Recorded, error) {
	out, err := c.Act(ctx, verb, key, command)
	if err != nil {
		return Recorded{}, err
	}
	if out.Prepared != nil {
		return c.Sign(ctx, *out.Prepared)
	}
	if out.Recorded == nil {
		return Recorded{}, errors.New("client: the node gave no result")
	}
	return *out.Recorded, nil
}

// Get reads path below /api/v1 into out.
func (c *Client) Get(ctx context.Context, path string, out any) error {
	return c.call(ctx, http.MethodGet, "/api/v1/"+strings.TrimPrefix(path, "/"), "", nil, out)
}

// Post sends a question that must not stand in an address, such as a search.
func (c *Client) Post(ctx context.Context, path string, in, out any) error {
	return c.call(ctx, http.MethodPost, "/api/v1/"+strings.TrimPrefix(path, "/"), "", in, out)
}

func (c *Client) call(ctx context.Context, method, path, key string, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("client: encode request: %w", err)
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.Base+path, body)
	if err != nil {
		return fmt.Errorf("client: %w", err)
	}
	for name, value := range map[string]string{"Authorization": bearer(c.Token), "Accept-Language": c.Lang,
		"Oasiss-Purpose": c.Purpose, "Idempotency-Key": key, "Accept": "application/json"} {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := c.HTTP.Do(req)
	if err != nil {
		return fmt.Errorf("client: the node cannot be reached: %w", err)
	}
	defer res.Body.Close()
	return answer(res, out)
}

func answer(res *http.Response, out any) error {
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return fmt.Errorf("client: read answer: %w", err)
	}
	if res.StatusCode >= 400 {
		r := &Refused{Status: res.StatusCode}
		if json.Unmarshal(b, r) != nil || r.Code == "" {
			return fmt.Errorf("client: the node answered %s", res.Status)
		}
		return r
	}
	if out == nil || len(b) == 0 { // nothing is asked of the content
		return nil
	}
	if err := json.Unmarshal(b, out); err != nil {
		return fmt.Errorf("client: read answer: %w", err)
	}
	return nil
}

func bearer(token string) string {
	if token == "" {
		return ""
	}
	return "Bearer " + token
}

// Ready reports whether the node and its database answer.
func (c *Client) Ready(ctx context.Context) error {
	return c.call(ctx, http.MethodGet, "/readyz", "", nil, nil)
}
