package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/oasiss/oasiss/client"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/refusal"
	"golang.org/x/term"
)

// savedSession is one session kept between calls, readable by its person only.
type savedSession struct {
	Node  string `json:"node"`
	Roots string `json:"roots,omitempty"` // PEM of the node's certificate
	Token string `json:"token"`
	Name  string `json:"name"`
}

func defaultLang() string {
	if strings.HasPrefix(os.Getenv("LANG"), "es") {
		return "es"
	}
	return "en"
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
		return s, refusal.New("access.sign_in")
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
		c.Purpose = usualPurpose(verb)
	}
	return c, nil
}

// usualPurpose is the purpose of an area's verbs when none is named.
func usualPurpose(verb string) string {
	area, _, _ := strings.Cut(verb, ".")
	switch area {
	case "office", "user", "peer", "link", "grant":
		return "administration"
	case "accord", "journal":
		return "oversight"
	case "protection":
		return "protection"
	case "insight":
		return "statistics"
	}
	return "prosecution"
}

type loginCmd struct {
	Node         string `arg:"" help:"Address of the node, https://host:port."`
	Name         string `name:"name" required:"" help:"Account name."`
	CA           string `name:"ca" type:"existingfile" help:"Certificate of a node that no public authority vouches for (PEM)."`
	PasswordFile string `name:"password-file" type:"existingfile" env:"OASISS_PASSWORD_FILE" help:"File with the password, for scripts."`
	Accept       bool   `name:"accept-notice" help:"The use notice was read and is accepted."`
}

// Run signs in and keeps the session.
func (l *loginCmd) Run(e *env) error {
	s := savedSession{Node: l.Node, Name: l.Name}
	if l.CA != "" {
		b, err := os.ReadFile(l.CA)
		if err != nil {
			return fmt.Errorf("certificate: %w", err)
		}
		s.Roots = string(b)
	}
	c, err := client.New(s.Node, []byte(s.Roots))
	if err != nil {
		return err
	}
	c.Lang = e.Lang
	if !l.Accept {
		fmt.Fprintln(e.errOut, i18n.T(i18n.Lang(e.Lang), "access.notice"))
		return refusal.New("access.notice")
	}
	password, err := e.password(l.PasswordFile)
	if err != nil {
		return err
	}
	me, err := c.SignIn(e.ctx, l.Name, password, true)
	if err != nil {
		return err
	}
	s.Token = c.Token
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
	return e.print(me)
}

// password reads a password from a file, a terminal, or one line of input.
// It is never a flag: flags show in the list of processes.
func (e *env) password(file string) (string, error) {
	if file != "" {
		b, err := os.ReadFile(file)
		if err != nil {
			return "", fmt.Errorf("password file: %w", err)
		}
		return strings.TrimRight(string(b), "\r\n"), nil
	}
	if f, ok := e.in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		fmt.Fprint(e.errOut, i18n.T(i18n.Lang(e.Lang), "cli.password")+" ")
		b, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(e.errOut)
		return string(b), err
	}
	line, err := bufio.NewReader(e.in).ReadString('\n')
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
	return errors.Join(c.SignOut(e.ctx), os.Remove(e.sessionFile()))
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
