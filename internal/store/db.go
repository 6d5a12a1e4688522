// Package store is the database: one file, one writer, many readers.
//
// Writes are commands that run one after another on a single connection and
// are committed in groups, one fsync for all callers that are waiting. Reads
// use a separate read-only pool and see a snapshot. SQL is kept to the subset
// that SQLite and PostgreSQL share: $n parameters, TEXT ids, integer
// microseconds for time, JSON as TEXT.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the embedded engine, registered as "sqlite"
)

//go:embed migrations/*.sql
var migrations embed.FS

// DB is one node's database. It is safe for concurrent use.
type DB struct {
	path  string
	write *sql.DB // one connection, owned by the writer
	read  *sql.DB // read-only pool
	w     *writer
}

// readers is the size of the read-only pool; pages are short and the machine
// at a border station has few cores.
const readers = 8

// Open opens the database at path, creating and migrating it as needed, and
// starts its writer. The caller closes it.
func Open(ctx context.Context, path string) (*DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	write, err := sql.Open("sqlite", dsn(path, "rwc", "wal_autocheckpoint(0)", "foreign_keys(1)", "secure_delete(1)", "cache_size(-65536)"))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", filepath.Base(path), err)
	}
	write.SetMaxOpenConns(2) // the writer's and the checkpointer's
	if err := migrate(ctx, write); err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read, err := sql.Open("sqlite", dsn(path, "ro", "query_only(1)"))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open readers: %w", err), write.Close())
	}
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	w, err := startWriter(ctx, write)
	if err != nil {
		return nil, errors.Join(err, read.Close(), write.Close())
	}
	return &DB{path: path, write: write, read: read, w: w}, nil
}

// dsn names the file and its pragmas. busy_timeout comes first so that the
// others can wait; synchronous=FULL makes every commit durable.
func dsn(path, mode string, pragmas ...string) string {
	q := url.Values{"mode": {mode}, "_txlock": {"immediate"}}
	for _, p := range append([]string{"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)"}, pragmas...) {
		if mode == "ro" && (p == "journal_mode(WAL)") {
			continue // a reader takes the mode from the file
		}
		q.Add("_pragma", p)
	}
	return "file:" + path + "?" + q.Encode()
}

func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// Path is the database file.
func (db *DB) Path() string { return db.path }

// Write runs f in the writer's next group and returns when that group is
// durable, or with f's error and nothing written. f may be run again, so it
// must be rerunnable and must not keep what it read. A caller that gives up
// waiting does not stop the write.
func (db *DB) Write(ctx context.Context, f func(*Tx) error) error { return db.w.submit(ctx, f) }

// Read runs f on a snapshot; f cannot write.
func (db *DB) Read(ctx context.Context, f func(*Tx) error) error {
	t, err := db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("begin read: %w", err)
	}
	defer t.Rollback() //nolint:errcheck // a read has nothing to undo
	return f(&Tx{ctx: ctx, via: t})
}

// Ready reports whether the database answers.
func (db *DB) Ready(ctx context.Context) error {
	return db.Read(ctx, func(tx *Tx) error {
		var one int
		return tx.QueryRow(`SELECT 1`).Scan(&one)
	})
}

// Close finishes queued writes, folds the log into the file and closes.
func (db *DB) Close() error {
	return errors.Join(db.w.stop(), db.read.Close(), db.write.Close())
}
