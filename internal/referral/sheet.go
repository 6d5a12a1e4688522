package referral

import (
	"context"
	"slices"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Sheet is a hand-over as the two officers who sign it need it: who by
// pseudonym, where, when, on what basis, and which signature is awaited. It says
// nothing of the case: the officer at the bridge sees it and nothing else.
type Sheet struct {
	ID       string       `json:"id"` // of the referral
	Number   string       `json:"number"`
	Side     program.Side `json:"side"` // of this node
	Sender   wire.Address `json:"sender"`
	Receiver wire.Address `json:"receiver"`
	HandOver HandOver     `json:"hand_over"`
	Offered  []Offer      `json:"offered"` // the signature that the reader can give now
}

// signatures are the two steps by which a person changes hands.
var signatures = []string{"give", "receive"}

// ShowSheet gives the sheet of a referral's hand-over.
func ShowSheet(ctx context.Context, a *act.Acts, by access.Actor, purpose, id string) (Sheet, error) {
	return act.View(ctx, a, by, purpose, "referral.hand_over", func(tx *store.Tx, v *act.Viewing) (Sheet, error) {
		r, err := Load(tx, id)
		if err != nil {
			return Sheet{}, err
		}
		s := r.State()
		h, ok := r.handOver(s)
		if !ok || !v.See(r.resource("handover")) {
			return Sheet{}, refusal.NotFound()
		}
		return r.sheet(v, s, h)
	})
}

// SheetToSign is the sheet that whoever takes a step signs; false for a step
// that is no signature of a hand-over.
func (r Referral) SheetToSign(step string) (Sheet, bool) {
	h, ok := r.handOver(r.State())
	return r.drawn(h), ok && slices.Contains(signatures, step)
}

func (r Referral) drawn(h HandOver) Sheet {
	return Sheet{ID: r.ID, Number: r.Number, Side: r.Side, Sender: r.Sender, Receiver: r.Receiver, HandOver: h, Offered: []Offer{}}
}

// sheet draws a hand-over up for a reader who may see it.
func (r Referral) sheet(v *act.Viewing, s program.Standing, h HandOver) (Sheet, error) {
	out := r.drawn(h)
	for _, step := range r.procedure.Offered(s, r.Side, v.By.Roles) {
		if !slices.Contains(signatures, step.ID) || !v.May(verbOf(step), r.owned(step.Owner, nil)) {
			continue
		}
		o, err := r.offer(step, nil, nil) // neither asks what the file says before it is taken
		if err != nil {
			return out, err
		}
		out.Offered = append(out.Offered, o)
	}
	return out, nil
}
