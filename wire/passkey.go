package wire

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"slices"
)

// Bits of the flags byte of authenticatorData (WebAuthn Level 2, section 6.1).
const (
	flagPresent  = 1 << 0 // user present
	flagVerified = 1 << 2 // user verified by PIN or biometrics, on the device
)

// authDataMin is the length of authenticatorData without extensions: hash of
// the relying party's id (32), flags (1), counter (4).
const authDataMin = 37

// verifyPasskey checks a WebAuthn assertion whose challenge is the act's digest.
func verifyPasskey(p Proof, actDigest [32]byte, k ProofKey) (Signature, error) {
	if k.Account == "" || k.Account != p.Signer {
		return Signature{}, fail(CodeSignature, "credential of another account")
	}
	if err := VerifyAssertion(p, actDigest[:], k); err != nil {
		return Signature{}, err
	}
	return Signature{Account: k.Account, Node: k.Node, Method: MethodPasskey, Strength: StrengthStrong, Held: k.Held}, nil
}

// VerifyAssertion checks a WebAuthn assertion (Level 2, section 7.2) by ES256
// or EdDSA over a challenge. User verification is required: a touch alone does
// not say who touched. The counter is left to whoever knows the last one.
func VerifyAssertion(p Proof, challenge []byte, k ProofKey) error {
	var client struct {
		Type        string `json:"type"`
		Challenge   string `json:"challenge"`
		Origin      string `json:"origin"`
		CrossOrigin bool   `json:"crossOrigin"`
	}
	// The browser wrote these bytes, so names keep their capitals; a member
	// named twice is refused all the same.
	if err := checkJSON(p.Statement, nil); err != nil {
		return failWith(CodeMalformed, "client data", err)
	}
	if err := json.Unmarshal(p.Statement, &client); err != nil {
		return fail(CodeMalformed, "client data fields")
	}
	party := sha256.Sum256([]byte(k.RelyingParty))
	switch {
	case len(p.AuthData) < authDataMin:
		return fail(CodeMalformed, "authenticator data")
	case !bytes.Equal(p.AuthData[:32], party[:]):
		return fail(CodeSignature, "assertion for another relying party")
	case p.AuthData[32]&flagPresent == 0 || p.AuthData[32]&flagVerified == 0:
		return fail(CodeSignature, "person not verified by the authenticator")
	case client.Type != "webauthn.get" || client.CrossOrigin || !slices.Contains(k.Origins, client.Origin):
		return fail(CodeSignature, "assertion for another page")
	case client.Challenge != base64.RawURLEncoding.EncodeToString(challenge):
		return fail(CodeAltered, "assertion about another act")
	}
	hash := sha256.Sum256(p.Statement)
	return assertionSigned(append(bytes.Clone(p.AuthData), hash[:]...), p.Sig, k)
}

// assertionSigned checks what the authenticator signed.
func assertionSigned(b, sig []byte, k ProofKey) error {
	ok := false
	switch pub := k.Public.(type) {
	case *ecdsa.PublicKey:
		if pub.Curve != elliptic.P256() {
			return fail(CodeMethod, "credential is not ES256")
		}
		sum := sha256.Sum256(b)
		ok = ecdsa.VerifyASN1(pub, sum[:], sig)
	case ed25519.PublicKey:
		ok = len(pub) == ed25519.PublicKeySize && ed25519.Verify(pub, b, sig)
	default:
		return fail(CodeMethod, "credential is neither ES256 nor EdDSA")
	}
	if !ok {
		return fail(CodeSignature, "assertion does not verify")
	}
	return nil
}

// Counter is the authenticator's count of its signatures; zero where it keeps
// none. A count that does not grow says that there is a copy of the credential.
func (p Proof) Counter() uint32 {
	if len(p.AuthData) < authDataMin {
		return 0
	}
	return binary.BigEndian.Uint32(p.AuthData[33:37])
}
