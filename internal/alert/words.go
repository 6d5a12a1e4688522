package alert

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
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

// keysFollow sends the key of what was written right after it. On the node that
// received it there is no such key, and nothing follows.
func keysFollow[F any](link packet.Link) func(*store.Tx, *journal.Draw, journal.Entry, F) ([]journal.Fact, error) {
	return func(tx *store.Tx, d *journal.Draw, e journal.Entry, _ F) ([]journal.Fact, error) {
		part, ok := e.Part(partWords)
		if !ok || e.To.Node == "" {
			return nil, nil
		}
		boxes, err := packet.Boxes(tx, d, link, opening(e.From.Node, e.To, e.Case), []string{part.Key})
		if len(boxes) == 0 || err != nil {
			return nil, err
		}
		return []journal.Fact{&KeysFollowed{Envelope: journal.Envelope{Case: e.Case, To: e.To}, Message: e.ID, Boxes: boxes}}, nil
	}
}

// admitKeys takes keys from the node whose words they open.
func admitKeys(link packet.Link) func(*store.Tx, wire.Message, KeysFollowed) (wire.Code, error) {
	return func(tx *store.Tx, m wire.Message, f KeysFollowed) (wire.Code, error) {
		e, _, err := journal.Load(tx, f.Message)
		switch {
		case m.Act.Purpose != wire.PurposeLifeAtRisk:
			return wire.CodePurpose, nil
		case errors.Is(err, sql.ErrNoRows):
			return wire.CodeUnknownObject, nil
		case err != nil && !errors.Is(err, journal.ErrForgotten):
			return "", fmt.Errorf("message of the keys: %w", err)
		case e.Node != m.Act.From.Node, e.Case != m.Act.Case, len(f.Boxes) == 0:
			return wire.CodeNotOwner, nil
		}
		for _, b := range f.Boxes {
			if !slices.ContainsFunc(e.Sealed, func(p wire.Part) bool { return p.Key == b.Key }) {
				return wire.CodeContent, nil
			}
			if _, code := packet.OpenBox(link, opening(m.Act.From.Node, m.Act.To, m.Act.Case), b); code != "" {
				return code, nil
			}
		}
		return "", nil
	}
}

func opening(from string, to wire.Address, alert string) packet.Opening {
	return packet.Opening{Referral: alert, From: from, To: to, Tier: wire.TierAnalysis}
}

// keepKeys puts received keys into the keyring. On the node that sent them
// nothing opens, because they are sealed to the other.
func keepKeys(link packet.Link) func(*store.Tx, *journal.Draw, journal.Entry, KeysFollowed) ([]journal.Fact, error) {
	return func(tx *store.Tx, d *journal.Draw, e journal.Entry, f KeysFollowed) ([]journal.Fact, error) {
		for _, b := range f.Boxes {
			key, code := packet.OpenBox(link, opening(e.From.Node, e.To, e.Case), b)
			if code != "" {
				continue
			}
			if err := d.Ring().Store(tx, b.Key, subject(e.Case), key, d.Now); err != nil {
				return nil, err
			}
		}
		return nil, nil
	}
}
