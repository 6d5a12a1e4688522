package exchange_test

import (
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/store/storetest"
	"github.com/oasiss/oasiss/wire"
)

// putBack loses a node, and gives the one that begins from a copy of its files
// as if nothing had happened.
func (n *node) putBack(t *testing.T, backup string) *node {
	t.Helper()
	n.stop()
	db := storetest.OpenSource(t, backup)
	if err := db.Write(t.Context(), reindexed); err != nil {
		t.Fatal(err)
	}
	again := newNodeOn(t, db, n.folder, n.name, factsOfUS)
	again.desc, again.addr = n.desc, n.addr
	again.listen(n.addr)
	return again
}

// beginsAnew is what follows the second person's approval.
func (n *node) beginsAnew(t *testing.T, peer *node) {
	t.Helper()
	eventually(t, n.name+" knows that the lanes contradict", func() bool {
		return n.count(`SELECT COUNT(*) FROM lane_contradiction WHERE peer = $1`, peer.name) > 0
	})
	var f *exchange.LanesBegun
	n.Read(func(tx *store.Tx) (err error) { f, err = exchange.BeginLanes(tx, peer.name, "a test"); return err })
	if f.Epoch < 2 || len(f.Former) != len(wire.Lanes) {
		t.Errorf("%+v", f)
	}
	n.enter(wire.PurposeAdministration, f)
}

// forgetful makes two nodes that exchanged, and puts us back to before "since".
func forgetful(t *testing.T) (us, mx *node) {
	t.Helper()
	us, mx = pair(t)
	us.start()
	mx.start()
	us.says(mx, "north before")
	mx.says(us, "south before")
	eventually(t, "settled", func() bool { return us.queued(mx) == 0 && mx.queued(us) == 0 })
	backup := us.backedUp()
	us.says(mx, "north since", "against the procedure")
	mx.says(us, "south since", "south too")
	eventually(t, "settled", func() bool { return us.queued(mx) == 0 && mx.queued(us) == 0 })
	return us.putBack(t, backup), mx
}

// A node whose files were put back by hand, and that went on, contradicts its
// peer. The lanes stand until people of both begin them anew; then what either
// lacks and the other still has is sent again, nothing comes twice, and what
// each signed stays as evidence.
func TestLanesThatContradictBeginAnew(t *testing.T) {
	t.Parallel()
	us, mx := forgetful(t)
	us.start()
	us.says(mx, "anew")
	mx.says(us, "south anew")
	eventually(t, "both see it", func() bool {
		_, ahead := us.alarm(mx, exchange.AlarmAhead)
		_, behind := mx.alarm(us, exchange.AlarmBehind)
		_, other := us.alarm(mx, exchange.AlarmRootMismatch)
		return (ahead || other) && behind
	})
	us.beginsAnew(t, mx)
	if us.times("south since") != 0 || mx.times("anew") != 0 {
		t.Error("one side alone has begun")
	}
	mx.beginsAnew(t, us)
	arrivedAnew(t, us, mx)
}

// So it is where a restored node cannot join what the peer gives back.
func TestRestoreThatContradictsIsSettledByPeople(t *testing.T) {
	t.Parallel()
	us, mx := forgetful(t)
	us.says(mx, "anew") // under a number that the peer knows otherwise
	err := us.DB.Write(t.Context(), func(tx *store.Tx) error { return exchange.MarkRestored(tx, time.Now()) })
	if err != nil {
		t.Fatal(err)
	}
	us.start()
	mx.says(us, "south anew")
	us.beginsAnew(t, mx)
	eventually(t, "the peer was asked", func() bool { return len(us.restoring()) == 0 })
	mx.beginsAnew(t, us)
	arrivedAnew(t, us, mx)
}

func arrivedAnew(t *testing.T, us, mx *node) {
	t.Helper()
	eventually(t, "settled in the new epoch", func() bool { return us.queued(mx) == 0 && mx.queued(us) == 0 })
	for _, c := range []struct {
		n    *node
		text string
		want int
	}{
		{us, "south before", 1}, {us, "south since", 1}, {us, "south too", 1}, {us, "south anew", 1}, {us, "north since", 0},
		{mx, "north before", 1}, {mx, "north since", 1}, {mx, "anew", 1},
	} {
		if got := c.n.times(c.text); got != c.want {
			t.Errorf("%s holds %q %d times, want %d", c.n.name, c.text, got, c.want)
		}
	}
	for _, n := range []*node{us, mx} {
		other := map[*node]*node{us: mx, mx: us}[n]
		for _, l := range n.state(other).Lanes {
			if l.Epoch != 2 {
				t.Errorf("%s: lane %s in epoch %d", n.name, l.Lane, l.Epoch)
			}
		}
		if c := n.count(`SELECT COUNT(*) FROM lane_contradiction`); c != 0 {
			t.Errorf("%s: %d contradictions left", n.name, c)
		}
		if c := n.count(`SELECT COUNT(*) FROM fact WHERE kind IN ('link.contradicted.1', 'link.lanes_begun.1')`); c < 2 {
			t.Errorf("%s keeps %d pieces of evidence", n.name, c)
		}
	}
	us.says(mx, "goes on")
	eventually(t, "goes on", func() bool { return mx.times("goes on") == 1 })
	for _, n := range []*node{us, mx} {
		n.link.Load().Close() // what was cosigned of the lost journal goes on being told of
		n.stands()
	}
}
