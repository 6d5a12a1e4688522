package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// postgres serves a node that outgrew one machine: several processes share the
// database. They write in turns, a group at a time, under a lock that the
// commit gives back; so that rules see what earlier commands did, whichever
// process took them, as they do on SQLite.
type postgres struct {
	source string

	config *pgx.ConnConfig
	schema string
	self   string // tells this process's commits from others'
	ear    *listener
}

func (*postgres) dialect() Dialect { return Postgres }

// goose has one process migrate and the others wait for it.
func (e *postgres) goose() (goose.Dialect, []goose.ProviderOption) {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockID(e.lock("migrate")))
	if err != nil {
		panic(err) // the options are constants
	}
	return goose.DialectPostgres, []goose.ProviderOption{goose.WithSessionLocker(locker)}
}

func (e *postgres) open(ctx context.Context) (write, read *sql.DB, err error) {
	if err := e.configure(); err != nil {
		return nil, nil, err
	}
	write = stdlib.OpenDB(*e.config)
	write.SetMaxOpenConns(2) // the writer's and the housekeeping's
	if schema := e.config.RuntimeParams["search_path"]; schema != "" {
		if _, err := write.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+pgx.Identifier{schema}.Sanitize()); err != nil {
			return nil, nil, errors.Join(fmt.Errorf("database server: %w", err), write.Close())
		}
	}
	if err := e.suits(ctx, write); err != nil {
		return nil, nil, errors.Join(err, write.Close())
	}
	return write, e.readers(), nil
}

func (e *postgres) look(ctx context.Context) (*sql.DB, error) {
	if err := e.configure(); err != nil {
		return nil, err
	}
	db := e.readers()
	if err := e.suits(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// configure reads the address and says how this program's connections behave.
func (e *postgres) configure() (err error) {
	if e.config, err = pgx.ParseConfig(e.source); err != nil {
		return errors.New("store: the database's address cannot be read") // it may hold a password
	}
	e.config.RuntimeParams["application_name"] = "oasiss"
	e.config.RuntimeParams["synchronous_commit"] = "on"
	e.config.RuntimeParams["timezone"] = "UTC"
	// a machine that vanished gives its locks back within half a minute
	e.config.RuntimeParams["tcp_keepalives_idle"] = "10"
	e.config.RuntimeParams["tcp_keepalives_interval"] = "5"
	e.config.RuntimeParams["tcp_keepalives_count"] = "3"
	e.self = rand.Text()
	return nil
}

// readers is a pool that cannot write.
func (e *postgres) readers() *sql.DB {
	only := e.config.Copy()
	only.RuntimeParams["default_transaction_read_only"] = "on"
	db := stdlib.OpenDB(*only)
	db.SetMaxOpenConns(readers)
	db.SetMaxIdleConns(readers)
	return db
}

// suits refuses a server on which a commit is not durable or text is not
// ordered by its bytes: the two engines must show the same lists.
func (e *postgres) suits(ctx context.Context, db *sql.DB) error {
	var collate, encoding, fsync string
	err := db.QueryRowContext(ctx, `SELECT d.datcollate, pg_encoding_to_char(d.encoding), current_setting('fsync'), current_schema()
		FROM pg_database d WHERE d.datname = current_database()`).Scan(&collate, &encoding, &fsync, &e.schema)
	if err != nil {
		return fmt.Errorf("database server: %w", err)
	}
	switch {
	case !slices.Contains([]string{"C", "POSIX", "C.UTF-8", "C.utf8"}, collate):
		return fmt.Errorf("store: the database orders text by %s; create it with LC_COLLATE 'C'", collate)
	case encoding != "UTF8":
		return fmt.Errorf("store: the database's encoding is %s; create it with UTF8", encoding)
	case fsync != "on":
		return errors.New("store: the server runs with fsync off: commits are not durable")
	}
	return nil
}

// lock is the advisory lock of a name within this node's schema.
func (e *postgres) lock(name string) int64 {
	sum := sha256.Sum256([]byte("oasiss/" + e.config.Database + "/" + e.schema + "/" + name))
	return int64(binary.BigEndian.Uint64(sum[:8])) // #nosec G115 -- any 64 bits name a lock
}

func (e *postgres) channel() string { return fmt.Sprintf("oasiss_%016x", uint64(e.lock("channel"))) } // #nosec G115 -- the same 64 bits

// begin waits for this process's turn: the lock comes first and each statement
// after it sees all that was committed before (read committed).
func (e *postgres) begin(ctx context.Context, s *statements) error {
	_, err := s.conn.ExecContext(ctx, fmt.Sprintf("BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(%d)", e.lock("writer")))
	return err
}

func (e *postgres) commit(ctx context.Context, s *statements, wrote bool) error {
	if e.broken(s.conn) {
		return errBroken // COMMIT would roll back, and say nothing
	}
	if !wrote {
		_, err := s.conn.ExecContext(ctx, "COMMIT")
		return err
	}
	_, err := s.conn.ExecContext(ctx, fmt.Sprintf("SELECT pg_notify('%s', '%s'); COMMIT", e.channel(), e.self))
	return err
}

// send has the server run the statements one after another, and waits once.
func (*postgres) send(conn *sql.Conn) func(context.Context, []statement) error {
	return func(ctx context.Context, all []statement) error {
		return conn.Raw(func(c any) error {
			var b pgx.Batch
			for _, s := range all {
				b.Queue(s.query, s.args...)
			}
			return c.(*stdlib.Conn).Conn().SendBatch(ctx, &b).Close()
		})
	}
}

var errBroken = errors.New("store: a statement failed and spoilt the transaction")

func (*postgres) broken(conn *sql.Conn) bool {
	status := byte('E')
	_ = conn.Raw(func(c any) error {
		status = c.(*stdlib.Conn).Conn().PgConn().TxStatus()
		return nil
	})
	return status != 'T'
}

func (e *postgres) keep(_ context.Context, write *sql.DB) (keeper, error) {
	e.ear = listen(e)
	return newVacuum(e, write), nil
}

func (e *postgres) elsewhere() <-chan struct{} { return e.ear.heard }

// quoted names the schema's table in a statement.
func (e *postgres) quoted(table string) string {
	return pgx.Identifier{e.schema, strings.TrimSpace(table)}.Sanitize()
}
