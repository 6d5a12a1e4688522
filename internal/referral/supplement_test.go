package referral

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// owed is the supplement that a node owes on a referral.
func (w *world) owed(n *acttest.Node, id string) (task *OwedTask) {
	w.t.Helper()
	r := w.load(n, id)
	n.Read(func(tx *store.Tx) (err error) { task, err = r.supplementTask(tx, n.Ring); return err })
	return task
}

// decided are the ways in which a referral that was signed for comes to rest.
var decided = map[string]func(w *world, id string){
	"declined": func(w *world, id string) {
		w.do(w.mp, &Decline{Referral: id, Reason: "witness_unavailable", Form: "temporary_archive", Explanation: "No se localizó a la persona testigo."})
	},
	"accepted": func(w *world, id string) { w.do(w.mp, &Accept{Referral: id}) },
	"closed": func(w *world, id string) {
		w.do(w.mp, &Accept{Referral: id})
		w.do(w.mp, &RegisterFile{Referral: id, File: "FED/TAMPS/REY/0001234/2026"})
		for _, step := range []string{"record_imputation", "record_bound_over", "record_abbreviated", "record_conviction"} {
			w.do(w.mp, &TakeStep{Referral: id, Step: step})
		}
		w.do(w.mp, &Dispose{Referral: id, Form: "conviction", Reason: "judgment", Months: 96, FineCents: 100_00, Currency: "MXN"})
		w.do(w.mp, &SignStep{Referral: id, Step: "report_outcome"})
		w.do(w.agent, &TakeStep{Referral: id, Step: "close"})
	},
}

// TestLaterFindingsAreToldAfterADecision: what is found after a decision and
// speaks for a suspect is owed to the other side by a clock, whatever the
// decision was. It goes as a supplement of two people; the other side reads it,
// and the decision stands. The clock ends on the node that owes it; on the other
// none ever runs, because it cannot know what was found.
func TestLaterFindingsAreToldAfterADecision(t *testing.T) {
	for state, decide := range decided {
		t.Run(state, func(t *testing.T) {
			w := newWorld(t)
			f, id := w.sent()
			w.do(w.mp, &SignForAnalysis{Referral: id, Undertakes: true})
			decide(w, id)
			w.stands(id, state)
			if task := w.owed(w.us, id); task != nil {
				t.Fatalf("owed before anything was found: %+v", task)
			}
			w.later(1)
			found := w.us.Must(w.agent, wire.PurposeProsecution, &casefile.AddProperty{Case: f.id,
				PropertyFields: casefile.PropertyFields{Holder: f.suspect, Kind: "document", Description: "A bus ticket from another town that night", Exculpatory: true}}).Object
			since := w.us.Clock
			w.later(24)
			task := w.owed(w.us, id)
			if task == nil || since.Sub(task.Since).Abs().Minutes() > 1 || task.Due.Sub(task.Since) != foundTerm {
				t.Fatalf("found at %v, owed %+v", since, task)
			}
			for by, want := range map[*acttest.Node]int{w.us: 1, w.mx: 0} {
				who := map[*acttest.Node]access.Actor{w.us: w.agent, w.mx: w.mp}[by]
				day, err := Day(context.Background(), by.Acts, who, wire.PurposeProsecution, time.Time{})
				if err != nil || len(day.Supplements) != want {
					t.Fatalf("the day of %s has %+v: %v", who.User, day.Supplements, err)
				}
				if want == 1 && !day.Supplements[0].Clock.Due.Equal(task.Due) {
					t.Errorf("the day says %+v, owed is %+v", day.Supplements[0].Clock, task)
				}
			}
			if there := w.owed(w.mx, id); there != nil {
				t.Errorf("the other node owes it too: %+v", there)
			}
			offers := func(by access.Actor, verb string) bool {
				return slices.ContainsFunc(w.show(w.us, by, wire.PurposeProsecution, id).Offered, func(o Offer) bool { return o.Verb == verb })
			}
			if !offers(w.agent, "referral.compose") || offers(w.super, "referral.compose") || offers(w.super, "referral.approve") {
				t.Error("what is owed is not what is offered: whoever owes the supplement draws up the packet, and there is nothing to approve yet")
			}
			second := w.us.Person("agent2", "usbp-rgv", access.RoleProsecutions)
			sending := func(when string, want bool) {
				t.Helper()
				if got := offers(second, "referral.supplement"); got != want {
					t.Errorf("%s: sending the supplement is offered %v", when, got)
				}
				if offers(w.agent, "referral.supplement") || offers(w.super, "referral.supplement") {
					t.Errorf("%s: sending the supplement is offered to who may not be its second person", when)
				}
			}
			sending("before a version is drawn up", false)
			c := compose(id)
			c.NoneKnown, c.Exculpatory = false, packet.Words{Lang: "en", Text: "A bus ticket.", InLang: "es", Translated: "Un boleto de autobús.", Translator: "E. Marlow"}
			w.us.Must(w.agent, wire.PurposeProsecution, c)
			sending("before it is approved", false)
			w.refused(w.us, w.agent, "access.second_person", &Supplement{Referral: id, Reason: "new_evidence"})
			w.refused(w.us, second, "packet.not_approved", &Supplement{Referral: id, Reason: "new_evidence"})
			waits := func(by access.Actor) int {
				day, err := Day(context.Background(), w.us.Acts, by, wire.PurposeProsecution, time.Time{})
				if err != nil {
					t.Fatal(err)
				}
				return len(day.Seconds)
			}
			if waits(w.super) != 1 || waits(w.agent) != 0 {
				t.Errorf("the new version waits for %d and %d, not for the supervisor alone", waits(w.super), waits(w.agent))
			}
			if !offers(w.super, "referral.approve") || offers(w.agent, "referral.approve") {
				t.Error("the new version is offered for approval to whoever may not, or not to whoever may")
			}
			w.us.Must(w.super, wire.PurposeProsecution, &Approve{Referral: id})
			if offers(w.super, "referral.approve") || waits(w.super) != 0 {
				t.Error("what was approved is offered for approval")
			}
			sending("approved", true)
			w.do(second, &Supplement{Referral: id, Reason: "new_evidence"})
			w.stands(id, state)
			sending("sent", false)
			if task := w.owed(w.us, id); task != nil {
				t.Errorf("still owed: %+v", task)
			}
			r := w.load(w.mx, id)
			w.mx.Read(func(tx *store.Tx) error {
				v, _, err := packet.Latest(tx, r.Packet)
				if err != nil {
					return err
				}
				all, err := packet.Open(tx, w.mx.Ring, v)
				if v.N != 2 || !slices.ContainsFunc(all[wire.SectionExculpatory], func(c packet.Content) bool { return strings.Contains(string(c.Body), found) }) {
					t.Errorf("version %d there tells %v", v.N, all[wire.SectionExculpatory])
				}
				return err
			})
			w.us.ReplayEqual()
			w.mx.ReplayEqual()
		})
	}
}

// TestNothingIsToldAfterAWithdrawal: what was withdrawn opens nothing more, and
// no supplement follows it.
func TestNothingIsToldAfterAWithdrawal(t *testing.T) {
	for _, p := range program.Procedures() {
		rule, ok := p.Rule("supplement")
		if !ok {
			t.Errorf("%s knows no supplement", p.ID)
			continue
		}
		for _, m := range rule.Moves {
			for _, state := range m.From[program.MainTrack] {
				if strings.HasPrefix(state, "withdraw") || state == "returned" || state == "expired" {
					t.Errorf("%s: a supplement goes from %s", p.ID, state)
				}
			}
			for _, state := range []string{"accepted", "declined", "closed"} {
				if !slices.Contains(m.From[program.MainTrack], state) {
					t.Errorf("%s: no supplement goes from %s", p.ID, state)
				}
			}
		}
	}
}
