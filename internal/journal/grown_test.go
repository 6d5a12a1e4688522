package journal

import (
	"encoding/binary"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// The tree grown leaf by leaf has the roots and tiles of the reference.
func TestGrownTreeIsTheReferencesOwn(t *testing.T) {
	const size = tileWidth*tileWidth + 700 // three levels of tiles
	var stored []tlog.Hash
	read := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, x := range indexes {
			out[i] = stored[x]
		}
		return out, nil
	})
	asked := map[int64]tlog.Hash{}
	for n := int64(1); n <= size; n += n%577 + 1 {
		asked[n] = tlog.Hash{}
	}
	tiles := 0
	g := &grown{roots: asked, full: func(level int, n int64, data []byte) {
		tiles++
		want, err := tlog.ReadTileData(tlog.Tile{H: tileHeight, L: level, N: n, W: tileWidth}, read)
		if err != nil || string(want) != string(data) {
			t.Errorf("tile %d/%d differs, %v", level, n, err)
		}
	}}
	for n := range int64(size) {
		record := binary.BigEndian.AppendUint64(nil, uint64(n))
		hashes, err := tlog.StoredHashes(n, record, read)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, hashes...)
		g.add(tlog.RecordHash(record))
	}
	if tiles != size/tileWidth+1 {
		t.Errorf("%d tiles were full", tiles)
	}
	asked[size] = g.root()
	asked[0] = tlog.Hash{}
	for n := range asked {
		got, err := g.rootOf(n)
		want, werr := tlog.TreeHash(n, read)
		if err != nil || werr != nil || got != want {
			t.Errorf("root of %d differs, %v, %v", n, err, werr)
		}
	}
	if _, err := g.rootOf(size + 1); err == nil {
		t.Error("a root of more leaves than there are")
	}
}
