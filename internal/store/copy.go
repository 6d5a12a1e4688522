package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Copy writes the database as it stands into a new SQLite file, consistent to
// one moment, while others read and write; of either engine, so that a backup
// is one kind of file. The text index of PostgreSQL has no form there and is
// left out: it is made anew from the rest. Nothing deleted is in the copy: it
// has no free pages. The file must not exist; it is durable when Copy returns.
func (db *DB) Copy(ctx context.Context, path string) error {
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("store: %s exists", filepath.Base(path))
	}
	var err error
	if db.Dialect() == SQLite {
		err = vacuumInto(ctx, db.source, path)
	} else {
		err = db.Read(ctx, func(tx *Tx) error { return transcribe(ctx, tx, path) })
	}
	if err != nil {
		return errors.Join(fmt.Errorf("copy of the store: %w", err), os.RemoveAll(path))
	}
	return durable(path)
}

// Dialect says which engine the database is.
func (db *DB) Dialect() Dialect { return db.engine.dialect() }

// vacuumInto has SQLite write its pages that hold something into a new file.
func vacuumInto(ctx context.Context, source, path string) error {
	db, err := sql.Open("sqlite", fileURI(source)+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `VACUUM INTO $1`, path)
	return errors.Join(err, db.Close())
}

// transcribe copies every table of a snapshot, row by row, into a new file.
func transcribe(ctx context.Context, from *Tx, path string) error {
	to, err := Open(ctx, path)
	if err != nil {
		return err
	}
	return errors.Join(pour(ctx, from, to), to.Close())
}

// Fill takes over every row of a copy into this database, which must be new.
// The text index is left to be made anew.
func (db *DB) Fill(ctx context.Context, copied *DB) error {
	return copied.Read(ctx, func(from *Tx) error { return pour(ctx, from, db) })
}

// pour moves the rows of every table but the engine's own and the text index.
func pour(ctx context.Context, from *Tx, to *DB) error {
	tables, err := from.Tables()
	if err != nil {
		return err
	}
	tables = slices.DeleteFunc(tables, func(n string) bool {
		return n == "goose_db_version" || n == "sqlite_sequence" || strings.HasPrefix(n, "search_")
	})
	return to.Write(ctx, func(tx *Tx) error {
		for _, name := range tables {
			if err := pourTable(from, tx, name); err != nil {
				return fmt.Errorf("table %s: %w", name, err)
			}
		}
		return nil
	})
}

func pourTable(from, to *Tx, name string) error {
	insert := ""
	return Each(from, func(rows *sql.Rows) error {
		columns, err := rows.Columns()
		if err != nil {
			return err
		}
		if insert == "" {
			marks := make([]string, len(columns))
			for i := range columns {
				marks[i] = fmt.Sprintf("$%d", i+1)
				columns[i] = `"` + columns[i] + `"`
			}
			insert = `INSERT INTO "` + name + `" (` + strings.Join(columns, ", ") + `) VALUES (` + strings.Join(marks, ", ") + `)`
		}
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		return to.Exec(insert, values...)
	}, `SELECT * FROM "`+name+`"`) //nolint:gosec // the name comes from the schema
}

// durable has a file and its name on disk.
func durable(path string) error {
	for _, name := range []string{path, filepath.Dir(path)} {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return fmt.Errorf("sync %s: %w", filepath.Base(name), err)
		}
	}
	return nil
}

// OpenCopy opens a copied database for reading, and leaves its bytes as they
// are. Writing to it is refused with ErrClosed.
func OpenCopy(path string) (*DB, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("copy of a store: %w", err)
	}
	read, err := sql.Open("sqlite", fileURI(path)+"?mode=ro&_pragma=query_only(1)&_pragma=busy_timeout(5000)")
	if err != nil {
		return nil, fmt.Errorf("copy of a store: %w", err)
	}
	w := &writer{queue: make(chan command), quit: make(chan struct{}), stopped: make(chan struct{})}
	close(w.quit)
	close(w.stopped)
	return &DB{source: path, engine: sqlite{path: path}, read: read, w: w}, nil
}

// Schema is the version of the tables.
func Schema(tx *Tx) (version int64, err error) {
	if err := tx.QueryRow(`SELECT MAX(version_id) FROM goose_db_version`).Scan(&version); err != nil {
		return 0, fmt.Errorf("version of the schema: %w", err)
	}
	return version, nil
}
