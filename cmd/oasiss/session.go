package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/oasiss/oasiss/client"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/wire"
	"golang.org/x/term"
)

// savedSession is one session kept between calls, readable by its person only.
type savedSession struct {
	Node  string `json:"node"`
	Roots string `json:"roots,omitempty"` // PEM of the node's certificate
	Token string `json:"token"`
	Name  string `json:"name"`
	// Roles at sign-in; they choose the usual purpose, never a right.
	Roles []string `json:"roles,omitempty"`
}

func defaultHome() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		dir = "."
	}
	return filepath.Join(dir, "oasiss")
}

func (e *env) sessionFile() string { return filepath.Join(e.Home, e.As+".json") }

func (e *env) session() (savedSession, error) {
	var s savedSession
	b, err := os.ReadFile(e.sessionFile())
	if errors.Is(err, fs.ErrNotExist) {
		return s, refusal.New("cli.no_session")
	}
	if err != nil {
		return s, fmt.Errorf("saved session: %w", err)
	}
	if err := json.Unmarshal(b, &s); err != nil {
		return s, fmt.Errorf("saved session: %w", err)
	}
	return s, nil
}

// client speaks to the node of the saved session, for the purpose given or the
// one that the area of the verb usually has.
func (e *env) client(verb string) (*client.Client, error) {
	s, err := e.session()
	if err != nil {
		return nil, err
	}
	c, err := client.New(s.Node, []byte(s.Roots))
	if err != nil {
		return nil, err
	}
	c.Token, c.Lang, c.Purpose = s.Token, e.Lang, e.Purpose
	if c.Purpose == "" {
		c.Purpose = usualPurpose(verb, s.Roles)
	}
	return c, nil
}

// usualPurpose is the purpose of an area's verbs when none is named: that of
// the area, and in cases that of whoever has no other role there than protection.
func usualPurpose(verb string, roles []string) string {
	area, name, _ := strings.Cut(verb, ".")
	if name == "orders" || strings.HasPrefix(name, "expunge") {
		area = "case" // forgetting is the work of those who hold the case
	}
	switch area {
	case "office", "user", "role", "session", "proposal", "peer", "link":
		return wire.PurposeAdministration
	case "accord", "journal":
		return wire.PurposeOversight
	case "protection", "consular":
		return wire.PurposeProtection
	case "alert":
		return wire.PurposeLifeAtRisk
	case "insight":
		return wire.PurposeStatistics
	}
	protects := func(role string) bool { return role == "adviser" || role == "consular" }
	if len(roles) > 0 && !slices.ContainsFunc(roles, func(r string) bool { return !protects(r) }) {
		return wire.PurposeProtection
	}
	return wire.PurposeProsecution
}

type loginCmd struct {
	reach
	Name         string `name:"name" required:"" help:"cli.login.name" placeholder:"NAME"`
	PasswordFile string `name:"password-file" type:"existingfile" env:"OASISS_PASSWORD_FILE" help:"cli.flag.password_file" placeholder:"FILE"`
	Accept       bool   `name:"accept-notice" help:"cli.login.accept"`
}

// Run signs in and keeps the session.
func (l *loginCmd) Run(e *env) error {
	c, roots, err := l.client(e)
	if err != nil {
		return err
	}
	if !l.Accept {
		fmt.Fprintln(e.errOut, i18n.T(i18n.Lang(e.Lang), "access.notice.text"))
		return refusal.New("cli.notice")
	}
	me, err := e.enter(c, l.Name, l.PasswordFile)
	if err != nil {
		return err
	}
	if me.Level < 2 {
		fmt.Fprintln(e.errOut, i18n.T(i18n.Lang(e.Lang), "cli.bare"))
	}
	if err := e.keep(savedSession{Node: l.Node, Roots: roots, Token: c.Token, Name: l.Name, Roles: me.Roles}); err != nil {
		return err
	}
	return e.print(me)
}

// keep saves a session for the next calls, readable by its person only.
func (e *env) keep(s savedSession) error {
	b, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("save session: %w", err)
	}
	if err := os.MkdirAll(e.Home, 0o700); err != nil {
		return fmt.Errorf("save session: %w", err)
	}
	if err := os.WriteFile(e.sessionFile(), b, 0o600); err != nil {
		return fmt.Errorf("save session: %w", err)
	}
	return nil
}

// secret reads a password or a one-time code from a file, a terminal, or one
// line of input. It is never a flag: flags show in the list of processes.
func (e *env) secret(ask, file string) (string, error) {
	if file != "" {
		b, err := os.ReadFile(file)
		if err != nil {
			return "", fmt.Errorf("password file: %w", err)
		}
		return strings.TrimRight(string(b), "\r\n"), nil
	}
	if f, ok := e.in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		fmt.Fprint(e.errOut, i18n.T(i18n.Lang(e.Lang), ask)+" ")
		b, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(e.errOut)
		return string(b), err
	}
	if e.lines == nil {
		e.lines = bufio.NewReader(e.in)
	}
	line, err := e.lines.ReadString('\n')
	if err != nil && line == "" {
		return "", refusal.New("cli.password_missing")
	}
	return strings.TrimRight(line, "\r\n"), nil
}

type logoutCmd struct{}

// Run ends the session on the node and forgets it here.
func (*logoutCmd) Run(e *env) error {
	c, err := e.client("")
	if err != nil {
		return err
	}
	if err := c.SignOut(e.ctx); err != nil && !client.IsRefused(err, "access.sign_in_needed") {
		return err
	}
	if err := os.Remove(e.sessionFile()); err != nil {
		return fmt.Errorf("saved session: %w", err)
	}
	return nil
}

type whoamiCmd struct{}

// Run shows who is signed in.
func (*whoamiCmd) Run(e *env) error {
	c, err := e.client("")
	if err != nil {
		return err
	}
	var me client.Me
	if err := c.Get(e.ctx, "me", &me); err != nil {
		return err
	}
	return e.print(me)
}
