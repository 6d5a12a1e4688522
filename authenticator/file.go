package authenticator

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Cost of opening a file by its passphrase (argon2id): above that of a node's
// passwords, since whoever has the file may try as often as they like.
const (
	fileMemory = 64 * 1024 // KiB
	filePasses = 3
)

// file is a passkey as it is kept: its key sealed under a passphrase.
type file struct {
	V            int    `json:"v"`
	Credential   string `json:"credential"`
	RelyingParty string `json:"relying_party"`
	Salt         []byte `json:"salt"`
	Box          []byte `json:"box"` // nonce and AES-256-GCM of the private key
}

// ErrPassphrase means that a passphrase does not open a file, or that the file
// was altered.
var ErrPassphrase = errors.New("authenticator: the passphrase does not open the file")

func (f file) aead(passphrase string) (cipher.AEAD, []byte, error) {
	key := argon2.IDKey([]byte(norm.NFKC.String(passphrase)), f.Salt, filePasses, fileMemory, 1, 32)
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, nil, err
	}
	a, err := cipher.NewGCMWithRandomNonce(block)
	return a, []byte("oasiss passkey file v1\n" + f.RelyingParty + "\n" + f.Credential), err
}

// Save keeps a passkey in a file that only its person reads, sealed under a
// passphrase.
func (k *Key) Save(path, passphrase string) error {
	f := file{V: 1, Credential: k.Credential, RelyingParty: k.RelyingParty, Salt: make([]byte, 16)}
	rand.Read(f.Salt) //nolint:errcheck // never fails (crypto/rand)
	a, about, err := f.aead(passphrase)
	if err != nil {
		return fmt.Errorf("authenticator: %w", err)
	}
	secret, err := k.private.Bytes()
	if err != nil {
		return fmt.Errorf("authenticator: %w", err)
	}
	f.Box = a.Seal(nil, nil, secret, about) // #nosec G407 -- this AEAD draws its own nonce
	b, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("authenticator: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("authenticator: %w", err)
	}
	return os.WriteFile(path, b, 0o600)
}

// Load opens a passkey's file. ErrPassphrase where the passphrase is another.
func Load(path, passphrase string) (*Key, error) {
	b, err := os.ReadFile(path) // #nosec G304 -- named by its person
	if err != nil {
		return nil, fmt.Errorf("authenticator: %w", err)
	}
	var f file
	if err := json.Unmarshal(b, &f); err != nil || f.V != 1 {
		return nil, fmt.Errorf("authenticator: %s is no passkey file", path)
	}
	a, about, err := f.aead(passphrase)
	if err != nil {
		return nil, fmt.Errorf("authenticator: %w", err)
	}
	secret, err := a.Open(nil, nil, f.Box, about)
	if err != nil {
		return nil, ErrPassphrase
	}
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), secret)
	if err != nil {
		return nil, fmt.Errorf("authenticator: %w", err)
	}
	return &Key{Credential: f.Credential, RelyingParty: f.RelyingParty, private: private}, nil
}
