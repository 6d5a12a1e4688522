package wire

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// Digest is a SHA-256 value. In JSON, as in every format here, it is 64
// lower-case hexadecimal characters and nothing else.
type Digest [32]byte

// ParseDigest reads the form that String gives, and only that one.
func ParseDigest(s string) (Digest, error) {
	var d Digest
	if len(s) != hex.EncodedLen(len(d)) {
		return d, errors.New("wire: digest is not 64 characters")
	}
	if _, err := hex.Decode(d[:], []byte(s)); err != nil {
		return d, fmt.Errorf("wire: digest: %w", err)
	}
	if d.String() != s {
		return d, errors.New("wire: digest is not in lower case")
	}
	return d, nil
}

// String gives the digest in hexadecimal.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// IsZero reports whether the digest is absent.
func (d Digest) IsZero() bool { return d == Digest{} }

// MarshalText gives the digest in hexadecimal.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Digest) UnmarshalText(b []byte) error {
	v, err := ParseDigest(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}

// readJSON checks and decodes the JSON of a format of this package: strict
// form, lower-case names, this version. Members it does not know are ignored.
func readJSON(b []byte, what string, v any) error {
	version, err := scanJSON(b, envelopeNames)
	if err != nil {
		return failWith(CodeMalformed, what, err)
	}
	if err := checkVersion(version, what); err != nil {
		return err
	}
	if err := json.Unmarshal(b, v); err != nil {
		// The cause is left out: encoding/json quotes values.
		return fail(CodeMalformed, what+" fields")
	}
	return nil
}
