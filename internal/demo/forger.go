package demo

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/node"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// forgery is what somebody who holds a whole node (its database and its keys)
// can still try: the other node must refuse it.
type forgery struct {
	purpose string                           // other than the accord's
	refused wire.Code                        // how the other node must answer
	signer  func(n *node.Node) crypto.Signer // who vouches for the person
}

// insiders are the forgeries that are tried.
var insiders = []forgery{
	{wire.PurposeProtection, wire.CodePurpose, func(n *node.Node) crypto.Signer { return n.Keys.Sign }},
	{wire.PurposeProsecution, wire.CodeSignature, func(*node.Node) crypto.Signer {
		_, stranger, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return nil
		}
		return stranger
	}},
}

// forge plays the insider: the Mexican node is stopped, acceptances that no
// prosecutor signed or that serve another purpose are written into its journal
// and outbox past every rule, what was recorded is sent again and altered, and
// the node is started again.
func (w *World) forge(ctx context.Context) error {
	const insider = "mx"
	p := w.nodes[insider]
	if err := p.Stop(); err != nil {
		return err
	}
	n, err := node.Open(ctx, p.Folders, node.Options{Now: func() time.Time { return w.now }})
	if err != nil {
		return err
	}
	t := &w.deeds.forgeries
	t.to = otherNode(insider)
	if err = t.tamper(ctx, n, w.now); err == nil {
		err = t.insert(ctx, n, w.now)
	}
	if err := errors.Join(err, n.Close()); err != nil {
		return err
	}
	if err := p.Restart(w.ahead); err != nil {
		return err
	}
	return w.drained(ctx)
}

// insert writes every forgery into the insider's journal and outbox.
func (t *forgeries) insert(ctx context.Context, n *node.Node, now time.Time) error {
	for _, f := range insiders {
		var id string
		if err := n.DB.Write(ctx, func(tx *store.Tx) (err error) {
			id, err = f.write(tx, n, t.to, now)
			return err
		}); err != nil {
			return err
		}
		if id != "" {
			t.messages[id] = f.refused
		}
	}
	var id string
	if err := n.DB.Write(ctx, func(tx *store.Tx) (err error) {
		id, err = leak(tx, n, t.to, now)
		return err
	}); err != nil {
		return err
	}
	t.messages[id] = wire.CodeContent
	return nil
}

// leak writes a withdrawal that says why, which none may: the other side would
// learn that the protection desk stands behind it. It gives the message's id.
func leak(tx *store.Tx, n *node.Node, peer string, now time.Time) (string, error) {
	d := journal.NewSeed(now).Draw(n.Ring)
	f := &referral.Withdrawn{Step: referral.Step{Envelope: journal.Envelope{Referral: d.ID(), Case: d.ID(), To: wire.Address{Node: peer}}, Step: "withdraw", Nth: 2, Reason: "protection_need"}}
	m, err := journal.Encode(journal.Maker{Node: n.Settings.Node, Purpose: wire.PurposeProsecution}, d, f)
	if err != nil {
		return "", err
	}
	e, err := journal.Record(tx, n.Acts.Kinds, m, now)
	if err != nil {
		return "", err
	}
	return e.ID, n.Link.Enqueue(tx, peer, n.Acts.Kinds.Lane(e.Kind), e.Kind, e.Seq, time.Time{})
}

// write takes a real acceptance as its model and gives the forgery's id;
// without a model there is nothing to forge.
func (f forgery) write(tx *store.Tx, n *node.Node, peer string, now time.Time) (id string, err error) {
	var seq int64
	err = tx.QueryRow(`SELECT seq FROM fact WHERE kind = 'referral.accepted.1' AND node = $1 ORDER BY seq LIMIT 1`, n.Settings.Node).Scan(&seq)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("model of a forgery: %w", err)
	}
	_, model, err := journal.LoadSeq(tx, seq)
	if err != nil {
		return "", err
	}
	d := journal.NewSeed(now).Draw(n.Ring)
	act := model.Act
	act.ID, act.Nonce, act.Created, act.Purpose = d.ID(), d.Bytes(wire.NonceSize), now, f.purpose
	m, err := f.signed(n, act, now)
	if err != nil {
		return "", err
	}
	e, err := journal.Record(tx, n.Acts.Kinds, m, now)
	if err != nil {
		return "", err
	}
	return act.ID, n.Link.Enqueue(tx, peer, n.Acts.Kinds.Lane(act.Kind), act.Kind, e.Seq, time.Time{})
}

func (f forgery) signed(n *node.Node, act wire.Act, now time.Time) (wire.Message, error) {
	m, err := act.Message()
	if err != nil {
		return wire.Message{}, fmt.Errorf("forgery: %w", err)
	}
	proof, err := wire.SignPassword(n.Settings.Node, act.By.ID, m.ActDigest(), now, f.signer(n))
	if err != nil {
		return wire.Message{}, fmt.Errorf("forgery: %w", err)
	}
	m, err = m.Signed(proof)
	if err != nil {
		return wire.Message{}, fmt.Errorf("forgery: %w", err)
	}
	return m, nil
}
