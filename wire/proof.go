package wire

import (
	"crypto"
	"encoding/json"
	"time"
)

// Methods of signature proofs.
const (
	// MethodPassword: the node's signed statement that the account
	// re-authenticated for the digest. Weak: it rests on the node alone.
	MethodPassword = "password"
	// MethodPasskey: a WebAuthn assertion by the person's own authenticator
	// with the digest as challenge.
	MethodPasskey = "passkey"
)

// maxProofs bounds the proofs of one message.
const maxProofs = 16

// Proof is one person's signature over SHA-256 of an act. The same members
// serve every method; docs/wire.md says what each holds.
type Proof struct {
	Method    string `json:"method"`              // MethodPassword or MethodPasskey
	Signer    string `json:"signer"`              // account id of the person
	Key       string `json:"key"`                 // id of the key: the node's statement key, or the credential
	Statement []byte `json:"statement"`           // bytes as signed: the node's statement, or clientDataJSON
	AuthData  []byte `json:"auth_data,omitempty"` // passkey only: authenticatorData
	Sig       []byte `json:"sig"`                 // Ed25519, or ASN.1 ECDSA
	Enrolment string `json:"enrolment,omitempty"` // passkey only: what the node says of the credential, a signed Enrolment
}

// parseProofs reads the second line of a message.
func parseProofs(b []byte) ([]Proof, error) {
	if err := checkJSON(b, envelopeNames); err != nil {
		return nil, failWith(CodeMalformed, "proofs", err)
	}
	var proofs []Proof
	if err := json.Unmarshal(b, &proofs); err != nil || proofs == nil {
		return nil, fail(CodeMalformed, "proofs fields")
	}
	if len(proofs) > maxProofs {
		return nil, fail(CodeMalformed, "too many proofs")
	}
	for _, p := range proofs {
		if p.Method == "" || p.Signer == "" || !reference(p.Method) || !reference(p.Signer) || !reference(p.Key) {
			return nil, fail(CodeMalformed, "proof")
		}
	}
	return proofs, nil
}

// ProofKey is what a verifier knows of the key that a proof names.
type ProofKey struct {
	Public       crypto.PublicKey // ed25519.PublicKey of the node, or the credential's: *ecdsa.PublicKey or ed25519.PublicKey
	Node         string           // node of the key or of the account
	Account      string           // passkey: account the credential was enrolled for
	RelyingParty string           // passkey: relying party id, the node's host name
	Origins      []string         // passkey: origins of the node's pages
	Held         string           // passkey: HeldDevice or HeldSoftware
	Until        time.Time        // password: end of the key; a later statement by it does not hold; zero without end
	Revoked      bool             // password: why it ended
}

// ProofKeys finds the key of a proof. It answers with an error for a key it
// does not know; an *Error keeps its code, so CodeMethod refuses a method.
type ProofKeys func(p Proof) (ProofKey, error)

// Signature is what a verified proof establishes.
type Signature struct {
	Account  string    // account id of the person
	Node     string    // node of the account
	Method   string    // MethodPassword or MethodPasskey
	Strength string    // StrengthWeak or StrengthStrong
	Held     string    // passkey: HeldDevice or HeldSoftware
	At       time.Time // password: when the person re-authenticated; zero for a passkey, which names no time
}

// VerifyProof checks one proof over the digest of an act. A method other than
// the two gives CodeMethod; an unknown key, CodeSignature; a proof of another
// act, CodeAltered.
func VerifyProof(p Proof, actDigest [32]byte, keys ProofKeys) (Signature, error) {
	return verifyProof(p, actDigest, keys, nil)
}

func verifyProof(p Proof, actDigest [32]byte, keys ProofKeys, done checked) (Signature, error) {
	if p.Method != MethodPassword && p.Method != MethodPasskey {
		return Signature{}, fail(CodeMethod, "method not accepted")
	}
	k, err := keys(p)
	if err != nil {
		if CodeOf(err) != "" {
			return Signature{}, err
		}
		return Signature{}, failWith(CodeSignature, "unknown key", err)
	}
	if p.Method == MethodPasskey {
		return verifyPasskey(p, actDigest, k)
	}
	return verifyPassword(p, actDigest, k, done)
}

// VerifyProofs checks every proof of a message, in order. It refuses two proofs
// by one account, so that one person never counts as two.
func VerifyProofs(m Message, keys ProofKeys) ([]Signature, error) {
	seen := make(map[string]bool, len(m.Proofs))
	out := make([]Signature, 0, len(m.Proofs))
	for _, p := range m.Proofs {
		s, err := verifyProof(p, m.ActDigest(), keys, m.checked)
		if err != nil {
			return out, err
		}
		who := s.Node + "\n" + s.Account
		if seen[who] {
			return out, fail(CodeSignature, "two proofs by one account")
		}
		seen[who] = true
		out = append(out, s)
	}
	return out, nil
}
