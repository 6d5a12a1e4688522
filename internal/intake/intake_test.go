package intake

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/insight"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// desk is a node with somebody who takes files in.
type desk struct {
	*acttest.Node
	t  *testing.T
	by access.Actor
}

func open(t *testing.T) *desk {
	t.Helper()
	n := acttest.New(t, "us", []func(*journal.Kinds){casefile.Facts, insight.Facts, Facts}, casefile.Verbs, insight.Verbs, Verbs)
	n.Offices("usbp-rgv", "ofo-laredo")
	return &desk{n, t, n.Person("u1", "usbp-rgv", access.RoleProsecutions, access.RoleIntake)}
}

// send is a node's answer to a batch, as the client would bring it.
func (k *desk) send(ctx context.Context, _, key string, cmd act.Command) (json.RawMessage, error) {
	purpose := wire.PurposeProsecution
	if _, figures := cmd.(*insight.Import); figures {
		purpose = wire.PurposeStatistics
	}
	res, err := k.Do(ctx, k.by, key, purpose, cmd)
	return res.Told, err
}

// refusedRow is a row that an import refused.
type refusedRow struct {
	line int
	code string
}

// run imports a file, and checks that every row read has one fate.
func (k *desk) run(m *Mapping, name string, raw []byte, more ...func(*Run)) (Report, []refusedRow) {
	k.t.Helper()
	table, err := ReadTable(m, bytes.NewReader(raw))
	if err != nil {
		k.t.Fatal(err)
	}
	var out []refusedRow
	r := Run{Mapping: m, File: name, Send: k.send, Refuse: func(rec Record, why error) error {
		no, _ := refusal.As(why)
		out = append(out, refusedRow{rec.Line, no.Code})
		return nil
	}}
	for _, f := range more {
		f(&r)
	}
	rep, err := r.Do(context.Background(), table)
	if err != nil {
		k.t.Fatal(err)
	}
	if rep.Imported+rep.Updated+rep.Unchanged+rep.Filtered+rep.Refused != rep.Read || rep.Refused != len(out) {
		k.t.Errorf("the rows read do not add up: %+v, %d refused", rep, len(out))
	}
	slices.SortFunc(out, func(a, b refusedRow) int { return a.line - b.line })
	return rep, out
}

func dry(r *Run) { r.DryRun = true }

// counted sums what the node holds of a source.
func (k *desk) counted(source, name string) (rows int, sum int64) {
	k.t.Helper()
	k.Read(func(tx *store.Tx) error {
		all, err := store.Docs[insight.Row](tx, `SELECT doc FROM stat_event WHERE source = $1 ORDER BY key`, source)
		for _, r := range all {
			rows, sum = rows+1, sum+r.Counts[name]
		}
		return err
	})
	return rows, sum
}

// number counts the rows of a table.
func (k *desk) number(table string) (n int) {
	k.t.Helper()
	k.Read(func(tx *store.Tx) error { return tx.QueryRow(`SELECT COUNT(*) FROM ` + table).Scan(&n) })
	return n
}

// shipped reads a mapping of examples/import.
func shipped(t testing.TB, name string) *Mapping {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "examples", "import", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // only read
	m, err := ReadMapping(f)
	if err != nil {
		t.Fatalf("%s: %v: %v", name, err, said(err))
	}
	return m
}

func mapping(t testing.TB, text string) *Mapping {
	t.Helper()
	m, err := ReadMapping(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v: %v", err, said(err))
	}
	return m
}

// said is every sentence of an error, for a failing test to show.
func said(err error) []string {
	if f, ok := err.(Faults); ok { //nolint:errorlint // made here
		return f.In(i18n.English)
	}
	return nil
}

func extract(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
