package casefile

import (
	"context"
	"fmt"

	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
)

// indexForm is the form in which rows stand in the index now. A row of an
// earlier form is not found by all that it should be found by.
const indexForm = 4

// Current makes the index anew where it was written in an earlier form. A node
// asks it before it opens its doors.
func Current(ctx context.Context, db *store.DB, ring *seal.Keyring) error {
	var form int
	read := func(tx *store.Tx) error {
		if err := tx.QueryRow(`SELECT COALESCE(MAX(form), 0) FROM search_form`).Scan(&form); err != nil {
			return fmt.Errorf("form of the index: %w", err)
		}
		return nil
	}
	if err := db.Read(ctx, read); err != nil || form == indexForm {
		return err
	}
	return db.Write(ctx, func(tx *store.Tx) error {
		if err := read(tx); err != nil || form == indexForm { // another process of this node was first
			return err
		}
		return Rebuild(tx, ring)
	})
}

// Rebuild makes the whole index anew from what the node can open. It changes
// no state and may run at any time.
func Rebuild(tx *store.Tx, ring *seal.Keyring) error {
	for _, q := range []string{`DELETE FROM search_row`, `DELETE FROM search_token`, `DELETE FROM search_form`} {
		if err := tx.Exec(q); err != nil {
			return fmt.Errorf("rebuild search: %w", err)
		}
	}
	if err := tx.Exec(`INSERT INTO search_form (form) VALUES ($1)`, indexForm); err != nil {
		return fmt.Errorf("rebuild search: %w", err)
	}
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
		list, err := ids(tx, part.query)
		if err != nil {
			return fmt.Errorf("rebuild search: %w", err)
		}
		for _, id := range list {
			if err := part.one(id); err != nil && !isAbsent(err) {
				return err
			}
		}
	}
	return nil
}
