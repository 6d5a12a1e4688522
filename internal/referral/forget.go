package referral

import (
	"fmt"
	"slices"

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
	rows, err := Of(tx, c)
	if err != nil {
		return nil, true, err
	}
	for _, r := range rows {
		all = append(all, r.ID)
		open = open || !r.Over()
	}
	return all, open, nil
}

// Of lists the referrals of a case: sent from it, or the one that it came by.
func Of(tx *store.Tx, c casefile.Case) ([]Referral, error) {
	return several(tx, `SELECT doc FROM referral WHERE case_id = $1 OR id = $2 ORDER BY id`, c.ID, c.Origin)
}

// Unopened lists the referrals that an office received and opened no case of
// its own for, the oldest first: what came with them is all that is kept here.
func Unopened(tx *store.Tx, office string, limit int) ([]Referral, error) {
	narrow, args := access.Narrow(access.Actor{User: office, Office: office}, typeReferral, "r.id", 1)
	all, err := several(tx, `SELECT r.doc FROM referral r WHERE `+narrow+` AND r.side = $3 ORDER BY r.opened, r.id LIMIT $4`, append(args, string(program.Receiver), limit)...)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(r Referral) bool { return r.OwnCase != "" }), nil
}

// Ending is how the referral ended for those whom it asks to prosecute, the
// same on both nodes; false while it has not, or the act was overtaken. A
// declining counts as far as its legal form ends anything.
func (r Referral) Ending() (program.Ending, bool) {
	at := r.State()
	for _, step := range []string{"dispose", "decline"} {
		a, taken := at.Last(step)
		if !taken {
			continue
		}
		if f, known := r.procedure.Form(a.Form); known && f.Outcome != "" {
			return program.Ending{Outcome: f.Outcome, At: a.At}, true
		}
	}
	return program.Ending{}, false
}

// Over reports whether nothing more is awaited of a referral, by anybody.
func (r Referral) Over() bool {
	at := r.State()
	state, known := r.procedure.StateOf(program.MainTrack, at.Main)
	return known && state.Ends && len(at.Owes) == 0
}

// applyForgotten removes what the deleted facts of a forgotten case had made here.
func applyForgotten(tx *store.Tx, _ journal.Entry, f casefile.Forgotten) error {
	for _, id := range f.Referrals {
		tx.Keep(partiesKey(id), parties{})
		tx.Keep(historyKey(id), Referral{})
		tx.AfterCommit(func() { recent.drop(id) })
		for _, q := range []string{`DELETE FROM referral_act WHERE referral = $1`, `DELETE FROM hand_over_sheet WHERE referral = $1`, `DELETE FROM reception WHERE referral = $1`, `DELETE FROM membership WHERE object_type = 'between' AND object_id IN (SELECT id FROM hand_over_alarm WHERE referral = $1)`, `DELETE FROM hand_over_alarm WHERE referral = $1`, `DELETE FROM referral_queue WHERE referral = $1`, `DELETE FROM referral_number WHERE referral = $1`, `DELETE FROM referral WHERE id = $1`} {
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
