package test

import (
	"database/sql"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// small are tables that a list may read whole: they grow with the programme, its
// people and faults of the link, and not with its cases.
var small = []string{"CONSTANT", "accord", "app_user", "backup", "cosignature", "link_refused", "link_voided", "office", "office_contact", "peer", "proposal", "quarantine", "session"}

// walks are the statements that walk a table which grows, or join two, each by
// its beginning and with the reason why it may. What is not here may not.
var walks = map[string]string{
	"SELECT seq, at FROM fact ORDER BY seq DESC LIMIT 1":          "one row, from the end",
	"SELECT (SELECT at FROM fact ORDER BY seq LIMIT 1)":           "one row from either end",
	"SELECT r.doc FROM referral r WHERE":                          "from one end, until there are enough",
	"SELECT q.due, q.newest, q.referral FROM referral_queue q":    "from one end, until there are enough",
	"SELECT q.referral, q.case_id, q.handling":                    "what is counted along the border, read off the index alone",
	"SELECT q.case_id FROM protection_queue q":                    "from one end, until there are enough",
	"SELECT seq, id, kind, at, case_id, referral_id, object FROM": "the change feed: from a place in the journal, until there are enough",
	"SELECT x.doc FROM alert x WHERE":                             "alerts are few beside cases",
	"SELECT COUNT(*) FROM alert x JOIN membership m":              "alerts are few beside cases",
	"SELECT x.doc FROM protection_violence x":                     "what is told apart is little beside cases",
	"SELECT x.doc FROM screening_anomaly x":                       "screenings too fast to be read are few",
	"SELECT r.doc FROM reveal r WHERE r.until = 0":                "of the identities asked for",
	"SELECT doc FROM withdrawal WHERE":                            "of consents taken back",
	"SELECT o.doc FROM forget_order o WHERE o.decided = 0":        "of orders to forget",
	"SELECT o.doc FROM erase_order o WHERE o.decided = 0":         "of orders to erase",
	"SELECT q.doc FROM expunge_request q":                         "of requests to expunge",
	"SELECT r.doc FROM person_request r":                          "of requests by a person",
	"SELECT n.doc FROM consular_notice n LEFT JOIN consular_ask":  "who asks for the consulate is one of many",
	"SELECT x.doc FROM correction x JOIN referral f":              "of corrections that were granted",
	"SELECT node, gives, peer, receives, n FROM hand_over_sheet":  "a reconciliation is of all sheets",
	"SELECT p.doc, u.used FROM passkey p LEFT JOIN passkey_use u": "the passkeys of one person",
	"SELECT u.doc FROM app_user u JOIN grants g":                  "of the people of an office",
	"SELECT a.peer, a.code, a.about, a.lane, a.at, e.doc":         "the last twenty alarms of a peer",
}

// TestListsReadByTheirIndex opens every list of both doors and asks SQLite
// how it would run each statement: one that walks a table which grows with the
// cases, or that joins two tables, is a list that stands still once there are
// ten thousand of them.
func TestListsReadByTheirIndex(t *testing.T) {
	w := newWorld(t)
	f := w.file()
	w.presented(f)
	seen := map[string]string{}
	o := &onlooker{t, w, people["us"][2], wire.PurposeProsecution, w.user["us/kestrelle"].Token}
	adviser := &onlooker{t, w, people["us"][4], wire.PurposeProtection, w.user["us/ravenel"].Token}
	looks := map[string]*onlooker{"/?adviser": adviser}
	for _, path := range o.lists(t) {
		looks[path] = o
	}
	for path, by := range looks {
		_, did := by.inside(http.MethodGet, path, nil)
		for _, q := range did.statements {
			if strings.HasPrefix(strings.TrimSpace(q), "SELECT") && seen[q] == "" {
				seen[q] = path
			}
		}
	}
	if len(seen) < 40 {
		t.Errorf("the lists ran only %d statements", len(seen))
	}
	used := map[string]bool{}
	for q, path := range seen {
		text := strings.Join(strings.Fields(q), " ")
		for _, fault := range w.plan(q) {
			if begins, ok := walk(text); ok {
				used[begins] = true
				continue
			}
			t.Errorf("%s: %s: %s", path, fault, text)
		}
	}
	for begins := range walks {
		if !used[begins] {
			t.Errorf("no list runs a statement that walks and begins with %q", begins)
		}
	}
	both := `SELECT c.doc FROM membership m JOIN casefile c ON c.id = m.object_id WHERE m.object_type = 'case' AND m.office = $1`
	if len(w.plan(both)) == 0 {
		t.Error("a list of two tables is not noticed")
	}
	if len(w.plan(`SELECT doc FROM casefile ORDER BY number`)) == 0 {
		t.Error("a list that walks the cases is not noticed")
	}
}

func walk(text string) (begins string, ok bool) {
	for begins := range walks {
		if strings.HasPrefix(text, begins) {
			return begins, true
		}
	}
	return "", false
}

// lists are the reads that take no id, of both doors.
func (o *onlooker) lists(t *testing.T) (paths []string) {
	for name := range operations(t) {
		method, path, _ := strings.Cut(name, " ")
		if method == "get" && !strings.Contains(path, "{") {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return append(paths, listPages...)
}

var parameter = regexp.MustCompile(`\$(\d+)`)

// plan says what is wrong with how the us node's engine would run a query.
func (w *world) plan(q string) (faults []string) {
	n := 0
	for _, m := range parameter.FindAllStringSubmatch(q, -1) {
		i, err := strconv.Atoi(m[1])
		w.ok(err)
		n = max(n, i)
	}
	tables := map[int][]string{} // by the step that they are part of
	w.ok(w.nodes["us"].DB.Read(w.t.Context(), func(tx *store.Tx) error {
		return store.Each(tx, func(rows *sql.Rows) error {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				return err
			}
			how, rest, _ := strings.Cut(detail, " ")
			table, _, _ := strings.Cut(rest, " ")
			if how != "SCAN" && how != "SEARCH" {
				return nil
			}
			if !strings.Contains(detail, "USING INTEGER PRIMARY KEY (rowid=?)") { // one row, by its number
				tables[parent] = append(tables[parent], table)
			}
			if how == "SCAN" && !slices.Contains(small, table) {
				faults = append(faults, detail)
			}
			return nil
		}, "EXPLAIN QUERY PLAN "+q, make([]any, n)...)
	}))
	for _, together := range tables {
		// what an office may know is asked row by row, by a key
		together = slices.DeleteFunc(together, func(table string) bool { return table == "narrow" })
		if len(together) > 1 {
			faults = append(faults, fmt.Sprintf("joins %v", together))
		}
	}
	return faults
}

// TestAnAdvisersDayAsksTheSame: the day of the victim adviser runs as many
// statements over twenty cases that wait as over ten.
func TestAnAdvisersDayAsksTheSame(t *testing.T) {
	w := oneNode(t)
	adviser := &onlooker{t, w, people["us"][4], wire.PurposeProtection, w.user["us/ravenel"].Token}
	wait := func(n int) {
		for range n {
			c := w.take("us", "kestrelle", wire.PurposeProsecution, "case.open", map[string]any{"title": "A trailer"})
			w.take("us", "kestrelle", wire.PurposeProsecution, "case.add_person", map[string]any{"case": c, "given": "Remedios", "paterno": "Carballeda", "birth": "1991-06-07", "role": "witness", "source": "observation"})
		}
	}
	asked := func() int {
		page, did := adviser.inside(http.MethodGet, "/", nil)
		if !strings.Contains(page, text("gates.shut", nil)) {
			t.Fatalf("nothing waits:\n%s", page)
		}
		return len(did.statements)
	}
	wait(10)
	few := asked()
	wait(10)
	if many := asked(); many != few {
		t.Errorf("%d statements over ten cases, %d over twenty", few, many)
	}
}

// TestAnInboxNarrowedByWordsReadsWhatItShows: however many referrals say something
// else, as many statements are run, and a number is looked up in its index and not
// held against one row after another.
func TestAnInboxNarrowedByWordsReadsWhatItShows(t *testing.T) {
	w := newWorld(t)
	o := &onlooker{t, w, people["us"][2], wire.PurposeProsecution, w.user["us/kestrelle"].Token}
	drafts := func(n int) (number string) {
		for range n {
			f := w.file()
			id := w.take("us", "kestrelle", wire.PurposeProsecution, "referral.draft", map[string]any{"case": f.id, "node": "mx", "office": "fgr-tamps"})
			var r referral.Shown
			w.ok(w.as("us", "kestrelle", wire.PurposeProsecution).Get(t.Context(), "referrals/"+id, &r))
			number = r.Number
		}
		return number
	}
	number := drafts(2)
	asked := func() (statements []string) {
		page, did := o.inside(http.MethodGet, "/referrals?words="+number[3:], nil)
		if strings.Count(page, `href="/referrals/`) == 0 || !strings.Contains(page, number) {
			t.Fatalf("%s is not found:\n%s", number, page)
		}
		return did.statements
	}
	few := asked()
	drafts(3)
	many := asked()
	if len(many) != len(few) {
		t.Errorf("%d statements over two referrals, %d over five", len(few), len(many))
	}
	looked := false
	for _, q := range many {
		if strings.Contains(q, "referral_number n") {
			looked = true
			for _, fault := range w.plan(q) {
				t.Errorf("%s: %s", fault, q)
			}
		}
	}
	if !looked {
		t.Error("the index of numbers is not asked")
	}
}
