package exchange_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// A program of the other country may not keep to the protocol: it sends a frame
// out of its place, or a message again under another number. Nodes of this
// program never do, so the simulator asks in their name, with their keys, and
// has the receiver's transaction undone.

// rogue asks a node what it would answer to such a frame of a peer.
func (w *world) rogue() error {
	from := pick(w, w.nodes)
	to := pick(w, w.peers(from))
	if to.link == nil || to.power || len(w.acts) == 0 {
		return nil
	}
	var m wire.Message
	var said exchange.Delivery
	a := pick(w, w.acts)
	if a.from != from || a.to != to {
		return nil
	}
	err := from.DB.Read(context.Background(), func(tx *store.Tx) (err error) {
		if said, _, err = exchange.Receipts(tx, a.id); err != nil {
			return err
		}
		_, m, err = journal.Load(tx, a.id)
		return err
	})
	if errors.Is(err, journal.ErrForgotten) || err == nil && said.State != exchange.DeliveryRecorded && said.State != exchange.DeliveryRefused {
		return nil
	}
	if err != nil {
		return err
	}
	epoch, next, prev, err := to.link.Place(from.name, a.lane)
	if err != nil {
		return err
	}
	for _, s := range []struct {
		what string
		wire.FrameSpec
	}{
		{"", wire.FrameSpec{Epoch: epoch, First: next, Prev: prev}},
		{"after a hole", wire.FrameSpec{Epoch: epoch, First: next + 1, Prev: prev}},
		{"a second time", wire.FrameSpec{Epoch: epoch, First: next - 1, Prev: prev}},
		{"after another", wire.FrameSpec{Epoch: epoch, First: next, Prev: wire.Digest{1}}},
		{"of another lane", wire.FrameSpec{Epoch: epoch + 1, First: next, Prev: prev}},
		{"again from the beginning", wire.FrameSpec{Epoch: epoch, First: 1}},
	} {
		if s.First < 1 || (s.First == 1) != s.Prev.IsZero() || s.what == "again from the beginning" && next == 1 { // not a frame at all
			continue
		}
		outcomes, placed, err := w.considered(from, to, a.lane, s.FrameSpec, m)
		if errors.Is(err, errNotRead) {
			return nil // it does not know the newest keys yet
		}
		switch {
		case err != nil:
			return fmt.Errorf("%s asked by a rogue %s: %w", to.name, from.name, err)
		case placed != (s.what == ""):
			return fmt.Errorf("%s took a frame of %s out of its place (%s)", to.name, from.name, s.what)
		case !placed:
		case outcomes[0].Code != said.Code || outcomes[0].Leaf != nil && *outcomes[0].Leaf != said.Leaf || (outcomes[0].Leaf == nil) != (said.State == exchange.DeliveryRefused):
			return fmt.Errorf("%s answers act %d of %s, which was %s %s at %d, another time with %+v", to.name, a.N, from.name, said.State, said.Code, said.Leaf, outcomes[0])
		}
	}
	return nil
}

// errNotRead means that a frame is not one of the peer's as the node knows it.
var errNotRead = errors.New("not read")

func (w *world) considered(from, to *simNode, lane string, s wire.FrameSpec, m wire.Message) ([]wire.Outcome, bool, error) {
	s.From, s.To, s.Lane, s.Created = from.name, to.name, lane, from.Acts.Now()
	s.Entries = []wire.Entry{{Type: wire.EntryMessage, Body: m.Bytes()}}
	f, err := wire.BuildFrame(s, from.keys.Sign, to.keys.Seal.PublicKey())
	if err != nil {
		return nil, false, err
	}
	outcomes, placed, err := to.link.Consider(from.name, f.Bytes())
	if wire.CodeOf(err) != "" || errors.Is(err, exchange.ErrKeys) {
		err = errNotRead
	}
	return outcomes, placed, err
}
