package node

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"io"
	"os"
	"sync"

	"crypto"

	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// presentKeys are a node's keys as they follow each other.
func (n *Node) presentKeys() *seal.NodeKeys { return n.present.Load() }

// Descriptor is the node's own, as signed with its present keys.
func (n *Node) Descriptor() string { return *n.descriptor.Load() }

// signer signs with the node's present key.
type signer struct{ n *Node }

// Public implements crypto.Signer.
func (s signer) Public() crypto.PublicKey { return s.n.presentKeys().Sign.Public() }

// Sign implements crypto.Signer.
func (s signer) Sign(r io.Reader, message []byte, o crypto.SignerOpts) ([]byte, error) {
	return s.n.presentKeys().Sign.Sign(r, message, o)
}

// settleKeys brings folder and record into step at the start: keys that were
// recorded and not yet marked when the node was killed come into force. The
// mark alone may stand where a backup was restored: then the keys are newer
// than the record, and right.
func settleKeys(ctx context.Context, f Folders, db *store.DB) (*seal.NodeKeys, error) {
	var sign string
	if err := db.Read(ctx, func(tx *store.Tx) (err error) { _, sign, err = exchange.Successions(tx); return err }); err != nil {
		return nil, err
	}
	keys, err := seal.LoadNodeKeys(f.Keys)
	if err != nil || sign == "" || !seal.Drawn(f.Keys, keys.N+1) {
		return keys, err
	}
	next, err := seal.Next(f.Keys, keys.N, keys.TLS.Leaf.NotBefore)
	if err != nil || wire.KeyID(next.Sign.Public().(ed25519.PublicKey)) != sign {
		return keys, err
	}
	return keys.Followed(next), seal.Activate(f.Keys, next.N)
}

// startRotations carries out what two people order about the node's keys. It
// returns how to wait for it after ctx has ended.
func (n *Node) startRotations(ctx context.Context) func() error {
	var wg sync.WaitGroup
	wg.Go(func() {
		n.DB.Hold(ctx, "keys", func(ctx context.Context) {
			for {
				if err := n.rotate(ctx); err != nil && ctx.Err() == nil {
					n.Log.Error("the node's keys could not be changed", "error", err)
				}
				select {
				case <-ctx.Done():
					return
				case <-n.ordered:
				}
			}
		})
	})
	return func() error { wg.Wait(); return nil }
}

// rotate carries out one order: keys drawn and on disk, then recorded with the
// former key's signature, then in force. Killed in between, the node begins
// where it was.
func (n *Node) rotate(ctx context.Context) error {
	var order exchange.Ordered
	var waits bool
	if err := n.DB.Read(ctx, func(tx *store.Tx) (err error) { order, waits, err = exchange.OrderedRotation(tx); return err }); err != nil || !waits {
		return err
	}
	now, keys := n.now(), n.presentKeys()
	next, err := seal.Next(n.Folders.Keys, keys.N, now)
	if err != nil {
		return err
	}
	after := keys.Followed(next)
	d, err := describe(n.Settings, after, n.Acts.Kinds.Receivable())
	if err != nil {
		return err
	}
	d.Created = now
	signed, err := wire.SignDescriptor(d, next.Sign)
	if err != nil {
		return fmt.Errorf("descriptor: %w", err)
	}
	succession, err := wire.SignSuccession(wire.Succession{Node: n.Settings.Node, Descriptor: signed, Revoked: order.Revoked, At: now}, keys.Sign)
	if err != nil {
		return fmt.Errorf("succession: %w", err)
	}
	fact := &exchange.OwnRotation{Order: order.ID, Former: n.Descriptor(), Succession: succession}
	err = n.Acts.NodeActs(ctx, wire.PurposeAdministration, func(*store.Tx, *journal.Draw) ([]journal.Fact, error) { return []journal.Fact{fact}, nil })
	if err != nil {
		return err
	}
	if err := seal.Activate(n.Folders.Keys, next.N); err != nil {
		return err
	}
	n.present.Store(after)
	n.descriptor.Store(&signed)
	n.Link.Rekey(after)
	n.Log.Info("the node has new keys", "generation", next.N)
	return os.WriteFile(n.Folders.descriptor(), []byte(signed), 0o600)
}
