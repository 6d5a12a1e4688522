package access

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base32"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
)

// Codes of an authenticator app (RFC 6238): six digits, a new one every half
// minute, the one before and the one after taken for clocks that differ.
const (
	totpStep   = 30 * time.Second
	totpSkew   = 1
	totpSeed   = 20 // bytes
	ticketLife = 5 * time.Minute
)

// RecoveryCodes is how many one-time codes are drawn at a time.
const RecoveryCodes = 10

var totpForm = regexp.MustCompile(`^[0-9]{6}$`)

var seedAlphabet = base32.StdEncoding.WithPadding(base32.NoPadding)

// Factors are the ways in which a person can sign in, as they see them.
type Factors struct {
	Level    int          `json:"level"` // of this session: 1 password alone, 2 with a second factor
	Passkeys []OwnPasskey `json:"passkeys"`
	TOTP     time.Time    `json:"totp,omitzero"` // since when codes of an app are set
	Recovery int          `json:"recovery"`      // one-time codes that are left
	Sessions []Session    `json:"sessions"`
}

// Factors tells a person of their own ways to sign in, and where they are.
func (g *Guard) Factors(ctx context.Context, by Actor) (out Factors, err error) {
	out.Level = by.Level
	err = g.DB.Read(ctx, func(tx *store.Tx) error {
		u, err := LoadUser(tx, by.User)
		if err != nil {
			return err
		}
		if out.Passkeys, err = passkeysOf(tx, u, g.Now()); err != nil {
			return err
		}
		if t, ok, err := g.totpOf(tx, u); err != nil || ok {
			if err != nil {
				return err
			}
			out.TOTP = t.since
		}
		if out.Recovery, err = recoveryLeft(tx, u, g.Now()); err != nil {
			return err
		}
		out.Sessions, err = Sessions(tx, u.ID, g.Now())
		return err
	})
	return out, err
}

// HoldsPasskey reports whether the person signed in has a passkey in force: the
// one thing by which an act is signed.
func (g *Guard) HoldsPasskey(ctx context.Context, by Actor) (held bool, err error) {
	err = g.DB.Read(ctx, func(tx *store.Tx) error {
		u, err := LoadUser(tx, by.User)
		if err != nil {
			return err
		}
		keys, err := passkeysOf(tx, u, g.Now())
		held = len(keys) > 0
		return err
	})
	return held, err
}

// hasFactor reports whether an account has a second factor in force.
func (g *Guard) hasFactor(tx *store.Tx, u User) (bool, error) {
	keys, err := passkeysOf(tx, u, g.Now())
	if err != nil || len(keys) > 0 {
		return len(keys) > 0, err
	}
	if _, ok, err := g.totpOf(tx, u); err != nil || ok {
		return ok, err
	}
	left, err := recoveryLeft(tx, u, g.Now())
	return left > 0, err
}

type totpRow struct {
	box   []byte
	step  int64
	since time.Time
}

// totpOf reads an account's confirmed app; what waits for its first code is none.
func (g *Guard) totpOf(tx *store.Tx, u User) (t totpRow, ok bool, err error) {
	var since int64
	err = tx.QueryRow(`SELECT box, step, since FROM totp WHERE user_id = $1`, u.ID).Scan(&t.box, &t.step, &since)
	if errors.Is(err, sql.ErrNoRows) {
		return t, false, nil
	}
	if err != nil {
		return t, false, fmt.Errorf("second factor: %w", err)
	}
	t.since = store.Time(since)
	return t, !u.voided(t.since, g.Now()), nil
}

func recoveryLeft(tx *store.Tx, u User, now time.Time) (n int, err error) {
	after := int64(-1)
	if u.voided(u.Reset, now) {
		after = store.Micros(u.Reset)
	}
	err = tx.QueryRow(`SELECT COUNT(*) FROM recovery_code WHERE user_id = $1 AND since > $2`, u.ID, after).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("recovery codes: %w", err)
	}
	return n, nil
}

// AskTOTP draws the seed of an authenticator app for the person signed in. It
// is shown to them alone and kept nowhere until its first code confirms it:
// ticket is the seed sealed, to be given back with that code.
func (g *Guard) AskTOTP(ctx context.Context, by Actor) (seed, ticket string, err error) {
	err = g.DB.Read(ctx, func(tx *store.Tx) error { _, err := g.mayBind(tx, by); return err })
	if err != nil {
		return "", "", err
	}
	raw := make([]byte, totpSeed)
	rand.Read(raw) //nolint:errcheck // never fails (crypto/rand)
	return seedAlphabet.EncodeToString(raw), g.seal("totp seed", ticketOf{User: by.User, Session: by.Session, At: g.Now(), Seed: raw}), nil
}

// SetTOTP sets an authenticator app by its first code. Refusals:
// access.challenge_gone, access.code_wrong, access.second_factor_needed.
func (g *Guard) SetTOTP(ctx context.Context, by Actor, ticket, code string) error {
	t, err := g.unseal("totp seed", ticket)
	if err != nil || t.User != by.User || t.Session != by.Session {
		return refusal.Conflict("access.challenge_gone")
	}
	seed := journal.NewSeed(g.Now())
	return g.DB.Write(ctx, func(tx *store.Tx) error {
		if _, err := g.mayBind(tx, by); err != nil {
			return err
		}
		step, ok := totpMatches(t.Seed, code, 0, g.Now())
		if !ok {
			return refusal.New("access.code_wrong", "field", "code")
		}
		if err := tx.Exec(`INSERT INTO totp (user_id, box, step, since) VALUES ($1, $2, $3, $4)
			ON CONFLICT (user_id) DO UPDATE SET box = excluded.box, step = excluded.step, since = excluded.since`,
			by.User, g.Ring.Box("totp/"+by.User, t.Seed), step, store.Micros(seed.Now)); err != nil {
			return err
		}
		return g.Record(tx, seed, &by, &SecondFactorSet{User: by.User, Factor: FactorTOTP})
	})
}

// RemoveTOTP takes away one's own authenticator app.
func (g *Guard) RemoveTOTP(ctx context.Context, by Actor) error {
	seed := journal.NewSeed(g.Now())
	return g.DB.Write(ctx, func(tx *store.Tx) error {
		if _, err := g.mayBind(tx, by); err != nil {
			return err
		}
		n, err := tx.ExecN(`DELETE FROM totp WHERE user_id = $1`, by.User)
		if err != nil {
			return err
		}
		if n == 0 {
			return refusal.NotFound()
		}
		return g.Record(tx, seed, &by, &SecondFactorSet{User: by.User, Factor: FactorTOTP, Removed: true})
	})
}

// DrawRecovery draws new one-time codes and voids those of before. They are
// shown once; the node keeps their hashes.
func (g *Guard) DrawRecovery(ctx context.Context, by Actor) ([]string, error) {
	codes, hashes := make([]string, RecoveryCodes), make([][]byte, RecoveryCodes)
	for i := range codes {
		codes[i], hashes[i] = newCode()
	}
	seed := journal.NewSeed(g.Now())
	err := g.DB.Write(ctx, func(tx *store.Tx) error {
		if _, err := g.mayBind(tx, by); err != nil {
			return err
		}
		if err := tx.Exec(`DELETE FROM recovery_code WHERE user_id = $1`, by.User); err != nil {
			return err
		}
		for _, h := range hashes {
			if err := tx.Exec(`INSERT INTO recovery_code (hash, user_id, since) VALUES ($1, $2, $3)`, h, by.User, store.Micros(seed.Now)); err != nil {
				return err
			}
		}
		return g.Record(tx, seed, &by, &SecondFactorSet{User: by.User, Factor: FactorRecovery})
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// totpMatches finds the step whose code this is, later than the last one taken:
// no code is taken twice (RFC 6238 §5.2).
func totpMatches(seed []byte, code string, after int64, now time.Time) (step int64, ok bool) {
	at := now.Unix() / int64(totpStep/time.Second)
	secret := seedAlphabet.EncodeToString(seed)
	for s := at - totpSkew; s <= at+totpSkew; s++ {
		if s <= after {
			continue
		}
		right, err := hotp.ValidateCustom(code, uint64(s), secret, hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}) // #nosec G115 -- a time of this era
		if err == nil && right {
			return s, true
		}
	}
	return 0, false
}

// secondRight checks a code as the second factor of an account, and spends it.
// It says how, and "" where the code is wrong.
func (g *Guard) secondRight(tx *store.Tx, u User, code string) (how string, err error) {
	code = strings.TrimSpace(code)
	if spaceless := strings.ReplaceAll(code, " ", ""); totpForm.MatchString(spaceless) {
		t, ok, err := g.totpOf(tx, u)
		if err != nil || !ok {
			return "", err
		}
		seed, err := g.Ring.Unbox("totp/"+u.ID, t.box)
		if err != nil {
			return "", fmt.Errorf("second factor: %w", err)
		}
		step, ok := totpMatches(seed, spaceless, t.step, g.Now())
		if !ok {
			return "", nil
		}
		return HowTOTP, tx.Exec(`UPDATE totp SET step = $1 WHERE user_id = $2`, step, u.ID)
	}
	after := int64(-1)
	if u.voided(u.Reset, g.Now()) {
		after = store.Micros(u.Reset)
	}
	n, err := tx.ExecN(`DELETE FROM recovery_code WHERE hash = $1 AND user_id = $2 AND since > $3`, codeHash(code), u.ID, after)
	if err != nil || n == 0 {
		return "", err
	}
	return HowRecovery, nil
}

// ticketOf is what a person carries from one step to the next, sealed.
type ticketOf struct {
	User    string    `json:"user"`
	Session string    `json:"session,omitempty"`
	At      time.Time `json:"at"`
	Seed    []byte    `json:"seed,omitempty"`
	How     string    `json:"how,omitempty"` // the first step was not by password

	Provider string `json:"provider,omitempty"` // where somebody was sent, and what they come back with
	State    string `json:"state,omitempty"`
	Nonce    string `json:"nonce,omitempty"`
	Verifier string `json:"verifier,omitempty"`
}

func (g *Guard) seal(label string, t ticketOf) string {
	b, _ := json.Marshal(t) // of strings, bytes and a time
	return base64.RawURLEncoding.EncodeToString(g.Ring.Box("ticket/"+label, b))
}

var errTicket = errors.New("access: not a ticket of this node")

func (g *Guard) unseal(label, ticket string) (t ticketOf, err error) {
	b, err := base64.RawURLEncoding.DecodeString(ticket)
	if err != nil || len(b) > 4096 {
		return t, errTicket
	}
	plain, err := g.Ring.Unbox("ticket/"+label, b)
	if err != nil || json.Unmarshal(plain, &t) != nil {
		return t, errTicket
	}
	if now := g.Now(); now.Sub(t.At) > ticketLife || t.At.After(now.Add(time.Minute)) {
		return t, errTicket
	}
	return t, nil
}
