package exchange_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// place is a column of a node's store of which every byte is flipped in turn.
type place struct {
	table, column string
	key           string // tells its rows, and stands in the fault that names one
	binary        bool
}

// flipped are the columns that verifying holds against what was signed.
var flipped = []place{
	{"body", "bytes", "seq", true}, {"leaf", "digest", "n + 1", true},
	{"fact", "id", "seq", false}, {"fact", "kind", "seq", false}, {"fact", "node", "seq", false}, {"fact", "case_id", "seq", false},
	{"fact", "referral_id", "seq", false}, {"fact", "actor", "seq", false},
	{"tile", "data", "n", true}, {"checkpoint", "note", "size", true}, {"cosignature", "line", "size", true}, {"cosignature", "peer", "size", false},
	{"witnessed", "peer", "peer", false}, {"witnessed", "root", "peer", true}, {"witnessed", "note", "peer", true}, {"quarantine", "bytes", "digest", true}, {"quarantine", "digest", "digest", false},
	{"outbox", "peer", "fact", false}, {"outbox", "lane", "fact", false}, {"outbox", "void", "fact", false},
	{"lane_head", "peer", "lane", false}, {"lane_head", "lane", "lane", false}, {"lane_head", "digest", "lane", false}, {"lane_head", "way", "lane", false},
	{"sealkey", "id", "id", false}, {"sealkey", "subject", "id", false}, {"sealkey", "wrapped", "id", true},
}

// numbers are the integers that are, bit by bit.
var numbers = []place{
	{"fact", "seq", "seq", true}, {"fact", "at", "seq", true}, {"fact", "behind", "seq", true}, {"fact", "forgotten", "seq", true}, {"fact", "row_sum", "seq", true},
	{"body", "seq", "seq", true}, {"leaf", "n", "n", true}, {"tile", "level", "n", true}, {"tile", "n", "n", true},
	{"checkpoint", "size", "size", true}, {"cosignature", "size", "size", true}, {"cosignature", "at", "size", true}, {"witnessed", "size", "size", true},
	{"outbox", "fact", "fact", true}, {"outbox", "seq", "fact", true}, {"outbox", "epoch", "fact", true}, {"outbox", "expires", "fact", true},
	{"lane_head", "epoch", "fact", true}, {"lane_head", "next", "fact", true}, {"lane_head", "done", "fact", true}, {"lane_head", "fact", "fact", true},
}

// unseen are the columns that promise nothing, and why a flipped bit there harms
// nobody. docs/architecture.md says the same, "Damage on the disk".
var unseen = map[string]string{
	"checkpoint.at": "when it was made: shown only; the signature of the peer has a time of its own", "witnessed.at": "as checkpoint.at",
	"sealkey.created": "shown to nobody", "sealkey.destroyed": "when; that it is, is held against the key's absence. Of a destroyed key no more is held: it opens nothing",
	"outbox.void_at": "when it was written off: the journal says so, too",
	"lane_head.open": "whether the peer is asked before anything is sent; it is asked after every start in any case",
	"contact.*":      "when a peer was heard and how its clock stood: written anew with the next word",
	"look.*":         "how a person reads the pages: a damaged one reads them otherwise",
	"session.*":      "who is signed in: known by a digest; one that is damaged signs in nobody", "attempt.*": "failed sign-ins: gone after minutes",
	"authenticator.*": "a damaged password lets nobody in; two people give another", "invitation.*": "one use, and known by a digest", "founding_link.*": "as invitation",
	"prepared.*": "an act shown and not signed: sealed; one that is damaged is shown again", "prepared_about.*": "what it is about: read only to drop it", "command.*": "what a repeat of a key is answered with",
	"passkey_use.*": "when it was last used: shown only; a counter that is damaged is an alarm at the next use, or catches one copy less",
	"totp.*":        "a damaged seed lets nobody in; sealed", "recovery_code.*": "one use, and known by a digest", "challenge.*": "what was answered: gone after minutes",
	"file_upload.*": "an upload under way: what comes of it is held by its digest", "file_upload_chunk.*": "as file_upload",
	"confirmed.*": "a peer is shown the keys once more", "restored.*": "a peer is asked once more, or was asked",
	"quarantine.*": "who sent it, and when: beside bytes that nothing rests on", "goose_db_version.*": "the migrations refuse to run",
	"sqlite_sequence.*": "the engine's own", "search_*": "made anew from the state", "shelf.*": "what somebody keeps of their own searches and charts: sealed, and kept again if it no longer opens", "decoy.*": "a note of oversight, which its fact holds", "decoy_touch.*": "the same",
	"protection_queue.*": "an index made anew from the cases: each that a day shows is weighed anew, a damaged row stands elsewhere in it", "protection_queue_form.*": "its form",
	"referral_queue.*": "an index made anew from the referrals: what a list shows is derived from each, a damaged row stands elsewhere in it", "referral_queue_form.*": "its form", "referral_number.*": "an index of the numbers, made anew with it",
	"mail.*":      "what waits for the mail server, by a number: what it leads to is decided anew for who opens it",
	"case_look.*": "which access facts a case lists as its own: each is in the journal, and held there",
	"draft.*":     "what somebody has typed and not recorded: sealed, and typed again if it no longer opens",
}

// soaking says that the run is a long one.
func soaking() bool { return os.Getenv("OASISS_SOAK") != "" }

var errPutBack = errors.New("flipped, looked at, and put back")

// A flipped bit in whatever byte of what a node stores is found by verifying,
// and told by the name of what is damaged. Everything else is a table made of
// facts, which a replay finds (TestDamagedTableDiffersFromItsReplay), or stands
// in unseen with the reason why nothing is promised of it.
func TestEveryStoredByteFlippedIsNoticed(t *testing.T) {
	us, mx := pair(t)
	if us.DB.Dialect() != store.SQLite {
		t.Skip("finds rows again by SQLite's own number of them; what is flipped, and what looks at it, is the same on both engines")
	}
	var facts []journal.Fact
	for i := range 260 {
		facts = append(facts, &note{Envelope: journal.Envelope{Case: "case-1", Referral: "ref-1", To: wire.Address{Node: "mx"}}, Text: fmt.Sprint("note ", i)})
	}
	us.enter(wire.PurposeProsecution, facts...)
	us.start()
	mx.start()
	mx.says(us, "answer")
	us.says(mx, "against the procedure")
	eventually(t, "settled", func() bool { return us.queued(mx) == 0 && mx.queued(us) == 0 })
	eventually(t, "cosigned", func() bool { return us.state(mx).Cosigned.Size > 256 && mx.state(us).Cosigned.Size > 256 })
	us.link.Load().Close()
	mx.link.Load().Close()
	us.says(mx, "waits", "forgotten")
	us.enter(wire.PurposeLifeAtRisk, &alert{Envelope: journal.Envelope{To: wire.Address{Node: "mx"}, Expires: us.Acts.Now().Add(1e12)}, Text: "expires"})
	for _, n := range []*node{us, mx} {
		err := n.DB.Write(t.Context(), func(tx *store.Tx) error {
			for i := range byte(3) {
				if err := n.Ring.Store(tx, fmt.Sprint("key-", i), fmt.Sprint("person/p", i), [32]byte{i}, n.Acts.Now()); err != nil {
					return err
				}
			}
			return errors.Join(seal.DestroyKey(tx, "key-2", n.Acts.Now()), forgetNewest(tx, "test.note.1"))
		})
		if err != nil {
			t.Fatal(err)
		}
		f := flips{t: t, n: n}
		f.look("as it is", nil, func(*store.Tx) error { return nil })
		for _, p := range flipped {
			f.bytes(p)
		}
		for _, p := range numbers {
			f.number(p)
		}
		f.vanished()
		t.Logf("%s: %d flips", n.name, f.done)
	}
}

// flips goes through one node's store.
type flips struct {
	t    testing.TB
	n    *node
	done int
}

// rowNumber is the column that tells a table's rows apart by a number: SQLite's
// own, where it keeps them by one.
func rowNumber(table string) string {
	if table == "referral_act" {
		return "seq"
	}
	return "rowid"
}

// rowOf is one value of a place.
type rowOf struct {
	id    int64 // by rowNumber
	key   string
	value []byte
}

func (f *flips) rows(p place) (out []rowOf) {
	f.t.Helper()
	kept := ""
	if p.table == "sealkey" {
		kept = ` AND wrapped IS NOT NULL`
	}
	f.n.Read(func(tx *store.Tx) error {
		return store.Each(tx, func(rows *sql.Rows) error {
			var r rowOf
			err := rows.Scan(&r.id, &r.key, &r.value)
			out = append(out, r)
			return err
		}, `SELECT `+rowNumber(p.table)+`, `+p.key+`, `+p.column+` FROM "`+p.table+`" WHERE `+p.column+` IS NOT NULL AND `+p.column+` <> ''`+kept+` ORDER BY 1`)
	})
	return out
}

// longRow is from how many bytes on a row is looked at by itself.
const longRow = 2048

// bytes flips every byte of a column: the same byte of every row at once, one
// bit of it, each of which has to be told by its row. Of columns by which rows
// are found, one row at a time. A plain run flips a few.
func (f *flips) bytes(p place) {
	f.t.Helper()
	rows := f.rows(p)
	longest := 0
	for _, r := range rows {
		longest = max(longest, min(len(r.value), longRow))
	}
	step := 1
	if !soaking() {
		step = max(1, longest/2)
	}
	alone := p.column == p.key || p.table == "lane_head" || p.table == "cosignature" || p.table == "outbox" || p.table == "witnessed"
	for at := 0; at < longest; at += step {
		var now []rowOf
		for n, r := range rows {
			if at < len(r.value) {
				b := bytes.Clone(r.value)
				bit := (at + n) % 8
				if !p.binary {
					bit %= 7 // text stays text
				}
				b[at] ^= 1 << bit
				now = append(now, rowOf{r.id, r.key, b})
			}
		}
		if !alone {
			f.set(p, at, now, true)
			continue
		}
		for n := range now {
			if soaking() || n == 0 || n == len(now)-1 {
				f.set(p, at, now[n:n+1], false)
			}
		}
	}
	if p.table == "body" {
		f.long(rows)
	}
}

// set puts values in their rows and verifies: each is told by its name, or by
// that of another row which misses it.
func (f *flips) set(p place, at int, rows []rowOf, named bool) {
	f.t.Helper()
	names := map[string]string{}
	for _, r := range rows {
		word := ""
		if named {
			word = r.key
		}
		names[word] = fmt.Sprintf("%s.%s of %s, byte %d", p.table, p.column, r.key, at)
	}
	f.look(fmt.Sprintf("%s.%s, byte %d", p.table, p.column, at), names, func(tx *store.Tx) error {
		for _, r := range rows {
			var v any = r.value
			if !p.binary {
				v = string(r.value)
			}
			if err := tx.Exec(`UPDATE "`+p.table+`" SET `+p.column+` = $1 WHERE rowid = $2`, v, r.id); err != nil {
				return err
			}
		}
		return nil
	})
}

// long flips every byte of the bodies that are long, each of which is looked at
// as a running node does.
func (f *flips) long(rows []rowOf) {
	f.t.Helper()
	step := 1
	if !soaking() {
		step = 5003
	}
	err := f.n.DB.Write(f.t.Context(), func(tx *store.Tx) error {
		for _, r := range rows {
			for at := longRow; at < len(r.value); at += step {
				r.value[at] ^= 1 << (at % 8)
				if err := tx.Exec(`UPDATE body SET bytes = $1 WHERE seq = $2`, r.value, r.id); err != nil {
					return err
				}
				found, _, err := journal.Damaged(tx, r.id, 1)
				if err != nil || len(found) != 1 {
					return fmt.Errorf("body of %s, byte %d: %d found, %w", r.key, at, len(found), err)
				}
				r.value[at] ^= 1 << (at % 8)
				f.done++
			}
		}
		return errPutBack
	})
	if !errors.Is(err, errPutBack) {
		f.t.Errorf("%s %v", f.n.name, err)
	}
}

// number flips every bit of an integer, of the first, the last and a few other rows.
func (f *flips) number(p place) {
	f.t.Helper()
	rows := f.rows(p)
	bits, some := []int{0, 21}, 1
	if soaking() {
		bits, some = nil, 5
		for bit := range 63 {
			bits = append(bits, bit)
		}
	}
	for n, r := range rows {
		if n%(len(rows)/some+1) != 0 && n != len(rows)-1 {
			continue
		}
		value, err := strconv.ParseInt(string(r.value), 10, 64)
		if err != nil {
			f.t.Fatal(err)
		}
		for _, bit := range bits {
			what := fmt.Sprintf("%s.%s of %s, bit %d", p.table, p.column, r.key, bit)
			f.look(what, map[string]string{"": what}, func(tx *store.Tx) error {
				err := tx.Exec(`UPDATE "`+p.table+`" SET `+p.column+` = $1 WHERE rowid = $2`, value^1<<bit, r.id)
				if err != nil && strings.Contains(err.Error(), "UNIQUE constraint") {
					return errTaken // another row stands there: the store itself refuses it
				}
				return err
			})
		}
	}
}

var errTaken = errors.New("another row stands there")

// vanished takes rows away.
func (f *flips) vanished() {
	f.t.Helper()
	for _, gone := range []string{`body WHERE seq = 3`, `leaf WHERE n = 3`, `fact WHERE seq = 3`, `fact WHERE seq = (SELECT MAX(seq) FROM fact)`,
		`outbox WHERE fact = (SELECT MIN(fact) FROM outbox)`, `checkpoint WHERE size = (SELECT MAX(size) FROM cosignature)`} {
		f.look(gone, map[string]string{"": gone}, func(tx *store.Tx) error { return tx.Exec(`DELETE FROM ` + gone) })
	}
}

// look changes, verifies and puts back. names are what has to be told, by the
// word that its fault holds.
func (f *flips) look(what string, names map[string]string, change func(tx *store.Tx) error) {
	f.t.Helper()
	err := f.n.DB.Write(f.t.Context(), func(tx *store.Tx) error {
		if err := change(tx); err != nil {
			return err
		}
		v, err := f.n.link.Load().Verify(tx)
		if err != nil && !errors.Is(err, journal.ErrDamaged) {
			return err
		}
		told := map[string]bool{"": err != nil || len(v.Faults) > 0}
		for _, fault := range v.Faults {
			for _, word := range strings.FieldsFunc(fault, func(r rune) bool { return strings.ContainsRune(" ,:/", r) }) {
				told[word] = true
			}
		}
		for word, name := range names {
			if !told[word] {
				f.t.Errorf("%s %s: not noticed (%d faults, %v)", f.n.name, name, len(v.Faults), err)
			}
		}
		if names == nil && told[""] {
			f.t.Errorf("%s %s: %v %v", f.n.name, what, v.Faults, err)
		}
		f.done += len(names)
		return errPutBack
	})
	if !errors.Is(err, errPutBack) && !errors.Is(err, errTaken) {
		f.t.Errorf("%s %s: %v", f.n.name, what, err)
	}
}
