package packet

import (
	"crypto/hpke"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// The key of a sealed part goes to the other node in a message of its own, after
// the one that the part stands in: when a tier is reached (KeysReleased), or right
// after it, where whoever receives it is to read it at once. Whatever kind of fact
// carries it, keys go, are taken and are kept by what stands here; when they go and
// what else they are asked is of the kinds.

// matter is what a message is about, as the boxes of its keys name it: its
// referral, or what stands where a case does and travels under its own id.
func matter(caseID, referral string) string {
	if referral != "" {
		return referral
	}
	return caseID
}

// Follow seals the key of one part of a fact to the node that the fact went to. On
// the node that received it there is no such key, and nothing follows.
func Follow(tx *store.Tx, d *journal.Draw, link Link, e journal.Entry, part string) ([]wire.KeyBox, error) {
	p, ok := e.Part(part)
	if !ok || e.To.Node == "" {
		return nil, nil
	}
	return Boxes(tx, d, link, Opening{Referral: matter(e.Case, e.Referral), From: e.From.Node, To: e.To, Tier: wire.TierAnalysis}, []string{p.Key})
}

// Boxes seals keys that this node holds to the receiving node. A key that was
// destroyed does not go.
func Boxes(tx *store.Tx, d *journal.Draw, link Link, o Opening, keys []string) (boxes []wire.KeyBox, err error) {
	var to hpke.PublicKey
	for _, id := range keys {
		key, err := d.Key(tx, id)
		if missing(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if to == nil {
			if to, err = link.SealTo(tx, o.To.Node); err != nil {
				return nil, fmt.Errorf("seal key of the peer: %w", err)
			}
		}
		box, err := wire.SealKey(to, wire.KeyRelease{From: o.From, To: o.To.Node, Referral: o.Referral, Tier: o.Tier, Key: id}, key)
		if err != nil {
			return nil, err
		}
		boxes = append(boxes, box)
	}
	return boxes, nil
}

// AdmitBoxes takes keys from the node whose message they open, for the matter that
// the message is about: every box must name a part of that message, one of these
// where some are named, and open with this node's key.
func AdmitBoxes(tx *store.Tx, link Link, a wire.Act, message string, boxes []wire.KeyBox, parts ...string) (wire.Code, error) {
	e, _, err := journal.Load(tx, message)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return wire.CodeUnknownObject, nil
	case err != nil && !errors.Is(err, journal.ErrForgotten):
		return "", fmt.Errorf("message of the keys: %w", err)
	case e.Node != a.From.Node, matter(e.Case, e.Referral) != matter(a.Case, a.Referral), len(boxes) == 0:
		return wire.CodeNotOwner, nil
	}
	for _, b := range boxes {
		named := func(p wire.Part) bool { return p.Key == b.Key && (len(parts) == 0 || slices.Contains(parts, p.ID)) }
		if !slices.ContainsFunc(e.Sealed, named) {
			return wire.CodeContent, nil
		}
		if _, code := openBox(link, matter(a.Case, a.Referral), a.From.Node, a.To.Node, b); code != "" {
			return code, nil
		}
	}
	return "", nil
}

// KeepBoxes puts the keys that a fact brought into the keyring, each under what
// subject says of it. On the node that sent them nothing opens, because they are
// sealed to the other.
func KeepBoxes(tx *store.Tx, d *journal.Draw, link Link, e journal.Entry, boxes []wire.KeyBox, subject func(key string) string) error {
	for _, b := range boxes {
		key, code := openBox(link, matter(e.Case, e.Referral), e.From.Node, e.To.Node, b)
		if code != "" {
			continue
		}
		if err := d.Ring().Store(tx, b.Key, subject(b.Key), key, d.Now); err != nil {
			return err
		}
	}
	return nil
}

// OpensHere reports whether a fact brought a key that is sealed to this node.
func OpensHere(link Link, e journal.Entry, boxes []wire.KeyBox) bool {
	return slices.ContainsFunc(boxes, func(b wire.KeyBox) bool {
		_, code := openBox(link, matter(e.Case, e.Referral), e.From.Node, e.To.Node, b)
		return code == ""
	})
}

// openBox opens a key that one node sealed to another about a matter. An error is
// the code to refuse the box with.
func openBox(link Link, matter, from, to string, b wire.KeyBox) ([32]byte, wire.Code) {
	own, ok := link.OwnSeal(b.Recipient)
	if !ok {
		return [32]byte{}, wire.CodeSupersededKey
	}
	key, err := wire.OpenKey(own, wire.KeyRelease{From: from, To: to, Referral: matter, Tier: b.Tier, Key: b.Key}, b)
	if err != nil {
		return key, wire.CodeOf(err)
	}
	return key, ""
}
