package backup

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/oasiss/oasiss/internal/chunk"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// The bytes of files lie beside the backups of a node, once for all of them:
// sealed chunks never change, and a backup that copied terabytes each night
// would soon not be made. What was forgotten goes from there with the next
// backup; of older ones its key is destroyed again when they are restored.

// pool is where the chunks of a node's backups in a folder lie.
func pool(folder, node string) chunk.Folder { return chunk.In(filepath.Join(folder, node+"-files")) }

// stored is what a backup needs to know of a file.
type stored struct {
	ID       string      `json:"id"`
	Size     int64       `json:"size"`
	Manifest wire.Digest `json:"manifest"`
}

// filesOf lists the files that a copied store tells of and that were here whole.
func filesOf(ctx context.Context, copied string) (map[string]stored, error) {
	db, err := store.OpenCopy(copied)
	if err != nil {
		return nil, err
	}
	out := map[string]stored{}
	err = db.Read(ctx, func(tx *store.Tx) error {
		tables, err := tx.Tables()
		if err != nil || !strings.Contains(" "+strings.Join(tables, " ")+" ", " file ") {
			return err // of a version that had no files
		}
		files, err := store.Docs[stored](tx, `SELECT doc FROM file`)
		for _, f := range files {
			out[f.ID] = f
		}
		return err
	})
	if err := errors.Join(err, db.Close()); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("files of the backup: %w", err)
	}
	return out, nil
}

// mirror brings the pool up to the files that the copied store tells of.
func (s Source) mirror(ctx context.Context, copied, folder string) error {
	files, err := filesOf(ctx, copied)
	if err != nil {
		return err
	}
	to := pool(folder, s.Node)
	for id := range files {
		if s.Chunks.Holds(id) {
			if err := to.Mirror(s.Chunks, id); err != nil {
				return err
			}
		}
	}
	had, err := to.Files()
	for _, id := range had {
		if _, stays := files[id]; !stays {
			err = errors.Join(err, to.Forget(id))
		}
	}
	return err
}

// chunks says which files of the backup are not whole in the pool. One that is
// not there at all was forgotten since, or had not arrived.
func (p *Proof) chunks(ctx context.Context, path string) error {
	files, err := filesOf(ctx, filepath.Join(path, storeFile))
	if err != nil {
		return err
	}
	from := pool(filepath.Dir(path), p.Node)
	for id, f := range files {
		list, err := from.Get(id, f.Manifest, wire.ManifestLen(f.Size), nil)
		if errors.Is(err, chunk.ErrAbsent) {
			continue
		}
		var m wire.FileManifest
		if err == nil {
			m, err = wire.ReadFileManifest(list, f.Size, f.Manifest)
		}
		for i, d := range m {
			if !from.Has(id, d, wire.ChunkLen(f.Size, int64(i))) {
				err = chunk.ErrAbsent
			}
		}
		if err != nil {
			p.fault(FaultChunks, id)
		}
	}
	return nil
}

// PlaceChunks brings the chunks of a backup's files into a node's folder.
func PlaceChunks(ctx context.Context, path, node string, to chunk.Folder) error {
	files, err := filesOf(ctx, filepath.Join(path, storeFile))
	if err != nil {
		return err
	}
	from := pool(filepath.Dir(path), node)
	for id := range files {
		if from.Holds(id) {
			if err := to.Mirror(from, id); err != nil {
				return err
			}
		}
	}
	return nil
}
