package store_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/store/storetest"
)

// two opens one PostgreSQL store twice, as two processes of a node would.
func two(t *testing.T) [2]*store.DB {
	source := storetest.Postgres(t)
	return [2]*store.DB{open(t, source), storetest.OpenSource(t, source)}
}

// Two writers that count up one row from what they read lose no step: each
// sees what the other committed.
func TestTwoReplicasWriteInTurns(t *testing.T) {
	dbs := two(t)
	if err := dbs[0].Write(t.Context(), func(tx *store.Tx) error { return tx.Exec(`INSERT INTO probe (n, who) VALUES (0, 'counter')`) }); err != nil {
		t.Fatal(err)
	}
	const each = 100
	var wg sync.WaitGroup
	for i, db := range dbs {
		for range each {
			wg.Go(func() {
				if err := db.Write(context.Background(), func(tx *store.Tx) error {
					var n int
					if err := tx.QueryRow(`SELECT n FROM probe WHERE who = 'counter'`).Scan(&n); err != nil {
						return err
					}
					return tx.Exec(`UPDATE probe SET n = $1 WHERE who = 'counter'`, n+1)
				}); err != nil {
					t.Errorf("replica %d: %v", i, err)
				}
			})
		}
	}
	wg.Wait()
	var n int
	if err := dbs[0].Read(t.Context(), func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT n FROM probe WHERE who = 'counter'`).Scan(&n)
	}); err != nil || n != 2*each {
		t.Fatalf("counted %d of %d, %v", n, 2*each, err)
	}
}

// What one replica commits, the other hears of, and not of its own, nor of what
// changed nothing.
func TestReplicasHearOfEachOther(t *testing.T) {
	dbs := two(t)
	heard := func(db *store.DB, within time.Duration) bool {
		select {
		case <-db.Elsewhere():
			return true
		case <-time.After(within):
			return false
		}
	}
	write := func(db *store.DB, n int) {
		t.Helper()
		if err := db.Write(t.Context(), func(tx *store.Tx) error { return tx.Exec(`INSERT INTO probe (n, who) VALUES ($1, 'x')`, n) }); err != nil {
			t.Fatal(err)
		}
	}
	for n := 1; !heard(dbs[1], 50*time.Millisecond); n++ { // listening begins soon after opening
		if n > 100 {
			t.Fatal("the other replica hears nothing")
		}
		write(dbs[0], n)
	}
	for heard(dbs[0], 200*time.Millisecond) { // what opening said
	}
	write(dbs[0], 1000)
	if heard(dbs[0], 200*time.Millisecond) {
		t.Error("a replica hears its own commits")
	}
	for heard(dbs[1], 200*time.Millisecond) { // what was written
	}
	var n int
	if err := dbs[0].Write(t.Context(), func(tx *store.Tx) error { return tx.QueryRow(`SELECT COUNT(*) FROM probe`).Scan(&n) }); err != nil {
		t.Fatal(err)
	}
	if heard(dbs[1], 200*time.Millisecond) {
		t.Error("a commit that wrote nothing is heard")
	}
}

// A lease is held by one at a time, and goes to the other when its holder ends.
func TestLeaseHasOneHolder(t *testing.T) {
	dbs := two(t)
	var holding, most atomic.Int32
	held := make(chan int)
	ctx := [2]context.Context{}
	stop := [2]context.CancelFunc{}
	var wg sync.WaitGroup
	for i, db := range dbs {
		ctx[i], stop[i] = context.WithCancel(t.Context())
		wg.Go(func() {
			db.Hold(ctx[i], "link", func(c context.Context) {
				most.Store(max(most.Load(), holding.Add(1)))
				held <- i
				<-c.Done()
				holding.Add(-1)
			})
		})
	}
	first := <-held
	select {
	case <-held:
		t.Error("two hold one lease")
	case <-time.After(300 * time.Millisecond):
	}
	stop[first]()
	if second := <-held; second == first {
		t.Errorf("replica %d holds it again", second)
	}
	stop[1-first]()
	wg.Wait()
	if most.Load() != 1 {
		t.Error(fmt.Sprint(most.Load(), " held it at once"))
	}
}

// A server that was restarted finds its writer again.
func TestWriterFindsANewConnection(t *testing.T) {
	db := open(t, storetest.Postgres(t))
	kill := func(tx *store.Tx) error {
		return tx.Exec(`SELECT pg_terminate_backend(pg_backend_pid())`)
	}
	if err := db.Write(t.Context(), kill); err == nil {
		t.Fatal("a cut connection is no error")
	}
	if err := db.Write(t.Context(), func(tx *store.Tx) error { return tx.Exec(`INSERT INTO probe (n, who) VALUES (1, 'x')`) }); err != nil {
		t.Fatal(err)
	}
}

// The rewriting of what was forgotten outlives the loss of its connection: it
// is tried again until the files are clean.
func TestForgettingIsTriedAgain(t *testing.T) {
	db := two(t)[0]
	if err := db.Write(t.Context(), func(tx *store.Tx) error { return tx.Exec(`INSERT INTO probe VALUES (1, 'Zquintalvo')`) }); err != nil {
		t.Fatal(err)
	}
	// the table is held, so that the rewriting waits; then its connection is ended
	held, release, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- db.Read(t.Context(), func(tx *store.Tx) error {
			var n int
			err := tx.QueryRow(`SELECT COUNT(*) FROM probe`).Scan(&n)
			close(held)
			<-release
			return err
		})
	}()
	<-held
	if err := db.Write(t.Context(), func(tx *store.Tx) error {
		tx.Forgets()
		return tx.Exec(`DELETE FROM probe WHERE n = 1`)
	}); err != nil {
		t.Fatal(err)
	}
	ended := false
	for range 500 {
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			return tx.QueryRow(`SELECT COALESCE(bool_or(pg_terminate_backend(pid)), FALSE) FROM pg_stat_activity WHERE query LIKE 'VACUUM (FULL)%' AND wait_event_type = 'Lock'`).Scan(&ended)
		})
		if err != nil {
			t.Fatal(err)
		}
		if ended {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if !ended {
		t.Fatal("no rewriting waited")
	}
	close(release)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	for range 500 {
		if !inFiles(t, db) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Error("what was forgotten is still in the files")
}
