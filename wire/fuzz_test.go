package wire_test

import (
	"bytes"
	"testing"

	"github.com/oasiss/oasiss/wire"
)

// coded fails unless what was refused was refused by one of the wire's codes,
// which is all that the other side may hear.
func coded(t *testing.T, err error) {
	t.Helper()
	if err != nil && wire.CodeOf(err) == "" {
		t.Fatalf("error without code: %v", err)
	}
}

// FuzzDescriptor reads what a stranger hands over at pairing, and what says
// that a node's keys have changed.
func FuzzDescriptor(f *testing.F) {
	us := newParty(f, "us", "US")
	signed, err := wire.SignDescriptor(us.descriptor(f), us.sign)
	must(f, err)
	f.Add(signed)
	f.Add("")
	f.Add("e30.e30.e30")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := wire.ReadDescriptor(s)
		coded(t, err)
		if err != nil {
			return
		}
		if again, err := wire.ReadDescriptor(s); err != nil || again.Node != d.Node {
			t.Fatal("a descriptor reads otherwise the second time")
		}
		if d.Node == "us" && !bytes.Equal(d.SignKey, us.public()) {
			return // anybody may describe a node by keys of their own: people compare the words of its fingerprint
		}
		if d.Node == "us" && s != signed {
			t.Fatal("a descriptor that nobody signed is accepted")
		}
		_, _, err = wire.ReadSuccession(s, us.keys())
		coded(t, err)
	})
}

// FuzzHeads reads what a peer says of how far its lanes have come.
func FuzzHeads(f *testing.F) {
	us := newParty(f, "us", "US")
	h := wire.Heads{V: wire.Version, From: "us", To: "mx", Size: 7, At: at(0)}
	for _, lane := range wire.Lanes {
		h.Head = append(h.Head, wire.Head{Lane: lane, Epoch: 1, Next: 1})
	}
	signed, err := wire.SignHeads(h, us.sign)
	must(f, err)
	f.Add(signed)
	f.Add("..")
	f.Fuzz(func(t *testing.T, s string) {
		_, err := wire.ReadHeads(s, us.keys())
		coded(t, err)
		if err == nil && s != signed {
			t.Fatal("heads that nobody signed are accepted")
		}
	})
}

// FuzzManifest reads the list of what is in a packet, and the other documents
// that come as plain JSON.
func FuzzManifest(f *testing.F) {
	b, err := sampleManifest().Encode()
	must(f, err)
	f.Add([]byte(b))
	f.Add([]byte(`{"sections":[]}`))
	f.Add([]byte(`[[[[`))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := wire.ParseManifest(b)
		coded(t, err)
		if err == nil {
			again, err := m.Encode()
			if err != nil {
				t.Fatalf("a manifest that was read cannot be written: %v", err)
			}
			if _, err := wire.ParseManifest(again); err != nil {
				t.Fatalf("a manifest that was written cannot be read: %v", err)
			}
		}
		_, err = wire.ParseHistories(b)
		coded(t, err)
		_, err = wire.ParseProofFile(b)
		coded(t, err)
	})
}
