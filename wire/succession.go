package wire

import (
	"crypto"
	"crypto/ed25519"
	"slices"
	"time"
)

// Succession says that a node has new keys: its former signing key signs the
// new descriptor, which the new one has signed already. It is believed like
// anything else that the former key signs, as long as that key is.
type Succession struct {
	V          int    `json:"v"`          // Version
	Node       string `json:"node"`       // whose keys
	Former     string `json:"former"`     // id of the signing key that ends
	Descriptor string `json:"descriptor"` // new, signed by its own key
	// Revoked: the former key is not to be believed from At on, this succession
	// included: people compare the new descriptor's fingerprint again.
	Revoked bool      `json:"revoked,omitempty"`
	At      time.Time `json:"at"` // end of the former key
}

func (s Succession) check() (Descriptor, error) {
	d, err := ReadDescriptor(s.Descriptor)
	if err != nil {
		return d, err
	}
	if s.Node != d.Node || s.Former == KeyID(ed25519.PublicKey(d.SignKey)) || s.At.IsZero() || !instant(s.At) {
		return d, fail(CodeMalformed, "succession")
	}
	return d, nil
}

// SignSuccession signs with the former key.
func SignSuccession(s Succession, former crypto.Signer) (string, error) {
	s.V, s.At = Version, s.At.UTC().Truncate(time.Microsecond)
	pub, err := publicOf(former)
	if err != nil {
		return "", err
	}
	s.Former = KeyID(pub)
	if _, err := s.check(); err != nil {
		return "", err
	}
	b, err := compact(s)
	if err != nil {
		return "", failWith(CodeMalformed, "succession", err)
	}
	return signJWS(typSuccession, b, former)
}

// ReadSuccession verifies a succession with the key that it ends, and the new
// descriptor in it with its own. The names of both are left to the caller.
func ReadSuccession(signed string, former SignKeys) (Succession, Descriptor, error) {
	var s Succession
	payload, err := openJWS(typSuccession, signed, former)
	if err != nil {
		return s, Descriptor{}, err
	}
	if err := readJSON(payload, "succession", &s); err != nil {
		return s, Descriptor{}, err
	}
	d, err := s.check()
	return s, d, err
}

// Key is one signing key of a node and until when it was valid.
type Key struct {
	Descriptor Descriptor
	Until      time.Time // end of its validity; zero for the present key
	Revoked    bool      // it ended because it is not to be believed any more
}

// Keys are the signing keys that a node has had.
type Keys []Key

// Present accepts the node's present key. A former one gives
// CodeSupersededKey, a revoked one CodeRevokedKey.
func (k Keys) Present() SignKeys {
	return func(id string) (ed25519.PublicKey, error) {
		key, err := k.find(id)
		switch {
		case err != nil:
			return nil, err
		case key.Revoked:
			return nil, fail(CodeRevokedKey, "signed by a revoked key")
		case !key.Until.IsZero():
			return nil, fail(CodeSupersededKey, "signed by a former key")
		}
		return ed25519.PublicKey(key.Descriptor.SignKey), nil
	}
}

// Ever accepts every key that the node has had: what was taken under it while
// it was valid stays evidence.
func (k Keys) Ever() SignKeys {
	return func(id string) (ed25519.PublicKey, error) {
		key, err := k.find(id)
		return ed25519.PublicKey(key.Descriptor.SignKey), err
	}
}

// Proofs finds the keys of proofs: a password statement, or the enrolment of a
// passkey, by a former key holds if it was made before that key ended.
func (k Keys) Proofs() ProofKeys {
	return func(p Proof) (ProofKey, error) {
		if p.Method == MethodPasskey {
			return enrolled(p, k.node(), k.find)
		}
		key, err := k.find(p.Key)
		return ProofKey{Public: ed25519.PublicKey(key.Descriptor.SignKey), Node: key.Descriptor.Node, Until: key.Until, Revoked: key.Revoked}, err
	}
}

// node is whose keys these are.
func (k Keys) node() string {
	if len(k) == 0 {
		return ""
	}
	return k[0].Descriptor.Node
}

func (k Keys) find(id string) (Key, error) {
	i := slices.IndexFunc(k, func(x Key) bool { return KeyID(ed25519.PublicKey(x.Descriptor.SignKey)) == id })
	if i < 0 {
		return Key{}, fail(CodeSignature, "signed by another key")
	}
	return k[i], nil
}

// PeekSuccession gives the id of the signing key that a succession leads to,
// without verifying the former key's signature: enough to tell what one knows
// already, and nothing to believe.
func PeekSuccession(signed string) (sign string, err error) {
	payload, err := unverifiedPayload(signed)
	if err != nil {
		return "", err
	}
	var s Succession
	if err := readJSON(payload, "succession", &s); err != nil {
		return "", err
	}
	d, err := s.check()
	return KeyID(ed25519.PublicKey(d.SignKey)), err
}
