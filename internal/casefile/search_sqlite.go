package casefile

import (
	"fmt"

	"github.com/oasiss/oasiss/internal/store"
)

// Full-text search by SQLite's FTS5. Contentless: the table holds the inverted
// index and not the text. Words are folded (accents, case) by the tokenizer.
// secure-delete takes removed words out of the index pages in place, so that
// what left the index is not found in the file either.
const (
	createText = `CREATE VIRTUAL TABLE IF NOT EXISTS search_text USING fts5(words, who, content='', tokenize='unicode61 remove_diacritics 2')`
	secureText = `INSERT INTO search_text (search_text, rank) VALUES ('secure-delete', 1)`
	insertText = `INSERT INTO search_text (rowid, words, who) VALUES ($1, $2, $3)`
	deleteText = `INSERT INTO search_text (search_text, rowid, words, who) VALUES ('delete', $1, $2, $3)`
	emptyText  = `INSERT INTO search_text (search_text) VALUES ('delete-all')`
	// findText is newest first by rowid; ordering by rank would read every hit.
	findText = `SELECT r.noun, r.object, r.case_id FROM search_text t JOIN search_row r ON r.id = t.rowid
		WHERE search_text MATCH $1 ORDER BY t.rowid DESC LIMIT $2`
)

// prepareText makes the index on its first use.
func prepareText(tx *store.Tx) error {
	has, err := hasText(tx)
	if has || err != nil {
		return err
	}
	if err := tx.Exec(createText); err != nil {
		return fmt.Errorf("text index: %w", err)
	}
	return tx.Exec(secureText)
}

func hasText(tx *store.Tx) (bool, error) {
	var n int
	if err := tx.QueryRow(`SELECT COUNT(*) FROM sqlite_master WHERE name = 'search_text'`).Scan(&n); err != nil {
		return false, fmt.Errorf("text index: %w", err)
	}
	return n > 0, nil
}

func textIn(tx *store.Tx, id int64, row indexed) error {
	if err := prepareText(tx); err != nil {
		return err
	}
	return tx.Exec(insertText, id, row.Words, row.Who)
}

// textOut needs the very words that went in: a contentless index does not
// know them.
func textOut(tx *store.Tx, id int64, row indexed) error {
	return tx.Exec(deleteText, id, row.Words, row.Who)
}

func textEmpty(tx *store.Tx) error {
	if err := prepareText(tx); err != nil {
		return err
	}
	return tx.Exec(emptyText)
}
