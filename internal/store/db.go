// Package store is the database: one writer, many readers, on SQLite (a file)
// or PostgreSQL.
//
// Writes are commands that run one after another on a single connection and
// are committed in groups, one fsync for all callers that are waiting. Reads
// use a separate read-only pool and see a snapshot. SQL is kept to the subset
// that both engines share: $n parameters, TEXT ids, integer microseconds for
// time, JSON as TEXT. What they do differently is in sqlite.go and postgres.go.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
)

// The tables of every room, and the text index that each engine makes in its
// own way.
//
//go:embed migrations/*.sql search/*.sql
var schema embed.FS

// searchVersion is the migration that makes the text index.
const searchVersion = 14

// DB is one node's database. It is safe for concurrent use.
type DB struct {
	source string
	engine engine
	write  *sql.DB // owned by the writer
	read   *sql.DB // read-only pool
	pool   *pool   // over read; nil where the driver keeps prepared statements itself
	w      *writer
}

// Dialect is an engine's SQL, for the few statements that engines do not share:
// full-text search.
type Dialect string

// The two engines.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// engine is what SQLite and PostgreSQL do differently.
type engine interface {
	dialect() Dialect
	// goose says how the migrations run.
	goose() (goose.Dialect, []goose.ProviderOption)
	// open gives the writer's pool and the read-only pool.
	open(ctx context.Context) (write, read *sql.DB, err error)
	// look gives a read-only pool of a database that is there, and makes nothing.
	look(ctx context.Context) (*sql.DB, error)
	// begin starts the writer's transaction, once it is this process's turn.
	begin(ctx context.Context, s *statements) error
	// commit makes it durable and, if something was written, tells the other
	// processes of the node: told of nothing, two would tell each other for ever.
	commit(ctx context.Context, s *statements, wrote bool) error
	// send gives the way to run several statements that only write at once; nil
	// where they gain nothing by it.
	send(conn *sql.Conn) func(context.Context, []statement) error
	// full says whether an error is that there is no room on the disk.
	full(err error) bool
	// broken says whether a statement that failed has spoilt the transaction.
	broken(conn *sql.Conn) bool
	// keep starts the engine's housekeeping.
	keep(ctx context.Context, write *sql.DB) (keeper, error)
	// elsewhere signals what other processes of the node have committed; nil
	// where there can be none.
	elsewhere() <-chan struct{}
	// hold runs f while this process alone holds the name, until ctx ends.
	hold(ctx context.Context, name string, f func(context.Context))
}

// keeper is an engine's housekeeping beside the writer.
type keeper interface {
	wrote(statements int) // so many of a group that was committed have written
	idle()                // nothing was written for a second
	forget()              // what was just deleted shall be in no file any more
	close() error
}

// readers is the size of the read-only pool; pages are short and the machine
// at a border station has few cores.
const readers = 8

// Open opens the database and starts its writer, creating and migrating as
// needed. source is a file for SQLite, or a postgres:// address; a
// search_path in the address keeps a node in a schema of its own. The caller
// closes it.
func Open(ctx context.Context, source string) (*DB, error) {
	e := engineOf(source)
	write, read, err := e.open(ctx)
	if err != nil {
		return nil, err
	}
	fail := func(err error) (*DB, error) { return nil, errors.Join(err, read.Close(), write.Close()) }
	if err := migrate(ctx, e, write); err != nil {
		return fail(err)
	}
	w, err := startWriter(ctx, e, write)
	if err != nil {
		return fail(err)
	}
	db := &DB{source: source, engine: e, write: write, read: read, w: w}
	if e.dialect() == SQLite {
		db.pool = newPool(read)
	}
	return db, nil
}

func engineOf(source string) engine {
	if IsAddress(source) {
		return &postgres{source: source}
	}
	return sqlite{path: source}
}

// IsAddress says whether a source is a database server's address and not a file.
func IsAddress(source string) bool {
	return strings.HasPrefix(source, "postgres://") || strings.HasPrefix(source, "postgresql://")
}

// migrate brings the tables up to date. A database that has had every migration
// of this program is left alone: reading them all takes longer than opening it.
func migrate(ctx context.Context, e engine, db *sql.DB) error {
	if done, err := migrated(ctx, db); done || err != nil {
		return err
	}
	files, err := fs.Sub(schema, "migrations")
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	if e.dialect() == SQLite {
		files = ownNumbers{files}
	}
	index, err := schema.ReadFile("search/" + string(e.dialect()) + ".sql")
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	search := goose.NewGoMigration(searchVersion, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, string(index))
		return err
	}}, nil)
	d, options := e.goose()
	p, err := goose.NewProvider(d, db, files, append(options, goose.WithGoMigrations(search))...)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// Path is the database file; the address of a server.
func (db *DB) Path() string { return db.source }

// Write runs f in the writer's next group and returns when that group is
// durable, or with f's error and nothing written; where the disk is full that
// is the refusal CodeFull. f may be run again, so it
// must be rerunnable and must not keep what it read. Whose ctx ends before f ran
// gets ctx's error and f never runs; once it runs, Write returns when it has
// ended, so that what f writes to is the caller's again.
func (db *DB) Write(ctx context.Context, f func(*Tx) error) error {
	return db.w.submit(ctx, db.w.queue, f)
}

// Ahead is Write for what must not wait behind a busy node's acts: the access
// fact before a page leaves, an alert. It runs after the command that is running
// and is made durable at once.
func (db *DB) Ahead(ctx context.Context, f func(*Tx) error) error {
	return db.w.submit(ctx, db.w.ahead, f)
}

// Read runs f on a snapshot; f cannot write.
func (db *DB) Read(ctx context.Context, f func(*Tx) error) error {
	if db.pool != nil {
		return db.pool.read(ctx, f)
	}
	return read(ctx, db.engine, db.read, f)
}

func read(ctx context.Context, e engine, db *sql.DB, f func(*Tx) error) error {
	t, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: snapshot[e.dialect()]})
	if err != nil {
		return fmt.Errorf("begin read: %w", err)
	}
	defer t.Rollback() //nolint:errcheck // a read has nothing to undo
	return f(&Tx{ctx: ctx, via: t, dialect: e.dialect(), work: workOf(ctx)})
}

// snapshot is the isolation under which all reads of a transaction see one
// state; a SQLite transaction does in any case.
var snapshot = map[Dialect]sql.IsolationLevel{SQLite: sql.LevelDefault, Postgres: sql.LevelRepeatableRead}

// Elsewhere signals that another process of this node has committed
// something; one signal may stand for many commits. It is nil, and so never
// signals, where a node is one process.
func (db *DB) Elsewhere() <-chan struct{} { return db.engine.elsewhere() }

// Hold runs f while this process, and no other of the node, holds the name:
// a lease. It waits for its turn; f's context ends when the lease is lost, and
// Hold waits again, as it does after an f that ended by itself. It returns when
// ctx ends, after f.
func (db *DB) Hold(ctx context.Context, name string, f func(context.Context)) {
	db.engine.hold(ctx, name, f)
}

// leaseRetry is how long to wait before a lease is tried, or its work begun, again.
const leaseRetry = time.Second

// rest waits that long, or until ctx ends.
func rest(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(leaseRetry):
	}
}

// Ready reports whether the database answers.
func (db *DB) Ready(ctx context.Context) error {
	return db.Read(ctx, func(tx *Tx) error {
		var one int
		return tx.QueryRow(`SELECT 1`).Scan(&one)
	})
}

// Close finishes queued writes and the housekeeping, and closes.
func (db *DB) Close() error {
	if db.write == nil { // a copy, opened for reading
		return db.read.Close()
	}
	err := db.w.stop()
	if db.pool != nil {
		err = errors.Join(err, db.pool.close())
	}
	return errors.Join(err, db.read.Close(), db.write.Close())
}
