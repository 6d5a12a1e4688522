package access

import (
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// DefaultDelay is how long what two people change waits before it takes
// effect, until an accord says otherwise.
const DefaultDelay = 24 * time.Hour

// foundingRow is the id of the one row about founding.
const foundingRow = "node"

// NewFounding draws the two one-time founding links of a new node, for two
// people of different offices. They are shown once; the node keeps their
// hashes only. It refuses on a node that has them or has accounts.
func NewFounding(tx *store.Tx, now time.Time) ([2]string, error) {
	var codes [2]string
	var n int
	if err := tx.QueryRow(`SELECT (SELECT COUNT(*) FROM founding_link) + (SELECT COUNT(*) FROM app_user)`).Scan(&n); err != nil {
		return codes, fmt.Errorf("founding links: %w", err)
	}
	if n > 0 {
		return codes, refusal.Conflict("access.founded_already")
	}
	for i := range codes {
		code, hash := newCode()
		if err := tx.Exec(`INSERT INTO founding_link (hash, made) VALUES ($1, $2)`, hash, store.Micros(now)); err != nil {
			return codes, fmt.Errorf("founding link: %w", err)
		}
		codes[i] = code
	}
	return codes, nil
}

// UseFoundingLink spends a founding link; access.link_unknown if it is not one,
// was used, or founding is over.
func UseFoundingLink(tx *store.Tx, code string, now time.Time) error {
	open, err := FoundingOpen(tx)
	if err != nil {
		return err
	}
	if !open {
		return refusal.Conflict("access.founding_over")
	}
	n, err := tx.ExecN(`UPDATE founding_link SET used = $1 WHERE hash = $2 AND used IS NULL`, store.Micros(now), codeHash(code))
	if err != nil {
		return fmt.Errorf("founding link: %w", err)
	}
	if n == 0 {
		return refusal.New("access.link_unknown")
	}
	return nil
}

// FoundingOpen reports whether the first accord is not in force yet.
func FoundingOpen(tx *store.Tx) (bool, error) {
	var closed sql.NullInt64
	err := tx.QueryRow(`SELECT closed FROM founding WHERE id = $1`, foundingRow).Scan(&closed)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, fmt.Errorf("founding: %w", err)
	}
	return !closed.Valid, nil
}

// CloseFounding ends founding for ever. The apply that puts the first accord
// in force calls it; a later call changes nothing.
func CloseFounding(tx *store.Tx, at time.Time) error {
	return tx.Exec(`INSERT INTO founding (id, closed, delay) VALUES ($1, $2, $3)
		ON CONFLICT (id) DO UPDATE SET closed = COALESCE(founding.closed, excluded.closed)`,
		foundingRow, store.Micros(at), DefaultDelay.Microseconds())
}

// SetDelay keeps the delay that an accord in force sets for what two people
// change. The accord's apply calls it.
func SetDelay(tx *store.Tx, d time.Duration) error {
	return tx.Exec(`INSERT INTO founding (id, delay) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET delay = excluded.delay`,
		foundingRow, d.Microseconds())
}

// Delay is how long what these two accounts change together waits before it
// takes effect: nothing while founding is open and both are founders,
// otherwise what the accord says.
func Delay(tx *store.Tx, first, second string) (delay time.Duration, founding bool, err error) {
	open, err := FoundingOpen(tx)
	if err != nil {
		return 0, false, err
	}
	if open {
		both := true
		for _, id := range []string{first, second} {
			u, err := LoadUser(tx, id)
			if err != nil {
				return 0, false, err
			}
			both = both && u.Founder
		}
		if both {
			return 0, true, nil
		}
	}
	var us int64
	err = tx.QueryRow(`SELECT delay FROM founding WHERE id = $1`, foundingRow).Scan(&us)
	if errors.Is(err, sql.ErrNoRows) {
		return DefaultDelay, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("delay: %w", err)
	}
	return time.Duration(us) * time.Microsecond, false, nil
}

// codeAlphabet leaves out what is mistaken for another character when a code
// is read aloud or copied by hand.
var codeAlphabet = base32.NewEncoding("23456789ABCDEFGHJKLMNPQRSTUVWXYZ").WithPadding(base32.NoPadding)

// newCode draws a one-time code of 100 bits, in groups of five characters.
func newCode() (code string, hash []byte) {
	b := make([]byte, 15)
	rand.Read(b) //nolint:errcheck // never fails (crypto/rand)
	s := codeAlphabet.EncodeToString(b)[:20]
	code = strings.Join([]string{s[:5], s[5:10], s[10:15], s[15:]}, "-")
	return code, codeHash(code)
}

// codeHash is what the node keeps of a code, however it was typed.
func codeHash(code string) []byte {
	clean := strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToUpper(strings.TrimSpace(code)))
	h := sha256.Sum256([]byte("oasiss one-time code v1\n" + clean))
	return h[:]
}
