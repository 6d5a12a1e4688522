package act

import (
	"errors"
	"fmt"
	"slices"

	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// errOtherDigest says that a peer gives back another message than the one that
// is here under the same id.
var errOtherDigest = errors.New("act: another message has this id")

// Return takes back a message that this node had before a backup was restored
// and that a peer still holds: one of this node's own, or one of the peer's
// that this node had signed for. It is recorded and applied by the same code
// as ever. What follows it at home follows again; what follows it to another
// node had left already and comes back by itself. If it does not fit what is
// here, because what it rests on was lost, it is kept without effect. It
// answers with its place in the journal.
func (a *Acts) Return(tx *store.Tx, d *journal.Draw, peer string, m wire.Message) (seq int64, err error) {
	leaf, known, code, err := a.already(tx, m)
	switch {
	case err != nil:
		return 0, err
	case code != "":
		return 0, errOtherDigest
	case known:
		return leaf + 1, nil
	}
	var e journal.Entry
	why, err := tx.Attempt(func() (err error) {
		e, err = a.again(tx, d, m, 0)
		return err
	})
	if why == nil || err != nil {
		return e.Seq, err
	}
	inert := &journal.Inert{Envelope: journal.Envelope{Case: m.Act.Case, Referral: m.Act.Referral}, Fact: m.Act.ID, Of: m.Act.Kind, Peer: peer}
	purpose := m.Act.Purpose
	if !wire.KnownPurpose(purpose) {
		purpose = wire.PurposeOversight
	}
	if err := a.Enter(tx, d, purpose, []journal.Fact{inert}); err != nil {
		return 0, fmt.Errorf("message without effect: %w", errors.Join(err, why))
	}
	e, err = journal.RecordInert(tx, m, a.Now())
	return e.Seq, err
}

// again records a message and what follows it at home.
func (a *Acts) again(tx *store.Tx, d *journal.Draw, m wire.Message, depth int) (journal.Entry, error) {
	e, err := journal.Record(tx, a.Kinds, m, a.Now())
	if err != nil {
		return e, err
	}
	if err := a.tell(tx, e); err != nil {
		return e, err
	}
	if depth == reactionDepth {
		return e, fmt.Errorf("act: reactions to %s do not end", e.Kind)
	}
	facts, err := journal.Reactions(tx, a.Kinds, d, e, m)
	if err != nil {
		return e, err
	}
	if err := d.StoreKeys(tx); err != nil {
		return e, err
	}
	for _, f := range facts {
		next, err := journal.Encode(journal.Maker{Node: a.Node, Purpose: e.Purpose, Lang: e.Lang}, d, f)
		if err != nil {
			return e, err
		}
		if to := next.Act.To.Node; to != "" && to != a.Node {
			continue
		}
		if _, err := a.again(tx, d, next, depth+1); err != nil {
			return e, err
		}
	}
	return e, nil
}

// settling are the acts by which two people settle what a restored node cannot
// join with what a peer holds.
var settling = []string{"link.epoch", "proposal.approve", "proposal.reject"}

// standing refuses acts on a node that was restored from a backup until it has
// what its peers hold beyond it; but for those that settle a contradiction.
func standing(tx *store.Tx, verb string) error {
	waits, err := exchange.Restoring(tx)
	if err != nil {
		return err
	}
	for _, peer := range waits {
		contradicts, err := exchange.Contradicts(tx, peer)
		if err != nil {
			return err
		}
		if !contradicts || !slices.Contains(settling, verb) {
			return refusal.Conflict("node.restored", "Node", peer)
		}
	}
	return nil
}
