package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/oasiss/oasiss/internal/export"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Archive writes every fact of the folders' node, whether it runs or not, and
// gives how many.
func Archive(ctx context.Context, f Folders, w io.Writer, now time.Time) (facts int64, err error) {
	s, err := LoadSettings(f)
	if err != nil {
		return 0, err
	}
	if err := stands(f.Database()); err != nil {
		return 0, err
	}
	head := wire.ArchiveHead{Installation: s.Installation, Node: s.Node, Made: now.UTC()}
	signed, err := os.ReadFile(f.descriptor())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, fmt.Errorf("descriptor: %w", err)
	}
	head.Descriptor = string(signed)
	r, err := store.OpenReader(ctx, f.Database())
	if err != nil {
		return 0, err
	}
	facts, err = export.Archive(ctx, r.Read, head, w)
	return facts, errors.Join(err, r.Close())
}
