package directory

import (
	"errors"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// BeginLanes proposes that the lanes with a peer begin anew, where the two nodes
// contradict each other about what was sent. Once a second person of another
// office has approved, and two people of the other node as well, what was not
// signed for is sent again under new numbers; what both hold from before stays
// in both journals.
type BeginLanes struct {
	Link   string `json:"link" arg:""` // the node at its other end
	Reason string `json:"reason" required:""`
}

// Verb implements act.Command.
func (*BeginLanes) Verb() string { return ChangeEpoch }

// Decide implements act.Command.
func (c *BeginLanes) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	return propose(tx, d, access.Resource{Type: "peer", ID: c.Link}, Proposal{Change: ChangeEpoch, Subject: c.Link, Reason: c.Reason})
}

// checkLanes lets lanes begin anew only where something contradicts: lanes that
// agree go on with their numbers.
func checkLanes(tx *store.Tx, peer string) error {
	contradicts, err := exchange.Contradicts(tx, peer)
	return errors.Join(err, onlyIf(err == nil && !contradicts, refusal.Conflict("exchange.lanes_agree", "Node", peer)))
}
