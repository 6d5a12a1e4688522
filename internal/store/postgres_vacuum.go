package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
)

// vacuum rewrites the tables from which something was forgotten, so that no
// deleted row is left in their files. The server's write-ahead log and its
// archive are its operator's, as the guide says.
type vacuum struct {
	e    *postgres
	conn *sql.Conn
	wake chan struct{}
	quit chan struct{}
	wg   sync.WaitGroup
}

func newVacuum(ctx context.Context, e *postgres, write *sql.DB) (*vacuum, error) {
	conn, err := write.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("housekeeping connection: %w", err)
	}
	v := &vacuum{e: e, conn: conn, wake: make(chan struct{}, 1), quit: make(chan struct{})}
	v.wg.Go(func() {
		for {
			select {
			case <-v.wake:
				v.run(context.Background())
			case <-v.quit:
				return
			}
		}
	})
	return v, nil
}

// kept are the tables that only grow and that no forgetting takes rows from;
// body is vacuumed in place, its rows being sealed and far too many to rewrite.
var kept = map[string]bool{"fact": true, "leaf": true, "tile": true, "checkpoint": true, "cosignature": true, "witnessed": true, "body": true, "goose_db_version": true}

func (v *vacuum) run(ctx context.Context) {
	rows, err := v.conn.QueryContext(ctx, tablesPostgres)
	if err != nil {
		return
	}
	var full []string
	for rows.Next() {
		var t string
		if rows.Scan(&t) == nil && !kept[t] {
			full = append(full, t)
		}
	}
	if rows.Close() != nil {
		return
	}
	for _, t := range full {
		v.conn.ExecContext(ctx, "VACUUM (FULL) "+v.e.quoted(t)) //nolint:errcheck // tried again with the next forgetting
	}
	v.conn.ExecContext(ctx, "VACUUM "+v.e.quoted("body")) //nolint:errcheck // as above
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
	return errors.Join(v.e.ear.close(), v.conn.Close())
}
