package consular

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
	"pgregory.net/rapid"
)

// Whatever was answered about fear, asylum, trafficking or health, the notice is
// the same, byte for byte: what is said in clear and what is sealed.
//
// Law: 27.
func TestNothingOfFearIsInANotice(t *testing.T) {
	w := newWorld(t)
	w.screened(w.person, "language.consulate", protection.Yes)
	w.advised(w.person, WishAsks)
	cmd, seed := w.notice(), journal.NewSeed(w.US.Clock)
	want := w.drawn(seed, cmd)
	rapid.Check(t, func(r *rapid.T) {
		own := []string{"language.consulate", protection.Yes}
		for _, q := range []string{"fear.fear", "fear.asylum", "fear.appeal_or_stay", "medical.care_now", "trafficking_indicators.forced_work", "trafficking_indicators.forced_sex", "coercion.threatened", "pregnancy.pregnant"} {
			own = append(own, q, rapid.SampledFrom(protection.Answers).Draw(r, q))
		}
		w.screened(w.person, own...)
		if got := w.drawn(seed, cmd); got != want {
			r.Fatalf("after %v the notice is\n%s\nand was\n%s", own, got, want)
		}
	})
}

// drawn is what a notice would be, from one seed and so with the same ids, keys
// and nonces each time; nothing is recorded.
func (w *world) drawn(s journal.Seed, cmd *Notify) string {
	w.t.Helper()
	var out string
	w.US.Read(func(tx *store.Tx) error {
		p, err := casefile.LoadPerson(tx, cmd.Person)
		if err != nil {
			return err
		}
		d := &act.Draw{Draw: s.Draw(w.US.Ring), By: w.adviser, Purpose: wire.PurposeProtection, Node: "us"}
		facts, err := cmd.facts(tx, d, p)
		if err != nil {
			return err
		}
		f := facts[0].(*Notified)
		clear, err := json.Marshal(f)
		out = fmt.Sprintf("%s %+v", clear, f.Envelope)
		return err
	})
	return out
}

// A withdrawal may come before the notice or its key, and cross an
// acknowledgement: whatever the order, both sides come to the same, and who took a
// notice back opens there to nobody.
func TestInWhateverOrder(t *testing.T) {
	w := newWorld(t)
	rapid.Check(t, func(r *rapid.T) {
		w.person = w.add(casefile.Particulars{Given: "Itzel", Paterno: "Barragarza", Birth: "1999-05-05", Nationalities: []string{"MX"}})
		id := w.told()
		queue := map[string][]acttest.Sent{}
		collect := func(n *acttest.Node) {
			for s, waits := w.Next(n); waits; s, waits = w.Next(n) {
				queue[n.Acts.Node+s.Lane] = append(queue[n.Acts.Node+s.Lane], s)
			}
		}
		withdraws := rapid.Bool().Draw(r, "taken back")
		for step := 0; step < 14; step++ {
			collect(w.US)
			collect(w.MX)
			switch what := rapid.SampledFrom([]string{"case", "alert", "back", "acknowledge", "family", "withdraw"}).Draw(r, "step"); what {
			case "case", "alert":
				w.first(w.US, queue, what)
			case "back":
				w.first(w.MX, queue, "case")
			case "acknowledge":
				w.maybe(w.MX, &Acknowledge{Notice: id})
			case "family":
				w.maybe(w.MX, &Family{Notice: id, Found: true})
			case "withdraw":
				if withdraws {
					w.maybe(w.US, &Withdraw{Notice: id})
				}
			}
		}
		for collect(w.US); w.first(w.US, queue, "alert") || w.first(w.US, queue, "case"); {
		}
		for collect(w.MX); w.first(w.MX, queue, "case"); {
		}
		here, there := w.stored(w.US, id), w.stored(w.MX, id)
		if store.JSON(here) != store.JSON(there) {
			r.Fatalf("the two sides differ:\n%s\n%s", store.JSON(here), store.JSON(there))
		}
		if opens := w.opens(id); opens != (here.Withdrawn == nil) {
			r.Fatalf("taken back: %v; who it is opens there: %v", here.Withdrawn != nil, opens)
		}
	})
	w.US.ReplayEqual()
	w.MX.ReplayEqual()
}

// first hands over the first message of a lane; false when there is none.
func (w *world) first(n *acttest.Node, queue map[string][]acttest.Sent, lane string) bool {
	q := queue[n.Acts.Node+lane]
	if len(q) == 0 {
		return false
	}
	queue[n.Acts.Node+lane] = q[1:]
	w.Arrive(n, q[0].Message)
	return true
}

// maybe takes an act that may come too early or too late.
func (w *world) maybe(n *acttest.Node, cmd act.Command) {
	w.Pass(time.Second)
	by := w.adviser
	if n == w.MX {
		by = w.consul
	}
	n.Take(by, wire.PurposeProtection, cmd) //nolint:errcheck // refused is an answer
}

func (w *world) stored(n *acttest.Node, id string) (out Notice) {
	n.Read(func(tx *store.Tx) (err error) {
		out, _, err = stored(tx, id)
		return err
	})
	return out
}

// opens reports whether the consulate's node can open who a notice is about.
func (w *world) opens(id string) (yes bool) {
	w.MX.Read(func(tx *store.Tx) error {
		e, _, err := journal.Load(tx, w.stored(w.MX, id).Sent.Fact)
		if err != nil {
			return err
		}
		p, _ := e.Part(partIdentity)
		var who Whom
		err = w.MX.Ring.Open(tx, p, &who)
		yes = err == nil
		if errors.Is(err, seal.ErrNoKey) {
			return nil
		}
		return err
	})
	return yes
}

// What the person took back is closed there: acts on it are refused, and what the
// consulate wrote for itself stays readable to it.
func TestTakenBack(t *testing.T) {
	w := newWorld(t)
	id := w.told()
	w.Settle()
	w.there(&Reveal{Notice: id, Reason: "Register"})
	w.there(&Need{Notice: id, Need: "lawyer", Note: "Counsel"})
	w.no(w.consul, "consular.need", &Need{Notice: id, Need: "money"})
	w.no(w.consul, "consular.told_not_found", &Family{Notice: id, Told: true})
	w.no(w.consul, "consular.interview_on", &Interview{Notice: id, Where: "x", Who: "y"})
	w.no(w.consul, "consular.interview", &Interview{Notice: id, On: w.MX.Clock})
	w.desk(w.adviser, &Withdraw{Notice: id})
	if lane := w.US.Out[len(w.US.Out)-1].Lane; lane != wire.LaneAlert {
		t.Errorf("it goes in lane %s", lane)
	}
	w.Settle()
	if w.opens(id) {
		t.Error("who it is opens there still")
	}
	if _, err := ShowIdentity(context.Background(), w.MX.Acts, w.consul, wire.PurposeProtection, id); err == nil {
		t.Error("it is shown still")
	}
	for _, cmd := range []act.Command{&Acknowledge{Notice: id}, &Reveal{Notice: id, Reason: "again"}, &Interview{Notice: id, On: w.MX.Clock, Where: "x", Who: "y"}, &Family{Notice: id, Found: true}, &Need{Notice: id, Need: "lawyer"}} {
		w.no(w.consul, "consular.taken_back", cmd)
	}
	v := w.show(w.MX, w.consul, id)
	if v.Withdrawn == nil || v.Reach != nil || v.Needs[0].Written == nil || v.Open() {
		t.Errorf("the consulate sees %+v", v)
	}
	if s := w.state(w.person); s.Keeps != "" || s.Notice == nil || s.Notice.Withdrawn == nil {
		t.Errorf("the desk sees %+v", s)
	}
	w.US.ReplayEqual()
	w.MX.ReplayEqual()
}

// Nothing of who it is, where, or what the consulate wrote stands in clear on
// either node, and nothing of the case crosses.
func TestNothingInClear(t *testing.T) {
	w := newWorld(t)
	id := w.told()
	w.Settle()
	w.there(&Interview{Notice: id, On: w.MX.Clock, Where: "Falfurrias station", Who: "R. Quetzalmitl", Note: "Mother in Xicotepec"})
	w.Settle()
	for _, n := range []*acttest.Node{w.US, w.MX} {
		raw := string(n.Raw())
		for _, secret := range []string{"Barragarza", "Holding room 3", "MX-55812", "Quetzalmitl", "Xicotepec"} {
			if strings.Contains(raw, secret) {
				t.Errorf("%s stands in clear on %s", secret, n.Acts.Node)
			}
		}
	}
	if raw := string(w.MX.Raw()); strings.Contains(raw, w.c) || strings.Contains(raw, w.person) {
		t.Error("the consulate's node knows the case, or the person's record")
	}
	if slices.ContainsFunc(w.US.Out, func(s acttest.Sent) bool { return s.Message.Act.Case == w.c }) {
		t.Error("a message names the case")
	}
}
