package wire

import (
	"crypto"
	"crypto/ed25519"
	"crypto/hpke"
	"crypto/sha256"
	"net/url"
	"regexp"
	"strings"
	"time"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
)

// Descriptor is how a node introduces itself to a peer: signed by its own key
// and believed only after two people a side have compared its fingerprint.
type Descriptor struct {
	V            int       `json:"v"`            // Version
	Installation string    `json:"installation"` // name that both nodes share, other than an exercise's
	Node         string    `json:"node"`         // node id
	Country      string    `json:"country"`      // ISO 3166-1 alpha-2
	NameEN       string    `json:"name_en"`      // name in English
	NameES       string    `json:"name_es"`      // name in Spanish
	URL          string    `json:"url"`          // https address of the link; empty when the node only dials
	SignKey      []byte    `json:"sign_key"`     // Ed25519: frames, receipts, statements, this descriptor
	SealKey      []byte    `json:"seal_key"`     // HPKE public key: frames and content keys are sealed to it
	TLSKey       Digest    `json:"tls_key"`      // SHA-256 of the SubjectPublicKeyInfo of its link certificate
	Journal      string    `json:"journal"`      // vkey of its journal
	Witness      string    `json:"witness"`      // vkey with which it cosigns
	Kinds        []string  `json:"kinds"`        // kinds of message it understands
	Created      time.Time `json:"created"`      // when it was made
}

var countryForm = regexp.MustCompile(`^[A-Z]{2}$`)

// check holds the descriptor against its rules.
func (d Descriptor) check() error {
	switch {
	case !nameForm.MatchString(d.Node) || !nameForm.MatchString(d.Installation) || !countryForm.MatchString(d.Country):
		return fail(CodeMalformed, "descriptor node")
	case strings.TrimSpace(d.NameEN) == "" || strings.TrimSpace(d.NameES) == "" || !reference(d.NameEN) || !reference(d.NameES):
		return fail(CodeMalformed, "descriptor names")
	case len(d.SignKey) != ed25519.PublicKeySize || d.TLSKey.IsZero():
		return fail(CodeMalformed, "descriptor keys")
	case d.Created.IsZero() || !instant(d.Created):
		return fail(CodeMalformed, "descriptor created")
	}
	if d.URL != "" {
		if u, err := url.Parse(d.URL); err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			return fail(CodeMalformed, "descriptor url")
		}
	}
	if _, err := ParseSealPublic(d.SealKey); err != nil {
		return err
	}
	if v, err := note.NewVerifier(d.Journal); err != nil || v.Name() != JournalName(d.Installation, d.Node) {
		return fail(CodeMalformed, "descriptor journal key")
	}
	if v, err := torchwood.NewCosignatureVerifier(d.Witness); err != nil || v.Name() != WitnessName(d.Installation, d.Node) {
		return fail(CodeMalformed, "descriptor witness key")
	}
	return checkKinds(d.Kinds)
}

// checkKinds demands kinds in order, each once.
func checkKinds(kinds []string) error {
	last := ""
	for _, k := range kinds {
		if !kindForm.MatchString(k) || k <= last {
			return fail(CodeMalformed, "descriptor kinds")
		}
		last = k
	}
	return nil
}

// Understands reports whether the node lists kind; a message of another kind
// waits in the outbox, shown.
func (d Descriptor) Understands(kind string) bool {
	for _, k := range d.Kinds {
		if k == kind {
			return true
		}
	}
	return false
}

// Seal gives the public key that frames and content keys are sealed to.
func (d Descriptor) Seal() (hpke.PublicKey, error) { return ParseSealPublic(d.SealKey) }

// Keys accepts what the node signs: frames, receipts and heads.
func (d Descriptor) Keys() SignKeys { return OneKey(ed25519.PublicKey(d.SignKey)) }

// ProofKeys finds the key of a proof: the node's own for password proofs, and
// for passkeys the credential's as the node enrolled it.
func (d Descriptor) ProofKeys() ProofKeys {
	return func(p Proof) (ProofKey, error) {
		pub := ed25519.PublicKey(d.SignKey)
		if p.Method == MethodPasskey {
			return enrolled(p, d.Node, func(kid string) (Key, error) {
				_, err := OneKey(pub)(kid)
				return Key{Descriptor: d}, err
			})
		}
		if p.Key != KeyID(pub) {
			return ProofKey{}, fail(CodeSignature, "statement by another key")
		}
		return ProofKey{Public: pub, Node: d.Node}, nil
	}
}

// SignDescriptor checks a descriptor and signs it with its own key.
func SignDescriptor(d Descriptor, key crypto.Signer) (string, error) {
	d.V = Version
	d.Created = d.Created.UTC().Truncate(time.Microsecond)
	pub, err := publicOf(key)
	if err != nil {
		return "", err
	}
	if !pub.Equal(ed25519.PublicKey(d.SignKey)) {
		return "", fail(CodeSignature, "descriptor signed by another key")
	}
	if err := d.check(); err != nil {
		return "", err
	}
	b, err := compact(d)
	if err != nil {
		return "", failWith(CodeMalformed, "descriptor", err)
	}
	return signJWS(typDescriptor, b, key)
}

// ReadDescriptor verifies a descriptor with the key inside it. That proves that
// its maker holds the key and nothing else: who the maker is, the comparison of
// Fingerprint by people proves. White space around the object (a file's last
// newline) is passed over.
func ReadDescriptor(signed string) (Descriptor, error) {
	signed = strings.TrimSpace(signed)
	payload, err := unverifiedPayload(signed)
	if err != nil {
		return Descriptor{}, err
	}
	var d Descriptor
	if err := readJSON(payload, "descriptor", &d); err != nil {
		return d, err
	}
	if err := d.check(); err != nil {
		return d, err
	}
	_, err = openJWS(typDescriptor, signed, d.Keys())
	return d, err
}

// Fingerprint is what people compare: SHA-256 of "oasiss descriptor v1\n" and
// the signed descriptor (the compact JWS, in ASCII).
func Fingerprint(signed string) Digest {
	return sha256.Sum256([]byte("oasiss descriptor v1\n" + strings.TrimSpace(signed)))
}
