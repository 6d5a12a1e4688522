package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/oasiss/oasiss/internal/node"
)

// backupFigures back up the archive while its node is open, and restore it into
// empty folders: the copy is proven against its digests, its seal, every
// checkpoint up to the last one that a peer cosigned, and by applying all facts
// anew, before it is put in its place (R44). Only then is it a node again.
func backupFigures(ctx context.Context, r *run) (err error) {
	h, err := r.archive(ctx, "archive", r.scaled(archiveCases))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.stop()) }()
	if err := h.lengthen(ctx, int64(r.scaled(archiveFacts))); err != nil {
		return err
	}
	from, to := h.spec.folders(), filepath.Join(r.dir, "backups")
	made := ""
	if err := r.repeat("backup.make_1m_s", "s", func() (float64, error) {
		began := time.Now()
		p, err := node.MakeBackup(ctx, from, to, "bench", began)
		if made = p.Name; err == nil && !p.Whole() {
			err = fmt.Errorf("the backup is not whole: %v", p.Faults)
		}
		return time.Since(began).Seconds(), err
	}); err != nil {
		return err
	}
	return r.repeat("backup.restore_1m_s", "s", func() (float64, error) {
		data := filepath.Join(r.dir, "restored")
		began := time.Now()
		_, err := node.Restore(ctx, filepath.Join(to, made), node.Folders{Data: data, Keys: from.Keys}, began)
		return time.Since(began).Seconds(), errors.Join(err, os.RemoveAll(data))
	})
}
