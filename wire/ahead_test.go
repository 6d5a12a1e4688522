package wire

import (
	"crypto/ed25519"
	"testing"
	"time"
)

// What was checked ahead holds for the very statement, signature and key, and
// for nothing else: a key that ended since, another key, another signature or
// other bytes are refused as if nothing had been checked.
func TestWhatIsCheckedAheadHoldsForNothingElse(t *testing.T) {
	m, keys := signedMessage(t)
	m.CheckAhead(keys)
	if len(m.checked) != 1 {
		t.Fatalf("%d statements checked ahead", len(m.checked))
	}
	if _, err := VerifyProofs(m, keys); err != nil {
		t.Fatalf("what was checked: %v", err)
	}
	other := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)).Public().(ed25519.PublicKey)
	for name, c := range map[string]struct {
		proof func(*Proof)
		key   func(*ProofKey)
		code  Code
	}{
		"another signature":   {proof: func(p *Proof) { p.Sig[5] ^= 1 }, code: CodeSignature},
		"a longer statement":  {proof: func(p *Proof) { p.Sig, p.Statement = p.Sig[:63], append([]byte{p.Sig[63]}, p.Statement...) }, code: CodeSignature},
		"another statement":   {proof: func(p *Proof) { p.Statement[len(p.Statement)-3] ^= 1 }, code: CodeSignature},
		"another key":         {key: func(k *ProofKey) { k.Public = other }, proof: func(p *Proof) { p.Key = KeyID(other) }, code: CodeSignature},
		"a key that ended":    {key: func(k *ProofKey) { k.Until = time.Unix(1, 0) }, code: CodeSupersededKey},
		"a key that was lost": {key: func(k *ProofKey) { k.Until, k.Revoked = time.Unix(1, 0), true }, code: CodeRevokedKey},
		"another node's key":  {key: func(k *ProofKey) { k.Node = "mx" }, code: CodeSignature},
	} {
		m, keys := signedMessage(t)
		m.CheckAhead(keys)
		if c.proof != nil {
			c.proof(&m.Proofs[0])
		}
		_, err := VerifyProofs(m, func(p Proof) (ProofKey, error) {
			k, err := keys(p)
			if c.key != nil {
				k, err = ProofKey{Public: k.Public, Node: "us"}, nil
				if k.Public == nil {
					k.Public = other
				}
				c.key(&k)
			}
			return k, err
		})
		if CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	m.Proofs[0].Sig[0] ^= 1
	m.CheckAhead(keys)
	if len(m.checked) != 0 {
		t.Error("a signature that does not hold was noted as one that does")
	}
}

// signedMessage is one with a statement by a node's key.
func signedMessage(t *testing.T) (Message, ProofKeys) {
	t.Helper()
	key := ed25519.NewKeyFromSeed([]byte("thirty-two bytes of a test's key"))
	m := Message{ActBytes: []byte(`{"an":"act"}`)}
	p, err := SignPassword("us", "u-17", m.ActDigest(), time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), key)
	if err != nil {
		t.Fatal(err)
	}
	m.Proofs = []Proof{p}
	return m, func(p Proof) (ProofKey, error) {
		if p.Key != KeyID(key.Public().(ed25519.PublicKey)) {
			return ProofKey{}, fail(CodeSignature, "unknown key")
		}
		return ProofKey{Public: key.Public(), Node: "us"}, nil
	}
}
