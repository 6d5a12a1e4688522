package access

import (
	"time"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
)

// Reasons why a sign-in failed, as the journal keeps them. The person is told
// one sentence for all, so that nobody can find out which names exist.
const (
	FailedName     = "name"      // no such account; the name typed is not kept
	FailedSecret   = "secret"    // wrong password
	FailedLocked   = "locked"    // the account is locked
	FailedDisabled = "disabled"  // the account or its office is not in use
	FailedAddress  = "address"   // too many failures from this address
	FailedConfirm  = "confirm"   // wrong password when confirming an act
	FailedLink     = "link"      // an unknown or spent one-time link
	FailedInFlight = "in_flight" // too many tries at the same time
	FailedPasskey  = "passkey"   // no such passkey, a wrong answer, or a copy
	FailedCode     = "code"      // a wrong code as second factor
	FailedProvider = "provider"  // an identity provider vouched for nobody here
)

// SignedIn is a sign-in, after the use notice was acknowledged.
type SignedIn struct {
	journal.Envelope
	User    string `json:"user"`
	Session string `json:"session"`
	Door    string `json:"door"`          // web or api
	Addr    string `json:"addr"`          // network address of the official
	Notice  string `json:"notice"`        // version of the use notice acknowledged
	How     string `json:"how,omitempty"` // one of How…; absent before there were second factors
}

// Kind implements journal.Fact.
func (*SignedIn) Kind() string { return "access.signed_in.1" }

// SignInFailed is a sign-in or a confirmation that failed. The password is
// never kept, nor a name that is not an account's.
type SignInFailed struct {
	journal.Envelope
	User   string `json:"user,omitempty"`
	Reason string `json:"reason"`
	Addr   string `json:"addr"`
}

// Kind implements journal.Fact.
func (*SignInFailed) Kind() string { return "access.sign_in_failed.1" }

// Locked is an account that takes no more sign-ins until two people release it.
type Locked struct {
	journal.Envelope
	User string    `json:"user"`
	At   time.Time `json:"at"`
}

// Kind implements journal.Fact.
func (*Locked) Kind() string { return "access.locked.1" }

// SessionEnded is the end of a session by a person: signing out, or ending
// another one. All ends every session of the account.
type SessionEnded struct {
	journal.Envelope
	User    string `json:"user"`
	Session string `json:"session,omitempty"`
	All     bool   `json:"all,omitempty"`
}

// Kind implements journal.Fact.
func (*SessionEnded) Kind() string { return "access.session_ended.1" }

// Invited is the drawing of one half of a one-time link by one of the two
// people who made or reset an account.
type Invited struct {
	journal.Envelope
	User   string `json:"user"`
	Holder string `json:"holder"`
}

// Kind implements journal.Fact.
func (*Invited) Kind() string { return "access.invited.1" }

// CredentialSet is a password set by its own person; the password is not kept.
type CredentialSet struct {
	journal.Envelope
	User string `json:"user"`
	How  string `json:"how"` // founding, invitation or change
	Addr string `json:"addr,omitempty"`
}

// Kind implements journal.Fact.
func (*CredentialSet) Kind() string { return "access.credential_set.1" }

// Facts registers the facts of this package.
func Facts(k *journal.Kinds) {
	factorFacts(k)
	journal.Register(k, applyRecorded)
	journal.Register(k, func(*store.Tx, journal.Entry, SignedIn) error { return nil })
	journal.Register(k, func(*store.Tx, journal.Entry, SignInFailed) error { return nil })
	journal.Register(k, func(tx *store.Tx, _ journal.Entry, f Locked) error {
		return ChangeUser(tx, f.User, func(u *User) { u.Locked = f.At })
	})
	journal.Register(k, func(tx *store.Tx, _ journal.Entry, f SessionEnded) error {
		if f.All {
			return EndSessions(tx, f.User)
		}
		return tx.Exec(`DELETE FROM session WHERE user_id = $1 AND id = $2`, f.User, f.Session)
	})
	journal.Register(k, func(*store.Tx, journal.Entry, Invited) error { return nil })
	journal.Register(k, func(tx *store.Tx, _ journal.Entry, f CredentialSet) error {
		return ChangeUser(tx, f.User, func(u *User) { u.Invite = nil })
	})
}
