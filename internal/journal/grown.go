package journal

import (
	"fmt"

	"github.com/oasiss/oasiss/internal/store"
	"golang.org/x/mod/sumdb/tlog"
)

// grown is the tree over the leaves met so far. It is made in one walk over the
// leaves and reads no tile, so that what was published can be held against it.
type grown struct {
	size   int64
	levels [][]tlog.Hash // of each level, the hashes of the tile that is not full yet

	roots map[int64]tlog.Hash // of the sizes asked for beforehand, once they are reached
	full  func(level int, n int64, data []byte)
}

// add takes the next leaf.
func (g *grown) add(leaf tlog.Hash) {
	g.size++
	h, count := leaf, g.size
	for level := 0; ; level++ {
		if level == len(g.levels) {
			g.levels = append(g.levels, make([]tlog.Hash, 0, tileWidth))
		}
		g.levels[level] = append(g.levels[level], h)
		if len(g.levels[level]) < tileWidth {
			break
		}
		count /= tileWidth
		g.full(level, count-1, flat(g.levels[level]))
		h = perfect(g.levels[level])
		g.levels[level] = g.levels[level][:0]
	}
	if _, asked := g.roots[g.size]; asked {
		g.roots[g.size] = g.root()
	}
}

// root is the root of the tree as it is now (RFC 6962 §2.1): the perfect trees
// that it is made of, joined from the right.
func (g *grown) root() tlog.Hash {
	var root tlog.Hash
	started := false
	for _, hashes := range g.levels {
		for n := len(hashes); n > 0; {
			part := n & -n // the smallest perfect tree is the rightmost
			top := perfect(hashes[n-part : n])
			if started {
				top = tlog.NodeHash(top, root)
			}
			root, started, n = top, true, n-part
		}
	}
	if !started {
		root, _ = tlog.TreeHash(0, nil) //nolint:errcheck // of no leaf there is nothing to read
	}
	return root
}

// perfect is the hash above a power of two of hashes.
func perfect(hashes []tlog.Hash) tlog.Hash {
	row := append(make([]tlog.Hash, 0, len(hashes)), hashes...)
	for len(row) > 1 {
		for i := range len(row) / 2 {
			row[i] = tlog.NodeHash(row[2*i], row[2*i+1])
		}
		row = row[:len(row)/2]
	}
	return row[0]
}

func flat(hashes []tlog.Hash) []byte {
	out := make([]byte, 0, len(hashes)*tlog.HashSize)
	for _, h := range hashes {
		out = append(out, h[:]...)
	}
	return out
}

// rootOf gives the root of a size that was asked for, or of no leaf.
func (g *grown) rootOf(size int64) (tlog.Hash, error) {
	if size == 0 {
		return (&grown{}).root(), nil
	}
	if size > g.size {
		return tlog.Hash{}, fmt.Errorf("tree: %d leaves from %d are missing", size-g.size, g.size)
	}
	return g.roots[size], nil
}

// rootIn gives roots as they are read from leaves and tiles.
func rootIn(tx *store.Tx) func(int64) (tlog.Hash, error) {
	return func(size int64) (tlog.Hash, error) { return Root(tx, size) }
}
