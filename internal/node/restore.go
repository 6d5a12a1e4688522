package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/backup"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
)

// Restored is what restoring a backup gave.
type Restored struct {
	Node           string    `json:"node"`
	Backup         string    `json:"backup"`
	Made           time.Time `json:"made"`
	Journal        int64     `json:"journal"`
	ForgottenAgain int64     `json:"forgotten_again"` // keys destroyed again
	Asks           []string  `json:"asks"`            // peers to be asked before any act is taken
}

// Restore brings a node back from a backup into folders that hold no node,
// with the key folder of that very node. The backup may have been made on
// either engine. Refusals: backup.not_empty, backup.other_keys, backup.not_whole.
func Restore(ctx context.Context, path string, f Folders, now time.Time) (r Restored, err error) {
	if _, _, err := f.Apart(); err != nil {
		return r, err
	}
	_, ring, err := f.ring()
	if err != nil {
		return r, err
	}
	if err := f.empty(ctx); err != nil {
		return r, err
	}
	p, err := backup.Prove(ctx, path, backup.Check{Ring: ring, Kinds: Kinds(nil)})
	switch {
	case err != nil:
		return r, err
	case slices.Contains(p.Faults, backup.FaultSeal):
		return r, refusal.New("backup.other_keys")
	case !p.Whole():
		return r, refusal.New("backup.not_whole")
	}
	r = Restored{Node: p.Node, Backup: p.Name, Made: p.Made, Journal: p.Journal}
	newer, err := backup.DestroyedSince(ctx, path, p.Manifest, ring)
	if err != nil {
		return r, err
	}
	// The settings come last: a restore that was cut off left no node.
	if f.Server == "" {
		if err := backup.PlaceStore(path, f.Database()); err != nil {
			return r, err
		}
	}
	if err := backup.PlaceChunks(ctx, path, p.Node, f.chunks()); err != nil {
		return r, err
	}
	if err := f.settle(ctx, path, ring, newer, now, &r); err != nil {
		return r, err
	}
	return r, backup.Place(path, f.Data)
}

// empty refuses folders or a database in which a node stands.
func (f Folders) empty(ctx context.Context) error {
	for _, path := range []string{f.settings(), f.Database()} {
		if store.IsAddress(path) {
			continue
		}
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			return errors.Join(refusal.Conflict("backup.not_empty"), err)
		}
	}
	if f.Server == "" {
		return nil
	}
	db, err := store.Open(ctx, f.Server)
	if err != nil {
		return err
	}
	err = db.Read(ctx, func(tx *store.Tx) error {
		size, err := journal.Size(tx)
		if err == nil && size > 0 {
			err = refusal.Conflict("backup.not_empty")
		}
		return err
	})
	return errors.Join(err, db.Close())
}

// settle opens the restored store, migrates it, and makes it one that may be
// started. A server's database is filled first, and its index made anew.
func (f Folders) settle(ctx context.Context, path string, ring *seal.Keyring, newer map[string]bool, now time.Time, r *Restored) (err error) {
	db, err := store.Open(ctx, f.Database())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if f.Server != "" {
		copied, err := backup.Store(path)
		if err != nil {
			return err
		}
		if err := errors.Join(db.Fill(ctx, copied), copied.Close()); err != nil {
			return fmt.Errorf("fill the database: %w", err)
		}
	}
	return db.Write(ctx, func(tx *store.Tx) error {
		if r.ForgottenAgain, r.Asks, err = backup.Settle(tx, newer, now); err != nil {
			return err
		}
		for _, x := range indexes(ring) {
			if err := x.Rebuild(tx); err != nil {
				return err
			}
		}
		return nil
	})
}
