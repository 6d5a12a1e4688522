package seal

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hpke"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"time"
)

// NodeKeys are the keys that make a node itself. They live in their own
// folder, outside the data folder, readable by the node's account only.
type NodeKeys struct {
	Wrapping [32]byte           // wraps content keys
	Journal  ed25519.PrivateKey // checkpoints of this node's journal
	Cosign   ed25519.PrivateKey // cosignatures on the peers' checkpoints
	LinkKeys                    // the present ones
	// Former are the link keys before these, the oldest first: they open what
	// was sealed to them, and show peers that do not know the present ones yet
	// who is there. They sign nothing any more.
	Former []LinkKeys
}

// LinkKeys are the keys of a node that can follow each other (rotation.go).
type LinkKeys struct {
	N    int                // 1 for those that the node was made with
	Sign ed25519.PrivateKey // frames, receipts, statements, descriptor
	Seal hpke.PrivateKey    // opens frames and key envelopes (ML-KEM768-P256)
	TLS  tls.Certificate    // the link's own certificate, pinned by the peer
}

// Files of the key folder.
const (
	wrappingFile = "wrapping.key"
	signFile     = "sign.key"
	journalFile  = "journal.key"
	cosignFile   = "cosign.key"
	sealFile     = "seal.key"
	tlsFile      = "tls.pem"
)

// CreateNodeKeys draws all keys into folder dir, which must not hold any yet.
func CreateNodeKeys(dir string, now time.Time) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("key folder: %w", err)
	}
	files, err := drawLinkKeys(now)
	if err != nil {
		return err
	}
	for _, name := range []string{wrappingFile, journalFile, cosignFile} {
		files[name] = drawSeed()
	}
	for name, b := range files {
		if err := writeNew(filepath.Join(dir, name), b); err != nil {
			return err
		}
	}
	return nil
}

func drawSeed() []byte {
	seed := make([]byte, 32)
	rand.Read(seed) //nolint:errcheck // never fails (crypto/rand)
	return seed
}

// drawLinkKeys draws the keys of the link, by file.
func drawLinkKeys(now time.Time) (map[string][]byte, error) {
	kem, err := hpke.MLKEM768P256().GenerateKey()
	if err != nil {
		return nil, fmt.Errorf("draw seal key: %w", err)
	}
	sealBytes, err := kem.Bytes()
	if err != nil {
		return nil, fmt.Errorf("encode seal key: %w", err)
	}
	cert, err := linkCertificate(now)
	return map[string][]byte{signFile: drawSeed(), sealFile: sealBytes, tlsFile: cert}, err
}

// writeNew writes a key file durably and never over an existing one.
func writeNew(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close())
}

// HasNodeKeys reports whether dir already holds a node's keys.
func HasNodeKeys(dir string) bool {
	return exists(filepath.Join(dir, wrappingFile))
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// LoadNodeKeys reads the key folder. Its present keys are the newest that came
// into force (Activate).
func LoadNodeKeys(dir string) (*NodeKeys, error) {
	var n NodeKeys
	for name, into := range map[string]func(seed []byte){
		wrappingFile: func(seed []byte) { copy(n.Wrapping[:], seed) },
		journalFile:  func(seed []byte) { n.Journal = ed25519.NewKeyFromSeed(seed) },
		cosignFile:   func(seed []byte) { n.Cosign = ed25519.NewKeyFromSeed(seed) },
	} {
		seed, err := readSeed(dir, name)
		if err != nil {
			return nil, err
		}
		into(seed)
	}
	for g := 1; ; g++ {
		folder := generation(dir, g)
		if g > 1 && !exists(filepath.Join(folder, activeFile)) {
			return &n, nil
		}
		k, err := loadLinkKeys(folder, g)
		if err != nil {
			return nil, err
		}
		if g > 1 {
			n.Former = append(n.Former, n.LinkKeys)
		}
		n.LinkKeys = k
	}
}

func readSeed(dir, name string) ([]byte, error) {
	seed, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	if len(seed) != 32 {
		return nil, fmt.Errorf("key file %s is damaged", name)
	}
	return seed, nil
}

func loadLinkKeys(dir string, n int) (LinkKeys, error) {
	k := LinkKeys{N: n}
	seed, err := readSeed(dir, signFile)
	if err != nil {
		return k, err
	}
	k.Sign = ed25519.NewKeyFromSeed(seed)
	sealed, err := os.ReadFile(filepath.Join(dir, sealFile))
	if err != nil {
		return k, fmt.Errorf("key file: %w", err)
	}
	if k.Seal, err = hpke.MLKEM768P256().NewPrivateKey(sealed); err != nil {
		return k, fmt.Errorf("key file %s is damaged: %w", sealFile, err)
	}
	pair, err := os.ReadFile(filepath.Join(dir, tlsFile))
	if err != nil {
		return k, fmt.Errorf("key file: %w", err)
	}
	if k.TLS, err = tls.X509KeyPair(pair, pair); err != nil {
		return k, fmt.Errorf("key file %s is damaged: %w", tlsFile, err)
	}
	return k, nil
}

// linkCertificate makes the self-signed certificate of the link between
// nodes. Nobody vouches for it: the peer pins its key by the fingerprint
// ceremony, so its name and dates carry no trust.
func linkCertificate(now time.Time) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("draw link key: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, fmt.Errorf("draw serial: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "oasiss link"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(20, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
		DNSNames:    []string{"oasiss-link"},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("link certificate: %w", err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("link key: %w", err)
	}
	out := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return append(out, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})...), nil
}
