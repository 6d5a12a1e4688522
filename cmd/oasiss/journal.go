package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/oasiss/oasiss/internal/node"
)

// stored names a node's stopped store, or a copy of it.
type stored struct {
	folders
	Store string `name:"store" type:"existingfile" help:"cli.journal.store"`
}

func (s stored) file() string {
	if s.Store != "" {
		return s.Store
	}
	return s.node().Database()
}

type journalVerify struct{ stored }

// Run verifies a stopped or copied journal.
func (c *journalVerify) Run(e *env) error {
	v, err := node.VerifyJournal(e.ctx, c.file())
	if err != nil {
		return err
	}
	if err := e.print(v); err != nil {
		return err
	}
	if len(v.Faults) > 0 {
		return fmt.Errorf("%w: %d faults in the journal", errCheckFailed, len(v.Faults))
	}
	return nil
}

type journalReplay struct {
	stored
	Check   bool   `name:"check" help:"cli.journal.check"`
	Scratch string `name:"scratch" help:"cli.journal.scratch"`
}

// Run re-applies every fact of a stopped or copied store.
func (c *journalReplay) Run(e *env) error {
	r, err := node.ReplayJournal(e.ctx, c.file(), c.Scratch)
	if err != nil {
		return err
	}
	if err := e.print(r); err != nil {
		return err
	}
	if c.Check && !r.Equal {
		return fmt.Errorf("%w: replay gives other tables", errCheckFailed)
	}
	return nil
}

type journalArchive struct {
	folders
	To string `name:"to" required:"" help:"cli.journal.to" placeholder:"FILE"`
}

// Run writes every fact of a node, running or stopped, to a new file.
func (c *journalArchive) Run(e *env) error {
	f, err := os.OpenFile(c.To, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return misuse("cannot_write", "A", c.To)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	facts, err := node.Archive(e.ctx, c.node(), w, time.Now())
	if err = errors.Join(err, w.Flush(), f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(c.To))
	}
	return e.print(map[string]any{"file": c.To, "facts": facts})
}
