package store_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/store/storetest"
)

// What a transaction forgot is gone from the files, as soon as no reader holds
// it any more.
func TestForgetsEmptiesTheFiles(t *testing.T) { onBoth(t, forgetsEmptiesTheFiles) }

func forgetsEmptiesTheFiles(t *testing.T, db *store.DB) {
	write := func(f func(tx *store.Tx) error) {
		t.Helper()
		if err := db.Write(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	write(func(tx *store.Tx) error { return tx.Exec(`INSERT INTO probe VALUES (1, 'Zquintalvo')`) })
	reading, done := make(chan struct{}), make(chan struct{})
	finished := make(chan error, 1)
	go func() {
		finished <- db.Read(t.Context(), func(tx *store.Tx) error {
			var n int
			err := tx.QueryRow(`SELECT COUNT(*) FROM probe`).Scan(&n)
			close(reading)
			<-done
			return err
		})
	}()
	<-reading
	write(func(tx *store.Tx) error {
		tx.Forgets()
		return tx.Exec(`DELETE FROM probe WHERE n = 1`)
	})
	if !inFiles(t, db) {
		t.Error("gone under a reader who still sees it")
	}
	close(done)
	if err := <-finished; err != nil {
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

func inFiles(t *testing.T, db *store.DB) bool {
	t.Helper()
	return bytes.Contains(storetest.Raw(t, db), []byte("Zquintalvo"))
}
