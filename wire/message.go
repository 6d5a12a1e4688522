package wire

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Version is the version of message, frame, receipt and descriptor spoken here.
const Version = 1

// NonceSize is the number of random bytes in every act. They make the digest
// of the bytes reveal nothing about them, also after the bytes are gone.
const NonceSize = 32

// MaxMessage is the largest message in bytes. One message with its prefix
// always fits into a frame of MaxPayload.
const MaxMessage = MaxPayload - 64

// Address is an office of a node. An empty office is the node itself.
type Address struct {
	Node   string `json:"node"`
	Office string `json:"office,omitempty"`
}

// Actor is the official who acted. Officials acting as such are named; a
// protected person never appears here.
type Actor struct {
	ID     string `json:"id"`
	Name   string `json:"name,omitempty"`
	Office string `json:"office,omitempty"`
	Role   string `json:"role,omitempty"`
}

// Act is one act as it is shown, signed, stored and sent. Its JSON is prepared
// once; from then on only those bytes count.
type Act struct {
	V        int             `json:"v"`                  // Version
	Nonce    []byte          `json:"nonce"`              // NonceSize random bytes
	ID       string          `json:"id"`                 // UUIDv7, unique for ever
	Kind     string          `json:"kind"`               // "area.name.N"
	Purpose  string          `json:"purpose"`            // one of Purposes
	Case     string          `json:"case,omitempty"`     // case id of the originator
	Referral string          `json:"referral,omitempty"` // referral id
	From     Address         `json:"from"`               // origin
	To       Address         `json:"to,omitzero"`        // recipient; empty when the act stays at home
	By       *Actor          `json:"by,omitempty"`       // official who acted; nil when the node itself did
	Lang     string          `json:"lang,omitempty"`     // language of the narratives, BCP 47
	Handling string          `json:"handling,omitempty"` // H0 to H3
	Created  time.Time       `json:"created"`            // UTC, at most microseconds
	Expires  time.Time       `json:"expires,omitzero"`   // not to be recorded by the recipient after this instant
	Clear    json.RawMessage `json:"clear"`              // the kind's own fields, a JSON object
	Sealed   []Part          `json:"sealed,omitempty"`   // what only a key opens
}

// Encode checks the act and gives its bytes: compact JSON in one line, times in
// UTC cut to microseconds. The error is an *Error with the code that a receiver
// would refuse it with.
func (a Act) Encode() ([]byte, error) {
	_, b, err := a.encode()
	return b, err
}

// encode gives the act as it would be read from its bytes, and those.
func (a Act) encode() (Act, []byte, error) {
	a.Created = a.Created.UTC().Truncate(time.Microsecond)
	if !a.Expires.IsZero() {
		a.Expires = a.Expires.UTC().Truncate(time.Microsecond)
	}
	var clear bytes.Buffer
	if err := json.Compact(&clear, a.Clear); err != nil && len(bytes.TrimSpace(a.Clear)) > 0 {
		return a, nil, failWith(CodeMalformed, "act", err)
	}
	if a.Clear = clear.Bytes(); len(a.Clear) == 0 {
		a.Clear = json.RawMessage("{}")
	}
	if len(a.Sealed) == 0 {
		a.Sealed = nil
	}
	b, err := compact(a)
	if err != nil {
		return a, nil, failWith(CodeMalformed, "act", err)
	}
	version, err := scanJSON(b, envelopeNames)
	if err != nil {
		return a, nil, failWith(CodeMalformed, "act", err)
	}
	if err := checkVersion(version, "act"); err != nil {
		return a, nil, err
	}
	return a, b, a.check()
}

// Message encodes the act as the message that nobody has signed yet. It is the
// one that ParseMessage reads from its bytes, without reading them.
func (a Act) Message() (Message, error) {
	a, b, err := a.encode()
	if err != nil {
		return Message{}, err
	}
	return Message{ActBytes: b, Act: a}.Signed()
}

// Message is an act and the proofs of those who signed it. On disk and on the
// wire it is the act's bytes, one newline and the proofs' bytes.
type Message struct {
	ActBytes []byte  // the act as written
	Act      Act     // the act as read
	Proofs   []Proof // signature proofs over ActDigest

	raw     []byte  // the whole message as written
	checked checked // statements whose signatures were checked ahead
}

// Signed is the message with these proofs in place of those that it has.
func (m Message) Signed(proofs ...Proof) (Message, error) {
	if proofs == nil {
		proofs = []Proof{}
	}
	p, err := compact(proofs)
	if err != nil {
		return Message{}, failWith(CodeMalformed, "proofs", err)
	}
	if m.Proofs, err = parseProofs(p); err != nil {
		return Message{}, err
	}
	n := len(m.ActBytes)
	m.raw = slices.Concat(m.ActBytes, []byte("\n"), p)
	if m.ActBytes = m.raw[:n:n]; len(m.raw) > MaxMessage {
		return Message{}, fail(CodeMalformed, "message too large")
	}
	return m, nil
}

// ParseMessage reads a message strictly: known version, 32-byte nonce, UUIDv7
// id, kind "area.name.N", a purpose on the closed list, bounded size, no member
// named twice (upper and lower case count as the same), no white space between
// tokens, well-formed UTF-8. Members it does not know stay in the bytes and are
// ignored, inside the act and inside a proof.
//
// On failure the error is an *Error, and the Message holds what could be read
// (the bytes always, the id where it was legible), so that a receiver can keep
// it, show it and refuse it by signed receipt.
func ParseMessage(b []byte) (Message, error) {
	m := Message{raw: bytes.Clone(b)}
	if len(b) > MaxMessage {
		return m, fail(CodeMalformed, "message too large")
	}
	i := bytes.IndexByte(m.raw, '\n')
	if i < 0 {
		return m, fail(CodeMalformed, "no newline between act and proofs")
	}
	m.ActBytes = m.raw[:i:i]
	var err error
	if m.Act, err = parseAct(m.ActBytes); err != nil {
		return m, err
	}
	m.Proofs, err = parseProofs(m.raw[i+1:])
	return m, err
}

// Bytes gives the message as written. They must not be changed.
func (m Message) Bytes() []byte { return m.raw }

// Digest is SHA-256 of the message's bytes: the one digest that the journal's
// leaf, the frame and the receipt use.
func (m Message) Digest() [32]byte { return sha256.Sum256(m.raw) }

// ActDigest is SHA-256 of the act's bytes: what a person signs.
func (m Message) ActDigest() [32]byte { return sha256.Sum256(m.ActBytes) }

// LeafHash is the journal's leaf for a message digest: RFC 6962 leaf hash,
// SHA-256(0x00 || digest). The journal holds digests only, so a deleted body
// leaves the tree verifiable.
func LeafHash(digest [32]byte) tlog.Hash { return tlog.RecordHash(digest[:]) }

// compact encodes v as JSON without white space and without the HTML escapes
// that no other language would write.
func compact(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}
