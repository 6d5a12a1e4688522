package packet

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// KeysReleased carries content keys, sealed to the receiving node, that open
// parts of one message already sent. The node that sent the message emits it
// by itself, when the tier is reached.
type KeysReleased struct {
	journal.Envelope
	Message string        `json:"message"` // whose parts the keys open
	Boxes   []wire.KeyBox `json:"boxes"`
}

// Kind implements journal.Fact.
func (KeysReleased) Kind() string { return "packet.keys_released.1" }

// Release gives the fact that opens a tier of a version to the node it was
// sent to: keys that have not gone yet, whose ground still covers them now, and
// which open nobody else's name.
// nil when there are none, or on a node that only received the version.
func Release(tx *store.Tx, d *journal.Draw, link Link, v Version, tier string) (*KeysReleased, error) {
	if !v.Home || v.Message == "" {
		return nil, nil
	}
	keys, err := Keys(tx, v.Packet, v.N)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, k := range keys {
		if k.Tier != tier || !k.Released.IsZero() {
			continue
		}
		may, err := stillCovered(tx, d, v, k)
		if err != nil {
			return nil, err
		}
		named, err := tells(tx, d, v, k)
		if err != nil {
			return nil, err
		}
		if may && !named {
			ids = append(ids, k.ID)
		}
	}
	return Give(tx, d, link, Opening{Message: v.Message, Case: v.Case, Referral: v.Referral, From: v.From.Node, To: v.To, Tier: tier}, ids)
}

// stillCovered asks again, at the moment of release, for the ground on which a
// key goes.
func stillCovered(tx *store.Tx, d *journal.Draw, v Version, k Key) (bool, error) {
	switch {
	case k.Person == "":
		return true, nil
	case k.Ground == GroundSuspect:
		return protection.NameMayGo(tx, v.Case, k.Person)
	}
	_, may, err := protection.MayRelease(tx, v.Case, k.Person, protection.CategoryIdentity, wire.PurposeProsecution, v.To, d.Now)
	if err != nil || !may {
		return false, err
	}
	c, err := protection.FindConsent(tx, k.Ground)
	return err == nil && c.InForce(d.Now), err
}

// Opening says which message keys open, for whom and at which tier.
type Opening struct {
	Message, Case, Referral string
	From                    string // this node
	To                      wire.Address
	Tier                    string
}

// Give seals keys that this node holds to the receiving node. nil for no keys;
// a key that was destroyed does not go.
func Give(tx *store.Tx, d *journal.Draw, link Link, o Opening, keys []string) (*KeysReleased, error) {
	boxes, err := Boxes(tx, d, link, o, keys)
	if len(boxes) == 0 || err != nil {
		return nil, err
	}
	return &KeysReleased{Envelope: journal.Envelope{Case: o.Case, Referral: o.Referral, To: o.To}, Message: o.Message, Boxes: boxes}, nil
}

// applyReleased notes on both nodes which keys of a version have gone.
func applyReleased(tx *store.Tx, e journal.Entry, f KeysReleased) error {
	for _, b := range f.Boxes {
		k, err := store.Doc[Key](tx, `SELECT doc FROM packet_key WHERE id = $1`, b.Key)
		if errors.Is(err, sql.ErrNoRows) {
			continue // of a letter, not of a packet
		}
		if err != nil {
			return fmt.Errorf("packet key: %w", err)
		}
		k.Released, k.Fact = e.Created, e.ID
		if err := k.save(tx); err != nil {
			return err
		}
	}
	return nil
}

// admitReleased takes keys from the node whose message they open.
func admitReleased(link Link) func(*store.Tx, wire.Message, KeysReleased) (wire.Code, error) {
	return func(tx *store.Tx, m wire.Message, f KeysReleased) (wire.Code, error) {
		return AdmitBoxes(tx, link, m.Act, f.Message, f.Boxes)
	}
}

// keepKeys puts received keys into the keyring.
func keepKeys(link Link) func(*store.Tx, *journal.Draw, journal.Entry, KeysReleased) ([]journal.Fact, error) {
	return func(tx *store.Tx, d *journal.Draw, e journal.Entry, f KeysReleased) ([]journal.Fact, error) {
		return nil, KeepBoxes(tx, d, link, e, f.Boxes, func(key string) string { return subjectOf(tx, e, key) })
	}
}

// subjectOf is what a received key is stored under, so that forgetting finds it.
func subjectOf(tx *store.Tx, e journal.Entry, key string) string {
	k, err := store.Doc[Key](tx, `SELECT doc FROM packet_key WHERE id = $1`, key)
	switch {
	case err != nil:
		return "referral/" + e.Referral
	case k.Subject == "":
		return contentSubject(k.Packet, k.Version)
	}
	return casefile.KeySubject(k.Packet + "/" + k.Subject)
}
