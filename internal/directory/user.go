package directory

import (
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"golang.org/x/text/unicode/norm"
)

// CreateUser proposes an account with its first roles. The person sets their
// own password with a one-time link of two halves (access.Guard.Invite).
type CreateUser struct {
	Login    string   `json:"login" arg:""`
	Name     string   `json:"name" required:""`
	Office   string   `json:"office" required:""`
	Roles    []string `json:"roles" name:"role" required:""`
	Badge    string   `json:"badge"`
	Superior string   `json:"superior"`
	Lang     string   `json:"lang" default:"en" enum:"en,es"`
}

// Verb implements act.Command.
func (*CreateUser) Verb() string { return ChangeUser }

// Decide implements act.Command.
func (c *CreateUser) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	u := access.User{
		ID: d.ID(), Login: norm.NFKC.String(strings.TrimSpace(c.Login)), Name: norm.NFC.String(strings.TrimSpace(c.Name)),
		Office: c.Office, Badge: strings.TrimSpace(c.Badge), Superior: c.Superior, Lang: c.Lang,
	}
	if u.Lang == "" {
		u.Lang = d.By.Lang
	}
	return propose(tx, d, access.Resource{Type: "user"}, Proposal{Change: ChangeUser, User: &u, Roles: c.Roles, Subject: u.ID})
}

// GrantRole proposes a further role for an account.
type GrantRole struct {
	User string `json:"user" arg:""`
	Role string `json:"role" arg:""`
}

// Verb implements act.Command.
func (*GrantRole) Verb() string { return ChangeGrant }

// Decide implements act.Command.
func (c *GrantRole) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	return propose(tx, d, account("grant", c.User), Proposal{Change: ChangeGrant, Subject: c.User, Roles: []string{c.Role}})
}

// ResetCredential proposes to void an account's password; the person sets a
// new one with a one-time link of two halves.
type ResetCredential struct {
	User   string `json:"user" arg:""`
	Reason string `json:"reason" required:""`
}

// Verb implements act.Command.
func (*ResetCredential) Verb() string { return ChangeReset }

// Decide implements act.Command.
func (c *ResetCredential) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	return propose(tx, d, account("credential", c.User), Proposal{Change: ChangeReset, Subject: c.User, Reason: c.Reason})
}

// Unlock proposes to release an account that failed sign-ins locked.
type Unlock struct {
	User   string `json:"user" arg:""`
	Reason string `json:"reason" required:""`
}

// Verb implements act.Command.
func (*Unlock) Verb() string { return ChangeUnlock }

// Decide implements act.Command.
func (c *Unlock) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	return propose(tx, d, account("user", c.User), Proposal{Change: ChangeUnlock, Subject: c.User, Reason: c.Reason})
}

// EnableUser proposes to take a disabled account into use again.
type EnableUser struct {
	User   string `json:"user" arg:""`
	Reason string `json:"reason" required:""`
}

// Verb implements act.Command.
func (*EnableUser) Verb() string { return ChangeEnable }

// Decide implements act.Command.
func (c *EnableUser) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	return propose(tx, d, account("user", c.User), Proposal{Change: ChangeEnable, Subject: c.User, Reason: c.Reason})
}

// DisableUser takes an account out of use and ends its sessions, at once and
// by one person.
type DisableUser struct {
	User   string `json:"user" arg:""`
	Reason string `json:"reason" required:""`
}

// Verb implements act.Command.
func (*DisableUser) Verb() string { return "user.disable" }

// Decide implements act.Command.
func (c *DisableUser) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	if err := d.Allow(tx, account("user", c.User)); err != nil {
		return nil, err
	}
	u, err := someone(tx, c.User)
	if err != nil {
		return nil, err
	}
	if !u.Disabled.IsZero() {
		return nil, refusal.Conflict("directory.disabled_already")
	}
	return []journal.Fact{&UserDisabled{User: u.ID, Reason: c.Reason, At: d.Now}}, nil
}

// RevokeRole takes a role away, at once and by one person.
type RevokeRole struct {
	User   string `json:"user" arg:""`
	Role   string `json:"role" arg:""`
	Reason string `json:"reason" required:""`
}

// Verb implements act.Command.
func (*RevokeRole) Verb() string { return "role.revoke" }

// Decide implements act.Command.
func (c *RevokeRole) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	if err := d.Allow(tx, account("grant", c.User)); err != nil {
		return nil, err
	}
	held, err := access.Grants(tx, c.User)
	if err != nil {
		return nil, err
	}
	for _, g := range held {
		if g.Role == c.Role {
			return []journal.Fact{&RoleRevoked{User: c.User, Role: c.Role, Reason: c.Reason}}, nil
		}
	}
	return nil, refusal.Conflict("directory.role_not_held")
}

// EndSession ends a session of one's own, or of an account one answers for;
// without an id, every session of the account.
type EndSession struct {
	User    string `json:"user" arg:""`
	Session string `json:"session"`
}

// Verb implements act.Command.
func (*EndSession) Verb() string { return "session.end" }

// Decide implements act.Command.
func (c *EndSession) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	if err := d.Allow(tx, account("session", c.User)); err != nil {
		return nil, err
	}
	if _, err := someone(tx, c.User); err != nil {
		return nil, err
	}
	return []journal.Fact{&access.SessionEnded{User: c.User, Session: c.Session, All: c.Session == ""}}, nil
}

func account(typ, user string) access.Resource {
	return access.Resource{Type: typ, ID: user, Attrs: map[string]any{access.AttrSubject: user}}
}
