package access

import (
	"fmt"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
)

// PasskeyRegistered is a passkey that a person bound to their own account. What
// an enrolment says (wire.Enrolment) rests on it.
type PasskeyRegistered struct {
	journal.Envelope
	Passkey Passkey `json:"passkey"` // Fact is empty here: it is this fact's own id
}

// Kind implements journal.Fact.
func (*PasskeyRegistered) Kind() string { return "access.passkey_registered.1" }

// PasskeyRemoved is a passkey that its person took out of use.
type PasskeyRemoved struct {
	journal.Envelope
	User    string `json:"user"`
	Passkey string `json:"passkey"`
}

// Kind implements journal.Fact.
func (*PasskeyRemoved) Kind() string { return "access.passkey_removed.1" }

// PasskeyCopied is the alarm that a passkey's counter did not grow: somebody
// has a copy. It signs nothing until its person registers another.
type PasskeyCopied struct {
	journal.Envelope
	User    string `json:"user"`
	Passkey string `json:"passkey"`
	Addr    string `json:"addr"`
}

// Kind implements journal.Fact.
func (*PasskeyCopied) Kind() string { return "access.passkey_copied.1" }

// Second factors besides passkeys, as SecondFactorSet names them.
const (
	FactorTOTP     = "totp"     // codes of an authenticator app
	FactorRecovery = "recovery" // one-time codes on paper
)

// SecondFactorSet is a second factor that a person set, drew anew or took away.
// The secrets are never kept in the journal.
type SecondFactorSet struct {
	journal.Envelope
	User    string `json:"user"`
	Factor  string `json:"factor"` // FactorTOTP or FactorRecovery
	Removed bool   `json:"removed,omitempty"`
}

// Kind implements journal.Fact.
func (*SecondFactorSet) Kind() string { return "access.second_factor_set.1" }

// factorFacts registers the facts of passkeys and second factors.
func factorFacts(k *journal.Kinds) {
	journal.Register(k, func(tx *store.Tx, e journal.Entry, f PasskeyRegistered) error {
		p := f.Passkey
		p.Fact = e.ID
		return tx.Exec(`INSERT INTO passkey (id, user_id, doc) VALUES ($1, $2, $3)`, p.ID, p.User, store.JSON(p))
	})
	journal.Register(k, func(tx *store.Tx, _ journal.Entry, f PasskeyRemoved) error {
		if err := tx.Exec(`DELETE FROM passkey WHERE id = $1 AND user_id = $2`, f.Passkey, f.User); err != nil {
			return fmt.Errorf("passkey: %w", err)
		}
		return nil
	})
	journal.Register(k, func(tx *store.Tx, _ journal.Entry, f PasskeyCopied) error {
		return tx.Exec(`DELETE FROM passkey WHERE id = $1 AND user_id = $2`, f.Passkey, f.User)
	})
	journal.Register(k, func(*store.Tx, journal.Entry, SecondFactorSet) error { return nil })
}
