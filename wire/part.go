package wire

import (
	"crypto/aes"
	"crypto/cipher"
)

// PartNonceSize is the size of a sealed part's AES-GCM nonce in bytes.
const PartNonceSize = 12

// Part is a sealed part of an act: identifying fields or a narrative that only
// the holder of its key reads. Box is nonce || AES-256-GCM ciphertext; the
// additional data is "oasiss part v1\n" + ID + "\n" + Key, so that a box cannot
// be moved under another name or key.
type Part struct {
	ID  string `json:"id"`  // what it is within the act, unique there
	Key string `json:"key"` // id of the content key, not the key
	Box []byte `json:"box"`
}

// SealPart seals plaintext under key. nonce is PartNonceSize random bytes,
// drawn by the caller so that a rerun gives the same bytes; it must never
// repeat under one key.
func SealPart(key [32]byte, id, keyID string, plaintext, nonce []byte) (Part, error) {
	if len(nonce) != PartNonceSize {
		return Part{}, fail(CodeMalformed, "part nonce")
	}
	p := Part{ID: id, Key: keyID}
	if err := checkPartName(p); err != nil {
		return Part{}, err
	}
	aead, err := sealer(key)
	if err != nil {
		return Part{}, err
	}
	box := make([]byte, 0, len(nonce)+len(plaintext)+aead.Overhead())
	p.Box = aead.Seal(append(box, nonce...), nonce, plaintext, p.aad())
	return p, nil
}

// OpenPart opens a sealed part. A wrong key, an altered box, or a box moved
// under another id or key id gives CodeAltered.
func OpenPart(key [32]byte, p Part) ([]byte, error) {
	if len(p.Box) < PartNonceSize {
		return nil, fail(CodeMalformed, "part box")
	}
	aead, err := opener(key)
	if err != nil {
		return nil, err
	}
	plain, err := aead.Open(nil, nil, p.Box, p.aad())
	if err != nil {
		return nil, failWith(CodeAltered, "sealed part", err)
	}
	return plain, nil
}

func (p Part) aad() []byte { return []byte("oasiss part v1\n" + p.ID + "\n" + p.Key) }

// sealer makes the cipher that seals parts and chunks, with a nonce that the
// caller has drawn. FIPS 140-3 approves of nonces that the module draws; with
// GODEBUG=fips140=only it refuses this cipher, and only this one.
func sealer(key [32]byte) (cipher.AEAD, error) { return gcm(key, cipher.NewGCM) }

// opener makes the cipher that opens them, which reads the nonce off the box.
func opener(key [32]byte) (cipher.AEAD, error) { return gcm(key, cipher.NewGCMWithRandomNonce) }

func gcm(key [32]byte, mode func(cipher.Block) (cipher.AEAD, error)) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, failWith(CodeMalformed, "part key", err)
	}
	aead, err := mode(block)
	if err != nil {
		return nil, failWith(CodeMalformed, "part key", err)
	}
	return aead, nil
}

// checkPartName demands names that cannot blur the additional data.
func checkPartName(p Part) error {
	if p.ID == "" || p.Key == "" || !reference(p.ID) || !reference(p.Key) {
		return fail(CodeMalformed, "part name")
	}
	return nil
}

// checkParts demands well-formed parts with distinct ids.
func checkParts(parts []Part) error {
	seen := make(map[string]bool, len(parts))
	for _, p := range parts {
		if err := checkPartName(p); err != nil {
			return err
		}
		if len(p.Box) < PartNonceSize+16 {
			return fail(CodeMalformed, "part box")
		}
		if seen[p.ID] {
			return fail(CodeMalformed, "part id twice")
		}
		seen[p.ID] = true
	}
	return nil
}
