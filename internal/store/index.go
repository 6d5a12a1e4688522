package store

import (
	"context"
	"fmt"
)

// Index is what is kept beside the state so that a list or a search needs not
// derive it for every row: no fact makes it and no promise rests on it. The acts
// that change what it says keep it, and it is made anew from what the node has
// where it was written in an earlier form.
type Index struct {
	Name   string   // in errors
	Tables []string // its rows
	Marked string   // the table that says in which form they stand
	// Form is the form in which rows stand now. It counts up with what a row says:
	// one of an earlier form is not found by all that it should be found by.
	Form int
	Make func(*Tx) error // writes every row, into tables that are empty
}

// Current makes the index anew where it was written in an earlier form. A node
// asks it before it opens its doors.
func (x Index) Current(ctx context.Context, db *DB) error {
	var form int
	read := func(tx *Tx) (err error) {
		form, err = x.form(tx)
		return err
	}
	if err := db.Read(ctx, read); err != nil || form == x.Form {
		return err
	}
	return db.Write(ctx, func(tx *Tx) error {
		if err := read(tx); err != nil || form == x.Form { // another process of this node was first
			return err
		}
		return x.Rebuild(tx)
	})
}

// form is the form in which the rows stand; none where the index was never made.
func (x Index) form(tx *Tx) (form int, err error) {
	if err := tx.QueryRow(`SELECT COALESCE(MAX(form), 0) FROM ` + x.Marked).Scan(&form); err != nil {
		return 0, fmt.Errorf("form of the %s: %w", x.Name, err)
	}
	return form, nil
}

// begunKey is an index's among what a transaction knows: whether it is kept.
type begunKey string

// Begun reports whether the index is kept. It is not while a journal is replayed
// into an empty store: Current makes it before anybody reads.
func (x Index) Begun(tx *Tx) (bool, error) {
	if is, known := tx.Known(begunKey(x.Marked)); known {
		return is.(bool), nil
	}
	form, err := x.form(tx)
	if err != nil {
		return false, err
	}
	tx.Keep(begunKey(x.Marked), form > 0)
	return form > 0, nil
}

// Rebuild makes the whole index anew. It changes no state and may run at any time.
func (x Index) Rebuild(tx *Tx) error {
	for _, table := range append([]string{x.Marked}, x.Tables...) {
		if err := tx.Exec(`DELETE FROM ` + table); err != nil {
			return fmt.Errorf("rebuild the %s: %w", x.Name, err)
		}
	}
	if err := tx.Exec(`INSERT INTO `+x.Marked+` (form) VALUES ($1)`, x.Form); err != nil {
		return fmt.Errorf("rebuild the %s: %w", x.Name, err)
	}
	tx.Keep(begunKey(x.Marked), true)
	if err := x.Make(tx); err != nil {
		return fmt.Errorf("rebuild the %s: %w", x.Name, err)
	}
	return nil
}
