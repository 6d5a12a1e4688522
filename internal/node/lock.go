package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"golang.org/x/sys/unix"
)

// lock is a mark on a store that goes when the process that set it ends,
// however it ends. The processes of a running node hold it, and checks of a
// stopped store keep it from them. A copy of a store does not carry it.
type lock struct {
	// release lets others have the store.
	release func() error
}

// lockPath is where the mark of a file stands: beside the real one, whatever
// link it was named by.
func lockPath(database string) string {
	if real, err := filepath.EvalSymlinks(database); err == nil {
		database = real
	}
	return database + ".lock"
}

// Stopped says no where a node is running on the folders' store.
func (f Folders) Stopped(ctx context.Context) error {
	if _, err := os.Stat(f.Database()); f.Server == "" && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	held, err := lockToCheck(ctx, f.Database())
	if err != nil {
		return err
	}
	return held.release()
}

// lockToServe marks a store as that of a running node: a file is one
// process's, a server's database may be several replicas'.
func lockToServe(ctx context.Context, database string) (*lock, error) {
	if store.IsAddress(database) {
		return onServer(ctx, database, false, "node.in_use")
	}
	return onFile(database, unix.LOCK_EX, "node.in_use")
}

// lockToCheck marks a store as looked at, so that no node starts meanwhile.
func lockToCheck(ctx context.Context, database string) (*lock, error) {
	if store.IsAddress(database) {
		return onServer(ctx, database, true, "node.running")
	}
	return onFile(database, unix.LOCK_SH, "node.running")
}

// onFile takes the mark, or says no with a code where another process has it.
func onFile(database string, how int, taken string) (*lock, error) {
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
	return &lock{f.Close}, nil
}

func onServer(ctx context.Context, database string, alone bool, taken string) (*lock, error) {
	release, free, err := store.Occupy(ctx, database, alone)
	switch {
	case err != nil:
		return nil, fmt.Errorf("lock of the store: %w", err)
	case !free:
		return nil, refusal.Conflict(taken)
	}
	return &lock{release}, nil
}
