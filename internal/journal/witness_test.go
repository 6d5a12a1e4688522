package journal_test

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/store/storetest"
	"github.com/oasiss/oasiss/wire"
	"pgregory.net/rapid"
)

const (
	origin  = "oasiss/test/us/journal"
	witness = "oasiss/test/mx/witness"
)

func key(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(name))
	return ed25519.NewKeyFromSeed(seed[:])
}

func vkeys(t testing.TB) (journalKey, witnessKey string) {
	t.Helper()
	j, err := wire.JournalVkey(origin, key("journal").Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	w, err := wire.WitnessVkey(witness, key("witness").Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	return j, w
}

func open(t testing.TB) *store.DB {
	t.Helper()
	return storetest.Open(t)
}

func write(t testing.TB, db *store.DB, f func(*store.Tx) error) {
	t.Helper()
	if err := db.Write(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

// grow appends n leaves; salt makes two histories differ.
func grow(t testing.TB, db *store.DB, n int, salt string) {
	t.Helper()
	write(t, db, func(tx *store.Tx) error {
		size, err := journal.Size(tx)
		if err != nil {
			return err
		}
		for i := range int64(n) {
			seq := size + i + 1
			body := []byte{byte(seq), byte(seq >> 8)}
			body = append(body, salt...)
			digest := sha256.Sum256(body)
			if err := tx.Exec(`INSERT INTO fact (seq, id, kind, node, at) VALUES ($1, $2, 'k', 'us', 1)`, seq, hex.EncodeToString(body)); err != nil {
				return err
			}
			if err := tx.Exec(`INSERT INTO body (seq, bytes) VALUES ($1, $2)`, seq, body); err != nil {
				return err
			}
			if err := tx.Exec(`INSERT INTO leaf (n, digest) VALUES ($1, $2)`, seq-1, digest[:]); err != nil {
				return err
			}
		}
		return nil
	})
}

// empty makes a journal begin anew.
func empty(t testing.TB, db *store.DB) {
	t.Helper()
	write(t, db, func(tx *store.Tx) error {
		for _, table := range []string{"fact", "body", "leaf", "tile", "checkpoint", "witnessed"} {
			if err := tx.Exec(`DELETE FROM ` + table); err != nil {
				return err
			}
		}
		return nil
	})
}

// ask makes a checkpoint of db and the request from size old.
func ask(t testing.TB, db *store.DB, old int64) (journal.Signed, wire.WitnessRequest) {
	t.Helper()
	var s journal.Signed
	var r wire.WitnessRequest
	write(t, db, func(tx *store.Tx) (err error) {
		if s, err = journal.MakeCheckpoint(tx, key("journal"), origin, time.Now()); err != nil {
			return err
		}
		r, err = journal.AskWitness(tx, s, min(old, s.Size))
		r.Old = old
		return err
	})
	return s, r
}

func see(t testing.TB, db *store.DB, r wire.WitnessRequest) error {
	t.Helper()
	j, _ := vkeys(t)
	return db.Write(context.Background(), func(tx *store.Tx) error {
		_, _, err := journal.Witness(tx, "us", j, r, time.Now())
		return err
	})
}

func seen(t testing.TB, db *store.DB) (size int64) {
	t.Helper()
	err := db.Read(context.Background(), func(tx *store.Tx) error {
		c, _, err := journal.Witnessed(tx, "us")
		size = c.Size
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return size
}

func TestWitnessSignsNothingSmallerOrInconsistent(t *testing.T) {
	us, mx, fork := open(t), open(t), open(t)
	grow(t, us, 10, "a")
	grow(t, fork, 10, "a")
	_, early := ask(t, us, 0)
	if err := see(t, mx, early); err != nil {
		t.Fatal(err)
	}
	grow(t, us, 600, "a")
	_, r := ask(t, us, 10)
	if err := see(t, mx, r); err != nil {
		t.Fatal(err)
	}
	if err := see(t, mx, early); wire.CodeOf(err) != wire.CodeSequence {
		t.Errorf("a smaller one: %v", err)
	}
	again := early
	again.Old = 610
	if err := see(t, mx, again); wire.CodeOf(err) != wire.CodeAltered {
		t.Errorf("rolled back: %v", err)
	}
	grow(t, fork, 700, "b")
	_, split := ask(t, fork, 610)
	if err := see(t, mx, split); wire.CodeOf(err) != wire.CodeAltered {
		t.Errorf("split view: %v", err)
	}
	same := open(t)
	grow(t, same, 10, "a")
	grow(t, same, 600, "b")
	_, twin := ask(t, same, 610)
	if err := see(t, mx, twin); wire.CodeOf(err) != wire.CodeAltered {
		t.Errorf("same size, other root: %v", err)
	}
	if got := seen(t, mx); got != 610 {
		t.Errorf("witnessed %d", got)
	}
	_, r = ask(t, us, 610)
	if err := see(t, mx, r); err != nil {
		t.Errorf("the same again: %v", err)
	}
}

func TestCosignatureAndPortableProof(t *testing.T) {
	us := open(t)
	j, w := vkeys(t)
	grow(t, us, 300, "a")
	s, _ := ask(t, us, 0)
	cosign := func(s journal.Signed, name string) []byte {
		line, err := wire.Cosign(s.Note, j, name, key("witness"), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return line
	}
	write(t, us, func(tx *store.Tx) error {
		if err := journal.AddCosignature(tx, s, "mx", j, w, cosign(s, witness)); err != nil {
			return err
		}
		if err := journal.AddCosignature(tx, s, "mx", j, w, cosign(s, "somebody/else")); wire.CodeOf(err) != wire.CodeSignature {
			t.Errorf("somebody else's: %v", err)
		}
		return nil
	})
	grow(t, us, 5, "a")
	ask(t, us, 0)
	err := us.Read(context.Background(), func(tx *store.Tx) error {
		for _, seq := range []int64{1, 256, 257, 300} {
			p, err := journal.Prove(tx, seq, true)
			if err != nil {
				return err
			}
			_, c, err := wire.ProofFile{Digest: p.Digest, Index: p.Index, Path: p.Path, Checkpoint: p.Checkpoint}.Verify(j, w)
			if err != nil || len(c.Cosignatures) != 1 || c.Size != 300 {
				t.Errorf("fact %d: %+v %v", seq, c, err)
			}
		}
		if p, err := journal.Prove(tx, 303, false); err != nil || len(p.Message) != 0 {
			t.Errorf("not cosigned yet: %v", err)
		}
		if _, err := journal.Prove(tx, 999, false); !errors.Is(err, journal.ErrNoCheckpoint) {
			t.Errorf("not covered: %v", err)
		}
		size, at, err := journal.CosignedBy(tx, "mx")
		if size != 300 || time.Since(at) > time.Minute {
			t.Errorf("cosigned %d %v", size, at)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// However a journal grows and whatever sizes are shown, every honest request
// is cosigned, and one from a history with any leaf changed below the size
// cosigned never is.
func TestWitnessProperty(t *testing.T) {
	us, mx, fork := open(t), open(t), open(t)
	rapid.Check(t, func(r *rapid.T) {
		for _, db := range []*store.DB{us, mx, fork} {
			empty(t, db)
		}
		first := rapid.IntRange(1, 270).Draw(r, "first")
		common := rapid.IntRange(0, first-1).Draw(r, "common")
		grow(t, us, first, "a")
		_, req := ask(t, us, 0)
		if err := see(t, mx, req); err != nil {
			r.Fatal(err)
		}
		more := rapid.IntRange(0, 40).Draw(r, "more")
		grow(t, us, more, "a")
		if _, req = ask(t, us, int64(first)); see(t, mx, req) != nil {
			r.Fatalf("honest growth from %d by %d refused", first, more)
		}
		grow(t, fork, common, "a")
		grow(t, fork, first+more-common+rapid.IntRange(0, 20).Draw(r, "ahead"), "b")
		if _, req = ask(t, fork, int64(first+more)); see(t, mx, req) == nil {
			r.Fatalf("a fork at %d was cosigned at %d", common, first+more)
		}
	})
}
