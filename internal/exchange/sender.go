package exchange

import (
	"context"
	"crypto/hpke"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/oasiss/oasiss/internal/failpoint"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Paths of the link, below the peer's URL.
const (
	pathFrame      = "/exchange/v1/frame"
	pathHead       = "/exchange/v1/head"
	pathCheckpoint = "/exchange/v1/checkpoint"
	pathDescriptor = "/exchange/v1/descriptor"
)

// sender moves one lane to one peer: one frame in flight, so that frames grow
// by themselves while the link is busy.
type sender struct {
	link    *Link
	peer    *pinned
	lane    string
	sealTo  hpke.PublicKey
	line    line
	work    chan struct{} // something was put into the outbox
	contact chan struct{} // the peer was heard

	busy   sync.Mutex // held while messages are chosen, sent and settled, so that none lapses in flight
	synced bool       // what the peer last recorded is known and stored here
	open   bool       // a frame may have arrived whose answer is not known
	marked bool       // the lane is marked as open on disk, until a clean end
	tries  int        // failures since the last success
}

// run sends until ctx ends.
func (s *sender) run(ctx context.Context) {
	for ctx.Err() == nil {
		select {
		case <-s.contact: // before the attempt: says nothing of what comes of it
		default:
		}
		more, err := s.attempt(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			s.rest(ctx, err)
		case !more:
			s.pause(ctx, idlePoll, s.work, nil) // that the peer is there gives it nothing to send
		}
	}
}

// attempt is one round and what is known after it.
func (s *sender) attempt(ctx context.Context) (more bool, err error) {
	more, err = s.round(ctx)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		s.synced = false
		s.tries++
		s.link.failed(ctx, s.peer.ID, s.lane, err)
	default:
		s.tries = 0
	}
	return more, err
}

// idlePoll is how often an idle lane looks for itself: a wake-up lost in a
// crash costs this at most.
const idlePoll = 30 * time.Second

// backoff is full jitter: anything up to the minimum doubled for each failure,
// at most the maximum.
func (s *sender) backoff() time.Duration {
	return s.link.RetryMin/4 + jitter(s.link.RetryMin, s.link.RetryMax, s.tries)
}

func jitter(least, most time.Duration, tries int) time.Duration {
	if tries < 16 {
		most = min(most, least<<max(tries-1, 0))
	}
	return rand.N(most) // #nosec G404 -- jitter between tries keeps no secret
}

// rest waits after a failure. A peer that could not be reached is tried again
// at once when it is heard; what it refused is not, or two nodes that refuse
// each other would do nothing else.
func (s *sender) rest(ctx context.Context, why error) {
	least := s.link.RetryMin / 4
	s.pause(ctx, least, nil, nil)
	contact := s.contact
	if t, ok := errors.AsType[*trouble](why); !ok || !t.passes() {
		contact = nil
	}
	s.pause(ctx, s.backoff()-least, nil, contact)
}

// pause waits for the time, or for one of the signals given.
func (s *sender) pause(ctx context.Context, d time.Duration, work, contact chan struct{}) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	case <-work:
	case <-contact:
	}
}

// round sends one frame, if there is something to send, and says whether it
// knows of more. What was put into the outbox since it looked has left its
// signal.
func (s *sender) round(ctx context.Context) (more bool, err error) {
	if s.lane == wire.LaneFile {
		if waiting, err := s.link.urgent(ctx, s.peer.ID); err != nil || waiting {
			s.pause(ctx, s.link.RetryMin/4, nil, nil)
			return err == nil, err
		}
	}
	s.busy.Lock()
	defer s.busy.Unlock()
	if err := s.link.introduce(ctx, s.peer, s.line); err != nil {
		return false, err
	}
	if err := s.link.takeBack(ctx, s.peer, s.line); err != nil {
		return false, err
	}
	if !s.synced {
		if err := s.reconcile(ctx); err != nil {
			return false, err
		}
		s.synced, s.open = true, false
	}
	h, items, err := s.batch(ctx)
	if err != nil || len(items) == 0 {
		return false, err
	}
	failpoint.Hit(failpoint.SendBatchTaken)
	f, err := s.frame(h, items)
	if err != nil {
		return false, err
	}
	failpoint.Hit(failpoint.SendFrameBuilt)
	moved, err := s.send(ctx, f, items)
	return moved || items[len(items)-1].seq+1 < h.next, err
}

// batch takes what is next in the lane, after writing off what may not be sent
// any more: expiry is decided here, at sending.
func (s *sender) batch(ctx context.Context) (h head, items []item, err error) {
	for {
		err = s.link.DB.Read(ctx, func(tx *store.Tx) error {
			if h, err = loadHead(tx, s.peer.ID, s.lane, wayOut); err != nil {
				return err
			}
			if items = nil; h.done+1 == h.next {
				return nil
			}
			items, err = loadItems(tx, h, h.done+1, h.next-1)
			return err
		})
		if err != nil || len(items) == 0 {
			return h, nil, err
		}
		voided, err := s.link.voidLapsed(ctx, s.peer.ID, s.lane, h.epoch, items)
		if err != nil {
			return h, nil, err
		}
		if !voided {
			return h, items, nil
		}
	}
}

// frame signs and seals with the keys valid now.
func (s *sender) frame(h head, items []item) (*wire.Frame, error) {
	spec := wire.FrameSpec{From: s.link.Node, To: s.peer.ID, Lane: s.lane, Epoch: h.epoch, First: items[0].seq, Prev: h.digest, Created: s.link.Now()}
	for n, i := range items {
		if i.seq != h.done+1+int64(n) {
			return nil, &trouble{code: AlarmDamaged, cause: fmt.Errorf("%w: the outbox lacks number %d", journal.ErrDamaged, h.done+1+int64(n))}
		}
	}
	for _, i := range items {
		if err := i.sound(s.link.Node, s.peer.ID); err != nil {
			return nil, &trouble{code: AlarmDamaged, cause: err}
		}
		e, err := i.entry()
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", i.seq, err)
		}
		spec.Entries = append(spec.Entries, e)
	}
	f, err := wire.BuildFrame(spec, s.link.own().Sign, s.sealTo)
	if err != nil {
		return nil, fmt.Errorf("build frame: %w", err)
	}
	return f, nil
}

// send posts the frame. Until its answer is settled nobody knows whether it
// arrived, and none of its messages may be written off. moved says that the peer
// was elsewhere in the lane, which is followed now.
func (s *sender) send(ctx context.Context, f *wire.Frame, items []item) (moved bool, err error) {
	if err := s.mark(ctx); err != nil {
		return false, err
	}
	failpoint.Hit(failpoint.SendMarked)
	s.open = true
	status, answer, err := s.line.ask(ctx, pathFrame, f.Bytes())
	if err != nil {
		s.open = !neverLeft(err)
		return false, err
	}
	failpoint.Hit(failpoint.SendAnswered)
	if moved, err = s.answered(ctx, f, items, status, answer); err != nil {
		return false, err
	}
	s.open = false
	return moved, nil
}

// mark notes on disk, once in the life of the process, that frames leave: after
// a crash it is not known what arrived, after a clean end it is.
func (s *sender) mark(ctx context.Context) error {
	if s.marked {
		return nil
	}
	err := s.link.DB.Write(ctx, func(tx *store.Tx) error { return setOpen(tx, s.peer.ID, s.lane, true) })
	s.marked = err == nil
	return err
}

// answered settles the frame by what the peer answered.
func (s *sender) answered(ctx context.Context, f *wire.Frame, items []item, status int, answer []byte) (moved bool, err error) {
	switch status {
	case http.StatusOK:
		return false, s.settle(ctx, f.Signed, f.Header, string(answer), items)
	case http.StatusConflict: // the peer is elsewhere in the lane: its heads say where
		heads, err := s.readHeads(answer)
		if err != nil {
			return false, err
		}
		if moved, err = s.follow(ctx, heads, string(answer), false); err == nil && !moved {
			err = &trouble{code: string(wire.CodeSequence)} // it says no without saying where it is
		}
		return moved, err
	case http.StatusUnprocessableEntity:
		return false, s.frameRefused(ctx, f, string(answer))
	}
	return false, refusedBy(status, answer)
}

// settle verifies a receipt and stores it with the lane's high water in one
// commit. Nothing is trusted but what the peer signed.
func (s *sender) settle(ctx context.Context, signed string, h wire.FrameHeader, receipt string, items []item) error {
	r, err := wire.ReadReceipt(receipt, s.peer.keys.Ever())
	if err != nil {
		return &trouble{code: "receipt", cause: err}
	}
	entries := make([]wire.Digest, len(items))
	for n, i := range items {
		e, err := i.entry()
		if err != nil {
			return err
		}
		entries[n] = e.Digest()
		if i.void == "" {
			entries[n] = i.digest // the body may be gone by now
		}
	}
	if err := r.Answers(signed, h, entries); err != nil {
		return &trouble{code: "receipt", cause: err}
	}
	if r.Type != wire.ReceiptRecorded {
		return &trouble{code: "receipt", detail: "not recorded"}
	}
	failpoint.Hit(failpoint.SendVerified)
	if err := s.store(ctx, signed, h, receipt, r, items); err != nil {
		return err
	}
	failpoint.Hit(failpoint.SendSettled)
	return nil
}

func (s *sender) store(ctx context.Context, signed string, h wire.FrameHeader, receipt string, r wire.Receipt, items []item) error {
	l, seed := s.link, journal.NewSeed(s.link.Now())
	ahead := r.At.Sub(l.Now())
	return l.DB.Write(ctx, func(tx *store.Tx) error {
		now, err := loadHead(tx, h.To, h.Lane, wayOut)
		if err != nil {
			return err
		}
		if now.epoch != h.Epoch || now.done+1 != h.First {
			return nil // settled already
		}
		d := seed.Draw(l.Ring)
		taken := &ReceiptTaken{Peer: h.To, Lane: h.Lane, Epoch: h.Epoch, First: h.First, Last: h.Last,
			Frame: r.Frame, Header: signed, Receipt: receipt, At: r.At}
		if err := l.House.Enter(tx, d, wire.PurposeAdministration, []journal.Fact{taken}); err != nil {
			return err
		}
		failpoint.Hit(failpoint.SendSettling)
		for n, o := range r.Entries {
			if o.Result == wire.ResultRefused && !o.Void {
				if err := l.enterRefused(tx, d, h, o, items[n], r.At); err != nil {
					return err
				}
			}
		}
		return hear(tx, h.To, l.Now(), ahead)
	})
}

// enterRefused records that a message was refused, under the message's own
// purpose, case and referral, so that the state it asked for is moved on.
func (l *Link) enterRefused(tx *store.Tx, d *journal.Draw, h wire.FrameHeader, o wire.Outcome, i item, at time.Time) error {
	var void sql.NullString
	if err := tx.QueryRow(`SELECT void FROM outbox WHERE fact = $1`, i.fact).Scan(&void); err != nil {
		return fmt.Errorf("refused message: %w", err)
	}
	if void.Valid {
		return nil // it expired here, and came too late there: the void has moved the state already
	}
	var known int
	if err := tx.QueryRow(`SELECT COUNT(*) FROM link_refused WHERE id = $1`, i.id).Scan(&known); err != nil || known > 0 {
		return err // sent again in a new epoch, and refused as before
	}
	e, _, err := journal.LoadSeq(tx, i.fact)
	if err != nil && !errors.Is(err, journal.ErrForgotten) {
		return fmt.Errorf("refused message: %w", err)
	}
	f := &Refused{Envelope: journal.Envelope{Case: e.Case, Referral: e.Referral}, Peer: h.To, Lane: h.Lane, Seq: o.Seq, Message: e.ID, Of: e.Kind, Code: o.Code, At: at}
	if err := l.House.Enter(tx, d, purposeOf(e), []journal.Fact{f}); err != nil {
		return err
	}
	failpoint.Hit(failpoint.SendRefusedStored)
	if o.Code == wire.CodeOtherDigest {
		return l.alarmIn(tx, d, Alarm{Peer: h.To, Lane: h.Lane, Code: AlarmOtherDigest, About: e.ID})
	}
	return nil
}

// purposeOf is the purpose a message was released for; of a forgotten one only
// oversight of the order that forgot it remains.
func purposeOf(e journal.Entry) string {
	if e.Purpose == "" {
		return wire.PurposeOversight
	}
	return e.Purpose
}

// frameRefused handles the refusal of a whole frame: the lane stands still,
// shown, and is tried again with keys and bytes made anew.
func (s *sender) frameRefused(ctx context.Context, f *wire.Frame, answer string) error {
	r, err := wire.ReadReceipt(answer, s.peer.keys.Ever())
	if err != nil {
		return &trouble{code: "receipt", cause: err}
	}
	if err := r.Answers(f.Signed, f.Header, nil); err != nil || r.Type != wire.ReceiptRefused {
		return &trouble{code: "receipt", cause: err}
	}
	if r.Code == wire.CodeAltered || r.Code == wire.CodeSignature {
		s.link.alarm(ctx, Alarm{Peer: s.peer.ID, Lane: s.lane, Code: AlarmAltered, About: fmt.Sprintf("%s/%d/%d", s.lane, r.Epoch, r.First)})
	}
	if r.Code == wire.CodeSupersededKey {
		signal(s.link.changed) // its new descriptor is fetched at the next round of witnessing
	}
	return &trouble{code: string(r.Code)}
}

// trouble is why an attempt did not succeed: a code that pages render as
// "link.problem.<code>", and a cause for operators.
type trouble struct {
	code   string
	detail string
	cause  error
}

// Troubles of the network, which pass by themselves.
const (
	troubleUnreachable = "unreachable"
	troubleCut         = "cut"
)

// passes reports whether it is the network's.
func (t *trouble) passes() bool { return t.code == troubleUnreachable || t.code == troubleCut }

func (t *trouble) Error() string {
	switch {
	case t.cause != nil:
		return t.code + ": " + t.cause.Error()
	case t.detail != "":
		return t.code + ": " + t.detail
	}
	return t.code
}

func (t *trouble) Unwrap() error { return t.cause }
