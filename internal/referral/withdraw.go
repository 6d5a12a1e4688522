package referral

import (
	"database/sql"
	"errors"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// stepWithdraw and the one reason that a withdrawal ever gives.
const (
	stepWithdraw     = "withdraw"
	reasonWithdrawal = "withdrawn_by_sender"
)

// WithdrawalOrdered is the fact that an official of the sending side withdrew
// the referral. It stays at home: what crosses is the node's own Withdrawn, so
// that a withdrawal looks the same whether a clerk's error or a stop by the
// protection desk stands behind it (DESIGN §8).
type WithdrawalOrdered struct{ journal.Envelope }

// Kind implements journal.Fact.
func (WithdrawalOrdered) Kind() string { return "referral.withdrawal_ordered.1" }

// Withdrawn is the withdrawal as both sides know it, in the alert lane. It may
// arrive before the referral, which is then born withdrawn.
type Withdrawn struct{ Step }

// Kind implements journal.Fact.
func (Withdrawn) Kind() string { return "referral.withdrawn.1" }

// Withdraw takes the referral back.
type Withdraw struct {
	Referral string `json:"referral"`
}

// Verb implements act.Command.
func (*Withdraw) Verb() string { return "referral.withdraw" }

// Decide implements act.Command.
func (c *Withdraw) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, err := Load(tx, c.Referral)
	if err != nil {
		return nil, err
	}
	if _, _, err := r.ask(tx, d, stepWithdraw, reasonWithdrawal, ""); err != nil {
		return nil, err
	}
	return []journal.Fact{&WithdrawalOrdered{Envelope: r.envelope(false)}}, nil
}

func applyOrdered(*store.Tx, journal.Entry, WithdrawalOrdered) error { return nil }

func registerWithdrawal(k *journal.Kinds) {
	journal.Register(k, func(tx *store.Tx, e journal.Entry, f Withdrawn) error { return applyStep(tx, e, f.Step) })
	journal.Admit(k, admitWithdrawn)
	journal.React(k, func(tx *store.Tx, _ *journal.Draw, e journal.Entry, _ WithdrawalOrdered) ([]journal.Fact, error) {
		r, err := Load(tx, e.Referral)
		if err != nil {
			return nil, err
		}
		return r.withdrawal(), nil
	})
}

// withdrawal is the node's own act, or nothing where the referral has not been
// sent or is over.
func (r Referral) withdrawal() []journal.Fact {
	rule, ok := r.procedure.Rule(stepWithdraw)
	if !ok || !r.Home() || !r.offers(rule) {
		return nil
	}
	return []journal.Fact{&Withdrawn{Step: r.next(rule, reasonWithdrawal, "")}}
}

// withdrawAll withdraws every referral of a case that is out: the reaction to
// the adviser's stop and to a suspect found to be a victim.
func withdrawAll(tx *store.Tx, caseID string) ([]journal.Fact, error) {
	all, err := OfCase(tx, caseID)
	if err != nil {
		return nil, err
	}
	var out []journal.Fact
	for _, r := range all {
		out = append(out, r.withdrawal()...)
	}
	return out, nil
}

// admitWithdrawn takes a withdrawal of a referral that is here, or that has
// not arrived yet: then it waits for it, and only the same node can have sent it.
func admitWithdrawn(tx *store.Tx, m wire.Message, f Withdrawn) (wire.Code, error) {
	_, err := Load(tx, m.Act.Referral)
	if !refusal.Is(err, "access.not_found") {
		if err != nil {
			return "", err
		}
		return admitStep(tx, m, f.Step)
	}
	switch {
	case m.Act.Referral == "", f.Step.Step != stepWithdraw, f.Nth < 2, f.Reason != reasonWithdrawal:
		return wire.CodeContent, nil
	case m.Act.Purpose != wire.PurposeProsecution:
		return wire.CodePurpose, nil
	}
	var side string
	err = tx.QueryRow(`SELECT side FROM referral_act WHERE referral = $1`, m.Act.Referral).Scan(&side)
	if err == nil {
		return wire.CodeStep, nil // one tombstone is enough
	}
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return "", err
}

// ownWithdrawal finds this side's withdrawal, if it was made.
func (r Referral) ownWithdrawal(s program.Standing) (fact string, withdrawn bool) {
	a, ok := s.Last(stepWithdraw)
	if !ok || !r.Home() {
		return "", false
	}
	return a.ID, true
}
