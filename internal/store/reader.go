package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// Reader looks at a database without being its node: nothing is made, migrated
// or written, and a node that runs on it is not disturbed.
type Reader struct {
	engine engine
	db     *sql.DB
}

// OpenReader opens a database that is there. It refuses, as Open does, a server
// on which a commit is not durable or text is not ordered by its bytes.
func OpenReader(ctx context.Context, source string) (*Reader, error) {
	e := engineOf(source)
	db, err := e.look(ctx)
	if err != nil {
		return nil, err
	}
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("database: %w", err), db.Close())
	}
	return &Reader{engine: e, db: db}, nil
}

// Read runs f on a snapshot; f cannot write.
func (r *Reader) Read(ctx context.Context, f func(*Tx) error) error {
	return read(ctx, r.engine, r.db, f)
}

// Close closes the database.
func (r *Reader) Close() error { return r.db.Close() }

// SchemaOf is the newest migration that a database has had; an error if it has
// had none.
func SchemaOf(tx *Tx) (version int64, err error) {
	err = tx.QueryRow(`SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version WHERE is_applied = ` + map[Dialect]string{SQLite: "1", Postgres: "true"}[tx.dialect]).Scan(&version)
	if err != nil {
		return 0, fmt.Errorf("schema: %w", err)
	}
	return version, nil
}

// SchemaKnown is the newest migration that this program has.
func SchemaKnown() (int64, error) {
	known, err := schemas()
	return slices.Max(known), err
}

// schemas are the migrations that this program has.
func schemas() ([]int64, error) {
	known := []int64{searchVersion}
	files, err := fs.Glob(schema, "migrations/*.sql")
	for _, f := range files {
		number, _, _ := strings.Cut(strings.TrimPrefix(f, "migrations/"), "_")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return known, fmt.Errorf("migrations: %w", err)
		}
		known = append(known, n)
	}
	return known, err
}

// migrated says whether a database has had every migration of this program.
func migrated(ctx context.Context, db *sql.DB) (bool, error) {
	known, err := schemas()
	if err != nil {
		return false, err
	}
	var had, newest int64
	err = db.QueryRowContext(ctx, `SELECT COUNT(DISTINCT version_id), COALESCE(MAX(version_id), 0) FROM goose_db_version
		WHERE is_applied AND version_id > 0`).Scan(&had, &newest)
	if err != nil {
		return false, nil //nolint:nilerr // it has had none, or the migrations say what is wrong
	}
	return had == int64(len(known)) && newest == slices.Max(known), nil
}
