package directory_test

import (
	"context"
	"testing"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/directory"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Lanes begin anew only where they contradict, by two people of different
// offices, also on a restored node that takes no other act.
func TestLanesBeginAnewByTwoPeople(t *testing.T) {
	h := newPairing(t)
	one, two := h.founded()
	begin := &directory.BeginLanes{Link: "mx", Reason: "the disk was put back"}
	h.refuses(one, begin, "exchange.lanes_agree")
	h.write(func(tx *store.Tx) error { return tx.Exec(`INSERT INTO restored (peer, size, at) VALUES ('mx', 1, 1)`) })
	h.refuses(one, begin, "node.restored")
	err := h.NodeActs(context.Background(), wire.PurposeAdministration, func(*store.Tx, *journal.Draw) ([]journal.Fact, error) {
		return []journal.Fact{&exchange.Contradicted{Peer: "mx", Lane: wire.LaneCase, Code: exchange.AlarmBehind, Next: 3}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	h.refuses(one, &directory.RotateKeys{Reason: "another act"}, "node.restored")
	p := h.Must(one, "administration", begin)
	h.refuses(one, &directory.Approve{Proposal: p.Object}, "directory.same_person")
	h.refuses(access.Actor{User: one.User, Office: one.Office, Roles: []string{access.RoleAdmin}}, begin, "access.not_yours")
	h.Must(two, "administration", &directory.Approve{Proposal: p.Object})
	var lanes int
	h.Read(func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT COUNT(*) FROM lane_head WHERE peer = 'mx' AND epoch = 2 AND next = 1 AND done = 0`).Scan(&lanes)
	})
	if lanes != 2*len(wire.Lanes) {
		t.Errorf("%d lanes begun", lanes)
	}
	h.ReplayEqual()
	h.refuses(two, begin, "node.restored") // nothing contradicts any more
}
