package journal

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/store"
)

// Before is the place of the last fact that was recorded here before a moment; 0
// where there is none. It is found by halving, for facts are recorded one after
// another and no index of their times is kept.
func Before(tx *store.Tx, at time.Time) (seq int64, err error) {
	var last int64
	if err := tx.QueryRow(`SELECT COALESCE(MAX(seq), 0) FROM fact`).Scan(&last); err != nil {
		return 0, fmt.Errorf("facts before a moment: %w", err)
	}
	for low, high := int64(1), last; low <= high; {
		var there, recorded int64
		mid := low + (high-low)/2
		err := tx.QueryRow(`SELECT seq, at FROM fact WHERE seq >= $1 ORDER BY seq LIMIT 1`, mid).Scan(&there, &recorded)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			high = mid - 1
		case err != nil:
			return 0, fmt.Errorf("facts before a moment: %w", err)
		case recorded < store.Micros(at):
			seq, low = there, there+1
		default:
			high = mid - 1
		}
	}
	return seq, nil
}
