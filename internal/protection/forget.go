package protection

import (
	"fmt"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/draft"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
)

// applyForgotten removes what the deleted facts of a forgotten case had made
// here. A forgotten person keeps gates and consents by pseudonym: what was
// answered in them opens no more. What somebody had begun to type of them goes.
func applyForgotten(tx *store.Tx, _ journal.Entry, f casefile.Forgotten) error {
	for _, person := range f.People {
		if err := draft.DropObject(tx, draft.FormScreening, person); err != nil {
			return fmt.Errorf("forget a person: %w", err)
		}
		if err := tx.Exec(`DELETE FROM protection_noticed WHERE person = $1`, person); err != nil {
			return fmt.Errorf("forget a person: %w", err)
		}
	}
	if !f.Whole() {
		return nil
	}
	for _, q := range []string{
		`DELETE FROM withdrawal WHERE consent IN (SELECT id FROM consent WHERE case_id = $1)`,
		`DELETE FROM consent_use WHERE consent IN (SELECT id FROM consent WHERE case_id = $1)`,
		`DELETE FROM consent WHERE case_id = $1`,
		`DELETE FROM screening WHERE case_id = $1`,
		`DELETE FROM protection_gate WHERE case_id = $1`,
		`DELETE FROM reveal WHERE case_id = $1`,
		`DELETE FROM protection_stop WHERE case_id = $1`,
		`DELETE FROM reclassification WHERE case_id = $1`,
		`DELETE FROM return_waiver WHERE case_id = $1`,
		`DELETE FROM screening_anomaly WHERE case_id = $1`,
		`DELETE FROM protection_note WHERE case_id = $1`,
		`DELETE FROM protection_violence WHERE case_id = $1`,
		`DELETE FROM protection_noticed WHERE case_id = $1`,
	} {
		if err := tx.Exec(q, f.Object); err != nil {
			return fmt.Errorf("forget a case: %w", err)
		}
	}
	if err := draft.DropCase(tx, f.Object); err != nil {
		return fmt.Errorf("forget a case: %w", err)
	}
	for _, r := range f.Referrals {
		if err := tx.Exec(`DELETE FROM withdrawal WHERE referral = $1`, r); err != nil {
			return fmt.Errorf("forget a case: %w", err)
		}
	}
	return nil
}
