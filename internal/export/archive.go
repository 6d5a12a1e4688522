package export

import (
	"context"
	"database/sql"
	"fmt"
	"io"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Archive writes every fact of a journal, as it was recorded, for the node's
// owner to take away (docs/archive.md). What is sealed stays sealed, and no key
// is in it, wrapped or not: whom the node forgets later is forgotten in it, too.
// head says which node it is; the rest of it is filled in here.
func Archive(ctx context.Context, read func(context.Context, func(*store.Tx) error) error, head wire.ArchiveHead, w io.Writer) (facts int64, err error) {
	err = read(ctx, func(tx *store.Tx) error {
		if head.Size, err = journal.Size(tx); err != nil {
			return err
		}
		if head.Checkpoint, err = journal.NewestCosigned(tx); err != nil {
			return err
		}
		head.V, head.Format = wire.Version, wire.ArchiveFormat
		if err := wire.WriteLine(w, head); err != nil {
			return fmt.Errorf("archive: %w", err)
		}
		return store.Each(tx, func(rows *sql.Rows) error {
			f := wire.ArchiveFact{V: wire.Version}
			var at int64
			var digest []byte
			if err := rows.Scan(&f.Seq, &at, &digest, &f.Message); err != nil {
				return err
			}
			f.At = store.Time(at)
			copy(f.Digest[:], digest)
			facts++
			return wire.WriteLine(w, f)
		}, `SELECT f.seq, f.at, l.digest, b.bytes FROM fact f JOIN leaf l ON l.n = f.seq - 1 LEFT JOIN body b ON b.seq = f.seq ORDER BY f.seq`)
	})
	return facts, err
}
