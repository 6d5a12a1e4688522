package exchange

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/oasiss/oasiss/internal/chunk"
	"github.com/oasiss/oasiss/internal/failpoint"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// House is what the link needs from the one function that records acts.
type House interface {
	// Receive takes one message of a peer in the receiver's transaction. It
	// answers with its leaf index in this journal, or with the code to refuse
	// it with by signed receipt; it writes nothing before it gives a code.
	// An error is a fault of this node: nothing of the frame is recorded and
	// the sender will come again.
	Receive(tx *store.Tx, peer string, m wire.Message) (leaf int64, code wire.Code, err error)
	// Return takes back a message that this node had before a backup was
	// restored, and answers with its place in the journal.
	Return(tx *store.Tx, d *journal.Draw, peer string, m wire.Message) (seq int64, err error)
	// Enter records facts of the node itself, with what follows from them.
	Enter(tx *store.Tx, d *journal.Draw, purpose string, facts []journal.Fact) error
}

// Config is what a link is made of.
type Config struct {
	Node         string // this node's id
	Installation string // name that this node's journal carries (wire.JournalName)
	DB           *store.DB
	Keys         *seal.NodeKeys
	Ring         *seal.Keyring
	House        House
	Files        Files            // nil on a node that carries none
	Chunks       chunk.Folder     // where their bytes lie
	Now          func() time.Time // the node's clock
	Log          *slog.Logger     // codes, ids and counts only

	// Descriptor gives this node's own descriptor as signed, for peers that
	// ask for a newer one.
	Descriptor func() string

	// Contact is called when the contact with a peer was lost or regained; it
	// must be quick. Nil tells nobody.
	Contact func()

	// RetryMin and RetryMax bound the wait between attempts (full jitter);
	// 1 s and 60 s if zero.
	RetryMin, RetryMax time.Duration
	// Every is how often the journal is shown to the peers when nothing
	// happens, and so how soon it is seen that one is not there; 30 s if zero. Settle is how long commits gather before that;
	// 1 s if zero.
	Every, Settle time.Duration
	// Probe is how long a connection that this node dialled may be silent
	// before it is asked whether it still lives; 5 s if zero. One that does not
	// answer within four times that is given up: a line that died without a
	// word must not hold an alert until the request runs out.
	Probe time.Duration
}

// Link exchanges with all peers of one node. Senders run from Start to Close;
// Handler serves what peers send.
type Link struct {
	Config
	journalKey string // vkey of this node's journal

	mu    sync.Mutex
	pins  map[wire.Digest]*pinned // by the key of the link certificate
	peers map[string]*pinned

	present atomic.Pointer[seal.NodeKeys] // this node's keys now
	life    context.Context               // from Start to Close; with mu

	// What the link runs on: lines that are dialled or waited on, and
	// goroutines. A simulation puts a network and an order of its own there.
	lines func(*pinned) line
	carry func(context.Context, *pinned) // keeps the lanes of a peer moving until the context ends
	apart func(func())                   // runs what must hold up nobody

	changed chan struct{} // something was committed, or the peers may have changed
	stop    context.CancelFunc
	wg      sync.WaitGroup
	looked  int64 // how far the store was looked through for damage; tend alone uses it
	missed  chan string
	// filesLooked is how far the files were; tend alone uses it.
	filesLooked fileLook
	patience    time.Duration              // with one round of witnessing
	served      atomic.Pointer[servedList] // of the file whose pieces a peer comes for
	order       sync.Map                   // peer/lane → *sync.Mutex: frames of one lane are taken one after another
}

// pinned is an approved peer with its verified descriptor and its senders.
type pinned struct {
	Peer
	desc    wire.Descriptor
	keys    wire.Keys // that it has had, the present one first
	lanes   map[string]*sender
	lines   map[string]line // one a slot
	held    atomic.Bool     // this process of the node has the sending lease
	stop    context.CancelFunc
	named   chan struct{} // a file may have been named
	witness witnessState

	restoring   atomic.Bool // this node was restored and has not yet what the peer holds beyond it
	returning   sync.Mutex
	known       atomic.Pointer[string] // which of this node's signing keys the peer knows
	turn        atomic.Bool            // the certificate that it should know did not get through
	introducing sync.Mutex
}

// NewLink makes a link; nothing runs before Start.
func NewLink(c Config) (*Link, error) {
	if c.RetryMin == 0 {
		c.RetryMin = time.Second
	}
	if c.RetryMax == 0 {
		c.RetryMax = time.Minute
	}
	if c.Every == 0 {
		c.Every = 30 * time.Second
	}
	if c.Settle == 0 {
		c.Settle = time.Second
	}
	if c.Probe == 0 {
		c.Probe = probe
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	l := &Link{Config: c, changed: make(chan struct{}, 1), missed: make(chan string, 64),
		patience: witnessTimeout, pins: map[wire.Digest]*pinned{}, peers: map[string]*pinned{}}
	l.present.Store(c.Keys)
	l.lines, l.carry, l.apart = l.line, l.keepSending, l.wg.Go
	var err error
	if l.journalKey, err = journalKey(wire.JournalName(c.Installation, c.Node), c.Keys); err != nil {
		return nil, err
	}
	return l, nil
}

// Start runs the senders, the sweep of expired messages and the witnessing
// until ctx ends or Close is called.
func (l *Link) Start(ctx context.Context) error {
	ctx, l.stop = context.WithCancel(ctx)
	l.mu.Lock()
	l.life = ctx
	l.mu.Unlock()
	if err := l.refresh(ctx); err != nil {
		l.stop()
		return err
	}
	l.wg.Add(2)
	go func() { defer l.wg.Done(); l.tend(ctx) }()
	go func() { defer l.wg.Done(); l.sweepLoop(ctx) }()
	return nil
}

// Close stops everything and waits for it.
func (l *Link) Close() {
	if l.stop != nil {
		l.stop()
	}
	l.wg.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range l.peers {
		p.close()
	}
}

// Notify tells the link that something was committed on this node: the
// journal is shown to the peers, and newly approved peers are taken up. It
// never blocks.
func (l *Link) Notify() { signal(l.changed) }

// Wake tells the link that another process of the node has committed: what it
// put into the outbox is sent, and the peers it changed are taken up.
func (l *Link) Wake() {
	for _, p := range l.active() {
		for _, s := range p.lanes {
			signal(s.work)
		}
	}
	l.Notify()
}

// Enqueue is exchange.Enqueue, waking the lane's sender once the act is
// durable.
func (l *Link) Enqueue(tx *store.Tx, peer, lane, kind string, factSeq int64, expires time.Time) error {
	if err := Enqueue(tx, peer, lane, kind, factSeq, expires); err != nil {
		return err
	}
	tx.AfterCommit(func() {
		if p := l.peer(peer); p != nil {
			signal(p.lanes[lane].work)
		}
	})
	return nil
}

// peer gives an active peer, or nil.
func (l *Link) peer(id string) *pinned {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.peers[id]
}

// active gives the active peers by id.
func (l *Link) active() []*pinned {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.SortedFunc(maps.Values(l.peers), func(a, b *pinned) int { return strings.Compare(a.ID, b.ID) })
}

// tend shows the journal to the peers after commits and at intervals, and
// takes up changes of the peers themselves. Damage is looked for at intervals
// alone: a busy node has no more of it.
func (l *Link) tend(ctx context.Context) {
	every := time.NewTicker(l.Every)
	defer every.Stop()
	for {
		if err := l.refresh(ctx); err != nil && ctx.Err() == nil {
			l.Log.Error("peers could not be loaded", "error", err)
		}
		if err := l.showJournal(ctx); err != nil && ctx.Err() == nil {
			l.Log.Error("journal could not be shown", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
			if err := l.mendDamage(ctx); err != nil && ctx.Err() == nil {
				l.Log.Error("stored bytes are damaged", "error", err)
			}
			if err := l.lookAtFiles(ctx); err != nil && ctx.Err() == nil {
				l.Log.Error("a file's bytes are damaged", "error", err)
			}
			continue
		case id := <-l.missed:
			if err := l.mendFile(ctx, id); err != nil && ctx.Err() == nil {
				l.Log.Error("a file's bytes are damaged", "error", err)
			}
			continue
		case <-l.changed:
		}
		select { // commits come in groups; one checkpoint serves them all
		case <-ctx.Done():
			return
		case <-time.After(l.Settle):
		}
	}
}

// refresh takes up peers as they are approved now, and drops others. A clock
// that was set back drops none: the journal knows that it is later.
func (l *Link) refresh(ctx context.Context) error {
	l.mu.Lock() // first, so that an older look never replaces a newer one
	defer l.mu.Unlock()
	var all []*pinned
	err := l.DB.Read(ctx, func(tx *store.Tx) error {
		all = nil
		now, err := journal.Latest(tx)
		if err != nil {
			return fmt.Errorf("journal's time: %w", err)
		}
		if clock := l.Now(); clock.After(now) {
			now = clock
		}
		peers, err := Peers(tx)
		if err != nil {
			return err
		}
		for _, p := range peers {
			if p.Status != PeerApproved || now.Before(p.Effective) {
				continue
			}
			n, err := l.pin(tx, p)
			if err != nil {
				return err
			}
			all = append(all, n)
		}
		return nil
	})
	if err != nil {
		return err
	}
	keep := map[string]bool{}
	l.pins = map[wire.Digest]*pinned{}
	for _, n := range all {
		if n.Revoked.IsZero() {
			keep[n.ID] = true
			if old := l.peers[n.ID]; old != nil && old.Descriptor == n.Descriptor && reflect.DeepEqual(old.keys, n.keys) {
				n = old
			} else if err := l.takeUp(ctx, n); err != nil {
				return err
			}
		}
		l.pinKeys(n)
	}
	for id, p := range l.peers {
		if !keep[id] {
			p.close()
			delete(l.peers, id)
		}
	}
	return nil
}

// pin makes a peer with its keys; nothing runs yet.
func (l *Link) pin(tx *store.Tx, p Peer) (*pinned, error) {
	n := &pinned{Peer: p, lanes: map[string]*sender{}, lines: map[string]line{}, stop: func() {}, named: make(chan struct{}, 1)}
	known, err := l.knownTo(tx, p)
	if err != nil {
		return nil, err
	}
	n.known.Store(&known)
	waits, err := Restoring(tx)
	if err != nil {
		return nil, err
	}
	n.restoring.Store(slices.Contains(waits, p.ID))
	if n.keys, err = p.keys(tx); err != nil {
		return nil, err
	}
	n.desc = n.keys[0].Descriptor
	return n, nil
}

// pinKeys lets a peer in by its link certificate; by a former one too, which
// may show the new keys (takeSuccession). l.mu is held.
func (l *Link) pinKeys(n *pinned) {
	for _, k := range n.keys[1:] {
		if _, taken := l.pins[k.Descriptor.TLSKey]; !k.Revoked && !taken {
			l.pins[k.Descriptor.TLSKey] = n
		}
	}
	l.pins[n.desc.TLSKey] = n
}

// takeUp starts the senders of a peer, or starts them anew when its
// descriptor has changed. l.mu is held.
func (l *Link) takeUp(ctx context.Context, n *pinned) error {
	sealTo, err := n.desc.Seal()
	if err != nil {
		return fmt.Errorf("descriptor of a peer: %w", err)
	}
	if old := l.peers[n.ID]; old != nil {
		old.close()
	}
	ctx, n.stop = context.WithCancel(ctx)
	for _, slot := range slots {
		n.lines[slot] = l.lines(n)
	}
	for _, lane := range wire.Lanes {
		n.lanes[lane] = &sender{link: l, peer: n, lane: lane, sealTo: sealTo, line: n.lines[lane],
			work: make(chan struct{}, 1), contact: make(chan struct{}, 1)}
	}
	l.peers[n.ID] = n
	l.carry(ctx, n)
	return nil
}

// keepSending moves a peer's lanes whenever this process has the sending lease.
func (l *Link) keepSending(ctx context.Context, p *pinned) {
	l.wg.Go(func() {
		l.DB.Hold(ctx, "send/"+p.ID, func(held context.Context) { l.exchange(ctx, held, p) })
	})
}

// exchange moves every lane of a peer while this process holds the sending
// lease. What another process knew of the lanes is asked of the store and of
// the peer again.
func (l *Link) exchange(life, held context.Context, p *pinned) {
	if err := l.beginLanes(held, p); err != nil {
		if held.Err() == nil {
			l.Log.Error("lanes could not be taken up", "peer", p.ID, "error", err)
		}
		return
	}
	p.held.Store(true)
	var wg sync.WaitGroup
	for _, s := range p.lanes {
		wg.Go(func() { s.run(held) })
	}
	if l.Files != nil {
		wg.Go(func() { l.fetchFiles(held, p) })
	}
	if p.URL != "" && l.cannotBeDialled() {
		for _, slot := range slots {
			wg.Go(func() { l.attend(held, p, slot) })
		}
	}
	wg.Wait()
	p.held.Store(false)
	if life.Err() != nil { // a clean end, and no lease that was lost
		if err := l.endLanes(p); err != nil {
			l.Log.Error("lanes could not be closed", "peer", p.ID, "error", err)
		}
	}
}

// beginLanes reads which lanes were not closed cleanly.
func (l *Link) beginLanes(ctx context.Context, p *pinned) error {
	var open map[string]bool
	if err := l.DB.Read(ctx, func(tx *store.Tx) (err error) { open, err = openLanes(tx); return err }); err != nil {
		return err
	}
	for lane, s := range p.lanes {
		s.busy.Lock()
		s.open, s.synced, s.marked = open[p.ID+"/"+lane], false, false
		s.busy.Unlock()
	}
	return nil
}

// endLanes marks the lanes of which everything is known, so that the next start
// knows it, too. The senders have stopped.
func (l *Link) endLanes(p *pinned) error {
	var known []string
	for lane, s := range p.lanes {
		if s.marked && !s.open {
			known = append(known, lane)
		}
	}
	if len(known) == 0 {
		return nil
	}
	failpoint.Hit(failpoint.SendLanesClosing)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return l.DB.Write(ctx, func(tx *store.Tx) error {
		for _, lane := range known {
			if err := setOpen(tx, p.ID, lane, false); err != nil {
				return err
			}
		}
		return nil
	})
}

// heard wakes those senders of a peer that has just been in contact which wait
// to try again.
func (p *pinned) heard() {
	for _, s := range p.lanes {
		signal(s.contact)
	}
}

func (p *pinned) close() {
	p.stop()
	for _, line := range p.lines {
		line.close()
	}
}

// alarm records an alarm once; it is no error to raise it again.
func (l *Link) alarm(ctx context.Context, a Alarm) {
	seed := journal.NewSeed(l.Now())
	err := l.DB.Write(ctx, func(tx *store.Tx) error { return l.alarmIn(tx, seed.Draw(l.Ring), a) })
	if err != nil && !errors.Is(err, context.Canceled) {
		l.Log.Error("alarm could not be recorded", "code", a.Code, "peer", a.Peer, "error", err)
	}
}

func (l *Link) alarmIn(tx *store.Tx, d *journal.Draw, a Alarm) error {
	var known int
	err := tx.QueryRow(`SELECT COUNT(*) FROM link_alarm WHERE peer = $1 AND code = $2 AND about = $3`, a.Peer, a.Code, a.About).Scan(&known)
	if err != nil || known > 0 {
		return err
	}
	l.Log.Warn("alarm of the link", "code", a.Code, "peer", a.Peer, "lane", a.Lane)
	return l.House.Enter(tx, d, wire.PurposeAdministration, []journal.Fact{&a})
}

// signal leaves one pending signal.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
