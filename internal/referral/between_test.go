package referral

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// looks lets each node look at what time alone brings about, as it does by itself.
func (w *world) looks() {
	w.t.Helper()
	for _, n := range []*acttest.Node{w.us, w.mx} {
		err := n.Acts.NodeActs(context.Background(), wire.PurposeProtection, func(tx *store.Tx, _ *journal.Draw) ([]journal.Fact, error) {
			return EscalateHandOvers(tx, n.Acts.Node, n.Clock)
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
	w.Settle()
}

// later lets hours pass on both nodes, with a look after each half.
func (w *world) later(hours int) {
	w.t.Helper()
	for range 2 * hours {
		w.us.Clock, w.mx.Clock = w.us.Clock.Add(30*time.Minute), w.mx.Clock.Add(30*time.Minute)
		w.looks()
	}
}

// alarms are those that somebody is told of.
func (w *world) alarms(n *acttest.Node, by access.Actor, purpose string) []AlarmShown {
	w.t.Helper()
	out, err := Alarms(w.t.Context(), n.Acts, by, purpose)
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// A person between two signatures for too long raises an alarm on both nodes. It
// goes from the supervisors to the coordinators until somebody of that side
// answers, comes back when the answer has held for its two hours, and ends with
// the second signature alone. The same for whoever returns at liberty.
func TestAlarmEscalatesUntilAnswered(t *testing.T) {
	for name, protected := range map[string]bool{"a suspect": false, "a protected person": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			f, id := w.accepted()
			coordinator := w.us.Account("coord", "cbp-programme", access.RoleCoordinator)
			there := w.mx.Account("coordina", "fgr-programme", access.RoleCoordinator)
			super := w.mx.Person("supervisora", "fgr-tamps", access.RoleSupervisor)
			at := bridgeHour(w.us.Clock)
			var reception1 string
			if protected {
				w.waive(f, f.witness)
				reception1 = w.protects(w.adviser, reception(f, id, at))
				w.protects(w.adviser, &GiveReception{Reception: reception1})
			} else {
				w.waive(f, f.suspect)
				w.do(w.agent, w.returning(f, id))
				w.do(w.agent, &Give{Referral: id})
			}
			told := func(us, mx, usCoordinator, mxCoordinator int) {
				t.Helper()
				got := []int{len(w.alarms(w.us, w.super, wire.PurposeProsecution)), len(w.alarms(w.mx, w.inm, wire.PurposeProtection)),
					len(w.alarms(w.us, coordinator, wire.PurposeOversight)), len(w.alarms(w.mx, there, wire.PurposeOversight))}
				if want := []int{us, mx, usCoordinator, mxCoordinator}; !slices.Equal(got, want) {
					t.Errorf("told: %v, want %v", got, want)
				}
			}
			w.later(1)
			told(0, 0, 0, 0)
			w.later(1)
			told(1, 1, 0, 0)
			x := w.alarms(w.us, w.super, wire.PurposeProsecution)[0]
			if !x.Offered || x.Person == "" || x.Number != "USBP-RGV/INM-REYNOSA/0001" || protected == (x.Receiver.Office != "") {
				t.Errorf("the supervisor is told %+v", x)
			}
			if strings.Contains(string(store.JSON(x)), "hidalgo") {
				t.Errorf("the alarm says where: %s", store.JSON(x))
			}
			w.refused(w.us, w.agent, "access.not_yours", &AnswerAlarm{Alarm: x.ID, Known: "arrived"})
			w.refused(w.us, w.super, "referral.alarm_known", &AnswerAlarm{Alarm: x.ID, Known: "received"})
			w.us.Refused(coordinator, wire.PurposeOversight, "access.not_found", &AnswerAlarm{Alarm: x.ID, Known: "arrived"})

			w.do(w.super, &AnswerAlarm{Alarm: x.ID, Known: "searched"}) // which silences its own side alone
			w.later(2)
			told(1, 1, 0, 1)
			w.later(1) // it has held for two hours
			if y := w.alarms(w.us, w.super, wire.PurposeProsecution)[0]; len(y.Raised) != 2 || len(y.Answers) != 1 {
				t.Errorf("after the answer has held: %+v", y)
			}
			y := w.alarms(w.mx, there, wire.PurposeOversight)
			if len(y) != 1 || len(y[0].Answers) != 1 || y[0].Answers[0].Node != "us" || y[0].Answers[0].Known != "searched" || !y[0].Offered {
				t.Fatalf("the coordinator there is told %+v", y)
			}
			w.mx.Must(there, wire.PurposeOversight, &AnswerAlarm{Alarm: x.ID, Known: "safe_elsewhere"})
			w.Settle()
			w.later(3)
			told(1, 1, 1, 1)
			if len(w.alarms(w.mx, super, wire.PurposeProsecution)[0].Answers) != 2 || len(w.alarms(w.us, coordinator, wire.PurposeOversight)[0].Answers) != 2 {
				t.Error("the answers of both sides are not on both nodes")
			}
			if protected {
				w.protects(w.inm, &ReceiveReception{Reception: reception1, Counting: asSheet(1)})
			} else {
				w.do(w.inm, &ReceivePerson{Referral: id, Form: "at_liberty", Counting: asSheet(2)})
			}
			told(0, 0, 0, 0)
			w.refused(w.us, w.super, "referral.alarm_over", &AnswerAlarm{Alarm: x.ID, Known: "arrived"})
			w.later(3)
			w.us.ReplayEqual()
			w.mx.ReplayEqual()
		})
	}
}
