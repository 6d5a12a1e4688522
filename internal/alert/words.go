package alert

import (
	"strings"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Sealed parts of alerts, by id.
const (
	partWords    = "words"
	partLocating = "locating"
)

// maxWords bounds what is written, in bytes.
const maxWords = 16 << 10

// Words are what somebody wrote: where exactly, and what is known. They are
// never translated by a machine.
type Words struct {
	Lang  string `json:"lang"`
	Where string `json:"where,omitempty"`
	Text  string `json:"text,omitempty"`
}

// subject of the keys of an alert.
func subject(id string) string { return "alert/" + id }

// write seals words into a fact; nothing where nothing was written.
func (a Alert) write(tx *store.Tx, d *act.Draw, e *journal.Envelope, w Words) error {
	w.Lang, w.Where, w.Text = d.By.Lang, strings.TrimSpace(w.Where), strings.TrimSpace(w.Text)
	if w.Where == "" && w.Text == "" {
		return nil
	}
	if len(w.Where)+len(w.Text) > maxWords {
		return refusal.New("alert.too_long", "Max", maxWords)
	}
	part, err := d.Seal(tx, d.NewKey(subject(a.ID)), partWords, w)
	if err != nil {
		return err
	}
	e.Sealed = append(e.Sealed, part)
	return nil
}

// KeysFollowed carries the keys of what was written of an alert, sealed to the
// other node, in the alert's own lane: it waits for no other.
type KeysFollowed struct {
	journal.Envelope
	Message string        `json:"message"`
	Boxes   []wire.KeyBox `json:"boxes"`
}

// Kind implements journal.Fact.
func (KeysFollowed) Kind() string { return "alert.keys_followed.1" }

// keysFollow sends the key of what was written right after it.
func keysFollow[F any](link packet.Link) func(*store.Tx, *journal.Draw, journal.Entry, F) ([]journal.Fact, error) {
	return func(tx *store.Tx, d *journal.Draw, e journal.Entry, _ F) ([]journal.Fact, error) {
		boxes, err := packet.Follow(tx, d, link, e, partWords)
		if len(boxes) == 0 || err != nil {
			return nil, err
		}
		return []journal.Fact{&KeysFollowed{Envelope: journal.Envelope{Case: e.Case, To: e.To}, Message: e.ID, Boxes: boxes}}, nil
	}
}

// admitKeys takes keys from the node whose words they open.
func admitKeys(link packet.Link) func(*store.Tx, wire.Message, KeysFollowed) (wire.Code, error) {
	return func(tx *store.Tx, m wire.Message, f KeysFollowed) (wire.Code, error) {
		if m.Act.Purpose != wire.PurposeLifeAtRisk {
			return wire.CodePurpose, nil
		}
		return packet.AdmitBoxes(tx, link, m.Act, f.Message, f.Boxes)
	}
}

// keepKeys puts received keys into the keyring.
func keepKeys(link packet.Link) func(*store.Tx, *journal.Draw, journal.Entry, KeysFollowed) ([]journal.Fact, error) {
	return func(tx *store.Tx, d *journal.Draw, e journal.Entry, f KeysFollowed) ([]journal.Fact, error) {
		return nil, packet.KeepBoxes(tx, d, link, e, f.Boxes, func(string) string { return subject(e.Case) })
	}
}
