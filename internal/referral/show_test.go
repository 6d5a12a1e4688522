package referral

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/wire"
)

func (w *world) show(n *acttest.Node, by access.Actor, purpose, id string) Shown {
	w.t.Helper()
	s, err := Show(context.Background(), n.Acts, by, purpose, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func offered(s Shown) (out []string) {
	for _, o := range s.Offered {
		out = append(out, o.Step)
	}
	return out
}

// TestWhatEachReaderSees holds need-to-know, tiers and offers on the desk.
func TestWhatEachReaderSees(t *testing.T) {
	w := newWorld(t)
	_, id := w.sent()
	mp := w.show(w.mx, w.mp, wire.PurposeProsecution, id)
	if !mp.ToOpen || mp.Owes == nil || !mp.Owes.Yours || mp.Notice == nil || mp.Notice.Suspects != 1 || mp.Versions[0].Tier != wire.TierNotice {
		t.Errorf("the prosecutor's desk: to open %v, owes %+v, notice %+v, tier %s", mp.ToOpen, mp.Owes, mp.Notice, mp.Versions[0].Tier)
	}
	if got := strings.Join(offered(mp), " "); got != "sign_for_analysis decline" && got != "sign_for_analysis decline pause_clock resume_clock cannot_meet_clock" {
		t.Errorf("offered before the analysis: %s", got)
	}
	w.do(w.mp, &SignForAnalysis{Referral: id, Undertakes: true})
	mp = w.show(w.mx, w.mp, wire.PurposeProsecution, id)
	if mp.Versions[0].Tier != wire.TierAnalysis || len(mp.Elements) == 0 {
		t.Errorf("after the analysis: tier %s, elements %v", mp.Versions[0].Tier, mp.Elements)
	}
	text, _ := json.Marshal(mp)
	if !strings.Contains(string(text), "Barragarza") || strings.Contains(string(text), "Xochiquetzal") {
		t.Error("the suspect is not named to the prosecutor, or the witness is")
	}
	coordinator := w.mx.Person("coord", "fgr-tamps", access.RoleCoordinator)
	text, _ = json.Marshal(w.show(w.mx, coordinator, wire.PurposeOversight, id))
	if strings.Contains(string(text), "Barragarza") {
		t.Error("a coordinator reads who is suspected")
	}
	for name, who := range map[string]access.Actor{"of another office": w.mx.Person("x", "ceav-tamps", access.RoleMP), "administrator": w.mx.Person("y", "fgr-tamps", access.RoleMP, access.RoleAdmin)} {
		if _, err := Show(context.Background(), w.mx.Acts, who, wire.PurposeProsecution, id); !refusal.Is(err, "access.not_found") {
			t.Errorf("%s: %v", name, err)
		}
		if rows, err := List(context.Background(), w.mx.Acts, who, wire.PurposeProsecution, Filter{}); err != nil || len(rows) != 0 {
			t.Errorf("%s lists %d referrals, %v", name, len(rows), err)
		}
	}
}

// TestWhatTheCatalogueLeavesToALawyer stands on the sender's desk until the
// referral is over, and never crosses.
func TestWhatTheCatalogueLeavesToALawyer(t *testing.T) {
	w := newWorld(t)
	f, id := w.sent()
	if here := w.show(w.us, w.agent, wire.PurposeProsecution, id); len(here.Doubts) != 0 {
		t.Errorf("doubts about a law that was read and in force: %+v", here.Doubts)
	}
	w.us.Must(w.agent, wire.PurposeProsecution, &casefile.AddCharge{Case: f.id, ChargeFields: casefile.ChargeFields{Person: f.suspect, Offence: "mx-cpf-289-293",
		Facts: acttest.Start.Add(-40 * time.Hour).Format("2006-01-02"), Jurisdiction: "territorial"}})
	here := w.show(w.us, w.agent, wire.PurposeProsecution, id)
	if len(here.Doubts) == 0 {
		t.Fatal("a law is charged whose dates nobody read, and the desk says nothing")
	}
	for _, d := range here.Doubts {
		if d.Offence == "" || d.Says.En == "" || d.Says.Es == "" || d.Says.En == d.Says.Es {
			t.Errorf("a doubt without words in both languages: %+v", d)
		}
	}
	if there := w.show(w.mx, w.mp, wire.PurposeProsecution, id); len(there.Doubts) != 0 {
		t.Errorf("the receiver reads the sender's doubts: %+v", there.Doubts)
	}
}

// TestDayIsSortedByTheClockThatDiesFirst and silence shows once a clock has run out.
func TestDayIsSortedByTheClockThatDiesFirst(t *testing.T) {
	w := newWorld(t)
	_, first := w.sent()
	w.us.Clock, w.mx.Clock = w.us.Clock.Add(3*time.Hour), w.mx.Clock.Add(3*time.Hour)
	_, second := w.sent()
	day := func(n *acttest.Node, by access.Actor) DayView {
		d, err := Day(context.Background(), n.Acts, by, wire.PurposeProsecution, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	mp := day(w.mx, w.mp)
	if len(mp.Yours) != 2 || mp.Yours[0].ID != first || mp.Yours[1].ID != second {
		t.Errorf("the prosecutor's day: %d rows", len(mp.Yours))
	}
	if us := day(w.us, w.agent); len(us.Theirs) != 2 || len(us.Silent) != 0 {
		t.Errorf("the agent's day: %d owed by the other side, %d silent", len(us.Theirs), len(us.Silent))
	}
	w.us.Clock = w.us.Clock.Add(30 * 24 * time.Hour)
	us := day(w.us, w.agent)
	if len(us.Silent) != 2 || us.Silent[0].Clock.State != program.Overdue {
		t.Errorf("after a month without an answer %d are silent", len(us.Silent))
	}
}

// TestConversationKeepsWhatWasOvertaken: an answer that crossed with a stop is
// shown, without effect, and why is not.
func TestConversationKeepsWhatWasOvertaken(t *testing.T) {
	w := newWorld(t)
	f, id := w.sent()
	w.do(w.mp, &SignForAnalysis{Referral: id, Undertakes: true})
	w.mx.Must(w.mp, wire.PurposeProsecution, &Accept{Referral: id, Note: "Se acepta."})
	w.us.Must(w.adviser, wire.PurposeProtection, &protection.Stop{Case: f.id, Reason: "the family was threatened"})
	w.Settle()
	for _, n := range []*acttest.Node{w.us, w.mx} {
		by := map[*acttest.Node]access.Actor{w.us: w.agent, w.mx: w.mp}[n]
		s := w.show(n, by, wire.PurposeProsecution, id)
		text, _ := json.Marshal(s)
		if strings.Contains(string(text), "threatened") {
			t.Error("the page says why it was stopped")
		}
		if s.State != "withdrawn" {
			t.Errorf("%s stands at %s", n.Acts.Node, s.State)
		}
	}
}
