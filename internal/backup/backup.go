// Package backup copies a running node into a folder, and proves that the copy
// can be lived from: its bytes are those that were written, its journal
// verifies up to the last checkpoint that a peer cosigned, and re-applying the
// facts gives the same tables.
//
// The keys of the node are no part of it (DESIGN §2): every sealed part in a
// backup stays sealed to whoever has the backup alone. What is not sealed
// (places, dates, the names of named adult suspects) lies open in it as it does
// in the store, so a backup is kept as the store is.
package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/chunk"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
)

// Files of a backup's folder.
const (
	manifestFile = "manifest.json"
	macFile      = "manifest.mac"
	storeFile    = "oasiss.sqlite"
	partial      = ".partial" // a folder that is being written
)

// Format names the format of a manifest.
const Format = "oasiss backup"

// version of the format.
const version = 1

// Manifest says what a backup holds.
type Manifest struct {
	Format       string    `json:"format"`
	V            int       `json:"v"`
	Node         string    `json:"node"`
	Installation string    `json:"installation"`
	Made         time.Time `json:"made"`
	Program      string    `json:"program"` // version that made it
	Schema       int64     `json:"schema"`  // version of the tables
	Engine       string    `json:"engine"`  // that the node ran on; the copy is a SQLite file either way
	Files        []File    `json:"files"`
	Journal      int64     `json:"journal"`    // facts
	Root         string    `json:"root"`       // of the tree over them
	Checkpoint   string    `json:"checkpoint"` // the newest in it, as signed, with its cosignatures; empty before the first
	Cosigned     int64     `json:"cosigned"`   // largest size in it that a peer cosigned
}

// File is one file of a backup.
type File struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
}

// Bytes is how much the backup takes.
func (m Manifest) Bytes() (n int64) {
	for _, f := range m.Files {
		n += f.Size
	}
	return n
}

// Source is the node that is copied.
type Source struct {
	DB           *store.DB
	Ring         *seal.Keyring
	Node         string
	Installation string
	Program      string
	Files        []string // beside the store: settings, descriptor
	Chunks       chunk.Folder
}

// Make writes a backup of the node into a new folder inside folder and gives
// its path. The folder appears whole, or not at all.
func Make(ctx context.Context, s Source, folder string, now time.Time) (m Manifest, path string, err error) {
	path = filepath.Join(folder, s.Node+"-"+now.UTC().Format("20060102T150405Z"))
	if _, err := os.Stat(path); err == nil {
		return m, "", fmt.Errorf("backup: %s exists", filepath.Base(path))
	}
	work := path + partial
	if err := errors.Join(os.MkdirAll(folder, 0o700), os.RemoveAll(work), os.Mkdir(work, 0o700)); err != nil {
		return m, "", fmt.Errorf("backup folder: %w", err)
	}
	m = Manifest{Format: Format, V: version, Node: s.Node, Installation: s.Installation, Made: now.UTC().Truncate(time.Second),
		Program: s.Program, Engine: string(s.DB.Dialect())}
	if err := errors.Join(s.write(ctx, work, &m), s.mirror(ctx, filepath.Join(work, storeFile), folder)); err != nil {
		return m, "", errors.Join(fmt.Errorf("backup: %w", err), os.RemoveAll(work))
	}
	if err := errors.Join(os.Rename(work, path), sync(folder)); err != nil {
		return m, "", fmt.Errorf("backup: %w", err)
	}
	return m, path, nil
}

// write fills the folder, the manifest last.
func (s Source) write(ctx context.Context, dir string, m *Manifest) error {
	copied := filepath.Join(dir, storeFile)
	if err := s.DB.Copy(ctx, copied); err != nil {
		return err
	}
	for _, from := range s.Files {
		b, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		if err := put(filepath.Join(dir, filepath.Base(from)), b); err != nil {
			return err
		}
	}
	for _, name := range append([]string{storeFile}, bases(s.Files)...) {
		f, err := digest(dir, name)
		if err != nil {
			return err
		}
		m.Files = append(m.Files, f)
	}
	if err := m.look(ctx, copied); err != nil {
		return err
	}
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return errors.Join(put(filepath.Join(dir, manifestFile), b), put(filepath.Join(dir, macFile), []byte(mac(s.Ring, b))), sync(dir))
}

// look takes down what the copy itself holds: the node has gone on since.
func (m *Manifest) look(ctx context.Context, copied string) error {
	db, err := store.OpenCopy(copied)
	if err != nil {
		return err
	}
	err = db.Read(ctx, func(tx *store.Tx) (err error) {
		if m.Schema, err = store.Schema(tx); err != nil {
			return err
		}
		if m.Journal, err = journal.Size(tx); err != nil {
			return err
		}
		root, err := journal.Root(tx, m.Journal)
		if err != nil {
			return err
		}
		m.Root = root.String()
		m.Checkpoint, m.Cosigned, err = journal.Newest(tx)
		return err
	})
	return errors.Join(err, db.Close())
}

// mac seals a manifest under the node's wrapping key: what a backup says is
// what its own node wrote, also of the tables that no journal proves.
func mac(ring *seal.Keyring, manifest []byte) string {
	return ring.Token("backup manifest", string(manifest))
}

// List names the whole backups of a node in a folder, the oldest first.
func List(folder, node string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("backup folder: %w", err)
	}
	var out []string
	for _, e := range entries {
		stamp, ours := strings.CutPrefix(e.Name(), node+"-")
		if _, err := time.Parse("20060102T150405Z", stamp); ours && err == nil && e.IsDir() {
			out = append(out, e.Name())
		}
	}
	slices.Sort(out)
	return out, nil
}

// Prune deletes a node's oldest backups until keep are left, and what an
// interrupted backup left behind; names in spare stay. It gives what it
// deleted. What was forgotten on the node lives on in older backups until they
// go: keep and the interval together say how long (R26).
func Prune(folder, node string, keep int, spare ...string) (gone []string, err error) {
	all, err := List(folder, node)
	if err != nil {
		return nil, err
	}
	for _, name := range all[:max(0, len(all)-keep)] {
		if slices.Contains(spare, name) {
			continue
		}
		if err := os.RemoveAll(filepath.Join(folder, name)); err != nil {
			return gone, fmt.Errorf("old backup: %w", err)
		}
		gone = append(gone, name)
	}
	left, err := filepath.Glob(filepath.Join(folder, node+"-*"+partial))
	for _, path := range left {
		err = errors.Join(err, os.RemoveAll(path))
	}
	return gone, err
}

func bases(paths []string) []string {
	out := make([]string, len(paths))
	for i, p := range paths {
		out[i] = filepath.Base(p)
	}
	return out
}

func digest(dir, name string) (File, error) {
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return File{}, err
	}
	defer f.Close() //nolint:errcheck // read only
	h := sha256.New()
	n, err := io.Copy(h, f)
	return File{Name: name, Size: n, SHA256: hex.EncodeToString(h.Sum(nil))}, err
}

// put writes a new file durably.
func put(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close())
}

// sync has the names of a folder on disk.
func sync(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
