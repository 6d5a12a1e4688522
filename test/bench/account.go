package main

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/oasiss/oasiss/authenticator"
	"github.com/oasiss/oasiss/client"
	"github.com/oasiss/oasiss/internal/directory"
	"github.com/oasiss/oasiss/wire"
)

// account makes somebody an account, as the two founders may before an accord is
// in force. The password is everybody's.
func (h *here) account(ctx context.Context, login, office, role string) error {
	id, err := h.take(ctx, h.coordinator(0), wire.PurposeAdministration, &directory.CreateUser{Login: login, Name: "Official " + login, Office: office,
		Roles: []string{role}, Badge: h.spec.Name + "-" + login, Lang: "en"})
	if err == nil {
		id, err = h.take(ctx, h.coordinator(1), wire.PurposeAdministration, &directory.Approve{Proposal: id})
	}
	var half [2]string
	for i := range half {
		if err == nil {
			half[i], err = h.Guard.Invite(ctx, h.coordinator(i), id)
		}
	}
	if err != nil {
		return err
	}
	return h.Guard.Redeem(ctx, half[0], half[1], password, "127.0.0.1")
}

// guest is somebody who is signed in on a node that runs.
type guest struct {
	*client.Client
	login string
	key   *authenticator.Key
}

// enter signs in somebody who has an account. Their passkey lies beside the
// node's data, for a later run in the same folder.
func (p *process) enter(ctx context.Context, s spec, login string) (*guest, error) {
	roots, err := s.roots()
	if err != nil {
		return nil, err
	}
	c, err := client.New(p.site(), roots)
	if err != nil {
		return nil, err
	}
	c.Purpose = wire.PurposeProsecution
	g, file := &guest{c, login, nil}, filepath.Join(filepath.Dir(s.Data), login+".passkey")
	if g.key, err = authenticator.Load(file, password); err == nil {
		c.Signer = g.key
		_, err = c.SignInByPasskey(ctx, true)
		return g, err
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if g.key, err = c.Begin(ctx, login, password, "bench"); err != nil {
		return nil, err
	}
	return g, g.key.Save(file, password)
}

// roots is the certificate (PEM) that a running node's guests trust.
func (s spec) roots() ([]byte, error) { return os.ReadFile(filepath.Join(s.Data, "web-ca.pem")) }

// site is the address of its pages by the name that passkeys are bound to.
func (p *process) site() string { return strings.Replace(p.web, "127.0.0.1", "localhost", 1) }

// cookie is the session as a browser has it.
func (g *guest) cookie() *http.Cookie {
	return &http.Cookie{Name: "__Host-oasiss", Value: g.Token, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode}
}
