package store_test

import (
	"bytes"
	"os"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/store"
)

// What a transaction forgot is gone from the file and from its log, as soon as
// no reader holds the log any more.
func TestForgetsEmptiesTheLog(t *testing.T) {
	db := open(t)
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
	for range 200 {
		if !inFiles(t, db) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Error("what was forgotten is still in the files")
}

func inFiles(t *testing.T, db *store.DB) bool {
	t.Helper()
	for _, suffix := range []string{"", "-wal"} {
		b, err := os.ReadFile(db.Path() + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte("Zquintalvo")) {
			return true
		}
	}
	return false
}
