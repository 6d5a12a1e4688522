package wire

import (
	"crypto"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// Types of signed objects: the "typ" header of the JWS. It keeps a signature
// over one kind of object from being passed off as another.
const (
	typFrame      = "oasiss-frame+jws"
	typReceipt    = "oasiss-receipt+jws"
	typHeads      = "oasiss-heads+jws"
	typDescriptor = "oasiss-descriptor+jws"
	typSuccession = "oasiss-succession+jws"
	typBundle     = "oasiss-bundle+jws"
	typEnrolment  = "oasiss-enrolment+jws"
)

// maxSigned bounds a compact JWS in bytes: a receipt of MaxEntries fits many times.
const maxSigned = 1 << 20

// opaque lets go-jose sign with any Ed25519 crypto.Signer, so that the private
// key may live in a token.
type opaque struct {
	key crypto.Signer
	jwk *jose.JSONWebKey
}

func (o opaque) Public() *jose.JSONWebKey        { return o.jwk }
func (o opaque) Algs() []jose.SignatureAlgorithm { return []jose.SignatureAlgorithm{jose.EdDSA} }
func (o opaque) SignPayload(b []byte, _ jose.SignatureAlgorithm) ([]byte, error) {
	return o.key.Sign(nil, b, crypto.Hash(0))
}

// signJWS signs payload as a compact JWS (RFC 7515, EdDSA of RFC 8037).
func signJWS(typ string, payload []byte, key crypto.Signer) (string, error) {
	pub, err := publicOf(key)
	if err != nil {
		return "", err
	}
	o := opaque{key: key, jwk: &jose.JSONWebKey{Key: pub, KeyID: KeyID(pub), Algorithm: string(jose.EdDSA)}}
	opts := (&jose.SignerOptions{}).WithType(jose.ContentType(typ))
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA, Key: o}, opts)
	if err != nil {
		return "", fmt.Errorf("wire: sign: %w", err)
	}
	obj, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("wire: sign: %w", err)
	}
	s, err := obj.CompactSerialize()
	if err != nil {
		return "", fmt.Errorf("wire: sign: %w", err)
	}
	return s, nil
}

// openJWS verifies a compact JWS of type typ and gives its payload. The header
// is exactly alg, kid and typ: anything else (an embedded key, a critical
// extension, a nonce) is refused, as is any second spelling of the same bytes.
func openJWS(typ, signed string, keys SignKeys) ([]byte, error) {
	if err := canonicalJWS(signed); err != nil {
		return nil, err
	}
	obj, err := jose.ParseSignedCompact(signed, []jose.SignatureAlgorithm{jose.EdDSA})
	if err != nil || len(obj.Signatures) != 1 {
		return nil, fail(CodeMalformed, "signed object")
	}
	h := obj.Signatures[0].Protected
	t, _ := h.ExtraHeaders[jose.HeaderType].(string)
	if len(h.ExtraHeaders) != 1 || h.JSONWebKey != nil || h.Nonce != "" {
		return nil, fail(CodeMalformed, "header of signed object")
	}
	if t != typ {
		return nil, fail(CodeMalformed, "signed object of another type")
	}
	pub, err := keys(h.KeyID)
	if err != nil {
		if CodeOf(err) != "" {
			return nil, err
		}
		return nil, failWith(CodeSignature, "unknown key", err)
	}
	payload, err := obj.Verify(pub)
	if err != nil {
		return nil, fail(CodeSignature, "signature does not verify")
	}
	return payload, nil
}

// canonicalJWS demands three segments in the one base64url spelling each value
// has. Decoders that skip line breaks or trailing bits would accept changed bytes.
func canonicalJWS(signed string) error {
	if len(signed) > maxSigned {
		return fail(CodeMalformed, "signed object too large")
	}
	segments := strings.Split(signed, ".")
	if len(segments) != 3 {
		return fail(CodeMalformed, "signed object")
	}
	for i, s := range segments {
		b, err := base64.RawURLEncoding.Strict().DecodeString(s)
		if err != nil || base64.RawURLEncoding.EncodeToString(b) != s {
			return fail(CodeMalformed, "encoding of signed object")
		}
		if i == 0 {
			if err := checkJSON(b, envelopeNames); err != nil {
				return failWith(CodeMalformed, "header of signed object", err)
			}
		}
	}
	return nil
}

// unverifiedPayload gives the payload of a JWS that carries its own key, to
// find that key. Nothing in it may be believed before openJWS has verified it.
func unverifiedPayload(signed string) ([]byte, error) {
	if err := canonicalJWS(signed); err != nil {
		return nil, err
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(strings.Split(signed, ".")[1])
	if err != nil {
		return nil, failWith(CodeMalformed, "signed object", err)
	}
	return b, nil
}
