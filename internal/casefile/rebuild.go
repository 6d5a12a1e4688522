package casefile

import (
	"fmt"

	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
)

// Index is what cases and what hangs on them are found by, made from what the
// node can open.
func Index(ring *seal.Keyring) store.Index {
	return store.Index{
		Name: "text index", Tables: []string{"search_row", "search_token"}, Marked: "search_form", Form: 4,
		Make: func(tx *store.Tx) error { return makeIndex(tx, ring) },
	}
}

func makeIndex(tx *store.Tx, ring *seal.Keyring) error {
	if err := textOf(tx).empty(tx); err != nil {
		return err
	}
	type part struct {
		query string
		one   func(id string) error
	}
	parts := []part{
		{`SELECT id FROM casefile ORDER BY opened, id`, func(id string) error { return index(tx, ring, ring, id, typeCase, id) }},
		{`SELECT id FROM case_item WHERE noun IN ('event', 'organisation', 'vehicle', 'phone') ORDER BY at, id`, func(id string) error {
			i, err := LoadItem(tx, id)
			if err != nil {
				return err
			}
			return index(tx, ring, ring, i.Case, i.Noun, id)
		}},
		{`SELECT id FROM case_person WHERE merged IS NULL ORDER BY id`, func(id string) error { return reindexPerson(tx, ring, ring, id) }},
	}
	for _, f := range findings {
		parts = append(parts, part{f.All, func(id string) error { return f.list(tx, ring, ring, id) }})
	}
	for _, part := range parts {
		list, err := store.Column[string](tx, part.query)
		if err != nil {
			return fmt.Errorf("what is found: %w", err)
		}
		for _, id := range list {
			if err := part.one(id); err != nil && !isAbsent(err) {
				return err
			}
		}
	}
	return nil
}
