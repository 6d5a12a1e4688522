package store_test

import (
	"database/sql"
	"testing"

	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/store/storetest"
)

// A table whose key is a number is found by SQLite's own number of its rows:
// no second tree stands beside the facts, their bodies and their leaves.
func TestNumberedTablesHaveOneTree(t *testing.T) {
	db := storetest.OpenSQLite(t)
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		return store.Each(tx, func(rows *sql.Rows) error {
			var table string
			err := rows.Scan(&table)
			t.Errorf("table %s has a second tree for its key", table)
			return err
		}, `SELECT m.name FROM sqlite_master m JOIN pragma_index_list(m.name) i ON i.origin = 'pk' JOIN pragma_index_info(i.name) c
			JOIN pragma_table_info(m.name) t ON t.name = c.name
			WHERE m.type = 'table' AND t.type LIKE '%INT%' AND (SELECT COUNT(*) FROM pragma_index_info(i.name)) = 1`)
	})
	if err != nil {
		t.Fatal(err)
	}
}
