package access

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/oasiss/oasiss/internal/store"
	"golang.org/x/crypto/argon2"
)

// cost is what one hash of a password takes. The values are those of the OWASP
// Password Storage Cheat Sheet for argon2id (19 MiB, 2 passes, 1 lane).
type cost struct {
	memory uint32 // KiB
	passes uint32
	lanes  uint8
}

var cost19MiB = cost{memory: 19 * 1024, passes: 2, lanes: 1}

const (
	saltSize = 16
	hashSize = 32
)

// atOnce bounds how many passwords are hashed at a time, so that a burst of
// sign-ins cannot take the machine's memory.
var atOnce = make(chan struct{}, 4)

// HashSecret derives the stored form of a password: a PHC string. It takes
// tens of milliseconds on purpose and is never called inside a transaction.
func HashSecret(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltSize)
	rand.Read(salt) //nolint:errcheck // never fails (crypto/rand)
	sum, err := derive(ctx, password, salt, cost19MiB)
	if err != nil {
		return "", err
	}
	return phcOf(salt, sum), nil
}

// phcOf is the stored form of what was derived at today's cost.
func phcOf(salt, sum []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, cost19MiB.memory, cost19MiB.passes, cost19MiB.lanes,
		b64.EncodeToString(salt), b64.EncodeToString(sum))
}

func derive(ctx context.Context, password string, salt []byte, c cost) ([]byte, error) {
	select {
	case atOnce <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-atOnce }()
	return idKey([]byte(NormalPassword(password)), salt, c.passes, c.memory, c.lanes, hashSize), nil
}

// errSecret means that a stored secret cannot be read.
var errSecret = errors.New("access: stored secret is damaged")

// parseSecret reads a PHC string within the bounds that this node writes or
// may once have written.
func parseSecret(phc string) (salt, sum []byte, c cost, err error) {
	f := strings.Split(phc, "$")
	if len(f) != 6 || f[0] != "" || f[1] != "argon2id" || f[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return nil, nil, c, errSecret
	}
	if _, err := fmt.Sscanf(f[3], "m=%d,t=%d,p=%d", &c.memory, &c.passes, &c.lanes); err != nil {
		return nil, nil, c, errSecret
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(f[4])
	sum, err2 := base64.RawStdEncoding.DecodeString(f[5])
	if err1 != nil || err2 != nil || len(sum) != hashSize || c.memory == 0 || c.memory > 1<<20 || c.passes == 0 || c.passes > 16 || c.lanes == 0 {
		return nil, nil, c, errSecret
	}
	return salt, sum, c, nil
}

// nobody is the secret that is checked when there is no account, so that an
// unknown name takes the same work as a known one: one derivation, also the
// first time. No password is known to give it.
var nobody = sync.OnceValue(func() string {
	b := make([]byte, saltSize+hashSize)
	rand.Read(b) //nolint:errcheck // never fails (crypto/rand)
	return phcOf(b[:saltSize], b[saltSize:])
})

// idKey is argon2id; a test counts its calls.
var idKey = argon2.IDKey

// VerifySecret reports whether password is the one of a stored secret. An
// empty secret (no account, none set yet) takes as long and is never right.
func VerifySecret(ctx context.Context, phc, password string) (bool, error) {
	absent := phc == ""
	if absent {
		phc = nobody()
	}
	if len(password) > 4*PasswordMax {
		password, absent = "", true // no such password was ever set
	}
	salt, want, c, err := parseSecret(phc)
	if err != nil {
		return false, err
	}
	got, err := derive(ctx, password, salt, c)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1 && !absent, nil
}

// loadSecret reads an account's secret; empty when there is none or when it
// was voided since.
func loadSecret(tx *store.Tx, u User, now time.Time) (string, error) {
	var phc string
	var since int64
	err := tx.QueryRow(`SELECT secret, since FROM authenticator WHERE user_id = $1`, u.ID).Scan(&phc, &since)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("secret: %w", err)
	}
	if u.voided(store.Time(since), now) {
		return "", nil
	}
	return phc, nil
}

// SaveSecret sets an account's secret. It is no fact, so no apply calls it.
func SaveSecret(tx *store.Tx, user, phc string, now time.Time) error {
	return tx.Exec(`INSERT INTO authenticator (user_id, secret, since) VALUES ($1, $2, $3)
		ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, since = excluded.since`, user, phc, store.Micros(now))
}
