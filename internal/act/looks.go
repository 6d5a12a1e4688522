package act

import (
	"encoding/json"
	"fmt"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
)

// Looks lists the access facts that are about one case, newest first: who saw it
// or did something in it, by what right. Whoever calls it has decided that the
// reader may know.
func Looks(tx *store.Tx, caseID string, p Page) ([]Access, error) {
	seqs, err := store.Column[int64](tx, `SELECT seq FROM case_look WHERE case_id = $1 AND (seq < $2 OR $2 = 0) ORDER BY seq DESC LIMIT $3`, caseID, p.Before, p.limit())
	if err != nil {
		return nil, fmt.Errorf("looks at a case: %w", err)
	}
	out := []Access{}
	for _, seq := range seqs {
		e, m, err := journal.LoadSeq(tx, seq)
		if err != nil && !unreadable(err) {
			return nil, fmt.Errorf("looks at a case: %w", err)
		}
		x := Access{Seq: e.Seq, ID: e.ID, At: e.Recorded}
		if err == nil {
			if err := json.Unmarshal(m.Act.Clear, &x.Recorded); err != nil {
				return nil, fmt.Errorf("access fact: %w", err)
			}
		}
		out = append(out, x)
	}
	return out, nil
}
