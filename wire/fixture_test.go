package wire_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/oasiss/oasiss/wire"
)

// party is one node with keys from published seeds.
type party struct {
	node    string
	country string
	sign    ed25519.PrivateKey // frames, receipts, statements, descriptor
	journal ed25519.PrivateKey
	witness ed25519.PrivateKey
	seal    hpke.PrivateKey
}

// seed gives 32 bytes for a name: SHA-256 of "oasiss vector " and the name.
func seed(name string) []byte {
	s := sha256.Sum256([]byte("oasiss vector " + name))
	return s[:]
}

func newParty(t testing.TB, node, country string) party {
	t.Helper()
	k, err := wire.SealKeyFromSeed(seed(node + " seal"))
	must(t, err)
	return party{
		node: node, country: country, seal: k,
		sign:    ed25519.NewKeyFromSeed(seed(node + " sign")),
		journal: ed25519.NewKeyFromSeed(seed(node + " journal")),
		witness: ed25519.NewKeyFromSeed(seed(node + " witness")),
	}
}

func (p party) keys() wire.SignKeys { return wire.OneKey(p.public()) }

func (p party) public() ed25519.PublicKey { return p.sign.Public().(ed25519.PublicKey) }

func (p party) journalVkey(t testing.TB) string {
	v, err := wire.JournalVkey(wire.JournalName("exercise", p.node), p.journal.Public().(ed25519.PublicKey))
	must(t, err)
	return v
}

func (p party) witnessVkey(t testing.TB) string {
	v, err := wire.WitnessVkey(wire.WitnessName("exercise", p.node), p.witness.Public().(ed25519.PublicKey))
	must(t, err)
	return v
}

func (p party) descriptor(t testing.TB) wire.Descriptor {
	return wire.Descriptor{
		Installation: "exercise", Node: p.node, Country: p.country,
		NameEN: "Exercise node " + p.country, NameES: "Nodo de ejercicio " + p.country,
		URL: "https://" + p.node + ".example", SignKey: p.public(), SealKey: p.seal.PublicKey().Bytes(),
		TLSKey: sha256.Sum256(seed(p.node + " tls")), Journal: p.journalVkey(t), Witness: p.witnessVkey(t),
		Kinds: []string{"referral.declined.1", "referral.sent.1"}, Created: at(0),
	}
}

// at is a fixed instant and some seconds.
func at(s int) time.Time {
	return time.Date(2026, 3, 2, 15, 4, 5, 123456000, time.UTC).Add(time.Duration(s) * time.Second)
}

// id is the n-th UUIDv7 of the vectors.
func id(n int) string { return fmt.Sprintf("019caf00-0000-7000-8000-%012x", n) }

// sampleAct is the n-th act of the vectors, from us to mx.
func sampleAct(n int) wire.Act {
	return wire.Act{
		V: wire.Version, Nonce: seed(fmt.Sprint("nonce ", n)), ID: id(n), Kind: "referral.sent.1",
		Purpose: wire.PurposeProsecution, Case: "US-2026-000017", Referral: id(900),
		From: wire.Address{Node: "us", Office: "usbp-rgv"}, To: wire.Address{Node: "mx", Office: "fgr-tamps"},
		By:   &wire.Actor{ID: "u-17", Name: "Ana Ficticia", Office: "usbp-rgv", Role: "supervisor"},
		Lang: "en", Handling: "H0", Created: at(n), Expires: at(n + 3600),
		Clear: json.RawMessage(`{"offence":"smuggling","people":3,"note":"<río & \"frontera\">"}`),
	}
}

// sampleMessage signs the n-th act with a password proof and seals one part.
func sampleMessage(t testing.TB, us party, n int) wire.Message {
	t.Helper()
	a := sampleAct(n)
	var key [32]byte
	copy(key[:], seed("content key"))
	p, err := wire.SealPart(key, "person/1", "k-1", []byte(`{"given":"Persona","paterno":"Ficticia"}`), seed(fmt.Sprint("part ", n))[:wire.PartNonceSize])
	must(t, err)
	a.Sealed = []wire.Part{p}
	m, err := a.Message()
	must(t, err)
	proof, err := wire.SignPassword("us", "u-17", m.ActDigest(), at(n), us.sign)
	must(t, err)
	m, err = m.Signed(proof)
	must(t, err)
	return m
}

// sampleEntries is two messages with a void between them.
func sampleEntries(t testing.TB, us party) []wire.Entry {
	v, err := wire.NewVoid(wire.Void{Seq: 2, ID: id(2), Reason: wire.VoidRecalled, At: at(50)})
	must(t, err)
	return []wire.Entry{
		{Type: wire.EntryMessage, Body: sampleMessage(t, us, 1).Bytes()}, v,
		{Type: wire.EntryMessage, Body: sampleMessage(t, us, 3).Bytes()},
	}
}

func sampleFrame(t testing.TB, us, mx party) *wire.Frame {
	t.Helper()
	f, err := wire.BuildFrame(wire.FrameSpec{
		From: "us", To: "mx", Lane: wire.LaneCase, Epoch: 1, First: 1, Created: at(60), Entries: sampleEntries(t, us),
	}, us.sign, mx.seal.PublicKey())
	must(t, err)
	return f
}

// sampleReceipt answers sampleFrame: one recorded, the void noted, one refused.
func sampleReceipt(f *wire.Frame) wire.Receipt {
	leaf := int64(41)
	return wire.Receipt{
		Type: wire.ReceiptRecorded, From: "mx", To: "us", Frame: f.Digest(), Lane: f.Header.Lane, Epoch: 1,
		First: f.Header.First, Last: f.Header.Last, Undertaking: wire.Undertaking, Size: 42, At: at(61),
		Entries: []wire.Outcome{
			{Seq: 1, ID: id(1), Digest: f.Entries[0].Digest(), Purpose: wire.PurposeProsecution, Leaf: &leaf, Result: wire.ResultRecorded},
			{Seq: 2, Void: true, ID: id(2), Digest: f.Entries[1].Digest(), Result: wire.ResultRecorded},
			{Seq: 3, ID: id(3), Digest: f.Entries[2].Digest(), Result: wire.ResultRefused, Code: wire.CodeAccord},
		},
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantCode fails unless err carries code; "" wants success.
func wantCode(t testing.TB, err error, code wire.Code) {
	t.Helper()
	if code == "" {
		if err != nil {
			t.Errorf("refused: %v", err)
		}
		return
	}
	if wire.CodeOf(err) != code {
		t.Errorf("got %v, want code %s", err, code)
	}
}

// replace gives b with the first old replaced; the test fails if old is absent.
func replace(t testing.TB, b []byte, old, new string) []byte {
	t.Helper()
	if !bytes.Contains(b, []byte(old)) {
		t.Fatalf("no %q to replace", old)
	}
	return bytes.Replace(b, []byte(old), []byte(new), 1)
}
