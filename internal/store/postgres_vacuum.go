package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"
)

// vacuum rewrites the tables from which something was forgotten, so that no
// deleted row is left in their files. The server's write-ahead log and its
// archive are its operator's, as the guide says.
type vacuum struct {
	e    *postgres
	db   *sql.DB
	wake chan struct{}
	quit chan struct{}
	wg   sync.WaitGroup
}

// vacuumAgain is how long a rewriting that failed waits for its next try: what
// was forgotten must leave the files whatever the server was doing.
const vacuumAgain = time.Second

func newVacuum(e *postgres, write *sql.DB) *vacuum {
	v := &vacuum{e: e, db: write, wake: make(chan struct{}, 1), quit: make(chan struct{})}
	v.wg.Go(func() {
		var again <-chan time.Time
		for {
			select {
			case <-v.wake:
			case <-again:
			case <-v.quit:
				return
			}
			again = nil
			if v.run(context.Background()) != nil {
				again = time.After(vacuumAgain)
			}
		}
	})
	return v
}

// kept are the tables that only grow and that no forgetting takes rows from;
// body is vacuumed in place, its rows being sealed and far too many to rewrite.
var kept = map[string]bool{"fact": true, "leaf": true, "tile": true, "checkpoint": true, "cosignature": true, "witnessed": true, "body": true, "goose_db_version": true}

func (v *vacuum) run(ctx context.Context) error {
	var full []string
	rows, err := v.db.QueryContext(ctx, tablesPostgres)
	if err != nil {
		return fmt.Errorf("tables: %w", err)
	}
	for rows.Next() {
		var t string
		if err = rows.Scan(&t); err != nil {
			break
		}
		if !kept[t] {
			full = append(full, t)
		}
	}
	if err := errors.Join(err, rows.Err(), rows.Close()); err != nil {
		return fmt.Errorf("tables: %w", err)
	}
	for _, t := range full {
		if _, err := v.db.ExecContext(ctx, "VACUUM (FULL) "+v.e.quoted(t)); err != nil {
			return fmt.Errorf("rewrite %s: %w", t, err)
		}
	}
	if _, err := v.db.ExecContext(ctx, "VACUUM "+v.e.quoted("body")); err != nil {
		return fmt.Errorf("vacuum bodies: %w", err)
	}
	return nil
}

func (*vacuum) wrote(int) {}
func (*vacuum) idle()     {}

func (v *vacuum) forget() {
	select {
	case v.wake <- struct{}{}:
	default: // one is already due
	}
}

func (v *vacuum) close() error {
	close(v.quit)
	v.wg.Wait()
	return v.e.ear.close()
}
