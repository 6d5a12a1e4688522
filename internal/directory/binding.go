package directory

import (
	"strings"
	"unicode"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/provider"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// BindUser proposes that whoever an agency's identity provider knows as subject
// signs in to an account through it. The provider then takes the place of the
// password, never of the passkey that signs.
type BindUser struct {
	User    string `json:"user" arg:""`
	Issuer  string `json:"issuer" required:""`
	Subject string `json:"subject" required:""`
	Reason  string `json:"reason" required:""`
}

// Verb implements act.Command.
func (*BindUser) Verb() string { return ChangeBind }

// Decide implements act.Command.
func (c *BindUser) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	b := access.Binding{User: c.User, Issuer: strings.TrimSpace(c.Issuer), Subject: strings.TrimSpace(c.Subject)}
	return propose(tx, d, account("credential", c.User), Proposal{Change: ChangeBind, Subject: c.User, Binding: &b, Reason: c.Reason})
}

// checkBinding holds a binding against the others: one person of a provider has
// one account.
func checkBinding(tx *store.Tx, b access.Binding) error {
	if !provider.IsIssuer(b.Issuer) {
		return refusal.New("directory.issuer", "field", "issuer")
	}
	if b.Subject == "" || len(b.Subject) > 255 || strings.ContainsFunc(b.Subject, unicode.IsControl) {
		return refusal.New("directory.subject", "field", "subject")
	}
	other, taken, err := access.BoundTo(tx, b.Issuer, b.Subject)
	if err == nil && taken && other.User != b.User {
		return refusal.Conflict("directory.bound_already")
	}
	return err
}

// UnbindUser ends an account's binding and its sessions, at once and by one person.
type UnbindUser struct {
	User   string `json:"user" arg:""`
	Reason string `json:"reason" required:""`
}

// Verb implements act.Command.
func (*UnbindUser) Verb() string { return "user.unbind" }

// Decide implements act.Command.
func (c *UnbindUser) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	if err := d.Allow(tx, account("user", c.User)); err != nil {
		return nil, err
	}
	if _, err := someone(tx, c.User); err != nil {
		return nil, err
	}
	_, bound, err := access.BindingOf(tx, c.User)
	if err != nil {
		return nil, err
	}
	if !bound {
		return nil, refusal.Conflict("directory.not_bound")
	}
	return []journal.Fact{&Unbound{User: c.User, Reason: c.Reason}}, nil
}

// Unbound is an account that no identity provider opens any more.
type Unbound struct {
	journal.Envelope
	User   string `json:"user"`
	Reason string `json:"reason"`
}

// Kind implements journal.Fact.
func (*Unbound) Kind() string { return "directory.user_unbound.1" }
