package packet

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
)

// Erasure is what goes when what a node received of a person, or a whole
// packet, is erased there: content keys, and the bodies of the messages that
// brought them. Such a body is sealed to this node, which could take the key
// out of it again; so it goes too, and what else it brought is named.
type Erasure struct {
	Keys     []string `json:"keys"`
	Messages []string `json:"messages,omitempty"` // facts whose bodies are deleted
	Stay     []Stayed `json:"stay,omitempty"`     // keys of others that came with them
}

// Stayed is a key that stands, though the body of the message that brought it
// is gone.
type Stayed struct {
	Key  string    `json:"key"`
	At   time.Time `json:"at"`
	Fact string    `json:"fact"`
}

// Empty reports whether nothing is there to erase.
func (x Erasure) Empty() bool { return len(x.Keys) == 0 }

// ToErase is what erasing a subject of a received packet takes, in each of its
// versions: everything of the packet for the empty subject. others are the keys of
// what else came for the referral and goes with it: files, sheets.
func ToErase(tx *store.Tx, packet, referral, subject string, others []string) (x Erasure, err error) {
	versions, err := Versions(tx, packet)
	if err != nil {
		return x, err
	}
	known := map[string]Key{}
	for _, v := range versions {
		keys, err := Keys(tx, packet, v.N)
		if err != nil {
			return x, err
		}
		for _, k := range keys {
			known[k.ID] = k
			if (subject == "" || k.Subject == subject) && k.Erased.IsZero() {
				x.Keys = append(x.Keys, k.ID)
			}
		}
	}
	x.Keys = append(x.Keys, others...)
	slices.Sort(x.Keys)
	return x, x.letters(tx, referral, known)
}

// letters adds the messages that brought one of the keys, and what stays of them.
func (x *Erasure) letters(tx *store.Tx, referral string, known map[string]Key) error {
	facts, err := journal.OfReferral(tx, KeysReleased{}.Kind(), referral)
	if err != nil {
		return err
	}
	for _, id := range facts {
		e, m, err := journal.Load(tx, id)
		if errors.Is(err, journal.ErrForgotten) {
			continue
		}
		if err != nil {
			return fmt.Errorf("keys of a referral: %w", err)
		}
		var f KeysReleased
		if err := json.Unmarshal(m.Act.Clear, &f); err != nil {
			return fmt.Errorf("keys of a referral: %w", err)
		}
		var stay []Stayed
		gone := false
		for _, b := range f.Boxes {
			if slices.Contains(x.Keys, b.Key) {
				gone = true
			} else if k, ok := known[b.Key]; ok {
				stay = append(stay, Stayed{Key: k.ID, At: e.Created, Fact: e.ID})
			}
		}
		if gone {
			x.Messages, x.Stay = append(x.Messages, id), append(x.Stay, stay...)
		}
	}
	return nil
}

// Apply notes what was erased. It belongs to an apply: in a replay the messages
// that brought keys are holes, and a packet that was forgotten later has no rows.
func (x Erasure) Apply(tx *store.Tx, at time.Time) error {
	note := func(id string, change func(*Key)) error {
		all, err := store.Docs[Key](tx, `SELECT doc FROM packet_key WHERE id = $1`, id)
		if err != nil || len(all) == 0 {
			return err
		}
		change(&all[0])
		return all[0].save(tx)
	}
	for _, id := range x.Keys {
		if err := note(id, func(k *Key) { k.Released, k.Fact, k.Erased = time.Time{}, "", at }); err != nil {
			return fmt.Errorf("erase a packet key: %w", err)
		}
	}
	for _, s := range x.Stay {
		if err := note(s.Key, func(k *Key) { k.Released, k.Fact = s.At, s.Fact }); err != nil {
			return fmt.Errorf("keep a packet key: %w", err)
		}
	}
	return nil
}

// Destroy destroys the keys and deletes the bodies. It belongs to a reaction,
// never to an apply.
func (x Erasure) Destroy(tx *store.Tx, now time.Time) error {
	for _, id := range x.Keys {
		if err := seal.DestroyKey(tx, id, now); err != nil {
			return err
		}
	}
	return journal.ForgetBodies(tx, x.Messages)
}
