package seal_test

import (
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/store/storetest"
)

// Every bit of a stored key and of a box is under its seal: a flipped one opens
// nothing, and never gives another key.
func TestFlippedKeyOpensNothing(t *testing.T) {
	db := storetest.Open(t)
	ring, err := seal.NewKeyring([32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	key := [32]byte{2, 3, 5}
	err = db.Write(t.Context(), func(tx *store.Tx) error {
		if err := ring.Store(tx, "key-1", "person/1", key, time.Unix(1, 0)); err != nil {
			return err
		}
		var wrapped []byte
		if err := tx.QueryRow(`SELECT wrapped FROM sealkey WHERE id = 'key-1'`).Scan(&wrapped); err != nil {
			return err
		}
		for i := range len(wrapped) * 8 {
			b := append([]byte{}, wrapped...)
			b[i/8] ^= 1 << (i % 8)
			if err := tx.Exec(`UPDATE sealkey SET wrapped = $1 WHERE id = 'key-1'`, b); err != nil {
				return err
			}
			if _, err := ring.Key(tx, "key-1"); err == nil {
				t.Fatalf("bit %d of a stored key goes unnoticed", i)
			}
		}
		if err := tx.Exec(`UPDATE sealkey SET wrapped = $1, id = 'key-2' WHERE id = 'key-1'`, wrapped); err != nil {
			return err
		}
		if _, err := ring.Key(tx, "key-2"); err == nil {
			t.Error("a key opens under another's id")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	box := ring.Box("prepared/1", []byte("an act as it was shown"))
	for i := range len(box) * 8 {
		b := append([]byte{}, box...)
		b[i/8] ^= 1 << (i % 8)
		if _, err := ring.Unbox("prepared/1", b); err == nil {
			t.Fatalf("bit %d of a box goes unnoticed", i)
		}
	}
}
