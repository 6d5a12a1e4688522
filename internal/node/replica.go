package node

import (
	"context"
	"slices"
	"sync"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/decoy"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
)

// hearOthers tells open pages and the link of this process what other
// processes of the node have committed. It returns how to wait for it after
// ctx has ended.
func (n *Node) hearOthers(ctx context.Context) func() error {
	var wg sync.WaitGroup
	wg.Go(func() {
		seen := heard{size: -1} // nothing is known of what was before: every page may have changed
		for {
			select {
			case <-ctx.Done():
				return
			case <-n.DB.Elsewhere():
			}
			if err := n.tell(ctx, &seen); err != nil && ctx.Err() == nil {
				n.Log.Error("what other processes did could not be read", "error", err)
			}
			n.Link.Wake()
		}
	})
	return func() error { wg.Wait(); return nil }
}

// heard is how far a process has heard of the others: the size of the journal,
// and the peers with which contact was lost, which no fact says.
type heard struct {
	size int64
	lost []string
}

// tell signals the topics of facts that are newer than seen; its own facts
// among them signal twice, which costs a page a look.
func (n *Node) tell(ctx context.Context, seen *heard) error {
	var news []journal.Entry
	var lost []string
	var topics [][]string
	var touched bool
	err := n.DB.Read(ctx, func(tx *store.Tx) (err error) {
		if lost, err = exchange.OutOfReach(tx); err != nil {
			return err
		}
		if seen.size < 0 {
			seen.size, err = journal.Size(tx)
			n.Acts.Hub.Everyone()
			return err
		}
		if news, err = journal.Since(tx, seen.size); err != nil {
			return err
		}
		if touched, err = decoy.TouchedSince(tx, seen.size); err != nil {
			return err
		}
		topics = make([][]string, len(news))
		for i, e := range news {
			if topics[i], err = act.Topics(tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if !slices.Equal(lost, seen.lost) {
		seen.lost = lost
		n.Acts.Hub.Signal(act.LinkTopic)
	}
	if touched { // what the writer's own process signals when it commits
		n.Acts.Hub.Signal(decoy.Topic)
	}
	for i, e := range news {
		seen.size = e.Seq
		n.Acts.Hub.Changed(e, topics[i])
	}
	return nil
}
