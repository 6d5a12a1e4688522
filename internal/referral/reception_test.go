package referral

import (
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
	"pgregory.net/rapid"
)

// protects takes an act for protection and hands over what it sends.
func (w *world) protects(by access.Actor, cmd act.Command) string {
	w.t.Helper()
	n := w.us
	if by.Node == "mx" {
		n = w.mx
	}
	id := n.Must(by, wire.PurposeProtection, cmd).Object
	w.Settle()
	return id
}

func (w *world) protectsRefused(by access.Actor, code string, cmd act.Command) {
	w.t.Helper()
	n := w.us
	if by.Node == "mx" {
		n = w.mx
	}
	_, err := n.Take(by, wire.PurposeProtection, cmd)
	refusedAs(w.t, err, code)
}

// reception is the return of the witness at an hour.
func reception(f file, id string, at time.Time) *ScheduleReception {
	return &ScheduleReception{Referral: id, Person: f.witness, Office: "inm-reynosa", At: at, Crossing: "hidalgo", Property: []string{"A blue bag"}}
}

// A protected person is received at liberty on a sheet of their own: arranged
// and given by the victim adviser, received by the INM, each with a signature.
func TestAProtectedPersonIsReceived(t *testing.T) {
	w := newWorld(t)
	f, id := w.sent()
	at := bridgeHour(w.us.Clock.Add(24 * time.Hour))
	w.protectsRefused(w.agent, "access.not_yours", reception(f, id, at))
	w.protectsRefused(w.adviser, "referral.return_not_voluntary", reception(f, id, at))
	w.waive(f, f.witness)
	for name, change := range map[string]func(c *ScheduleReception) string{
		"a suspect": func(c *ScheduleReception) string { c.Person = f.suspect; return "access.not_found" },
		"to police": func(c *ScheduleReception) string { c.Office = "fgr-tamps"; return "referral.liberty_not_to_police" },
		"at night": func(c *ScheduleReception) string {
			c.At = at.Truncate(24 * time.Hour).Add(33 * time.Hour)
			return "referral.crossing_closed"
		},
		"at another crossing": func(c *ScheduleReception) string { c.Crossing = "brownsville"; return "referral.office_not_there" },
	} {
		t.Run(name, func(t *testing.T) {
			w.t = t
			c := reception(f, id, at)
			w.protectsRefused(w.adviser, change(c), c)
		})
	}
	w.t = t
	x := w.protects(w.adviser, reception(f, id, at))
	w.protectsRefused(w.inm, "referral.not_given", &ReceiveReception{Reception: x, Counting: asSheet(1)})
	w.protectsRefused(w.agent, "access.not_yours", &GiveReception{Reception: x})
	w.protects(w.adviser, &GiveReception{Reception: x})
	w.protectsRefused(w.adviser, "referral.reception_over", &GiveReception{Reception: x})
	w.protectsRefused(w.adviser, "referral.reception_over", &CancelReception{Reception: x})
	w.protects(w.inm, &ReceiveReception{Reception: x, Counting: asSheet(1)})
	w.protectsRefused(w.inm, "referral.reception_over", &ReceiveReception{Reception: x, Counting: asSheet(1)})
	for _, n := range []*acttest.Node{w.us, w.mx} {
		n.Read(func(tx *store.Tx) error {
			got, err := loadReception(tx, x)
			if h := got.handOver(w.load(n, id)); err != nil || h.Given == nil || h.Received == nil || h.Between() || h.As != "at_liberty" || h.Sheet != "USBP-RGV/INM-REYNOSA/0001" {
				t.Errorf("%s: %+v %v", n.Acts.Node, h, err)
			}
			return nil
		})
		n.ReplayEqual()
	}
}

// A child is received by the authority that protects children, in its hours, and
// nobody grown up is.
func TestAChildIsReceivedByTheChildAuthority(t *testing.T) {
	w := newWorld(t)
	f, id := w.sent()
	w.waive(f, f.witness)
	b, _ := program.BridgeByID("hidalgo")
	at := b.Next(w.us.Clock.Add(24*time.Hour), true).UTC()
	plan := reception(f, id, at)
	plan.Office = "dif-tamps"
	w.protectsRefused(w.adviser, "referral.receives_children", plan)
	child := addWitness(f)
	child.Birth = "2014-03-01"
	f.witness = w.us.Must(w.agent, wire.PurposeProsecution, child).Object
	w.us.Must(w.adviser, wire.PurposeProtection, &protection.Screen{Case: f.id, Person: f.witness, Answers: answers(), Language: "es"})
	w.waive(f, f.witness)
	plan.Person, plan.Accepted = f.witness, true
	late := reception(f, id, b.Next(w.us.Clock.Add(24*time.Hour), false).UTC().Truncate(24*time.Hour).Add(24*time.Hour)) // 18:00 or 19:00 there: open, and no office hours
	late.Office, late.Accepted = "dif-tamps", true
	w.protectsRefused(w.adviser, "referral.crossing_closed", late)
	x := w.protects(w.adviser, plan)
	w.protects(w.adviser, &GiveReception{Reception: x})
	w.protectsRefused(w.inm, "access.not_found", &ReceiveReception{Reception: x, Counting: asSheet(1)}) // the INM was told of nobody
	w.protects(w.mx.Person("nna", "dif-tamps", access.RoleAdviser), &ReceiveReception{Reception: x, Counting: asSheet(1)})
	w.us.ReplayEqual()
	w.mx.ReplayEqual()
}

// Northwards a protected person is received on a decision that is final, arranged
// and given by the adviser there, received by the officer here.
func TestAProtectedPersonIsReceivedNorthwards(t *testing.T) {
	w := newWorld(t)
	w.inForce("north", "2020-01-01", adopted{"us-mirror-2016", "2016-06-18", ""})
	f, id := w.northward()
	adviser := w.mx.Person("asesora", "fgr-tamps", access.RoleAdviser)
	there := w.us.Person("acogida", "usbp-rgv", access.RoleAdviser)
	bridge, _ := program.BridgeByID("hidalgo")
	at := bridgeHour(w.mx.Clock)
	plan := func(file string, until time.Time) *ScheduleReception {
		return &ScheduleReception{Referral: id, Person: f.witness, Office: "usbp-rgv", At: at, Crossing: "hidalgo", File: file, AppealUntil: bridge.Day(until).String(), Accepted: true}
	}
	for name, c := range map[string]*ScheduleReception{"without a decision": plan("", at.Add(-24*time.Hour)), "while it can be appealed": plan("INM/9", at)} {
		t.Run(name, func(t *testing.T) {
			w.t = t
			w.protectsRefused(adviser, "referral.decision_not_final", c)
		})
	}
	w.t = t
	x := w.protects(adviser, plan("INM/9", at.Add(-24*time.Hour)))
	w.protectsRefused(w.mp, "access.not_yours", &GiveReception{Reception: x})
	w.protects(adviser, &GiveReception{Reception: x})
	w.protects(there, &ReceiveReception{Reception: x, Counting: asSheet(0)})
	w.us.Read(func(tx *store.Tx) error {
		got, err := loadReception(tx, x)
		if h := got.handOver(w.load(w.us, id)); err != nil || h.Received == nil || h.As != "at_liberty" || h.Basis != returnDecision {
			t.Errorf("%+v %v", h, err)
		}
		return nil
	})
	w.us.ReplayEqual()
	w.mx.ReplayEqual()
}

// The receiving side looks at the hour again with its own data, once it can open
// it: what a changed node arranged for the night is marked, and can be called off.
func TestTheReceivingSideLooksAtTheHourAgain(t *testing.T) {
	w := newWorld(t)
	f, id := w.sent()
	w.waive(f, f.witness)
	good := bridgeHour(w.us.Clock.Add(24 * time.Hour))
	night := good.Truncate(24 * time.Hour).Add(33 * time.Hour)
	for name, c := range map[string]struct {
		at       time.Time
		crossing string
		outside  bool
	}{"as arranged": {good, "hidalgo", false}, "at night": {night, "hidalgo", true}, "at a crossing where the office does not stand": {good, "brownsville", true}} {
		t.Run(name, func(t *testing.T) {
			x := w.protects(w.adviser, reception(f, id, good))
			w.mx.Read(func(tx *store.Tx) error {
				got, err := loadReception(tx, x)
				if err != nil {
					return err
				}
				r := w.load(w.mx, id)
				h := got.handOver(r).with(Arrangement{At: c.at, Crossing: c.crossing})
				if outside, err := r.outside(tx, got, h); err != nil || outside != c.outside {
					t.Errorf("outside: %v %v", outside, err)
				}
				return nil
			})
			w.protects(w.inm, &CancelReception{Reception: x})
		})
	}
}

// A fear that comes up after the waiver bars the giving too, with one answer for
// every bar.
func TestFearBarsAReception(t *testing.T) {
	w := newWorld(t)
	f, id := w.sent()
	w.waive(f, f.witness)
	x := w.protects(w.adviser, reception(f, id, bridgeHour(w.us.Clock)))
	fear := answers()
	fear["fear.fear"] = protection.Yes
	w.us.Must(w.adviser, wire.PurposeProtection, &protection.Screen{Case: f.id, Person: f.witness, Answers: fear, Language: "es"})
	w.protectsRefused(w.adviser, "referral.return_barred", &GiveReception{Reception: x})
	w.protectsRefused(w.adviser, "referral.return_barred", reception(f, id, bridgeHour(w.us.Clock)))
	w.protects(w.adviser, &CancelReception{Reception: x})
}

// Suspects and protected people of one case never share a crossing and a shift,
// whoever is arranged first; the answer is the one of a crossing that is closed.
func TestSuspectsAndProtectedPeopleNeverMeet(t *testing.T) {
	w := newWorld(t)
	f, id := w.accepted()
	w.waive(f, f.suspect)
	w.waive(f, f.witness)
	morning := bridgeHour(w.us.Clock.Add(24 * time.Hour).Truncate(24 * time.Hour).Add(13 * time.Hour)) // 08:00 and later at the bridge
	evening := morning.Add(8 * time.Hour)
	x := w.protects(w.adviser, reception(f, id, morning))
	plan := w.returning(f, id)
	plan.At = morning.Add(30 * time.Minute)
	w.refused(w.us, w.agent, "referral.crossing_closed", plan)
	plan.At = evening
	w.do(w.agent, plan)
	w.protects(w.adviser, &CancelReception{Reception: x})
	w.protectsRefused(w.adviser, "referral.crossing_closed", reception(f, id, evening.Add(-time.Hour)))
	w.protects(w.adviser, reception(f, id, morning))
}

// whoever is told where and when a protected person crosses, by role, office,
// purpose and hour.
func TestWhereaboutsOfAProtectedPerson(t *testing.T) {
	at := acttest.Start
	h := HandOver{Protected: true, At: at, Office: "inm-reynosa"}
	for name, c := range map[string]struct {
		office, role, purpose string
		before                time.Duration
		told                  bool
	}{
		"the adviser, days before":                       {"ceav-tamps", access.RoleAdviser, wire.PurposeProtection, 72 * time.Hour, true},
		"the adviser, for prosecution":                   {"ceav-tamps", access.RoleAdviser, wire.PurposeProsecution, 0, false},
		"the receiving officer, two hours before":        {"inm-reynosa", access.RoleINM, wire.PurposeProtection, 2 * time.Hour, true},
		"the receiving officer, a moment earlier":        {"inm-reynosa", access.RoleINM, wire.PurposeProtection, 2*time.Hour + time.Microsecond, false},
		"the receiving officer, afterwards":              {"inm-reynosa", access.RoleINM, wire.PurposeProtection, -time.Hour, true},
		"an officer of another bridge":                   {"inm-matamoros", access.RoleINM, wire.PurposeProtection, 0, false},
		"the agent who has the case":                     {"usbp-rgv", access.RoleProsecutions, wire.PurposeProsecution, 0, false},
		"the agent, for protection":                      {"usbp-rgv", access.RoleProsecutions, wire.PurposeProtection, 0, false},
		"the field agent":                                {"usbp-rgv", access.RoleFieldAgent, wire.PurposeProtection, 0, false},
		"the supervisor":                                 {"usbp-rgv", access.RoleSupervisor, wire.PurposeLifeAtRisk, 0, false},
		"the ministerio público":                         {"fgr-tamps", access.RoleMP, wire.PurposeProtection, 0, false},
		"police":                                         {"inm-reynosa", access.RolePolice, wire.PurposeProtection, 0, false},
		"the coordinator":                                {"cbp-programme", access.RoleCoordinator, wire.PurposeOversight, 0, false},
		"a prosecutor in the office of the bridge":       {"inm-reynosa", access.RoleMP, wire.PurposeProtection, 0, false},
		"the receiving officer, for prosecution":         {"inm-reynosa", access.RoleINM, wire.PurposeProsecution, 0, false},
		"the receiving officer, where a life is at risk": {"inm-reynosa", access.RoleINM, wire.PurposeLifeAtRisk, time.Hour, true},
	} {
		by := access.Actor{User: "u", Office: c.office, Roles: []string{c.role}}
		if got := whereabouts(by, c.purpose, h, at.Add(-c.before)); got != c.told {
			t.Errorf("%s: told %v", name, got)
		}
	}
	if !whereabouts(access.Actor{User: "u", Roles: []string{access.RoleProsecutions}}, wire.PurposeProsecution, HandOver{At: at}, at) {
		t.Error("a suspect's appointment is hidden")
	}
}

// Sheet and day give no more than the rule does, on either node.
func TestOthersSeeSafeCounted(t *testing.T) {
	w := newWorld(t)
	f, id := w.accepted()
	w.waive(f, f.witness)
	at := bridgeHour(w.us.Clock.Add(24 * time.Hour))
	x := w.protects(w.adviser, reception(f, id, at))
	told := func(n *acttest.Node, by access.Actor, purpose string) bool {
		t.Helper()
		s, err := ShowSheet(t.Context(), n.Acts, by, purpose, x)
		if err != nil {
			t.Fatalf("%s at %s: %v", by.User, by.Office, err)
		}
		d, err := Day(t.Context(), n.Acts, by, purpose, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		for _, sheet := range append(d.HandOvers, s) {
			said := string(store.JSON(sheet))
			if sheet.Safe && (strings.Contains(said, "hidalgo") || strings.Contains(said, "inm-reynosa") || strings.Contains(said, at.Format("15:04:05")) || strings.Contains(said, "blue bag")) {
				t.Errorf("%s at %s reads %s", by.User, by.Office, said)
			}
		}
		return !s.Safe && s.HandOver.Crossing == "hidalgo" && s.HandOver.At.Equal(at)
	}
	if !told(w.us, w.adviser, wire.PurposeProtection) {
		t.Error("the adviser is not told")
	}
	if told(w.mx, w.inm, wire.PurposeProtection) {
		t.Error("the officer is told a day before")
	}
	for _, n := range []*acttest.Node{w.us, w.mx} {
		n.Clock = at.Add(-toldBefore)
	}
	if !told(w.mx, w.inm, wire.PurposeProtection) {
		t.Error("the officer is not told two hours before")
	}
	for name, c := range map[string]struct {
		n  *acttest.Node
		by access.Actor
	}{"agent": {w.us, w.agent}, "supervisor": {w.us, w.super}, "attorney": {w.us, w.attorney}, "mp": {w.mx, w.mp}} {
		if told(c.n, c.by, wire.PurposeProsecution) {
			t.Errorf("%s is told", name)
		}
	}
}

// Somebody between two signatures for too long raises an alarm on both sides,
// and reconciliation counts them and names the sheets that never came.
func TestReconciliation(t *testing.T) {
	w := newWorld(t)
	f, id := w.accepted()
	w.waive(f, f.suspect)
	w.waive(f, f.witness)
	at := bridgeHour(w.us.Clock.Add(24 * time.Hour))
	w.do(w.agent, w.returning(f, id))
	x := w.protects(w.adviser, reception(f, id, at))
	w.do(w.agent, &Give{Referral: id})
	w.protects(w.adviser, &GiveReception{Reception: x})
	tell := func(n *acttest.Node, by access.Actor, purpose string) Reconciliation {
		t.Helper()
		c, err := Reconcile(t.Context(), n.Acts, by, purpose)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	both := func(want Reconciliation) {
		t.Helper()
		for name, got := range map[string]Reconciliation{"us": tell(w.us, w.agent, wire.PurposeProsecution), "mx": tell(w.mx, w.inm, wire.PurposeProtection)} {
			if got.Left != want.Left || got.Received != want.Received || got.Open != want.Open || got.Alarms != want.Alarms || len(got.Sheets) != want.Open {
				t.Errorf("%s: %+v", name, got)
			}
			if len(got.Series) != 1 || got.Series[0].Last != 2 || len(got.Series[0].Missing) != 0 {
				t.Errorf("%s: series %+v", name, got.Series)
			}
		}
	}
	both(Reconciliation{Left: 2, Open: 2})
	for _, n := range []*acttest.Node{w.us, w.mx} {
		n.Clock = n.Clock.Add(3 * time.Hour)
	}
	both(Reconciliation{Left: 2, Open: 2, Alarms: 2})
	w.do(w.inm, &ReceivePerson{Referral: id, Form: "at_liberty", Counting: asSheet(2)})
	both(Reconciliation{Left: 2, Open: 1, Alarms: 1, Received: 1})
	w.protects(w.inm, &ReceiveReception{Reception: x, Counting: asSheet(1)})
	both(Reconciliation{Left: 2, Received: 2})

	// A sheet that never came is missing from then on.
	late := w.us.Clock.Add(48 * time.Hour)
	w.us.Must(w.adviser, wire.PurposeProtection, reception(f, id, bridgeHour(late)))
	w.Lose(w.us)
	w.protects(w.adviser, reception(f, id, bridgeHour(late)))
	if got := tell(w.mx, w.inm, wire.PurposeProtection); got.Series[0].Last != 4 || len(got.Series[0].Missing) != 1 || got.Series[0].Missing[0] != "USBP-RGV/INM-REYNOSA/0003" {
		t.Errorf("a sheet that never came: %+v", got.Series)
	}
}

// TestEveryOrderOfSignatures takes acts on a reception on both nodes in any order,
// while messages are under way in two lanes: nobody is received whom the other
// side did not give, nobody is free by one signature, and both nodes come to the
// same.
func TestEveryOrderOfSignatures(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		f, id := w.sent()
		w.waive(f, f.witness)
		out := map[*acttest.Node]wires{w.us: {}, w.mx: {}}
		x := w.us.Must(w.adviser, wire.PurposeProtection, reception(f, id, bridgeHour(w.us.Clock))).Object
		for range rapid.IntRange(3, 16).Draw(rt, "moves") {
			w.take(w.us, out[w.us])
			w.take(w.mx, out[w.mx])
			n := map[bool]*acttest.Node{true: w.us, false: w.mx}[rapid.Bool().Draw(rt, "us")]
			var lanes []string
			for _, lane := range []string{wire.LaneAlert, wire.LaneCase} {
				if len(out[n][lane]) > 0 {
					lanes = append(lanes, lane)
				}
			}
			if len(lanes) > 0 && rapid.Bool().Draw(rt, "deliver") {
				w.arrive(rt, n, out[n], rapid.SampledFrom(lanes).Draw(rt, "lane"))
				continue
			}
			w.us.Clock, w.mx.Clock = w.us.Clock.Add(time.Minute), w.mx.Clock.Add(time.Minute)
			by := w.adviser
			if n == w.mx {
				by = w.inm
			}
			cmd := rapid.SampledFrom([]act.Command{&CancelReception{Reception: x}, &GiveReception{Reception: x}, &ReceiveReception{Reception: x, Counting: asSheet(1)}}).Draw(rt, "act")
			n.Take(by, wire.PurposeProtection, cmd) //nolint:errcheck // what is not open is refused
		}
		w.take(w.us, out[w.us])
		w.take(w.mx, out[w.mx])
		w.drain(rt, out)
		var ends []string
		for _, n := range []*acttest.Node{w.us, w.mx} {
			n.Read(func(tx *store.Tx) error {
				got, err := store.Doc[Reception](tx, `SELECT doc FROM reception WHERE id = $1`, x)
				if err != nil {
					return err
				}
				if got.Received != nil && got.Given == nil {
					rt.Fatalf("%s: received by nobody's hand", n.Acts.Node)
				}
				got.Record = ""
				ends = append(ends, string(store.JSON(got)))
				return nil
			})
		}
		if ends[0] != ends[1] {
			rt.Fatalf("us %s\nmx %s", ends[0], ends[1])
		}
	})
}
