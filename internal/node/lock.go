package node

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/oasiss/oasiss/internal/refusal"
	"golang.org/x/sys/unix"
)

// lock is a mark on a store that the system takes away when the process that
// set it ends, however it ends. A running node holds it alone; checks of a
// stopped store share it. A copy of a store does not carry it.
type lock struct{ file *os.File }

// lockPath is where the mark of a store stands: beside the real file, whatever
// link it was named by.
func lockPath(database string) string {
	if real, err := filepath.EvalSymlinks(database); err == nil {
		database = real
	}
	return database + ".lock"
}

// Stopped says no where a node is running on the folders' store.
func (f Folders) Stopped() error {
	if _, err := os.Stat(f.Database()); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	held, err := newLock(f.Database(), unix.LOCK_SH, "node.in_use")
	if err != nil {
		return err
	}
	return held.release()
}

// lockToServe marks a store as that of a running node.
func lockToServe(database string) (*lock, error) {
	return newLock(database, unix.LOCK_EX, "node.in_use")
}

// lockToCheck marks a store as looked at, so that no node starts meanwhile.
func lockToCheck(database string) (*lock, error) {
	return newLock(database, unix.LOCK_SH, "node.running")
}

// newLock takes the mark, or says no with a code where another process has it.
func newLock(database string, how int, taken string) (*lock, error) {
	f, err := os.OpenFile(lockPath(database), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock of the store: %w", err)
	}
	err = unix.Flock(int(f.Fd()), how|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return nil, errors.Join(refusal.Conflict(taken), f.Close())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock of the store: %w", err), f.Close())
	}
	return &lock{f}, nil
}

// release lets others have the store.
func (l *lock) release() error { return l.file.Close() }
