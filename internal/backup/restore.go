package backup

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
)

// PlaceStore copies the store of a proven backup to where a node has it.
func PlaceStore(path, database string) error {
	if err := os.MkdirAll(filepath.Dir(database), 0o700); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	if err := copyFile(filepath.Join(path, storeFile), database); err != nil {
		return fmt.Errorf("restore the store: %w", err)
	}
	return sync(filepath.Dir(database))
}

// Place copies what stands beside the store into a data folder.
func Place(path, data string) error {
	m, _, err := Load(path)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	for _, f := range m.Files {
		if f.Name == storeFile {
			continue
		}
		if err := copyFile(filepath.Join(path, filepath.Base(f.Name)), filepath.Join(data, filepath.Base(f.Name))); err != nil {
			return fmt.Errorf("restore %s: %w", f.Name, err)
		}
	}
	return sync(data)
}

// Store opens the copied store of a backup for reading.
func Store(path string) (*store.DB, error) { return store.OpenCopy(filepath.Join(path, storeFile)) }

func copyFile(from, to string) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close() //nolint:errcheck // read only
	dst, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	return errors.Join(err, dst.Sync(), dst.Close())
}

// Settle makes a restored store one that may be started: nobody is signed in,
// keys that newer backups beside it show as destroyed are destroyed again, and
// each peer has to be asked first. It answers with how many keys went and who
// is to be asked.
func Settle(tx *store.Tx, newer map[string]bool, now time.Time) (gone int64, asks []string, err error) {
	for _, table := range []string{"session", "prepared", "prepared_about", "draft"} {
		if err := tx.Exec(`DELETE FROM ` + table); err != nil {
			return 0, nil, err
		}
	}
	for id := range newer {
		n, err := tx.ExecN(`UPDATE sealkey SET wrapped = NULL, destroyed = $1 WHERE id = $2 AND destroyed IS NULL`, store.Micros(now), id)
		if err != nil {
			return gone, nil, err
		}
		gone += n
	}
	if gone > 0 {
		tx.Forgets()
	}
	if err := exchange.MarkRestored(tx, now); err != nil {
		return gone, nil, err
	}
	asks, err = exchange.Restoring(tx)
	return gone, asks, err
}

// DestroyedSince lists the keys that the whole backups made after one, in the
// same folder and by the same node, show as destroyed: whoever was forgotten
// meanwhile must not come back with an older backup (R26). A newer backup that
// cannot be read is passed over: it may be why the older one is restored.
func DestroyedSince(ctx context.Context, path string, m Manifest, ring *seal.Keyring) (map[string]bool, error) {
	out := map[string]bool{}
	folder := filepath.Dir(path)
	names, err := List(folder, m.Node)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if name <= filepath.Base(path) {
			continue
		}
		p, err := Prove(ctx, filepath.Join(folder, name), Check{Ring: ring})
		if err != nil || !p.Whole() {
			continue
		}
		if err := destroyed(ctx, filepath.Join(folder, name), out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func destroyed(ctx context.Context, path string, into map[string]bool) error {
	db, err := Store(path)
	if err != nil {
		return err
	}
	err = db.Read(ctx, func(tx *store.Tx) error {
		return store.Each(tx, func(rows *sql.Rows) error {
			var id string
			err := rows.Scan(&id)
			into[id] = true
			return err
		}, `SELECT id FROM sealkey WHERE destroyed IS NOT NULL`)
	})
	return errors.Join(err, db.Close())
}
