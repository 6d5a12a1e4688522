package directory

import (
	"context"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Member is an account with its roles, as the directory shows it.
type Member struct {
	access.User
	Roles   []access.Grant  `json:"roles"`
	Binding *access.Binding `json:"binding,omitempty"` // to whom of an identity provider
}

// Offices lists the offices of this node.
func Offices(ctx context.Context, a *act.Acts, by access.Actor) ([]access.Office, error) {
	return act.View(ctx, a, by, wire.PurposeAdministration, "offices", func(tx *store.Tx, v *act.Viewing) ([]access.Office, error) {
		all, err := access.ListOffices(tx)
		if err != nil {
			return nil, err
		}
		return seen(v, all, func(o access.Office) access.Resource { return access.Resource{Type: "office", ID: o.ID} }), nil
	})
}

// Users lists the accounts that the actor answers for, and their own.
func Users(ctx context.Context, a *act.Acts, by access.Actor) ([]Member, error) {
	return act.View(ctx, a, by, wire.PurposeAdministration, "users", func(tx *store.Tx, v *act.Viewing) ([]Member, error) {
		all, err := access.ListUsers(tx)
		if err != nil {
			return nil, err
		}
		var out []Member
		for _, u := range seen(v, all, func(u access.User) access.Resource { return account("user", u.ID) }) {
			roles, err := access.Grants(tx, u.ID)
			if err != nil {
				return nil, err
			}
			m := Member{User: u, Roles: roles}
			b, bound, err := access.BindingOf(tx, u.ID)
			if err != nil {
				return nil, err
			}
			if bound {
				m.Binding = &b
			}
			out = append(out, m)
		}
		return out, nil
	})
}

// Proposals lists the changes in a state (StateOpen: what waits for a second
// person), oldest first.
func Proposals(ctx context.Context, a *act.Acts, by access.Actor, state string) ([]Proposal, error) {
	return act.View(ctx, a, by, wire.PurposeAdministration, "proposals", func(tx *store.Tx, v *act.Viewing) ([]Proposal, error) {
		all, err := listProposals(tx, state)
		if err != nil {
			return nil, err
		}
		return seen(v, all, Proposal.about), nil
	})
}

// Sessions lists the sessions in force of an account, newest first.
func Sessions(ctx context.Context, a *act.Acts, by access.Actor, user string) ([]access.Session, error) {
	return act.View(ctx, a, by, wire.PurposeAdministration, "sessions", func(tx *store.Tx, v *act.Viewing) ([]access.Session, error) {
		if err := v.Must(account("session", user)); err != nil {
			return nil, err
		}
		return access.Sessions(tx, user, a.Now())
	})
}

// seen keeps of a list what the actor may see.
func seen[T any](v *act.Viewing, all []T, of func(T) access.Resource) []T {
	out := all[:0]
	for _, x := range all {
		if v.See(of(x)) {
			out = append(out, x)
		}
	}
	return out
}
