package referral

import (
	"fmt"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/store"
)

// A case is forgotten with its referrals, once none of them waits for anybody.
func init() { casefile.AnswerReferrals(ofCase) }

// ofCase lists the referrals of a case, sent from it or received into it, and
// whether one is open on either side.
func ofCase(tx *store.Tx, c casefile.Case) (all []string, open bool, err error) {
	rows, err := several(tx, `SELECT doc FROM referral WHERE case_id = $1 OR id = $2 ORDER BY id`, c.ID, c.Origin)
	if err != nil {
		return nil, true, err
	}
	for _, r := range rows {
		all = append(all, r.ID)
		open = open || !r.over()
	}
	return all, open, nil
}

// over reports whether nothing more is awaited of a referral, by anybody.
func (r Referral) over() bool {
	at := r.State()
	state, known := r.procedure.StateOf(program.MainTrack, at.Main)
	return known && state.Ends && len(at.Owes) == 0
}

// applyForgotten removes what the deleted facts of a forgotten case had made here.
func applyForgotten(tx *store.Tx, _ journal.Entry, f casefile.Forgotten) error {
	for _, id := range f.Referrals {
		tx.Keep(partiesKey(id), parties{})
		for _, q := range []string{`DELETE FROM referral_act WHERE referral = $1`, `DELETE FROM hand_over_sheet WHERE referral = $1`, `DELETE FROM referral WHERE id = $1`} {
			if err := tx.Exec(q, id); err != nil {
				return fmt.Errorf("forget a referral: %w", err)
			}
		}
		if err := access.Forget(tx, typeReferral, id); err != nil {
			return err
		}
	}
	return nil
}
