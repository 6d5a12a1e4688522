package casefile

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
)

// Change is one fact in the history of an object: what was recorded then, by
// whom. Its sealed parts open like any other.
type Change struct {
	Entry     journal.Entry
	Clear     json.RawMessage // nil if the body was forgotten
	Forgotten bool
}

// History reads every fact that made or changed a case, a person or an item,
// oldest first. Nothing that was corrected is missing from it.
func History(tx *store.Tx, object string) ([]Change, error) {
	var seqs []int64
	err := store.Each(tx, func(r *sql.Rows) error {
		var seq int64
		err := r.Scan(&seq)
		seqs = append(seqs, seq)
		return err
	}, `SELECT seq FROM case_history WHERE object = $1 ORDER BY seq`, object)
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	out := make([]Change, 0, len(seqs))
	for _, seq := range seqs {
		e, m, err := journal.LoadSeq(tx, seq)
		if err != nil && !errors.Is(err, journal.ErrForgotten) {
			return nil, fmt.Errorf("history: %w", err)
		}
		out = append(out, Change{Entry: e, Clear: m.Act.Clear, Forgotten: err != nil})
	}
	return out, nil
}

// Remember notes that a fact is of an object's history, for rooms above.
func Remember(tx *store.Tx, object string, seq int64) error { return remember(tx, object, seq) }

// remember notes that a fact made or changed an object.
func remember(tx *store.Tx, object string, seq int64) error {
	return tx.Exec(`INSERT INTO case_history (object, seq) VALUES ($1, $2) ON CONFLICT (object, seq) DO NOTHING`, object, seq)
}
