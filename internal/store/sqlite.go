package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the embedded engine, registered as "sqlite"
)

// sqlite is the embedded default: one file, one process.
type sqlite struct{ path string }

func (sqlite) dialect() Dialect { return SQLite }

func (sqlite) goose() (goose.Dialect, []goose.ProviderOption) { return goose.DialectSQLite3, nil }

// ownNumbers are the migrations as SQLite should have them. It keeps the rows of
// a table by a number of its own, which a column is only where it is declared as
// INTEGER: a BIGINT, which the column has to be for PostgreSQL, would get a
// second tree beside the table, to be written with each fact, body, leaf and
// message, and read before each of them. A table whose rows are read together by
// the beginning of their key has them lie so where its migration says it.
type ownNumbers struct{ fs.FS }

// Open implements fs.FS.
func (m ownNumbers) Open(name string) (fs.File, error) {
	f, err := m.FS.Open(name)
	if err != nil || filepath.Ext(name) != ".sql" {
		return f, err
	}
	text, err := fs.ReadFile(m.FS, name)
	text = bytes.ReplaceAll(text, []byte("BIGINT PRIMARY KEY"), []byte("INTEGER PRIMARY KEY"))
	text = bytes.ReplaceAll(text, []byte("/* rows by their key */"), []byte("WITHOUT ROWID"))
	return migration{f, bytes.NewReader(text)}, err
}

// migration is a file with another text.
type migration struct {
	fs.File
	text *bytes.Reader
}

// Read implements fs.File.
func (m migration) Read(b []byte) (int, error) { return m.text.Read(b) }

func (e sqlite) open(ctx context.Context) (write, read *sql.DB, err error) {
	if err := os.MkdirAll(filepath.Dir(e.path), 0o700); err != nil {
		return nil, nil, fmt.Errorf("data folder: %w", err)
	}
	// The engine would make it readable to everybody on the machine; the files
	// beside it take its mode.
	f, err := os.OpenFile(e.path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("database file: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, nil, fmt.Errorf("database file: %w", err)
	}
	write, err = sql.Open("sqlite", e.dsn("rwc", "wal_autocheckpoint(0)", "foreign_keys(1)", "secure_delete(1)", "cache_size(-65536)"))
	if err != nil {
		return nil, nil, fmt.Errorf("open %s: %w", filepath.Base(e.path), err)
	}
	write.SetMaxOpenConns(2) // the writer's and the checkpointer's
	if read, err = e.look(ctx); err != nil {
		return nil, nil, errors.Join(err, write.Close())
	}
	return write, read, nil
}

func (e sqlite) look(context.Context) (*sql.DB, error) {
	db, err := sql.Open("sqlite", e.dsn("ro", "query_only(1)"))
	if err != nil {
		return nil, fmt.Errorf("open readers: %w", err)
	}
	db.SetMaxOpenConns(readers)
	db.SetMaxIdleConns(readers)
	return db, nil
}

// dsn names the file and its pragmas. busy_timeout comes first so that the
// others can wait; synchronous=FULL makes every commit durable.
func (e sqlite) dsn(mode string, pragmas ...string) string {
	q := url.Values{"mode": {mode}, "_txlock": {"immediate"}}
	for _, p := range append([]string{"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)"}, pragmas...) {
		if mode == "ro" && (p == "journal_mode(WAL)") {
			continue // a reader takes the mode from the file
		}
		q.Add("_pragma", p)
	}
	return fileURI(e.path) + "?" + q.Encode()
}

// fileURI is a file as SQLite names it, without parameters: what would end the
// path or stand for another character is escaped (sqlite.org/uri.html §3.1).
func fileURI(path string) string { return "file:" + (&url.URL{Path: path}).EscapedPath() }

func (sqlite) begin(ctx context.Context, s *statements) error {
	_, err := s.ExecContext(ctx, "BEGIN IMMEDIATE")
	return err
}

func (sqlite) commit(ctx context.Context, s *statements, _ bool) error {
	_, err := s.ExecContext(ctx, "COMMIT")
	return err
}

// send: there is no way to go.
func (sqlite) send(*sql.Conn) func(context.Context, []statement) error { return nil }

// broken: a statement that failed leaves a SQLite transaction as it was.
func (sqlite) broken(*sql.Conn) bool { return false }

func (sqlite) keep(_ context.Context, write *sql.DB) (keeper, error) {
	return newCheckpointer(write), nil
}

func (sqlite) elsewhere() <-chan struct{} { return nil }

// hold: the file has one process, and that holds every name.
func (sqlite) hold(ctx context.Context, _ string, f func(context.Context)) {
	for ctx.Err() == nil {
		f(ctx)
		rest(ctx)
	}
}
