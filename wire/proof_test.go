package wire_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"testing"

	"github.com/oasiss/oasiss/wire"
)

func TestPasswordProof(t *testing.T) {
	us, mx := newParty(t, "us", "US"), newParty(t, "mx", "MX")
	digest := [32]byte{1, 2, 3}
	p, err := wire.SignPassword("us", "u-17", digest, at(0), us.sign)
	must(t, err)
	keys := us.descriptor(t).ProofKeys()
	s, err := wire.VerifyProof(p, digest, keys)
	must(t, err)
	if s.Account != "u-17" || s.Strength != wire.StrengthWeak || s.Node != "us" || !s.At.Equal(at(0)) {
		t.Errorf("signature %+v", s)
	}
	for name, c := range map[string]struct {
		change func(p *wire.Proof)
		keys   wire.ProofKeys
		digest [32]byte
		code   wire.Code
	}{
		"another act":       {nil, keys, [32]byte{9}, wire.CodeAltered},
		"another node":      {nil, mx.descriptor(t).ProofKeys(), digest, wire.CodeSignature},
		"another account":   {func(p *wire.Proof) { p.Signer = "u-18" }, keys, digest, wire.CodeSignature},
		"altered statement": {func(p *wire.Proof) { p.Statement = append([]byte(" "), p.Statement...) }, keys, digest, wire.CodeSignature},
		"altered signature": {func(p *wire.Proof) { p.Sig = append([]byte{p.Sig[0] ^ 1}, p.Sig[1:]...) }, keys, digest, wire.CodeSignature},
		"unknown method":    {func(p *wire.Proof) { p.Method = "signet" }, keys, digest, wire.CodeMethod},
		"passkey, no keys":  {func(p *wire.Proof) { p.Method = wire.MethodPasskey }, keys, digest, wire.CodeMethod},
		"key not known": {nil, func(wire.Proof) (wire.ProofKey, error) {
			return wire.ProofKey{}, errors.New("absent")
		}, digest, wire.CodeSignature},
	} {
		t.Run(name, func(t *testing.T) {
			q := p
			if c.change != nil {
				c.change(&q)
			}
			_, err := wire.VerifyProof(q, c.digest, c.keys)
			wantCode(t, err, c.code)
		})
	}
}

func TestOnePersonIsNotTwo(t *testing.T) {
	us := newParty(t, "us", "US")
	unsigned, err := sampleAct(1).Message()
	must(t, err)
	digest := unsigned.ActDigest()
	first, err := wire.SignPassword("us", "u-17", digest, at(0), us.sign)
	must(t, err)
	second, err := wire.SignPassword("us", "u-17", digest, at(5), us.sign)
	must(t, err)
	other, err := wire.SignPassword("us", "u-18", digest, at(5), us.sign)
	must(t, err)
	m, err := unsigned.Signed(first, second)
	must(t, err)
	_, err = wire.VerifyProofs(m, us.descriptor(t).ProofKeys())
	wantCode(t, err, wire.CodeSignature)
	m, err = unsigned.Signed(first, other)
	must(t, err)
	s, err := wire.VerifyProofs(m, us.descriptor(t).ProofKeys())
	must(t, err)
	if len(s) != 2 {
		t.Errorf("%d signatures", len(s))
	}
}

// assert makes a WebAuthn assertion as a browser and its authenticator would.
func assert(t *testing.T, key *ecdsa.PrivateKey, digest [32]byte, typ, origin, party string, flags byte) wire.Proof {
	t.Helper()
	client := fmt.Sprintf(`{"type":%q,"challenge":%q,"origin":%q,"crossOrigin":false}`, typ, base64.RawURLEncoding.EncodeToString(digest[:]), origin)
	rp := sha256.Sum256([]byte(party))
	auth := append(rp[:], flags, 0, 0, 0, 7)
	hash := sha256.Sum256([]byte(client))
	signed := sha256.Sum256(append(append([]byte{}, auth...), hash[:]...))
	sig, err := ecdsa.SignASN1(rand.Reader, key, signed[:])
	must(t, err)
	return wire.Proof{Method: wire.MethodPasskey, Signer: "u-17", Key: "cred-1", Statement: []byte(client), AuthData: auth, Sig: sig}
}

func TestPasskeyProof(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	digest := [32]byte{4, 5}
	keys := func(wire.Proof) (wire.ProofKey, error) {
		return wire.ProofKey{Public: &key.PublicKey, Node: "us", Account: "u-17", RelyingParty: "us.example", Origins: []string{"https://us.example"}}, nil
	}
	const get, page, host = "webauthn.get", "https://us.example", "us.example"
	for name, c := range map[string]struct {
		p    wire.Proof
		code wire.Code
	}{
		"good":           {assert(t, key, digest, get, page, host, 5), ""},
		"another act":    {assert(t, key, [32]byte{9}, get, page, host, 5), wire.CodeAltered},
		"a registration": {assert(t, key, digest, "webauthn.create", page, host, 5), wire.CodeSignature},
		"another page":   {assert(t, key, digest, get, "https://us.example.evil", host, 5), wire.CodeSignature},
		"another party":  {assert(t, key, digest, get, page, "mx.example", 5), wire.CodeSignature},
		"touched only":   {assert(t, key, digest, get, page, host, 1), wire.CodeSignature},
		"nobody there":   {assert(t, key, digest, get, page, host, 4), wire.CodeSignature},
		"another credential": {func() wire.Proof {
			p := assert(t, key, digest, get, page, host, 5)
			p.Sig[len(p.Sig)-1] ^= 1
			return p
		}(), wire.CodeSignature},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := wire.VerifyProof(c.p, digest, keys)
			wantCode(t, err, c.code)
			if c.code == "" && s.Strength != wire.StrengthStrong {
				t.Errorf("strength %q", s.Strength)
			}
		})
	}
}
