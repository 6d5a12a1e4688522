package node

import (
	"context"
	"errors"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// signatures makes proofs of this node's people and finds the keys of peers'.
type signatures struct{ n *Node }

// Prove implements act.Signatures.
func (s signatures) Prove(ctx context.Context, by access.Actor, digest [32]byte, password string) (wire.Proof, error) {
	return s.n.Guard.Prove(ctx, by, digest, password)
}

// Keys implements act.Signatures: a peer's statements are checked with the key
// of its approved descriptor.
func (s signatures) Keys(tx *store.Tx, peer string) wire.ProofKeys {
	return func(p wire.Proof) (wire.ProofKey, error) {
		known, err := exchange.FindPeer(tx, peer)
		if err != nil {
			return wire.ProofKey{}, err
		}
		if known.Status != exchange.PeerApproved {
			return wire.ProofKey{}, errors.New("node: not an approved peer")
		}
		d, err := wire.ReadDescriptor(known.Descriptor)
		if err != nil {
			return wire.ProofKey{}, err
		}
		return d.ProofKeys()(p)
	}
}
