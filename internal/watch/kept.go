package watch

import (
	"context"

	"github.com/oasiss/oasiss/internal/backup"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Keys are the signing keys that a node has had, the present one first.
type Keys struct {
	Node string
	wire.Keys
}

// Kept is what a node has against the day on which it is needed: its backups,
// and the keys by which its peers and it believe each other.
type Kept struct {
	Backups []backup.Made // that it made by itself, the newest first
	Keys    []Keys        // its own, then those of its peers
}

// backupsTold is how many backups are told of.
const backupsTold = 7

// Kept reads what the node with a descriptor keeps.
func (s Source) Kept(ctx context.Context, node, descriptor string) (k Kept, err error) {
	if s.Read == nil {
		return k, nil
	}
	err = s.Read(ctx, func(tx *store.Tx) error {
		k = Kept{}
		var err error
		if k.Backups, err = backup.Newest(tx, backupsTold); err != nil {
			return err
		}
		own, err := exchange.OwnKeys(tx, node, descriptor)
		if err != nil {
			return err
		}
		k.Keys = append(k.Keys, Keys{node, own})
		peers, err := exchange.Peers(tx)
		if err != nil {
			return err
		}
		for _, p := range peers {
			if p.Status != exchange.PeerApproved {
				continue
			}
			theirs, err := exchange.KeysOf(tx, p.ID)
			if err != nil {
				return err
			}
			k.Keys = append(k.Keys, Keys{p.ID, theirs})
		}
		return nil
	})
	return k, err
}
