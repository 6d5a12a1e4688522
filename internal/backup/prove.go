package backup

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
)

// Faults of a backup. Each renders as "backup.fault.<code>".
const (
	FaultFile     = "file"     // a file is not what the manifest says
	FaultSeal     = "seal"     // the manifest was not written by the node that holds these keys
	FaultJournal  = "journal"  // the journal does not verify
	FaultManifest = "manifest" // the copy is not the one that the manifest tells of
	FaultChunks   = "chunks"   // a file beside the backup lacks chunks
	FaultReplay   = "replay"   // re-applying the facts gives other tables
)

// Proof is what proving a backup gave.
type Proof struct {
	Manifest
	Name     string   `json:"name"`
	Sealed   bool     `json:"sealed"`   // the node's keys confirm the manifest; false without keys to ask
	Replayed bool     `json:"replayed"` // the facts were re-applied and give the same tables
	Faults   []string `json:"faults"`   // codes, empty if nothing
	Details  []string `json:"details"`  // what the faults are about: files, tables, facts
}

// Whole reports whether nothing is wrong.
func (p Proof) Whole() bool { return len(p.Faults) == 0 }

func (p *Proof) fault(code, detail string) {
	p.Faults, p.Details = append(p.Faults, code), append(p.Details, detail)
}

// Check is how a backup is proven.
type Check struct {
	Ring    *seal.Keyring  // of the node; nil leaves the seal unasked
	Kinds   *journal.Kinds // to re-apply the facts with; nil leaves that out
	Scratch string         // folder to re-apply them in
}

// Load reads a backup's manifest. backup.none if the folder holds none.
func Load(path string) (m Manifest, raw []byte, err error) {
	raw, err = os.ReadFile(filepath.Join(path, manifestFile))
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil, refusal.New("backup.none")
	}
	if err != nil {
		return m, nil, fmt.Errorf("manifest: %w", err)
	}
	if json.Unmarshal(raw, &m) != nil || m.Format != Format || m.V != version {
		return m, nil, refusal.New("backup.none")
	}
	return m, raw, nil
}

// Prove opens a backup, leaving its bytes as they are, and says what is wrong
// with it. What cannot be looked at at all is an error.
func Prove(ctx context.Context, path string, c Check) (Proof, error) {
	m, raw, err := Load(path)
	if err != nil {
		return Proof{}, err
	}
	p := Proof{Manifest: m, Name: filepath.Base(path), Faults: []string{}, Details: []string{}}
	for _, f := range m.Files {
		got, err := digest(path, filepath.Base(f.Name))
		if err != nil || got != f {
			p.fault(FaultFile, f.Name)
		}
	}
	if c.Ring != nil {
		is, err := os.ReadFile(filepath.Join(path, macFile))
		p.Sealed = err == nil && subtle.ConstantTimeCompare(is, []byte(mac(c.Ring, raw))) == 1
		if !p.Sealed {
			p.fault(FaultSeal, macFile)
		}
	}
	if !p.Whole() {
		return p, nil // what is in it proves nothing
	}
	copied, err := store.OpenCopy(filepath.Join(path, storeFile))
	if err != nil {
		return p, err
	}
	err = errors.Join(p.journal(ctx, copied), p.chunks(ctx, path))
	if err == nil && c.Kinds != nil {
		err = p.replay(ctx, copied, c)
	}
	return p, errors.Join(err, copied.Close())
}

// journal verifies the journal in the copy up to its own end, and with it to
// the last checkpoint that a peer cosigned (R44).
func (p *Proof) journal(ctx context.Context, copied *store.DB) error {
	var v journal.Verified
	err := copied.Read(ctx, func(tx *store.Tx) error {
		var err error
		v, err = exchange.Verify(tx, "", "")
		return err
	})
	if err != nil {
		return fmt.Errorf("journal of the backup: %w", err)
	}
	for _, f := range v.Faults {
		p.fault(FaultJournal, f)
	}
	if v.Size != p.Journal || v.Root != p.Root || v.Cosigned != p.Cosigned {
		p.fault(FaultManifest, storeFile)
	}
	return nil
}

// replay re-applies the facts in an empty store. The tables of another version
// of the program cannot be held against this one's: restoring migrates them.
func (p *Proof) replay(ctx context.Context, copied *store.DB, c Check) (err error) {
	dir, err := os.MkdirTemp(c.Scratch, "oasiss-proof-")
	if err != nil {
		return fmt.Errorf("scratch folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	anew, err := store.Open(ctx, filepath.Join(dir, "replay.sqlite"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, anew.Close()) }()
	var schema int64
	if err := anew.Read(ctx, func(tx *store.Tx) (err error) { schema, err = store.Schema(tx); return err }); err != nil {
		return err
	}
	if schema != p.Schema {
		return nil
	}
	if _, err := journal.Replay(ctx, c.Kinds, copied, anew); err != nil {
		return fmt.Errorf("replay of the backup: %w", err)
	}
	differ, err := journal.Compare(ctx, copied, anew)
	if err != nil {
		return err
	}
	for _, table := range differ {
		p.fault(FaultReplay, table)
	}
	p.Replayed = len(differ) == 0
	return nil
}
