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
		if err := r.onwardTurn(tx, v, letters, out, o, o.Asked, program.Receiver, "referral.turn.onward_asked"); err != nil {
			return err
		}
		if o.Answered == nil {
			continue
		}
		key := "referral.turn.onward_refused"
		if o.Granted {
			key = "referral.turn.onward_granted"
		}
		if err := r.onwardTurn(tx, v, letters, out, o, *o.Answered, program.Sender, key); err != nil {
			return err
		}
	}
	return nil
}

func (r Referral) onwardTurn(tx *store.Tx, v *act.Viewing, letters bool, out *Shown, o Onward, by Signature, side program.Side, key string) error {
	say := func(l i18n.Lang) string { return i18n.T(l, key, map[string]any{"Node": o.To.Node}) }
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
