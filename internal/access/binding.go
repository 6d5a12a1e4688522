package access

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/store"
)

// Binding is whom of an agency's identity provider an account belongs to. Two
// people of different offices make it; the provider never does.
type Binding struct {
	User    string    `json:"user"`
	Issuer  string    `json:"issuer"`
	Subject string    `json:"subject"`
	From    time.Time `json:"from"` // in force
}

// Bind binds an account, instead of whatever it was bound to. Only an apply calls it.
func Bind(tx *store.Tx, b Binding) error {
	return tx.Exec(`INSERT INTO binding (user_id, issuer, subject, doc) VALUES ($1, $2, $3, $4)
		ON CONFLICT (user_id) DO UPDATE SET issuer = excluded.issuer, subject = excluded.subject, doc = excluded.doc`, b.User, b.Issuer, b.Subject, store.JSON(b))
}

// Unbind ends an account's binding. Only an apply calls it.
func Unbind(tx *store.Tx, user string) error {
	return tx.Exec(`DELETE FROM binding WHERE user_id = $1`, user)
}

// BindingOf reads an account's binding; false if it has none.
func BindingOf(tx *store.Tx, user string) (Binding, bool, error) {
	return oneBinding(tx, `SELECT doc FROM binding WHERE user_id = $1`, user)
}

// BoundTo reads the binding of whom a provider vouches for; false if there is none.
func BoundTo(tx *store.Tx, issuer, subject string) (Binding, bool, error) {
	return oneBinding(tx, `SELECT doc FROM binding WHERE issuer = $1 AND subject = $2`, issuer, subject)
}

func oneBinding(tx *store.Tx, query string, args ...any) (Binding, bool, error) {
	b, err := store.Doc[Binding](tx, query, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return b, false, nil
	}
	if err != nil {
		return b, false, fmt.Errorf("binding: %w", err)
	}
	return b, true, nil
}

// bound finds the account of whom a provider vouches for, if the binding is in
// force and no reset has voided it; ErrNoUser otherwise.
func bound(tx *store.Tx, issuer, subject string, now time.Time) (User, error) {
	b, ok, err := BoundTo(tx, issuer, subject)
	if err != nil || !ok || now.Before(b.From) {
		return User{}, errors.Join(err, ErrNoUser)
	}
	u, err := LoadUser(tx, b.User)
	if err == nil && u.voided(b.From, now) {
		err = ErrNoUser
	}
	return u, err
}
