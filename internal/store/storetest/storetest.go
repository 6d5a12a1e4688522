// Package storetest gives tests an empty database on the engine that the run
// is for: a SQLite file, or with OASISS_TEST_ENGINE=postgres a schema of its
// own on the server that OASISS_TEST_POSTGRES names (test/postgres.sh starts
// one). So one suite holds both engines.
package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/oasiss/oasiss/internal/store"
)

// engineVariable names the engine that the run is for.
const engineVariable = "OASISS_TEST_ENGINE"

// Source names an empty database of the run's engine.
func Source(t testing.TB) string {
	t.Helper()
	if os.Getenv(engineVariable) == string(store.Postgres) {
		return Postgres(t)
	}
	return SQLite(t)
}

// Open opens an empty database of the run's engine until the test ends.
func Open(t testing.TB) *store.DB {
	t.Helper()
	if os.Getenv(engineVariable) == string(store.Postgres) {
		return OpenSource(t, Postgres(t))
	}
	return OpenSQLite(t)
}

// OpenSQLite opens an empty SQLite database until the test ends: a copy of one
// that had all the migrations once. Making the tables takes longer than most
// tests do.
func OpenSQLite(t testing.TB) *store.DB {
	t.Helper()
	b, err := migrated()
	source := SQLite(t)
	if err == nil {
		err = errors.Join(os.Mkdir(filepath.Dir(source), 0o700), os.WriteFile(source, b, 0o600))
	}
	if err != nil {
		t.Fatal(err)
	}
	return OpenSource(t, source)
}

// migrated is a SQLite file with every table and no rows of ours.
var migrated = sync.OnceValues(func() (b []byte, err error) {
	dir, err := os.MkdirTemp("", "oasiss-store-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "oasiss.sqlite")
	db, err := store.Open(context.Background(), path)
	if err == nil {
		err = db.Close()
	}
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path) // #nosec G304 -- just made
})

// OpenSource opens a database until the test ends.
func OpenSource(t testing.TB, source string) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// SQLite names a database file that does not exist yet.
func SQLite(t testing.TB) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "data", "oasiss.sqlite")
}

// Postgres gives the address of a schema that is not there yet; it is dropped when the
// test ends. Without a server the test is skipped: make test starts one.
func Postgres(t testing.TB) string {
	t.Helper()
	server := os.Getenv("OASISS_TEST_POSTGRES")
	if server == "" {
		t.Skip("no PostgreSQL: test/postgres.sh runs a command with one")
	}
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Fatal(err)
	}
	schema := "t" + strings.ToLower(rand.Text())
	t.Cleanup(func() {
		if _, err := conn.Exec(ctx, "DROP SCHEMA IF EXISTS "+schema+" CASCADE"); err != nil {
			t.Error(err)
		}
		if err := conn.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String()
}
