package wire

import (
	"crypto/hpke"
	"strings"
)

// Tiers of a packet, in the order in which they open.
const (
	TierNotice   = "notice"   // in clear, on arrival
	TierAnalysis = "analysis" // when the receiving side's prosecutor signs for it
	TierReleased = "released" // identities that consent or law releases, on acceptance
)

// KeyRelease says which content key is released to whom and for what. It is
// bound into the seal, so that a box cannot be moved to another link, referral,
// tier or key.
type KeyRelease struct {
	From     string // node that releases
	To       string // node that receives
	Referral string // referral id
	Tier     string // TierAnalysis or TierReleased
	Key      string // id of the content key, as Part.Key names it
}

// KeyBox is a content key sealed to the receiver's seal key: what a
// key-release message holds, so that no stored body ever holds a bare key.
type KeyBox struct {
	Key       string `json:"key"`       // id of the content key
	Tier      string `json:"tier"`      // tier it opens
	Recipient string `json:"recipient"` // SealKeyID it is sealed to
	Box       []byte `json:"box"`       // HPKE: encapsulated key || ciphertext
}

// info is the HPKE info string of the release.
func (r KeyRelease) info() ([]byte, error) {
	fields := []string{r.From, r.To, r.Referral, r.Tier, r.Key}
	for _, f := range fields {
		if !reference(f) {
			return nil, fail(CodeMalformed, "key release")
		}
	}
	if !nameForm.MatchString(r.From) || !nameForm.MatchString(r.To) || r.Key == "" || (r.Tier != TierAnalysis && r.Tier != TierReleased) {
		return nil, fail(CodeMalformed, "key release")
	}
	return []byte("oasiss key v1\n" + strings.Join(fields, "\n")), nil
}

// SealKey seals a content key to the receiver's seal key.
func SealKey(to hpke.PublicKey, r KeyRelease, key [32]byte) (KeyBox, error) {
	info, err := r.info()
	if err != nil {
		return KeyBox{}, err
	}
	box, err := seal(to, info, nil, key[:])
	if err != nil {
		return KeyBox{}, err
	}
	return KeyBox{Key: r.Key, Tier: r.Tier, Recipient: SealKeyID(to), Box: box}, nil
}

// OpenKey opens a content key. r is what the receiver knows from the message
// around the box; any difference from what was sealed gives CodeAltered, a box
// sealed to another key CodeSupersededKey.
func OpenKey(key hpke.PrivateKey, r KeyRelease, b KeyBox) ([32]byte, error) {
	var out [32]byte
	info, err := r.info()
	if err != nil {
		return out, err
	}
	if b.Recipient != SealKeyID(key.PublicKey()) {
		return out, fail(CodeSupersededKey, "content key sealed to another key")
	}
	if b.Key != r.Key || b.Tier != r.Tier {
		return out, fail(CodeAltered, "content key of another release")
	}
	plain, err := unseal(key, info, nil, b.Box)
	if err != nil {
		return out, err
	}
	if len(plain) != len(out) {
		return out, fail(CodeMalformed, "content key")
	}
	copy(out[:], plain)
	return out, nil
}
