package referral

import (
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// CancelReception calls a reception off.
type CancelReception struct {
	Reception string `json:"reception"`
}

// Verb implements act.Command.
func (*CancelReception) Verb() string { return "referral.cancel_reception" }

// Decide implements act.Command.
func (c *CancelReception) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, x, err := asked(tx, d, c.Reception, eitherEnd)
	if err != nil {
		return nil, err
	}
	if !x.handOver(r).waits() {
		return nil, refusal.Conflict("referral.reception_over")
	}
	return []journal.Fact{&ReceptionCancelled{ReceptionAct{r.apart(), x.ID}}}, nil
}

// GiveReception signs that a protected person was given.
type GiveReception struct {
	Reception string `json:"reception"`
}

// Verb implements act.Command.
func (*GiveReception) Verb() string { return "referral.give_reception" }

// Signed implements act.Signed.
func (*GiveReception) Signed() {}

// Decide implements act.Command.
func (c *GiveReception) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, x, err := asked(tx, d, c.Reception, givers)
	if err != nil {
		return nil, err
	}
	h := x.handOver(r)
	if !h.waits() {
		return nil, refusal.Conflict("referral.reception_over")
	}
	a, _, err := x.arrangement(tx, d)
	if err != nil {
		return nil, err
	}
	if err := r.free(tx, d, h.with(a), true); err != nil {
		return nil, err
	}
	return []journal.Fact{&ReceptionGiven{ReceptionAct{r.apart(), x.ID}}}, nil
}

// ReceiveReception signs that a protected person was received, at liberty, and
// what was counted.
type ReceiveReception struct {
	Reception string `json:"reception"`
	Counting
}

// Verb implements act.Command.
func (*ReceiveReception) Verb() string { return "referral.receive_reception" }

// Signed implements act.Signed.
func (*ReceiveReception) Signed() {}

// Decide implements act.Command.
func (c *ReceiveReception) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, x, err := asked(tx, d, c.Reception, receivers)
	if err != nil {
		return nil, err
	}
	switch h := x.handOver(r); {
	case h.Office != d.By.Office:
		return nil, refusal.New("referral.other_office_receives")
	case h.Received != nil:
		return nil, refusal.Conflict("referral.reception_over")
	case !h.Between():
		return nil, refusal.Conflict("referral.not_given")
	}
	a, known, err := x.arrangement(tx, d)
	if err != nil {
		return nil, err
	}
	var goes *Belongings
	if known {
		goes = &a.Belongings
	}
	counted, err := c.Against(goes)
	if err != nil {
		return nil, err
	}
	part, err := r.sealCounted(tx, d, x.handOver(r), counted)
	if err != nil {
		return nil, err
	}
	f := &ReceptionReceived{ReceptionAct{r.apart(), x.ID}, counted.Tally()}
	f.Sealed = []wire.Part{part}
	return []journal.Fact{f}, nil
}

// asked loads a reception for an act of one of its owners.
func asked(tx *store.Tx, d *act.Draw, id string, owner program.Owner) (r Referral, x Reception, err error) {
	if x, err = loadReception(tx, id); err != nil {
		return r, x, err
	}
	if r, err = Load(tx, x.Referral); err != nil {
		return r, x, err
	}
	return r, x, d.Allow(tx, r.owned(owner, nil))
}
