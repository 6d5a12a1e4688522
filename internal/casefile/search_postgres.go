package casefile

import (
	"strings"

	"github.com/oasiss/oasiss/internal/store"
)

// tsvector is full-text search by PostgreSQL's text search vectors. Words are
// folded here, so that both engines find the same; positions are not kept, so
// that a row tells which words occur and not the text.
type tsvector struct{}

// Words and readers stand in one vector, told apart by their first letters.
const (
	lexemeWord   = "w"
	lexemeReader = "r"
)

func (tsvector) in(tx *store.Tx, id int64, row indexed) error {
	var lexemes []string
	for _, w := range beginnings(row.Words) {
		lexemes = append(lexemes, lexemeWord+w)
	}
	for _, w := range strings.Fields(row.Who) {
		lexemes = append(lexemes, lexemeReader+w)
	}
	return tx.Exec(`INSERT INTO search_text (id, lexemes) VALUES ($1, array_to_tsvector($2::text[]))`, id, lexemes)
}

func (tsvector) out(tx *store.Tx, id int64, _ indexed) error {
	return tx.Exec(`DELETE FROM search_text WHERE id = $1`, id)
}

func (tsvector) empty(tx *store.Tx) error { return tx.Exec(`DELETE FROM search_text`) }

func (tsvector) find(q textQuery) (statement, match string) {
	parts := []string{lexemeReader + q.who}
	for _, tokens := range q.any {
		parts = append(parts, "("+lexemeReader+strings.Join(tokens, " | "+lexemeReader)+")")
	}
	if len(q.words) > 0 {
		terms := make([]string, len(q.words))
		for i, w := range q.words {
			terms[i] = lexemeWord + w
		}
		text := strings.Join(terms, " & ")
		if q.joined != "" {
			text = "(" + text + ") | " + lexemeWord + q.joined
		}
		parts = append(parts, "("+text+")")
	}
	return `SELECT r.id, r.noun, r.object, r.case_id FROM search_text t JOIN search_row r ON r.id = t.id
		WHERE t.lexemes @@ $1::tsquery AND t.id < $2 ORDER BY t.id DESC LIMIT $3`, strings.Join(parts, " & ")
}
