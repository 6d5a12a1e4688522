package store_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/oasiss/oasiss/internal/store"
)

// A store's files are its owner's alone, in whatever folder they lie.
func TestFilesAreTheOwnersAlone(t *testing.T) {
	dir := t.TempDir()
	db, err := store.Open(t.Context(), filepath.Join(dir, "oasiss.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := db.Write(t.Context(), func(tx *store.Tx) error { return tx.Exec(`CREATE TABLE probe (n BIGINT)`) }); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) < 2 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, f := range files {
		if at, err := f.Info(); err != nil || at.Mode().Perm() != 0o600 {
			t.Errorf("%s is %v, %v", f.Name(), at.Mode(), err)
		}
	}
}
