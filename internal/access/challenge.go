package access

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"time"

	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// challengeLife is how long a challenge of this node can be answered.
const challengeLife = 5 * time.Minute

// What challenges are for: an answer to one is none to another.
const (
	challengeSignIn   = "sign-in"
	challengeRegister = "register/" // followed by the session's id
	challengeUnlock   = "unlock/"   // followed by the session's id
)

// newChallenge draws a challenge: when, chance, and a keyed digest by which the
// node knows it again. Nothing is stored until it is answered, so that asking
// fills no disk.
func (g *Guard) newChallenge(what string) string {
	b := make([]byte, 16, 32)
	binary.BigEndian.PutUint64(b, uint64(g.Now().UnixMicro())) // #nosec G115 -- a time of this era
	rand.Read(b[8:])                                           //nolint:errcheck // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(append(b, g.challengeMark(what, b)...))
}

func (g *Guard) challengeMark(what string, b []byte) []byte {
	mark, _ := hex.DecodeString(g.Ring.Token("challenge/"+what, string(b))) // Token writes hexadecimal
	return mark[:16]
}

// spend takes a challenge that was answered, once. access.challenge_gone for
// one that is not this node's, not for this, too old, or answered before.
func (g *Guard) spend(tx *store.Tx, what, challenge string) error {
	gone := refusal.Conflict("access.challenge_gone")
	b, err := base64.RawURLEncoding.Strict().DecodeString(challenge)
	if err != nil || len(b) != 32 || subtle.ConstantTimeCompare(g.challengeMark(what, b[:16]), b[16:]) != 1 {
		return gone
	}
	now, made := g.Now(), time.UnixMicro(int64(binary.BigEndian.Uint64(b))) // #nosec G115 -- written above
	if now.Sub(made) > challengeLife || made.After(now.Add(time.Minute)) {
		return gone
	}
	if err := tx.Exec(`DELETE FROM challenge WHERE at < $1`, store.Micros(now.Add(-2*challengeLife))); err != nil {
		return err
	}
	n, err := tx.ExecN(`INSERT INTO challenge (value, at) VALUES ($1, $2) ON CONFLICT (value) DO NOTHING`, challenge, store.Micros(now))
	if err == nil && n == 0 {
		err = gone
	}
	return err
}
