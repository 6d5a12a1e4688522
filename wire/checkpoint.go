package wire

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Algorithm bytes of C2SP signed-note keys.
const (
	algEd25519     = 1 // the log's own signature
	algCosignature = 4 // cosignature/v1
)

// maxCheckpoint bounds a signed checkpoint in bytes.
const maxCheckpoint = 16 << 10

// JournalName is the origin of a node's journal and the name of its log key.
// installation tells two installations with the same node id apart, such as an
// exercise and the real one; it has the form of a node id.
func JournalName(installation, node string) string {
	return "oasiss/" + installation + "/" + node + "/journal"
}

// JournalLog is the name of the n-th log of a node's journal. The first has
// the journal's own name; another begins where a restored backup had lost what
// a peer had cosigned.
func JournalLog(installation, node string, n int64) string {
	name := JournalName(installation, node)
	if n > 1 {
		name += "/" + strconv.FormatInt(n, 10)
	}
	return name
}

// LogNumber says which log of a journal a name is; ok is false for a name that
// is none.
func LogNumber(name string) (n int64, ok bool) {
	base, number, found := strings.Cut(name, "/journal")
	if !found || !strings.HasPrefix(base, "oasiss/") || strings.Count(base, "/") != 2 {
		return 0, false
	}
	if number == "" {
		return 1, true
	}
	n, err := strconv.ParseInt(strings.TrimPrefix(number, "/"), 10, 64)
	return n, err == nil && n > 1 && number == "/"+strconv.FormatInt(n, 10)
}

// logKey gives the verifier key of the log that a checkpoint names, if it is a
// log of the journal whose key is given: the same key under another name.
func logKey(journal, origin string) string {
	name, rest, ok := strings.Cut(journal, "+")
	if _, log := LogNumber(origin); !ok || !log || origin == name || !strings.HasPrefix(origin, name+"/") {
		return journal
	}
	_, key, ok := strings.Cut(rest, "+")
	b, err := base64.StdEncoding.DecodeString(key)
	if !ok || err != nil || len(b) != 1+ed25519.PublicKeySize {
		return journal
	}
	named, err := JournalVkey(origin, ed25519.PublicKey(b[1:]))
	if err != nil {
		return journal
	}
	return named
}

// WitnessName is the name of the key with which a node cosigns others.
func WitnessName(installation, node string) string {
	return "oasiss/" + installation + "/" + node + "/witness"
}

// Checkpoint is a journal's state as its node signed it (C2SP tlog-checkpoint).
type Checkpoint struct {
	Origin       string        // name of the journal
	Size         int64         // leaves
	Root         Digest        // RFC 6962 root over them
	Cosignatures []Cosignature // those that verified, in order
}

// Cosignature says that another node saw this checkpoint after checking that
// it is consistent with everything it signed before (cosignature/v1).
type Cosignature struct {
	Name string    // name of the cosigner's key
	At   time.Time // when it signed, to the second
}

// JournalVkey gives the verifier key (C2SP signed-note vkey) of a journal.
func JournalVkey(name string, pub ed25519.PublicKey) (string, error) {
	return note.NewEd25519VerifierKey(name, pub)
}

// WitnessVkey gives the verifier key of a cosigner.
func WitnessVkey(name string, pub ed25519.PublicKey) (string, error) {
	if strings.ContainsAny(name, "+ \n") || name == "" || len(pub) != ed25519.PublicKeySize {
		return "", fail(CodeMalformed, "cosigner key")
	}
	k := append([]byte{algCosignature}, pub...)
	return fmt.Sprintf("%s+%08x+%s", name, noteKeyHash(name, k), base64.StdEncoding.EncodeToString(k)), nil
}

// SignCheckpoint signs the state of a journal with the node's key.
func SignCheckpoint(origin string, size int64, root Digest, key crypto.Signer) ([]byte, error) {
	s, err := newNoteSigner(origin, algEd25519, key, func(text []byte) ([]byte, []byte, error) { return text, nil, nil })
	if err != nil {
		return nil, err
	}
	text := torchwood.Checkpoint{Origin: origin, Tree: tlog.Tree{N: size, Hash: tlog.Hash(root)}}.String()
	if _, err := torchwood.ParseCheckpoint(text); err != nil {
		return nil, failWith(CodeMalformed, "checkpoint", err)
	}
	return note.Sign(&note.Note{Text: text}, s)
}

// Cosign gives the cosignature line (C2SP cosignature/v1) for a checkpoint that
// carries a valid signature by journal. The caller has checked consistency with
// the last checkpoint it signed, and has stored this one, before it calls.
func Cosign(signed []byte, journal, name string, key crypto.Signer, at time.Time) ([]byte, error) {
	if _, err := VerifyCheckpoint(signed, journal); err != nil {
		return nil, err
	}
	s, err := newNoteSigner(name, algCosignature, key, func(text []byte) ([]byte, []byte, error) {
		t := at.Unix()
		if t < 0 {
			return nil, nil, fail(CodeMalformed, "time of cosignature")
		}
		return fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", t, text), binary.BigEndian.AppendUint64(nil, uint64(t)), nil
	})
	if err != nil {
		return nil, err
	}
	text, _ := splitNote(signed)
	both, err := note.Sign(&note.Note{Text: text}, s)
	if err != nil {
		return nil, fmt.Errorf("wire: cosign: %w", err)
	}
	_, line := splitNote(both)
	return []byte(line), nil
}

// AddCosignatures appends cosignature lines to a signed checkpoint.
func AddCosignatures(signed []byte, lines ...[]byte) []byte {
	return append(bytes.Clone(signed), bytes.Join(lines, nil)...)
}

// VerifyCheckpoint checks a checkpoint: the journal's signature must be there
// and the origin must be the journal's name; of cosigners (vkeys), those that
// verify are listed and a wrong one by a known key is an error. Lines by
// unknown keys are ignored, as signed notes demand, but have to be written in
// the one way there is to write them: base64 whose unused bits are zero. Else
// what verified once could be kept in another spelling than was signed for.
func VerifyCheckpoint(signed []byte, journal string, cosigners ...string) (Checkpoint, error) {
	if len(signed) > maxCheckpoint {
		return Checkpoint{}, fail(CodeMalformed, "checkpoint too large")
	}
	origin, _, _ := strings.Cut(string(signed), "\n")
	log, err := note.NewVerifier(logKey(journal, origin))
	if err != nil {
		return Checkpoint{}, failWith(CodeMalformed, "journal key", err)
	}
	known := []note.Verifier{log}
	for _, c := range cosigners {
		v, err := torchwood.NewCosignatureVerifier(c)
		if err != nil {
			return Checkpoint{}, failWith(CodeMalformed, "cosigner key", err)
		}
		known = append(known, v)
	}
	n, err := note.Open(signed, note.VerifierList(known...))
	if err != nil {
		return Checkpoint{}, failWith(CodeSignature, "checkpoint signature", err)
	}
	for _, s := range slices.Concat(n.Sigs, n.UnverifiedSigs) {
		if _, err := base64.StdEncoding.Strict().DecodeString(s.Base64); err != nil {
			return Checkpoint{}, failWith(CodeMalformed, "spelling of a signature", err)
		}
	}
	c, err := torchwood.ParseCheckpoint(n.Text)
	if err != nil {
		return Checkpoint{}, failWith(CodeMalformed, "checkpoint", err)
	}
	out := Checkpoint{Origin: c.Origin, Size: c.N, Root: Digest(c.Hash)}
	if c.Origin != log.Name() || c.String() != n.Text {
		return out, fail(CodeMalformed, "checkpoint origin or form")
	}
	own := false
	for _, s := range n.Sigs {
		if s.Name == log.Name() && s.Hash == log.KeyHash() {
			own = true
			continue
		}
		t, err := torchwood.CosignatureTimestamp(s)
		if err != nil {
			return out, failWith(CodeMalformed, "cosignature", err)
		}
		out.Cosignatures = append(out.Cosignatures, Cosignature{Name: s.Name, At: time.Unix(t, 0).UTC()})
	}
	if !own {
		return out, fail(CodeSignature, "checkpoint lacks the journal's signature")
	}
	return out, nil
}

// noteSigner signs notes with any crypto.Signer and a given time.
type noteSigner struct {
	name string
	hash uint32
	sign func(text []byte) ([]byte, error)
}

func (s *noteSigner) Name() string                     { return s.name }
func (s *noteSigner) KeyHash() uint32                  { return s.hash }
func (s *noteSigner) Sign(text []byte) ([]byte, error) { return s.sign(text) }

// newNoteSigner makes a signer; form turns the note's text into what is signed
// and what precedes the signature.
func newNoteSigner(name string, alg byte, key crypto.Signer, form func([]byte) (signed, prefix []byte, err error)) (*noteSigner, error) {
	pub, err := publicOf(key)
	if err != nil {
		return nil, err
	}
	return &noteSigner{name: name, hash: noteKeyHash(name, append([]byte{alg}, pub...)), sign: func(text []byte) ([]byte, error) {
		b, prefix, err := form(text)
		if err != nil {
			return nil, err
		}
		sig, err := key.Sign(nil, b, crypto.Hash(0))
		if err != nil {
			return nil, fmt.Errorf("wire: sign note: %w", err)
		}
		return append(prefix, sig...), nil
	}}, nil
}

// noteKeyHash is the key id of a signed note: the first four bytes of
// SHA-256(name || "\n" || algorithm || key).
func noteKeyHash(name string, key []byte) uint32 {
	sum := sha256.Sum256(append([]byte(name+"\n"), key...))
	return binary.BigEndian.Uint32(sum[:])
}

// splitNote parts a signed note into its text and its signature lines.
func splitNote(signed []byte) (text, lines string) {
	s := string(signed)
	i := strings.LastIndex(s, "\n\n")
	if i < 0 {
		return s, ""
	}
	return s[:i+1], s[i+2:]
}
