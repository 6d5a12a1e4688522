package store_test

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/oasiss/oasiss/internal/store"
)

// shouted is an index of the probes: who they are, in capitals.
func shouted(form int, made *int) store.Index {
	return store.Index{Name: "shouts", Tables: []string{"shout"}, Marked: "shout_form", Form: form, Make: func(tx *store.Tx) error {
		*made++
		all, err := store.Column[string](tx, `SELECT who FROM probe ORDER BY n`)
		if err != nil {
			return err
		}
		for _, who := range all {
			if err := tx.Exec(`INSERT INTO shout (who) VALUES ($1)`, strings.ToUpper(who)); err != nil {
				return err
			}
		}
		return nil
	}}
}

// withShouts is a store with two probes and the tables of their index.
func withShouts(t *testing.T, db *store.DB) {
	t.Helper()
	write(t, db, `CREATE TABLE shout (who TEXT PRIMARY KEY)`)
	write(t, db, `CREATE TABLE shout_form (form BIGINT NOT NULL)`)
	write(t, db, `INSERT INTO probe (n, who) VALUES (1, 'ana'), (2, 'luis')`)
}

func write(t *testing.T, db *store.DB, query string, args ...any) {
	t.Helper()
	if err := db.Write(t.Context(), func(tx *store.Tx) error { return tx.Exec(query, args...) }); err != nil {
		t.Fatal(err)
	}
}

func shouts(t *testing.T, db *store.DB) (out []string) {
	t.Helper()
	err := db.Read(t.Context(), func(tx *store.Tx) (err error) {
		out, err = store.Column[string](tx, `SELECT who FROM shout ORDER BY who`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// An index is made where there is none and where it stands in another form,
// and what is current is left as it is.
func TestAnIndexIsMadeOnceForEachForm(t *testing.T) { onBoth(t, madeOnceForEachForm) }

func madeOnceForEachForm(t *testing.T, db *store.DB) {
	withShouts(t, db)
	made := 0
	for _, step := range []struct {
		form, made int
		rows       []string
	}{
		{1, 1, []string{"ANA", "LUIS"}}, {1, 1, []string{"ANA", "LUIS"}}, {2, 2, []string{"ANA", "LUIS", "ROSA"}}, {2, 2, []string{"ANA", "LUIS", "ROSA"}},
		{1, 3, []string{"ANA", "LUIS", "ROSA"}}, // by a program from before: it knows how to read its own form alone
		{1, 3, []string{"ANA", "LUIS", "ROSA"}},
	} {
		if err := shouted(step.form, &made).Current(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		if got := shouts(t, db); made != step.made || !slices.Equal(got, step.rows) {
			t.Fatalf("in form %d, made %d times, want %d: %v", step.form, made, step.made, got)
		}
		if made == 1 { // nobody keeps it: the next form finds her, this one does not look
			write(t, db, `INSERT INTO probe (n, who) VALUES (3, 'rosa') ON CONFLICT (n) DO NOTHING`)
		}
	}
}

// Of two processes that find it in another form one makes it, and who finds it as
// it should be does not wait for the writer.
func TestAnIndexIsMadeByOneProcess(t *testing.T) { onBoth(t, madeByOneProcess) }

func madeByOneProcess(t *testing.T, db *store.DB) {
	withShouts(t, db)
	made := 0
	x := shouted(1, &made)
	busy := func(while func()) {
		t.Helper()
		taken, free := make(chan struct{}), make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := db.Write(t.Context(), func(*store.Tx) error { close(taken); <-free; return nil }); err != nil {
				t.Error(err)
			}
		})
		<-taken
		while()
		close(free)
		wg.Wait()
	}
	var both sync.WaitGroup
	current := func() {
		if err := x.Current(t.Context(), db); err != nil {
			t.Error(err)
		}
	}
	busy(func() {
		both.Go(current)
		both.Go(current)
		for db.Queued() < 2 { // both have looked
			runtime.Gosched()
		}
	})
	both.Wait()
	if made != 1 {
		t.Errorf("made %d times", made)
	}
	busy(func() {
		done := make(chan struct{})
		go func() { defer close(done); current() }()
		for {
			select {
			case <-done:
				return
			default:
			}
			if db.Queued() > 0 {
				t.Error("it waits for the writer, and nothing is to be made")
				return
			}
			runtime.Gosched()
		}
	})
}

// Before an index is made nobody keeps it, and from then on they do: in the same
// transaction too, and no more once that is undone.
func TestAnIndexIsKeptOnceItWasMade(t *testing.T) { onBoth(t, keptOnceMade) }

func keptOnceMade(t *testing.T, db *store.DB) {
	withShouts(t, db)
	made := 0
	x := shouted(1, &made)
	begun := func(tx *store.Tx, want bool, when string) error {
		if is, err := x.Begun(tx); err != nil || is != want {
			return fmt.Errorf("%s: begun %v, %v", when, is, err)
		}
		return nil
	}
	undone := errors.New("undone")
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		err := begun(tx, false, "never made")
		if err == nil {
			err = x.Rebuild(tx)
		}
		if err == nil {
			err = begun(tx, true, "just made")
		}
		return errors.Join(err, undone)
	})
	if err == nil || err.Error() != undone.Error() {
		t.Fatal(err)
	}
	err = db.Write(t.Context(), func(tx *store.Tx) error {
		why, err := tx.Attempt(func() error { return errors.Join(x.Rebuild(tx), undone) })
		if !errors.Is(why, undone) || err != nil {
			return fmt.Errorf("attempt: %w, %w", why, err)
		}
		return begun(tx, false, "undone in the same transaction")
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := shouts(t, db); len(got) != 0 {
		t.Errorf("what was undone left %v", got)
	}
	if err := x.Current(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	if err := db.Read(t.Context(), func(tx *store.Tx) error { return begun(tx, true, "made") }); err != nil {
		t.Error(err)
	}
}

// What cannot be made leaves the index that was there, and is tried again.
func TestAnIndexThatCannotBeMadeLeavesTheOneThatWas(t *testing.T) {
	onBoth(t, leavesTheOneThatWas)
}

func leavesTheOneThatWas(t *testing.T, db *store.DB) {
	withShouts(t, db)
	made := 0
	if err := shouted(1, &made).Current(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	broken := shouted(2, &made)
	boom := errors.New("boom")
	broken.Make = func(*store.Tx) error { return boom }
	for range 2 {
		if err := broken.Current(t.Context(), db); !errors.Is(err, boom) || !strings.Contains(err.Error(), "shouts") {
			t.Fatalf("%v", err)
		}
		if got := shouts(t, db); !slices.Equal(got, []string{"ANA", "LUIS"}) {
			t.Fatalf("left %v", got)
		}
	}
}
