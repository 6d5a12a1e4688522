package wire_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/wire"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

func TestFrameRoundTrip(t *testing.T) {
	us, mx := newParty(t, "us", "US"), newParty(t, "mx", "MX")
	f := sampleFrame(t, us, mx)
	got, err := wire.OpenFrame(f.Bytes(), us.keys(), "mx", mx.seal)
	must(t, err)
	if got.Header.First != 1 || got.Header.Last != 3 || len(got.Entries) != 3 || got.Digest() != f.Digest() {
		t.Fatalf("header %+v", got.Header)
	}
	m, err := got.Entries[0].Message()
	must(t, err)
	if m.Act.ID != id(1) || wire.Digest(m.Digest()) != got.Entries[0].Digest() {
		t.Error("first message")
	}
	v, err := got.Entries[1].Void(2)
	must(t, err)
	if v.ID != id(2) || v.Reason != wire.VoidRecalled {
		t.Errorf("void %+v", v)
	}
	_, err = got.Entries[1].Void(5)
	wantCode(t, err, wire.CodeAltered)
	_, err = got.Entries[0].Void(1)
	wantCode(t, err, wire.CodeMalformed)
	if bytes.Contains(f.Bytes(), []byte("referral.sent")) {
		t.Error("payload is not sealed")
	}
}

func TestFrameRefusals(t *testing.T) {
	us, mx := newParty(t, "us", "US"), newParty(t, "mx", "MX")
	f := sampleFrame(t, us, mx)
	_, err := wire.OpenFrame(f.Bytes(), mx.keys(), "mx", mx.seal)
	wantCode(t, err, wire.CodeSignature)
	_, err = wire.OpenFrame(f.Bytes(), us.keys(), "gt", mx.seal)
	wantCode(t, err, wire.CodeMisaddressed)
	_, err = wire.OpenFrame(f.Bytes(), us.keys(), "mx", us.seal)
	wantCode(t, err, wire.CodeSupersededKey)
	_, err = wire.ReadFrame(replace(t, f.Bytes(), "frame v1", "frame v2"), us.keys())
	wantCode(t, err, wire.CodeUnknownVersion)
	_, err = wire.ReadFrame(f.Bytes()[:60], us.keys())
	wantCode(t, err, wire.CodeMalformed)
	_, err = wire.OpenFrame(f.Bytes()[:len(f.Bytes())-1], us.keys(), "mx", mx.seal)
	wantCode(t, err, wire.CodeAltered)

	// A payload cannot be moved under another header, even one of the same sender.
	spec := wire.FrameSpec{From: "us", To: "mx", Lane: wire.LaneAlert, Epoch: 1, First: 1, Created: at(60), Entries: f.Entries}
	g, err := wire.BuildFrame(spec, us.sign, mx.seal.PublicKey())
	must(t, err)
	moved := bytes.Replace(f.Bytes(), []byte(f.Signed), []byte(g.Signed), 1)
	_, err = wire.OpenFrame(moved, us.keys(), "mx", mx.seal)
	wantCode(t, err, wire.CodeAltered)

	// A signature over another kind of object is no frame header.
	r, err := wire.SignReceipt(sampleReceipt(f), mx.sign)
	must(t, err)
	_, err = wire.ReadHeader(r, mx.keys())
	wantCode(t, err, wire.CodeMalformed)
}

func TestFrameSpecRefusals(t *testing.T) {
	us, mx := newParty(t, "us", "US"), newParty(t, "mx", "MX")
	one := sampleEntries(t, us)[:1]
	good := wire.FrameSpec{From: "us", To: "mx", Lane: wire.LaneCase, Epoch: 1, First: 1, Created: at(0), Entries: one}
	for name, change := range map[string]func(s *wire.FrameSpec){
		"empty":              func(s *wire.FrameSpec) { s.Entries = nil },
		"to itself":          func(s *wire.FrameSpec) { s.To = "us" },
		"no such lane":       func(s *wire.FrameSpec) { s.Lane = "gossip" },
		"epoch 0":            func(s *wire.FrameSpec) { s.Epoch = 0 },
		"first 0":            func(s *wire.FrameSpec) { s.First = 0 },
		"later without prev": func(s *wire.FrameSpec) { s.First = 7 },
		"first with prev":    func(s *wire.FrameSpec) { s.Prev = wire.Digest{1} },
		"too many":           func(s *wire.FrameSpec) { s.Entries = make([]wire.Entry, wire.MaxEntries+1) },
		"too large":          func(s *wire.FrameSpec) { s.Entries = []wire.Entry{{Type: 1, Body: make([]byte, wire.MaxPayload)}} },
	} {
		s := good
		change(&s)
		if _, err := wire.BuildFrame(s, us.sign, mx.seal.PublicKey()); wire.CodeOf(err) != wire.CodeMalformed {
			t.Errorf("%s: %v", name, err)
		}
	}
	largest := good
	largest.Entries = []wire.Entry{{Type: wire.EntryMessage, Body: make([]byte, wire.MaxMessage)}}
	f, err := wire.BuildFrame(largest, us.sign, mx.seal.PublicKey())
	must(t, err)
	if _, err := wire.OpenFrame(f.Bytes(), us.keys(), "mx", mx.seal); err != nil {
		t.Errorf("largest message does not fit a frame: %v", err)
	}
}

func TestEveryFlippedByteOfAFrameIsNoticed(t *testing.T) {
	us, mx := newParty(t, "us", "US"), newParty(t, "mx", "MX")
	e := sampleEntries(t, us)[1:2]
	void, err := wire.NewVoid(wire.Void{Seq: 1, ID: id(2), Reason: wire.VoidExpired, At: at(1)})
	must(t, err)
	e[0] = void
	f, err := wire.BuildFrame(wire.FrameSpec{From: "us", To: "mx", Lane: wire.LaneAlert, Epoch: 1, First: 1, Created: at(0), Entries: e}, us.sign, mx.seal.PublicKey())
	must(t, err)
	for i := range f.Bytes() {
		b := f.Bytes()
		b[i] ^= 1
		if _, err := wire.OpenFrame(b, us.keys(), "mx", mx.seal); wire.CodeOf(err) == "" {
			t.Fatalf("byte %d of %d: %v", i, len(b), err)
		}
	}
}

func TestSignedObjectHasOneSpelling(t *testing.T) {
	us, mx := newParty(t, "us", "US"), newParty(t, "mx", "MX")
	f := sampleFrame(t, us, mx)
	for i := range len(f.Signed) {
		for _, c := range []byte{'\n', '\r', '=', '.', 'A'} {
			for _, s := range []string{f.Signed[:i] + string(c) + f.Signed[i:], f.Signed[:i] + string(c) + f.Signed[i+1:]} {
				if s == f.Signed {
					continue
				}
				if _, err := wire.ReadHeader(s, us.keys()); err == nil {
					t.Fatalf("%q at %d is accepted", c, i)
				}
			}
		}
	}
}

func TestFrameProof(t *testing.T) {
	us, mx := newParty(t, "us", "US"), newParty(t, "mx", "MX")
	f := sampleFrame(t, us, mx)
	for i, e := range f.Entries {
		p, err := f.Proof(i)
		must(t, err)
		h, err := p.Verify(us.keys(), e.Type, e.Digest())
		must(t, err)
		if h.First+p.Index != int64(i+1) {
			t.Errorf("sequence %d", h.First+p.Index)
		}
		_, err = p.Verify(us.keys(), e.Type, f.Entries[(i+1)%3].Digest())
		wantCode(t, err, wire.CodeAltered)
		other := wire.EntryMessage
		if e.Type == other {
			other = wire.EntryVoid
		}
		_, err = p.Verify(us.keys(), other, e.Digest())
		wantCode(t, err, wire.CodeAltered)
		_, err = p.Verify(mx.keys(), e.Type, e.Digest())
		wantCode(t, err, wire.CodeSignature)
	}
	_, err := f.Proof(3)
	wantCode(t, err, wire.CodeMalformed)
}

func TestFrameProperty(t *testing.T) {
	us, mx := newParty(t, "us", "US"), newParty(t, "mx", "MX")
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "n")
		first := rapid.Int64Range(1, 1<<40).Draw(t, "first")
		entries := make([]wire.Entry, n)
		leaves := make([]tlog.Hash, n)
		for i := range entries {
			entries[i] = wire.Entry{Type: wire.EntryType(rapid.IntRange(1, 2).Draw(t, "type")), Body: rapid.SliceOfN(rapid.Byte(), 1, 60).Draw(t, "body")}
			leaves[i] = wire.EntryLeaf(entries[i].Type, entries[i].Digest())
		}
		spec := wire.FrameSpec{From: "us", To: "mx", Lane: rapid.SampledFrom(wire.Lanes).Draw(t, "lane"), Epoch: 2, First: first, Created: at(0), Entries: entries}
		if first > 1 {
			spec.Prev = wire.Digest{1}
		}
		f, err := wire.BuildFrame(spec, us.sign, mx.seal.PublicKey())
		if err != nil {
			t.Fatal(err)
		}
		g, err := wire.OpenFrame(f.Bytes(), us.keys(), "mx", mx.seal)
		if err != nil {
			t.Fatal(err)
		}
		for i := range entries {
			if g.Entries[i].Type != entries[i].Type || !bytes.Equal(g.Entries[i].Body, entries[i].Body) {
				t.Fatal("entries changed")
			}
		}
		i := rapid.IntRange(0, n-1).Draw(t, "i")
		p, err := wire.ProveEntry(f.Signed, leaves, i)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Verify(us.keys(), entries[i].Type, entries[i].Digest()); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzFrame(f *testing.F) {
	us, mx := newParty(f, "us", "US"), newParty(f, "mx", "MX")
	good := sampleFrame(f, us, mx)
	f.Add(good.Bytes())
	f.Add([]byte("oasiss frame v1\na.b.c\n"))
	f.Add([]byte(strings.Repeat("x", 40)))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := wire.OpenFrame(b, us.keys(), "mx", mx.seal)
		if err == nil && got.Digest() != good.Digest() {
			t.Fatal("a frame that nobody signed is accepted")
		}
		if err != nil && wire.CodeOf(err) == "" {
			t.Fatalf("error without code: %v", err)
		}
	})
}

func BenchmarkFrame40(b *testing.B) {
	us, mx := newParty(b, "us", "US"), newParty(b, "mx", "MX")
	e := make([]wire.Entry, 40)
	for i := range e {
		e[i] = wire.Entry{Type: wire.EntryMessage, Body: sampleMessage(b, us, i+1).Bytes()}
	}
	for b.Loop() {
		f, err := wire.BuildFrame(wire.FrameSpec{From: "us", To: "mx", Lane: wire.LaneCase, Epoch: 1, First: 1, Created: at(0), Entries: e}, us.sign, mx.seal.PublicKey())
		must(b, err)
		g, err := wire.OpenFrame(f.Bytes(), us.keys(), "mx", mx.seal)
		must(b, err)
		for _, x := range g.Entries {
			if _, err := x.Message(); err != nil {
				b.Fatal(fmt.Errorf("message: %w", err))
			}
		}
	}
}
