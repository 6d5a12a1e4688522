package evidence

import (
	"slices"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Given is the first of the two signatures of a transfer: the giver's. Across
// the border it brings the chain so far, message by message, so that the
// receiving node can check each step by itself.
type Given struct {
	journal.Envelope
	Link
	Receiver wire.Address `json:"receiver"`
	Chain    [][]byte     `json:"chain,omitempty"`
}

// Kind implements journal.Fact.
func (Given) Kind() string { return "exhibit.given.1" }

// Give signs that an exhibit was given to an office of this node, which is to
// sign for it.
type Give struct {
	Doing
	Office string `json:"office"`
}

// Verb implements act.Command.
func (*Give) Verb() string { return "exhibit.give" }

// Signed implements act.Signed.
func (*Give) Signed() {}

// Decide implements act.Command.
func (k *Give) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	x, c, l, err := k.open(tx, d)
	if err != nil {
		return nil, err
	}
	if c.Between {
		return nil, refusal.Conflict("exhibit.between")
	}
	o, known, err := access.LoadOffice(tx, k.Office)
	if err != nil {
		return nil, err
	}
	if !known || !o.Closed.IsZero() {
		return nil, refusal.New("exhibit.office")
	}
	f := &Given{Link: l, Receiver: wire.Address{Node: d.Node, Office: k.Office}}
	f.Envelope, err = k.envelope(tx, d, x)
	return []journal.Fact{f}, err
}

// GiveAcross is Give to the other node of a bond; package referral decides
// whether the exhibit may cross, and under which referral. The message brings
// the chain if the exhibit is not on the other node yet.
func (f Doing) GiveAcross(tx *store.Tx, d *act.Draw, b Bond) (*Given, error) {
	x, c, l, err := f.open(tx, d)
	if err != nil {
		return nil, err
	}
	switch {
	case c.Between:
		return nil, refusal.Conflict("exhibit.between")
	case x.Bond != nil && x.Bond.Referral != b.Referral:
		return nil, refusal.Conflict("exhibit.crossed_already")
	}
	g := &Given{Link: l, Receiver: b.other(d.Node)}
	if x.Bond == nil { // it crosses for the first time
		if g.Chain, err = Messages(tx, x.ID); err != nil {
			return nil, err
		}
		x.Bond = &b
	}
	g.Envelope, err = f.envelope(tx, d, x)
	return g, err
}

// Messages are the signed messages of a chain, byte by byte as they were
// recorded: what whoever was not there needs to check it.
func Messages(tx *store.Tx, exhibit string) ([][]byte, error) {
	chain, err := Chain(tx, exhibit)
	if err != nil {
		return nil, err
	}
	out := make([][]byte, 0, len(chain))
	for _, s := range chain {
		if s.Message != nil {
			out = append(out, s.Message)
			continue
		}
		_, m, err := journal.Load(tx, s.Fact)
		if err != nil {
			return nil, err
		}
		out = append(out, m.Bytes())
	}
	return out, nil
}

// Received is the second signature of a transfer: the receiver's.
type Received struct {
	journal.Envelope
	Link
}

// Kind implements journal.Fact.
func (Received) Kind() string { return "exhibit.received.1" }

// Receive signs that an exhibit was received, with the seal it bore and the
// state it was in. Who gave it cannot receive it.
type Receive struct{ Doing }

// Verb implements act.Command.
func (*Receive) Verb() string { return "exhibit.receive" }

// Signed implements act.Signed.
func (*Receive) Signed() {}

// Decide implements act.Command.
func (k *Receive) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	x, c, l, err := k.open(tx, d)
	if err != nil {
		return nil, err
	}
	switch {
	case !c.Between:
		return nil, refusal.Conflict("exhibit.not_given")
	case c.given.Node == d.Node && c.given.By == d.By.User:
		return nil, refusal.New("exhibit.own_receipt")
	case c.To != wire.Address{Node: d.Node, Office: d.By.Office}:
		return nil, refusal.New("exhibit.other_office")
	case l.Condition == "":
		return nil, refusal.New("exhibit.condition")
	}
	f := &Received{Link: l}
	f.Envelope, err = k.envelope(tx, d, x)
	return []journal.Fact{f}, err
}

// free refuses to let an exhibit go while its case is under a legal hold.
func free(tx *store.Tx, x Exhibit) error {
	holds, err := casefile.LegalHolds(tx, x.Case)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(holds, func(h casefile.LegalHold) bool { return h.Lifted.IsZero() }) {
		return refusal.Conflict("exhibit.held")
	}
	return nil
}
