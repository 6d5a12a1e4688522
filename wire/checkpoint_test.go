package wire_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/oasiss/oasiss/wire"
	"golang.org/x/mod/sumdb/tlog"
)

// log is a journal held in memory.
type log struct {
	n      int64
	hashes []tlog.Hash
}

func (l *log) ReadHashes(is []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(is))
	for i, x := range is {
		out[i] = l.hashes[x]
	}
	return out, nil
}

func (l *log) add(t testing.TB, digest [32]byte) {
	h, err := tlog.StoredHashesForRecordHash(l.n, wire.LeafHash(digest), l)
	must(t, err)
	l.hashes = append(l.hashes, h...)
	l.n++
}

func (l *log) root(t testing.TB, n int64) wire.Digest {
	h, err := tlog.TreeHash(n, l)
	must(t, err)
	return wire.Digest(h)
}

func (l *log) include(t testing.TB, n, i int64) []wire.Digest {
	p, err := tlog.ProveRecord(n, i, l)
	must(t, err)
	return wireDigests(p)
}

func (l *log) consist(t testing.TB, n, old int64) []wire.Digest {
	p, err := tlog.ProveTree(n, old, l)
	must(t, err)
	return wireDigests(p)
}

func wireDigests(hs []tlog.Hash) []wire.Digest {
	out := make([]wire.Digest, len(hs))
	for i, h := range hs {
		out[i] = wire.Digest(h)
	}
	return out
}

// sampleLog is a journal of n leaves with message as leaf number 2.
func sampleLog(t testing.TB, n int, message wire.Message) *log {
	l := &log{}
	for i := range n {
		if i == 2 {
			l.add(t, message.Digest())
			continue
		}
		l.add(t, [32]byte(seed(fmt.Sprint("leaf ", i))))
	}
	return l
}

// cosigned is a checkpoint of p's journal cosigned by witness.
func cosigned(t testing.TB, l *log, n int64, p, witness party) []byte {
	t.Helper()
	c, err := wire.SignCheckpoint(wire.JournalName("exercise", p.node), n, l.root(t, n), p.journal)
	must(t, err)
	line, err := wire.Cosign(c, p.journalVkey(t), wire.WitnessName("exercise", witness.node), witness.witness, at(90))
	must(t, err)
	return wire.AddCosignatures(c, line)
}

func TestCheckpointAndCosignature(t *testing.T) {
	us, mx := newParty(t, "us", "US"), newParty(t, "mx", "MX")
	l := sampleLog(t, 7, sampleMessage(t, us, 1))
	signed := cosigned(t, l, 7, us, mx)
	c, err := wire.VerifyCheckpoint(signed, us.journalVkey(t), mx.witnessVkey(t))
	must(t, err)
	if c.Size != 7 || c.Root != l.root(t, 7) || len(c.Cosignatures) != 1 || c.Cosignatures[0].At.Unix() != at(90).Unix() {
		t.Errorf("checkpoint %+v", c)
	}
	if c, err := wire.VerifyCheckpoint(signed, us.journalVkey(t)); err != nil || len(c.Cosignatures) != 0 {
		t.Errorf("line by an unknown key: %+v %v", c, err)
	}
	_, err = wire.VerifyCheckpoint(signed, mx.journalVkey(t))
	wantCode(t, err, wire.CodeSignature)
	_, err = wire.Cosign(signed, mx.journalVkey(t), "x", mx.witness, at(0))
	wantCode(t, err, wire.CodeSignature)
	for i := range 8 * len(signed) {
		b := bytes.Clone(signed)
		b[i/8] ^= 1 << (i % 8)
		c, err := wire.VerifyCheckpoint(b, us.journalVkey(t), mx.witnessVkey(t))
		// A line whose key name or key id is altered is a line by a key that
		// nobody knows: it is passed over and counts for nothing.
		if err == nil && len(c.Cosignatures) == 1 {
			t.Errorf("bit %d of byte %d (%q) goes unnoticed", i%8, i/8, signed[i/8])
		}
	}
}

func TestWitnessRefusesAnotherHistory(t *testing.T) {
	us := newParty(t, "us", "US")
	m := sampleMessage(t, us, 1)
	l := sampleLog(t, 9, m)
	last := wire.Checkpoint{Size: 5, Root: l.root(t, 5)}
	request := func(l *log, n, old int64) wire.WitnessRequest {
		c, err := wire.SignCheckpoint(wire.JournalName("exercise", "us"), n, l.root(t, n), us.journal)
		must(t, err)
		w := wire.WitnessRequest{Old: old, Checkpoint: c}
		if old > 0 && old <= n {
			w.Path = l.consist(t, n, old)
		}
		again, err := wire.ParseWitnessRequest(w.Bytes())
		must(t, err)
		if !bytes.Equal(again.Bytes(), w.Bytes()) {
			t.Error("request changed")
		}
		return again
	}
	check := func(w wire.WitnessRequest, last wire.Checkpoint, code wire.Code) {
		t.Helper()
		_, err := w.Check(us.journalVkey(t), last)
		wantCode(t, err, code)
	}
	check(request(l, 9, 5), last, "")
	check(request(l, 5, 5), last, "")
	check(request(l, 9, 0), wire.Checkpoint{}, "")
	check(request(l, 9, 4), last, wire.CodeSequence)
	check(request(l, 3, 5), last, wire.CodeAltered)
	other := sampleLog(t, 9, sampleMessage(t, us, 2))
	check(request(other, 9, 5), last, wire.CodeAltered)
	for _, bad := range []string{"", "old 1", "old -1\n\nx", "old 01\n\nx", "new 1\n\nx", "old 1\nAAAA\n\nx"} {
		_, err := wire.ParseWitnessRequest([]byte(bad))
		wantCode(t, err, wire.CodeMalformed)
	}
}

func TestProofFile(t *testing.T) {
	us, mx := newParty(t, "us", "US"), newParty(t, "mx", "MX")
	m := sampleMessage(t, us, 1)
	l := sampleLog(t, 7, m)
	p := wire.ProofFile{Message: m.Bytes(), Digest: m.Digest(), Index: 2, Path: l.include(t, 7, 2), Checkpoint: string(cosigned(t, l, 7, us, mx))}
	b, err := p.Encode()
	must(t, err)
	p, err = wire.ParseProofFile(b)
	must(t, err)
	got, c, err := p.Verify(us.journalVkey(t), mx.witnessVkey(t))
	must(t, err)
	if got.Act.ID != id(1) || c.Size != 7 {
		t.Errorf("%+v", c)
	}
	for name, change := range map[string]func(p *wire.ProofFile){
		"another message": func(p *wire.ProofFile) { p.Message = sampleMessage(t, us, 2).Bytes() },
		"another leaf":    func(p *wire.ProofFile) { p.Index = 3 },
		"another digest":  func(p *wire.ProofFile) { p.Message, p.Digest = nil, wire.Digest{1} },
		"short path":      func(p *wire.ProofFile) { p.Path = p.Path[1:] },
	} {
		q := p
		change(&q)
		if _, _, err := q.Verify(us.journalVkey(t)); wire.CodeOf(err) != wire.CodeAltered {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = wire.ParseProofFile(replace(t, b, wire.ProofFormat, "shopping list"))
	wantCode(t, err, wire.CodeUnknownKind)
}

func FuzzCheckpoint(f *testing.F) {
	us, mx := newParty(f, "us", "US"), newParty(f, "mx", "MX")
	l := sampleLog(f, 7, sampleMessage(f, us, 1))
	good := cosigned(f, l, 7, us, mx)
	f.Add(good)
	f.Add([]byte("a\n1\nAAAA\n\n— a b\n"))
	f.Add(wire.WitnessRequest{Old: 3, Path: l.consist(f, 7, 3), Checkpoint: good}.Bytes())
	journal, witness := us.journalVkey(f), mx.witnessVkey(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := wire.VerifyCheckpoint(b, journal, witness)
		if err == nil && (c.Size != 7 || c.Root != l.root(t, 7)) {
			t.Fatal("a checkpoint that nobody signed is accepted")
		}
		if err != nil && wire.CodeOf(err) == "" {
			t.Fatalf("error without code: %v", err)
		}
		w, err := wire.ParseWitnessRequest(b)
		if err == nil && !bytes.Equal(w.Bytes(), b) {
			t.Fatal("witness request has two spellings")
		}
	})
}
