package accord

import (
	"encoding/json"
	"fmt"

	"github.com/oasiss/oasiss/internal/store"
)

// read joins an accord's row with its signatures and suspensions.
func read(tx *store.Tx, id string, ended int64, doc string) (Accord, error) {
	var s stored
	if err := json.Unmarshal([]byte(doc), &s); err != nil {
		return Accord{}, fmt.Errorf("accord document: %w", err)
	}
	a := Accord{ID: id, Document: s.Document, By: s.By, Proposed: s.Proposed, Ended: store.Time(ended)}
	var err error
	a.Signatures, err = store.Docs[Signature](tx, `SELECT doc FROM accord_signature WHERE accord = $1 ORDER BY at, account`, id)
	if err != nil {
		return a, fmt.Errorf("accord signatures: %w", err)
	}
	a.Suspensions, err = loadSuspensions(tx, id)
	return a, err
}
