package wire_test

import (
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"testing"
	"time"

	"github.com/oasiss/oasiss/wire"
)

// edPasskey is an EdDSA credential of the tests.
func edPasskey() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(seed("passkey ed25519")) }

// sampleEnrolment is what us says of a credential of u-17.
func sampleEnrolment(t *testing.T, alg string) wire.Enrolment {
	t.Helper()
	pub := []byte(edPasskey().Public().(ed25519.PublicKey))
	if alg == wire.AlgES256 {
		var err error
		pub, err = passkey(t).PublicKey.Bytes()
		must(t, err)
	}
	return wire.Enrolment{Node: "us", Account: "u-17", Credential: "cred-1", Alg: alg, Public: pub, RelyingParty: "us.example",
		Origins: []string{"https://us.example"}, Held: wire.HeldDevice, Fact: id(7), Since: at(-3600), At: at(0)}
}

// enrolledProof is a proof over a digest that carries its enrolment, signed by a key.
func enrolledProof(t *testing.T, e wire.Enrolment, digest [32]byte, by crypto.Signer) wire.Proof {
	t.Helper()
	s, err := wire.SignEnrolment(e, by)
	must(t, err)
	p := assert(t, passkey(t), digest, "webauthn.get", "https://us.example", "us.example", 5)
	if e.Alg == wire.AlgEdDSA {
		p = edAssert(digest)
	}
	p.Enrolment = s
	return p
}

func edAssert(digest [32]byte) wire.Proof {
	client := fmt.Sprintf(`{"type":"webauthn.get","challenge":%q,"origin":"https://us.example","crossOrigin":false}`, base64.RawURLEncoding.EncodeToString(digest[:]))
	rp, hash := sha256.Sum256([]byte("us.example")), sha256.Sum256([]byte(client))
	auth := append(rp[:], 5, 0, 0, 0, 7)
	sig := ed25519.Sign(edPasskey(), append(append([]byte{}, auth...), hash[:]...))
	return wire.Proof{Method: wire.MethodPasskey, Signer: "u-17", Key: "cred-1", Statement: []byte(client), AuthData: auth, Sig: sig}
}

// enrolledVectors are proofs that carry all that a verifier needs but the node's keys.
func enrolledVectors(t *testing.T, us, mx party) []vector {
	d := samplePasskeyDigest
	es, ed := sampleEnrolment(t, wire.AlgES256), sampleEnrolment(t, wire.AlgEdDSA)
	of := func(e wire.Enrolment, change func(*wire.Enrolment)) wire.Enrolment { change(&e); return e }
	altered := enrolledProof(t, ed, d, us.sign)
	altered.Sig[3] ^= 1
	bare := enrolledProof(t, ed, d, us.sign)
	bare.Enrolment = ""
	return []vector{
		{Name: "good, ES256", Object: "enrolled", Text: line(t, enrolledProof(t, es, d, us.sign)), Extra: map[string]any{"act_digest": wire.Digest(d)}},
		{Name: "good, EdDSA", Object: "enrolled", Text: line(t, enrolledProof(t, ed, d, us.sign))},
		{Name: "good, held in software", Object: "enrolled", Text: line(t, enrolledProof(t, of(ed, func(e *wire.Enrolment) { e.Held = wire.HeldSoftware }), d, us.sign))},
		{Name: "enrolled by another node's key", Object: "enrolled", Text: line(t, enrolledProof(t, ed, d, mx.sign)), Code: wire.CodeSignature},
		{Name: "enrolled for another account", Object: "enrolled", Text: line(t, enrolledProof(t, of(ed, func(e *wire.Enrolment) { e.Account = "u-18" }), d, us.sign)), Code: wire.CodeSignature},
		{Name: "another credential", Object: "enrolled", Text: line(t, enrolledProof(t, of(ed, func(e *wire.Enrolment) { e.Credential = "cred-2" }), d, us.sign)), Code: wire.CodeSignature},
		{Name: "account of another node", Object: "enrolled", Text: line(t, enrolledProof(t, of(ed, func(e *wire.Enrolment) { e.Node = "mx" }), d, us.sign)), Code: wire.CodeSignature},
		{Name: "another relying party", Object: "enrolled", Text: line(t, enrolledProof(t, of(ed, func(e *wire.Enrolment) { e.RelyingParty = "mx.example" }), d, us.sign)), Code: wire.CodeSignature},
		{Name: "another act", Object: "enrolled", Text: line(t, enrolledProof(t, ed, [32]byte{1}, us.sign)), Code: wire.CodeAltered},
		{Name: "signature altered", Object: "enrolled", Text: line(t, altered), Code: wire.CodeSignature},
		{Name: "without enrolment", Object: "enrolled", Text: line(t, bare), Code: wire.CodeMethod},
	}
}

// TestEnrolmentEndsWithItsKey: an enrolment by a key that ended holds as far as
// it was signed before that.
func TestEnrolmentEndsWithItsKey(t *testing.T) {
	us := newParty(t, "us", "US")
	digest := [32]byte{8}
	p := enrolledProof(t, sampleEnrolment(t, wire.AlgEdDSA), digest, us.sign)
	for name, c := range map[string]struct {
		until   time.Time
		revoked bool
		code    wire.Code
	}{
		"in use":     {},
		"later":      {at(1), false, ""},
		"superseded": {at(-1), false, wire.CodeSupersededKey},
		"revoked":    {at(-1), true, wire.CodeRevokedKey},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := wire.VerifyProof(p, digest, wire.Keys{{Descriptor: us.descriptor(t), Until: c.until, Revoked: c.revoked}}.Proofs())
			wantCode(t, err, c.code)
			if c.code == "" && (s.Strength != wire.StrengthStrong || s.Held != wire.HeldDevice || s.Account != "u-17") {
				t.Errorf("signature %+v", s)
			}
		})
	}
}

// TestEnrolmentRefused: what is no enrolment is not signed, and what was signed
// with a member wrong is not read.
func TestEnrolmentRefused(t *testing.T) {
	us := newParty(t, "us", "US")
	for name, c := range map[string]struct {
		change func(*wire.Enrolment)
		code   wire.Code
	}{
		"algorithm":          {func(e *wire.Enrolment) { e.Alg = "RS256" }, wire.CodeMethod},
		"key of another":     {func(e *wire.Enrolment) { e.Public = e.Public[1:] }, wire.CodeMalformed},
		"held nowhere":       {func(e *wire.Enrolment) { e.Held = "cloud" }, wire.CodeMalformed},
		"no page":            {func(e *wire.Enrolment) { e.Origins = nil }, wire.CodeMalformed},
		"no fact":            {func(e *wire.Enrolment) { e.Fact = "" }, wire.CodeMalformed},
		"before its own day": {func(e *wire.Enrolment) { e.At = at(-7200) }, wire.CodeMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			e := sampleEnrolment(t, wire.AlgEdDSA)
			c.change(&e)
			_, err := wire.SignEnrolment(e, us.sign)
			wantCode(t, err, c.code)
		})
	}
}
