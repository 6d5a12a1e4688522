package exchange

import (
	"context"
	"fmt"
	"net/http"

	"github.com/oasiss/oasiss/internal/failpoint"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
	"golang.org/x/mod/sumdb/tlog"
)

// reconcile asks the peer where it stands before anything is sent: after a
// start, and after every attempt whose outcome is not known. Frames are not
// stored before sending; what the peer recorded, it proves with this node's
// own signature.
func (s *sender) reconcile(ctx context.Context) error {
	before, err := s.link.witnessedOf(ctx, s.peer.ID)
	if err != nil {
		return err
	}
	status, answer, err := s.line.ask(ctx, pathHead, nil)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return refusedBy(status, answer)
	}
	heads, err := s.readHeads(answer)
	if err != nil {
		return err
	}
	failpoint.Hit(failpoint.SendHeadsAsked)
	s.link.shrunk(ctx, s.peer, before, string(answer), heads)
	_, err = s.follow(ctx, heads, string(answer), true)
	return err
}

func (s *sender) readHeads(signed []byte) (wire.Heads, error) {
	h, err := wire.ReadHeads(string(signed), s.peer.keys.Ever())
	if err != nil {
		return h, &trouble{code: "heads", cause: err}
	}
	if h.From != s.peer.ID || h.To != s.link.Node {
		return h, &trouble{code: "heads", detail: "of another link"}
	}
	return h, nil
}

// follow compares the peer's head of this lane with the outbox, and reports
// whether a frame was settled by it. asked says that nothing was sent yet.
func (s *sender) follow(ctx context.Context, heads wire.Heads, signed string, asked bool) (moved bool, err error) {
	if err := s.link.hear(ctx, s.peer.ID, heads.At); err != nil {
		return false, err
	}
	stop := func(code string, next int64) error { return s.stopLane(ctx, code, next, signed) }
	theirs, ok := wire.Head{}, false
	for _, x := range heads.Head {
		if x.Lane == s.lane {
			theirs, ok = x, true
		}
	}
	if !ok {
		return false, &trouble{code: "heads", detail: "without this lane"}
	}
	var ours head
	err = s.link.DB.Read(ctx, func(tx *store.Tx) (err error) {
		ours, err = loadHead(tx, s.peer.ID, s.lane, wayOut)
		return err
	})
	if err != nil {
		return false, err
	}
	switch {
	case theirs.Epoch < ours.epoch && asked:
		return false, nil // its people have not begun anew yet: a frame of the new epoch tells them
	case theirs.Epoch != ours.epoch:
		if theirs.Epoch > ours.epoch { // its people have begun anew; now it is up to those here
			s.link.contradicted(ctx, Contradicted{Peer: s.peer.ID, Lane: s.lane, Code: codeEpoch, Next: theirs.Epoch, Heads: signed}, nil)
		}
		return false, &trouble{code: codeEpoch}
	case theirs.Next < ours.done+1:
		return false, stop(AlarmBehind, theirs.Next)
	case theirs.Next > ours.next:
		return false, stop(AlarmAhead, theirs.Next)
	case theirs.Next == ours.done+1:
		if theirs.Header != "" && wire.FrameDigest(theirs.Header) != ours.digest {
			return false, stop(AlarmRootMismatch, theirs.Next)
		}
		return false, nil
	}
	return true, s.catchUp(ctx, ours, theirs, stop)
}

// stopLane raises an alarm and keeps what the peer signed; the lane does not
// move until people of both nodes have begun it anew.
func (s *sender) stopLane(ctx context.Context, code string, next int64, heads string) error {
	s.link.contradicted(ctx, Contradicted{Peer: s.peer.ID, Lane: s.lane, Code: code, Next: next, Heads: heads},
		&Alarm{Peer: s.peer.ID, Lane: s.lane, Code: code, About: fmt.Sprintf("%s/%d", s.lane, next)})
	return &trouble{code: code}
}

// catchUp stores the receipt of a frame that arrived and whose answer did not:
// header by this node's own signature, root recomputed from the outbox, receipt
// by the peer's signature.
func (s *sender) catchUp(ctx context.Context, ours head, theirs wire.Head, stop func(code string, next int64) error) error {
	h, r, ok, err := theirs.Last(s.link.ownKeys(), s.peer.keys.Ever())
	if err != nil || !ok {
		return stop(AlarmRootMismatch, theirs.Next)
	}
	if h.From != s.link.Node || h.To != s.peer.ID || h.First != ours.done+1 || h.Prev != ours.digest {
		return stop(AlarmAhead, theirs.Next)
	}
	var items []item
	err = s.link.DB.Read(ctx, func(tx *store.Tx) (err error) {
		items, err = loadItems(tx, ours, h.First, h.Last)
		return err
	})
	if err != nil {
		return err
	}
	if items, ok = matching(items, h, r); !ok {
		return stop(AlarmRootMismatch, theirs.Next)
	}
	failpoint.Hit(failpoint.SendCatchUp)
	return s.settle(ctx, theirs.Header, h, theirs.Receipt, items)
}

// matching finds what of the outbox gives the signed root. A message may have
// been written off after it had left in a frame whose answer was lost: then the
// root holds it as a message. The receipt says which it was; no clock does, it
// may have been put back between.
func matching(items []item, h wire.FrameHeader, r wire.Receipt) ([]item, bool) {
	if len(items) != h.Count || len(r.Entries) != h.Count {
		return nil, false
	}
	asSent := make([]item, len(items))
	for n, i := range items {
		if !r.Entries[n].Void {
			i.void = ""
		}
		asSent[n] = i
	}
	return asSent, rootOf(asSent) == h.Root
}

// rootOf needs digests only: a message may have been forgotten since.
func rootOf(items []item) wire.Digest {
	leaves := make([]tlog.Hash, len(items))
	for n, i := range items {
		if i.void == "" {
			leaves[n] = wire.EntryLeaf(wire.EntryMessage, i.digest)
			continue
		}
		e, err := i.entry()
		if err != nil {
			return wire.Digest{}
		}
		leaves[n] = e.Leaf()
	}
	root, err := wire.Root(leaves)
	if err != nil {
		return wire.Digest{}
	}
	return root
}
