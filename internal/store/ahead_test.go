package store_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/oasiss/oasiss/internal/store"
)

// Who goes ahead waits for the command that is running and for nobody who was
// queued, and is durable before they are run, but for one of them.
func TestAheadOfTheQueue(t *testing.T) { onBoth(t, aheadOfTheQueue) }

func aheadOfTheQueue(t *testing.T, db *store.DB) {
	var order []string // only the writer's goroutine touches it
	running, release := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	note := func(write func(context.Context, func(*store.Tx) error) error, who string, n int) {
		wg.Go(func() {
			err := write(context.Background(), func(tx *store.Tx) error {
				order = append(order, who)
				if who == "first" {
					close(running)
					<-release
				}
				tx.AfterCommit(func() { order = append(order, who+" is durable") })
				return tx.Exec(`INSERT INTO probe (n, who) VALUES ($1, $2)`, n, who)
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	note(db.Write, "first", 0)
	<-running
	for n := range 20 {
		note(db.Write, "queued", 1+n)
	}
	note(db.Ahead, "ahead", 100)
	for db.Queued() < 20 || db.Going() < 1 {
		runtime.Gosched()
	}
	close(release)
	wg.Wait()
	if want := []string{"first", "ahead", "first is durable", "ahead is durable"}; !slices.Equal(order[:4], want) {
		t.Fatalf("order %q", order)
	}
	if got := count(t, db); got != 22 {
		t.Fatalf("%d rows", got)
	}
}

// However many go ahead, the queue is served.
func TestTheQueueIsServedAllTheSame(t *testing.T) { onBoth(t, queueIsServed) }

func queueIsServed(t *testing.T, db *store.DB) {
	var served atomic.Bool
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for !served.Load() {
				if err := db.Ahead(context.Background(), func(tx *store.Tx) error { return nil }); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for n := range 10 {
		if err := db.Write(context.Background(), func(tx *store.Tx) error {
			return tx.Exec(`INSERT INTO probe (n, who) VALUES ($1, 'queued')`, n)
		}); err != nil {
			t.Error(err)
		}
	}
	served.Store(true)
	wg.Wait()
	if got := count(t, db); got != 10 {
		t.Fatalf("%d rows", got)
	}
}

// A caller that leaves while its command waits takes it away; one whose command
// runs gets what became of it, and no command runs after its Write returned.
func TestWhoeverLeavesTakesItsCommandAlong(t *testing.T) { onBoth(t, leaversTakeTheirs) }

func leaversTakeTheirs(t *testing.T, db *store.DB) {
	ctx, leave := context.WithCancel(t.Context())
	running, release := make(chan struct{}), make(chan struct{})
	var wg, left sync.WaitGroup
	ran := 0 // the race detector sees whoever writes it after its Write returned
	wg.Go(func() {
		err := db.Write(ctx, func(tx *store.Tx) error {
			ran++
			close(running)
			<-release
			return tx.Exec(`INSERT INTO probe (n, who) VALUES (0, 'runs')`)
		})
		if ran++; err != nil {
			t.Errorf("the one that ran: %v", err)
		}
	})
	<-running
	for n, write := range []func(context.Context, func(*store.Tx) error) error{db.Write, db.Ahead} {
		left.Go(func() {
			err := write(ctx, func(tx *store.Tx) error {
				return tx.Exec(`INSERT INTO probe (n, who) VALUES ($1, 'waits')`, 1+n)
			})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("the one that waited: %v", err)
			}
		})
	}
	for db.Queued() < 1 || db.Going() < 1 {
		runtime.Gosched()
	}
	leave()
	left.Wait() // while the writer is busy
	close(release)
	wg.Wait()
	if ran != 2 || count(t, db) != 1 {
		t.Errorf("ran %d, %d rows", ran, count(t, db))
	}
}
