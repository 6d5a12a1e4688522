package test

import (
	"slices"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// TestJournalVerifyChecksEverySignatureAgain looks through the journal of a node
// whose people, and whose peer's people, have signed: all signatures hold. Then
// one is changed in the store, and another stands there by password alone, as
// those did that were recorded before passkeys.
func TestJournalVerifyChecksEverySignatureAgain(t *testing.T) {
	w := newWorld(t)
	w.sent(w.file())
	n := w.nodes["us"]
	var v journal.Verified
	verify := func() {
		t.Helper()
		w.ok(n.DB.Read(t.Context(), func(tx *store.Tx) (err error) { v, err = n.Link.Verify(tx); return err }))
	}
	verify()
	whole := v.Signatures
	if whole.Checked < 6 || whole.Weak+whole.Broken+whole.Unknown != 0 || len(v.Faults) > 0 {
		t.Fatalf("%+v, %v", whole, v.Faults)
	}
	signed := slices.Clone(v.Signed)
	change := func(seq int64, f func(m wire.Message) wire.Proof) {
		t.Helper()
		w.ok(n.DB.Write(t.Context(), func(tx *store.Tx) error {
			_, m, err := journal.LoadSeq(tx, seq)
			if err != nil {
				return err
			}
			if m, err = m.Signed(f(m)); err != nil {
				return err
			}
			return tx.Exec(`UPDATE body SET bytes = $1 WHERE seq = $2`, m.Bytes(), seq)
		}))
	}
	change(signed[0], func(m wire.Message) wire.Proof {
		p := m.Proofs[0]
		p.Sig = slices.Clone(p.Sig)
		p.Sig[len(p.Sig)-1] ^= 1
		return p
	})
	verify()
	if got := v.Signatures; got.Broken != 1 || got.Checked != whole.Checked-1 || len(v.Faults) < 2 {
		t.Errorf("one changed: %+v, %v", got, v.Faults)
	}
	own := signed[slices.IndexFunc(signed, func(seq int64) bool { return seq != signed[0] && w.made("us", seq) == "us" })]
	change(own, func(m wire.Message) wire.Proof {
		p, err := wire.SignPassword("us", m.Act.By.ID, m.ActDigest(), time.Now(), n.Keys.Sign)
		w.ok(err)
		return p
	})
	verify()
	if got := v.Signatures; got.Weak != 1 || got.Broken != 1 {
		t.Errorf("one by password: %+v", got)
	}
}

// made is the node that made a fact.
func (w *world) made(n string, seq int64) (node string) {
	w.t.Helper()
	w.ok(w.nodes[n].DB.Read(w.t.Context(), func(tx *store.Tx) error {
		e, _, err := journal.LoadSeq(tx, seq)
		node = e.Node
		return err
	}))
	return node
}
