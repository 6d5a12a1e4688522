package referral

import (
	"testing"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// ordering is a command that asks on whom an order to the police could rest, and
// records nothing.
type ordering struct {
	Referral, Person string
	got              *OnWarrant
}

func (*ordering) Verb() string { return "warrant.issue" }

func (o *ordering) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	w, err := WarrantOn(tx, d, o.Referral, o.Person, []string{access.RoleMP})
	*o.got = w
	return nil, err
}

// An order to the police rests on a warrant that names the person, and waits from
// the moment in which the sender takes the referral back; that a warrant was
// executed is told to the other side once everybody whom it names was found.
func TestAnOrderRestsOnAWarrantThatNames(t *testing.T) {
	w := newWorld(t)
	f, id := w.accepted()
	guide := w.plant(f.suspect)
	ask := func(by access.Actor, person string) (OnWarrant, error) {
		var got OnWarrant
		_, err := w.mx.Do(t.Context(), by, "", wire.PurposeProsecution, &ordering{id, person, &got})
		return got, err
	}
	refused := func(by access.Actor, person, code string) {
		t.Helper()
		if _, err := ask(by, person); !refusal.Is(err, code) {
			t.Errorf("%s: %v, not %s", person, err, code)
		}
	}
	refused(w.mp, guide, "referral.no_warrant")
	w.do(w.mp, &RegisterFile{Referral: id, File: "FED/1"})
	w.do(w.mp, &TakeStep{Referral: id, Step: "seek_warrant"})
	w.do(w.mp, &TakeStep{Referral: id, Step: "record_warrant_issued"})
	refused(w.mp, guide, "warrant.not_named")
	w.do(w.mp, &NameInWarrant{Referral: id, Person: guide})
	refused(w.inm, guide, "access.not_found")
	refused(w.mp, w.plant(f.witness), "warrant.not_named")
	got, err := ask(w.mp, guide)
	if err != nil || got.Who.Name() != "Rutilio Barragarza" || got.Issued == "" || got.Withdrawn {
		t.Fatalf("whom the warrant names: %+v, %v", got, err)
	}
	holds := func(anyway bool) (ok bool) {
		w.mx.Read(func(tx *store.Tx) (err error) { ok, err = WarrantHolds(tx, id, guide, got.Issued, anyway); return err })
		return ok
	}
	if !holds(false) {
		t.Error("an order does not stand while its warrant does")
	}
	w.do(w.agent, &Withdraw{Referral: id})
	if holds(false) || !holds(true) {
		t.Errorf("after the sender withdrew: %v, and given anyway %v", holds(false), holds(true))
	}
	w.do(w.mp, &TakeStep{Referral: id, Step: StepWarrantCancelled})
	if holds(true) {
		t.Error("an order stands on a warrant that the court cancelled")
	}
}
