package referral

import (
	"bytes"
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
	"pgregory.net/rapid"
)

// wires are the messages under way from one node, by lane: in order within a
// lane, in any order between them.
type wires map[string][]wire.Message

// take moves what a node has released onto the wires.
func (w *world) take(n *acttest.Node, on wires) {
	for s, waits := w.Next(n); waits; s, waits = w.Next(n) {
		on[s.Lane] = append(on[s.Lane], s.Message)
	}
}

// arrive hands over the first message of a lane; what the other side refuses
// is a failure: both keep to the procedure.
func (w *world) arrive(t *rapid.T, from *acttest.Node, on wires, lane string) {
	m := on[lane][0]
	on[lane] = on[lane][1:]
	if _, code := w.Other(from).Deliver(from.Acts.Node, m); code != "" {
		t.Fatalf("%s refuses %s: %s", w.Other(from).Acts.Node, m.Act.Kind, code)
	}
}

// step is one act that a side may take, as a person who owns it would.
func (w *world) step(t *rapid.T, n *acttest.Node, id string, f file) {
	r := w.load(n, id)
	offered := r.procedure.Offered(r.State(), r.Side, nil)
	if len(offered) == 0 {
		return
	}
	s := offered[rapid.IntRange(0, len(offered)-1).Draw(t, "step")]
	cmd, purpose := w.command(t, r, s, f), wire.PurposeProsecution
	if cmd == nil {
		return
	}
	_, err := n.Take(w.who(n, s), purpose, cmd)
	if _, refused := refusal.As(err); err != nil && !refused {
		t.Fatalf("%s: %v", s.ID, err)
	}
}

// who holds one of the roles that own a step.
func (w *world) who(n *acttest.Node, s program.Step) access.Actor {
	people := map[string]access.Actor{access.RoleProsecutions: w.agent, access.RoleSupervisor: w.super, access.RoleUSAttorney: w.attorney, access.RoleAdviser: w.adviser}
	if n == w.mx {
		people = map[string]access.Actor{access.RoleMP: w.mp, access.RoleINM: w.inm, access.RoleAdviser: w.mx.Person("asesora", "fgr-tamps", access.RoleAdviser),
			access.RolePolice: w.mx.Person("policia", "fgr-tamps", access.RolePolice)}
	}
	for _, role := range s.Owner.Roles {
		if a, ok := people[role]; ok {
			return a
		}
	}
	return n.Person("nobody", "")
}

// command makes the act that takes a step, with a reason and form that it admits.
func (w *world) command(t *rapid.T, r Referral, s program.Step, f file) act.Command {
	form, reason := "", ""
	if forms := s.OpenForms([]string{"mx-lm-159-i"}); len(forms) > 0 {
		form = forms[rapid.IntRange(0, len(forms)-1).Draw(t, "form")].ID
	}
	if reasons := s.OpenReasons(form, []string{"mx-lm-159-i"}); len(reasons) > 0 {
		reason = reasons[rapid.IntRange(0, len(reasons)-1).Draw(t, "reason")].ID
	}
	switch s.ID {
	case "send":
		return &Send{Referral: r.ID}
	case "resend":
		return &Resend{Referral: r.ID}
	case "withdraw":
		return &Withdraw{Referral: r.ID}
	case "sign_for_analysis":
		return &SignForAnalysis{Referral: r.ID, Undertakes: true}
	case "request_information":
		return &RequestInformation{Referral: r.ID, Item: f.statement, Element: "profit", Question: "¿Quién cobró?"}
	case "supply_information":
		return &SupplyInformation{Referral: r.ID, Answer: "Xochiquetzal Palomarín paid the guide."}
	case "accept":
		return &Accept{Referral: r.ID}
	case "decline":
		return &Decline{Referral: r.ID, Reason: reason, Form: form}
	case "register_file":
		return &RegisterFile{Referral: r.ID, File: "FED/1"}
	case "dispose":
		return &Dispose{Referral: r.ID, Reason: reason, Form: form}
	case "schedule_hand_over":
		return &ScheduleHandOver{Referral: r.ID, Person: f.suspect, Office: "inm-reynosa", At: bridgeHour(w.us.Clock), Crossing: "hidalgo", Basis: rapid.SampledFrom([]string{atLiberty, atLiberty, byWarrant, inUrgentCase}).Draw(t, "basis"), Property: []string{"Backpack"}}
	case "record_urgent_case":
		return &RecordUrgentCase{Referral: r.ID, Person: w.plant(f.suspect), Offence: "mx-lm-159-i", Flight: "x", NoJudge: "y"}
	case "cancel_hand_over":
		return &CancelHandOver{Referral: r.ID, Reason: reason}
	case "give":
		return &Give{Referral: r.ID}
	case "receive":
		return &ReceivePerson{Referral: r.ID, Form: form, Counting: asSheet(1)}
	case "pause_clock":
		return &PauseClock{Referral: r.ID, Clock: "prog-decision", Reason: reason}
	case "supplement", "resume_clock", "cannot_meet_clock":
		return nil
	}
	if s.Signed {
		return &SignStep{Referral: r.ID, Step: s.ID, Reason: reason, Form: form}
	}
	return &TakeStep{Referral: r.ID, Step: s.ID, Reason: reason, Form: form}
}

// TestEveryInterleavingEndsTheSame takes random acts on both nodes while their
// messages are under way in three lanes, and holds that both come to the same
// standing, that the procedure knows it, that replay gives it again, and that
// the witness's name has left in nothing.
func TestEveryInterleavingEndsTheSame(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		f, id := w.sent()
		w.waive(f, f.suspect)
		out := map[*acttest.Node]wires{w.us: {}, w.mx: {}}
		for range rapid.IntRange(5, 40).Draw(rt, "moves") {
			n := map[bool]*acttest.Node{true: w.us, false: w.mx}[rapid.Bool().Draw(rt, "us")]
			var lanes []string
			for _, lane := range []string{wire.LaneAlert, wire.LaneCase} {
				if len(out[n][lane]) > 0 {
					lanes = append(lanes, lane)
				}
			}
			if len(lanes) > 0 && rapid.Bool().Draw(rt, "deliver") {
				w.arrive(rt, n, out[n], rapid.SampledFrom(lanes).Draw(rt, "lane"))
			} else {
				w.us.Clock, w.mx.Clock = w.us.Clock.Add(time.Minute), w.mx.Clock.Add(time.Minute)
				w.step(rt, n, id, f)
			}
			w.take(w.us, out[w.us])
			w.take(w.mx, out[w.mx])
		}
		w.drain(rt, out)
		w.agree(rt, id)
		w.tellsNothing(rt, f)
	})
}

// drain hands over what is under way until nothing is.
func (w *world) drain(t *rapid.T, out map[*acttest.Node]wires) {
	for moved := true; moved; {
		moved = false
		for _, n := range []*acttest.Node{w.us, w.mx} {
			for _, lane := range []string{wire.LaneCase, wire.LaneAlert} {
				for len(out[n][lane]) > 0 {
					w.arrive(t, n, out[n], lane)
					moved = true
					w.take(w.us, out[w.us])
					w.take(w.mx, out[w.mx])
				}
			}
		}
	}
}

func (w *world) agree(t *rapid.T, id string) {
	us, mx := w.load(w.us, id), w.load(w.mx, id)
	a, b := us.State().Shared(), mx.State().Shared()
	if a.Main != b.Main || !maps.Equal(a.Tracks, b.Tracks) {
		t.Fatalf("us stands at %v, mx at %v\nus %s\nmx %s", a.Tracks, b.Tracks, told(a), told(b))
	}
	for track, state := range a.Tracks {
		if _, ok := us.procedure.StateOf(track, state); !ok {
			t.Fatalf("the procedure does not know %s of %s", state, track)
		}
	}
}

func told(s program.Standing) (out string) {
	for _, a := range s.Taken {
		out += fmt.Sprintf("%s/%s#%d(seen %d, overtaken %v) ", a.Side, a.Step, a.Nth, a.Seen, a.Overtaken)
	}
	return out
}

// tellsNothing looks for the witness's name in every message and body of both
// nodes: it is sealed in all of them.
func (w *world) tellsNothing(t *rapid.T, _ file) {
	for _, n := range []*acttest.Node{w.us, w.mx} {
		n.Read(func(tx *store.Tx) error {
			rows, err := tx.Query(`SELECT bytes FROM body`)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var b []byte
				if err := rows.Scan(&b); err != nil {
					return err
				}
				for _, name := range []string{"Xochiquetzal", "Palomar"} {
					if bytes.Contains(b, []byte(name)) {
						t.Fatalf("%s holds the name of a protected person in clear", n.Acts.Node)
					}
				}
			}
			return rows.Err()
		})
	}
}
