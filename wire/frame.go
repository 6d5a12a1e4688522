package wire

import (
	"bytes"
	"crypto"
	"crypto/hpke"
	"crypto/sha256"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// frameMagic begins every frame.
const frameMagic = "oasiss frame v1\n"

// MaxFrame bounds a whole frame in bytes: payload, header and seal.
const MaxFrame = MaxPayload + 64<<10

// FrameHeader is what the sender signs: whose frame it is, which sequence
// numbers it fills, and the root of the tree over its entries. One signature
// covers every entry.
type FrameHeader struct {
	V       int       `json:"v"`       // Version
	From    string    `json:"from"`    // sending node
	To      string    `json:"to"`      // receiving node
	Lane    string    `json:"lane"`    // one of Lanes
	Epoch   int64     `json:"epoch"`   // lane epoch, from 1
	First   int64     `json:"first"`   // sequence number of the first entry, from 1 in each epoch
	Last    int64     `json:"last"`    // sequence number of the last entry
	Count   int       `json:"count"`   // Last - First + 1
	Root    Digest    `json:"root"`    // RFC 6962 root over EntryLeaf of each entry
	Prev    Digest    `json:"prev"`    // FrameDigest of the lane's previous frame; zero for the first of an epoch
	Key     string    `json:"key"`     // SealKeyID the payload is sealed to
	Created time.Time `json:"created"` // when it was signed
}

// check holds the header against its rules.
func (h FrameHeader) check() error {
	switch {
	case !nameForm.MatchString(h.From) || !nameForm.MatchString(h.To) || h.From == h.To:
		return fail(CodeMalformed, "frame from or to")
	case !slices.Contains(Lanes, h.Lane):
		return fail(CodeMalformed, "lane")
	case h.Epoch < 1 || h.First < 1 || h.Last < h.First || h.Last-h.First >= MaxEntries:
		return fail(CodeMalformed, "frame sequence")
	case int64(h.Count) != h.Last-h.First+1:
		return fail(CodeMalformed, "frame count")
	case (h.First == 1) != h.Prev.IsZero():
		return fail(CodeMalformed, "previous frame")
	case h.Key == "" || !reference(h.Key):
		return fail(CodeMalformed, "frame seal key")
	case h.Created.IsZero() || !instant(h.Created):
		return fail(CodeMalformed, "frame created")
	}
	return nil
}

// FrameDigest is SHA-256 of the signed header (the compact JWS, in ASCII). The
// next frame's Prev and the receipt name a frame by it.
func FrameDigest(signed string) Digest { return sha256.Sum256([]byte(signed)) }

// ReadHeader verifies a signed header without the payload.
func ReadHeader(signed string, keys SignKeys) (FrameHeader, error) {
	payload, err := openJWS(typFrame, signed, keys)
	if err != nil {
		return FrameHeader{}, err
	}
	var h FrameHeader
	if err := readJSON(payload, "frame header", &h); err != nil {
		return FrameHeader{}, err
	}
	return h, h.check()
}

// Frame carries entries of one lane over one link: a signed header and a
// sealed payload.
type Frame struct {
	Header  FrameHeader
	Signed  string  // the header as signed
	Entries []Entry // known to the builder, and to the receiver after Open

	sealed []byte
}

// FrameSpec is what the sender decides of a frame.
type FrameSpec struct {
	From, To string    // nodes
	Lane     string    // one of Lanes
	Epoch    int64     // lane epoch
	First    int64     // sequence number of the first entry
	Prev     Digest    // FrameDigest of the lane's previous frame
	Created  time.Time // now
	Entries  []Entry   // 1 to MaxEntries, together at most MaxPayload
}

// BuildFrame signs and seals a frame with the keys valid now.
func BuildFrame(s FrameSpec, sign crypto.Signer, to hpke.PublicKey) (*Frame, error) {
	size := 0
	leaves := make([]tlog.Hash, len(s.Entries))
	for i, e := range s.Entries {
		size += e.PayloadSize()
		leaves[i] = e.Leaf()
	}
	if len(s.Entries) == 0 || len(s.Entries) > MaxEntries || size > MaxPayload {
		return nil, fail(CodeMalformed, "frame size")
	}
	root, err := Root(leaves)
	if err != nil {
		return nil, err
	}
	f := &Frame{Entries: s.Entries, Header: FrameHeader{
		V: Version, From: s.From, To: s.To, Lane: s.Lane, Epoch: s.Epoch,
		First: s.First, Last: s.First + int64(len(s.Entries)) - 1, Count: len(s.Entries),
		Root: root, Prev: s.Prev, Key: SealKeyID(to), Created: s.Created.UTC().Truncate(time.Microsecond),
	}}
	if err := f.Header.check(); err != nil {
		return nil, err
	}
	header, err := compact(f.Header)
	if err != nil {
		return nil, failWith(CodeMalformed, "frame header", err)
	}
	if f.Signed, err = signJWS(typFrame, header, sign); err != nil {
		return nil, err
	}
	aad := FrameDigest(f.Signed)
	f.sealed, err = seal(to, f.Header.info(), aad[:], appendEntries(make([]byte, 0, size), s.Entries))
	return f, err
}

// info is the HPKE info string: which link and lane the payload is sealed for.
func (h FrameHeader) info() []byte {
	return []byte(frameMagic + h.From + "\n" + h.To + "\n" + h.Lane)
}

// Bytes gives the frame for the wire: magic line, signed header, newline,
// sealed payload.
func (f *Frame) Bytes() []byte {
	b := make([]byte, 0, len(frameMagic)+len(f.Signed)+1+len(f.sealed))
	b = append(b, frameMagic...)
	b = append(b, f.Signed...)
	b = append(b, '\n')
	return append(b, f.sealed...)
}

// Digest names the frame.
func (f *Frame) Digest() Digest { return FrameDigest(f.Signed) }

// ReadFrame splits a frame and verifies its header; the payload stays sealed.
func ReadFrame(b []byte, keys SignKeys) (*Frame, error) {
	if len(b) > MaxFrame {
		return nil, fail(CodeMalformed, "frame too large")
	}
	rest, ok := bytes.CutPrefix(b, []byte(frameMagic))
	if !ok {
		return nil, fail(CodeUnknownVersion, "frame")
	}
	signed, sealed, ok := bytes.Cut(rest, []byte("\n"))
	if !ok {
		return nil, fail(CodeMalformed, "frame cut short")
	}
	f := &Frame{Signed: string(signed), sealed: sealed}
	var err error
	if f.Header, err = ReadHeader(f.Signed, keys); err != nil {
		return nil, err
	}
	return f, nil
}

// Open unseals the payload for node self, splits it and holds it against the
// signed root. Only then are Entries set. Each entry is still to be read with
// Entry.Message or Entry.Void, so that one bad message does not refuse the others.
func (f *Frame) Open(self string, key hpke.PrivateKey) error {
	if f.Header.To != self {
		return fail(CodeMisaddressed, "frame for another node")
	}
	if f.Header.Key != SealKeyID(key.PublicKey()) {
		return fail(CodeSupersededKey, "frame sealed to another key")
	}
	aad := f.Digest()
	plain, err := unseal(key, f.Header.info(), aad[:], f.sealed)
	if err != nil {
		return err
	}
	entries, err := splitEntries(plain)
	if err != nil {
		return err
	}
	if len(entries) != f.Header.Count {
		return fail(CodeAltered, "frame count")
	}
	leaves := make([]tlog.Hash, len(entries))
	for i, e := range entries {
		leaves[i] = e.Leaf()
	}
	root, err := Root(leaves)
	if err != nil {
		return err
	}
	if root != f.Header.Root {
		return fail(CodeAltered, "frame root")
	}
	f.Entries = entries
	return nil
}

// OpenFrame reads, verifies and opens a frame at the receiver.
func OpenFrame(b []byte, keys SignKeys, self string, key hpke.PrivateKey) (*Frame, error) {
	f, err := ReadFrame(b, keys)
	if err != nil {
		return nil, err
	}
	return f, f.Open(self, key)
}

// FrameProof proves that one entry was in a signed frame, without the others.
type FrameProof struct {
	Header string   `json:"header"` // signed header
	Index  int64    `json:"index"`  // place in the frame, from 0; sequence number = First + Index
	Path   []Digest `json:"path"`   // inclusion path to the signed root
}

// Proof proves entry i (from 0) of a frame whose entries are known.
func (f *Frame) Proof(i int) (FrameProof, error) {
	leaves := make([]tlog.Hash, len(f.Entries))
	for j, e := range f.Entries {
		leaves[j] = e.Leaf()
	}
	return ProveEntry(f.Signed, leaves, i)
}

// ProveEntry proves entry i of a signed frame from its leaves alone.
func ProveEntry(signed string, leaves []tlog.Hash, i int) (FrameProof, error) {
	if i < 0 || i >= len(leaves) {
		return FrameProof{}, fail(CodeMalformed, "no such entry")
	}
	t, err := newLeafTree(leaves)
	if err != nil {
		return FrameProof{}, err
	}
	path, err := t.path(int64(i))
	return FrameProof{Header: signed, Index: int64(i), Path: path}, err
}

// Verify checks that the entry of this type and digest was sent in the frame,
// and gives the verified header.
func (p FrameProof) Verify(keys SignKeys, t EntryType, digest Digest) (FrameHeader, error) {
	h, err := ReadHeader(p.Header, keys)
	if err != nil {
		return h, err
	}
	return h, CheckInclusion(p.Path, int64(h.Count), h.Root, p.Index, EntryLeaf(t, digest))
}
