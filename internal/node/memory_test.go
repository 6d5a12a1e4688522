package node

import "testing"

// What a busy exchange has in use is collected as seldom as before; the buffers of
// a large file leave room for no more garbage than keeps the heap within bounds.
func TestGarbageIsBounded(t *testing.T) {
	for _, c := range []struct {
		live    uint64
		percent int
	}{{0, 400}, {15 << 20, 400}, {19 << 20, 400}, {36 << 20, 160}, {64 << 20, 50}, {500 << 20, 50}} {
		if p := percentFor(c.live); p != c.percent {
			t.Errorf("%d MB in use: %d%%, want %d%%", c.live>>20, p, c.percent)
		}
	}
}
