package acttest

import (
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/store/storetest"
)

// Raw gives the bytes of the node's store, as somebody who took its files would
// read them.
func (n *Node) Raw() []byte {
	n.t.Helper()
	return storetest.Raw(n.t, n.DB)
}

// LogEmptied waits until what was forgotten is out of the store's files.
func (n *Node) LogEmptied() {
	n.t.Helper()
	storetest.Emptied(n.t, n.DB)
}

// Verified checks the node's journal and fails the test on any fault.
func (n *Node) Verified() (v journal.Verified) {
	n.t.Helper()
	n.Read(func(tx *store.Tx) (err error) { v, err = journal.Verify(tx, journal.Keys{}); return err })
	if len(v.Faults) > 0 {
		n.t.Errorf("the journal does not verify: %v", v.Faults)
	}
	return v
}
