package wire_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/cryptotest"

	"github.com/oasiss/oasiss/wire"
)

var update = flag.Bool("update", false, "write testdata again")

// vector is one published case: an object, and whether it is accepted. Data is
// text where the object is text, otherwise Bytes is set.
type vector struct {
	Name   string    `json:"name"`
	Object string    `json:"object"`           // what it is; docs/wire.md, "Vectors"
	Text   string    `json:"text,omitempty"`   // object that is text
	Bytes  []byte    `json:"bytes,omitempty"`  // object that is not
	Node   string    `json:"node,omitempty"`   // frame: node that opens it
	Plain  []byte    `json:"plain,omitempty"`  // part and key box: what it opens to
	Digest string    `json:"digest,omitempty"` // message: digest; frame: digest; descriptor: fingerprint
	Extra  any       `json:"extra,omitempty"`  // what else the check needs or gives
	Code   wire.Code `json:"code,omitempty"`   // why it is refused; none when accepted
}

// publicKeys is what keys.json publishes of one party. Seeds are published on
// purpose: these keys are for vectors and exercises only.
type publicKeys struct {
	Node        string `json:"node"`
	SignSeed    []byte `json:"sign_seed"`
	SignKey     []byte `json:"sign_key"`
	SignKeyID   string `json:"sign_key_id"`
	SealPrivate []byte `json:"seal_private"`
	SealKey     []byte `json:"seal_key"`
	SealKeyID   string `json:"seal_key_id"`
	Journal     string `json:"journal"`
	Witness     string `json:"witness"`
}

// TestVectors makes the published files again and compares: a format that
// drifts fails here. With -update it writes them.
func TestVectors(t *testing.T) {
	cryptotest.SetGlobalRandom(t, 1)
	us, mx := newParty(t, "us", "US"), newParty(t, "mx", "MX")
	files := map[string][]byte{
		"keys.json":         indent(t, []publicKeys{keysOf(t, us), keysOf(t, mx)}),
		"vectors.json":      indent(t, allVectors(t, us, mx)),
		"words.json":        indent(t, wordLists()),
		"message.txt":       sampleMessage(t, us, 1).Bytes(),
		"descriptor-us.jws": []byte(descriptorOf(t, us) + "\n"),
		"descriptor-mx.jws": []byte(descriptorOf(t, mx) + "\n"),
	}
	f := sampleFrame(t, us, mx)
	receipt, err := wire.SignReceipt(sampleReceipt(f), mx.sign)
	must(t, err)
	files["frame.bin"], files["receipt.jws"] = f.Bytes(), []byte(receipt+"\n")
	m := sampleMessage(t, us, 1)
	l := sampleLog(t, 7, m)
	files["checkpoint.txt"] = cosigned(t, l, 7, us, mx)
	files["inclusion.json"], err = proofOf(t, l, m, us, mx).Encode()
	must(t, err)
	for name, want := range files {
		path := filepath.Join("testdata", name)
		if *update {
			must(t, os.WriteFile(path, want, 0o644))
		}
		got, err := os.ReadFile(path)
		must(t, err)
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs from what is made today; go test ./wire -run TestVectors -update", path)
		}
	}
}

// TestPublishedVectors verifies the files as another implementation would:
// from their bytes and the published keys alone.
func TestPublishedVectors(t *testing.T) {
	us, mx := newParty(t, "us", "US"), newParty(t, "mx", "MX")
	b, err := os.ReadFile("testdata/vectors.json")
	must(t, err)
	var all []vector
	must(t, json.Unmarshal(b, &all))
	if len(all) < 30 {
		t.Fatalf("only %d vectors", len(all))
	}
	seen := map[string]bool{}
	for _, v := range all {
		t.Run(v.Object+"/"+v.Name, func(t *testing.T) {
			wantCode(t, checkVector(t, v, us, mx), v.Code)
		})
		if v.Code != "" {
			seen[v.Object] = true
		}
	}
	for _, o := range []string{"message", "proofs", "passkey", "enrolled", "part", "key_box", "frame", "receipt", "heads", "descriptor", "checkpoint", "inclusion", "chunk", "file_manifest"} {
		if !seen[o] {
			t.Errorf("no bad case for %s", o)
		}
	}
}

// checkVector runs the check that v.Object names.
func checkVector(t *testing.T, v vector, us, mx party) error {
	switch v.Object {
	case "message":
		m, err := wire.ParseMessage([]byte(v.Text))
		if err == nil && wire.Digest(m.Digest()).String() != v.Digest {
			return errors.New("digest differs")
		}
		return err
	case "proofs":
		m, err := wire.ParseMessage([]byte(v.Text))
		must(t, err)
		_, err = wire.VerifyProofs(m, us.descriptor(t).ProofKeys())
		return err
	case "passkey":
		var p wire.Proof
		must(t, json.Unmarshal([]byte(v.Text), &p))
		_, err := wire.VerifyProof(p, samplePasskeyDigest, passkeyKeys(t))
		return err
	case "enrolled":
		var p wire.Proof
		must(t, json.Unmarshal([]byte(v.Text), &p))
		_, err := wire.VerifyProof(p, samplePasskeyDigest, us.descriptor(t).ProofKeys())
		return err
	case "part":
		var p wire.Part
		must(t, json.Unmarshal([]byte(v.Text), &p))
		plain, err := wire.OpenPart([32]byte(seed("content key")), p)
		return same(plain, v.Plain, err)
	case "key_box":
		var b wire.KeyBox
		must(t, json.Unmarshal([]byte(v.Text), &b))
		k, err := wire.OpenKey(mx.seal, sampleRelease(), b)
		return same(k[:], v.Plain, err)
	case "frame":
		f, err := wire.OpenFrame(v.Bytes, us.keys(), v.Node, map[string]party{"us": us, "mx": mx}[v.Node].seal)
		if err == nil && f.Digest().String() != v.Digest {
			return errors.New("digest differs")
		}
		return err
	case "receipt":
		_, err := wire.ReadReceipt(v.Text, mx.keys())
		return err
	case "heads":
		h, err := wire.ReadHeads(v.Text, mx.keys())
		if err != nil {
			return err
		}
		_, _, _, err = h.Head[len(h.Head)-1].Last(us.keys(), mx.keys())
		return err
	case "descriptor":
		_, err := wire.ReadDescriptor(v.Text)
		if err == nil && wire.Fingerprint(v.Text).String() != v.Digest {
			return errors.New("fingerprint differs")
		}
		return err
	case "checkpoint":
		c, err := wire.VerifyCheckpoint([]byte(v.Text), us.journalVkey(t), mx.witnessVkey(t))
		if err == nil && len(c.Cosignatures) != 1 {
			return errors.New("cosignature missing")
		}
		return err
	case "inclusion":
		p, err := wire.ParseProofFile([]byte(v.Text))
		must(t, err)
		_, _, err = p.Verify(us.journalVkey(t), mx.witnessVkey(t))
		return err
	case "chunk":
		var at struct {
			File  string `json:"file"`
			Index int64  `json:"index"`
		}
		must(t, json.Unmarshal([]byte(line(t, v.Extra)), &at))
		c, err := wire.NewFileCipher([32]byte(seed("content key")), at.File, "k-1")
		must(t, err)
		plain, err := c.Open(nil, at.Index, v.Bytes)
		return same(plain, v.Plain, err)
	case "file_manifest":
		digest, err := wire.ParseDigest(v.Digest)
		must(t, err)
		_, err = wire.ReadFileManifest(v.Bytes, sampleFileSize, digest)
		return err
	case "manifest":
		_, err := wire.ParseManifest([]byte(v.Text))
		return err
	}
	return errors.New("unknown object " + v.Object)
}

// same compares what was opened with what was published.
func same(got, want []byte, err error) error {
	if err == nil && !bytes.Equal(got, want) {
		return errors.New("opens to something else")
	}
	return err
}

// allVectors is every case, good ones first in each group.
func allVectors(t *testing.T, us, mx party) []vector {
	return slices.Concat(messageVectors(t, us), sealVectors(t, us, mx), frameVectors(t, us, mx),
		receiptVectors(t, us, mx), journalVectors(t, us, mx), fileVectors(t), enrolledVectors(t, us, mx))
}

func messageVectors(t *testing.T, us party) []vector {
	m := sampleMessage(t, us, 1)
	good := string(m.Bytes())
	bad := func(name, old, new string, code wire.Code) vector {
		return vector{Name: name, Object: "message", Text: string(replace(t, m.Bytes(), old, new)), Code: code}
	}
	return []vector{
		{Name: "good", Object: "message", Text: good, Digest: wire.Digest(m.Digest()).String(), Extra: map[string]any{"act_digest": wire.Digest(m.ActDigest())}},
		bad("unknown version", `"v":1,"nonce"`, `"v":2,"nonce"`, wire.CodeUnknownVersion),
		bad("purpose outside the list", `"prosecution"`, `"removal"`, wire.CodePurpose),
		bad("member named twice", `"people":3`, `"people":3,"people":30`, wire.CodeMalformed),
		bad("member named twice in another case", `"people":3`, `"people":3,"People":30`, wire.CodeMalformed),
		bad("member in capitals", `"lang"`, `"LANG"`, wire.CodeMalformed),
		bad("white space", `"v":1,`, `"v":1, `, wire.CodeMalformed),
		bad("id not UUIDv7", `-7000-8000-`, `-4000-8000-`, wire.CodeMalformed),
		bad("time in another zone", `.123456Z"`, `.123456-06:00"`, wire.CodeMalformed),
		{Name: "truncated", Object: "message", Text: good[:len(good)-9], Code: wire.CodeMalformed},
		{Name: "good", Object: "proofs", Text: good},
		{Name: "act altered after signing", Object: "proofs", Text: string(replace(t, m.Bytes(), `"people":3`, `"people":4`)), Code: wire.CodeAltered},
		{Name: "signer altered", Object: "proofs", Text: string(replace(t, m.Bytes(), `"signer":"u-17"`, `"signer":"u-18"`)), Code: wire.CodeSignature},
		{Name: "good", Object: "passkey", Text: line(t, samplePasskey(t, "webauthn.get", "https://us.example", 5)), Extra: passkeyExtra(t)},
		{Name: "touched, person not verified", Object: "passkey", Text: line(t, samplePasskey(t, "webauthn.get", "https://us.example", 1)), Code: wire.CodeSignature},
		{Name: "another page", Object: "passkey", Text: line(t, samplePasskey(t, "webauthn.get", "https://us.example.test", 5)), Code: wire.CodeSignature},
		{Name: "a registration", Object: "passkey", Text: line(t, samplePasskey(t, "webauthn.create", "https://us.example", 5)), Code: wire.CodeSignature},
		{Name: "method not accepted", Object: "proofs", Text: string(replace(t, m.Bytes(), `"method":"password"`, `"method":"signet"`)), Code: wire.CodeMethod},
	}
}

// samplePasskeyDigest is the act digest of the passkey vectors: 32 bytes 0x2a.
var samplePasskeyDigest = [32]byte(bytes.Repeat([]byte{0x2a}, 32))

// passkey is the credential of the vectors.
func passkey(t *testing.T) *ecdsa.PrivateKey {
	k, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), seed("passkey"))
	must(t, err)
	return k
}

func samplePasskey(t *testing.T, typ, origin string, flags byte) wire.Proof {
	return assert(t, passkey(t), samplePasskeyDigest, typ, origin, "us.example", flags)
}

func passkeyKeys(t *testing.T) wire.ProofKeys {
	return func(wire.Proof) (wire.ProofKey, error) {
		return wire.ProofKey{Public: &passkey(t).PublicKey, Node: "us", Account: "u-17", RelyingParty: "us.example", Origins: []string{"https://us.example"}}, nil
	}
}

// passkeyExtra is what a verifier knows of the credential.
func passkeyExtra(t *testing.T) map[string]any {
	pub, err := passkey(t).PublicKey.Bytes()
	must(t, err)
	return map[string]any{"act_digest": wire.Digest(samplePasskeyDigest), "public": pub, "account": "u-17", "relying_party": "us.example", "origin": "https://us.example"}
}

// sampleRelease is the release of the vectors' content key.
func sampleRelease() wire.KeyRelease {
	return wire.KeyRelease{From: "us", To: "mx", Referral: id(900), Tier: wire.TierReleased, Key: "k-1"}
}

func sealVectors(t *testing.T, us, mx party) []vector {
	p := sampleMessage(t, us, 1).Act.Sealed[0]
	moved, flipped := p, p
	moved.ID = "person/2"
	flipped.Box = bytes.Clone(p.Box)
	flipped.Box[20] ^= 1
	key := seed("content key")
	box, err := wire.SealKey(mx.seal.PublicKey(), sampleRelease(), [32]byte(key))
	must(t, err)
	other, err := wire.SealKey(us.seal.PublicKey(), sampleRelease(), [32]byte(key))
	must(t, err)
	release := sampleRelease()
	release.Referral = id(901)
	elsewhere, err := wire.SealKey(mx.seal.PublicKey(), release, [32]byte(key))
	must(t, err)
	return []vector{
		{Name: "good", Object: "part", Text: line(t, p), Plain: []byte(`{"given":"Persona","paterno":"Ficticia"}`), Extra: map[string]any{"key": key}},
		{Name: "moved under another id", Object: "part", Text: line(t, moved), Code: wire.CodeAltered},
		{Name: "altered byte", Object: "part", Text: line(t, flipped), Code: wire.CodeAltered},
		{Name: "good", Object: "key_box", Text: line(t, box), Plain: key},
		{Name: "wrong recipient", Object: "key_box", Text: line(t, other), Code: wire.CodeSupersededKey},
		{Name: "of another referral", Object: "key_box", Text: line(t, elsewhere), Code: wire.CodeAltered},
	}
}

func frameVectors(t *testing.T, us, mx party) []vector {
	f := sampleFrame(t, us, mx)
	good := vector{Name: "good", Object: "frame", Bytes: f.Bytes(), Node: "mx", Digest: f.Digest().String(), Extra: map[string]any{"header": f.Header}}
	flip := func(name string, i int, code wire.Code) vector {
		b := f.Bytes()
		b[i] ^= 1
		return vector{Name: name, Object: "frame", Bytes: b, Node: "mx", Code: code}
	}
	next, err := wire.BuildFrame(wire.FrameSpec{From: "us", To: "mx", Lane: wire.LaneCase, Epoch: 1, First: 4, Prev: f.Digest(), Created: at(65), Entries: f.Entries[2:]}, us.sign, mx.seal.PublicKey())
	must(t, err)
	swapped := bytes.Replace(f.Bytes(), []byte(f.Signed), []byte(next.Signed), 1)
	last := len(f.Bytes()) - 1
	return []vector{
		good,
		{Name: "good, the next of its lane", Object: "frame", Bytes: next.Bytes(), Node: "mx", Digest: next.Digest().String()},
		flip("altered byte of the payload", last, wire.CodeAltered),
		{Name: "altered byte of the signature", Object: "frame", Bytes: []byte(flipText(string(f.Bytes()), len("oasiss frame v1\n")+len(f.Signed)-10)), Node: "mx", Code: wire.CodeSignature},
		flip("unknown version", len("oasiss frame v1")-1, wire.CodeUnknownVersion),
		{Name: "truncated", Object: "frame", Bytes: f.Bytes()[:last-40], Node: "mx", Code: wire.CodeAltered},
		{Name: "wrong recipient", Object: "frame", Bytes: f.Bytes(), Node: "us", Code: wire.CodeMisaddressed},
		{Name: "replayed under the next header", Object: "frame", Bytes: swapped, Node: "mx", Code: wire.CodeAltered},
	}
}

func receiptVectors(t *testing.T, us, mx party) []vector {
	f := sampleFrame(t, us, mx)
	signed, err := wire.SignReceipt(sampleReceipt(f), mx.sign)
	must(t, err)
	whole := sampleReceipt(f)
	whole.Type, whole.Code, whole.Entries, whole.Undertaking = wire.ReceiptRefused, wire.CodeSupersededKey, nil, ""
	refused, err := wire.SignReceipt(whole, mx.sign)
	must(t, err)
	forged, err := wire.SignReceipt(sampleReceipt(f), us.sign)
	must(t, err)
	h := wire.Heads{From: "mx", To: "us", Size: 42, At: at(70), Head: []wire.Head{{Lane: wire.LaneCase, Epoch: 1, Next: 4, Header: f.Signed, Receipt: signed}}}
	heads, err := wire.SignHeads(h, mx.sign)
	must(t, err)
	h.Head[0].Next = 9
	ahead, err := wire.SignHeads(h, mx.sign)
	must(t, err)
	return []vector{
		{Name: "good", Object: "receipt", Text: signed},
		{Name: "good, whole frame refused", Object: "receipt", Text: refused},
		{Name: "altered byte", Object: "receipt", Text: flipText(signed, len(signed)/2), Code: wire.CodeSignature},
		{Name: "second spelling", Object: "receipt", Text: signed + "\n", Code: wire.CodeMalformed},
		{Name: "signed by the sender", Object: "receipt", Text: forged, Code: wire.CodeSignature},
		{Name: "a frame header", Object: "receipt", Text: sampleFrame(t, mx, us).Signed, Code: wire.CodeMalformed},
		{Name: "good", Object: "heads", Text: heads},
		{Name: "claims more than the header says", Object: "heads", Text: ahead, Code: wire.CodeAltered},
	}
}

// sampleFileSize is the size of the vectors' file: one full chunk and 24 bytes.
const sampleFileSize = wire.ChunkSize + 24

// fileVectors are the last chunk of a file and the list of its chunks.
func fileVectors(t *testing.T) []vector {
	plain := []byte("the end of the recording")
	c, err := wire.NewFileCipher([32]byte(seed("content key")), id(700), "k-1")
	must(t, err)
	box, err := c.Seal(nil, 1, plain, bytes.Repeat([]byte{7}, wire.PartNonceSize))
	must(t, err)
	if int64(len(box)) != wire.ChunkLen(sampleFileSize, 1) || wire.Chunks(sampleFileSize) != 2 {
		t.Fatal("the sizes of the vectors' file")
	}
	at := func(file string, index int) map[string]any { return map[string]any{"file": file, "index": index} }
	flipped := bytes.Clone(box)
	flipped[20] ^= 1
	m := wire.FileManifest{sha256.Sum256([]byte("the first chunk")), sha256.Sum256(box)}
	digest, list := m.Digest().String(), m.Bytes()
	other := bytes.Clone(list)
	other[len(other)-1] ^= 1
	return []vector{
		{Name: "good", Object: "chunk", Bytes: box, Plain: plain, Extra: at(id(700), 1), Digest: wire.Digest(sha256.Sum256(box)).String()},
		{Name: "in another place", Object: "chunk", Bytes: box, Extra: at(id(700), 0), Code: wire.CodeAltered},
		{Name: "of another file", Object: "chunk", Bytes: box, Extra: at(id(701), 1), Code: wire.CodeAltered},
		{Name: "altered byte", Object: "chunk", Bytes: flipped, Extra: at(id(700), 1), Code: wire.CodeAltered},
		{Name: "truncated", Object: "chunk", Bytes: box[:len(box)-1], Extra: at(id(700), 1), Code: wire.CodeAltered},
		{Name: "nothing in it", Object: "chunk", Bytes: box[:wire.ChunkOverhead], Extra: at(id(700), 1), Code: wire.CodeMalformed},
		{Name: "good", Object: "file_manifest", Bytes: list, Digest: digest, Extra: map[string]any{"size": sampleFileSize}},
		{Name: "altered byte", Object: "file_manifest", Bytes: other, Digest: digest, Code: wire.CodeAltered},
		{Name: "a chunk too few", Object: "file_manifest", Bytes: list[:len(list)-32], Digest: digest, Code: wire.CodeMalformed},
		{Name: "unknown version", Object: "file_manifest", Bytes: bytes.Replace(list, []byte("v1"), []byte("v2"), 1), Digest: digest, Code: wire.CodeUnknownVersion},
	}
}

func journalVectors(t *testing.T, us, mx party) []vector {
	m := sampleMessage(t, us, 1)
	l := sampleLog(t, 7, m)
	c := string(cosigned(t, l, 7, us, mx))
	other := string(cosigned(t, l, 7, mx, us))
	p := proofOf(t, l, m, us, mx)
	swapped := p
	swapped.Index = 3
	d := descriptorOf(t, us)
	fp := wire.Fingerprint(d)
	manifest, err := sampleManifest().Encode()
	must(t, err)
	return []vector{
		{Name: "good", Object: "descriptor", Text: d, Digest: fp.String(), Extra: map[string]any{"words_en": fp.Words("en"), "words_es": fp.Words("es")}},
		{Name: "altered byte", Object: "descriptor", Text: flipText(d, len(d)-12), Code: wire.CodeSignature},
		{Name: "good", Object: "checkpoint", Text: c},
		{Name: "another size", Object: "checkpoint", Text: string(replace(t, []byte(c), "\n7\n", "\n8\n")), Code: wire.CodeSignature},
		{Name: "another journal", Object: "checkpoint", Text: other, Code: wire.CodeSignature},
		{Name: "good", Object: "inclusion", Text: line(t, withFormat(p))},
		{Name: "another leaf", Object: "inclusion", Text: line(t, withFormat(swapped)), Code: wire.CodeAltered},
		{Name: "good", Object: "manifest", Text: string(manifest)},
		{Name: "exculpatory silently empty", Object: "manifest", Text: string(replace(t, manifest, `"exculpatory","empty":"none_found"`, `"exculpatory"`)), Code: wire.CodeMalformed},
	}
}

func proofOf(t *testing.T, l *log, m wire.Message, us, mx party) wire.ProofFile {
	return wire.ProofFile{Message: m.Bytes(), Digest: m.Digest(), Index: 2, Path: l.include(t, 7, 2), Checkpoint: string(cosigned(t, l, 7, us, mx))}
}

func withFormat(p wire.ProofFile) wire.ProofFile {
	p.V, p.Format = wire.Version, wire.ProofFormat
	return p
}

func descriptorOf(t *testing.T, p party) string {
	s, err := wire.SignDescriptor(p.descriptor(t), p.sign)
	must(t, err)
	return s
}

func keysOf(t *testing.T, p party) publicKeys {
	private, err := p.seal.Bytes()
	must(t, err)
	return publicKeys{
		Node: p.node, SignSeed: p.sign.Seed(), SignKey: p.public(), SignKeyID: wire.KeyID(p.public()),
		SealPrivate: private, SealKey: p.seal.PublicKey().Bytes(), SealKeyID: wire.SealKeyID(p.seal.PublicKey()),
		Journal: p.journalVkey(t), Witness: p.witnessVkey(t),
	}
}

// wordLists is both lists in the order of the byte they stand for.
func wordLists() map[string][]string {
	out := map[string][]string{}
	for _, lang := range []string{"en", "es"} {
		for i := range 256 {
			out[lang] = append(out[lang], wire.Digest{byte(i)}.Words(lang)[0])
		}
	}
	return out
}

// flipText changes one character of a base64url text to another of its alphabet.
func flipText(s string, i int) string {
	c := byte('A')
	if s[i] == c {
		c = 'B'
	}
	return s[:i] + string(c) + s[i+1:]
}

func line(t *testing.T, v any) string {
	b, err := json.Marshal(v)
	must(t, err)
	return string(b)
}

func indent(t *testing.T, v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	must(t, e.Encode(v))
	return b.Bytes()
}
