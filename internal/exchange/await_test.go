package exchange_test

import (
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// A node that cannot be dialled exchanges, catches up, cosigns and proves all
// the same: it comes for what the other has to say.
func TestANodeThatCannotBeDialled(t *testing.T) {
	t.Parallel()
	us, mx := oneDials(t)
	us.start()
	want := numbered(600) // more than a frame, and nobody there to take it
	if testing.Short() {
		want = numbered(wire.MaxEntries + 20)
	}
	us.says(mx, want...)
	if us.queued(mx) != int64(len(want)) {
		t.Fatalf("%d queued", us.queued(mx))
	}
	mx.start()
	settled(t, us, mx, want)
	last := want[len(want)-1]
	mx.says(us, "answer")
	settled(t, mx, us, append(want, "answer"))
	eventually(t, "cosigned both ways", func() bool {
		return us.state(mx).Cosigned.Size > int64(len(want)) && mx.state(us).Cosigned.Size > int64(len(want))
	})
	eventually(t, "proven", func() bool {
		_, err := us.link.Load().Demand(t.Context(), us.factOf("note 7"))
		return err == nil
	})
	if s := us.state(mx); !s.Live(time.Now()) || s.Problem != "" {
		t.Errorf("state: %+v", s)
	}
	us.Read(func(tx *store.Tx) error {
		if d, ok, err := exchange.Receipts(tx, us.factOf(last)); err != nil || !ok || d.State != exchange.DeliveryRecorded {
			t.Errorf("receipt: %+v %v %v", d, ok, err)
		}
		return nil
	})
	for range 3 {
		us.says(mx, "before")
		mx.restart()
		us.says(mx, "between")
		us.restart()
	}
	settled(t, us, mx, append(want, "answer", "before", "between", "before", "between", "before", "between"))
	us.ReplayEqual()
	mx.ReplayEqual()
}
