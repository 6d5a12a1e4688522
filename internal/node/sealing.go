package node

import (
	"crypto/hpke"
	"fmt"

	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// sealing implements packet.Link: content keys are sealed to the pinned key of
// an approved peer, and opened with this node's own.
type sealing struct{ keys func() *seal.NodeKeys }

// SealTo implements packet.Link.
func (s sealing) SealTo(tx *store.Tx, node string) (hpke.PublicKey, error) {
	d, err := exchange.Descriptor(tx, node)
	if err != nil {
		return nil, fmt.Errorf("seal key of %s: %w", node, err)
	}
	return d.Seal()
}

// OwnSeal implements packet.Link. What was sealed to a former key before the
// peer knew the present one opens all the same.
func (s sealing) OwnSeal(id string) (hpke.PrivateKey, bool) {
	keys := s.keys()
	for _, k := range append([]seal.LinkKeys{keys.LinkKeys}, keys.Former...) {
		if wire.SealKeyID(k.Seal.PublicKey()) == id {
			return k.Seal, true
		}
	}
	return nil, false
}
