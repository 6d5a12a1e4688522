package node_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/backup"
	"github.com/oasiss/oasiss/internal/chunk"
	"github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/node"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// madeNode makes a node's folders.
func madeNode(t *testing.T, name string) node.Folders {
	t.Helper()
	dir := t.TempDir()
	f := node.Folders{Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys")}
	s := node.Settings{Node: name, Country: "US", Installation: "test", NameEN: name, NameES: name, Zone: "America/Chicago"}
	if _, err := node.Init(t.Context(), f, s, time.Now()); err != nil {
		t.Fatal(err)
	}
	return f
}

// openNode opens a node's folders until the test ends.
func openNode(t *testing.T, f node.Folders, o node.Options) *node.Node {
	t.Helper()
	n, err := node.Open(t.Context(), f, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() }) //nolint:errcheck // it may be closed already
	return n
}

func someFacts(t *testing.T, n *node.Node, names ...string) {
	t.Helper()
	for _, name := range names {
		err := n.Acts.NodeActs(t.Context(), wire.PurposeAdministration, func(*store.Tx, *journal.Draw) ([]journal.Fact, error) {
			return []journal.Fact{&backup.Made{Name: name, Made: time.Now().Add(-48 * time.Hour)}}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A backup of a running node proves whole; a changed byte, a swapped manifest
// and another node's keys show.
func TestBackupProves(t *testing.T) {
	f := madeNode(t, "us")
	n := openNode(t, f, node.Options{})
	someFacts(t, n, "a", "b", "c")
	to := filepath.Join(t.TempDir(), "backups")
	p, err := node.MakeBackup(t.Context(), f, to, "test", time.Now())
	if err != nil || !p.Whole() || !p.Sealed || !p.Replayed || p.Journal != 3 {
		t.Fatalf("%+v %v", p, err)
	}
	path := filepath.Join(to, p.Name)
	someFacts(t, n, "d") // the node goes on; the backup stands
	if p, err = node.ProveBackup(t.Context(), path, f.Keys, ""); err != nil || !p.Whole() || p.Journal != 3 {
		t.Fatalf("%+v %v", p, err)
	}
	if p, err = node.ProveBackup(t.Context(), path, madeNode(t, "mx").Keys, ""); err != nil || !slices.Equal(p.Faults, []string{backup.FaultSeal}) {
		t.Errorf("another node's keys: %+v %v", p.Faults, err)
	}
	database := filepath.Join(path, "oasiss.sqlite")
	b, err := os.ReadFile(database)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(database, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if p, err = node.ProveBackup(t.Context(), path, f.Keys, ""); err != nil || !slices.Equal(p.Faults, []string{backup.FaultFile}) {
		t.Errorf("a changed byte: %+v %v", p.Faults, err)
	}
}

// A backup holds nothing that was forgotten before it was made (R26).
func TestBackupHoldsNothingForgotten(t *testing.T) {
	f := madeNode(t, "us")
	n := openNode(t, f, node.Options{})
	secret := [32]byte([]byte("the content key of a person, 32b"))
	err := n.DB.Write(t.Context(), func(tx *store.Tx) error { return n.Ring.Store(tx, "key-1", "person/1", secret, time.Now()) })
	if err != nil {
		t.Fatal(err)
	}
	var wrapped []byte
	read(t, n.DB, func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT wrapped FROM sealkey WHERE id = 'key-1'`).Scan(&wrapped)
	})
	inBackup := func() bool {
		t.Helper()
		to := t.TempDir()
		p, err := node.MakeBackup(t.Context(), f, to, "test", time.Now())
		if err != nil || !p.Whole() {
			t.Fatalf("%+v %v", p, err)
		}
		b, err := os.ReadFile(filepath.Join(to, p.Name, "oasiss.sqlite"))
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Contains(b, wrapped)
	}
	if !inBackup() {
		t.Fatal("the key is not there")
	}
	err = n.DB.Write(t.Context(), func(tx *store.Tx) error { _, err := seal.Destroy(tx, "person/1", time.Now()); return err })
	if err != nil {
		t.Fatal(err)
	}
	if inBackup() {
		t.Error("a destroyed key")
	}
}

func read(t *testing.T, db *store.DB, f func(*store.Tx) error) {
	t.Helper()
	if err := db.Read(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

// A serving node backs itself up, proves it, tells how old the last whole
// backup is, and keeps as many as it was told.
func TestServingNodeBacksItselfUp(t *testing.T) {
	f := madeNode(t, "us")
	to := filepath.Join(t.TempDir(), "backups")
	n := openNode(t, f, node.Options{Backup: node.BackupPlan{Folder: to, Every: time.Second, Keep: 2}})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	cert, _, err := node.WebCertificate(f.Keys, "", "", []string{"localhost"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	go func() { done <- n.Serve(ctx, node.Listen{Web: "127.0.0.1:0", Cert: cert}, nil) }()
	var s backup.Standing
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		read(t, n.DB, func(tx *store.Tx) (err error) { s, err = backup.Last(tx); return err })
		var count int
		read(t, n.DB, func(tx *store.Tx) error { return tx.QueryRow(`SELECT COUNT(*) FROM backup`).Scan(&count) })
		if count >= 4 {
			break
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	age, ok := s.Age(time.Now())
	if !ok || age > time.Minute || s.Whole.Bytes == 0 || s.Whole.Name != s.Last.Name || s.Replayed.IsZero() {
		t.Errorf("%+v, %v old", s, age)
	}
	kept, err := backup.List(to, "us")
	if err != nil || len(kept) < 2 || len(kept) > 3 {
		t.Errorf("kept %v %v", kept, err)
	}
	for _, name := range kept {
		if p, err := node.ProveBackup(t.Context(), filepath.Join(to, name), f.Keys, ""); err != nil || !p.Whole() {
			t.Errorf("%s: %+v %v", name, p, err)
		}
	}
}

// The chunks of files lie beside the backups once for all of them, are missed
// when one is gone, and come back with a restore.
func TestBackupKeepsFiles(t *testing.T) {
	f := madeNode(t, "us")
	n := openNode(t, f, node.Options{})
	const id = "01890a5d-ac96-7b3c-8f00-000000000001"
	box := []byte("a sealed chunk of some bytes, which says nothing")
	m := wire.FileManifest{sha256.Sum256(box)}
	size := int64(len(box)) - wire.ChunkOverhead
	chunks := n.Files.Chunks
	if err := errors.Join(chunks.Put(id, m[0], box), chunks.Put(id, m.Digest(), m.Bytes()), chunks.Settle(id)); err != nil {
		t.Fatal(err)
	}
	err := n.Acts.NodeActs(t.Context(), wire.PurposeProsecution, func(*store.Tx, *journal.Draw) ([]journal.Fact, error) {
		return []journal.Fact{&file.Added{Envelope: journal.Envelope{Case: "c-1"}, ID: id, Size: size, Manifest: m.Digest(), Key: "key-1"}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "backups")
	p, err := node.MakeBackup(t.Context(), f, to, "test", time.Now())
	if err != nil || !p.Whole() {
		t.Fatalf("%+v %v", p, err)
	}
	back := node.Folders{Data: filepath.Join(t.TempDir(), "data"), Keys: f.Keys}
	if _, err := node.Restore(t.Context(), filepath.Join(to, p.Name), back, time.Now()); err != nil {
		t.Fatal(err)
	}
	if got, err := chunk.In(filepath.Join(back.Data, "files")).Get(id, m[0], int64(len(box)), nil); err != nil || !bytes.Equal(got, box) {
		t.Errorf("restored: %q %v", got, err)
	}
	if err := os.Remove(filepath.Join(to, "us-files", id, m[0].String())); err != nil {
		t.Fatal(err)
	}
	if p, err = node.ProveBackup(t.Context(), filepath.Join(to, p.Name), f.Keys, ""); err != nil || !slices.Equal(p.Faults, []string{backup.FaultChunks}) {
		t.Errorf("a chunk is gone: %v %v", p.Faults, err)
	}
}
