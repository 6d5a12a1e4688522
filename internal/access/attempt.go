package access

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Limits of failed sign-ins: five for one account within the window lock it
// (CJIS AC-7) until two people release it: its password where somebody at the
// door guessed, so that nobody else can keep its person from an alert, who has a
// passkey and the pages that stand open; the whole account where somebody in a
// session, or with the password, failed. After thirty from one address it is
// refused everything for the window, and for twice as long each time it comes to
// that again, up to a stated most, until it has been quiet for a day.
const (
	attemptWindow   = 15 * time.Minute
	attemptsMax     = 5
	attemptsAddress = 30
	blockMost       = 8 * time.Hour
	blockMemory     = 24 * time.Hour
)

// The first wrong try at an account makes the next wait, and each further one
// twice as long, up to a stated most. Nothing is refused for it: whoever knows the
// password gets in after the wait, and a passkey never waits, because it cannot be
// guessed. A name that is no account's waits as long.
const (
	pauseFirst = 250 * time.Millisecond
	pauseMost  = 8 * time.Second
)

// pauseAfter is how long a try waits after so many that failed.
func pauseAfter(failures int) time.Duration {
	if failures == 0 {
		return 0
	}
	d := pauseFirst
	for ; failures > 1 && d < pauseMost; failures-- {
		d *= 2
	}
	return min(d, pauseMost)
}

// pause makes a try wait for those that failed before it. It holds no place of
// those that derive a secret, and whoever goes away stops waiting.
func (g *Guard) pause(ctx context.Context, a attempt) error {
	d := pauseAfter(a.before)
	if d == 0 || a.refused == FailedAddress {
		return nil
	}
	if g.Pause != nil {
		return g.Pause(ctx, d)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("a try that waits: %w", ctx.Err())
	}
}

// blockRow is what the rows that remember an address's blocks are counted under;
// no account has such an id.
const blockRow = "blocked/"

// blockOf is how long the nth block of an address lasts.
func blockOf(n int) time.Duration {
	d := attemptWindow
	for ; n > 1 && d < blockMost; n-- {
		d *= 2
	}
	return min(d, blockMost)
}

// attempt is one try at a password. It is counted before the password is
// looked at, so that many tries at once are not more than five either.
type attempt struct {
	id      string
	subject string // account id, or stranger
	addr    string
	user    *User
	secret  string
	before  int    // tries at the same account within the window, before this one
	refused string // why it fails whatever the password is
}

// begin counts a try. One from an address that is blocked fails whatever is
// given, and is not counted: the journal is not an attacker's to fill.
func (g *Guard) begin(tx *store.Tx, seed journal.Seed, a *attempt) error {
	if err := forget(tx, seed.Now); err != nil {
		return err
	}
	if err := tx.QueryRow(`SELECT COUNT(*) FROM attempt WHERE subject = $1`, a.subject).Scan(&a.before); err != nil {
		return fmt.Errorf("attempts: %w", err)
	}
	now, begins, err := addressBlocked(tx, a.addr, seed.Now)
	if err != nil {
		return err
	}
	subject := a.subject
	switch {
	case now:
		a.refused = FailedAddress
		return nil // said once when it began
	case begins:
		a.refused, subject = FailedAddress, blockRow+a.addr
	case a.user != nil && !a.user.LockedSince().IsZero():
		a.refused = FailedLocked
	case a.before >= attemptsMax:
		a.refused = FailedInFlight
	}
	if err := tx.Exec(`INSERT INTO attempt (id, subject, addr, at) VALUES ($1, $2, $3, $4)`, a.id, subject, a.addr, store.Micros(seed.Now)); err != nil {
		return fmt.Errorf("attempt: %w", err)
	}
	if begins {
		return g.Record(tx, seed, nil, &SignInFailed{Reason: FailedAddress, Addr: a.addr})
	}
	return nil
}

// forget deletes failures that no longer count, and blocks of an address that
// has been quiet since.
func forget(tx *store.Tx, now time.Time) error {
	if err := tx.Exec(`DELETE FROM attempt WHERE at <= $1 AND subject NOT LIKE $2`, store.Micros(now.Add(-attemptWindow)), blockRow+"%"); err != nil {
		return fmt.Errorf("attempts: %w", err)
	}
	if err := tx.Exec(`DELETE FROM attempt WHERE at <= $1`, store.Micros(now.Add(-blockMemory))); err != nil {
		return fmt.Errorf("attempts: %w", err)
	}
	return nil
}

// addressBlocked reports whether an address is blocked now, and whether its next
// block begins with this try.
func addressBlocked(tx *store.Tx, addr string, now time.Time) (blockedNow, begins bool, err error) {
	var blocks, failures int
	var last int64
	if err := tx.QueryRow(`SELECT COUNT(*), COALESCE(MAX(at), 0) FROM attempt WHERE subject = $1`, blockRow+addr).Scan(&blocks, &last); err != nil {
		return false, false, fmt.Errorf("blocks: %w", err)
	}
	if blocks > 0 && now.Before(store.Time(last).Add(blockOf(blocks))) {
		return true, false, nil
	}
	if err := tx.QueryRow(`SELECT COUNT(*) FROM attempt WHERE addr = $1 AND at > $2 AND subject <> $3`, addr, last, blockRow+addr).Scan(&failures); err != nil {
		return false, false, fmt.Errorf("attempts: %w", err)
	}
	return false, failures >= attemptsAddress, nil
}

// failed keeps a try that failed and locks the account at the fifth.
func (g *Guard) failed(tx *store.Tx, seed journal.Seed, a attempt, reason string) error {
	f := &SignInFailed{Reason: reason, Addr: a.addr}
	if a.user == nil {
		return g.Record(tx, seed, nil, f)
	}
	f.User = a.user.ID
	facts := []journal.Fact{f}
	u, err := LoadUser(tx, a.user.ID)
	if err != nil {
		return err
	}
	var n int
	if err := tx.QueryRow(`SELECT COUNT(*) FROM attempt WHERE subject = $1`, a.subject).Scan(&n); err != nil {
		return fmt.Errorf("attempts: %w", err)
	}
	switch {
	case n < attemptsMax || !u.Locked.IsZero():
	case reason == FailedSecret && u.Barred.IsZero():
		facts = append(facts, &PasswordLocked{User: u.ID, At: seed.Now})
	case reason == FailedConfirm || reason == FailedCode:
		facts = append(facts, &Locked{User: u.ID, At: seed.Now})
	}
	return g.Record(tx, seed, nil, facts...)
}

// passed forgets the failures of an account that has signed in.
func passed(tx *store.Tx, a attempt) error {
	return tx.Exec(`DELETE FROM attempt WHERE subject = $1`, a.subject)
}

// known looks an account up for a try.
func (g *Guard) known(tx *store.Tx, a *attempt, u User, err error) error {
	if errors.Is(err, ErrNoUser) || errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	a.user, a.subject = &u, u.ID
	a.secret, err = loadSecret(tx, u, g.Now())
	return err
}

// errSignIn is the one answer to a sign-in that failed: name and password are
// not told apart, nor a locked account from an open one.
func errSignIn() error { return refusal.Unauthenticated("access.sign_in_refused") }

// none turns an absent row into a refusal.
func none(err error, code string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return refusal.New(code)
	}
	return err
}
