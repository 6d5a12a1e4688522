package referral

import (
	"slices"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// A warrant names people. That a judge issued one is a step of the referral; whom
// it names is said of each person, and only those are delivered under it.

// stepIssued is the step by which a judge's warrant is recorded.
const stepIssued = "record_warrant_issued"

// Named is a person whom a warrant names.
type Named struct {
	Fact   string `json:"fact"`
	Person string `json:"person"` // pseudonym
	Issued string `json:"issued"` // fact by which the warrant was recorded: another one names anew
}

// WarrantNamed is the fact that a warrant names a person. Released.
type WarrantNamed struct {
	journal.Envelope
	Person string `json:"person"` // pseudonym
	Issued string `json:"issued"`
}

// Kind implements journal.Fact.
func (WarrantNamed) Kind() string { return "referral.warrant_named.1" }

// NameInWarrant says that the warrant in force names a person. The step that
// recorded it names nobody.
type NameInWarrant struct {
	Referral string `json:"referral"`
	Person   string `json:"person"` // pseudonym, as the packet names the person
}

// Verb implements act.Command.
func (*NameInWarrant) Verb() string { return "referral.name_in_warrant" }

// Decide implements act.Command.
func (c *NameInWarrant) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, err := Load(tx, c.Referral)
	if err != nil {
		return nil, err
	}
	rule, ok := r.procedure.Rule(stepIssued)
	if !ok {
		return nil, refusal.NotFound()
	}
	if err := d.Allow(tx, r.owned(rule.Owner, nil)); err != nil {
		return nil, err
	}
	s := r.State()
	issued, recorded := s.Last(stepIssued)
	v, _, err := packet.Latest(tx, r.Packet)
	switch {
	case err != nil:
		return nil, err
	case !recorded || s.Tracks["warrant"] != "issued":
		return nil, refusal.Conflict("referral.no_warrant")
	case !slices.Contains(v.Subjects(), c.Person):
		return nil, refusal.New("referral.person_not_in_packet")
	case r.warranted(s, c.Person):
		return nil, refusal.Conflict("referral.named_already")
	}
	return []journal.Fact{&WarrantNamed{Envelope: r.envelope(true), Person: c.Person, Issued: issued.ID}}, nil
}

// warranted reports whether the warrant that stands in a standing names a person.
func (r Referral) warranted(s program.Standing, person string) bool {
	issued, recorded := s.Last(stepIssued)
	return recorded && s.Tracks["warrant"] == "issued" && slices.ContainsFunc(r.Warrants, func(n Named) bool { return n.Person == person && n.Issued == issued.ID })
}

func registerWarrant(k *journal.Kinds) {
	journal.Register(k, func(tx *store.Tx, e journal.Entry, f WarrantNamed) error {
		return change(tx, e.Referral, func(r *Referral) { r.Warrants = append(r.Warrants, Named{e.ID, f.Person, f.Issued}) })
	})
	journal.Admit(k, func(tx *store.Tx, m wire.Message, f WarrantNamed) (wire.Code, error) {
		return admitOnward(tx, m, program.Receiver, func(r Referral) bool {
			s := r.State()
			issued, recorded := s.Last(stepIssued)
			return recorded && issued.ID == f.Issued && f.Person != "" && !slices.ContainsFunc(r.Warrants, func(n Named) bool { return n.Person == f.Person && n.Issued == f.Issued })
		})
	})
}
