// Package provider asks an agency's own identity provider who somebody is, by
// OpenID Connect: the authorization code flow with PKCE, a state and a nonce.
//
// A provider says who is at the door, as a password would. It makes no account,
// gives no role and signs no act.
package provider

import (
	"context"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/oasiss/oasiss/internal/i18n"
	"go.yaml.in/yaml/v3"
	"golang.org/x/oauth2"
)

// Provider is one agency's identity provider, as the node's operator names it.
type Provider struct {
	ID         string     `yaml:"id"` // in addresses of the node's pages
	Name       Name       `yaml:"name"`
	Issuer     string     `yaml:"issuer"`      // https address
	Client     string     `yaml:"client"`      // id by which the provider knows the node
	SecretFile string     `yaml:"secret_file"` // file with the node's secret there; none for a public client
	CA         string     `yaml:"ca"`          // file with the authority of its certificate; the machine's own if empty
	Accepts    []Accepted `yaml:"second_factor"`

	Now func() time.Time `yaml:"-"` // the node's clock; time.Now if nil

	secret string
	http   *http.Client
	mu     sync.Mutex
	found  *oidc.Provider
}

// Name is what people call a provider, in both languages.
type Name map[i18n.Lang]string

// In is the name in a language.
func (n Name) In(l i18n.Lang) string { return n[l] }

// Accepted says for which offices what the provider tells of a sign-in counts as
// a second factor (RFC 8176, OpenID Connect Core §2).
type Accepted struct {
	Offices []string `yaml:"offices"`
	ACR     []string `yaml:"acr"` // any of these
	AMR     []string `yaml:"amr"` // all of these
}

// Told is what a provider said of a person, verified.
type Told struct {
	Issuer, Subject string
	acr             string
	amr             []string
}

// ErrAway means that the provider cannot be asked now.
var ErrAway = errors.New("provider: it does not answer")

// ErrRefused means that what came back says nothing: for another client, of
// another issuer, too old, for another sign-in, or a refusal of the provider's.
var ErrRefused = errors.New("provider: it vouches for nobody")

// algs are the signatures of tokens that are taken.
var algs = []string{oidc.ES256, oidc.ES384, oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA}

// patience is how long a provider may take for one answer.
const patience = 10 * time.Second

var idForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,30}$`)

// Read reads the providers of a node from a YAML file.
func Read(file string) ([]*Provider, error) {
	b, err := os.ReadFile(file) // #nosec G304 -- named by the node's operator
	if err != nil {
		return nil, fmt.Errorf("identity providers: %w", err)
	}
	var all []*Provider
	d := yaml.NewDecoder(strings.NewReader(string(b)))
	d.KnownFields(true)
	if err := d.Decode(&all); err != nil {
		return nil, fmt.Errorf("identity providers: %s: %w", file, err)
	}
	seen := map[string]bool{}
	for _, p := range all {
		if err := p.ready(); err != nil {
			return nil, fmt.Errorf("identity providers: %s: %q: %w", file, p.ID, err)
		}
		if seen[p.ID] {
			return nil, fmt.Errorf("identity providers: %s: %q stands twice", file, p.ID)
		}
		seen[p.ID] = true
	}
	return all, nil
}

// ready checks a provider as it was written and reads the files that it names.
func (p *Provider) ready() error {
	switch {
	case !idForm.MatchString(p.ID):
		return errors.New("id: small letters, digits and hyphens")
	case p.Name[i18n.English] == "" || p.Name[i18n.Spanish] == "":
		return errors.New("name: in both languages, en and es")
	case !IsIssuer(p.Issuer):
		return errors.New("issuer: an https address")
	case p.Client == "":
		return errors.New("client: missing")
	}
	for _, a := range p.Accepts {
		if len(a.Offices) == 0 || len(a.ACR)+len(a.AMR) == 0 {
			return errors.New("second_factor: offices, and acr or amr")
		}
	}
	if p.SecretFile != "" {
		b, err := os.ReadFile(p.SecretFile)
		if err != nil {
			return err
		}
		p.secret = strings.TrimSpace(string(b))
	}
	roots := (*x509.CertPool)(nil)
	if p.CA != "" {
		b, err := os.ReadFile(p.CA)
		if err != nil {
			return err
		}
		if roots = x509.NewCertPool(); !roots.AppendCertsFromPEM(b) {
			return errors.New("ca: holds no certificate")
		}
	}
	p.http = &http.Client{Timeout: patience, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, Proxy: http.ProxyFromEnvironment}}
	return nil
}

// IsIssuer reports whether a text can be an issuer: an https address without
// query or fragment (OpenID Connect Core §2).
func IsIssuer(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "https" && u.Host != "" && u.RawQuery == "" && u.Fragment == "" && u.User == nil && len(s) <= 255
}

// discovered asks the provider for its own description, until it has answered once.
func (p *Provider) discovered() (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	// Its keys are fetched later with this context, so that it is no request's.
	found, err := oidc.NewProvider(oidc.ClientContext(context.Background(), p.http), p.Issuer)
	if err != nil {
		return nil, errors.Join(ErrAway, err)
	}
	p.found = found
	return found, nil
}

func (p *Provider) client(found *oidc.Provider, back string) *oauth2.Config {
	return &oauth2.Config{ClientID: p.Client, ClientSecret: p.secret, Endpoint: found.Endpoint(), RedirectURL: back, Scopes: []string{oidc.ScopeOpenID}}
}

// Way is where somebody is sent to sign in, and comes back from to back. state,
// nonce and verifier are drawn for this one time.
func (p *Provider) Way(back, state, nonce, verifier string) (string, error) {
	found, err := p.discovered()
	if err != nil {
		return "", err
	}
	return p.client(found, back).AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), nil
}

// Answer takes what the person came back with. ErrAway, or ErrRefused with why.
func (p *Provider) Answer(ctx context.Context, back, code, nonce, verifier string) (Told, error) {
	found, err := p.discovered()
	if err != nil {
		return Told{}, err
	}
	ctx = oidc.ClientContext(ctx, p.http)
	token, err := p.client(found, back).Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if said := (*oauth2.RetrieveError)(nil); errors.As(err, &said) && said.Response != nil && said.Response.StatusCode < http.StatusInternalServerError {
		return Told{}, errors.Join(ErrRefused, err)
	}
	if err != nil {
		return Told{}, errors.Join(ErrAway, err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := found.VerifierContext(ctx, &oidc.Config{ClientID: p.Client, SupportedSigningAlgs: algs, Now: p.Now}).Verify(ctx, raw)
	if err != nil {
		return Told{}, errors.Join(ErrRefused, err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(nonce)) != 1 {
		return Told{}, errors.Join(ErrRefused, errors.New("another nonce"))
	}
	var more struct {
		ACR string   `json:"acr"`
		AMR []string `json:"amr"`
		AZP string   `json:"azp"`
	}
	if err := id.Claims(&more); err != nil {
		return Told{}, errors.Join(ErrRefused, err)
	}
	if more.AZP != "" && more.AZP != p.Client || id.Subject == "" {
		return Told{}, errors.Join(ErrRefused, errors.New("for another client, or of nobody"))
	}
	return Told{Issuer: id.Issuer, Subject: id.Subject, acr: more.ACR, amr: more.AMR}, nil
}

// Counts reports whether what a provider told of a sign-in counts as a second
// factor for an office.
func (p *Provider) Counts(t Told, office string) bool {
	return slices.ContainsFunc(p.Accepts, func(a Accepted) bool {
		if !slices.Contains(a.Offices, office) {
			return false
		}
		all := len(a.AMR) > 0
		for _, m := range a.AMR {
			all = all && slices.Contains(t.amr, m)
		}
		return all || t.acr != "" && slices.Contains(a.ACR, t.acr)
	})
}
