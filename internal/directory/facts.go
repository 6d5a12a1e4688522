package directory

import (
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
)

// UserDisabled is an account taken out of use.
type UserDisabled struct {
	journal.Envelope
	User   string    `json:"user"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

// Kind implements journal.Fact.
func (*UserDisabled) Kind() string { return "directory.user_disabled.1" }

// RoleRevoked is a role taken away.
type RoleRevoked struct {
	journal.Envelope
	User   string `json:"user"`
	Role   string `json:"role"`
	Reason string `json:"reason"`
}

// Kind implements journal.Fact.
func (*RoleRevoked) Kind() string { return "directory.role_revoked.1" }

// Facts registers the facts of this package.
func Facts(k *journal.Kinds) {
	journal.Register(k, applyProposed)
	journal.Register(k, applyDecided)
	journal.Register(k, applyFounded)
	journal.Register(k, applyContact)
	journal.Register(k, func(tx *store.Tx, _ journal.Entry, f UserDisabled) error {
		if err := access.ChangeUser(tx, f.User, func(u *access.User) { u.Disabled = f.At }); err != nil {
			return err
		}
		return access.EndSessions(tx, f.User)
	})
	journal.Register(k, func(tx *store.Tx, _ journal.Entry, f Unbound) error {
		if err := access.Unbind(tx, f.User); err != nil {
			return err
		}
		return access.EndSessions(tx, f.User)
	})
	journal.Register(k, func(tx *store.Tx, _ journal.Entry, f RoleRevoked) error {
		return access.EndGrant(tx, f.User, f.Role)
	})
}

// Verbs registers the commands of this package.
func Verbs(v act.Verbs) {
	v.Add(&CreateOffice{}, &CloseOffice{}, &ConfirmContact{}, &CreateUser{}, &GrantRole{}, &ResetCredential{}, &Unlock{}, &EnableUser{},
		&DisableUser{}, &RevokeRole{}, &BindUser{}, &UnbindUser{}, &EndSession{}, &Approve{}, &Reject{}, &ProposePeer{}, &ApprovePeer{}, &RotateKeys{}, &RevokeKeys{}, &BeginLanes{})
}
