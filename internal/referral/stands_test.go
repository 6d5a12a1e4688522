package referral

import (
	"slices"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

func (w *world) along(n *acttest.Node, by access.Actor, purpose string) []Stand {
	w.t.Helper()
	out, err := act.View(w.t.Context(), n.Acts, by, purpose, "test.along", func(tx *store.Tx, v *act.Viewing) ([]Stand, error) {
		return Stands(tx, v, n.Acts.Now())
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// Where referrals stand along the border is read off the index, and says what
// their histories say: open, answered after so long, silent since so long.
func TestWhereReferralsStandAlongTheBorder(t *testing.T) {
	w := newWorld(t)
	later := func(d time.Duration) { w.us.Clock, w.mx.Clock = w.us.Clock.Add(d), w.mx.Clock.Add(d) }
	_, id := w.sent()
	one := func() Stand {
		t.Helper()
		all := w.along(w.us, w.agent, wire.PurposeProsecution)
		if len(all) != 1 {
			t.Fatalf("%d of one", len(all))
		}
		return all[0]
	}
	if s := one(); !s.Known || !s.Open || !s.Silent.IsZero() || !s.Answered.IsZero() || s.Corridor != w.load(w.us, id).Corridor {
		t.Errorf("sent: %+v", s)
	}
	due := dies(w.running(id)).Due
	later(30 * 24 * time.Hour)
	if s := one(); !s.Silent.Equal(due) {
		t.Errorf("silent since %v, the clock ran out at %v", s.Silent, due)
	}
	if here := w.along(w.mx, w.mp, wire.PurposeProsecution); len(here) != 1 || !here[0].Silent.IsZero() {
		t.Errorf("one's own lateness is no silence: %+v", here)
	}
	w.do(w.mp, &OpenNotice{Referral: id})
	w.do(w.mp, &SignForAnalysis{Referral: id, Undertakes: true})
	later(2 * time.Hour)
	w.do(w.mp, &Decline{Referral: id, Reason: "witness_unavailable", Form: "temporary_archive", Explanation: "No se localizó a la persona testigo."})
	w.Settle()
	if s := one(); s.Answered.IsZero() || s.Took != 30*24*time.Hour+2*time.Hour || s.InTime || !s.Silent.IsZero() {
		t.Errorf("answered late: %+v", s)
	}
	later(RateWindow)
	if all := w.along(w.us, w.agent, wire.PurposeProsecution); slices.ContainsFunc(all, func(s Stand) bool { return !s.Open }) {
		t.Errorf("what was over long ago is counted: %+v", all)
	}
}

// running are the clocks of a referral as its sender sees them.
func (w *world) running(id string) (out []Clock) {
	r := w.load(w.us, id)
	w.us.Read(func(tx *store.Tx) (err error) {
		out, err = r.clocks(tx, w.agent, r.State(), w.us.Acts.Now())
		return err
	})
	return out
}

// An office that is no member knows no count, and of who sees a referral and no
// hand-over nothing is said of where somebody crosses.
func TestWhoIsTold(t *testing.T) {
	w := newWorld(t)
	f, id := w.accepted()
	w.us.Must(w.adviser, wire.PurposeProtection, &protection.Screen{Case: f.id, Person: f.suspect, Answers: answers(), Language: "es"})
	w.waive(f, f.suspect)
	w.do(w.agent, w.returning(f, id))
	stranger := w.us.Person("stranger", "usbp-lrt", access.RoleProsecutions)
	if all := w.along(w.us, stranger, wire.PurposeProsecution); len(all) != 0 {
		t.Errorf("another office is told of %+v", all)
	}
	team := w.along(w.us, w.agent, wire.PurposeProsecution)
	if len(team) != 1 || !team[0].Meets || team[0].Hour.IsZero() || !team[0].Known {
		t.Fatalf("the office itself: %+v", team)
	}
	if !team[0].InTime || team[0].Answered.IsZero() {
		t.Errorf("accepted at once, and not in time: %+v", team[0])
	}
	oversees := w.us.Person("coordinator-rgv", "usbp-rgv", access.RoleCoordinator)
	if all := w.along(w.us, oversees, wire.PurposeOversight); len(all) != 1 || all[0].Meets || !all[0].Known {
		t.Errorf("who oversees: %+v", all)
	}
	for _, purpose := range []string{wire.PurposeProsecution, wire.PurposeProtection} {
		auditor := w.us.Person("auditor-"+purpose, "usbp-rgv", access.RoleAuditor)
		if all := w.along(w.us, auditor, purpose); len(all) != 0 {
			t.Errorf("an auditor is told of %+v", all)
		}
	}
}
