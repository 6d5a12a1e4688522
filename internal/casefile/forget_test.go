package casefile

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// two people who may order and confirm, at the office of the cases.
func (k desk) two() (first, second access.Actor) {
	return k.Person("super", "usbp-rgv", access.RoleSupervisor), k.Person("adviser", "usbp-rgv", access.RoleAdviser)
}

// order has the first person order that something is forgotten.
func (k desk) order(first access.Actor, x *Expunge) string {
	k.t.Helper()
	k.Clock = k.Clock.Add(time.Second)
	x.Ground, x.Order = "erasure_granted", "DG-114/2026"
	return k.Must(first, wire.PurposeOversight, x).Object
}

// absentIn fails if any of these stand in the file or its log, once it was emptied.
func (k desk) absentIn(words ...string) {
	k.t.Helper()
	k.LogEmptied()
	raw := bytes.ToLower(k.Raw())
	for _, w := range words {
		if standsIn(raw, w) {
			k.t.Errorf("%q is still in the database", w)
		}
	}
}

// standsIn looks for a word's bytes, and for its last beginnings as SQLite's index
// keeps them: how much of the term before it shares, how much more, and that.
func standsIn(raw []byte, word string) bool {
	var chain strings.Builder
	chain.WriteString("(?s)")
	for at := len(word) - 4; at < len(word); at++ {
		fmt.Fprintf(&chain, `\x%02x\x01%s.{1,24}?`, at+1, regexp.QuoteMeta(word[at:at+1]))
	}
	latin1 := make([]rune, len(raw)) // a byte each, as the expression counts letters
	for i, b := range raw {
		latin1[i] = rune(b)
	}
	return bytes.Contains(raw, []byte(word)) || regexp.MustCompile(chain.String()).MatchString(string(latin1))
}

func TestForgettingAPersonDestroysTheKeys(t *testing.T) {
	k := open(t)
	first, second := k.two()
	under := k.Subordinate(first, "under", "usbp-rgv", access.RoleAdviser)
	c := k.must(&Open{Title: "t"})
	other := k.must(&AddPerson{Case: c, Particulars: Particulars{Given: "Melquiades"}, Age: "adult", RoleFields: role})
	p := k.must(&AddPerson{Case: c, Particulars: Particulars{Given: "Rogelio", Paterno: "Zquintalvo"}, Age: "adult", RoleFields: role})
	twin := k.must(&AddPerson{Case: c, Particulars: Particulars{Given: "Rogelio", Paterno: "Zquintalvo"}, Age: "adult", RoleFields: role})
	k.must(&Merge{Keep: p, Merged: twin, Reason: "same_person"})
	k.must(&AddPhone{Case: c, PhoneFields: PhoneFields{Holder: p, Number: "(956) 555-0142"}})
	sought := k.Must(k.agent, wire.PurposeProsecution, &FindProtected{Name: "Rogelio Zquintalvo", Reason: "safety"}).Facts[0]
	if len(k.find(k.agent, "zquintalvo")) != 1 || !standsIn(bytes.ToLower(k.Raw()), "zquintalvo") {
		t.Fatal("not in the index before")
	}
	for code, x := range map[string]*Expunge{
		"casefile.forget_what":   {Case: c, Person: p, Ground: "court_order", Order: "1"},
		"casefile.forget_ground": {Person: p, Ground: "convenience", Order: "1"},
		"casefile.forget_order":  {Person: p, Ground: "court_order"},
	} {
		k.Refused(first, wire.PurposeOversight, code, x)
	}
	k.Refused(k.agent, wire.PurposeProsecution, "access.not_yours", &Expunge{Person: p, Ground: "court_order", Order: "1"})
	o := k.order(first, &Expunge{Person: p})
	k.Refused(second, wire.PurposeOversight, "casefile.forget_waiting", &Expunge{Person: twin, Ground: "court_order", Order: "2"})
	for _, by := range []access.Actor{first, under} {
		_, err := k.Take(by, wire.PurposeOversight, &ConfirmExpunge{Order: o})
		if r, ok := refusal.As(err); !ok || r.Code != "access.second_person" && r.Code != "access.not_found" {
			t.Errorf("%s confirms: %v", by.User, err)
		}
	}
	k.Must(second, wire.PurposeOversight, &ConfirmExpunge{Order: o})
	k.absentIn("zquintalvo", "9565550142")
	k.Refused(second, wire.PurposeOversight, "casefile.forget_decided", &ConfirmExpunge{Order: o})
	for _, id := range []string{p, twin} {
		k.Read(func(tx *store.Tx) error {
			record, err := loadRecord(tx, id)
			if err != nil {
				return err
			}
			if _, err := OpenIdentity(tx, k.Ring, record); !errors.Is(err, seal.ErrNoKey) || !record.Gone() {
				t.Errorf("the identity opens: %v", err)
			}
			return nil
		})
	}
	if len(k.find(k.agent, "zquintalvo")) != 0 || len(k.find(k.agent, "melquiades")) != 1 {
		t.Error("the index has the wrong people")
	}
	k.Read(func(tx *store.Tx) error {
		_, m, err := journal.Load(tx, sought)
		if err == nil && !errors.Is(k.Ring.Open(tx, m.Act.Sealed[0], new(asked)), seal.ErrNoKey) {
			t.Error("what was typed to find the person opens")
		}
		return err
	})
	k.refused("casefile.forgotten", &CorrectPerson{Person: p, Reason: "clerical", Particulars: Particulars{Given: "R"}})
	k.refused("casefile.forgotten", &AddPhone{Case: c, PhoneFields: PhoneFields{Holder: p, Number: "(956) 555-0143"}})
	k.must(&CorrectPerson{Person: other, Reason: "clerical", Particulars: Particulars{Given: "Melquíades"}})
	if _, err := Show(context.Background(), k.Acts, k.agent, wire.PurposeProsecution, c); err != nil {
		t.Errorf("the case does not open any more: %v", err)
	}
	if err := k.DB.Write(context.Background(), func(tx *store.Tx) error { return Index(k.Ring).Rebuild(tx) }); err != nil {
		t.Fatal(err)
	}
	if len(k.find(k.agent, "zquintalvo")) != 0 || len(k.find(k.agent, "melquiades")) != 1 {
		t.Error("rebuilt, the index has the wrong people")
	}
	if v := k.Verified(); v.Forgotten != 0 {
		t.Errorf("%d bodies went with a person", v.Forgotten)
	}
	k.ReplayEqual()
}

// What waits for a signature about the case goes with whom it may name; what is
// about another case, somebody signs as it was shown.
func TestForgettingDropsWhatMayNameTheForgotten(t *testing.T) {
	k := open(t)
	first, second := k.two()
	c, other := k.must(&Open{Title: "t"}), k.must(&Open{Title: "u"})
	p := k.must(&AddPerson{Case: c, Particulars: Particulars{Given: "Rogelio", Paterno: "Zquintalvo"}, Age: "adult", RoleFields: role})
	q := k.must(&AddPerson{Case: c, Particulars: Particulars{Given: "Melquiades"}, Age: "adult", RoleFields: role})
	r := k.must(&AddPerson{Case: other, Particulars: Particulars{Given: "Eulalia"}, Age: "adult", RoleFields: role})
	shown := func(x *Expunge) act.Prepared {
		t.Helper()
		got, err := k.Prepare(t.Context(), first, "", wire.PurposeOversight, x)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	o := k.order(first, &Expunge{Person: p})
	same := shown(&Expunge{Person: q, Ground: "court_order", Order: "on Rogelio Zquintalvo"})
	elsewhere := shown(&Expunge{Person: r, Ground: "court_order", Order: "7"})
	k.Must(second, wire.PurposeOversight, &ConfirmExpunge{Order: o})
	if _, err := k.Sign(t.Context(), first, same.ID, k.Answer(first, same)); !refusal.Is(err, "act.prepared_gone") {
		t.Errorf("what may name the forgotten is signed: %v", err)
	}
	if _, err := k.Sign(t.Context(), first, elsewhere.ID, k.Answer(first, elsewhere)); err != nil {
		t.Errorf("what is about another case went too: %v", err)
	}
	k.Read(func(tx *store.Tx) (err error) {
		var n int
		if err = tx.QueryRow(`SELECT COUNT(*) FROM prepared_about WHERE object = $1`, c).Scan(&n); err == nil && n != 0 {
			t.Errorf("%d rows say what was about the case", n)
		}
		return err
	})
}

func TestForgettingACaseDeletesBodies(t *testing.T) {
	k := open(t)
	first, second := k.two()
	c := k.must(&Open{Title: "t"})
	p := k.must(&AddPerson{Case: c, Particulars: Particulars{Given: "Rogelio", Paterno: "Zquintalvo"}, Age: "adult", RoleFields: role})
	k.must(&AddOrganisation{Case: c, OrganisationFields: OrganisationFields{Name: "Transportes Ypsilandia", Kind: "carrier"}})
	k.must(&AddPerson{Case: c, Particulars: Particulars{Given: "Testigo"}, RoleFields: witness()})
	forgotten := k.order(first, &Expunge{Person: p})
	k.Must(second, wire.PurposeOversight, &ConfirmExpunge{Order: forgotten})
	kept := k.must(&Open{Title: "another"})
	k.must(&AddOrganisation{Case: kept, OrganisationFields: OrganisationFields{Name: "Transportes Ypsilonia", Kind: "carrier"}})
	try := func(code string) {
		t.Helper()
		k.Refused(first, wire.PurposeOversight, code, &Expunge{Case: c, Ground: "retention_ended", Order: "R-9"})
	}
	try("casefile.forget_open")
	k.must(&SetStatus{Case: c, Status: StatusClosed})
	hold := k.Must(first, wire.PurposeOversight, &PlaceHold{Case: c, Ground: "complaint", Authority: "control_body", Lifts: access.RoleAdviser, Reference: "Q-77"}).Object
	try("casefile.forget_held")
	k.Refused(first, wire.PurposeOversight, "casefile.hold_ground", &PlaceHold{Case: c, Ground: "habit"})
	k.Refused(first, wire.PurposeOversight, "casefile.hold_lifter", &LiftHold{Hold: hold})
	k.Must(second, wire.PurposeOversight, &LiftHold{Hold: hold})
	k.Refused(second, wire.PurposeOversight, "casefile.hold_lifted", &LiftHold{Hold: hold})
	ordered := k.Must(first, wire.PurposeOversight, &PlaceHold{Case: c, Ground: "court_order", Authority: "court", Lifts: "court"}).Object
	k.Refused(second, wire.PurposeOversight, "casefile.hold_order", &LiftHold{Hold: ordered})
	k.Must(second, wire.PurposeOversight, &LiftHold{Hold: ordered, Order: "Order 12 of 9 June"})
	before := referralsOf
	AnswerReferrals(func(*store.Tx, Case) ([]string, bool, error) { return nil, true, nil })
	try("casefile.forget_business")
	AnswerReferrals(before)
	o := k.order(first, &Expunge{Case: c})
	k.Must(second, wire.PurposeOversight, &ConfirmExpunge{Order: o})
	k.absentIn("zquintalvo", "ypsilandia")
	if _, err := Show(context.Background(), k.Acts, k.agent, wire.PurposeProsecution, c); !isAbsent(err) {
		t.Errorf("the case is still shown: %v", err)
	}
	if len(k.find(k.agent, "ypsilonia")) != 1 || len(k.find(k.agent, "rgv-26-0001")) != 0 {
		t.Error("the index has the wrong cases")
	}
	f := k.lastForgotten()
	var bodies int
	for _, n := range f.Bodies {
		bodies += n
	}
	if v := k.Verified(); v.Forgotten != int64(bodies) || bodies < 6 || f.Bodies["case.opened.1"] != 1 || f.Bodies["case.person_added.1"] != 2 || f.Keys == 0 {
		t.Errorf("%d bodies missing; the fact says %v and %d keys", v.Forgotten, f.Bodies, f.Keys)
	}
	k.ReplayEqual()
	var number Case
	next := k.must(&Open{Title: "t"})
	k.Read(func(tx *store.Tx) (err error) { number, err = Load(tx, next); return err })
	if number.Number != "RGV-26-0003" {
		t.Errorf("the next number is %s", number.Number)
	}
	if err := k.DB.Write(context.Background(), func(tx *store.Tx) error { return Index(k.Ring).Rebuild(tx) }); err != nil {
		t.Fatal(err)
	}
	if len(k.find(k.agent, "ypsilandia")) != 0 || len(k.find(k.agent, "rgv-26-0001")) != 0 {
		t.Error("rebuilt, the forgotten case is found")
	}
	k.ReplayEqual()
}

// The second person can say no, and then it can be ordered anew.
func TestAnOrderCanBeRejected(t *testing.T) {
	k := open(t)
	first, second := k.two()
	c := k.must(&Open{Title: "t"})
	k.must(&SetStatus{Case: c, Status: StatusClosed})
	o := k.order(first, &Expunge{Case: c})
	k.Must(second, wire.PurposeOversight, &RejectExpunge{Order: o})
	k.Refused(second, wire.PurposeOversight, "casefile.forget_decided", &ConfirmExpunge{Order: o})
	k.order(second, &Expunge{Case: c})
	if v := k.Verified(); v.Forgotten != 0 {
		t.Error("a rejected order deleted bodies")
	}
	k.Read(func(tx *store.Tx) error {
		all, err := ForgetOrders(tx, c)
		if err == nil && (len(all) != 2 || all[0].Forgotten || all[0].Second != "adviser" || !all[1].Decided.IsZero()) {
			t.Errorf("%+v", all)
		}
		return err
	})
	k.ReplayEqual()
}

// An outcome that can still be appealed keeps case and people.
func TestAppealableOutcomeKeepsTheRecord(t *testing.T) {
	k := open(t)
	first, _ := k.two()
	c := k.must(&Open{Title: "t"})
	p := k.must(&AddPerson{Case: c, Particulars: Particulars{Given: "Rogelio"}, Age: "adult", RoleFields: role})
	outcome := OutcomeFields{Person: p, Kind: "acquittal", On: "2026-06-01"}
	id := k.must(&AddOutcome{Case: c, OutcomeFields: outcome})
	k.Refused(first, wire.PurposeOversight, "casefile.forget_business", &Expunge{Person: p, Ground: "court_order", Order: "1"})
	outcome.Final = true
	k.must(&CorrectOutcome{Correction: Correction{Item: id, Reason: "new_information"}, OutcomeFields: outcome})
	k.order(first, &Expunge{Person: p})
}

// lastForgotten reads the newest fact of forgetting.
func (k desk) lastForgotten() (f Forgotten) {
	k.t.Helper()
	k.Read(func(tx *store.Tx) error {
		var id string
		if err := tx.QueryRow(`SELECT id FROM fact WHERE kind = $1 ORDER BY seq DESC LIMIT 1`, f.Kind()).Scan(&id); err != nil {
			return err
		}
		_, m, err := journal.Load(tx, id)
		if err != nil {
			return err
		}
		return json.Unmarshal(m.Act.Clear, &f)
	})
	return f
}
