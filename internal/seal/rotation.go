package seal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// The keys of the link follow each other in folders of their own beside the
// first ones: generation-2, generation-3. A generation is written whole before
// it has its name, and comes into force by a mark in it; nothing that stands
// is overwritten. Whenever the node is killed it has the keys from before or
// those from after.

// activeFile marks a generation that came into force.
const activeFile = "active"

// generation is the folder of the n-th link keys.
func generation(dir string, n int) string {
	if n == 1 {
		return dir
	}
	return filepath.Join(dir, "generation-"+strconv.Itoa(n))
}

// Next draws the keys that follow the n-th and keeps them in the key folder,
// not yet in force. Drawn already and not in force, they are given again.
func Next(dir string, n int, now time.Time) (LinkKeys, error) {
	folder := generation(dir, n+1)
	if exists(folder) {
		return loadLinkKeys(folder, n+1)
	}
	work := folder + ".partial"
	if err := errors.Join(os.RemoveAll(work), os.Mkdir(work, 0o700)); err != nil {
		return LinkKeys{}, fmt.Errorf("key folder: %w", err)
	}
	files, err := drawLinkKeys(now)
	if err != nil {
		return LinkKeys{}, err
	}
	for name, b := range files {
		if err := writeNew(filepath.Join(work, name), b); err != nil {
			return LinkKeys{}, err
		}
	}
	if err := errors.Join(syncFolder(work), os.Rename(work, folder), syncFolder(dir)); err != nil {
		return LinkKeys{}, fmt.Errorf("key folder: %w", err)
	}
	return loadLinkKeys(folder, n+1)
}

// Drawn says whether the n-th keys stand in the key folder, in force or not.
func Drawn(dir string, n int) bool { return exists(generation(dir, n)) }

// Activate marks the n-th keys as in force; doing it again changes nothing.
func Activate(dir string, n int) error {
	folder := generation(dir, n)
	mark := filepath.Join(folder, activeFile)
	if n == 1 || exists(mark) {
		return nil
	}
	return errors.Join(writeNew(mark, nil), syncFolder(folder))
}

// Followed gives the keys with link keys in force that follow the present ones.
func (n NodeKeys) Followed(next LinkKeys) *NodeKeys {
	n.Former = append(append([]LinkKeys{}, n.Former...), n.LinkKeys)
	n.LinkKeys = next
	return &n
}

// syncFolder has the names of a folder on disk.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
