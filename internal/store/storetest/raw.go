package storetest

import (
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/store"
)

// Raw gives the bytes of a store's files, as somebody who took them would read
// them: the database file and its write-ahead log, or a server's files of
// every table and index.
func Raw(t testing.TB, db *store.DB) []byte {
	t.Helper()
	if store.IsAddress(db.Path()) {
		return serverFiles(t, db)
	}
	var all []byte
	for _, suffix := range []string{"", "-wal"} {
		b, err := os.ReadFile(db.Path() + suffix)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
	return all
}

// serverFiles has the server write what it holds and read its own files.
func serverFiles(t testing.TB, db *store.DB) (all []byte) {
	t.Helper()
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		if err := tx.Exec(`CHECKPOINT`); err != nil {
			return err
		}
		return store.Each(tx, func(rows *sql.Rows) error {
			var b []byte
			err := rows.Scan(&b)
			all = append(all, b...)
			return err
		}, `SELECT pg_read_binary_file(pg_relation_filepath(c.oid)) FROM pg_class c
			WHERE pg_relation_filepath(c.oid) IS NOT NULL AND (c.relnamespace = current_schema()::regnamespace
			OR c.oid IN (SELECT reltoastrelid FROM pg_class WHERE relnamespace = current_schema()::regnamespace))`)
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Emptied waits until a store has done what Tx.Forgets asks for.
func Emptied(t testing.TB, db *store.DB) {
	t.Helper()
	for range 500 {
		if emptied(t, db) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("what was forgotten was not emptied")
}

func emptied(t testing.TB, db *store.DB) (done bool) {
	t.Helper()
	if !store.IsAddress(db.Path()) {
		info, err := os.Stat(db.Path() + "-wal")
		return errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0
	}
	time.Sleep(100 * time.Millisecond) // the housekeeping begins after the commit
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT COUNT(*) > 0 FROM pg_stat_activity WHERE state = 'idle'
			AND query = 'VACUUM "' || current_schema() || '"."body"'`).Scan(&done)
	})
	if err != nil {
		t.Fatal(err)
	}
	return done
}
