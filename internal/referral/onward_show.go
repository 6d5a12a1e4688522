package referral

import (
	"slices"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/store"
)

// addOnward puts what was asked about passing on, and how it was answered,
// among the turns of the conversation, each where its time stands.
func (r Referral) addOnward(tx *store.Tx, v *act.Viewing, letters bool, out *Shown) error {
	for _, o := range r.Onward {
		if err := r.askingTurns(tx, v, letters, out, o.Asking, "onward", map[string]any{"Node": o.To.Node}); err != nil {
			return err
		}
	}
	return nil
}

// askingTurns puts a question and its answer among the turns.
func (r Referral) askingTurns(tx *store.Tx, v *act.Viewing, letters bool, out *Shown, q Asking, what string, params map[string]any) error {
	if err := r.askingTurn(tx, v, letters, out, q.Asked, program.Receiver, "referral.turn."+what+"_asked", params); err != nil || q.Answered == nil {
		return err
	}
	key := "referral.turn." + what + "_refused"
	if q.Granted {
		key = "referral.turn." + what + "_granted"
	}
	return r.askingTurn(tx, v, letters, out, *q.Answered, program.Sender, key, params)
}

func (r Referral) askingTurn(tx *store.Tx, v *act.Viewing, letters bool, out *Shown, by Signature, side program.Side, key string, params map[string]any) error {
	say := func(l i18n.Lang) string { return i18n.T(l, key, params) }
	t := Turn{Fact: by.Fact, Name: program.Text{En: say(i18n.English), Es: say(i18n.Spanish)}, Side: side, Node: r.nodeOf(side), Office: by.Office, At: by.At, Released: true}
	if d, released, err := exchange.Receipts(tx, by.Fact); err != nil {
		return err
	} else if released {
		t.Delivery = &d
	}
	if err := r.fromFact(tx, v, &t, letters); err != nil {
		return err
	}
	at := slices.IndexFunc(out.Turns, func(x Turn) bool { return x.At.After(t.At) })
	if at < 0 {
		at = len(out.Turns)
	}
	out.Turns = slices.Insert(out.Turns, at, t)
	return nil
}
