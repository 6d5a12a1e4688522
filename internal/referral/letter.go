package referral

import (
	"errors"
	"strings"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// partLetter is the sealed part that holds what one official writes to the
// other side's.
const partLetter = "letter"

// maxLetter bounds a letter, in bytes.
const maxLetter = 64 << 10

// letter seals words into a step. Names of protected people stand in them as
// pseudonyms: a letter releases nobody.
func (r Referral) letter(tx *store.Tx, d *act.Draw, e *journal.Envelope, text string) error {
	return r.sealWords(tx, d, e, packet.Words{Lang: d.By.Lang, Text: text})
}

func (r Referral) sealWords(tx *store.Tx, d *act.Draw, e *journal.Envelope, w packet.Words) error {
	if strings.TrimSpace(w.Text) == "" {
		return nil
	}
	if len(w.Text)+len(w.Translated) > maxLetter {
		return refusal.New("referral.too_long", "Max", maxLetter)
	}
	if r.Home() {
		var err error
		if w, err = packet.Hidden(tx, d, r.Case, w); err != nil {
			return err
		}
	}
	part, err := d.Seal(tx, d.NewKey("referral/"+r.ID), partLetter, w)
	if err != nil {
		return err
	}
	e.Sealed = append(e.Sealed, part)
	return nil
}

// letterKeys sends the key of a letter after it, sealed to the other node.
func letterKeys[F any](link packet.Link) func(*store.Tx, *journal.Draw, journal.Entry, F) ([]journal.Fact, error) {
	return partKeys[F](link, partLetter)
}

// partKeys sends the key of one sealed part of an act after it.
func partKeys[F any](link packet.Link, id string) func(*store.Tx, *journal.Draw, journal.Entry, F) ([]journal.Fact, error) {
	return func(tx *store.Tx, d *journal.Draw, e journal.Entry, _ F) ([]journal.Fact, error) {
		part, ok := e.Part(id)
		if !ok || e.To.Node == "" {
			return nil, nil
		}
		r, err := Load(tx, e.Referral)
		if err != nil || r.here().Node != e.From.Node {
			return nil, err
		}
		keys, err := packet.Give(tx, d, link, packet.Opening{Message: e.ID, Case: r.Case, Referral: r.ID, From: r.here().Node, To: r.there(),
			Tier: wire.TierAnalysis}, []string{part.Key})
		if keys == nil || err != nil {
			return nil, err
		}
		return []journal.Fact{keys}, nil
	}
}

// readLetter opens the letter of an act, if it brought one and its key is here.
func readLetter(tx *store.Tx, o casefile.Opener, e journal.Entry) (w packet.Words, ok bool, err error) {
	part, has := e.Part(partLetter)
	if !has {
		return w, false, nil
	}
	err = o.Open(tx, part, &w)
	if errors.Is(err, seal.ErrNoKey) {
		return w, false, nil
	}
	return w, err == nil, err
}
