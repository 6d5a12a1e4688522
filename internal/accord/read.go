package accord

import (
	"encoding/json"
	"fmt"
	"sync"

	"github.com/oasiss/oasiss/internal/store"
)

// read joins an accord's row with its signatures and suspensions.
func read(tx *store.Tx, id string, ended int64, doc string) (Accord, error) {
	s, err := documentOf(doc)
	if err != nil {
		return Accord{}, err
	}
	a := Accord{ID: id, Document: s.Document, By: s.By, Proposed: s.Proposed, Ended: store.Time(ended)}
	a.Signatures, err = store.Docs[Signature](tx, `SELECT doc FROM accord_signature WHERE accord = $1 ORDER BY at, account`, id)
	if err != nil {
		return a, fmt.Errorf("accord signatures: %w", err)
	}
	a.Suspensions, err = loadSuspensions(tx, id)
	return a, err
}

// documents are accords as they stand in the store, by their text: they are few,
// what a text says does not change, and most acts read one. They are shared, so
// nobody changes one in place.
var documents sync.Map

func documentOf(text string) (stored, error) {
	if known, ok := documents.Load(text); ok {
		return known.(stored), nil
	}
	var s stored
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return s, fmt.Errorf("accord document: %w", err)
	}
	documents.Store(text, s)
	return s, nil
}
