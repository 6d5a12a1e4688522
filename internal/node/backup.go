package node

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/oasiss/oasiss/internal/backup"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// BackupPlan says where a serving node backs itself up, how often, and how
// many backups it keeps. With an empty folder it makes none.
type BackupPlan struct {
	Folder string
	Every  time.Duration
	Keep   int
}

// replayEvery is how often a backup is proven by re-applying its facts as
// well; its bytes and its journal are proven every time.
const replayEvery = 24 * time.Hour

// MakeBackup backs up the folders' node, whether it runs or not, into a new
// folder inside to, and proves the backup.
func MakeBackup(ctx context.Context, f Folders, to, program string, now time.Time) (p backup.Proof, err error) {
	s, err := LoadSettings(f)
	if err != nil {
		return p, err
	}
	_, ring, err := f.ring()
	if err != nil {
		return p, err
	}
	if err := stands(f.Database()); err != nil {
		return p, err
	}
	db, err := f.look(ctx)
	if err != nil {
		return p, err
	}
	_, path, err := backup.Make(ctx, f.source(db, ring, s, program), to, now)
	if err = errors.Join(err, db.Close()); err != nil {
		return p, err
	}
	return backup.Prove(ctx, path, backup.Check{Ring: ring, Kinds: Kinds(nil), Scratch: f.Data})
}

// ProveBackup proves a backup; with a key folder also that its own node wrote
// it. The facts are re-applied in scratch.
func ProveBackup(ctx context.Context, path, keys, scratch string) (backup.Proof, error) {
	c := backup.Check{Kinds: Kinds(nil), Scratch: scratch}
	if keys != "" {
		_, ring, err := Folders{Keys: keys}.ring()
		if err != nil {
			return backup.Proof{}, err
		}
		c.Ring = ring
	}
	return backup.Prove(ctx, path, c)
}

func (f Folders) ring() (*seal.NodeKeys, *seal.Keyring, error) {
	keys, err := seal.LoadNodeKeys(f.Keys)
	if err != nil {
		return nil, nil, err
	}
	ring, err := seal.NewKeyring(keys.Wrapping)
	return keys, ring, err
}

// look opens the store for reading, beside a node that may be serving it.
func (f Folders) look(ctx context.Context) (*store.DB, error) {
	if f.Server != "" {
		return store.Open(ctx, f.Server)
	}
	return store.OpenCopy(f.Database())
}

func (f Folders) source(db *store.DB, ring *seal.Keyring, s Settings, program string) backup.Source {
	return backup.Source{DB: db, Ring: ring, Node: s.Node, Installation: s.Installation, Program: program,
		Files: []string{f.settings(), f.descriptor()}, Chunks: f.chunks()}
}

func (f Folders) descriptor() string { return filepath.Join(f.Data, "descriptor.jws") }

// startBackups backs the node up as planned. Of several processes of a node
// one does it. It returns how to wait for it after ctx has ended.
func (n *Node) startBackups(ctx context.Context) func() error {
	var wg sync.WaitGroup
	if n.plan.Folder != "" {
		wg.Go(func() { n.DB.Hold(ctx, "backups", n.backUp) })
	}
	return func() error { wg.Wait(); return nil }
}

// backUp makes a backup whenever one is due. One that fails is tried again at
// the next look, a quarter of the interval later.
func (n *Node) backUp(ctx context.Context) {
	look := time.NewTicker(max(n.plan.Every/4, time.Millisecond))
	defer look.Stop()
	for {
		if err := n.backUpIfDue(ctx); err != nil && ctx.Err() == nil {
			n.Log.Error("the node could not be backed up", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
	}
}

func (n *Node) backUpIfDue(ctx context.Context) error {
	var was backup.Standing
	if err := n.DB.Read(ctx, func(tx *store.Tx) (err error) { was, err = backup.Last(tx); return err }); err != nil {
		return err
	}
	now := n.now()
	if age, ok := was.Age(now); ok && age >= 0 && age < n.plan.Every {
		return nil
	}
	_, path, err := backup.Make(ctx, n.Folders.source(n.DB, n.Ring, n.Settings, n.program), n.plan.Folder, now)
	if err != nil {
		return err
	}
	check := backup.Check{Ring: n.Ring, Scratch: n.Folders.Data}
	if now.Sub(was.Replayed) >= replayEvery {
		check.Kinds = n.Acts.Kinds
	}
	p, err := backup.Prove(ctx, path, check)
	if err != nil {
		return fmt.Errorf("proof of the backup: %w", err)
	}
	if !p.Whole() {
		n.Log.Error("the backup did not prove whole", "backup", p.Name, "faults", p.Faults)
	}
	made := &backup.Made{Name: p.Name, Made: p.Made, Bytes: p.Bytes(), Journal: p.Journal, Cosigned: p.Cosigned, Replayed: p.Replayed, Faults: p.Faults}
	err = n.Acts.NodeActs(ctx, wire.PurposeAdministration, func(*store.Tx, *journal.Draw) ([]journal.Fact, error) { return []journal.Fact{made}, nil })
	if err != nil || !p.Whole() {
		return err // the older ones may be better
	}
	_, err = backup.Prune(n.plan.Folder, n.Settings.Node, n.plan.Keep, p.Name)
	return err
}
