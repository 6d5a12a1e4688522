package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/oasiss/oasiss/authenticator"
	"github.com/oasiss/oasiss/client"
	"github.com/oasiss/oasiss/internal/refusal"
)

// passkeyCmd are one's own passkeys: the one that this program keeps, and all
// that the node knows.
type passkeyCmd struct {
	Add    passkeyAddCmd    `cmd:"" help:"cli.verb.passkey.add"`
	List   passkeyListCmd   `cmd:"" help:"cli.verb.passkey.list"`
	Remove passkeyRemoveCmd `cmd:"" help:"cli.verb.passkey.remove"`
	Codes  passkeyCodesCmd  `cmd:"" help:"cli.verb.passkey.codes"`
}

// passkeyFile is where the passkey of the saved session is kept.
func (e *env) passkeyFile() string {
	if e.Passkey != "" {
		return e.Passkey
	}
	return filepath.Join(e.Home, e.As+".passkey")
}

// passkey opens the passkey of the saved session by its passphrase, read from a
// file or asked for. A nil key without an error means that there is no file.
func (e *env) passkey(file string) (*authenticator.Key, error) {
	path := e.passkeyFile()
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	passphrase, err := e.secret("cli.ask.passphrase", file)
	if err != nil {
		return nil, err
	}
	key, err := authenticator.Load(path, passphrase)
	if errors.Is(err, authenticator.ErrPassphrase) {
		return nil, refusal.New("cli.passphrase")
	}
	return key, err
}

type passkeyAddCmd struct {
	Name         string `arg:"" name:"name" help:"cli.passkey.name"`
	PasswordFile string `name:"password-file" type:"existingfile" env:"OASISS_PASSWORD_FILE" help:"cli.flag.passphrase_file" placeholder:"FILE"`
}

// Run draws a passkey, registers it, keeps it in a file under a passphrase, and
// signs in by it.
func (p *passkeyAddCmd) Run(e *env) error {
	s, err := e.session()
	if err != nil {
		return err
	}
	path := e.passkeyFile()
	if _, err := os.Stat(path); err == nil {
		return refusal.Conflict("cli.passkey_there")
	}
	c, err := e.client("session.passkey")
	if err != nil {
		return err
	}
	passphrase, err := e.secret("cli.ask.passphrase", p.PasswordFile)
	if err != nil {
		return err
	}
	key, err := c.Enrol(e.ctx, p.Name)
	if err != nil {
		return err
	}
	if err := key.Save(path, passphrase); err != nil {
		return fmt.Errorf("keep the passkey: %w", err)
	}
	if err := c.SignOut(e.ctx); err != nil {
		return err
	}
	me, err := c.SignInByPasskey(e.ctx, true) // the notice was accepted with the session that it takes the place of
	if err != nil {
		return err
	}
	s.Token, s.Roles = c.Token, me.Roles
	if err := e.keep(s); err != nil {
		return err
	}
	return e.print(me)
}

type passkeyListCmd struct{}

// Run shows one's own ways to sign in, and sessions.
func (*passkeyListCmd) Run(e *env) error {
	c, err := e.client("session.passkey")
	if err != nil {
		return err
	}
	var out map[string]any
	if err := c.Get(e.ctx, "factors", &out); err != nil {
		return err
	}
	return e.print(out)
}

type passkeyRemoveCmd struct {
	ID string `arg:"" name:"id" help:"cli.passkey.id"`
}

// Run takes a passkey out of use.
func (p *passkeyRemoveCmd) Run(e *env) error {
	c, err := e.client("session.passkey")
	if err != nil {
		return err
	}
	return c.Post(e.ctx, "passkeys/"+url.PathEscape(p.ID)+"/remove", nil, nil)
}

type passkeyCodesCmd struct{}

// Run draws new one-time codes.
func (*passkeyCodesCmd) Run(e *env) error {
	c, err := e.client("session.passkey")
	if err != nil {
		return err
	}
	var out map[string]any
	if err := c.Post(e.ctx, "recovery-codes", nil, &out); err != nil {
		return err
	}
	return e.print(out)
}

// enter signs in: by the passkey that is kept for the session, else by
// password and what the account asks for besides.
func (e *env) enter(c *client.Client, name, passwordFile string) (client.Me, error) {
	key, err := e.passkey(passwordFile)
	if err != nil {
		return client.Me{}, err
	}
	if key != nil {
		c.Signer = key
		return c.SignInByPasskey(e.ctx, true)
	}
	password, err := e.secret("cli.password", passwordFile)
	if err != nil {
		return client.Me{}, err
	}
	me, err := c.SignIn(e.ctx, name, password, true)
	if step := (*client.Second)(nil); errors.As(err, &step) {
		code, err := e.secret("cli.ask.second", "")
		if err != nil {
			return me, err
		}
		return c.SignInCode(e.ctx, step.Ticket, code)
	}
	return me, err
}
