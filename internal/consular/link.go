package consular

import (
	"database/sql"
	"errors"
	"fmt"

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

// keysFollow sends the key of a notice right after it.
func keysFollow(link packet.Link) func(*store.Tx, *journal.Draw, journal.Entry, Notified) ([]journal.Fact, error) {
	return func(tx *store.Tx, d *journal.Draw, e journal.Entry, f Notified) ([]journal.Fact, error) {
		boxes, err := packet.Follow(tx, d, link, e, partIdentity)
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
		return packet.AdmitBoxes(tx, link, m.Act, n.Sent.Fact, f.Boxes)
	}
}

// keepKeys puts a received key into the keyring, unless the person took the
// notice back before it came.
func keepKeys(link packet.Link) func(*store.Tx, *journal.Draw, journal.Entry, KeysFollowed) ([]journal.Fact, error) {
	return func(tx *store.Tx, d *journal.Draw, e journal.Entry, f KeysFollowed) ([]journal.Fact, error) {
		n, _, err := stored(tx, f.Notice)
		switch {
		case err != nil:
			return nil, err
		case n.Withdrawn == nil:
			return nil, packet.KeepBoxes(tx, d, link, e, f.Boxes, func(string) string { return keySubject(f.Notice) })
		case packet.OpensHere(link, e, f.Boxes):
			return nil, journal.ForgetBodies(tx, []string{e.ID})
		}
		return nil, nil
	}
}
