package node

import (
	"context"
	"sync"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/mail"
	"github.com/oasiss/oasiss/internal/store"
)

// clocksEvery is how often clocks that are about to run out are looked for.
const clocksEvery = 10 * time.Minute

// startMail takes letters to the mail server and looks for what time alone makes
// a letter of. Without a server they wait, and whoever runs the node is told. Of
// several processes of a node one does it. It returns how to wait for it after
// ctx has ended.
func (n *Node) startMail(ctx context.Context, server *mail.Server) func() error {
	var wg sync.WaitGroup
	wg.Go(func() { n.DB.Hold(ctx, "letters", n.lookAtClocks) })
	if server != nil {
		sender := mail.NewSender(n.Acts, server, n.Log)
		n.Acts.Hub.Observe(func(e journal.Entry) {
			if e.Kind != (*access.Recorded)(nil).Kind() { // looking brings about no letter
				sender.Wake()
			}
		})
		wg.Go(func() { n.DB.Hold(ctx, "mail", sender.Run) })
	}
	return func() error { wg.Wait(); return nil }
}

func (n *Node) lookAtClocks(ctx context.Context) {
	t := time.NewTicker(clocksEvery)
	defer t.Stop()
	for {
		n.letters(ctx)
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// letters queues what clocks ask for, and drops letters of long ago. A failure
// is logged and tried again.
func (n *Node) letters(ctx context.Context) {
	err := mail.LookAtClocks(ctx, n.Acts, n.Settings.Country)
	if err == nil {
		err = n.DB.Write(ctx, func(tx *store.Tx) error { return mail.Sweep(tx, n.Acts.Now()) })
	}
	if err != nil && ctx.Err() == nil {
		n.Log.Error("letters about clocks could not be queued", "error", err)
	}
}
