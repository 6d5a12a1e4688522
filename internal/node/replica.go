package node

import (
	"context"
	"sync"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/decoy"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
)

// hearOthers tells open pages and the link of this process what other
// processes of the node have committed. It returns how to wait for it after
// ctx has ended.
func (n *Node) hearOthers(ctx context.Context) func() error {
	var wg sync.WaitGroup
	wg.Go(func() {
		seen := int64(-1) // nothing is known of what was before: every page may have changed
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

// tell signals the topics of facts that are newer than seen; its own facts
// among them signal twice, which costs a page a look.
func (n *Node) tell(ctx context.Context, seen *int64) error {
	var news []journal.Entry
	var topics [][]string
	var touched bool
	err := n.DB.Read(ctx, func(tx *store.Tx) (err error) {
		if *seen < 0 {
			*seen, err = journal.Size(tx)
			n.Acts.Hub.Everyone()
			return err
		}
		if news, err = journal.Since(tx, *seen); err != nil {
			return err
		}
		if touched, err = decoy.TouchedSince(tx, *seen); err != nil {
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
	if touched { // what the writer's own process signals when it commits
		n.Acts.Hub.Signal(decoy.Topic)
	}
	for i, e := range news {
		*seen = e.Seq
		n.Acts.Hub.Changed(e, topics[i])
	}
	return nil
}
