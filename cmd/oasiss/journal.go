package main

import (
	"fmt"

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
