package wire

import (
	"crypto"
	"crypto/ed25519"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// SignKeys gives the public key for a key id, as pinned by the fingerprint
// ceremony. It answers with an error for an id it does not know or no longer
// accepts; an *Error keeps its code (CodeSupersededKey for a former key).
type SignKeys func(kid string) (ed25519.PublicKey, error)

// OneKey accepts exactly one key.
func OneKey(pub ed25519.PublicKey) SignKeys {
	kid := KeyID(pub)
	return func(id string) (ed25519.PublicKey, error) {
		if id != kid {
			return nil, fail(CodeSignature, "signed by another key")
		}
		return pub, nil
	}
}

// KeyID names an Ed25519 public key: the first 16 bytes of
// SHA-256("oasiss sign key v1\n" || key), in hexadecimal.
func KeyID(pub ed25519.PublicKey) string { return keyID("oasiss sign key v1\n", pub) }

// SealKeyID names an HPKE public key: the first 16 bytes of
// SHA-256("oasiss seal key v1\n" || key), in hexadecimal.
func SealKeyID(pub hpke.PublicKey) string { return keyID("oasiss seal key v1\n", pub.Bytes()) }

func keyID(domain string, key []byte) string {
	h := sha256.New()
	h.Write([]byte(domain))
	h.Write(key)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// publicOf gives the Ed25519 public key of a signer.
func publicOf(key crypto.Signer) (ed25519.PublicKey, error) {
	pub, ok := key.Public().(ed25519.PublicKey)
	if !ok || len(pub) != ed25519.PublicKeySize {
		return nil, errors.New("wire: signing key is not Ed25519")
	}
	return pub, nil
}

// The one HPKE suite (RFC 9180): ML-KEM-768 with P-256 (draft-ietf-hpke-pq),
// HKDF-SHA256, AES-256-GCM. Hybrid on purpose: what is recorded today must
// stay sealed when P-256 no longer holds.
var (
	sealKEM  = hpke.MLKEM768P256()
	sealKDF  = hpke.HKDFSHA256()
	sealAEAD = hpke.AES256GCM()
)

// encapsulatedSize is the length of the encapsulated key that precedes every
// ciphertext: an ML-KEM-768 ciphertext and an uncompressed P-256 point.
const encapsulatedSize = 1088 + 65

// NewSealKey draws a key pair to which frames and content keys are sealed.
func NewSealKey() (hpke.PrivateKey, error) {
	k, err := sealKEM.GenerateKey()
	if err != nil {
		return nil, fmt.Errorf("wire: draw seal key: %w", err)
	}
	return k, nil
}

// SealKeyFromSeed derives a key pair from at least 32 secret bytes (RFC 9180
// DeriveKeyPair). The same bytes give the same pair.
func SealKeyFromSeed(seed []byte) (hpke.PrivateKey, error) {
	k, err := sealKEM.DeriveKeyPair(seed)
	if err != nil {
		return nil, fmt.Errorf("wire: derive seal key: %w", err)
	}
	return k, nil
}

// ParseSealKey reads a private seal key as its Bytes method gave it.
func ParseSealKey(b []byte) (hpke.PrivateKey, error) {
	k, err := sealKEM.NewPrivateKey(b)
	if err != nil {
		return nil, fmt.Errorf("wire: seal key: %w", err)
	}
	return k, nil
}

// ParseSealPublic reads a public seal key as its Bytes method gave it.
func ParseSealPublic(b []byte) (hpke.PublicKey, error) {
	k, err := sealKEM.NewPublicKey(b)
	if err != nil {
		return nil, failWith(CodeMalformed, "seal key", err)
	}
	return k, nil
}

// seal encrypts to a public key: encapsulated key || ciphertext.
func seal(to hpke.PublicKey, info, aad, plain []byte) ([]byte, error) {
	enc, s, err := hpke.NewSender(to, sealKDF, sealAEAD, info)
	if err != nil {
		return nil, fmt.Errorf("wire: seal: %w", err)
	}
	box, err := s.Seal(aad, plain)
	if err != nil {
		return nil, fmt.Errorf("wire: seal: %w", err)
	}
	return append(enc, box...), nil
}

// unseal opens what seal made.
func unseal(key hpke.PrivateKey, info, aad, box []byte) ([]byte, error) {
	if len(box) < encapsulatedSize {
		return nil, fail(CodeMalformed, "sealed bytes too short")
	}
	r, err := hpke.NewRecipient(box[:encapsulatedSize], key, sealKDF, sealAEAD, info)
	if err != nil {
		return nil, failWith(CodeAltered, "encapsulated key", err)
	}
	plain, err := r.Open(aad, box[encapsulatedSize:])
	if err != nil {
		return nil, failWith(CodeAltered, "seal", err)
	}
	return plain, nil
}
