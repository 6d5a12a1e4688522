package node_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/node"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/store/storetest"
)

// Who was forgotten after a backup was made does not come back with it, as long
// as a newer one stands beside it (R26); and nothing is restored over a node.
func TestRestoreForgetsAgain(t *testing.T) {
	f := madeNode(t, "us")
	n := openNode(t, f, node.Options{})
	err := n.DB.Write(t.Context(), func(tx *store.Tx) error {
		for _, id := range []string{"key-1", "key-2"} {
			if err := n.Ring.Store(tx, id, "person/"+id, [32]byte{7}, time.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	to, now := t.TempDir(), time.Now()
	older, err := node.MakeBackup(t.Context(), f, to, "test", now.Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	err = n.DB.Write(t.Context(), func(tx *store.Tx) error { _, err := seal.Destroy(tx, "person/key-1", now); return err })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := node.MakeBackup(t.Context(), f, to, "test", now); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(to, older.Name)
	if _, err := node.Restore(t.Context(), path, f, now); !refusal.Is(err, "backup.not_empty") {
		t.Errorf("over a node: %v", err)
	}
	anew := node.Folders{Data: filepath.Join(t.TempDir(), "data"), Keys: f.Keys}
	r, err := node.Restore(t.Context(), path, anew, now)
	if err != nil || r.ForgottenAgain != 1 || len(r.Asks) != 0 {
		t.Fatalf("%+v %v", r, err)
	}
	again := openNode(t, anew, node.Options{})
	read(t, again.DB, func(tx *store.Tx) error {
		if _, err := again.Ring.Key(tx, "key-1"); err == nil {
			t.Error("who was forgotten is back")
		}
		_, err := again.Ring.Key(tx, "key-2")
		return err
	})
}

// A backup goes from either engine to the other.
func TestRestoreOntoAServerAndBack(t *testing.T) {
	f := madeNode(t, "us")
	n := openNode(t, f, node.Options{})
	someFacts(t, n, "a", "b", "c")
	to := t.TempDir()
	p, err := node.MakeBackup(t.Context(), f, to, "test", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	server := node.Folders{Data: filepath.Join(t.TempDir(), "data"), Keys: f.Keys, Server: storetest.Postgres(t)}
	if _, err := node.Restore(t.Context(), filepath.Join(to, p.Name), server, time.Now()); err != nil {
		t.Fatal(err)
	}
	s := openNode(t, server, node.Options{})
	someFacts(t, s, "d")
	back, err := node.MakeBackup(t.Context(), server, to, "test", time.Now().Add(time.Second))
	if err != nil || !back.Whole() || !back.Replayed || back.Journal != 4 {
		t.Fatalf("%+v %v", back, err)
	}
	file := node.Folders{Data: filepath.Join(t.TempDir(), "data"), Keys: f.Keys}
	if r, err := node.Restore(t.Context(), filepath.Join(to, back.Name), file, time.Now()); err != nil || r.Journal != 4 {
		t.Errorf("%+v %v", r, err)
	}
}
