package referral

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// TestDeclineInWords is the table of what the receiving side may answer when.
func TestDeclineInWords(t *testing.T) {
	w := newWorld(t)
	_, id := w.sent()
	for _, c := range []struct{ name, reason, form, code string }{
		{"before the analysis is signed for", "witness_unavailable", "no_charging", "referral.not_yet_opened"},
		{"without a form", "witness_unavailable", "", "referral.form_required"},
		{"without a reason", "", "return_unopened", "referral.reason_required"},
		{"with a reason of another step", "small_group_resources", "return_unopened", "referral.reason_not_admitted"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.t = t
			w.refused(w.mx, w.mp, c.code, &Decline{Referral: id, Reason: c.reason, Form: c.form})
		})
	}
	w.t = t
	w.do(w.mp, &SignForAnalysis{Referral: id, Undertakes: true})
	w.refused(w.mx, w.mp, "referral.form_not_admitted", &Decline{Referral: id, Reason: "misaddressed", Form: "return_unopened"})
	w.refused(w.mx, w.mp, "referral.reason_not_admitted", &Decline{Referral: id, Reason: "judgment", Form: "no_charging"})
	w.do(w.mp, &Decline{Referral: id, Reason: "witness_unavailable", Form: "temporary_archive", Explanation: "No se localizó a la persona testigo."})
	w.stands(id, "declined")
}

// TestSecondOfTwoIsTold: two prosecutors answer at once; the second hears what
// the first answered, and loses nothing.
func TestSecondOfTwoIsTold(t *testing.T) {
	w := newWorld(t)
	_, id := w.sent()
	w.do(w.mp, &SignForAnalysis{Referral: id, Undertakes: true})
	ctx := context.Background()
	first, err := w.mx.Prepare(ctx, w.mp, "", wire.PurposeProsecution, &Accept{Referral: id})
	if err != nil {
		t.Fatal(err)
	}
	second, err := w.mx.Prepare(ctx, w.mp2, "", wire.PurposeProsecution, &Decline{Referral: id, Reason: "insufficient_evidence", Form: "no_charging"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.mx.Sign(ctx, w.mp, first.ID, w.mx.Answer(w.mp, first)); err != nil {
		t.Fatal(err)
	}
	_, err = w.mx.Sign(ctx, w.mp2, second.ID, w.mx.Answer(w.mp2, second))
	if r := refusedAs(t, err, "referral.moved_on"); r["By"] != "Official mp" {
		t.Errorf("the second is not told who was first: %v", r)
	}
	w.Settle()
	w.stands(id, "accepted")
}

// TestBornWithdrawn: the withdrawal overtakes the referral in the alert lane.
func TestBornWithdrawn(t *testing.T) {
	w := newWorld(t)
	f := w.theFile()
	w.screen(f)
	id := w.approved(f)
	w.us.Must(w.agent, wire.PurposeProsecution, &Send{Referral: id})
	w.us.Must(w.agent, wire.PurposeProsecution, &Withdraw{Referral: id})
	sent, withdrawn := w.us.Out[len(w.us.Out)-2], w.us.Out[len(w.us.Out)-1]
	if withdrawn.Lane != wire.LaneAlert || sent.Lane != wire.LaneCase {
		t.Fatalf("lanes %s, %s", sent.Lane, withdrawn.Lane)
	}
	for _, m := range []wire.Message{withdrawn.Message, sent.Message} {
		if _, code := w.mx.Deliver("us", m); code != "" {
			t.Fatalf("%s refused: %s", m.Act.Kind, code)
		}
	}
	w.Lose(w.us)
	w.stands(id, "withdrawn")
	if n := w.opens(w.mx, id); n != 0 {
		t.Errorf("%d items of a withdrawn referral are open", n)
	}
	w.do(w.mp, &TakeStep{Referral: id, Step: "acknowledge_withdrawal"})
	w.stands(id, "withdrawal_acknowledged")
	w.mx.ReplayEqual()
}

// TestWithdrawalsLookTheSame: a clerk's error, the adviser's stop and a suspect
// found to be a victim leave the node as the same message (DESIGN §8).
func TestWithdrawalsLookTheSame(t *testing.T) {
	causes := map[string]func(w *world, f file, id string){
		"clerk": func(w *world, _ file, id string) {
			w.us.Must(w.agent, wire.PurposeProsecution, &Withdraw{Referral: id})
		},
		"stop": func(w *world, f file, _ string) {
			w.us.Must(w.adviser, wire.PurposeProtection, &protection.Stop{Case: f.id, Reason: "threats to the family"})
		},
		"victim": func(w *world, f file, _ string) {
			w.us.Must(w.adviser, wire.PurposeProtection, &protection.Reclassify{Case: f.id, Person: f.suspect, Reason: "forced to guide"})
		},
	}
	seen := map[string]string{}
	for name, cause := range causes {
		w := newWorld(t)
		f, id := w.sent()
		before := len(w.us.Out)
		cause(w, f, id)
		if n := len(w.us.Out) - before; n != 1 {
			t.Fatalf("%s: %d messages left, want one", name, n)
		}
		m := w.us.Out[before].Message.Act
		if m.By != nil || len(m.Sealed) > 0 {
			t.Errorf("%s: the message names somebody or carries more", name)
		}
		seen[name] = strings.Join([]string{m.Kind, m.Purpose, m.From.Office, m.To.Office, m.Handling, m.Lang, string(m.Clear)}, "|")
		w.Settle()
		w.stands(id, "withdrawn")
	}
	if seen["clerk"] != seen["stop"] || seen["clerk"] != seen["victim"] {
		t.Errorf("the withdrawals differ:\n%s\n%s\n%s", seen["clerk"], seen["stop"], seen["victim"])
	}
}

// TestUndeliveredAndAgain: a sending that expired on the way is shown as such
// and goes again, with what the other side never heard.
func TestUndeliveredAndAgain(t *testing.T) {
	for name, lost := range map[string]func(r Referral, message string) journal.Fact{
		"expired": func(r Referral, m string) journal.Fact {
			return &exchange.Voided{Envelope: journal.Envelope{Case: r.Case, Referral: r.ID}, Peer: "mx", Lane: wire.LaneCase, Epoch: 1, Seq: 9, Message: m,
				Of: Sent{}.Kind(), Reason: wire.VoidExpired}
		},
		"refused": func(r Referral, m string) journal.Fact {
			return &exchange.Refused{Envelope: journal.Envelope{Case: r.Case, Referral: r.ID}, Peer: "mx", Lane: wire.LaneCase, Seq: 9, Message: m,
				Of: Sent{}.Kind(), Code: wire.CodeAccord}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			f := w.theFile()
			w.screen(f)
			id := w.approved(f)
			w.us.Must(w.agent, wire.PurposeProsecution, &Send{Referral: id})
			w.Lose(w.us) // it never arrives
			message := w.us.Out[len(w.us.Out)-1].Message.Act.ID
			if e := w.us.Out[len(w.us.Out)-1].Message.Act.Expires; e.IsZero() || e.Sub(w.us.Clock) != 72*time.Hour {
				t.Errorf("a first sending expires %v", e)
			}
			err := w.us.NodeActs(context.Background(), wire.PurposeProsecution, func(tx *store.Tx, _ *journal.Draw) ([]journal.Fact, error) {
				r, err := Load(tx, id)
				return []journal.Fact{lost(r, message)}, err
			})
			if err != nil {
				t.Fatal(err)
			}
			if main := w.main(w.us, id); main != "expired" {
				t.Fatalf("the sender stands at %s", main)
			}
			w.do(w.agent, &Resend{Referral: id})
			w.stands(id, "sent")
			w.do(w.mp, &SignForAnalysis{Referral: id, Undertakes: true})
			w.stands(id, "under_review")
			if w.opens(w.mx, id) == 0 {
				t.Error("the packet sent again does not open")
			}
			w.us.ReplayEqual()
			w.mx.ReplayEqual()
		})
	}
}

// TestNobodyIsReferredUnscreened holds the gate of DESIGN §8.
func TestNobodyIsReferredUnscreened(t *testing.T) {
	w := newWorld(t)
	f := w.theFile()
	id := w.us.Must(w.agent, wire.PurposeProsecution, &Draft{Case: f.id, Node: "mx", Office: "fgr-tamps"}).Object
	w.refused(w.us, w.agent, "referral.condition_not_met", &TakeStep{Referral: id, Step: "screen_eligible"})
	w.screen(f)
	id = w.approved(f)
	late := w.us.Must(w.agent, wire.PurposeProsecution, addWitness(f)).Object
	w.refused(w.us, w.agent, "protection.unscreened", &Send{Referral: id})
	w.us.Must(w.adviser, wire.PurposeProtection, &protection.Screen{Case: f.id, Person: late, Answers: answers(), Language: "es"})
	w.do(w.agent, &Send{Referral: id})
	w.stands(id, "sent")
}

// TestSecondPersonIsAnother: who drafted or took a statement never approves.
func TestSecondPersonIsAnother(t *testing.T) {
	w := newWorld(t)
	f := w.theFile()
	w.screen(f)
	id := w.drafted(f)
	both := w.us.Person("agent", "usbp-rgv", access.RoleProsecutions, access.RoleSupervisor)
	w.us.Must(w.agent, wire.PurposeProsecution, compose(id))
	w.refused(w.us, both, "access.second_person", &Approve{Referral: id})
	w.refused(w.us, w.us.Person("admin", "usbp-rgv", access.RoleSupervisor, access.RoleAdmin), "access.not_found", &Approve{Referral: id})
	w.do(w.super, &Approve{Referral: id})
}
