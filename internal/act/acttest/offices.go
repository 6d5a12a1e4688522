package acttest

import (
	"context"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/journal"
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

func officeFacts(k *journal.Kinds) {
	journal.Register(k, func(tx *store.Tx, _ journal.Entry, f officeMade) error {
		return tx.Exec(`INSERT INTO office (id, doc) VALUES ($1, $2)`, f.ID, store.JSON(access.Office{ID: f.ID}))
	})
}

// Offices opens offices of this node, as the founding does.
func (n *Node) Offices(ids ...string) {
	n.t.Helper()
	err := n.NodeActs(context.Background(), wire.PurposeAdministration, func(*store.Tx, *journal.Draw) ([]journal.Fact, error) {
		var facts []journal.Fact
		for _, id := range ids {
			facts = append(facts, &officeMade{ID: id})
		}
		return facts, nil
	})
	if err != nil {
		n.t.Fatal(err)
	}
}
