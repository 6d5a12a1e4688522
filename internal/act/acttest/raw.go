package acttest

import (
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
)

// Raw gives the bytes of the node's database file and of its write-ahead log,
// as somebody who took them would read them.
func (n *Node) Raw() []byte {
	n.t.Helper()
	var all []byte
	for _, suffix := range []string{"", "-wal"} {
		b, err := os.ReadFile(n.DB.Path() + suffix)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			n.t.Fatal(err)
		}
		all = append(all, b...)
	}
	return all
}

// LogEmptied waits until the write-ahead log was emptied.
func (n *Node) LogEmptied() {
	n.t.Helper()
	for range 100 {
		info, err := os.Stat(n.DB.Path() + "-wal")
		if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	n.t.Fatal("the log was not emptied")
}

// Verified checks the node's journal and fails the test on any fault.
func (n *Node) Verified() (v journal.Verified) {
	n.t.Helper()
	n.Read(func(tx *store.Tx) (err error) { v, err = journal.Verify(tx); return err })
	if len(v.Faults) > 0 {
		n.t.Errorf("the journal does not verify: %v", v.Faults)
	}
	return v
}
