// Package authenticator is a passkey whose key a program keeps: what the
// command line, the demo and the tests sign in and sign with, where a person at
// a page has a phone or a security key. A node marks it as held in software.
package authenticator

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Flags of authenticatorData (WebAuthn Level 2, section 6.1): present,
// verified, and that a credential is attested.
const (
	flagsSigned = 1<<0 | 1<<2
	flagsMade   = flagsSigned | 1<<6
)

// Key is one passkey of one account of one node. Its algorithm is ES256, and it
// keeps no counter: programs sign side by side.
type Key struct {
	Credential   string // credential id, base64url
	RelyingParty string // host name of the node's pages
	private      *ecdsa.PrivateKey
}

// Public is the key's public part, as an enrolment has it.
func (k *Key) Public() []byte {
	b, err := k.private.PublicKey.Bytes()
	if err != nil {
		panic(err) // the curve is P-256
	}
	return b
}

// FromPKCS8 is the passkey of a private key given away before (PKCS8).
func FromPKCS8(relyingParty, credential string, b []byte) (*Key, error) {
	any, err := x509.ParsePKCS8PrivateKey(b)
	private, ok := any.(*ecdsa.PrivateKey)
	if err != nil || !ok || private.Curve != elliptic.P256() {
		return nil, errors.Join(errors.New("authenticator: not a private key of a passkey"), err)
	}
	return &Key{Credential: credential, RelyingParty: relyingParty, private: private}, nil
}

// PKCS8 is the private key in the form in which an authenticator takes one over.
func (k *Key) PKCS8() ([]byte, error) { return x509.MarshalPKCS8PrivateKey(k.private) }

// ErrElsewhere means that something was asked for another node than the key's.
// A passkey answers its own node alone.
var ErrElsewhere = errors.New("authenticator: the passkey belongs to another node")

// New draws a passkey for a node.
func New(relyingParty string) *Key {
	id := make([]byte, 16)
	rand.Read(id) //nolint:errcheck // never fails (crypto/rand)
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err) // only a reader that fails makes it fail
	}
	return &Key{Credential: base64.RawURLEncoding.EncodeToString(id), RelyingParty: relyingParty, private: private}
}

// Assertion is the answer to a challenge.
type Assertion struct {
	Credential string `json:"credential,omitempty" maxLength:"2000" doc:"Credential id, base64url"`
	ClientData []byte `json:"client_data,omitempty" maxLength:"8000" doc:"clientDataJSON as the authenticator gave it"`
	AuthData   []byte `json:"auth_data,omitempty" maxLength:"8000" doc:"authenticatorData"`
	Sig        []byte `json:"sig,omitempty" maxLength:"2000" doc:"Signature over both"`
}

// Assert answers a challenge (base64url) of pages at origin.
func (k *Key) Assert(relyingParty, origin, challenge string) (Assertion, error) {
	client, err := k.clientData("webauthn.get", relyingParty, origin, challenge)
	if err != nil {
		return Assertion{}, err
	}
	a := Assertion{Credential: k.Credential, ClientData: client, AuthData: k.authData(flagsSigned)}
	hash := sha256.Sum256(client)
	sum := sha256.Sum256(append(append([]byte{}, a.AuthData...), hash[:]...))
	if a.Sig, err = ecdsa.SignASN1(rand.Reader, k.private, sum[:]); err != nil {
		return Assertion{}, fmt.Errorf("authenticator: sign: %w", err)
	}
	return a, nil
}

// Register answers a challenge for a new passkey: clientDataJSON, and the
// attestation object without a statement of any maker.
func (k *Key) Register(relyingParty, origin, challenge string) (clientData, attestation []byte, err error) {
	if clientData, err = k.clientData("webauthn.create", relyingParty, origin, challenge); err != nil {
		return nil, nil, err
	}
	id, err := base64.RawURLEncoding.DecodeString(k.Credential)
	if err != nil {
		return nil, nil, fmt.Errorf("authenticator: credential id: %w", err)
	}
	auth := k.authData(flagsMade)
	pub := k.Public()
	auth = append(auth, make([]byte, 16)...)                          // AAGUID: no make
	auth = binary.BigEndian.AppendUint16(auth, uint16(len(id)))       // #nosec G115 -- 16 bytes
	auth = append(auth, id...)                                        //
	auth = append(auth, 0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32) // COSE: EC2, ES256, P-256, x
	auth = append(auth, pub[1:33]...)
	auth = append(auth, 0x22, 0x58, 32) // y
	auth = append(auth, pub[33:]...)
	attestation = append([]byte{0xa3}, "\x63fmt\x64none\x67attStmt\xa0\x68authData"...)
	attestation = append(attestation, 0x58, byte(len(auth))) // #nosec G115 -- under 256: 37 + 18 + 16 + 77
	return clientData, append(attestation, auth...), nil
}

func (k *Key) clientData(typ, relyingParty, origin, challenge string) ([]byte, error) {
	u, err := url.Parse(origin)
	if err != nil || relyingParty != k.RelyingParty || u.Hostname() != relyingParty && !strings.HasSuffix(u.Hostname(), "."+relyingParty) {
		return nil, ErrElsewhere
	}
	return json.Marshal(struct {
		Type      string `json:"type"`
		Challenge string `json:"challenge"`
		Origin    string `json:"origin"`
		Cross     bool   `json:"crossOrigin"`
	}{typ, challenge, origin, false})
}

func (k *Key) authData(flags byte) []byte {
	party := sha256.Sum256([]byte(k.RelyingParty))
	return append(party[:], flags, 0, 0, 0, 0)
}
