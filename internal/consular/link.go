package consular

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// KeysFollowed carries the key of a notice, sealed to the consulate's node.
type KeysFollowed struct {
	journal.Envelope
	Notice string        `json:"notice"`
	Boxes  []wire.KeyBox `json:"boxes"`
}

// Kind implements journal.Fact.
func (KeysFollowed) Kind() string { return "consular.keys_followed.1" }

// stored is a notice as the node has it, also where only its withdrawal has come.
func stored(tx *store.Tx, id string) (n Notice, known bool, err error) {
	n, err = store.Doc[Notice](tx, `SELECT doc FROM consular_notice WHERE id = $1`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return n, false, nil
	}
	if err != nil {
		return n, false, fmt.Errorf("consular notice: %w", err)
	}
	return n, true, nil
}

// open opens a sealed part of a fact; nothing where its body or key is gone.
func open(tx *store.Tx, o casefile.Opener, fact, part string, into any) error {
	e, _, err := journal.Load(tx, fact)
	if errors.Is(err, journal.ErrForgotten) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("fact of a sealed part: %w", err)
	}
	p, _ := e.Part(part)
	if err := o.Open(tx, p, into); err != nil && !errors.Is(err, seal.ErrNoKey) {
		return fmt.Errorf("%s: %w", part, err)
	}
	return nil
}

func opening(from string, to wire.Address, notice string) packet.Opening {
	return packet.Opening{Referral: notice, From: from, To: to, Tier: wire.TierAnalysis}
}

// keysFollow sends the key of a notice right after it. On the node that received
// the notice there is no such key, and nothing follows.
func keysFollow(link packet.Link) func(*store.Tx, *journal.Draw, journal.Entry, Notified) ([]journal.Fact, error) {
	return func(tx *store.Tx, d *journal.Draw, e journal.Entry, f Notified) ([]journal.Fact, error) {
		part, _ := e.Part(partIdentity)
		boxes, err := packet.Boxes(tx, d, link, opening(e.From.Node, e.To, f.ID), []string{part.Key})
		if len(boxes) == 0 || err != nil {
			return nil, err
		}
		return []journal.Fact{&KeysFollowed{Envelope: Notice{ID: f.ID}.envelope(e.To), Notice: f.ID, Boxes: boxes}}, nil
	}
}

// admitKeys takes the key from the node whose notice it opens.
func admitKeys(link packet.Link) func(*store.Tx, wire.Message, KeysFollowed) (wire.Code, error) {
	return func(tx *store.Tx, m wire.Message, f KeysFollowed) (wire.Code, error) {
		n, known, err := stored(tx, f.Notice)
		switch {
		case err != nil:
			return "", err
		case m.Act.Purpose != wire.PurposeProtection:
			return wire.CodePurpose, nil
		case !known || n.Sent == nil:
			return wire.CodeUnknownObject, nil
		case n.From.Node != m.Act.From.Node || m.Act.Case != n.ID:
			return wire.CodeNotOwner, nil
		case len(f.Boxes) != 1:
			return wire.CodeContent, nil
		}
		e, _, err := journal.Load(tx, n.Sent.Fact)
		if errors.Is(err, journal.ErrForgotten) {
			return "", nil
		}
		if err != nil {
			return "", fmt.Errorf("notice of a key: %w", err)
		}
		if !slices.ContainsFunc(e.Sealed, func(p wire.Part) bool { return p.Key == f.Boxes[0].Key }) {
			return wire.CodeContent, nil
		}
		_, code := packet.OpenBox(link, opening(m.Act.From.Node, m.Act.To, n.ID), f.Boxes[0])
		return code, nil
	}
}

// keepKeys puts a received key into the keyring, unless the person took the
// notice back before it came. On the node that sent it nothing opens, because it
// is sealed to the other.
func keepKeys(link packet.Link) func(*store.Tx, *journal.Draw, journal.Entry, KeysFollowed) ([]journal.Fact, error) {
	return func(tx *store.Tx, d *journal.Draw, e journal.Entry, f KeysFollowed) ([]journal.Fact, error) {
		n, _, err := stored(tx, f.Notice)
		if err != nil {
			return nil, err
		}
		for _, b := range f.Boxes {
			key, code := packet.OpenBox(link, opening(e.From.Node, e.To, f.Notice), b)
			switch {
			case code != "":
			case n.Withdrawn != nil:
				return nil, journal.ForgetBodies(tx, []string{e.ID})
			default:
				if err := d.Ring().Store(tx, b.Key, keySubject(f.Notice), key, d.Now); err != nil {
					return nil, err
				}
			}
		}
		return nil, nil
	}
}
