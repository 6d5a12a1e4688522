package journal

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/oasiss/oasiss/internal/failpoint"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
	"golang.org/x/mod/sumdb/tlog"
)

// tileHeight is the height of a tile: 256 hashes wide (C2SP tlog-tiles).
const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
)

// tree reads the transparency log's hashes from leaves and full tiles.
type tree struct {
	tx     *store.Tx
	leaves bool // from the leaves alone: a tile may be damaged
}

// ReadHashes implements tlog.HashReader.
func (t tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	read := map[tlog.Tile][]byte{} // the hashes of one proof lie in few tiles
	for i, x := range indexes {
		tile := tlog.TileForIndex(tileHeight, x)
		data, ok := read[tile]
		if !ok {
			var err error
			if data, err = t.data(tile.L, tile.N, tile.W); err != nil {
				return nil, err
			}
			read[tile] = data
		}
		var err error
		if out[i], err = tlog.HashFromTile(tile, data, x); err != nil {
			return nil, fmt.Errorf("tree: %w", err)
		}
	}
	return out, nil
}

// data gives the first w hashes of a tile: as published, and what is not
// published yet from the level below.
func (t tree) data(level int, n int64, w int) ([]byte, error) {
	if t.leaves || level == 0 && w < tileWidth { // partial tiles of leaves are not published
		return t.made(level, n, 0, w)
	}
	have, err := t.stored(level, n)
	if err != nil {
		return nil, err
	}
	if len(have) >= w*tlog.HashSize {
		return have[:w*tlog.HashSize], nil
	}
	more, err := t.made(level, n, len(have)/tlog.HashSize, w)
	return append(have, more...), err
}

// stored is what is published of a tile; nothing if it is not.
func (t tree) stored(level int, n int64) (b []byte, err error) {
	err = t.tx.QueryRow(`SELECT data FROM tile WHERE level = $1 AND n = $2`, level, n).Scan(&b)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err == nil && len(b)%tlog.HashSize != 0 {
		return nil, ErrDamaged
	}
	if err != nil {
		return nil, fmt.Errorf("tile: %w", err)
	}
	return b, nil
}

// made computes the hashes of a tile from one on and before w, from the level
// below.
func (t tree) made(level int, n int64, from, w int) ([]byte, error) {
	if level == 0 {
		return t.read(n*tileWidth+int64(from), w-from)
	}
	out := make([]byte, 0, (w-from)*tlog.HashSize)
	for i := from; i < w; i++ {
		top, err := t.top(level-1, n*tileWidth+int64(i))
		if err != nil {
			return nil, err
		}
		out = append(out, top[:]...)
	}
	return out, nil
}

// top is the hash above a full tile.
func (t tree) top(level int, n int64) (tlog.Hash, error) {
	b, err := t.data(level, n, tileWidth)
	if err != nil {
		return tlog.Hash{}, err
	}
	hashes := make([]tlog.Hash, tileWidth)
	for i := range hashes {
		copy(hashes[i][:], b[i*tlog.HashSize:])
	}
	return perfect(hashes), nil
}

func (t tree) read(from int64, w int) ([]byte, error) {
	out := make([]byte, 0, w*tlog.HashSize)
	err := store.Each(t.tx, func(rows *sql.Rows) error {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			return err
		}
		if len(b) != len(wire.Digest{}) {
			return ErrDamaged
		}
		h := wire.LeafHash([32]byte(b))
		out = append(out, h[:]...)
		return nil
	}, `SELECT digest FROM leaf WHERE n >= $1 AND n < $2 ORDER BY n`, from, from+int64(w))
	if err == nil && len(out) != w*tlog.HashSize {
		err = fmt.Errorf("tree: %d leaves from %d are missing", w-len(out)/tlog.HashSize, from)
	}
	return out, err
}

// Root is the root hash of the tree's first size leaves.
func Root(tx *store.Tx, size int64) (tlog.Hash, error) {
	return tlog.TreeHash(size, tree{tx: tx})
}

// consistency proves that the tree of size old is a prefix of the tree of the
// given size (RFC 6962 §2.1.2).
func (t tree) consistency(size, old int64) (tlog.TreeProof, error) {
	if old == 0 {
		return nil, nil // every tree extends the empty one
	}
	return tlog.ProveTree(size, old, t)
}

// RebuildTiles makes every full tile anew from the leaves.
func RebuildTiles(tx *store.Tx, size int64) error {
	if err := tx.Exec(`DELETE FROM tile`); err != nil {
		return fmt.Errorf("old tiles: %w", err)
	}
	return PublishTiles(tx, size)
}

// PublishTiles stores the tiles that became full up to size, and above the
// leaves also those that are not full yet: without them a root would have to
// read every tile of leaves again. They are derived from the leaves: losing
// them costs time, not truth.
func PublishTiles(tx *store.Tx, size int64) error {
	t := tree{tx: tx}
	for level := 0; size >= tileWidth; level++ {
		if level > 0 {
			size /= tileWidth // hashes of this level
		}
		var last sql.NullInt64
		if err := tx.QueryRow(`SELECT MAX(n) FROM tile WHERE level = $1`, level).Scan(&last); err != nil {
			return fmt.Errorf("tiles: %w", err)
		}
		for n := last.Int64; n*tileWidth < size; n++ {
			if err := t.publish(level, n, int(min(size-n*tileWidth, tileWidth))); err != nil {
				return err
			}
		}
	}
	return nil
}

// publish stores the first w hashes of a tile, if they are not.
func (t tree) publish(level int, n int64, w int) error {
	if level == 0 && w < tileWidth {
		return nil
	}
	have, err := t.stored(level, n)
	if err != nil || len(have) >= w*tlog.HashSize {
		return err
	}
	more, err := t.made(level, n, len(have)/tlog.HashSize, w)
	if err != nil {
		return err
	}
	if err := t.tx.Exec(`INSERT INTO tile (level, n, data) VALUES ($1, $2, $3)
		ON CONFLICT (level, n) DO UPDATE SET data = excluded.data`, level, n, append(have, more...)); err != nil {
		return fmt.Errorf("publish tile: %w", err)
	}
	failpoint.Hit(failpoint.TileWritten)
	return nil
}
