package exchange_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/store/storetest"
	"github.com/oasiss/oasiss/wire"
)

// whole counts what an act writes: the fact, its body and leaf, the state and
// the outbox.
func (n *node) whole() (c [5]int) {
	for i, q := range []string{`SELECT COUNT(*) FROM fact`, `SELECT COUNT(*) FROM body`, `SELECT COUNT(*) FROM leaf`,
		`SELECT COUNT(*) FROM search_note`, `SELECT COUNT(*) FROM outbox`} {
		c[i] = n.count(q)
	}
	return c
}

// A node whose disk is full refuses acts whole and takes no message, and its
// peer keeps what it has for it. With room again both go on: nothing is lost,
// nothing comes twice, and no journal has a hole.
func TestFullDisk(t *testing.T) {
	disk, ok := storetest.SmallDisk(t, "8m")
	if !ok {
		return
	}
	keys := filepath.Join(t.TempDir(), "keys")
	if err := seal.CreateNodeKeys(keys, time.Now()); err != nil {
		t.Fatal(err)
	}
	us := newNodeOn(t, storetest.OpenSource(t, filepath.Join(disk.Dir, "store.sqlite")), keys, "us", factsOfUS)
	us.listen("127.0.0.1:0")
	us.describe(us.Kinds.Receivable())
	mx := newNode(t, "mx", facts)
	us.knows(mx)
	mx.knows(us)
	us.start()
	mx.start()
	us.says(mx, "north first")
	mx.says(us, "south first")
	eventually(t, "settled", func() bool { return us.queued(mx) == 0 && mx.queued(us) == 0 })

	disk.Fill()
	toMX, toUS := []string{"north first"}, []string{"south first"}
	refused := 0
	for i := 0; refused < 20; i++ { // the log has some room of its own
		if i == 2000 {
			t.Fatal("the disk is never full")
		}
		before := us.whole()
		text := fmt.Sprint("north ", i, " ", strings.Repeat("x", 3000))
		err := us.try(mx, text)
		switch after := us.whole(); {
		case err == nil:
			toMX = append(toMX, text)
		case !refusal.Is(err, store.CodeFull):
			t.Fatal(err)
		case after[1] != after[0] || after[2] != after[0] || slices.Contains(us.texts(), text) || after[4] != before[4]:
			t.Fatalf("a refused act left %v, before %v", after, before)
		default:
			refused++
		}
	}
	for i := range 40 {
		toUS = append(toUS, fmt.Sprint("south ", i, " ", strings.Repeat("x", 3000)))
		mx.says(us, toUS[len(toUS)-1])
	}
	eventually(t, "the peer sees that it is not taken", func() bool { return mx.state(us).Problem == "status" && mx.queued(us) > 0 })

	disk.Free()
	toMX = append(toMX, "north last")
	us.says(mx, "north last")
	calm(t, us, mx, toMX, toUS)
}

// try is says for an act that may be refused.
func (n *node) try(to *node, text string) error {
	return n.NodeActs(context.Background(), wire.PurposeProsecution, func(*store.Tx, *journal.Draw) ([]journal.Fact, error) {
		return []journal.Fact{&note{Envelope: journal.Envelope{Case: "case-1", Referral: "ref-1", To: wire.Address{Node: to.name}}, Text: text}}, nil
	})
}
