package exchange

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// The simulator drives the steps of a link itself, one after another, over a
// network of its own. Everything between the steps is the program's.

// Asking carries one request to a peer, under the certificate that the link
// shows it, and brings the answer. Its errors are ErrUnreachable and ErrCut.
type Asking func(peer, path string, body []byte, shows *x509.Certificate) (status int, answer []byte, err error)

// What may happen to a request.
var (
	ErrUnreachable error = &trouble{code: troubleUnreachable, cause: errNotTaken} // nothing of it left
	ErrCut         error = &trouble{code: troubleCut, cause: errors.New("simulated")}
)

type simulated struct {
	link   *Link
	peer   *pinned
	asking Asking
}

func (s simulated) close() {}
func (s simulated) renew() {}

func (s simulated) ask(_ context.Context, path string, body []byte) (int, []byte, error) {
	return s.asking(s.peer.ID, path, body, s.link.certificate(s.peer).Leaf)
}

// Simulate takes up the peers of a link that has not started, without a goroutine.
func (l *Link) Simulate(ask Asking) error {
	l.lines = func(p *pinned) line { return simulated{link: l, peer: p, asking: ask} }
	l.apart = func(f func()) { f() }
	l.carry = func(ctx context.Context, p *pinned) {
		if l.beginLanes(ctx, p) == nil {
			p.held.Store(true)
		}
	}
	l.life = context.Background()
	return l.Refresh()
}

// Refresh takes up what has changed of the peers.
func (l *Link) Refresh() error { return l.refresh(context.Background()) }

// Attempt is one turn of a lane's sender; busy if the lane is in the middle of one.
func (l *Link) Attempt(peer, lane string) (more, busy bool, err error) {
	s := l.peer(peer).lanes[lane]
	if !s.busy.TryLock() {
		return false, true, nil
	}
	s.busy.Unlock()
	more, err = s.attempt(context.Background())
	return more, false, err
}

// Sweep writes off what has expired in a lane.
func (l *Link) Sweep(peer, lane string) error {
	return l.sweep(context.Background(), peer, lane, l.peer(peer).lanes[lane])
}

// Show makes a checkpoint and asks every peer to cosign it.
func (l *Link) Show() error { return l.showJournal(context.Background()) }

// Mend looks through the store.
func (l *Link) Mend() error { return l.mendDamage(context.Background()) }

// Patience sets how long a round of witnessing waits for a peer; before Start.
func (l *Link) Patience(d time.Duration) { l.patience = d }

// End is a clean end of every lane.
func (l *Link) End() error {
	var err error
	for _, p := range l.active() {
		err = errors.Join(err, l.endLanes(p))
	}
	return err
}

// Answer serves a request of whoever shows a certificate.
func (l *Link) Answer(path string, body []byte, shown *x509.Certificate) (int, []byte) {
	r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
	r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{shown}}
	rec := httptest.NewRecorder()
	l.Handler().ServeHTTP(rec, r)
	return rec.Code, rec.Body.Bytes()
}

// Place is where the next frame of a peer's lane belongs.
func (l *Link) Place(peer, lane string) (epoch, next int64, prev wire.Digest, err error) {
	err = l.DB.Read(context.Background(), func(tx *store.Tx) error {
		h, err := loadHead(tx, peer, lane, wayIn)
		epoch, next, prev = h.epoch, h.next, h.digest
		return err
	})
	return epoch, next, prev, err
}

// ErrKeys means that a frame is not signed with the peer's present keys.
var ErrKeys = errors.New("other keys")

var errConsidered = errors.New("considered")

// Consider gives what the receiver answers to a frame, of which nothing stays;
// placed is false if it does not follow the last one of its lane.
func (l *Link) Consider(peer string, body []byte) (outcomes []wire.Outcome, placed bool, err error) {
	p := l.peer(peer)
	if p == nil {
		return nil, false, ErrKeys
	}
	f, err := wire.ReadFrame(body, p.keys.Present())
	if err != nil {
		return nil, false, err
	}
	if err := f.Open(l.Node, l.own().Seal); err != nil {
		return nil, false, err
	}
	now := l.Now()
	in := intake{link: l, peer: p.ID, under: p.Peer.Descriptor, keys: p.keys.Proofs(), frame: f, seed: journal.NewSeed(now), now: now}
	in.read()
	err = l.DB.Write(context.Background(), func(tx *store.Tx) error { return errors.Join(in.record(tx), errConsidered) })
	if _, changed := errors.AsType[keysChanged](err); changed {
		return nil, false, ErrKeys
	}
	if in.receipt == "" {
		if errors.Is(err, errElsewhere) {
			err = nil
		}
		return nil, false, err
	}
	own := l.ownKeys()
	r, err := wire.ReadReceipt(in.receipt, own)
	return r.Entries, true, err
}

// ReceiptOf is the receipt in a fact of one given or taken.
func ReceiptOf(m wire.Message) (string, error) {
	f, err := decodeFact[ReceiptTaken](m)
	return f.Receipt, err
}
