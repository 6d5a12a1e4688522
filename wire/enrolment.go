package wire

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Algorithms of passkeys that are accepted (RFC 9053 names).
const (
	AlgES256 = "ES256" // ECDSA on P-256 with SHA-256
	AlgEdDSA = "EdDSA" // Ed25519
)

// Where a passkey's private key is held.
const (
	HeldDevice   = "device"   // in an authenticator, as a phone or a security key
	HeldSoftware = "software" // in an encrypted file of its person, for programs
)

// maxOrigins bounds the addresses of a node's pages.
const maxOrigins = 8

// Enrolment is what a node says of a passkey: that two people of it, or the
// person's own one-time link, led to this public key being the account's. It
// travels with each proof by the passkey, so that whoever verifies the proof
// needs nothing but the node's keys. Fact names the fact by which the node
// journalled the registration: the cosigned journal shows whether it did.
type Enrolment struct {
	V            int       `json:"v"`             // Version
	Node         string    `json:"node"`          // node that says so
	Account      string    `json:"account"`       // account id of the person
	Credential   string    `json:"credential"`    // credential id, base64url
	Alg          string    `json:"alg"`           // AlgES256 or AlgEdDSA
	Public       []byte    `json:"public"`        // uncompressed P-256 point, or the Ed25519 key
	RelyingParty string    `json:"relying_party"` // relying party id: the host name of the node's pages
	Origins      []string  `json:"origins"`       // origins of the node's pages
	Held         string    `json:"held"`          // HeldDevice or HeldSoftware
	Fact         string    `json:"fact"`          // id of the fact of the registration
	Since        time.Time `json:"since"`         // when it was registered
	At           time.Time `json:"at"`            // when the node signed this
}

// SignEnrolment states an enrolment, signed by the node's key.
func SignEnrolment(e Enrolment, key crypto.Signer) (string, error) {
	e.V = Version
	e.Since, e.At = e.Since.UTC().Truncate(time.Microsecond), e.At.UTC().Truncate(time.Microsecond)
	if _, err := e.check(); err != nil {
		return "", err
	}
	b, err := compact(e)
	if err != nil {
		return "", failWith(CodeMalformed, "enrolment", err)
	}
	return signJWS(typEnrolment, b, key)
}

// check holds an enrolment against its rules and gives its public key.
func (e Enrolment) check() (crypto.PublicKey, error) {
	switch {
	case e.V != Version || e.Node == "" || e.Account == "" || e.Credential == "" || e.Fact == "" || e.RelyingParty == "":
		return nil, fail(CodeMalformed, "enrolment")
	case !reference(e.Node) || !reference(e.Account) || !reference(e.Credential) || !reference(e.Fact) || !reference(e.RelyingParty):
		return nil, fail(CodeMalformed, "enrolment")
	case e.Held != HeldDevice && e.Held != HeldSoftware, len(e.Origins) == 0 || len(e.Origins) > maxOrigins:
		return nil, fail(CodeMalformed, "enrolment")
	case e.Since.IsZero() || e.At.IsZero() || !instant(e.Since) || !instant(e.At) || e.At.Before(e.Since):
		return nil, fail(CodeMalformed, "enrolment times")
	}
	return PasskeyPublic(e.Alg, e.Public)
}

// PasskeyPublic reads the public key of a passkey. Another algorithm gives CodeMethod.
func PasskeyPublic(alg string, public []byte) (crypto.PublicKey, error) {
	switch alg {
	case AlgES256:
		pub, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), public)
		if err != nil {
			return nil, failWith(CodeMalformed, "public key of the passkey", err)
		}
		return pub, nil
	case AlgEdDSA:
		if len(public) != ed25519.PublicKeySize {
			return nil, fail(CodeMalformed, "public key of the passkey")
		}
		return ed25519.PublicKey(slices.Clone(public)), nil
	}
	return nil, fail(CodeMethod, "algorithm not accepted")
}

// enrolled reads the enrolment that a passkey proof carries: signed by a key of
// the node while that key was in use, about this account and this credential.
func enrolled(p Proof, node string, find func(kid string) (Key, error)) (ProofKey, error) {
	if p.Enrolment == "" {
		return ProofKey{}, fail(CodeMethod, "passkey without its enrolment")
	}
	var by Key
	b, err := openJWS(typEnrolment, p.Enrolment, func(kid string) (ed25519.PublicKey, error) {
		var err error
		by, err = find(kid)
		return ed25519.PublicKey(by.Descriptor.SignKey), err
	})
	if err != nil {
		return ProofKey{}, err
	}
	var e Enrolment
	if err := readJSON(b, "enrolment", &e); err != nil {
		return ProofKey{}, err
	}
	pub, err := e.check()
	switch {
	case err != nil:
		return ProofKey{}, err
	case e.Node != node || e.Account != p.Signer || e.Credential != p.Key:
		return ProofKey{}, fail(CodeSignature, "enrolment of another passkey")
	case !by.Until.IsZero() && e.At.After(by.Until) && by.Revoked:
		return ProofKey{}, fail(CodeRevokedKey, "enrolment after the key was revoked")
	case !by.Until.IsZero() && e.At.After(by.Until):
		return ProofKey{}, fail(CodeSupersededKey, "enrolment after the key ended")
	}
	return ProofKey{Public: pub, Node: e.Node, Account: e.Account, RelyingParty: e.RelyingParty, Origins: e.Origins, Held: e.Held}, nil
}

// Held says how the enrolment of a proof has it that its passkey is held:
// HeldDevice, HeldSoftware, or "" where there is none. It verifies nothing: it
// is for a proof that VerifyProof has taken before.
func (p Proof) Held() string {
	parts := strings.Split(p.Enrolment, ".")
	if len(parts) != 3 {
		return ""
	}
	b, err := base64.RawURLEncoding.DecodeString(parts[1])
	var e Enrolment
	if err != nil || json.Unmarshal(b, &e) != nil || e.Held != HeldDevice && e.Held != HeldSoftware {
		return ""
	}
	return e.Held
}
