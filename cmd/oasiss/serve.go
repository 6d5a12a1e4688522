package main

import (
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/oasiss/oasiss/internal/doctor"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/mail"
	"github.com/oasiss/oasiss/internal/node"
	"github.com/oasiss/oasiss/internal/provider"
)

// folders are where a node's data and keys are.
type folders struct {
	Data   string `name:"data" env:"OASISS_DATA" default:"data" help:"cli.flag.data"`
	Keys   string `name:"keys" env:"OASISS_KEYS" default:"keys" help:"cli.flag.keys"`
	Config string `name:"config" env:"OASISS_CONFIG" help:"cli.flag.config" placeholder:"FILE"`
	// The address may hold a password: it is better given by the environment.
	Database string `name:"database" env:"OASISS_DATABASE" help:"cli.flag.database" placeholder:"URL"`
}

func (f folders) node() node.Folders {
	return node.Folders{Data: f.Data, Keys: f.Keys, Server: f.Database}
}

type initCmd struct {
	folders
	Node         string `name:"node" required:"" help:"cli.init.node"`
	Country      string `name:"country" required:"" help:"cli.init.country"`
	NameEN       string `name:"name-en" required:"" help:"cli.init.name_en"`
	NameES       string `name:"name-es" required:"" help:"cli.init.name_es"`
	Zone         string `name:"zone" required:"" help:"cli.init.zone"`
	Installation string `name:"installation" default:"oasiss.example" help:"cli.init.installation"`
	LinkURL      string `name:"link-url" help:"cli.init.link_url"`
	Fictional    bool   `name:"fictional" help:"cli.init.fictional"`
}

// founding is what init prints. The codes are shown here once and kept nowhere
// but as hashes; they go to two people of different offices.
type founding struct {
	Node     string    `json:"node"`
	Founding [2]string `json:"founding"`
}

// Run makes a node.
func (c *initCmd) Run(e *env) error {
	codes, err := node.Init(e.ctx, c.node(), node.Settings{Node: c.Node, Country: c.Country, Installation: c.Installation,
		NameEN: c.NameEN, NameES: c.NameES, Zone: c.Zone, LinkURL: c.LinkURL, Fictional: c.Fictional}, time.Now())
	if err != nil {
		return err
	}
	if e.JSON {
		return e.print(founding{Node: c.Node, Founding: codes})
	}
	l := i18n.Lang(e.Lang)
	fmt.Fprintln(e.out, i18n.T(l, "cli.init.made", map[string]any{"Node": c.Node}))
	for i, code := range codes {
		fmt.Fprintln(e.out, i18n.T(l, "cli.init.founder", map[string]any{"N": i + 1, "Path": "/found", "Code": code}))
	}
	fmt.Fprintln(e.out, i18n.T(l, "cli.init.once"))
	return nil
}

type serveCmd struct {
	folders
	Listen string   `name:"listen" env:"OASISS_LISTEN" default:"127.0.0.1:8443" help:"cli.serve.listen"`
	Link   string   `name:"link" env:"OASISS_LINK" default:"" help:"cli.serve.link"`
	Cert   string   `name:"tls-cert" env:"OASISS_TLS_CERT" help:"cli.serve.tls_cert"`
	Key    string   `name:"tls-key" env:"OASISS_TLS_KEY" help:"cli.serve.tls_key"`
	Site   string   `name:"site" env:"OASISS_SITE" help:"cli.serve.site" placeholder:"URL"`
	Hosts  []string `name:"host" env:"OASISS_HOSTS" default:"localhost,127.0.0.1" help:"cli.serve.host"`

	LockAfter time.Duration `name:"lock-after" env:"OASISS_LOCK_AFTER" default:"25m" help:"cli.serve.lock_after" placeholder:"TIME"`

	Providers string `name:"providers" env:"OASISS_PROVIDERS" help:"cli.serve.providers" placeholder:"FILE"`

	MailServer   string `name:"mail-server" env:"OASISS_MAIL_SERVER" help:"cli.serve.mail_server" placeholder:"ADDRESS"`
	MailFrom     string `name:"mail-from" env:"OASISS_MAIL_FROM" help:"cli.serve.mail_from" placeholder:"ADDRESS"`
	MailUser     string `name:"mail-user" env:"OASISS_MAIL_USER" help:"cli.serve.mail_user" placeholder:"NAME"`
	MailPassword string `name:"mail-password-file" env:"OASISS_MAIL_PASSWORD_FILE" help:"cli.serve.mail_password" placeholder:"FILE"`
	MailCA       string `name:"mail-ca" env:"OASISS_MAIL_CA" help:"cli.serve.mail_ca" placeholder:"FILE"`

	Metrics string `name:"metrics" env:"OASISS_METRICS" help:"cli.serve.metrics" placeholder:"ADDRESS"`
	limits

	BackupTo    string        `name:"backup-to" env:"OASISS_BACKUP_TO" help:"cli.serve.backup_to" placeholder:"DIR"`
	BackupEvery time.Duration `name:"backup-every" env:"OASISS_BACKUP_EVERY" default:"1h" help:"cli.serve.backup_every"`
	BackupKeep  int           `name:"backup-keep" env:"OASISS_BACKUP_KEEP" default:"48" help:"cli.serve.backup_keep"`
}

// Run serves a node until it is told to stop. Its clock is the machine's.
func (c *serveCmd) Run(e *env) error {
	log := slog.New(slog.NewJSONHandler(e.errOut, nil))
	slog.SetDefault(log) // faults that a door meets go where the node's log goes
	told := c.watch()
	n, err := node.Open(e.ctx, c.node(), node.Options{Log: log, Program: version(), Limits: &told,
		Backup: node.BackupPlan{Folder: c.BackupTo, Every: c.BackupEvery, Keep: max(c.BackupKeep, 1)}})
	if err != nil {
		return err
	}
	defer n.Close() //nolint:errcheck // reported by Serve where it matters
	return c.serve(e, n)
}

// patient is the node as its own pages look at it.
func (c *serveCmd) patient() doctor.Patient {
	return doctor.Patient{Folders: c.node(), Cert: c.Cert, Limits: c.watch(), Now: time.Now}
}

// serve listens with the node's certificate and leaves its public part beside
// the data, for clients to trust.
func (c *serveCmd) serve(e *env, n *node.Node) error {
	cert, roots, err := node.WebCertificate(n.Folders.Keys, c.Cert, c.Key, c.Hosts, time.Now())
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(n.Folders.Data, "web-ca.pem"), roots, 0o644); err != nil { // #nosec G306 -- public
		return fmt.Errorf("certificate for clients: %w", err)
	}
	var providers []*provider.Provider
	if c.Providers != "" {
		if providers, err = provider.Read(c.Providers); err != nil {
			return err
		}
	}
	var letters *mail.Server
	if c.MailServer != "" {
		if letters, err = mail.ReadServer(c.MailServer, c.MailFrom, c.MailUser, c.MailPassword, c.MailCA); err != nil {
			return err
		}
	}
	return n.Serve(e.ctx, node.Listen{Web: c.Listen, Link: c.Link, Metrics: c.Metrics, Cert: cert, Site: c.Site, Lock: c.LockAfter, Mail: letters, Providers: providers, Examine: doctor.Page(c.patient())}, func(web, _ string) {
		host, port, err := net.SplitHostPort(web)
		if err == nil {
			fmt.Fprintf(e.out, "https://%s\n", net.JoinHostPort(host, port))
		}
	})
}

type versionCmd struct{}

// Run prints the version.
func (*versionCmd) Run(e *env) error {
	return e.print(map[string]string{"version": version()})
}
