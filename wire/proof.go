package wire

import "encoding/json"

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
