package consular

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// A person asks; the consulate is told, opens who it is, says that it has it,
// sees the person, finds the family and takes on what is needed. Both sides come
// to the same notice, and what the consulate keeps stays with it.
//
// Law: 26.
func TestANoticeFromAskingToTheFamily(t *testing.T) {
	w := newWorld(t)
	id := w.told()
	w.Settle()
	v := w.show(w.MX, w.consul, id)
	if v.Reach == nil || v.Reach.Call == "" || !v.Keeps || v.Clock.ID != "us-consular-notify" || v.Clock.State != program.OnTrack || v.Case != "" {
		t.Fatalf("the consulate sees %+v", v)
	}
	if _, err := ShowIdentity(context.Background(), w.MX.Acts, w.consul, wire.PurposeProtection, id); err == nil {
		t.Fatal("who it is stands open before it was opened by an act")
	}
	w.there(&Reveal{Notice: id, Reason: "Look the person up in the consular register", Minutes: 10})
	who, err := ShowIdentity(context.Background(), w.MX.Acts, w.consul, wire.PurposeProtection, id)
	if err != nil || who.Whom.Name != "Itzel Barragarza" || !strings.Contains(who.Whom.Place, "Falfurrias") || len(who.Whom.Identifiers) != 1 || who.Whom.Identifiers[0].Scheme != "consular" {
		t.Fatalf("the consulate opened %+v: %v", who, err)
	}
	if _, err := ShowIdentity(context.Background(), w.MX.Acts, w.MX.Person("other", "sre-mcallen", access.RoleConsular), wire.PurposeProtection, id); err == nil {
		t.Error("it is open to another official too")
	}
	w.there(&Acknowledge{Notice: id})
	w.there(&Interview{Notice: id, On: w.MX.Clock, Where: "Falfurrias station", Who: "R. Ocaranza", Note: "Asks for a lawyer; her mother is in Puebla"})
	w.there(&Need{Notice: id, Need: "lawyer", Note: "Immigration counsel"})
	w.there(&Family{Notice: id, Found: true, Told: true, Note: "Her mother was called in Puebla"})
	w.Settle()
	here, there := w.show(w.US, w.adviser, id), w.show(w.MX, w.consul, id)
	if store.JSON(here.Notice) != store.JSON(there.Notice) || here.Acknowledged == nil || here.Family == nil || !here.Family.Told {
		t.Errorf("the two sides differ:\n%s\n%s", store.JSON(here.Notice), store.JSON(there.Notice))
	}
	if here.Keeps || here.Visits != nil || here.Needs != nil || here.Reach != nil || here.Case != w.c {
		t.Errorf("who sent it sees %+v", here)
	}
	if there.Visits[0].Written == nil || there.Needs[0].Written == nil || there.Notes[0].Written == nil || there.Waiting != 1 {
		t.Errorf("the consulate reads of its own %+v", there)
	}
	w.there(&MeetNeed{Notice: id, Task: there.Needs[0].ID})
	if v := w.show(w.MX, w.consul, id); v.Open() || v.Waiting != 0 {
		t.Errorf("after everything was done: %+v", v.Row)
	}
	w.Pass(11 * time.Minute)
	if _, err := ShowIdentity(context.Background(), w.MX.Acts, w.consul, wire.PurposeProtection, id); err == nil {
		t.Error("who it is stays open after its time")
	}
	if m := w.measure(); m.Done.IsZero() || m.State != program.Met {
		t.Errorf("the measure of the screening: %+v", m)
	}
	for _, s := range w.MX.Out {
		if k := s.Message.Act.Kind; strings.HasPrefix(k, "consular.") && k != (Acknowledged{}).Kind() && k != (FamilyTold{}).Kind() {
			t.Errorf("%s crossed", k)
		}
	}
	w.US.ReplayEqual()
	w.MX.ReplayEqual()
}

// measure is the task of the person's screening that a notice ends.
func (w *world) measure() protection.MeasureView {
	w.t.Helper()
	v, err := protection.Show(context.Background(), w.US.Acts, w.adviser, wire.PurposeProtection, w.c)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, p := range v.People {
		for _, g := range p.Gates {
			for _, m := range g.Measures {
				if m.ID == "consular_notice" {
					return m
				}
			}
		}
	}
	w.t.Fatal("the screening calls for no notice")
	return protection.MeasureView{}
}

// Nobody tells a consulate before the person was asked about fear and told of the
// right, or against what the person said last.
//
// Law: 26, 27, 28.
func TestTheOrderIsFearThenTheRightThenTheWish(t *testing.T) {
	w := newWorld(t)
	w.no(w.adviser, "consular.fear_not_asked", w.notice())
	w.screened(w.person)
	w.no(w.adviser, "consular.not_advised", w.notice())
	w.advised(w.person, WishAsks)
	w.no(w.adviser, "consular.not_asked", w.notice())
	w.screened(w.person, "language.consulate", protection.Yes)
	w.advised(w.person, WishWaits)
	w.no(w.adviser, "consular.waits", w.notice())
	w.advised(w.person, WishDeclines)
	w.no(w.adviser, "consular.not_asked", w.notice())
	w.advised(w.person, WishAsks)
	id := w.desk(w.adviser, w.notice())
	w.no(w.adviser, "consular.told_already", w.notice())
	w.desk(w.adviser, &Withdraw{Notice: id})
	w.no(w.adviser, "consular.withdrawn_already", &Withdraw{Notice: id})
	w.desk(w.adviser, w.notice())
}

// What is missing of a notice is said, and whose consulate it is.
func TestWhatANoticeNeeds(t *testing.T) {
	w := newWorld(t)
	w.screened(w.person, "language.consulate", protection.Yes)
	w.advised(w.person, WishAsks)
	for code, spoil := range map[string]func(*Notify){
		"consular.place":  func(c *Notify) { c.Place = " " },
		"consular.call":   func(c *Notify) { c.Call = "" },
		"consular.since":  func(c *Notify) { c.Since = w.US.Clock.Add(time.Hour) },
		"consular.office": func(c *Notify) { c.Office = "fgr-tamps" },
	} {
		c := w.notice()
		spoil(c)
		w.no(w.adviser, code, c)
	}
	w.no(w.adviser, "consular.wish", &Advise{Case: w.c, Person: w.person, Language: "es"})
	w.no(w.adviser, "protection.language_missing", &Advise{Case: w.c, Person: w.person, Wish: WishAsks})
	other := w.add(casefile.Particulars{Given: "Marvin", Paterno: "Xitumul", Birth: "1998-01-01", Nationalities: []string{"GT"}})
	w.screened(other, "language.consulate", protection.Yes)
	w.advised(other, WishAsks)
	c := w.notice()
	c.Person = other
	w.no(w.adviser, "consular.not_its_national", c)
}

// A consulate without a node is told by the usual means, which is an act with
// its means, its time and the officer who was told.
func TestAConsulateWithoutANode(t *testing.T) {
	w := newWorld(t)
	p := w.add(casefile.Particulars{Given: "Marvin", Paterno: "Xitumul", Birth: "1998-01-01", Nationalities: []string{"GT"}})
	tell := func(change func(*TellOutside)) *TellOutside {
		c := &TellOutside{Case: w.c, Person: p, Country: "GT", Means: "telephone", Officer: "Consulate of Guatemala in McAllen, duty officer", At: w.US.Clock}
		if change != nil {
			change(c)
		}
		return c
	}
	w.no(w.adviser, "consular.fear_not_asked", tell(nil))
	w.screened(p, "language.consulate", protection.Yes)
	w.advised(p, WishAsks)
	w.no(w.adviser, "consular.country", tell(func(c *TellOutside) { c.Country = "Guatemala" }))
	w.no(w.adviser, "consular.means", tell(func(c *TellOutside) { c.Means = "" }))
	w.no(w.adviser, "consular.officer", tell(func(c *TellOutside) { c.Officer = "" }))
	w.no(w.adviser, "consular.told_at", tell(func(c *TellOutside) { c.At = w.US.Clock.Add(time.Hour) }))
	w.no(w.adviser, "consular.not_its_national", tell(func(c *TellOutside) { c.Country = "HN" }))
	w.desk(w.adviser, tell(nil))
	w.no(w.adviser, "consular.told_already", tell(nil))
	if s := w.state(p); s.Outside == nil || s.Outside.Officer == "" || s.ToldAt == nil || s.Notice != nil {
		t.Errorf("the desk sees %+v", s)
	}
	if n := w.Waiting(w.US); n != 0 {
		t.Errorf("%d messages went for a consulate without a node", n)
	}
	if m := w.measure(); m.Done.IsZero() {
		t.Errorf("the measure: %+v", m)
	}
	w.US.ReplayEqual()
}

// Of a child the child-protection authority is told too, and two people of the
// consulate open who it is.
func TestOfAChild(t *testing.T) {
	w := newWorld(t)
	w.person = w.add(casefile.Particulars{Given: "Yunuen", Paterno: "Olarte", Birth: "2013-02-02", Nationalities: []string{"MX"}})
	w.screened(w.person, "language.consulate", protection.Yes, "child.under_18", protection.Yes, "child.unaccompanied", protection.No)
	w.advised(w.person, WishAsks)
	w.no(w.adviser, "consular.child_authority", w.notice())
	c := w.notice()
	c.ChildTold = "HHS told by telephone at 14:10"
	id := w.desk(w.adviser, c)
	w.Settle()
	w.there(&Reveal{Notice: id, Reason: "Look for the parents"})
	if _, err := ShowIdentity(context.Background(), w.MX.Acts, w.consul, wire.PurposeProtection, id); err == nil {
		t.Fatal("one person opened who the child is")
	}
	asked := w.show(w.MX, w.consul, id).Requests
	if len(asked) != 1 || asked[0].Reason != "Look for the parents" {
		t.Fatalf("what waits for a second person: %+v", asked)
	}
	w.no(w.consul, "protection.second_person", &ApproveReveal{Notice: id, Request: asked[0].ID})
	second := w.MX.Person("second", "sre-mcallen", access.RoleConsular)
	w.no(w.MX.Person("mp", "fgr-tamps", access.RoleMP), "access.not_found", &ApproveReveal{Notice: id, Request: asked[0].ID})
	w.MX.Must(second, wire.PurposeProtection, &ApproveReveal{Notice: id, Request: asked[0].ID})
	who, err := ShowIdentity(context.Background(), w.MX.Acts, w.consul, wire.PurposeProtection, id)
	if err != nil || who.Whom.Name != "Yunuen Olarte" {
		t.Errorf("%+v: %v", who, err)
	}
	w.no(second, "protection.revealed_already", &ApproveReveal{Notice: id, Request: asked[0].ID})
	w.MX.ReplayEqual()
}

// Nobody but the consulate acts on a notice that came or reads what it keeps, and
// nobody but the adviser tells one.
func TestWhoSeesAndActs(t *testing.T) {
	w := newWorld(t)
	id := w.told()
	w.Settle()
	w.there(&Interview{Notice: id, On: w.MX.Clock, Where: "Falfurrias", Who: "R. Ocaranza", Note: "private"})
	for name, by := range map[string]access.Actor{
		"a prosecutor":              w.MX.Person("mp", "fgr-tamps", access.RoleMP),
		"a prosecutor put there":    w.MX.Person("mp2", "sre-mcallen", access.RoleMP),
		"the migration institute":   w.MX.Person("inm", "inm-reynosa", access.RoleINM),
		"migration put there":       w.MX.Person("inm2", "sre-mcallen", access.RoleINM),
		"another consulate":         w.MX.Person("c2", "sre-laredo", access.RoleConsular),
		"an auditor":                w.MX.Person("aud", "sre-mcallen", access.RoleAuditor),
		"the node's administration": w.MX.Person("adm", "sre-mcallen", access.RoleAdmin),
	} {
		if _, err := Show(context.Background(), w.MX.Acts, by, wire.PurposeProtection, id); err == nil {
			t.Errorf("%s reads the notice", name)
		}
		if list, err := List(context.Background(), w.MX.Acts, by, wire.PurposeProtection); err != nil || len(list) != 0 {
			t.Errorf("%s lists %d: %v", name, len(list), err)
		}
		w.no(by, "access.not_found", &Acknowledge{Notice: id})
		w.no(by, "access.not_found", &Reveal{Notice: id, Reason: "curious"})
	}
	for _, role := range []string{access.RoleFieldAgent, access.RoleProsecutions, access.RoleSupervisor, access.RoleUSAttorney, access.RoleINM} {
		by := w.US.Person("u-"+role, "usbp-rgv", role)
		if _, err := Show(context.Background(), w.US.Acts, by, wire.PurposeProtection, id); err == nil {
			t.Errorf("%s of who holds the person reads the notice", role)
		}
		w.no(by, "access.not_found", &Withdraw{Notice: id})
		if all, err := Of(context.Background(), w.US.Acts, by, wire.PurposeProtection, w.c); err == nil && len(all) > 0 {
			t.Errorf("%s sees who asks: %+v", role, all)
		}
	}
	w.no(w.agent, "access.not_found", w.notice())
	if _, err := Show(context.Background(), w.MX.Acts, w.consul, wire.PurposeProsecution, id); err == nil {
		t.Error("it is read for a prosecution")
	}
}

// The clock runs on both sides, is overdue on both, and ends with the
// acknowledgement.
func TestTheClockShowsOnBothSides(t *testing.T) {
	w := newWorld(t)
	id := w.told()
	w.Settle()
	w.Pass(25 * time.Hour)
	for _, v := range []Shown{w.show(w.US, w.adviser, id), w.show(w.MX, w.consul, id)} {
		if !v.Overdue() || v.Clock.Sure || v.Clock.Source.En == "" {
			t.Errorf("a day later: %+v", v.Clock)
		}
	}
	w.there(&Acknowledge{Notice: id})
	w.no(w.consul, "consular.acknowledged_already", &Acknowledge{Notice: id})
	w.Settle()
	for _, v := range []Shown{w.show(w.US, w.adviser, id), w.show(w.MX, w.consul, id)} {
		if v.Overdue() || v.Clock.Ended.IsZero() {
			t.Errorf("acknowledged: %+v", v.Clock)
		}
	}
}
