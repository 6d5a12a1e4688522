package main

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/wire"
)

var update = flag.Bool("update", false, "write the goldens")

// signer is a key of the published vectors.
func signer(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte("oasiss vector " + name))
	return ed25519.NewKeyFromSeed(seed[:])
}

func at(minutes int) time.Time {
	return time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC).Add(time.Duration(minutes) * time.Minute)
}

// packed is a packet as one file before it is written: what a test changes, the
// node of the vectors then signs for.
type packed struct {
	t        *testing.T
	bundle   wire.Bundle
	manifest json.RawMessage
	items    map[string][]byte // by id
	custody  func(m wire.Message) wire.Message
	packs    map[string][]byte // items that the file has instead of those that were frozen
	exhibits map[string][]byte // files of the exhibit, by the name in the bundle
	absent   []wire.BundleAbsent
	acts     bool
}

// act makes a signed act of the vectors' first node.
func (p *packed) act(n int, kind string, who string, clear any) wire.Message {
	p.t.Helper()
	raw, err := json.Marshal(clear)
	p.must(err)
	nonce := sha256.Sum256([]byte{byte(n)})
	a := wire.Act{V: wire.Version, Nonce: nonce[:], ID: "019caf00-0000-7000-8000-00000000000" + string(rune('0'+n)), Kind: kind, Purpose: wire.PurposeProsecution, Case: "case", Referral: "referral",
		From: wire.Address{Node: "us", Office: "usbp-rgv"}, To: wire.Address{Node: "mx", Office: "fgr-tamps"}, By: &wire.Actor{ID: "u-" + who, Name: who + " Ficticia", Office: "usbp-rgv", Role: "supervisor"},
		Lang: "en", Handling: "H0", Created: at(n), Clear: raw}
	m, err := a.Message()
	p.must(err)
	proof, err := wire.SignPassword("us", a.By.ID, m.ActDigest(), at(n), signer("us sign"))
	p.must(err)
	m, err = m.Signed(proof)
	p.must(err)
	return m
}

func (p *packed) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// pack makes a packet of two items, one of them a chain of custody of two
// steps, approved, sent and received; change alters it before it is signed.
func pack(t *testing.T, change func(p *packed)) string {
	t.Helper()
	p := &packed{t: t, acts: true, custody: func(m wire.Message) wire.Message { return m }}
	ledger := []byte("Page 1 of an exercise ledger: 900")
	p.exhibits = map[string][]byte{"exhibits/RGV-26-0412-E1/6.2.bin": ledger}
	held := wire.BundleHeld{File: "f-1", Size: int64(len(ledger)), Manifest: wire.Digest{7}}
	first := p.act(1, "exhibit.collected.1", "Berta", map[string]any{"exhibit": "x-1", "nth": 1, "held": held})
	second := p.act(2, "exhibit.step_taken.1", "Celia", map[string]any{"exhibit": "x-1", "nth": 2, "after": wire.Digest(first.Digest())})
	p.items = map[string][]byte{"facts": []byte(`{"id":"facts","salt":"c2FsdA==","body":{"text":"Una guía cobró."}}`)}
	p.items["file-f-1"] = []byte(fmt.Sprintf(`{"id":"file-f-1","salt":"c2FsdA==","body":{"noun":"file","file":"f-1","exhibit":"x-1","step":1,"size":%d,"sha256":%q}}`, len(ledger), wire.Digest(sha256.Sum256(ledger))))
	if change != nil {
		change(p)
	}
	second = p.custody(second)
	chain, err := json.Marshal(map[string]any{"id": "custody-x-1", "salt": []byte("salt"), "body": map[string]any{"exhibit": "x-1", "number": "RGV-26-0412-E1",
		"chain": []any{map[string]any{"message": first.Bytes()}, map[string]any{"message": second.Bytes()}}}})
	p.must(err)
	p.items["custody-x-1"] = chain
	p.seal()
	if p.acts {
		p.prove()
	}
	path := filepath.Join(t.TempDir(), "packet.zip")
	f, err := os.Create(path)
	p.must(err)
	p.must(p.bundle.Write(f, signer("us sign")))
	p.must(f.Close())
	return path
}

// seal closes the manifest over the items.
func (p *packed) seal() {
	m := wire.Manifest{V: wire.Version, Packet: "packet-1", Version: 1, Procedure: "mx-accusatory-2016", Lang: "es", Frozen: at(0)}
	in := map[string]string{wire.SectionFacts: "facts", wire.SectionCustody: "custody-x-1", wire.SectionExhibits: "file-f-1"}
	for _, name := range wire.Sections {
		s := wire.Section{Name: name, Empty: "none_recorded"}
		if id, ok := in[name]; ok {
			content := p.items[id]
			s = wire.Section{Name: name, Items: []wire.Item{{ID: id, Tier: wire.TierAnalysis, Part: "section-" + name, Channel: wire.ChannelAgency, Handling: "H0",
				Onward: wire.MarkFree, Court: wire.MarkFree, Digest: sha256.Sum256(content)}}}
			if name == wire.SectionExhibits {
				s.Items[0].File = wire.Digest{7}
			}
		}
		m.Sections = append(m.Sections, s)
	}
	var err error
	p.manifest, err = m.Encode()
	p.must(err)
	p.bundle.List = wire.BundleList{Node: "us", By: "u-Ana", Packet: m.Packet, Version: 1, Manifest: sha256.Sum256(p.manifest), Copy: 4, Taken: "019caf00-0000-7000-8000-000000000009", Made: at(60)}
	p.bundle.Add("packet/manifest.json", wire.BundleManifest, "", p.manifest)
	p.bundle.Add("packet.en.pdf", wire.BundlePrint, "", []byte("%PDF-1.7 of the exercise"))
	p.bundle.Add("packet.es.pdf", wire.BundlePrint, "", []byte("%PDF-1.7 del ejercicio"))
	for name, content := range p.exhibits {
		p.bundle.AddExhibit(name, "file-f-1", int64(len(content)), sha256.Sum256(content), func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil })
	}
	p.bundle.List.Absent = p.absent
	for _, id := range []string{"facts", "custody-x-1", "file-f-1"} {
		content := p.items[id]
		if other, lies := p.packs[id]; lies {
			content = other
		}
		p.bundle.Add("packet/items/"+id+".json", wire.BundleItem, id, content)
	}
}

// prove adds who approved and sent it, in a journal that the other node
// cosigned, and the other node's receipt.
func (p *packed) prove() {
	digest := wire.Digest(sha256.Sum256(p.manifest))
	approved := p.act(3, "packet.approved.1", "Ana", map[string]any{"manifest": digest})
	sent := p.act(4, "referral.sent.1", "Dora", map[string]any{"manifest": p.manifest, "manifest_digest": digest})
	leaves := pairOf(wire.LeafHash(approved.Digest()), wire.LeafHash(sent.Digest()))
	root, err := wire.Root(leaves)
	p.must(err)
	note, err := wire.SignCheckpoint(wire.JournalName("exercise", "us"), 2, root, signer("us journal"))
	p.must(err)
	vkey, err := wire.JournalVkey(wire.JournalName("exercise", "us"), signer("us journal").Public().(ed25519.PublicKey))
	p.must(err)
	line, err := wire.Cosign(note, vkey, wire.WitnessName("exercise", "mx"), signer("mx witness"), at(30))
	p.must(err)
	note = wire.AddCosignatures(note, line)
	for i, a := range []struct {
		name string
		m    wire.Message
	}{{"approved", approved}, {"sent", sent}} {
		raw, err := wire.ProofFile{Message: a.m.Bytes(), Digest: a.m.Digest(), Index: int64(i), Path: []wire.Digest{wire.Digest(leaves[1-i])}, Checkpoint: string(note)}.Encode()
		p.must(err)
		p.bundle.Add("acts/"+a.name+".json", wire.BundleAct, a.m.Act.ID, raw)
	}
	leaf := int64(7)
	receipt, err := wire.SignReceipt(wire.Receipt{Type: wire.ReceiptRecorded, From: "mx", To: "us", Frame: wire.Digest{1}, Lane: wire.LaneCase, Epoch: 1, First: 1, Last: 1, Undertaking: wire.Undertaking,
		Size: 8, At: at(5), Entries: []wire.Outcome{{Seq: 1, ID: sent.Act.ID, Digest: sent.Digest(), Purpose: wire.PurposeProsecution, Leaf: &leaf, Result: wire.ResultRecorded}}}, signer("mx sign"))
	p.must(err)
	p.bundle.Add("receipts/sent.jws", wire.BundleReceipt, sent.Act.ID, []byte(receipt))
}

func pairOf[T any](a, b T) []T { return []T{a, b} }

// rezip writes a ZIP file anew; change gives each file's name and content, or no
// name to leave it out.
func rezip(t *testing.T, path string, change func(name string, content []byte) (string, []byte), more ...string) string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close() //nolint:errcheck // read only
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	put := func(name string, content []byte) {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if name, content := change(f.Name, content); name != "" {
			put(name, content)
		}
	}
	for _, name := range more {
		put(name, []byte("more"))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	changed := filepath.Join(t.TempDir(), "packet.zip")
	if err := os.WriteFile(changed, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return changed
}

// only changes one file of a bundle.
func only(name string, change func(content []byte) (string, []byte)) func(string, []byte) (string, []byte) {
	return func(n string, content []byte) (string, []byte) {
		if n != name {
			return n, content
		}
		return change(content)
	}
}

// unproven takes the signature from a message.
func unproven(t *testing.T, m wire.Message) wire.Message {
	bare, err := m.Act.Message()
	if err != nil {
		t.Fatal(err)
	}
	return bare
}

// ledgerIn is where the exhibit's file lies.
const ledgerIn = "exhibits/RGV-26-0412-E1/6.2.bin"

// large lists the exhibit's file instead of packing it.
func (p *packed) large() {
	content := p.exhibits[ledgerIn]
	p.absent = []wire.BundleAbsent{{About: "file-f-1", Size: int64(len(content)), Digest: sha256.Sum256(content), Why: wire.AbsentTooLarge, Node: "us"}}
	p.exhibits = nil
}

// TestBundle: a packet that left its node is checked with nothing but the file
// and the descriptors, and whatever was done to it is told in both languages.
func TestBundle(t *testing.T) {
	us, mx := vectors+"descriptor-us.jws", vectors+"descriptor-mx.jws"
	both := []string{"-keys", us, "-witness", mx}
	whole := pack(t, nil)
	cut := func(path string) string {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		short := filepath.Join(t.TempDir(), "cut.zip")
		if err := os.WriteFile(short, b[:len(b)-200], 0o600); err != nil {
			t.Fatal(err)
		}
		return short
	}
	same := func(name string, content []byte) (string, []byte) { return name, content }
	for _, c := range []struct {
		name   string
		file   string
		keys   []string
		code   int
		en, es string
	}{
		{"whole", whole, both, 0, "HOLDS", "CORRECTO"},
		{"a print altered", rezip(t, whole, only("packet.es.pdf", func(b []byte) (string, []byte) { return "packet.es.pdf", bytes.ToUpper(b) })), both, 1, "check: file packet.es.pdf", "file packet.es.pdf)"},
		{"an item cut", rezip(t, whole, only("packet/items/facts.json", func(b []byte) (string, []byte) { return "packet/items/facts.json", b[:9] })), both, 1, "file packet/items/facts.json", "fue alterado"},
		{"a file renamed", rezip(t, whole, only("packet.en.pdf", func(b []byte) (string, []byte) { return "packet.old.pdf", b })), both, 1, "file packet.en.pdf is missing", "file packet.en.pdf"},
		{"a file taken out", rezip(t, whole, only("receipts/sent.jws", func([]byte) (string, []byte) { return "", nil })), both, 1, "receipts/sent.jws is missing", "fue alterado"},
		{"a file added", rezip(t, whole, same, "packet/items/new.json"), both, 1, "packet/items/new.json was added", "fue alterado"},
		{"a path out of its folder", rezip(t, whole, same, "../note.txt"), both, 1, "[malformed]", "no sigue el formato"},
		{"the ZIP file cut", cut(whole), both, 1, "no whole ZIP file", "no sigue el formato"},
		{"unsigned", rezip(t, whole, only("bundle.jws", func([]byte) (string, []byte) { return "", nil })), both, 1, "DOES NOT HOLD", "NO ES CORRECTO"},
		{"the list changed", rezip(t, whole, only("bundle.json", func(b []byte) (string, []byte) {
			return "bundle.json", bytes.Replace(b, []byte("u-Ana"), []byte("u-Eva"), 1)
		})), both, 1, "check: list of the bundle", "fue alterado"},
		{"the key of another node", whole, []string{"-keys", mx}, 1, "no key of node us", "no se comprueba"},
		{"without the other country", whole, []string{"-keys", us}, 1, "no key of who signed receipts/sent.jws", "no se comprueba"},
		{"no key at all", whole, nil, 2, "missing", "Falta algo"},
		{"an item that was not frozen, signed for by the node", pack(t, func(p *packed) {
			p.packs = map[string][]byte{"facts": []byte(`{"id":"facts","body":{"text":"Nadie cobró."}}`)}
		}), both, 1, "item facts is not as it was frozen", "fue alterado"},
		{"a step of custody that nobody signed", pack(t, func(p *packed) {
			p.custody = func(m wire.Message) wire.Message { return unproven(t, m) }
		}), both, 1, "check: nobody signed a step of custody", "falta una firma"},
		{"a step of custody that is missing", pack(t, func(p *packed) {
			p.custody = func(wire.Message) wire.Message {
				return p.act(5, "exhibit.step_taken.1", "Celia", map[string]any{"exhibit": "x-1", "nth": 3, "after": wire.Digest{9}})
			}
		}), both, 0, "something is missing between the two", "entre ambos falta algo"},
		{"a file of an exhibit altered", rezip(t, whole, only(ledgerIn, func(b []byte) (string, []byte) { return ledgerIn, bytes.ToUpper(b) })), both, 1, "check: file " + ledgerIn, "fue alterado"},
		{"a file of an exhibit cut", rezip(t, whole, only(ledgerIn, func(b []byte) (string, []byte) { return ledgerIn, b[:5] })), both, 1, "check: file " + ledgerIn, "fue alterado"},
		{"a file of an exhibit renamed", rezip(t, whole, only(ledgerIn, func(b []byte) (string, []byte) { return "exhibits/other.bin", b })), both, 1, ledgerIn + " is missing", "fue alterado"},
		{"a file of an exhibit taken out", rezip(t, whole, only(ledgerIn, func([]byte) (string, []byte) { return "", nil })), both, 1, ledgerIn + " is missing", "fue alterado"},
		{"a file of another exhibit, signed for by the node", pack(t, func(p *packed) { p.exhibits[ledgerIn] = []byte("Page 1 of another ledger: 100") }), both, 1,
			ledgerIn + " is not the one that was frozen", "pertenece a otra cosa"},
		{"a file that the step of custody does not name", pack(t, func(p *packed) {
			p.items["file-f-1"] = bytes.Replace(p.items["file-f-1"], []byte(`"file":"f-1"`), []byte(`"file":"f-9"`), 1)
		}), both, 1, "is not the one of its step of custody", "pertenece a otra cosa"},
		{"a file of an exhibit left out unsaid", pack(t, func(p *packed) { p.exhibits = nil }), both, 1, "file of item file-f-1 is missing", "fue alterado"},
		{"a file of no exhibit", pack(t, func(p *packed) { p.exhibits["exhibits/more.bin"] = []byte("more") }), both, 1, "file exhibits/more.bin", "exhibits/more.bin"},
		{"a file too large to be carried", pack(t, func(p *packed) { p.large() }), both, 0, "it is larger than a copy carries. Node us holds it", "es mayor de lo que lleva una copia. Lo guarda el nodo us"},
		{"another file said to be too large", pack(t, func(p *packed) { p.large(); p.absent[0].Digest = wire.Digest{1} }), both, 1, "absent file of item file-f-1", "fue alterado"},
		{"nobody approved it", pack(t, func(p *packed) { p.acts = false }), both, 1, "check: nobody approved", "falta una firma"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for lang, says := range map[string]string{"en": c.en, "es": c.es} {
				code, out := ask(append([]string{"-lang", lang, "bundle", c.file}, c.keys...)...)
				if code != c.code || !strings.Contains(out, says) {
					t.Errorf("%s: exit %d, want %d with %q:\n%s", lang, code, c.code, says, out)
				}
				if strings.Contains(out, "%!") {
					t.Errorf("sentence with the wrong number of values:\n%s", out)
				}
			}
		})
	}
	reported(t, whole, both)
}

// reported holds the whole report, as a judge reads it, against its goldens.
func reported(t *testing.T, file string, keys []string) {
	for _, lang := range []string{"en", "es"} {
		_, got := ask(append([]string{"-lang", lang, "bundle", file}, keys...)...)
		golden := filepath.Join("testdata", "bundle."+lang+".txt")
		if *update {
			if err := errors.Join(os.MkdirAll("testdata", 0o755), os.WriteFile(golden, []byte(got), 0o600)); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil || got != string(want) {
			t.Errorf("%s: the report reads otherwise than %s (%v); -update writes it\n%s", lang, golden, err, got)
		}
	}
}
