package exchange_test

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// stored are the objects of a node's store that no fact makes, or that facts
// are, each with the column whose bytes are flipped and what tells its row.
var stored = []struct{ table, column, key string }{
	{"body", "bytes", "seq"}, {"leaf", "digest", "n"}, {"tile", "data", "n"},
	{"fact", "id", "seq"}, {"fact", "kind", "seq"}, {"fact", "node", "seq"}, {"fact", "case_id", "seq"}, {"fact", "referral_id", "seq"},
	{"checkpoint", "note", "size"}, {"cosignature", "line", "size"}, {"witnessed", "root", "size"}, {"witnessed", "note", "size"},
	{"quarantine", "bytes", "at"}, {"outbox", "peer", "fact"}, {"outbox", "lane", "fact"},
	{"lane_head", "lane", "fact"}, {"lane_head", "digest", "fact"}, {"lane_head", "way", "fact"},
}

// numbers are the integers of the link's tables.
var numbers = []struct{ table, column, key string }{
	{"fact", "seq", "seq"}, {"body", "seq", "seq"}, {"leaf", "n", "n"}, {"checkpoint", "size", "size"}, {"witnessed", "size", "size"},
	{"outbox", "fact", "fact"}, {"outbox", "seq", "fact"}, {"outbox", "epoch", "fact"}, {"outbox", "expires", "fact"},
	{"lane_head", "epoch", "fact"}, {"lane_head", "next", "fact"}, {"lane_head", "done", "fact"}, {"lane_head", "fact", "fact"},
}

// soaking says that the run is a long one: then every bit is flipped.
func soaking() bool { return os.Getenv("OASISS_SOAK") != "" }

var errPutBack = errors.New("flipped, looked at, and put back")

// A single flipped bit anywhere in what a node stores is found by verifying.
func TestEveryStoredByteFlippedIsNoticed(t *testing.T) {
	us, mx := pair(t)
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
	us.says(mx, "waits")
	us.enter(wire.PurposeLifeAtRisk, &alert{Envelope: journal.Envelope{To: wire.Address{Node: "mx"}, Expires: us.Acts.Now().Add(1e12)}, Text: "expires"})
	for _, n := range []*node{us, mx} {
		f := flips{t: t, n: n, every: 12007}
		if soaking() {
			f.every = 61
		}
		for _, o := range stored {
			f.bytes(o.table, o.column, o.key)
		}
		for _, o := range numbers {
			f.number(o.table, o.column, o.key)
		}
		if f.done < 40 {
			t.Errorf("%s: only %d flips", n.name, f.done)
		}
		t.Logf("%s: %d flips", n.name, f.done)
	}
}

// flips goes through one node's store.
type flips struct {
	t     testing.TB
	n     *node
	every int // every so many bits
	at    int
	done  int
}

// bytes flips bits of a column of text or bytes in every row.
func (f *flips) bytes(table, column, key string) {
	f.t.Helper()
	type row struct {
		key   int64
		value []byte
	}
	var rows []row
	f.n.Read(func(tx *store.Tx) error {
		found, err := tx.Query(`SELECT ` + key + `, ` + column + ` FROM "` + table + `" WHERE ` + column + ` IS NOT NULL ORDER BY 1`)
		if err != nil {
			return err
		}
		defer found.Close()
		for found.Next() {
			var r row
			if err := found.Scan(&r.key, &r.value); err != nil {
				return err
			}
			rows = append(rows, r)
		}
		return found.Err()
	})
	binary := map[string]bool{"bytes": true, "digest": table == "leaf", "data": true, "note": true, "line": true, "root": true}[column]
	first := true
	for _, r := range rows {
		for bit := range len(r.value) * 8 {
			if f.at++; f.at%f.every != 0 && !first {
				continue
			}
			if !binary && bit%8 == 7 {
				continue // text stays text
			}
			first = false
			b := append([]byte{}, r.value...)
			b[bit/8] ^= 1 << (bit % 8)
			var v any = b
			if !binary {
				v = string(b)
			}
			f.flip(fmt.Sprintf("%s.%s of %d, bit %d", table, column, r.key, bit),
				`UPDATE "`+table+`" SET `+column+` = $1 WHERE `+key+` = $2 AND `+column+` = $3`, v, r.key, asStored(r.value, binary))
		}
	}
}

func asStored(v []byte, binary bool) any {
	if binary {
		return v
	}
	return string(v)
}

// number flips low bits of an integer column in every row.
func (f *flips) number(table, column, key string) {
	f.t.Helper()
	var keys []int64
	f.n.Read(func(tx *store.Tx) error {
		rows, err := tx.Query(`SELECT DISTINCT ` + key + ` FROM "` + table + `" WHERE ` + column + ` IS NOT NULL ORDER BY 1 DESC`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var k int64
			if err := rows.Scan(&k); err != nil {
				return err
			}
			keys = append(keys, k)
		}
		return rows.Err()
	})
	for i, k := range keys {
		if i > 1 && i%(f.every/20+1) != 0 {
			continue
		}
		const bit = 21 // high enough to meet no other row's key
		f.flip(fmt.Sprintf("%s.%s of %d, bit %d", table, column, k, bit),
			`UPDATE "`+table+`" SET `+column+` = `+column+` + $1 WHERE `+key+` = $2`, int64(1)<<bit, k)
	}
}

// flip changes, verifies and puts back.
func (f *flips) flip(what, statement string, args ...any) {
	f.t.Helper()
	err := f.n.DB.Write(f.t.Context(), func(tx *store.Tx) error {
		n, err := tx.ExecN(statement, args...)
		if err != nil || n == 0 {
			return errors.Join(err, fmt.Errorf("%d rows", n))
		}
		v, err := f.n.link.Load().Verify(tx)
		if err != nil && !errors.Is(err, journal.ErrDamaged) {
			return err
		}
		if err == nil && len(v.Faults) == 0 {
			f.t.Errorf("%s %s: not noticed", f.n.name, what)
		}
		f.done++
		return errPutBack
	})
	if !errors.Is(err, errPutBack) {
		f.t.Errorf("%s %s: %v", f.n.name, what, err)
	}
}

// A damaged message that the other node has is fetched from it again, sent or
// received; what stood in its place is kept, and told.
func TestDamagedMessageIsFetchedAgain(t *testing.T) {
	us, mx := pair(t)
	us.start()
	mx.start()
	us.says(mx, "sent by us", "another")
	settled(t, us, mx, []string{"sent by us", "another"})
	for _, n := range []*node{us, mx} {
		other := map[*node]*node{us: mx, mx: us}[n]
		damage := `UPDATE body SET bytes = CAST(REPLACE(CAST(bytes AS TEXT), 'sent by us', 'sent by uz') AS BLOB)
			WHERE seq = (SELECT seq FROM fact WHERE kind = 'test.note.1' ORDER BY seq LIMIT 1)`
		if n.DB.Path()[0] == 'p' {
			t.Skip("the statement is SQLite's")
		}
		id := ""
		n.Read(func(tx *store.Tx) error {
			return tx.QueryRow(`SELECT id FROM fact WHERE kind = 'test.note.1' ORDER BY seq LIMIT 1`).Scan(&id)
		})
		err := n.DB.Write(t.Context(), func(tx *store.Tx) error { return tx.Exec(damage) })
		if err != nil {
			t.Fatal(err)
		}
		err = n.DB.Read(t.Context(), func(tx *store.Tx) error {
			_, _, err := journal.Load(tx, id)
			return err
		})
		if err != nil && !errors.Is(err, journal.ErrDamaged) {
			t.Fatal(err)
		}
		eventually(t, n.name+" has it whole again", func() bool {
			return n.count(`SELECT COUNT(*) FROM quarantine WHERE what = 'stored' AND id = $1`, id) == 1
		})
		n.Read(func(tx *store.Tx) error {
			_, m, err := journal.Load(tx, id)
			if err != nil || string(m.Act.Clear) != `{"text":"sent by us"}` {
				t.Errorf("%s: %s %v", n.name, m.Act.Clear, err)
			}
			return err
		})
		if a, ok := n.alarm(other, exchange.AlarmMended); !ok || a.About != id {
			t.Errorf("%s tells nothing: %+v", n.name, a)
		}
		n.ReplayEqual()
	}
}

// A damaged leaf is made anew from its body, if that gives what was signed; what
// only this node has is an alarm and is used no more.
func TestDamagedLeafAndOwnFact(t *testing.T) {
	us, mx := pair(t)
	us.start()
	mx.start()
	us.says(mx, "one")
	settled(t, us, mx, []string{"one"})
	eventually(t, "signed", func() bool { return us.state(mx).Cosigned.Size >= 4 })
	err := us.DB.Write(t.Context(), func(tx *store.Tx) error {
		return tx.Exec(`UPDATE leaf SET digest = $1 WHERE n = 2`, make([]byte, 32))
	})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the leaf again", func() bool { _, ok := us.alarm(mx, exchange.AlarmMended); return ok })
	us.Read(func(tx *store.Tx) error {
		v, err := us.link.Load().Verify(tx)
		if err == nil && len(v.Faults) > 0 {
			t.Error(v.Faults)
		}
		return err
	})
	err = us.DB.Write(t.Context(), func(tx *store.Tx) error {
		return tx.Exec(`UPDATE body SET bytes = $1 WHERE seq = 1`, []byte("nothing"))
	})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the alarm", func() bool { _, ok := us.alarm(mx, exchange.AlarmDamaged); return ok })
}

// A message that is damaged before it left is not sent, nor is one that the
// outbox names for the wrong node.
func TestDamagedMessageIsNotSent(t *testing.T) {
	for what, damage := range map[string]string{
		"body":   `UPDATE body SET bytes = (SELECT b.bytes FROM body b WHERE b.seq = 1) WHERE seq = (SELECT MAX(seq) FROM fact)`,
		"outbox": `UPDATE outbox SET fact = 1`,
	} {
		t.Run(what, func(t *testing.T) {
			us, mx := pair(t)
			us.says(mx, "precious")
			err := us.DB.Write(t.Context(), func(tx *store.Tx) error { return tx.Exec(damage) })
			if err != nil {
				t.Fatal(err)
			}
			us.start()
			mx.start()
			eventually(t, "the lane stands and says why", func() bool { return us.state(mx).Problem == exchange.AlarmDamaged })
			if got := mx.count(`SELECT COUNT(*) FROM fact WHERE node = 'us'`); got != 0 {
				t.Errorf("%d facts of us arrived", got)
			}
		})
	}
}

// A message is given again to the node that sent it or has it, and to nobody else.
func TestMessagesAreGivenAgainToTheirOwnNodes(t *testing.T) {
	us, mx := pair(t)
	gt := newNode(t, "gt", facts)
	mx.knows(gt)
	gt.knows(mx)
	for _, n := range []*node{us, mx} {
		n.start()
	}
	us.says(mx, "between two")
	settled(t, us, mx, []string{"between two"})
	var ask string
	us.Read(func(tx *store.Tx) error {
		e, _, err := journal.Load(tx, us.factOf("between two"))
		ask = e.ID + " " + wire.Digest(e.Digest).String()
		return err
	})
	if status, body := (forger{node: us, to: mx}).post("/exchange/v1/message", []byte(ask)); status != 200 || body == "" {
		t.Errorf("to its sender: %d", status)
	}
	if status, body := (forger{node: gt, to: mx}).post("/exchange/v1/message", []byte(ask)); status != 404 || body != "" {
		t.Errorf("to a third node: %d %q", status, body)
	}
	if status, _ := (forger{node: us, to: mx}).post("/exchange/v1/message", []byte(ask[:len(ask)-1]+"0")); status == 200 {
		t.Error("another digest was answered")
	}
}
