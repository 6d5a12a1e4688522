package casefile

import (
	"strings"

	"github.com/oasiss/oasiss/internal/store"
)

// fts5 is full-text search by SQLite's FTS5. Contentless: the table holds the
// inverted index and not the text. Beginnings come folded, and its tokenizer leaves
// them as they are. secure-delete takes removed words out of the index pages in
// place, so that what left the index is not found in the file either.
type fts5 struct{}

func (fts5) in(tx *store.Tx, id int64, row indexed) error {
	return tx.Exec(`INSERT INTO search_text (rowid, words, who) VALUES ($1, $2, $3)`, id, strings.Join(beginnings(row.Words), " "), row.Who)
}

func (fts5) out(tx *store.Tx, id int64, row indexed) error {
	return tx.Exec(`INSERT INTO search_text (search_text, rowid, words, who) VALUES ('delete', $1, $2, $3)`, id, strings.Join(beginnings(row.Words), " "), row.Who)
}

func (fts5) empty(tx *store.Tx) error {
	return tx.Exec(`INSERT INTO search_text (search_text) VALUES ('delete-all')`)
}

// find is newest first by rowid; ordering by rank would read every hit.
func (fts5) find(q textQuery) (statement, match string) {
	parts := []string{`who : "` + q.who + `"`}
	for _, tokens := range q.any {
		parts = append(parts, `who : ("`+strings.Join(tokens, `" OR "`)+`")`)
	}
	if len(q.words) > 0 {
		terms := make([]string, len(q.words))
		for i, w := range q.words {
			terms[i] = `"` + w + `"`
		}
		text := strings.Join(terms, " AND ")
		if q.joined != "" {
			text = "(" + text + `) OR "` + q.joined + `"`
		}
		parts = append(parts, `words : (`+text+`)`)
	}
	return `SELECT r.id, r.noun, r.object, r.case_id FROM search_text t JOIN search_row r ON r.id = t.rowid
		WHERE search_text MATCH $1 AND t.rowid < $2 ORDER BY t.rowid DESC LIMIT $3`, strings.Join(parts, " AND ")
}
