package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/oasiss/oasiss/internal/store"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "data", "oasiss.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := db.Write(t.Context(), func(tx *store.Tx) error {
		return tx.Exec(`CREATE TABLE probe (n BIGINT PRIMARY KEY, who TEXT NOT NULL)`)
	}); err != nil {
		t.Fatal(err)
	}
	return db
}

func count(t *testing.T, db *store.DB) (n int) {
	t.Helper()
	if err := db.Read(t.Context(), func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT COUNT(*) FROM probe`).Scan(&n)
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

// A parameter used twice and out of order must mean the same in both engines.
func TestNumberedParameters(t *testing.T) {
	db := open(t)
	var got string
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT $2 || $1 || $2`, "b", "a").Scan(&got)
	})
	if err != nil || got != "aba" {
		t.Fatalf("got %q, %v", got, err)
	}
}

// A failing command takes nothing of its neighbours in the group with it, and
// leaves nothing of its own behind.
func TestGroupKeepsGoodCommands(t *testing.T) {
	db := open(t)
	boom := errors.New("boom")
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			err := db.Write(context.Background(), func(tx *store.Tx) error {
				if i%7 == 3 {
					return boom // refused before writing
				}
				if err := tx.Exec(`INSERT INTO probe (n, who) VALUES ($1, $2)`, i, fmt.Sprint(i)); err != nil {
					return err
				}
				if i%5 == 2 {
					return boom // fails after writing
				}
				if i%11 == 5 {
					panic("a faulty rule")
				}
				return nil
			})
			bad := i%7 == 3 || i%5 == 2 || i%11 == 5
			if bad != (err != nil) {
				t.Errorf("command %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	want := 0
	for i := range 200 {
		if i%7 != 3 && i%5 != 2 && i%11 != 5 {
			want++
		}
	}
	if got := count(t, db); got != want {
		t.Fatalf("%d rows, want %d", got, want)
	}
}

func TestAfterCommitOnlyWhenDurable(t *testing.T) {
	db := open(t)
	ran := 0
	_ = db.Write(t.Context(), func(tx *store.Tx) error {
		tx.AfterCommit(func() { ran++ })
		return errors.New("no")
	})
	if err := db.Write(t.Context(), func(tx *store.Tx) error {
		tx.AfterCommit(func() { ran += 10 })
		return tx.Exec(`INSERT INTO probe (n, who) VALUES (1, 'x')`)
	}); err != nil || ran != 10 {
		t.Fatalf("ran %d, %v", ran, err)
	}
}

func TestReadersCannotWrite(t *testing.T) {
	db := open(t)
	if err := db.Read(t.Context(), func(tx *store.Tx) error {
		return tx.Exec(`INSERT INTO probe (n, who) VALUES (9, 'x')`)
	}); err == nil {
		t.Fatal("a reader wrote")
	}
}

func TestReopenKeepsEverything(t *testing.T) {
	path := filepath.Join(t.TempDir(), "o.sqlite")
	for i := range 3 {
		db, err := store.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		err = db.Write(t.Context(), func(tx *store.Tx) error {
			if err := tx.Exec(`CREATE TABLE IF NOT EXISTS probe (n BIGINT PRIMARY KEY, who TEXT NOT NULL)`); err != nil {
				return err
			}
			return tx.Exec(`INSERT INTO probe (n, who) VALUES ($1, 'x')`, i)
		})
		if err != nil || count(t, db) != i+1 {
			t.Fatalf("run %d: %v", i, err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	db, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := db.Write(t.Context(), func(*store.Tx) error { return nil }); !errors.Is(err, store.ErrClosed) {
		t.Fatalf("write after close: %v", err)
	}
}
