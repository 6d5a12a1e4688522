package referral

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// CountKeys carries the key of what was counted, sealed to the other node, right
// after the signature that it stands in and in the same lane: in any other it
// could come first, and would open nothing.
type CountKeys struct {
	journal.Envelope
	Message string        `json:"message"`
	Boxes   []wire.KeyBox `json:"boxes"`
}

// Kind implements journal.Fact.
func (CountKeys) Kind() string { return "referral.count_keys.1" }

func countOpening(from string, to wire.Address, referral string) packet.Opening {
	return packet.Opening{Referral: referral, From: from, To: to, Tier: wire.TierAnalysis}
}

// countKeys sends the key after a second signature. On the node that received it
// there is no such key, and nothing follows.
func countKeys[F any](link packet.Link) func(*store.Tx, *journal.Draw, journal.Entry, F) ([]journal.Fact, error) {
	return func(tx *store.Tx, d *journal.Draw, e journal.Entry, _ F) ([]journal.Fact, error) {
		part, ok := e.Part(partCounted)
		if !ok || e.To.Node == "" {
			return nil, nil
		}
		r, err := Load(tx, e.Referral)
		if err != nil || r.here().Node != e.From.Node {
			return nil, err
		}
		boxes, err := packet.Boxes(tx, d, link, countOpening(e.From.Node, e.To, e.Referral), []string{part.Key})
		if len(boxes) == 0 || err != nil {
			return nil, err
		}
		return []journal.Fact{&CountKeys{Envelope: journal.Envelope{Case: e.Case, Referral: e.Referral, To: e.To}, Message: e.ID, Boxes: boxes}}, nil
	}
}

// admitCountKeys takes keys from the node whose count they open.
func admitCountKeys(link packet.Link) func(*store.Tx, wire.Message, CountKeys) (wire.Code, error) {
	return func(tx *store.Tx, m wire.Message, f CountKeys) (wire.Code, error) {
		e, _, err := journal.Load(tx, f.Message)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return wire.CodeUnknownObject, nil
		case err != nil && !errors.Is(err, journal.ErrForgotten):
			return "", fmt.Errorf("message of a count's keys: %w", err)
		case e.Node != m.Act.From.Node, e.Referral != m.Act.Referral, len(f.Boxes) == 0:
			return wire.CodeNotOwner, nil
		}
		for _, b := range f.Boxes {
			if !slices.ContainsFunc(e.Sealed, func(p wire.Part) bool { return p.ID == partCounted && p.Key == b.Key }) {
				return wire.CodeContent, nil
			}
			if _, code := packet.OpenBox(link, countOpening(m.Act.From.Node, m.Act.To, m.Act.Referral), b); code != "" {
				return code, nil
			}
		}
		return "", nil
	}
}

// keepCountKeys puts received keys into the keyring. On the node that sent them
// nothing opens, because they are sealed to the other.
func keepCountKeys(link packet.Link) func(*store.Tx, *journal.Draw, journal.Entry, CountKeys) ([]journal.Fact, error) {
	return func(tx *store.Tx, d *journal.Draw, e journal.Entry, f CountKeys) ([]journal.Fact, error) {
		for _, b := range f.Boxes {
			key, code := packet.OpenBox(link, countOpening(e.From.Node, e.To, e.Referral), b)
			if code != "" {
				continue
			}
			if err := d.Ring().Store(tx, b.Key, "referral/"+e.Referral, key, d.Now); err != nil {
				return nil, err
			}
		}
		return nil, nil
	}
}

func registerCountKeys(k *journal.Kinds, link packet.Link) {
	journal.Register(k, func(*store.Tx, journal.Entry, CountKeys) error { return nil })
	journal.Admit(k, admitCountKeys(link))
	journal.React(k, keepCountKeys(link))
	k.Set(journal.InLane(wire.LaneAlert), &CountKeys{})
}
