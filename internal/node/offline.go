package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// VerifyJournal recomputes every digest, the tree and every checkpoint of a
// stopped or copied store, and checks what was signed of it.
func VerifyJournal(ctx context.Context, database string) (v journal.Verified, err error) {
	db, done, err := openStopped(ctx, database)
	if err != nil {
		return v, err
	}
	err = db.Read(ctx, func(tx *store.Tx) (err error) {
		key, descriptor := ownJournal(database)
		v, err = exchange.Verify(tx, key, descriptor)
		return err
	})
	return v, errors.Join(err, done())
}

// ownJournal is the public key of a store's journal, and the descriptor that lies
// beside it and says so; empty where there is none, as beside a copy.
func ownJournal(database string) (key, descriptor string) {
	b, err := os.ReadFile(Folders{Data: filepath.Dir(database)}.descriptor())
	if err != nil {
		return "", ""
	}
	d, err := wire.ReadDescriptor(string(b))
	if err != nil {
		return "", ""
	}
	return d.Journal, string(b)
}

// Replayed is what re-applying a journal gave.
type Replayed struct {
	Facts  int64    `json:"facts"`
	Equal  bool     `json:"equal"`
	Differ []string `json:"differ"` // tables that came out otherwise
}

// ReplayJournal applies every fact of a stopped or copied store to an empty
// one in scratch and compares the tables.
func ReplayJournal(ctx context.Context, database, scratch string) (r Replayed, err error) {
	src, done, err := openStopped(ctx, database)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, done()) }()
	dir, err := os.MkdirTemp(scratch, "oasiss-replay-")
	if err != nil {
		return r, fmt.Errorf("scratch folder: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // holds nothing that is not in the store
	dst, err := store.Open(ctx, filepath.Join(dir, "replay.sqlite"))
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, dst.Close()) }()
	if r.Facts, err = journal.Replay(ctx, Kinds(nil), src, dst); err != nil {
		return r, err
	}
	r.Differ, err = journal.Compare(ctx, src, dst)
	r.Equal = len(r.Differ) == 0
	return r, err
}

// openStopped opens a store that is there and that no node serves, and keeps
// nodes from it until it is done; it never makes a store.
func openStopped(ctx context.Context, database string) (db *store.DB, done func() error, err error) {
	if err := stands(database); err != nil {
		return nil, nil, err
	}
	held, err := lockToCheck(ctx, database)
	if err != nil {
		return nil, nil, err
	}
	if db, err = store.Open(ctx, database); err != nil {
		return nil, nil, errors.Join(err, held.release())
	}
	return db, func() error { return errors.Join(db.Close(), held.release()) }, nil
}

// stands refuses a file that is not there; a server says so itself.
func stands(database string) error {
	if store.IsAddress(database) {
		return nil
	}
	_, err := os.Stat(database)
	if errors.Is(err, fs.ErrNotExist) {
		return refusal.New("node.no_store")
	}
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}
