package referral

import (
	"slices"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/evidence"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// GiveExhibit signs that an exhibit was given to the other country, whose
// officer is to sign for it. Nothing crosses that stands in no packet which was
// sent under this referral, nor before the other side has signed for the
// analysis or once it is over; what has crossed can be given back.
type GiveExhibit struct {
	evidence.Doing
	Referral string `json:"referral"`
}

// Verb implements act.Command.
func (*GiveExhibit) Verb() string { return "exhibit.give_across" }

// Signed implements act.Signed.
func (*GiveExhibit) Signed() {}

// Decide implements act.Command.
func (c *GiveExhibit) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, err := Load(tx, c.Referral)
	if err != nil {
		return nil, err
	}
	if err := d.Known(Resource(r)); err != nil {
		return nil, err
	}
	f, err := c.GiveAcross(tx, d, evidence.Bond{Referral: r.ID, Here: r.here(), There: r.there()})
	if err != nil || f.Chain == nil {
		return []journal.Fact{f}, err
	}
	sent, err := r.released(tx, c.Exhibit)
	if err != nil {
		return nil, err
	}
	switch {
	case !sent || !r.Home():
		return nil, refusal.New("exhibit.not_released")
	case len(r.opened()) == 0:
		return nil, refusal.Conflict("exhibit.not_open")
	}
	return []journal.Fact{f}, nil
}

// released reports whether an exhibit stands in a version that was sent.
func (r Referral) released(tx *store.Tx, exhibit string) (bool, error) {
	versions, err := packet.Versions(tx, r.Packet)
	if err != nil {
		return false, err
	}
	for _, v := range versions {
		for _, s := range v.Manifest.Sections {
			if v.Message != "" && s.Name == wire.SectionExhibits && slices.ContainsFunc(s.Items, func(i wire.Item) bool { return i.ID == exhibit }) {
				return true, nil
			}
		}
	}
	return false, nil
}

// admitGiven admits an exhibit that the other side of a referral gives: one
// that stands in the packet, with a chain that hangs together and that the
// giving node recorded, or one that crossed before.
func admitGiven(tx *store.Tx, m wire.Message, f evidence.Given) (wire.Code, error) {
	r, err := Load(tx, m.Act.Referral)
	switch {
	case refusal.Is(err, "access.not_found"):
		return wire.CodeUnknownObject, nil
	case err != nil:
		return "", err
	case m.Act.From.Node != r.there().Node || f.Receiver.Node != m.Act.To.Node || m.Act.Purpose != wire.PurposeProsecution:
		return wire.CodeNotOwner, nil
	}
	known, err := officeKnown(tx, f.Receiver.Office)
	if err != nil {
		return "", err
	}
	if !known {
		return wire.CodeMisaddressed, nil
	}
	if f.Chain == nil {
		return evidence.AdmitStep(tx, m, f.Link)
	}
	if _, err := evidence.Load(tx, f.Exhibit); !refusal.Is(err, "access.not_found") {
		return wire.CodeContent, err // it is here already
	}
	steps, x, err := evidence.Read(f.Chain)
	if err != nil || x.ID != f.Exhibit || x.Case != r.Case || f.Nth != len(steps)+1 || f.After != steps[len(steps)-1].Digest ||
		slices.ContainsFunc(steps, func(s evidence.Step) bool { return s.Node != m.Act.From.Node }) {
		return wire.CodeContent, nil //nolint:nilerr // the sender is told by code
	}
	sent, err := r.released(tx, x.ID)
	if err != nil || sent {
		return "", err
	}
	return wire.CodeContent, nil
}
