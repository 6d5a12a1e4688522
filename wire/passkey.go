package wire

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
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

// verifyPasskey checks a WebAuthn assertion (Level 2, section 7.2) with ES256
// whose challenge is the act's digest. User verification is required: a
// touch alone does not say who touched.
func verifyPasskey(p Proof, actDigest [32]byte, k ProofKey) (Signature, error) {
	pub, ok := k.Public.(*ecdsa.PublicKey)
	if !ok || pub.Curve != elliptic.P256() {
		return Signature{}, fail(CodeMethod, "credential is not ES256")
	}
	if k.Account == "" || k.Account != p.Signer {
		return Signature{}, fail(CodeSignature, "credential of another account")
	}
	var client struct {
		Type        string `json:"type"`
		Challenge   string `json:"challenge"`
		Origin      string `json:"origin"`
		CrossOrigin bool   `json:"crossOrigin"`
	}
	// The browser wrote these bytes, so names keep their capitals; a member
	// named twice is refused all the same.
	if err := checkJSON(p.Statement, nil); err != nil {
		return Signature{}, failWith(CodeMalformed, "client data", err)
	}
	if err := json.Unmarshal(p.Statement, &client); err != nil {
		return Signature{}, fail(CodeMalformed, "client data fields")
	}
	party := sha256.Sum256([]byte(k.RelyingParty))
	switch {
	case len(p.AuthData) < authDataMin:
		return Signature{}, fail(CodeMalformed, "authenticator data")
	case !bytes.Equal(p.AuthData[:32], party[:]):
		return Signature{}, fail(CodeSignature, "assertion for another relying party")
	case p.AuthData[32]&flagPresent == 0 || p.AuthData[32]&flagVerified == 0:
		return Signature{}, fail(CodeSignature, "person not verified by the authenticator")
	case client.Type != "webauthn.get" || client.CrossOrigin || !slices.Contains(k.Origins, client.Origin):
		return Signature{}, fail(CodeSignature, "assertion for another page")
	case client.Challenge != base64.RawURLEncoding.EncodeToString(actDigest[:]):
		return Signature{}, fail(CodeAltered, "assertion about another act")
	}
	hash := sha256.Sum256(p.Statement)
	signed := sha256.Sum256(append(bytes.Clone(p.AuthData), hash[:]...))
	if !ecdsa.VerifyASN1(pub, signed[:], p.Sig) {
		return Signature{}, fail(CodeSignature, "assertion does not verify")
	}
	return Signature{Account: k.Account, Node: k.Node, Method: MethodPasskey, Strength: StrengthStrong}, nil
}
