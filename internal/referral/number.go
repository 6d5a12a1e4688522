package referral

import (
	"fmt"
	"strings"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
)

// Sheets are numbered without a gap between the office that gives and the one
// that receives, so that either can tell which it never saw.

// sheetNumber is a sheet's number as it is printed, such as
// USBP-RGV/INM-REYNOSA/0007; none for a hand-over from before sheets had one.
func sheetNumber(from, to string, n int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%s/%s/%04d", strings.ToUpper(from), strings.ToUpper(to), n)
}

// nextSheet is the number of the next sheet from the sending office to one of
// the other side.
func nextSheet(tx *store.Tx, r Referral, to string) (int64, error) {
	var n int64
	err := tx.QueryRow(`SELECT COALESCE(MAX(n), 0) FROM hand_over_sheet WHERE node = $1 AND gives = $2 AND receives = $3`, r.Sender.Node, r.Sender.Office, to).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("number of a sheet: %w", err)
	}
	return n + 1, nil
}

// sheetTaken reports whether a sheet of another hand-over has the number, or it
// is none.
func sheetTaken(tx *store.Tx, node, from, to string, n int64) (bool, error) {
	if n < 1 {
		return true, nil
	}
	var taken int
	err := tx.QueryRow(`SELECT COUNT(*) FROM hand_over_sheet WHERE node = $1 AND gives = $2 AND receives = $3 AND n = $4`, node, from, to, n).Scan(&taken)
	if err != nil {
		return true, fmt.Errorf("number of a sheet: %w", err)
	}
	return taken > 0, nil
}

// noteSheet keeps the number of an appointment's sheet on both nodes.
func noteSheet(tx *store.Tx, e journal.Entry, to string, n int64) error {
	r, err := store.Doc[Referral](tx, `SELECT doc FROM referral WHERE id = $1`, e.Referral)
	if err != nil {
		return fmt.Errorf("referral of a sheet: %w", err)
	}
	return tx.Exec(`INSERT INTO hand_over_sheet (node, gives, peer, receives, n, referral, fact) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		r.Sender.Node, r.Sender.Office, r.Receiver.Node, to, n, e.Referral, e.ID)
}
