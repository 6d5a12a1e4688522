package directory

import (
	"crypto/ed25519"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// RotateKeys proposes that this node gets new keys of the link: signing, seal
// and certificate. Once a second person of another office has approved, the
// node draws them, signs for them with the former ones, and shows them to its
// peers before anything else is sent. What the former keys signed stays
// evidence.
type RotateKeys struct {
	Reason string `json:"reason" required:""`
}

// Verb implements act.Command.
func (*RotateKeys) Verb() string { return "peer.rotate" }

// Decide implements act.Command.
func (c *RotateKeys) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	return propose(tx, d, access.Resource{Type: "peer", ID: d.Node}, Proposal{Change: ChangeRotate, Subject: d.Node, Reason: c.Reason})
}

// RevokeKeys proposes that a node's keys are not believed any more, from a
// moment on. A peer's: once a second person has approved, nothing is taken
// from it and nothing is sealed to it, what is queued waits, and only new
// fingerprints compared by people open the link again. This node's own: it
// gets new keys, and its peers are told to compare them.
type RevokeKeys struct {
	Peer   string    `json:"peer" arg:""`
	Reason string    `json:"reason" required:""`
	From   time.Time `json:"from,omitzero"` // when the keys were lost; now if not given
}

// Verb implements act.Command.
func (*RevokeKeys) Verb() string { return "peer.revoke" }

// Decide implements act.Command.
func (c *RevokeKeys) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	p := Proposal{Change: ChangeRevoke, Subject: c.Peer, Reason: c.Reason, From: c.From, Own: c.Peer == d.Node}
	if p.From.IsZero() {
		p.From = d.Now
	}
	if p.From.After(d.Now) {
		return nil, refusal.New("peer.from_ahead")
	}
	if !p.Own {
		known, err := exchange.Descriptor(tx, c.Peer)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, err
		}
		if err == nil {
			p.Key = wire.KeyID(ed25519.PublicKey(known.SignKey))
		}
	}
	return propose(tx, d, access.Resource{Type: "peer", ID: c.Peer}, p)
}

// checkKeys holds a change of keys against the nodes as they stand.
func (p Proposal) checkKeys(tx *store.Tx) error {
	if p.Change == ChangeRotate || p.Own {
		_, waits, err := exchange.OrderedRotation(tx)
		return errors.Join(err, onlyIf(waits, refusal.Conflict("peer.rotating")))
	}
	known, err := exchange.Descriptor(tx, p.Subject)
	if errors.Is(err, sql.ErrNoRows) {
		return refusal.NotFound()
	}
	if err != nil {
		return err
	}
	return onlyIf(wire.KeyID(ed25519.PublicKey(known.SignKey)) != p.Key, refusal.Conflict("peer.other_keys", "Node", p.Subject))
}

// newKeys lets the ceremony be held again for a node that is paired: only with
// other keys, and never with those that it had before.
func newKeys(tx *store.Tx, p exchange.Peer, d wire.Descriptor) error {
	keys, err := exchange.KeysOf(tx, p.ID)
	if err != nil {
		return err
	}
	known := slices.ContainsFunc(keys, func(k wire.Key) bool { return slices.Equal(k.Descriptor.SignKey, d.SignKey) })
	return onlyIf(known, refusal.Conflict("peer.approved_already", "Node", p.ID))
}
