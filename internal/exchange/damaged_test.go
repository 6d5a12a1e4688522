package exchange_test

import (
	"errors"
	"testing"

	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// A damaged message that the other node has is fetched from it again, sent or
// received; what stood in its place is kept, and told.
func TestDamagedMessageIsFetchedAgain(t *testing.T) {
	t.Parallel()
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

// A message that the disk has lost, without an order to forget it, is fetched
// again; a row whose own columns are damaged is an alarm, for nobody else has them.
func TestVanishedMessageAndDamagedRow(t *testing.T) {
	t.Parallel()
	us, mx := pair(t)
	us.start()
	mx.start()
	us.says(mx, "sent by us")
	settled(t, us, mx, []string{"sent by us"})
	for _, n := range []*node{us, mx} {
		seq := n.count(`SELECT seq FROM fact WHERE kind = 'test.note.1'`)
		err := n.DB.Write(t.Context(), func(tx *store.Tx) error { return tx.Exec(`DELETE FROM body WHERE seq = $1`, seq) })
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, n.name+" has it again", func() bool { return n.count(`SELECT COUNT(*) FROM body WHERE seq = $1`, seq) == 1 })
		n.stands()
	}
	err := us.DB.Write(t.Context(), func(tx *store.Tx) error { return tx.Exec(`UPDATE fact SET at = at + 1 WHERE seq = 2`) })
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the alarm", func() bool { _, ok := us.alarm(mx, exchange.AlarmDamaged); return ok })
}

// A damaged leaf is made anew from its body, if that gives what was signed; what
// only this node has is an alarm and is used no more.
func TestDamagedLeafAndOwnFact(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
	for what, damage := range map[string]string{
		"body":   `UPDATE body SET bytes = (SELECT b.bytes FROM body b WHERE b.seq = 1) WHERE seq = (SELECT MAX(seq) FROM fact)`,
		"outbox": `UPDATE outbox SET fact = 1`,
		"gone":   `DELETE FROM body WHERE seq = (SELECT MAX(seq) FROM fact)`, // and not by an order to forget it
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
	t.Parallel()
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
	if status, _ := (forger{node: us, to: mx}).post("/exchange/v1/message", append([]byte(ask[:len(ask)-1]), ask[len(ask)-1]^1)); status == 200 {
		t.Error("another digest was answered")
	}
}
