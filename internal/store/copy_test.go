package store_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/store/storetest"
)

// A copy of either engine is one kind of file, and either engine takes it over.
func TestCopyAndFill(t *testing.T) {
	for from, source := range engines {
		for to, target := range engines {
			t.Run(fmt.Sprint(from, " to ", to), func(t *testing.T) {
				copyAndFill(t, storetest.OpenSource(t, source(t)), storetest.OpenSource(t, target(t)))
			})
		}
	}
}

func copyAndFill(t *testing.T, db, anew *store.DB) {
	secret := bytes.Repeat([]byte{0, 255, 7}, 50)
	if err := db.Write(t.Context(), func(tx *store.Tx) error {
		for n := range 300 {
			if err := tx.Exec(`INSERT INTO quarantine (digest, peer, what, id, lane, code, at, bytes) VALUES ($1, 'ñandú', 'frame', '', '', '', $2, $3)`,
				fmt.Sprint(n), int64(1)<<50+int64(n), secret); err != nil {
				return err
			}
		}
		return tx.Exec(`INSERT INTO outbox (fact, peer, lane, epoch, seq, expires) VALUES (1, 'mx', 'case', 1, NULL, 0)`)
	}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "copy.sqlite")
	if err := db.Copy(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if err := db.Copy(t.Context(), path); err == nil {
		t.Error("a copy over another one")
	}
	copied, err := store.OpenCopy(path)
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close() //nolint:errcheck // read only
	if err := copied.Write(t.Context(), func(tx *store.Tx) error { return nil }); err == nil {
		t.Error("a copy was written to")
	}
	if err := anew.Fill(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	err = anew.Read(t.Context(), func(tx *store.Tx) error {
		var rows, nulls int
		var at int64
		var got []byte
		if err := tx.QueryRow(`SELECT COUNT(*), MAX(at) FROM quarantine WHERE peer = 'ñandú'`).Scan(&rows, &at); err != nil {
			return err
		}
		if err := tx.QueryRow(`SELECT bytes FROM quarantine WHERE digest = '299'`).Scan(&got); err != nil {
			return err
		}
		if err := tx.QueryRow(`SELECT COUNT(*) FROM outbox WHERE seq IS NULL`).Scan(&nulls); err != nil {
			return err
		}
		if rows != 300 || at != int64(1)<<50+299 || nulls != 1 || !bytes.Equal(got, secret) {
			t.Errorf("%d rows, at %d, %d nulls, %x", rows, at, nulls, got)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A folder may be called anything: no character of its name ends the name of the
// database, or two nodes would share one file.
func TestAFolderMayBeCalledAnything(t *testing.T) {
	for _, name := range []string{"Reynosa #1, which? 50%41 año"} {
		dir := filepath.Join(t.TempDir(), name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		db := storetest.OpenSource(t, filepath.Join(dir, "oasiss.sqlite"))
		if err := db.Copy(t.Context(), filepath.Join(dir, "copy.sqlite")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		copied, err := store.OpenCopy(filepath.Join(dir, "copy.sqlite"))
		if err != nil {
			t.Fatal(err)
		}
		if err := copied.Close(); err != nil {
			t.Error(err)
		}
		for _, file := range []string{"oasiss.sqlite", "copy.sqlite"} {
			if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}
