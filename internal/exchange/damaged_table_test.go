package exchange_test

import (
	"bytes"
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/store/storetest"
	"github.com/oasiss/oasiss/wire"
)

// Whatever table facts make, a flipped bit of it differs from what replaying
// the facts gives; and every column of the store is held against something, or
// named in unseen.
func TestDamagedTableDiffersFromItsReplay(t *testing.T) {
	t.Parallel()
	us, mx := pair(t)
	if us.DB.Dialect() != store.SQLite {
		t.Skip("the statements are SQLite's")
	}
	late := us.Acts.Now().Add(time.Hour)
	us.enter(wire.PurposeProsecution, &note{Envelope: journal.Envelope{Case: "case-1", To: wire.Address{Node: "mx"}, Expires: late}, Text: "late"})
	us.skew.Store(int64(2 * time.Hour))
	us.start()
	mx.start()
	us.says(mx, "one", "against the procedure")
	mx.says(us, "two")
	us.enter(wire.PurposeAdministration, &exchange.Alarm{Peer: "mx", Code: "drill", About: "x", Evidence: &wire.Histories{}})
	eventually(t, "settled", func() bool { return us.queued(mx) == 0 && mx.queued(us) == 0 && us.state(mx).Expired == 1 })
	us.stop()
	again := storetest.Open(t)
	if _, err := journal.Replay(t.Context(), us.Kinds, us.DB, again); err != nil {
		t.Fatal(err)
	}
	held := map[string]bool{}
	for _, p := range append(flipped, numbers...) {
		held[p.table+"."+p.column] = true
	}
	var all []place
	us.Read(func(tx *store.Tx) error {
		tables, err := tx.Tables()
		if err != nil {
			return err
		}
		for _, table := range tables {
			err := store.Each(tx, func(rows *sql.Rows) error {
				p := place{table: table}
				err := rows.Scan(&p.column)
				all = append(all, p)
				return err
			}, `SELECT name FROM pragma_table_info($1)`, table)
			if err != nil {
				return err
			}
		}
		return nil
	})
	tried := 0
	for _, p := range all {
		name := p.table + "." + p.column
		_, apart := journal.NotDerived[p.table]
		_, one := unseen[name]
		_, whole := unseen[p.table+".*"]
		switch {
		case held[name], one, whole, strings.HasPrefix(p.table, "search_"):
		case apart || slices.Contains([]string{"fact", "body", "leaf"}, p.table):
			t.Errorf("%s: nothing says whether a flipped bit is noticed", name)
		default:
			tried += differs(t, us, again, p)
		}
	}
	if tried < 35 {
		t.Errorf("only %d columns with something in them", tried)
	}
}

// differs changes a column of a table that facts make, and puts it back. It
// reports whether there was anything to change.
func differs(t *testing.T, n *node, again *store.DB, p place) int {
	t.Helper()
	f := flips{t: t, n: n}
	p.key = p.column
	rows := f.rows(p)
	if len(rows) == 0 {
		return 0
	}
	r := rows[len(rows)-1]
	set := func(value string, args ...any) {
		t.Helper()
		err := n.DB.Write(t.Context(), func(tx *store.Tx) error {
			return tx.Exec(`UPDATE "`+p.table+`" SET `+p.column+` = `+value+` WHERE `+rowNumber(p.table)+` IN ($1, $1 + 4096)`, append([]any{r.id}, args...)...) // a key is the row's number, and moves with it
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := strconv.ParseInt(string(r.value), 10, 64); err == nil {
		set(p.column + ` + 4096`)
		defer set(p.column + ` - 4096`)
	} else {
		b := bytes.Clone(r.value)
		b[0] ^= 1
		set("$2", string(b))
		defer set("$2", string(r.value))
	}
	differ, err := journal.Compare(t.Context(), n.DB, again)
	if err != nil || !slices.Equal(differ, []string{p.table}) {
		t.Errorf("%s.%s changed: %v differ, %v", p.table, p.column, differ, err)
	}
	return 1
}
