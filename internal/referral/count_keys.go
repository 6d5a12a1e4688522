package referral

import (
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

// countKeys sends the key after a second signature.
func countKeys[F any](link packet.Link) func(*store.Tx, *journal.Draw, journal.Entry, F) ([]journal.Fact, error) {
	return func(tx *store.Tx, d *journal.Draw, e journal.Entry, _ F) ([]journal.Fact, error) {
		boxes, err := packet.Follow(tx, d, link, e, partCounted)
		if len(boxes) == 0 || err != nil {
			return nil, err
		}
		return []journal.Fact{&CountKeys{Envelope: journal.Envelope{Case: e.Case, Referral: e.Referral, To: e.To}, Message: e.ID, Boxes: boxes}}, nil
	}
}

// admitCountKeys takes keys from the node whose count they open.
func admitCountKeys(link packet.Link) func(*store.Tx, wire.Message, CountKeys) (wire.Code, error) {
	return func(tx *store.Tx, m wire.Message, f CountKeys) (wire.Code, error) {
		return packet.AdmitBoxes(tx, link, m.Act, f.Message, f.Boxes, partCounted)
	}
}

func registerCountKeys(k *journal.Kinds, link packet.Link) {
	journal.Register(k, func(*store.Tx, journal.Entry, CountKeys) error { return nil })
	journal.Admit(k, admitCountKeys(link))
	journal.React(k, keepCountKeys(link))
	journal.React(k, forgetCounts)
	k.Set(journal.InLane(wire.LaneAlert), &CountKeys{})
}
