package packet

import (
	"encoding/json"
	"slices"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/evidence"
	"github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/wire"
)

// leavable are the nouns of which a composer may leave something out.
var leavable = []string{"event", "statement", "translation", "identification", "vehicle", "phone", "property"}

// MayStay reports whether a composer may leave an item of a case out of a
// packet. What speaks for a suspect travels in any case (DESIGN §8).
func MayStay(noun string, content, detail json.RawMessage) bool {
	_, speaks := speaksOf(noun, content, detail)
	return slices.Contains(leavable, noun) && !speaks
}

// mayStay holds what the composer leaves out against the case: each is an item
// of it that may stay, with the reason why it does.
func (b *builder) mayStay() error {
	for id, reason := range b.draft.LeftOut {
		if x, err := evidence.Load(b.tx, id); err == nil && x.Case == b.draft.Case {
			switch {
			case x.Exculpatory:
				return refusal.New("packet.exculpatory_travels")
			case reason == "":
				return refusal.New("packet.left_out_reason")
			}
			continue
		}
		if f, err := file.Load(b.tx, id); err == nil && f.Case == b.draft.Case { // of an exhibit: that may be exculpatory, see tellFile
			if reason == "" {
				return refusal.New("packet.left_out_reason")
			}
			continue
		}
		i, err := casefile.LoadItem(b.tx, id)
		switch {
		case refusal.Is(err, "access.not_found") || err == nil && (i.Case != b.draft.Case || i.Withdrawn):
			return refusal.New("casefile.item_unknown")
		case err != nil:
			return err
		case !slices.Contains(leavable, i.Noun):
			return refusal.New("packet.cannot_stay")
		case reason == "":
			return refusal.New("packet.left_out_reason")
		}
		if _, speaks, err := speaksFor(b.tx, b.d, i); err != nil {
			return err
		} else if speaks {
			return refusal.New("packet.exculpatory_travels")
		}
	}
	return nil
}

// list gives the items of a noun that the composer does not leave out, and
// notes those that are. What speaks for a suspect is named among what does,
// even if its words cannot travel.
func (b *builder) list(noun string) ([]casefile.Item, error) {
	all, err := casefile.Items(b.tx, b.draft.Case, noun)
	if err != nil {
		return nil, err
	}
	var kept []casefile.Item
	for _, i := range all {
		if reason, out := b.draft.LeftOut[i.ID]; out {
			if err := b.omit(noun, b.subject(i.Person), i.ID, b.names.over(reason)); err != nil {
				return nil, err
			}
			continue
		}
		kept = append(kept, i)
		kind, speaks, err := speaksFor(b.tx, b.d, i)
		if err != nil {
			return nil, err
		}
		if !speaks {
			continue
		}
		b.flagged++
		if err := b.put(wire.SectionExculpatory, "exculpatory-"+i.ID, "", wire.TierAnalysis, ExculpatoryBody{Kind: kind, Item: i.ID}); err != nil {
			return nil, err
		}
	}
	return kept, nil
}

// travels keeps of an element's items those that are not left out.
func (d Draft) travels(items []string) []string {
	return slices.DeleteFunc(slices.Clone(items), func(id string) bool { _, out := d.LeftOut[id]; return out })
}
