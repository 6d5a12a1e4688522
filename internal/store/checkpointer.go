package store

import (
	"context"
	"database/sql"
	"sync"
	"sync/atomic"
	"time"
)

// checkpointEvery is after how many statements that wrote the log is folded
// into the file: about 2,000 facts, or 30 MiB of log. It was measured as the
// point between rewriting pages too often and a log too long. Commands are no
// measure: one can be a frame of a peer, or a file's hundred rows.
const checkpointEvery = 10_000

// checkpointer folds the write-ahead log into the database on a connection
// beside the writer's, so that no caller's commit pays for it. It is opened when
// there is something to fold.
type checkpointer struct {
	db      *sql.DB
	pending int
	folded  atomic.Bool // all but what was written meanwhile is folded
	empty   atomic.Bool // the log has to be emptied: something was forgotten
	wake    chan struct{}
	quit    chan struct{}
	wg      sync.WaitGroup
}

func newCheckpointer(db *sql.DB) *checkpointer {
	c := &checkpointer{db: db, wake: make(chan struct{}, 1), quit: make(chan struct{})}
	c.wg.Add(1)
	go func() {
		defer c.wg.Done()
		for {
			select {
			case <-c.wake:
				if c.empty.Load() {
					c.truncate()
					continue
				}
				c.run("PASSIVE")
				c.folded.Store(len(c.wake) == 0) // or there is much again
			case <-c.quit:
				return
			}
		}
	}()
	return c
}

// wrote is called between two groups. While the writer so rests, the little that
// it wrote during the last folding is folded too: then the log is whole in the
// file and begins anew, and does not grow for as long as the node is busy.
func (c *checkpointer) wrote(n int) {
	if c.folded.CompareAndSwap(true, false) {
		c.run("PASSIVE")
	}
	if c.pending += n; c.pending >= checkpointEvery {
		c.signal()
	}
}

func (c *checkpointer) idle() {
	if c.pending > 0 {
		c.signal()
	}
}

func (c *checkpointer) signal() {
	c.pending = 0
	select {
	case c.wake <- struct{}{}:
	default: // one is already due
	}
}

// run folds what no reader still needs; a busy database is tried again at the
// next occasion, so the result does not matter here.
func (c *checkpointer) run(mode string) {
	rows, err := c.db.QueryContext(context.Background(), "PRAGMA wal_checkpoint("+mode+")")
	if err == nil {
		rows.Close()
	}
}

// emptyAfter is how long a reader may keep the log from being emptied before
// it is tried again.
const emptyAfter = 50 * time.Millisecond

// forget asks for an empty log, so that no page that was overwritten is left
// in it.
func (c *checkpointer) forget() {
	c.empty.Store(true)
	c.signal()
}

// truncate empties the log, again and again while readers hold it.
func (c *checkpointer) truncate() {
	for {
		var busy, frames, folded int
		err := c.db.QueryRowContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &folded)
		if err == nil && busy == 0 {
			c.empty.Store(false)
			return
		}
		select {
		case <-c.quit: // closing empties it
			return
		case <-time.After(emptyAfter):
		}
	}
}

func (c *checkpointer) close() error {
	close(c.quit)
	c.wg.Wait()
	_, err := c.db.ExecContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}
