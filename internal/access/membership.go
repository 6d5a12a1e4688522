package access

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Member makes an office a member of an object: the office may know of it.
// Only an apply calls it. An office already a member stays one.
func Member(tx *store.Tx, objectType, objectID, office string) error {
	return tx.Exec(`INSERT INTO membership (object_type, object_id, office) VALUES ($1, $2, $3) ON CONFLICT (object_type, object_id, office) DO NOTHING`,
		objectType, objectID, office)
}

// Unmember ends an office's membership of an object. Only an apply calls it.
func Unmember(tx *store.Tx, objectType, objectID, office string) error {
	return tx.Exec(`DELETE FROM membership WHERE object_type = $1 AND object_id = $2 AND office = $3`, objectType, objectID, office)
}

// Forget ends every membership of an object that was expunged.
func Forget(tx *store.Tx, objectType, objectID string) error {
	return tx.Exec(`DELETE FROM membership WHERE object_type = $1 AND object_id = $2`, objectType, objectID)
}

// Offices lists the offices that are members of an object, sorted.
func Offices(tx *store.Tx, objectType, objectID string) ([]string, error) {
	var out []string
	err := store.Each(tx, func(rows *sql.Rows) error {
		var office string
		if err := rows.Scan(&office); err != nil {
			return err
		}
		out = append(out, office)
		return nil
	}, `SELECT office FROM membership WHERE object_type = $1 AND object_id = $2 ORDER BY office`, objectType, objectID)
	return out, err
}

// OfficesOf is an expression for the offices that are members of any of some
// objects, as one text that OfficesIn reads: for a statement that reads more
// than them.
func OfficesOf(ties ...Tie) string {
	var any []string
	for _, t := range ties {
		any = append(any, fmt.Sprintf(`object_type = '%s' AND object_id = %s`, t.Type, t.Column))
	}
	return `COALESCE((SELECT string_agg(office, ' ') FROM membership WHERE ` + strings.Join(any, " OR ") + `), '')`
}

// OfficesIn reads what OfficesOf gave: sorted, each once.
func OfficesIn(text string) []string {
	offices := strings.Fields(text)
	slices.Sort(offices)
	return slices.Compact(offices)
}

// Narrow is the SQL condition that leaves of a table's rows only those that
// the actor's office could know: a superset of what Decide permits, so that
// the policies are asked about few rows. column is the qualified column that
// holds the object's id ("c.id"), next the number of the first free $
// parameter; the condition takes the returned args there. The node itself is
// not narrowed, and a person without an office sees nothing.
func Narrow(by Actor, objectType, column string, next int) (condition string, args []any) {
	if by.User == "" {
		return "1 = 1", nil
	}
	return narrow(by.Office, objectType, column, next)
}

func narrow(office, objectType, column string, next int) (condition string, args []any) {
	return fmt.Sprintf(`EXISTS (SELECT 1 FROM membership narrow WHERE narrow.object_type = $%d AND narrow.object_id = %s AND narrow.office = $%d)`,
		next, column, next+1), []any{objectType, office}
}

// Tie says by which column a thing belongs to what offices are members of.
type Tie struct{ Type, Column string }

// Reached reads the JSON document of one thing by its id. In a transaction that
// reads as an office (store.Tx.Within) it finds only what that office could know
// by one of the ties; sql.ErrNoRows otherwise. What others have is so missed by
// the very statement that misses what is not there: the two take the same work,
// and nothing tells them apart (R09). The query ends in its WHERE.
func Reached[T any](tx *store.Tx, query string, args []any, ties ...Tie) (T, error) {
	and, office := Reach(tx, 1+len(args), ties...)
	v, err := store.Doc[T](tx, query+and, append(args, office...)...)
	if id, ok := args[0].(string); ok && errors.Is(err, sql.ErrNoRows) {
		tx.Miss(id)
	}
	return v, err
}

// OrAbsent refuses as absent what was looked for by its id and not found; what is
// what it is, in an error.
func OrAbsent(err error, what string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return refusal.NotFound()
	}
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// Reach is the condition that Reached appends to a WHERE, next the number of the
// first free $ parameter. It is empty in the node's own transactions.
func Reach(tx *store.Tx, next int, ties ...Tie) (and string, args []any) {
	office, narrowed := tx.Eyes()
	if !narrowed {
		return "", nil
	}
	var any []string
	for _, t := range ties {
		condition, more := narrow(office, t.Type, t.Column, next+len(args))
		any, args = append(any, condition), append(args, more...)
	}
	return " AND (" + strings.Join(any, " OR ") + ")", args
}
