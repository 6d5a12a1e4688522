package node

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/decoy"
	"github.com/oasiss/oasiss/internal/directory"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/httpapi"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/mail"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/watch"
	"github.com/oasiss/oasiss/internal/web"
)

// Node is one running node.
type Node struct {
	Settings Settings
	Folders  Folders
	DB       *store.DB
	Acts     *act.Acts
	Link     *exchange.Link
	Files    *file.Store
	Guard    *access.Guard
	Keys     *seal.NodeKeys // as they were when the node was opened
	Ring     *seal.Keyring
	Log      *slog.Logger

	door  http.Handler
	pages *web.Server
	api   *httpapi.Server
	now   func() time.Time
	life  context.Context
	die   context.CancelFunc
	held  *lock

	plan    BackupPlan
	program string
	limits  watch.Limits

	present    atomic.Pointer[seal.NodeKeys]
	descriptor atomic.Pointer[string]
	ordered    chan struct{} // two people may have ordered new keys
}

// Options of opening a node.
type Options struct {
	Now func() time.Time // time.Now if nil; another clock exists in demo and tests only
	Log *slog.Logger     // discarded if nil
	// Observe hears of every fact once it is durable; demo and tests measure by it.
	Observe func(journal.Entry)
	// Link overrides intervals of the link, for tests.
	Link func(*exchange.Config)
	// Backup is how the node backs itself up while it serves.
	Backup BackupPlan
	// Program is the version of the program, for the backups and the figures.
	Program string
	// Limits are from when on the node's operator is told; watch.Defaults if nil.
	Limits *watch.Limits
}

// Open opens a node's folders and puts its rooms together. Nothing listens or
// sends before Serve.
func Open(ctx context.Context, f Folders, o Options) (*Node, error) {
	spareCollecting()
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Limits == nil {
		o.Limits = &watch.Defaults
	}
	settings, err := LoadSettings(f)
	if err != nil {
		return nil, err
	}
	_, ring, err := f.ring()
	if err != nil {
		return nil, err
	}
	policies, err := access.LoadPolicies()
	if err != nil {
		return nil, err
	}
	held, err := lockToServe(ctx, f.Database())
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, f.Database())
	if err != nil {
		return nil, errors.Join(err, held.release())
	}
	keys, err := settleKeys(ctx, f, db)
	for _, x := range indexes(ring) {
		if err == nil {
			err = x.Current(ctx, db)
		}
	}
	if err != nil {
		return nil, errors.Join(err, db.Close(), held.release())
	}
	n := &Node{Settings: settings, Folders: f, DB: db, Keys: keys, Ring: ring, Log: o.Log, now: o.Now, held: held, plan: o.Backup, program: o.Program,
		limits: *o.Limits, ordered: make(chan struct{}, 1)}
	n.present.Store(keys)
	n.life, n.die = context.WithCancel(context.WithoutCancel(ctx))
	if err := n.furnish(policies, o); err != nil {
		return nil, errors.Join(err, n.Close())
	}
	return n, nil
}

// furnish puts the rooms of an opened node together.
func (n *Node) furnish(policies *access.Policies, o Options) (err error) {
	n.Acts = &act.Acts{Node: n.Settings.Node, DB: n.DB, Kinds: Kinds(sealing{n.presentKeys}), Ring: n.Ring, Policies: policies, Hub: act.NewHub(),
		Now: o.Now, Signs: signatures{n}, Verbs: Verbs()}
	mail.React(n.Acts, n.Settings.Country)
	decoy.Watch(n.Acts.Kinds, n.Acts.Hub)
	n.Acts.NodeKey = func() crypto.Signer { return n.presentKeys().Sign }
	n.Acts.Verify = func(tx *store.Tx) (journal.Verified, error) { return n.Link.Verify(tx) }
	n.Files = &file.Store{Acts: n.Acts, Chunks: n.Folders.chunks()}
	n.Guard = access.NewGuard(n.DB, n.Acts.Kinds, policies, n.Settings.Node, n.Settings.Country, signer{n}, o.Now)
	n.Guard.Ring = n.Ring
	n.Guard.Ended = func() { n.Acts.Hub.Signal(act.SessionsTopic) }
	if n.Guard.Site, err = access.SiteAt("", "localhost:443"); err != nil { // until it is served
		return err
	}
	own, err := descriptor(n.Folders, n.Settings, n.Keys, n.Acts.Kinds.Receivable(), o.Now())
	if err != nil {
		return err
	}
	n.descriptor.Store(&own)
	if err := n.link(o); err != nil {
		return err
	}
	mux := http.NewServeMux()
	n.health(mux)
	if err := n.doors(mux); err != nil {
		return err
	}
	n.door = mux
	n.Acts.Hub.Observe(func(e journal.Entry) {
		switch e.Kind {
		case (*access.SessionEnded)(nil).Kind(), (*access.Locked)(nil).Kind(), (*access.CredentialSet)(nil).Kind(), (*directory.UserDisabled)(nil).Kind(), (*directory.Decided)(nil).Kind():
			n.Acts.Hub.Signal(act.SessionsTopic)
		}
		n.Link.Notify()
		if e.Kind == (file.Sent{}).Kind() {
			n.Link.Fetch()
		}
		if e.Kind == (*directory.Decided)(nil).Kind() {
			select {
			case n.ordered <- struct{}{}:
			default: // one look finds every order
			}
		}
		if o.Observe != nil {
			o.Observe(e)
		}
	})
	return nil
}

func (n *Node) link(o Options) error {
	cfg := exchange.Config{Node: n.Settings.Node, Installation: n.Settings.Installation, DB: n.DB, Keys: n.Keys, Ring: n.Ring,
		House: n.Acts, Files: file.Lane{}, Chunks: n.Files.Chunks, Now: o.Now, Log: o.Log, Descriptor: n.Descriptor,
		Contact: func() { n.Acts.Hub.Signal(act.LinkTopic) }}
	if o.Link != nil {
		o.Link(&cfg)
	}
	link, err := exchange.NewLink(cfg)
	if err != nil {
		return fmt.Errorf("link: %w", err)
	}
	n.Link, n.Files.Missed = link, link.Missed
	n.Acts.Outbox = link.Enqueue
	return nil
}

// Handler is the node's door for browsers and programs.
func (n *Node) Handler() http.Handler { return n.door }

// Close closes the database and lets others have it; the node must not be
// serving.
func (n *Node) Close() error {
	n.die()
	return errors.Join(n.DB.Close(), n.held.release())
}
