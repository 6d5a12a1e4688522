package main

import (
	"fmt"
	"os"

	"github.com/oasiss/oasiss/client"
)

// reach is how a call finds a node before anybody has signed in.
type reach struct {
	Node string `arg:"" name:"node" help:"cli.login.node"`
	CA   string `name:"ca" type:"existingfile" help:"cli.login.ca" placeholder:"FILE"`
}

// client of the node, and the certificate to keep with the session.
func (r reach) client(e *env) (*client.Client, string, error) {
	roots := ""
	if r.CA != "" {
		b, err := os.ReadFile(r.CA)
		if err != nil {
			return nil, "", fmt.Errorf("certificate: %w", err)
		}
		roots = string(b)
	}
	c, err := client.New(r.Node, []byte(roots))
	if err != nil {
		return nil, "", misuse("not_a_certificate", "A", r.CA)
	}
	c.Lang = e.Lang
	return c, roots, nil
}

// foundCmd founds a node: its two founders each open their own office and
// account with one of the two codes that init printed.
type foundCmd struct {
	reach
	Code         string `name:"code-file" type:"existingfile" help:"cli.found.code" placeholder:"FILE"`
	PasswordFile string `name:"password-file" type:"existingfile" env:"OASISS_PASSWORD_FILE" help:"cli.flag.password_file" placeholder:"FILE"`
	Login        string `name:"login" required:"" help:"cli.found.login" placeholder:"NAME"`
	Name         string `name:"name" required:"" help:"cli.found.name" placeholder:"NAME"`
	Badge        string `name:"badge" required:"" help:"help.field.badge" placeholder:"BADGE"`
	Office       string `name:"office" required:"" help:"help.office.create.id" placeholder:"ID"`
	Agency       string `name:"agency" required:"" help:"help.field.agency" placeholder:"AGENCY"`
	NameEN       string `name:"office-name-en" required:"" help:"cli.found.office_en" placeholder:"NAME"`
	NameES       string `name:"office-name-es" required:"" help:"cli.found.office_es" placeholder:"NAME"`
	Zone         string `name:"zone" required:"" help:"help.office.create.zone" placeholder:"ZONE"`
}

// Run founds.
func (f *foundCmd) Run(e *env) error {
	c, _, err := f.client(e)
	if err != nil {
		return err
	}
	code, err := e.secret("cli.ask.code", f.Code)
	if err != nil {
		return err
	}
	password, err := e.secret("cli.ask.new_password", f.PasswordFile)
	if err != nil {
		return err
	}
	var out any
	err = c.Post(e.ctx, "found", map[string]any{"code": code, "login": f.Login, "name": f.Name, "badge": f.Badge, "lang": e.Lang, "password": password,
		"office": map[string]string{"id": f.Office, "agency": f.Agency, "name_en": f.NameEN, "name_es": f.NameES, "zone": f.Zone}}, &out)
	if err != nil {
		return err
	}
	return e.print(out)
}

// redeemCmd sets one's first password, or a new one after a reset, with both
// halves of a one-time link.
type redeemCmd struct {
	reach
	Half         string `name:"half-file" type:"existingfile" help:"cli.redeem.half" placeholder:"FILE"`
	Other        string `name:"other-file" type:"existingfile" help:"cli.redeem.other" placeholder:"FILE"`
	PasswordFile string `name:"password-file" type:"existingfile" env:"OASISS_PASSWORD_FILE" help:"cli.flag.password_file" placeholder:"FILE"`
}

// Run redeems the link.
func (r *redeemCmd) Run(e *env) error {
	c, _, err := r.client(e)
	if err != nil {
		return err
	}
	said := map[string]string{}
	for _, ask := range []struct{ name, key, file string }{
		{"half", "cli.ask.half", r.Half}, {"other", "cli.ask.other", r.Other}, {"password", "cli.ask.new_password", r.PasswordFile},
	} {
		if said[ask.name], err = e.secret(ask.key, ask.file); err != nil {
			return err
		}
	}
	return c.Post(e.ctx, "redeem", said, nil)
}

// passwordCmd changes one's own password; every session ends.
type passwordCmd struct {
	Old string `name:"old-file" type:"existingfile" help:"cli.password.old" placeholder:"FILE"`
	New string `name:"new-file" type:"existingfile" help:"cli.password.new" placeholder:"FILE"`
}

// Run changes the password.
func (p *passwordCmd) Run(e *env) error {
	c, err := e.client("session.password")
	if err != nil {
		return err
	}
	before, err := e.secret("cli.ask.old_password", p.Old)
	if err != nil {
		return err
	}
	after, err := e.secret("cli.ask.new_password", p.New)
	if err != nil {
		return err
	}
	return c.Post(e.ctx, "password", map[string]string{"old": before, "new": after}, nil)
}
