package node

import (
	"context"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// signatures makes proofs of this node's people and finds the keys of peers'.
type signatures struct{ n *Node }

// Ask implements act.Signatures.
func (s signatures) Ask(digest [32]byte) access.Asked { return s.n.Guard.AskAct(digest) }

// Prove implements act.Signatures.
func (s signatures) Prove(ctx context.Context, by access.Actor, digest [32]byte, answer access.Assertion) (wire.Proof, error) {
	return s.n.Guard.Prove(ctx, by, digest, answer)
}

// Keys implements act.Signatures: a node's statements, a peer's or its own, are
// checked with the keys that it has had, each for its time.
func (s signatures) Keys(tx *store.Tx, node string) wire.ProofKeys {
	return func(p wire.Proof) (wire.ProofKey, error) {
		keys, err := s.keysOf(tx, node)
		if err != nil {
			return wire.ProofKey{}, err
		}
		return keys.Proofs()(p)
	}
}

func (s signatures) keysOf(tx *store.Tx, node string) (wire.Keys, error) {
	if node == s.n.Settings.Node {
		return exchange.OwnKeys(tx, node, s.n.Descriptor())
	}
	return exchange.KeysOf(tx, node)
}
