package journal

import (
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/store"
)

// halvings are enough for a million million facts.
const halvings = 40

// Before is the place of the last fact that was recorded here before a moment; 0
// where there is none. It is found by halving, for facts are recorded one after
// another and no index of their times is kept. It halves as often however many
// facts there are: how long a reader waits tells nothing of others' work.
func Before(tx *store.Tx, at time.Time) (seq int64, err error) {
	var last int64
	if err := tx.QueryRow(`SELECT COALESCE(MAX(seq), 0) FROM fact`).Scan(&last); err != nil || last == 0 {
		return 0, wrapBefore(err)
	}
	low, high := int64(1), last
	for range halvings {
		var there, recorded int64
		mid := min(low+max(high-low, 0)/2, last)
		if err := tx.QueryRow(`SELECT seq, at FROM fact WHERE seq >= $1 ORDER BY seq LIMIT 1`, mid).Scan(&there, &recorded); err != nil {
			return 0, wrapBefore(err)
		}
		switch {
		case low > high: // found
		case recorded < store.Micros(at):
			seq, low = there, there+1
		default:
			high = mid - 1
		}
	}
	return seq, nil
}

func wrapBefore(err error) error {
	if err != nil {
		err = fmt.Errorf("facts before a moment: %w", err)
	}
	return err
}
