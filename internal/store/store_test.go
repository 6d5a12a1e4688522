package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/store/storetest"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// engines are what every promise of a store is held on.
var engines = map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres}

// onBoth runs a test on a store of each engine.
func onBoth(t *testing.T, test func(t *testing.T, db *store.DB)) {
	for name, source := range engines {
		t.Run(name, func(t *testing.T) { test(t, open(t, source(t))) })
	}
}

// open opens a store with a table to write into.
func open(t *testing.T, source string) *store.DB {
	t.Helper()
	db := storetest.OpenSource(t, source)
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
func TestNumberedParameters(t *testing.T) { onBoth(t, numberedParameters) }

func numberedParameters(t *testing.T, db *store.DB) {
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
func TestGroupKeepsGoodCommands(t *testing.T) { onBoth(t, groupKeepsGoodCommands) }

func groupKeepsGoodCommands(t *testing.T, db *store.DB) {
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

func TestAfterCommitOnlyWhenDurable(t *testing.T) { onBoth(t, afterCommitOnlyWhenDurable) }

func afterCommitOnlyWhenDurable(t *testing.T, db *store.DB) {
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

func TestReadersCannotWrite(t *testing.T) { onBoth(t, readersCannotWrite) }

func readersCannotWrite(t *testing.T, db *store.DB) {
	if err := db.Read(t.Context(), func(tx *store.Tx) error {
		return tx.Exec(`INSERT INTO probe (n, who) VALUES (9, 'x')`)
	}); err == nil {
		t.Fatal("a reader wrote")
	}
}

func TestReopenKeepsEverything(t *testing.T) {
	for name, source := range engines {
		t.Run(name, func(t *testing.T) { reopen(t, source(t)) })
	}
}

func reopen(t *testing.T, path string) {
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
	if err := db.Ready(t.Context()); err == nil {
		t.Fatal("a closed database answers")
	}
}

// A statement that fails spoils a transaction of PostgreSQL. A command that
// goes on after it must not take its group with it unseen.
func TestSwallowedFaultIsNoticed(t *testing.T) { onBoth(t, swallowedFault) }

func swallowedFault(t *testing.T, db *store.DB) {
	const wrong = `INSERT INTO no_such_table (n) VALUES (1)`
	swallowed(t, db, 0, func(tx *store.Tx) {
		if _, err := tx.ExecN(wrong); err == nil {
			t.Error("a statement on no table succeeded")
		}
	})
	swallowed(t, db, 1000, func(tx *store.Tx) { _ = tx.Exec(wrong) }) // PostgreSQL may hear of it later
}

// swallowed has one of many commands go on after a fault; its rows count from base.
func swallowed(t *testing.T, db *store.DB, base int, wrong func(*store.Tx)) {
	fault := func(tx *store.Tx) error {
		wrong(tx)
		return tx.Exec(`INSERT INTO probe (n, who) VALUES ($1, 'x')`, base+1)
	}
	had := count(t, db)
	var wg sync.WaitGroup
	var after int
	wg.Go(func() {
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			tx.AfterCommit(func() { after++ })
			return fault(tx)
		})
		if stands := count(t, db); (err == nil) != (after == 1) || err == nil && stands == had {
			t.Errorf("told %v, after %d, %d rows", err, after, stands)
		}
	})
	for i := range 20 {
		wg.Go(func() {
			if err := db.Write(t.Context(), func(tx *store.Tx) error {
				return tx.Exec(`INSERT INTO probe (n, who) VALUES ($1, 'x')`, base+100+i)
			}); err != nil {
				t.Errorf("a neighbour: %v", err)
			}
		})
	}
	wg.Wait()
	if n := count(t, db); n < had+20 {
		t.Errorf("%d rows, %d before", n, had)
	}
}

// Work under a lease that ended by itself, as after a fault, begins again.
func TestHeldWorkBeginsAgain(t *testing.T) { onBoth(t, heldWorkBeginsAgain) }

func heldWorkBeginsAgain(t *testing.T, db *store.DB) {
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	begun := 0
	db.Hold(ctx, "work", func(context.Context) {
		if begun++; begun == 2 {
			stop()
		}
	})
	if begun != 2 {
		t.Errorf("begun %d times", begun)
	}
}

// The writer counts what it did: each durable write once, refused ones not.
func TestTimingCountsWrites(t *testing.T) {
	db := storetest.Open(t)
	before := db.Timing()
	refused := errors.New("no")
	for i := range 3 {
		err := db.Write(context.Background(), func(tx *store.Tx) error {
			if i == 2 {
				return refused
			}
			return tx.Exec(`INSERT INTO contact (peer, heard, tried, tries, problem, ahead) VALUES ($1, 0, 0, 0, '', 0)`, fmt.Sprint(i))
		})
		if err != nil && !errors.Is(err, refused) {
			t.Fatal(err)
		}
	}
	after := db.Timing()
	if n := after.Writes - before.Writes; n != 2 || after.Waited <= before.Waited {
		t.Errorf("%d writes counted, %v waited", n, after.Waited-before.Waited)
	}
	if n := after.Commands - before.Commands; n != 3 || after.Commits-before.Commits > 3 {
		t.Errorf("%d commands in %d commits", n, after.Commits-before.Commits)
	}
	most := uint64(0)
	for _, n := range after.Within {
		most = max(most, n)
	}
	if most > after.Writes {
		t.Errorf("%d waits within a bound, of %d", most, after.Writes)
	}
}

// What is attempted and fails leaves nothing behind, neither in the tables nor
// in what the group knows nor to be run after the commit; the rest commits.
func TestAttemptUndoesWhatFails(t *testing.T) { onBoth(t, attemptUndoesWhatFails) }

func attemptUndoesWhatFails(t *testing.T, db *store.DB) {
	failed, ran := errors.New("it does not fit"), 0
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		tx.Keep("head", 1)
		try := func(n int, with error) (why, err error) {
			return tx.Attempt(func() error {
				tx.Keep("head", n)
				tx.AfterCommit(func() { ran += n })
				return errors.Join(tx.Exec(`INSERT INTO probe (n, who) VALUES ($1, 'attempt')`, n), with)
			})
		}
		if why, err := try(2, failed); !errors.Is(why, failed) || err != nil {
			t.Errorf("%v, %v", why, err)
		}
		if v, _ := tx.Known("head"); v != 1 {
			t.Errorf("%v is known after what failed", v)
		}
		if why, err := try(3, nil); why != nil || err != nil {
			t.Errorf("%v, %v", why, err)
		}
		if v, _ := tx.Known("head"); v != 3 {
			t.Errorf("%v is known after what held", v)
		}
		return nil
	})
	if err != nil || ran != 3 {
		t.Fatalf("%v, after the commit %d", err, ran)
	}
	var n int
	if err := db.Read(t.Context(), func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT SUM(n) FROM probe WHERE who = 'attempt'`).Scan(&n)
	}); err != nil || n != 3 {
		t.Errorf("%d stands, %v", n, err)
	}
}
