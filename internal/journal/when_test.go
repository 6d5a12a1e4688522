package journal_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"pgregory.net/rapid"
)

// TestBefore holds the place found by halving against one that looks at every
// fact, with facts of one moment and places that are missing.
func TestBefore(t *testing.T) {
	db := open(t)
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		write(t, db, func(tx *store.Tx) error {
			if err := tx.Exec(`DELETE FROM fact`); err != nil {
				return err
			}
			gaps := rapid.SliceOfN(rapid.IntRange(1, 3), 0, 20).Draw(rt, "gaps")
			var seq, at int64
			facts := map[int64]int64{}
			for _, gap := range gaps {
				n, seq, at = n+1, seq+int64(gap), at+rapid.Int64Range(0, 2).Draw(rt, "later")
				facts[seq] = at
				if err := tx.Exec(`INSERT INTO fact (seq, id, kind, node, at) VALUES ($1, $2, 'k', 'us', $3)`, seq, fmt.Sprint(n), at); err != nil {
					return err
				}
			}
			for moment := int64(-1); moment <= at+1; moment++ {
				var want int64
				for s, a := range facts {
					if a < moment && s > want {
						want = s
					}
				}
				if got, err := journal.Before(tx, time.UnixMicro(moment)); err != nil || got != want {
					rt.Errorf("before %d of %v: %d, want %d (%v)", moment, facts, got, want, err)
				}
			}
			return nil
		})
	})
}
