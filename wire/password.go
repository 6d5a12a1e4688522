package wire

import (
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"time"
)

// Strengths of a signature proof.
const (
	StrengthWeak   = "weak"   // rests on the node's key alone
	StrengthStrong = "strong" // rests on the person's own authenticator
)

// statementDomain precedes a statement in what the node signs.
const statementDomain = "oasiss statement v1\n"

// Statement is what a node says about a person who signed with a password:
// that this account re-authenticated, at this time, for exactly this act.
type Statement struct {
	V        int       `json:"v"`        // Version
	Method   string    `json:"method"`   // MethodPassword
	Node     string    `json:"node"`     // node that says so
	Account  string    `json:"account"`  // account id of the person
	Digest   Digest    `json:"digest"`   // SHA-256 of the act shown
	At       time.Time `json:"at"`       // when the person re-authenticated
	Strength string    `json:"strength"` // StrengthWeak
}

// SignPassword makes the proof that account re-authenticated at a time for the
// act with this digest. key is the node's signing key.
func SignPassword(node, account string, actDigest [32]byte, at time.Time, key crypto.Signer) (Proof, error) {
	pub, err := publicOf(key)
	if err != nil {
		return Proof{}, err
	}
	b, err := compact(Statement{
		V: Version, Method: MethodPassword, Node: node, Account: account,
		Digest: actDigest, At: at.UTC().Truncate(time.Microsecond), Strength: StrengthWeak,
	})
	if err != nil {
		return Proof{}, failWith(CodeMalformed, "statement", err)
	}
	sig, err := key.Sign(nil, append([]byte(statementDomain), b...), crypto.Hash(0))
	if err != nil {
		return Proof{}, fmt.Errorf("wire: sign statement: %w", err)
	}
	return Proof{Method: MethodPassword, Signer: account, Key: KeyID(pub), Statement: b, Sig: sig}, nil
}

// verifyPassword checks a password proof with the key of its node.
func verifyPassword(p Proof, actDigest [32]byte, k ProofKey, done checked) (Signature, error) {
	pub, ok := k.Public.(ed25519.PublicKey)
	if !ok || len(pub) != ed25519.PublicKeySize || KeyID(pub) != p.Key {
		return Signature{}, fail(CodeSignature, "statement key")
	}
	if len(p.AuthData) != 0 || p.Enrolment != "" {
		return Signature{}, fail(CodeMalformed, "statement with members of a passkey")
	}
	if !done.holds(pub, p) && !ed25519.Verify(pub, append([]byte(statementDomain), p.Statement...), p.Sig) {
		return Signature{}, fail(CodeSignature, "statement does not verify")
	}
	var s Statement
	if err := readJSON(p.Statement, "statement", &s); err != nil {
		return Signature{}, err
	}
	switch {
	case s.Method != MethodPassword || s.Strength != StrengthWeak || s.At.IsZero() || !instant(s.At):
		return Signature{}, fail(CodeMalformed, "statement")
	case s.Node != k.Node || s.Account != p.Signer:
		return Signature{}, fail(CodeSignature, "statement about another account")
	case !k.Until.IsZero() && s.At.After(k.Until):
		if k.Revoked {
			return Signature{}, fail(CodeRevokedKey, "statement after the key was revoked")
		}
		return Signature{}, fail(CodeSupersededKey, "statement after the key ended")
	case s.Digest != Digest(actDigest):
		return Signature{}, fail(CodeAltered, "statement about another act")
	}
	return Signature{Account: s.Account, Node: s.Node, Method: MethodPassword, Strength: StrengthWeak, At: s.At}, nil
}

// checked are the signatures of statements that were verified, by checkOf.
type checked map[[sha256.Size]byte]bool

func (c checked) holds(pub ed25519.PublicKey, p Proof) bool {
	return len(c) > 0 && len(p.Sig) == ed25519.SignatureSize && c[checkOf(pub, p)]
}

// checkOf names a signature together with all that makes it hold: the key and
// the bytes that were signed. Key and signature have their one length.
func checkOf(pub ed25519.PublicKey, p Proof) [sha256.Size]byte {
	h := sha256.New()
	h.Write(pub)
	h.Write(p.Sig)
	h.Write(p.Statement)
	return [sha256.Size]byte(h.Sum(nil))
}

// CheckAhead does now what takes long in VerifyProofs, the arithmetic of the
// statements' signatures, and nothing else: which keys hold, for whom and until
// when VerifyProofs asks anew, and a statement, signature or key that is not the
// very one that was checked here is checked again there. For a receiver that
// verifies many messages at a time and decides about them in one place.
func (m *Message) CheckAhead(keys ProofKeys) {
	m.checked = nil
	for _, p := range m.Proofs {
		if p.Method != MethodPassword || len(p.Sig) != ed25519.SignatureSize {
			continue
		}
		k, err := keys(p)
		pub, ok := k.Public.(ed25519.PublicKey)
		if err != nil || !ok || len(pub) != ed25519.PublicKeySize || !ed25519.Verify(pub, append([]byte(statementDomain), p.Statement...), p.Sig) {
			continue
		}
		if m.checked == nil {
			m.checked = checked{}
		}
		m.checked[checkOf(pub, p)] = true
	}
}
