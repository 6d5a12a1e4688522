package alert

import (
	"context"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// A life at risk crosses in the alert lane with what is known of it, is taken
// and reported on from either side, and comes to the same state on both.
func TestAnAlertFromRaisingToReview(t *testing.T) {
	w := newWorld(t)
	id := w.raise()
	for _, s := range w.US.Out[len(w.US.Out)-2:] {
		if s.Lane != wire.LaneAlert {
			t.Errorf("%s goes in lane %s", s.Message.Act.Kind, s.Lane)
		}
	}
	w.Settle()
	there := w.show(w.MX, w.beta, id)
	if there.Number != 11 || there.Region != "usbp:RGV" || there.Written[0].Words == nil || there.Written[0].Words.Where == "" {
		t.Fatalf("on the other side: %+v", there)
	}
	w.do(w.MX, w.beta, &Take{Alert: id, Task: TaskSearch})
	w.MX.Refused(w.beta, wire.PurposeLifeAtRisk, "alert.taken_already", &Take{Alert: id, Task: TaskSearch})
	w.Settle()
	w.US.Refused(w.agent, wire.PurposeLifeAtRisk, "alert.taken_already", &Take{Alert: id, Task: TaskSearch})
	w.US.Refused(w.agent, wire.PurposeLifeAtRisk, "alert.not_over", &Review{Alert: id, Known: "too early"})
	w.do(w.MX, w.beta, &Report{Alert: id, Number: 12, Known: "A third child is with them"})
	w.do(w.MX, w.beta, &End{Alert: id, Rescued: 11, Dead: 1})
	w.Settle()
	w.do(w.US, w.agent, &Review{Alert: id, Known: "The gate number was decisive"})
	w.Settle()
	here, there := w.show(w.US, w.agent, id), w.show(w.MX, w.beta, id)
	if here.Number != 12 || !here.Over() || here.Outcomes[0].Rescued != 11 || here.Outcomes[0].Dead != 1 {
		t.Errorf("the outcome here: %+v", here.Alert)
	}
	if store.JSON(here.Alert) != store.JSON(there.Alert) {
		t.Errorf("the two sides differ:\n%s\n%s", store.JSON(here.Alert), store.JSON(there.Alert))
	}
	for _, x := range []View{here, there} {
		for _, wr := range x.Written {
			if wr.What != "outcome" && wr.Words == nil {
				t.Errorf("%s of %s does not open", wr.What, wr.Node)
			}
		}
	}
	w.US.ReplayEqual()
	w.MX.ReplayEqual()
}

// Both sides take the same task while neither has heard of the other: both
// stand on it, in the same order on both.
func TestATaskTakenOnBothSides(t *testing.T) {
	w := newWorld(t)
	id := w.raise()
	w.Settle()
	w.do(w.MX, w.beta, &Take{Alert: id, Task: TaskMedical})
	w.do(w.US, w.agent, &Take{Alert: id, Task: TaskMedical})
	w.Settle()
	here, there := w.show(w.US, w.agent, id), w.show(w.MX, w.beta, id)
	if n := len(here.task(TaskMedical).Taken); n != 2 || here.task(TaskMedical).Taken[0].Node != "mx" || store.JSON(here.Tasks) != store.JSON(there.Tasks) {
		t.Errorf("%d stand on the task:\n%s\n%s", n, store.JSON(here.Tasks), store.JSON(there.Tasks))
	}
}

// An alert is raised while the accord is suspended, and its office's own case
// is neither screened nor looked at.
func TestAlertsPassEveryGate(t *testing.T) {
	w := newWorld(t)
	c := w.US.Must(w.US.Person("liaison", "usbp-rgv", access.RoleProsecutions), wire.PurposeProsecution, &casefile.Open{Title: "Unscreened"}).Object
	w.US.Must(w.US.Person("liaison", "usbp-rgv", access.RoleProsecutions), wire.PurposeProsecution, &casefile.AddPerson{Case: c, Particulars: casefile.Particulars{Given: "Itzel"}, RoleFields: casefile.RoleFields{Role: "witness", Source: "observation"}})
	w.US.Must(w.US.Person("c1", "cbp-programme", access.RoleCoordinator), wire.PurposeOversight, &accord.Suspend{Accord: w.accord})
	w.Settle()
	id := w.raise()
	w.Settle()
	if v := w.show(w.MX, w.beta, id); v.Number != 11 {
		t.Errorf("%+v", v)
	}
}

// Who is not of the corridor does not see it, and for another purpose nobody does.
func TestWhoSeesAnAlert(t *testing.T) {
	w := newWorld(t)
	id := w.raise()
	w.Settle()
	for name, x := range map[string]struct {
		node    *acttest.Node
		by      access.Actor
		purpose string
		sees    bool
	}{
		"police of the corridor":            {w.MX, w.MX.Person("p", "inm-reynosa", access.RolePolice), wire.PurposeLifeAtRisk, true},
		"field agent of the corridor":       {w.US, w.US.Person("a", "usbp-rgv", access.RoleFieldAgent), wire.PurposeLifeAtRisk, true},
		"another corridor":                  {w.US, w.US.Person("a", "usbp-sdc", access.RoleFieldAgent), wire.PurposeLifeAtRisk, false},
		"administrator of the corridor":     {w.US, w.US.Person("a", "usbp-rgv", access.RoleAdmin), wire.PurposeLifeAtRisk, false},
		"agent of the corridor prosecuting": {w.US, w.US.Person("a", "usbp-rgv", access.RoleFieldAgent), wire.PurposeProsecution, false},
	} {
		_, err := Show(context.Background(), x.node.Acts, x.by, x.purpose, id)
		if (err == nil) != x.sees {
			t.Errorf("%s: %v", name, err)
		}
		list, err := List(context.Background(), x.node.Acts, x.by, x.purpose)
		if err != nil || (len(list) == 1) != x.sees {
			t.Errorf("%s lists %d: %v", name, len(list), err)
		}
	}
}

// Nobody of a side acknowledges in time: the node tells every office of the
// accord on that side, once; a side that has read it is left alone.
func TestUnacknowledgedEscalates(t *testing.T) {
	w := newWorld(t)
	id := w.raise()
	w.Settle()
	bc := w.MX.Person("bc", "fgr-programme", access.RoleCoordinator)
	escalate := func(n *acttest.Node) (facts int) {
		err := n.NodeActs(context.Background(), wire.PurposeLifeAtRisk, func(tx *store.Tx, _ *journal.Draw) ([]journal.Fact, error) {
			out, err := Escalate(tx, n.Acts.Node, n.Clock)
			facts = len(out)
			return out, err
		})
		if err != nil {
			t.Fatal(err)
		}
		return facts
	}
	w.Pass(9 * time.Minute)
	if escalate(w.MX) != 0 {
		t.Error("before the clock ran out")
	}
	w.MX.Refused(bc, wire.PurposeLifeAtRisk, "access.not_found", &Acknowledge{Alert: id})
	w.Pass(2 * time.Minute)
	if escalate(w.US) != 0 || escalate(w.MX) != 1 || escalate(w.MX) != 0 {
		t.Error("after the clock ran out")
	}
	if v := w.show(w.MX, bc, id); v.Escalated.IsZero() || v.Clocks[1].State != program.Overdue {
		t.Errorf("%+v", v.Clocks)
	}
	w.do(w.MX, bc, &Acknowledge{Alert: id}) // from outside the corridor, and taken there
	w.Settle()
	if m, ok := w.show(w.US, w.agent, id).readBy("mx"); !ok || m.Office != "fgr-programme" {
		t.Errorf("acknowledged by %+v", m)
	}
	w.MX.ReplayEqual()
}

// Locating a telephone rests on a basis of one's own country's law; what a
// prosecutor ordered is usable once a judge ratified it (CNPP 303).
//
// Law: 25.
func TestATelephoneIsLocatedOnALegalBasis(t *testing.T) {
	w := newWorld(t)
	id := w.raise()
	w.Settle()
	w.US.Refused(w.agent, wire.PurposeLifeAtRisk, "alert.basis_missing", &LocatePhone{Alert: id, Telephone: "+1 956 555 0101", Basis: BasisCNPP303, OrderedBy: "Ministerio Público"})
	w.US.Refused(w.agent, wire.PurposeLifeAtRisk, "alert.ordered_by_missing", &LocatePhone{Alert: id, Telephone: "+1 956 555 0101", Basis: BasisUSC2702})
	sent := len(w.MX.Out)
	phone := w.MX.Must(w.beta, wire.PurposeLifeAtRisk, &LocatePhone{Alert: id, Telephone: "+52 899 555 0101", Basis: BasisCNPP303, OrderedBy: "Lic. Fidencio Arrambide"}).Object
	if v := w.show(w.MX, w.beta, id); len(v.Phones) != 1 || v.Phones[0].Usable || v.Phones[0].Locating.Telephone == "" {
		t.Errorf("before the ruling: %+v", v.Phones)
	}
	w.do(w.MX, w.beta, &RecordRuling{Phone: phone, Ratified: true})
	if v := w.show(w.MX, w.beta, id); !v.Phones[0].Usable {
		t.Errorf("after the ruling: %+v", v.Phones)
	}
	w.MX.Refused(w.beta, wire.PurposeLifeAtRisk, "alert.ruled_already", &RecordRuling{Phone: phone})
	if len(w.MX.Out) != sent {
		t.Error("the location of a telephone crossed the border")
	}
	w.MX.ReplayEqual()
}

// What is wrong with an alert is refused here, and there by signed receipt.
func TestBadAlerts(t *testing.T) {
	w := newWorld(t)
	for code, cmd := range map[string]act.Command{
		"alert.danger_unknown": &Raise{Danger: "suspicious", Region: "usbp:RGV", Where: "x"},
		"alert.region_unknown": &Raise{Danger: "lost", Region: "usbp:XXX", Where: "x"},
		"alert.where_missing":  &Raise{Danger: "lost", Region: "usbp:RGV"},
		"alert.number":         &Raise{Danger: "lost", Region: "usbp:RGV", Where: "x", Number: -1},
		"alert.no_corridor":    &Raise{Danger: "lost", Region: "usbp:RGV", Where: "x", Node: "gt"},
	} {
		w.US.Refused(w.agent, wire.PurposeLifeAtRisk, code, cmd)
	}
	id := w.raise()
	w.Settle()
	w.US.Refused(w.agent, wire.PurposeLifeAtRisk, "alert.outcome_missing", &End{Alert: id})
	w.US.Refused(w.agent, wire.PurposeLifeAtRisk, "alert.words_missing", &Report{Alert: id})
	w.US.Refused(w.agent, wire.PurposeLifeAtRisk, "alert.task_unknown", &Take{Alert: id, Task: "watch"})
	w.US.Refused(w.agent, wire.PurposeProsecution, "access.not_found", &Acknowledge{Alert: id})
	send := func(name string, want wire.Code, purpose, office string, f journal.Fact) {
		t.Helper()
		by := w.US.Person("forger", office, access.RoleFieldAgent)
		m, err := journal.Encode(journal.Maker{Node: "us", Office: office, By: by.Wire(access.RoleFieldAgent), Purpose: purpose, Lang: "en"}, journal.NewSeed(w.US.Clock).Draw(w.US.Ring), f)
		if err != nil {
			t.Fatal(err)
		}
		if _, code := w.MX.Deliver("us", m); code != want {
			t.Errorf("%s: %q, want %q", name, code, want)
		}
	}
	other := Alert{ID: "0197571c-0000-7000-8000-000000000001", Raised: Mark{Node: "us"}, To: "mx"}
	raised := func(c ...Corridor) *Raised {
		return &Raised{Envelope: other.envelope("us"), ID: other.ID, Danger: "lost", Region: "usbp:RGV", Corridors: c}
	}
	here := w.show(w.US, w.agent, id)
	send("for another purpose", wire.CodePurpose, wire.PurposeProsecution, "usbp-rgv", raised(here.Corridors...))
	send("of no accord", wire.CodeAccord, wire.PurposeLifeAtRisk, "usbp-rgv", raised(Corridor{Accord: "none", Corridor: "x"}))
	send("by an office of another corridor", wire.CodeAccord, wire.PurposeLifeAtRisk, "usbp-sdc", raised(here.Corridors...))
	send("of no corridor", wire.CodeContent, wire.PurposeLifeAtRisk, "usbp-rgv", raised())
	send("on an alert that is not there", wire.CodeUnknownObject, wire.PurposeLifeAtRisk, "usbp-rgv", &Acknowledged{Envelope: other.envelope("us"), Alert: other.ID})
	send("by an office of no accord", wire.CodeNotOwner, wire.PurposeLifeAtRisk, "ice-tucson", &Acknowledged{Envelope: here.envelope("us"), Alert: id})
	send("an outcome of nobody", wire.CodeContent, wire.PurposeLifeAtRisk, "usbp-rgv", &Ended{Envelope: here.envelope("us"), Alert: id})
}
