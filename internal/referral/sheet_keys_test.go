package referral

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// differs is a count of a sheet of one line, which did not come.
func differs(reason string) Counting {
	return Counting{People: 1, Counted: map[string]string{"1": Missing}, Reasons: map[string]string{"1": reason}}
}

// crossed hands the suspect and the witness over, and ends the referral: the facts
// of the second signatures, each with a count that differs. hold is called once the
// witness was received, with nothing of it handed over yet.
func (w *world) crossed(hold func()) (f file, id string, suspect, witness string) {
	w.t.Helper()
	f, id = w.accepted()
	w.waive(f, f.suspect)
	w.waive(f, f.witness)
	plan := w.returning(f, id)
	plan.Property = []string{"Backpack"}
	w.do(w.agent, plan)
	w.do(w.agent, &Give{Referral: id})
	w.do(w.inm, &ReceivePerson{Referral: id, Form: "at_liberty", Counting: differs("He sold it at the station")})
	x := w.protects(w.adviser, reception(f, id, bridgeHour(w.us.Clock.Add(24*time.Hour))))
	w.protects(w.adviser, &GiveReception{Reception: x})
	w.mx.Must(w.inm, wire.PurposeProtection, &ReceiveReception{Reception: x, Counting: differs("Taken from her on the way")})
	hold()
	w.do(w.mp, &RegisterFile{Referral: id, File: "FED/TAMPS/REY/0001234/2026"})
	for _, step := range []string{"record_imputation", "record_bound_over", "record_dismissal"} {
		w.do(w.mp, &TakeStep{Referral: id, Step: step})
	}
	w.do(w.mp, &Dispose{Referral: id, Form: "dismissal", Reason: "judgment"})
	w.do(w.mp, &SignStep{Referral: id, Step: "report_outcome"})
	w.do(w.agent, &TakeStep{Referral: id, Step: "close"})
	h, _ := w.load(w.us, id).handOver(w.load(w.us, id).State())
	w.us.Read(func(tx *store.Tx) error {
		r, err := loadReception(tx, x)
		witness = r.Received.Fact
		return err
	})
	return f, id, h.Received.Fact, witness
}

// counted tells whether what a second signature says was counted opens on a node,
// and under what its key stands there.
func (w *world) counted(n *acttest.Node, fact string) (opens bool, subject string) {
	w.t.Helper()
	n.Read(func(tx *store.Tx) error {
		e, _, err := journal.Load(tx, fact)
		if err != nil {
			return err
		}
		p, _ := e.Part(partCounted)
		var c Counted
		err = n.Ring.Open(tx, p, &c)
		if opens = err == nil; opens && (len(c.Things) != 1 || c.Things[0].Why == "") {
			w.t.Errorf("%s: a count without its reason: %+v", n.Node, c)
		}
		if err != nil && !errors.Is(err, seal.ErrNoKey) {
			return err
		}
		return tx.QueryRow(`SELECT subject FROM sealkey WHERE id = $1`, p.Key).Scan(&subject)
	})
	return opens, subject
}

// forgets has somebody of the case forgotten at home.
func (w *world) forgets(person string) {
	w.t.Helper()
	o := w.us.Must(w.super, wire.PurposeProsecution, &casefile.Expunge{Person: person, Ground: "erasure_granted", Order: "R-1"}).Object
	w.us.Must(w.attorney, wire.PurposeProsecution, &casefile.ConfirmExpunge{Order: o})
}

// brought is how many messages that brought keys of counts a node can still read.
func (w *world) brought(n *acttest.Node, id string) (left int) {
	w.t.Helper()
	n.Read(func(tx *store.Tx) error {
		all, err := journal.OfReferral(tx, CountKeys{}.Kind(), id)
		for _, x := range all {
			if _, _, err := journal.Load(tx, x); err == nil {
				left++
			}
		}
		return err
	})
	return left
}

// What was counted of a person stands under the person's own record at home and is
// forgotten with it: of nobody else, not to be had again from the message that
// brought its key, and also where a release from before kept it with the referral.
func TestWhatWasCountedIsForgottenWithThePerson(t *testing.T) {
	w := newWorld(t)
	f, id, suspect, witness := w.crossed(w.Settle)
	for fact, person := range map[string]string{suspect: f.suspect, witness: f.witness} {
		if opens, subject := w.counted(w.us, fact); !opens || subject != casefile.KeySubject(person) {
			t.Errorf("at home: opens %v, kept under %s", opens, subject)
		}
		if opens, subject := w.counted(w.mx, fact); !opens || subject != "referral/"+id {
			t.Errorf("where it was counted: opens %v, kept under %s", opens, subject)
		}
	}
	w.forgets(f.witness)
	if opens, _ := w.counted(w.us, witness); opens {
		t.Error("what was counted of her opens after she was forgotten")
	}
	if opens, _ := w.counted(w.us, suspect); !opens || w.brought(w.us, id) != 1 {
		t.Error("what was counted of him went with her")
	}
	w.asBefore(id, suspect)
	if opens, subject := w.counted(w.us, suspect); !opens || subject != "referral/"+id {
		t.Fatalf("as it was kept before: %v, under %s", opens, subject)
	}
	w.forgets(f.suspect)
	if opens, _ := w.counted(w.us, suspect); opens || w.brought(w.us, id) != 0 {
		t.Error("what was counted of him, and kept with the referral, opens after he was forgotten")
	}
	for _, n := range []*acttest.Node{w.us, w.mx} {
		n.Verified()
		n.ReplayEqual()
	}
}

// asBefore keeps the key of a count with the referral, as a release did.
func (w *world) asBefore(id, fact string) {
	w.t.Helper()
	err := w.us.DB.Write(w.t.Context(), func(tx *store.Tx) error {
		e, _, err := journal.Load(tx, fact)
		if err != nil {
			return err
		}
		p, _ := e.Part(partCounted)
		key, err := w.us.Ring.Key(tx, p.Key)
		if err == nil {
			err = tx.Exec(`DELETE FROM sealkey WHERE id = $1`, p.Key)
		}
		if err != nil {
			return err
		}
		return w.us.Ring.Store(tx, p.Key, "referral/"+id, key, w.us.Clock)
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// The key of a count that comes when the person was forgotten already is not kept.
func TestAKeyThatComesAfterThePersonWasForgotten(t *testing.T) {
	w := newWorld(t)
	var late []acttest.Sent
	f, id, _, witness := w.crossed(func() {
		for s, waits := w.Next(w.mx); waits; s, waits = w.Next(w.mx) {
			if s.Message.Act.Kind == (CountKeys{}).Kind() {
				late = append(late, s)
				continue
			}
			w.Arrive(w.mx, s.Message)
		}
	})
	if len(late) != 1 {
		t.Fatalf("%d messages bring the key", len(late))
	}
	w.forgets(f.witness)
	w.Arrive(w.mx, late[0].Message)
	if opens, subject := w.counted(w.us, witness); opens || subject != "" {
		t.Errorf("it opens: %v, kept under %q", opens, subject)
	}
	if n := w.brought(w.us, id); n != 1 { // his
		t.Errorf("%d messages that bring keys can be read", n)
	}
	w.us.Verified()
	w.us.ReplayEqual()
}

// The other node knows which of its keys tell of one person on a sheet: what was
// announced of her, and what it counted.
func TestTheKeysOfASheetAreThoseOfOnePerson(t *testing.T) {
	w := newWorld(t)
	f, id, suspect, witness := w.crossed(w.Settle)
	r := w.load(w.mx, id)
	keys := map[string][]string{}
	w.mx.Read(func(tx *store.Tx) error {
		for name, person := range map[string]string{"hers": w.plant(f.witness), "his": w.plant(f.suspect), "all": "", "nobody's": w.stranger(id)} {
			var err error
			if keys[name], err = r.SheetKeys(tx, person); err != nil {
				return err
			}
			on, err := r.OnSheets(tx, person)
			if err != nil || on != (name == "hers" || name == "his") {
				t.Errorf("%s: on a sheet %v, %v", name, on, err)
			}
		}
		for name, fact := range map[string]string{"hers": witness, "his": suspect} {
			e, _, err := journal.Load(tx, fact)
			if err != nil {
				return err
			}
			p, _ := e.Part(partCounted)
			if len(keys[name]) != 2 || !slices.Contains(keys[name], p.Key) {
				t.Errorf("%s: %v without %s", name, keys[name], p.Key)
			}
		}
		return nil
	})
	if both := append(slices.Clone(keys["hers"]), keys["his"]...); len(keys["all"]) != 4 || len(keys["nobody's"]) != 0 || !slices.Equal(slices.Sorted(slices.Values(both)), keys["all"]) {
		t.Errorf("keys of sheets: %v", keys)
	}
}
