package referral

import (
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/document"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Opened is one line of the disclosure receipt: what a tier of a version
// released, and what became of it on the receiving side.
type Opened struct {
	Version  int                `json:"version"`
	Tier     string             `json:"tier"`
	Released time.Time          `json:"released,omitzero"` // its key went; of the notice: it was sent
	Recorded time.Time          `json:"recorded,omitzero"` // the other side signed for that
	By       *Signature         `json:"by,omitempty"`      // who opened it there
	Fields   []packet.Disclosed `json:"fields,omitempty"`
}

// disclosed is the disclosure receipt, oldest version first.
func (r Referral) disclosed(tx *store.Tx) ([]Opened, error) {
	versions, err := packet.Versions(tx, r.Packet)
	if err != nil {
		return nil, err
	}
	var out []Opened
	for _, v := range versions {
		if v.Message == "" {
			continue
		}
		tiers, err := r.disclosedOf(tx, v)
		if err != nil {
			return nil, err
		}
		out = append(out, tiers...)
	}
	return out, nil
}

func (r Referral) disclosedOf(tx *store.Tx, v packet.Version) ([]Opened, error) {
	keys, err := packet.Keys(tx, v.Packet, v.N)
	if err != nil {
		return nil, err
	}
	fields, err := packet.Disclosures(tx, v)
	if err != nil {
		return nil, err
	}
	out := []Opened{{Version: v.N, Tier: wire.TierNotice, Released: v.Sent, By: r.Seen}, {Version: v.N, Tier: wire.TierAnalysis}, {Version: v.N, Tier: wire.TierReleased}}
	facts := []string{v.Message, "", ""}
	by := map[string]*Signature{wire.TierAnalysis: r.Signed, wire.TierReleased: r.Unsealed}
	for i := range out {
		for _, k := range keys {
			if k.Tier == out[i].Tier && !k.Released.IsZero() && facts[i] == "" {
				out[i].Released, out[i].By, facts[i] = k.Released, by[k.Tier], k.Fact
			}
		}
		for _, f := range fields {
			if f.Tier == out[i].Tier {
				out[i].Fields = append(out[i].Fields, f)
			}
		}
		if facts[i] == "" {
			continue
		}
		d, released, err := exchange.Receipts(tx, facts[i])
		if err != nil {
			return nil, err
		}
		if released && d.State == exchange.DeliveryRecorded {
			out[i].Recorded = d.At
		}
	}
	return out, nil
}

// acuse is the disclosure receipt of a packet: of every version that crossed,
// what each tier released, when its key went and was received there, and who of
// which office opened it, when.
func (r Referral) acuse(tx *store.Tx, p paper) (document.Document, error) {
	d := document.Document{Lang: p.Lang, Kind: p.T("acuse.kind"), Number: r.Number, Title: p.Title(p.Notice),
		Handling: document.Handling{Code: r.Handling, Words: p.T("handling." + r.Handling)},
		Facts:    []document.Fact{{Label: p.T("packet.from"), Value: p.named(r.Sender)}, {Label: p.T("packet.to"), Value: p.named(r.Receiver)}},
		Notes:    []document.Note{{Text: p.T("acuse.text")}}, Foot: []string{r.Number, p.Mark()}}
	tiers, err := r.disclosed(tx)
	if err != nil {
		return d, err
	}
	for _, t := range tiers {
		s := document.Section{Heading: p.T("acuse.version", "Version", t.Version, "Tier", p.T("packet.tier."+t.Tier))}
		s.Facts = document.Filled([]document.Fact{{Label: p.T("acuse.released"), Value: p.Moment(t.Released)}, {Label: p.T("acuse.recorded"), Value: p.Moment(t.Recorded)}})
		if o := t.By; o != nil {
			s.Facts = append(s.Facts, document.Fact{Label: p.T("acuse.opened"), Value: p.Moment(o.At) + ", " + strings.TrimPrefix(o.Name+", "+p.named(wire.Address{Node: r.Receiver.Node, Office: o.Office}), ", ")})
		} else {
			s.Facts = append(s.Facts, document.Fact{Label: p.T("acuse.opened"), Value: p.T("acuse.not_yet")})
		}
		for _, x := range t.Fields {
			s.Facts = append(s.Facts, p.DisclosedFact(x))
		}
		d.Sections = append(d.Sections, s)
	}
	return d, nil
}

// IdentitiesOpened is the receipt that a person of the receiving office saw the
// identities which consent or law released. It is no step.
type IdentitiesOpened struct{ journal.Envelope }

// Kind implements journal.Fact.
func (IdentitiesOpened) Kind() string { return "referral.identities_opened.1" }

// OpenIdentities records that a person of the receiving office saw the
// identities that were released. The doors take it when such a person first looks.
type OpenIdentities struct {
	Referral string `json:"referral"`
}

// Verb implements act.Command.
func (*OpenIdentities) Verb() string { return "referral.open_identities" }

// Decide implements act.Command.
func (c *OpenIdentities) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, err := looked(tx, d, c.Referral)
	if err != nil {
		return nil, err
	}
	open, err := r.identitiesHere(tx)
	switch {
	case err != nil:
		return nil, err
	case d.By.Office != r.Receiver.Office:
		return nil, refusal.New("referral.not_the_office")
	case !open:
		return nil, refusal.Conflict("referral.identities_sealed")
	case r.Unsealed != nil:
		return nil, refusal.Conflict("referral.opened_already")
	}
	return []journal.Fact{&IdentitiesOpened{Envelope: r.envelope(true)}}, nil
}

// identitiesHere reports whether the key of an identity that was released has
// come.
func (r Referral) identitiesHere(tx *store.Tx) (bool, error) {
	versions, err := packet.Versions(tx, r.Packet)
	if err != nil {
		return false, err
	}
	for _, v := range versions {
		keys, err := packet.Keys(tx, v.Packet, v.N)
		if err != nil {
			return false, err
		}
		for _, k := range keys {
			if k.Tier == wire.TierReleased && !k.Released.IsZero() {
				return true, nil
			}
		}
	}
	return false, nil
}

func registerIdentities(k *journal.Kinds) {
	journal.Register(k, func(tx *store.Tx, e journal.Entry, _ IdentitiesOpened) error {
		return change(tx, e.Referral, func(r *Referral) { r.Unsealed = signature(e) })
	})
	journal.Admit(k, func(tx *store.Tx, m wire.Message, _ IdentitiesOpened) (wire.Code, error) {
		return admitReceipt(tx, m, func(r Referral) bool { return r.Unsealed != nil })
	})
}

// admitReceipt takes a receipt of looking from the receiving office, once.
func admitReceipt(tx *store.Tx, m wire.Message, had func(r Referral) bool) (wire.Code, error) {
	r, err := Load(tx, m.Act.Referral)
	switch {
	case refusal.Is(err, "access.not_found"):
		return wire.CodeUnknownObject, nil
	case err != nil:
		return "", err
	case !r.Home(), m.Act.From != r.Receiver, m.Act.By == nil:
		return wire.CodeNotOwner, nil
	case had(r):
		return wire.CodeStep, nil
	}
	return "", nil
}
