package node

import (
	"context"
	"sync"
	"time"

	"github.com/oasiss/oasiss/internal/alert"
	"github.com/oasiss/oasiss/internal/draft"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// tick is how often the node looks at what time alone brings about.
const tick = 30 * time.Second

// startClocks runs what happens by the passing of time: sessions that are over
// are swept, chunks that are no file's any more, and alerts that nobody acknowledged, and
// people between two signatures for too long, are told to more. Of several processes of a node one does it. It returns how to wait
// for it after ctx has ended.
func (n *Node) startClocks(ctx context.Context) func() error {
	var wg sync.WaitGroup
	wg.Go(func() { n.DB.Hold(ctx, "clocks", n.tick) })
	return func() error { wg.Wait(); return nil }
}

func (n *Node) tick(ctx context.Context) {
	t := time.NewTicker(tick)
	defer t.Stop()
	var alarms told
	n.escalate(ctx) // what came due while the node was down
	for {
		var err error
		if alarms, err = n.look(ctx, alarms); err != nil && ctx.Err() == nil {
			n.Log.Error("alarms could not be looked for", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			n.age(ctx)
		}
	}
}

// Age does what the passing of time makes due, at once: for whoever sets a node's
// clock ahead, in demo and tests.
func (n *Node) Age(ctx context.Context) { n.age(ctx) }

// age does what is due. A failure is logged and tried again at the next tick.
func (n *Node) age(ctx context.Context) {
	if err := n.Guard.Sweep(ctx); err != nil && ctx.Err() == nil {
		n.Log.Error("sessions could not be swept", "error", err)
	}
	if gone, err := n.Files.Sweep(ctx); err != nil && ctx.Err() == nil {
		n.Log.Error("chunks of files could not be collected", "error", err)
	} else if gone > 0 {
		n.Log.Info("chunks of files collected", "files", gone)
	}
	if err := draft.Sweep(ctx, n.DB, n.Acts.Now()); err != nil && ctx.Err() == nil {
		n.Log.Error("drafts could not be swept", "error", err)
	}
	n.escalate(ctx)
}

// escalate tells more people of what nobody answered in time.
func (n *Node) escalate(ctx context.Context) {
	for _, due := range []struct {
		what, purpose string
		facts         func(tx *store.Tx, node string, now time.Time) ([]journal.Fact, error)
	}{
		{"alerts", wire.PurposeLifeAtRisk, alert.Escalate},
		{"hand-overs", wire.PurposeProtection, referral.EscalateHandOvers},
	} {
		err := n.Acts.NodeActs(ctx, due.purpose, func(tx *store.Tx, _ *journal.Draw) ([]journal.Fact, error) {
			return due.facts(tx, n.Acts.Node, n.Acts.Now())
		})
		if err != nil && ctx.Err() == nil {
			n.Log.Error("what nobody answered could not be escalated", "what", due.what, "error", err)
		}
	}
}
