package store_test

import (
	"encoding/binary"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/store/storetest"
)

// A node that is never idle does not let its write-ahead log grow for ever: the
// log begins anew, again and again, while others write.
func TestLogBeginsAnewWhileBusy(t *testing.T) {
	db := open(t, storetest.SQLite(t))
	var n atomic.Int64
	var stop atomic.Bool
	var hands sync.WaitGroup
	for range 4 {
		hands.Go(func() {
			for !stop.Load() {
				err := db.Write(t.Context(), func(tx *store.Tx) error {
					for range 100 {
						if err := tx.Exec(`INSERT INTO probe (n, who) VALUES ($1, 'somebody')`, n.Add(1)); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	began := logsBegun(t, db)
	for end := time.Now().Add(time.Minute); logsBegun(t, db) < began+3; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Errorf("after %d rows the log has begun %d times", n.Load(), logsBegun(t, db)-began)
			break
		}
	}
	stop.Store(true)
	hands.Wait()
}

// logsBegun is how often the log has begun (SQLite's file format, "WAL Header":
// the checkpoint sequence number).
func logsBegun(t *testing.T, db *store.DB) uint32 {
	t.Helper()
	b, err := os.ReadFile(db.Path() + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	if len(b) < 32 {
		return 0
	}
	return binary.BigEndian.Uint32(b[12:])
}
