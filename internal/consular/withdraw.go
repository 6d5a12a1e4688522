package consular

import (
	"fmt"
	"slices"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Withdrawn is the fact that a person took the notice back. It goes in the alert
// lane, may come before the notice, and gives no reason. There the identity opens
// no more from then on; what was read before cannot be unread, and the page says so.
type Withdrawn struct {
	journal.Envelope
	Notice string `json:"notice"`
}

// Kind implements journal.Fact.
func (Withdrawn) Kind() string { return "consular.withdrawn.1" }

// Withdraw takes the notice of a person back, on the person's word.
type Withdraw struct {
	Notice string `json:"notice"`
}

// Verb implements act.Command.
func (*Withdraw) Verb() string { return "consular.withdraw" }

// Decide implements act.Command.
func (c *Withdraw) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	n, err := mine(tx, d, c.Notice, typeNotice)
	if err != nil {
		return nil, err
	}
	switch {
	case n.From.Node != d.Node:
		return nil, refusal.NotFound()
	case n.Withdrawn != nil:
		return nil, refusal.Conflict("consular.withdrawn_already")
	}
	return []journal.Fact{n.withdrawn()}, nil
}

func (n Notice) withdrawn() *Withdrawn {
	return &Withdrawn{Envelope: n.envelope(n.To), Notice: n.ID}
}

// mine loads a notice for an act on it, or on what the consulate keeps of it.
func mine(tx *store.Tx, d *act.Draw, id, typ string) (Notice, error) {
	n, err := Load(tx, id)
	if err != nil {
		return n, err
	}
	r, err := n.resource(tx, typ)
	if err != nil {
		return n, err
	}
	return n, d.Allow(tx, r)
}

func applyWithdrawn(tx *store.Tx, e journal.Entry, f Withdrawn) error {
	return change(tx, f.Notice, func(n *Notice) { n.From, n.To, n.Withdrawn = e.From, e.To, mark(e) })
}

// admitWithdrawn takes it from the node that sent the notice, or will have.
func admitWithdrawn(tx *store.Tx, m wire.Message, f Withdrawn) (wire.Code, error) {
	n, known, err := stored(tx, f.Notice)
	switch {
	case err != nil:
		return "", err
	case m.Act.Purpose != wire.PurposeProtection:
		return wire.CodePurpose, nil
	case f.Notice == "" || m.Act.Case != f.Notice || known && n.Withdrawn != nil:
		return wire.CodeContent, nil
	case known && n.From.Node != m.Act.From.Node:
		return wire.CodeNotOwner, nil
	}
	return "", nil
}

// closeIdentity destroys, where the notice came, what opened the person's
// identity, and the message that brought it. Where it was sent from no key is
// stored under the notice, and nothing happens.
func closeIdentity(tx *store.Tx, d *journal.Draw, e journal.Entry, f Withdrawn) ([]journal.Fact, error) {
	gone, err := seal.Destroy(tx, keySubject(f.Notice), d.Now)
	if err != nil || gone == 0 {
		return nil, err
	}
	brought, err := journal.OfMatter(tx, KeysFollowed{}.Kind(), f.Notice)
	if err != nil {
		return nil, err
	}
	return nil, journal.ForgetBodies(tx, brought)
}

// TellForgotten takes the notices of a person, or of everybody of a case, back
// when they are to be forgotten: the consulate opens them no more.
func TellForgotten(tx *store.Tx, c casefile.Case, p *casefile.Person) ([]journal.Fact, error) {
	all, err := store.Docs[ask](tx, `SELECT doc FROM consular_ask WHERE case_id = $1 ORDER BY person`, c.ID)
	if err != nil {
		return nil, fmt.Errorf("consular notices of a case: %w", err)
	}
	var out []journal.Fact
	for _, a := range all {
		if p != nil && a.Person != p.ID && !slices.Contains(p.Also, a.Person) {
			continue
		}
		n, known, err := a.notice(tx)
		if err != nil {
			return nil, err
		}
		if known && n.Withdrawn == nil {
			out = append(out, n.withdrawn())
		}
	}
	return out, nil
}
