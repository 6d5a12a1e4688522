package packet

import (
	"fmt"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
)

// applyForgotten removes the versions of a forgotten case, sent and received.
func applyForgotten(tx *store.Tx, _ journal.Entry, f casefile.Forgotten) error {
	if !f.Whole() {
		return nil
	}
	if err := forget(tx, "case_id", f.Object); err != nil {
		return err
	}
	for _, r := range f.Referrals {
		if err := forget(tx, "referral", r); err != nil {
			return err
		}
	}
	return nil
}

// forget removes the versions that a column names, and what is known of their keys.
func forget(tx *store.Tx, column, id string) error {
	for _, q := range []string{
		`DELETE FROM packet_copy WHERE packet IN (SELECT packet FROM packet_version WHERE ` + column + ` = $1)`,
		`DELETE FROM packet_key WHERE packet IN (SELECT packet FROM packet_version WHERE ` + column + ` = $1)`,
		`DELETE FROM packet_version WHERE ` + column + ` = $1`,
	} {
		if err := tx.Exec(q, id); err != nil {
			return fmt.Errorf("forget packets: %w", err)
		}
	}
	return nil
}
