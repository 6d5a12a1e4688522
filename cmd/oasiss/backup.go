package main

import (
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/backup"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/node"
)

// backupCmd makes a backup of a node on this machine, or proves one.
type backupCmd struct {
	Make   backupMake   `cmd:"" default:"withargs" help:"cli.verb.backup.make"`
	Verify backupVerify `cmd:"" help:"cli.verb.backup.verify"`
}

type backupMake struct {
	folders
	To string `name:"to" required:"" env:"OASISS_BACKUP_TO" help:"cli.backup.to" placeholder:"DIR"`
}

// Run backs the node up, running or not, and proves the backup.
func (c *backupMake) Run(e *env) error {
	p, err := node.MakeBackup(e.ctx, c.node(), c.To, version(), time.Now())
	if err != nil {
		return err
	}
	return e.proven(p)
}

type backupVerify struct {
	Path    string `arg:"" name:"backup" type:"existingdir" help:"cli.backup.path"`
	Keys    string `name:"keys" env:"OASISS_KEYS" help:"cli.backup.keys" placeholder:"DIR"`
	Scratch string `name:"scratch" help:"cli.journal.scratch"`
}

// Run proves a backup.
func (c *backupVerify) Run(e *env) error {
	p, err := node.ProveBackup(e.ctx, c.Path, c.Keys, c.Scratch)
	if err != nil {
		return err
	}
	return e.proven(p)
}

// proven is what is shown of a proof.
type proven struct {
	Name     string    `json:"name"`
	Node     string    `json:"node"`
	Made     time.Time `json:"made"`
	Bytes    int64     `json:"bytes"`
	Journal  int64     `json:"journal"`
	Root     string    `json:"root"`
	Cosigned int64     `json:"cosigned"`
	Sealed   bool      `json:"sealed"`
	Replayed bool      `json:"replayed"`
	Faults   []string  `json:"faults"`
	Details  []string  `json:"details"`
}

// proven prints a proof; one that found something wrong fails the call.
func (e *env) proven(p backup.Proof) error {
	err := e.print(proven{Name: p.Name, Node: p.Node, Made: p.Made, Bytes: p.Bytes(), Journal: p.Journal, Root: p.Root, Cosigned: p.Cosigned,
		Sealed: p.Sealed, Replayed: p.Replayed, Faults: p.Faults, Details: p.Details})
	if err != nil {
		return err
	}
	if !p.Whole() {
		return fmt.Errorf("%w: %d faults in the backup", errCheckFailed, len(p.Faults))
	}
	return nil
}

type restoreCmd struct {
	folders
	Path string `arg:"" name:"backup" type:"existingdir" help:"cli.backup.path"`
}

// Run brings a node back from a backup.
func (c *restoreCmd) Run(e *env) error {
	r, err := node.Restore(e.ctx, c.Path, c.node(), time.Now())
	if err != nil {
		return err
	}
	if err := e.print(r); err != nil || e.JSON {
		return err
	}
	l := i18n.Lang(e.Lang)
	if r.ForgottenAgain > 0 {
		fmt.Fprintln(e.out, i18n.T(l, "cli.restore.forgotten"))
	}
	if len(r.Asks) > 0 {
		fmt.Fprintln(e.out, i18n.T(l, "cli.restore.waits"))
	}
	return nil
}
