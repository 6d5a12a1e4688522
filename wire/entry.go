package wire

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// EntryType says what an entry of a frame is.
type EntryType byte

// Types of entries.
const (
	EntryMessage EntryType = 1 // Body is a message as written
	EntryVoid    EntryType = 2 // Body is a Void as JSON
)

// Entry is one sequence number of a lane: a message or a void.
type Entry struct {
	Type EntryType
	Body []byte
}

// Reasons of a void.
const (
	VoidExpired  = "expired"  // its own expiry passed before delivery
	VoidExpunged = "expunged" // its body was deleted by an order
	VoidRecalled = "recalled" // the sender took it back before delivery
)

// Void stands in the place of a message that will not be delivered, so that a
// lane never has a hole. It is signed by being in a signed frame.
type Void struct {
	Seq    int64     `json:"seq"`    // sequence number it fills
	ID     string    `json:"id"`     // id of the message that will not come
	Reason string    `json:"reason"` // VoidExpired, VoidExpunged or VoidRecalled
	At     time.Time `json:"at"`     // when the sender decided so
}

// NewVoid makes the entry for v.
func NewVoid(v Void) (Entry, error) {
	v.At = v.At.UTC().Truncate(time.Microsecond)
	b, err := compact(struct {
		V int `json:"v"`
		Void
	}{Version, v})
	if err != nil {
		return Entry{}, fmt.Errorf("wire: encode void: %w", err)
	}
	e := Entry{Type: EntryVoid, Body: b}
	if _, err := e.Void(v.Seq); err != nil {
		return Entry{}, err
	}
	return e, nil
}

// Void reads the entry as the void of sequence number seq.
func (e Entry) Void(seq int64) (Void, error) {
	if e.Type != EntryVoid {
		return Void{}, fail(CodeMalformed, "entry is no void")
	}
	var v Void
	if err := readJSON(e.Body, "void", &v); err != nil {
		return Void{}, err
	}
	switch {
	case v.Seq != seq:
		return v, fail(CodeAltered, "void of another sequence number")
	case !uuid7Form.MatchString(v.ID), v.At.IsZero() || !instant(v.At):
		return v, fail(CodeMalformed, "void")
	case v.Reason != VoidExpired && v.Reason != VoidExpunged && v.Reason != VoidRecalled:
		return v, fail(CodeMalformed, "void reason")
	}
	return v, nil
}

// Message reads the entry as a message; see ParseMessage.
func (e Entry) Message() (Message, error) {
	if e.Type != EntryMessage {
		return Message{}, fail(CodeMalformed, "entry is no message")
	}
	return ParseMessage(e.Body)
}

// Digest is SHA-256 of the body: of a message, its one digest.
func (e Entry) Digest() Digest { return sha256.Sum256(e.Body) }

// Leaf is the entry's leaf in the frame's tree.
func (e Entry) Leaf() tlog.Hash { return EntryLeaf(e.Type, e.Digest()) }

// EntryLeaf is the RFC 6962 leaf of an entry, SHA-256(0x00 || type || digest).
// It needs the digest only, so that a frame's root can be recomputed, and an
// inclusion proven, after a body has been expunged.
func EntryLeaf(t EntryType, digest Digest) tlog.Hash {
	return tlog.RecordHash(append([]byte{byte(t)}, digest[:]...))
}

// PayloadSize is what the entry takes of MaxPayload.
func (e Entry) PayloadSize() int { return 4 + 1 + len(e.Body) }

// appendEntries writes the payload of a frame: for each entry the length of
// what follows as four bytes, big end first, the type byte, the body.
func appendEntries(b []byte, entries []Entry) []byte {
	for _, e := range entries {
		b = binary.BigEndian.AppendUint32(b, uint32(1+len(e.Body))) // #nosec G115 -- a body is bounded by MaxMessage
		b = append(b, byte(e.Type))
		b = append(b, e.Body...)
	}
	return b
}

// splitEntries reads the payload of a frame.
func splitEntries(b []byte) ([]Entry, error) {
	var entries []Entry
	for len(b) > 0 {
		if len(entries) == MaxEntries {
			return nil, fail(CodeMalformed, "too many entries")
		}
		if len(b) < 5 {
			return nil, fail(CodeMalformed, "payload cut short")
		}
		n := binary.BigEndian.Uint32(b)
		if n < 2 || uint64(n) > uint64(len(b)-4) { // #nosec G115 -- b is longer than 4 bytes here
			return nil, fail(CodeMalformed, "entry length")
		}
		e := Entry{Type: EntryType(b[4]), Body: b[5 : 4+n : 4+n]}
		if e.Type != EntryMessage && e.Type != EntryVoid {
			return nil, fail(CodeUnknownVersion, "entry type")
		}
		entries = append(entries, e)
		b = b[4+n:]
	}
	return entries, nil
}
