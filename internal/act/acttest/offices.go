package acttest

import (
	"context"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// officeMade opens an office in tests, as a fact, so that replay makes it too.
type officeMade struct {
	journal.Envelope
	ID string `json:"id"`
}

// Kind implements journal.Fact.
func (officeMade) Kind() string { return "acttest.office_made.1" }

// userMade makes an account in tests, as a fact.
type userMade struct {
	journal.Envelope
	User  access.User `json:"user"`
	Roles []string    `json:"roles,omitempty"`
}

// Kind implements journal.Fact.
func (userMade) Kind() string { return "acttest.user_made.1" }

func officeFacts(k *journal.Kinds) {
	journal.Register(k, func(tx *store.Tx, _ journal.Entry, f userMade) error {
		if err := access.SaveUser(tx, f.User); err != nil {
			return err
		}
		for _, role := range f.Roles {
			if err := access.SaveGrant(tx, access.Grant{User: f.User.ID, Role: role, Since: f.User.From}); err != nil {
				return err
			}
		}
		return nil
	})
	journal.Register(k, func(tx *store.Tx, _ journal.Entry, f officeMade) error {
		return tx.Exec(`INSERT INTO office (id, doc) VALUES ($1, $2)`, f.ID, store.JSON(access.Office{ID: f.ID}))
	})
}

// Offices opens offices of this node, as the founding does.
func (n *Node) Offices(ids ...string) {
	n.t.Helper()
	for _, id := range ids {
		n.enter(&officeMade{ID: id})
	}
}

// Subordinate is Person with an account whose direct superior is another's.
func (n *Node) Subordinate(superior access.Actor, id, office string, roles ...string) access.Actor {
	n.t.Helper()
	n.enter(&userMade{User: access.User{ID: id, Login: id, Name: "Official " + id, Office: office, Superior: superior.User, Lang: "en", From: n.Clock}})
	return n.Person(id, office, roles...)
}

// Account is Person with an account that holds the roles, in an office that is there.
func (n *Node) Account(id, office string, roles ...string) access.Actor {
	n.t.Helper()
	n.enter(&userMade{User: access.User{ID: id, Login: id, Name: "Official " + id, Office: office, Lang: "en", From: n.Clock}, Roles: roles})
	return n.Person(id, office, roles...)
}

// enter records a fact of the node itself.
func (n *Node) enter(f journal.Fact) {
	n.t.Helper()
	err := n.NodeActs(context.Background(), wire.PurposeAdministration, func(*store.Tx, *journal.Draw) ([]journal.Fact, error) {
		return []journal.Fact{f}, nil
	})
	if err != nil {
		n.t.Fatal(err)
	}
}

// Refused takes an act that must be refused with a code.
func (n *Node) Refused(by access.Actor, purpose, code string, cmd act.Command) {
	n.t.Helper()
	_, err := n.Take(by, purpose, cmd)
	if r, ok := refusal.As(err); !ok || r.Code != code {
		n.t.Errorf("%s: got %v, want refusal %s", cmd.Verb(), err, code)
	}
}
