package referral

import (
	"time"

	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// fits demands, until the referral has been sent, that its accord adopts its
// procedure for what is charged now and that the office asked is of the unit
// that these offences go to. What has been sent stays as it is. Refusals
// referral.other_procedure, accord.other_unit.
func (r Referral) fits(tx *store.Tx, now time.Time) error {
	if !r.Home() || r.last(program.Sender) > 0 {
		return nil
	}
	a, offences, facts, err := r.basis(tx)
	if err != nil {
		return err
	}
	procedure, err := a.Procedure(accord.Direction{From: r.Sender, To: r.Receiver}, facts.last, offences)
	if err != nil {
		return err
	}
	if procedure != r.Procedure {
		p, _ := program.ProcedureByID(procedure)
		return refusal.Conflict("referral.other_procedure", "Procedure", p.Title)
	}
	if route, ok := r.routed(a, offences, now); ok {
		return route.Admits(r.Receiver)
	}
	return nil
}

// basis is what the procedure and the unit go by: the accord, the offences in
// the receiving side's law, and when the facts were.
func (r Referral) basis(tx *store.Tx) (accord.Accord, []string, span, error) {
	a, err := accord.Load(tx, r.Accord)
	if err != nil {
		return a, nil, span{}, err
	}
	offences, err := r.offences(tx)
	if err != nil {
		return a, nil, span{}, err
	}
	facts, err := factsOf(tx, r.Case)
	return a, offences, facts, err
}

func (r Referral) routed(a accord.Accord, offences []string, now time.Time) (accord.Routed, bool) {
	c, ok := a.Corridor(r.Sender, r.Receiver)
	if !ok {
		return accord.Routed{}, false
	}
	return a.Route(c, r.Receiver.Node, offences, program.DayOf(now, time.UTC))
}

// unitDoubt is what a person should know of the unit that the offences go to,
// where the office asked is not of it and nothing decides.
func (r Referral) unitDoubt(tx *store.Tx, now time.Time) ([]program.Doubt, error) {
	a, offences, _, err := r.basis(tx)
	if err != nil {
		return nil, err
	}
	route, ok := r.routed(a, offences, now)
	if !ok || len(offences) == 0 {
		return nil, nil
	}
	if says := route.Doubt(r.Receiver); says != (program.Text{}) {
		return []program.Doubt{{Offence: offences[0], Says: says}}, nil
	}
	return nil, nil
}

// goesTo gives the label under which a case goes to another node and by what, if
// it was lent itself, or refuses because the node that lent it has not consented (mayGoOn).
func goesTo(tx *store.Tx, k casefile.Case, to wire.Address, now time.Time) (program.Label, *Lent, error) {
	lent, err := mayGoOn(tx, k.ID, to, now)
	if err != nil || lent == nil {
		return k.Label(), nil, err
	}
	return k.Label().With(lent.Label), lent, nil
}

// goesOn is goesTo for a referral that was begun: a consent can end before it
// is sent, and what is marked can become stricter.
func (r Referral) goesOn(tx *store.Tx, now time.Time) (program.Label, *Lent, error) {
	k, err := casefile.Load(tx, r.Case)
	if err != nil {
		return program.Label{}, nil, err
	}
	label, lent, err := goesTo(tx, k, r.Receiver, now)
	if err != nil {
		return label, nil, err
	}
	a, err := accord.Load(tx, r.Accord)
	if err != nil {
		return label, nil, err
	}
	return label, lent, leaves(label, a, r.Sender, r.Receiver)
}

// leaves refuses to take out of its country what is kept from foreign hands:
// referral.no_foreign. No consent opens that.
func leaves(l program.Label, a accord.Accord, from, to wire.Address) error {
	if l.Leaves(a.Document.Country(from.Node), a.Document.Country(to.Node)) {
		return nil
	}
	return refusal.New("referral.no_foreign", "To", to.Node)
}
