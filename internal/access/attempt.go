package access

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Limits of failed sign-ins: five for one account within the window lock it
// (CJIS AC-7), and one address is slowed down after more.
const (
	attemptWindow   = 15 * time.Minute
	attemptsMax     = 5
	attemptsAddress = 30
)

// attempt is one try at a password. It is counted before the password is
// looked at, so that many tries at once are not more than five either.
type attempt struct {
	id      string
	subject string // account id, or stranger
	addr    string
	user    *User
	secret  string
	refused string // why it fails whatever the password is
}

// begin counts a try. It gives access.too_many when the address is slowed down.
func (g *Guard) begin(tx *store.Tx, seed journal.Seed, a *attempt) error {
	since := store.Micros(seed.Now.Add(-attemptWindow))
	if err := tx.Exec(`DELETE FROM attempt WHERE at <= $1`, since); err != nil {
		return fmt.Errorf("attempts: %w", err)
	}
	var forSubject, forAddr int
	if err := tx.QueryRow(`SELECT COUNT(*) FROM attempt WHERE subject = $1`, a.subject).Scan(&forSubject); err != nil {
		return fmt.Errorf("attempts: %w", err)
	}
	if err := tx.QueryRow(`SELECT COUNT(*) FROM attempt WHERE addr = $1`, a.addr).Scan(&forAddr); err != nil {
		return fmt.Errorf("attempts: %w", err)
	}
	switch {
	case forAddr > attemptsAddress:
		a.refused = FailedAddress
		return nil // said once when it began; the journal is not an attacker's to fill
	case forAddr == attemptsAddress:
		a.refused = FailedAddress
	case a.user != nil && !a.user.Locked.IsZero():
		a.refused = FailedLocked
	case forSubject >= attemptsMax:
		a.refused = FailedInFlight
	}
	if err := tx.Exec(`INSERT INTO attempt (id, subject, addr, at) VALUES ($1, $2, $3, $4)`, a.id, a.subject, a.addr, store.Micros(seed.Now)); err != nil {
		return fmt.Errorf("attempt: %w", err)
	}
	if a.refused == FailedAddress {
		return g.Record(tx, seed, nil, &SignInFailed{Reason: FailedAddress, Addr: a.addr})
	}
	return nil
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
	if n >= attemptsMax && u.Locked.IsZero() && (reason == FailedSecret || reason == FailedConfirm || reason == FailedCode) {
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
