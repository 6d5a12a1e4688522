package referral

import (
	"testing"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// do takes an act on a node and hands everything over.
func (w *world) do(by access.Actor, cmd act.Command) {
	w.t.Helper()
	n := w.us
	if by.Node == "mx" {
		n = w.mx
	}
	n.Must(by, wire.PurposeProsecution, cmd)
	w.Settle()
}

// TestLifeOfAReferral follows one from draft to feedback through real rules,
// journals and keys on two nodes.
//
// Law: 13.
func TestLifeOfAReferral(t *testing.T) {
	w := newWorld(t)
	_, id := w.sent()
	w.stands(id, "sent")
	w.do(w.mp, &OpenNotice{Referral: id})
	if r := w.load(w.us, id); r.Seen == nil || r.Seen.Name != "Official mp" {
		t.Errorf("the sender does not know who opened the notice: %+v", r.Seen)
	}
	if n := w.opens(w.mx, id); n != 0 {
		t.Errorf("%d items are open before the analysis is signed for", n)
	}
	w.refused(w.mx, w.mp, "referral.condition_not_met", &SignForAnalysis{Referral: id})
	w.do(w.mp, &SignForAnalysis{Referral: id, Undertakes: true})
	w.stands(id, "under_review")
	if n := w.opens(w.mx, id); n == 0 {
		t.Error("nothing opened when the analysis was signed for")
	}
	item := w.item(id)
	w.do(w.mp, &RequestInformation{Referral: id, Item: item, Element: "profit", Question: "¿Quién cobró la cuota?"})
	w.stands(id, "information_requested")
	w.do(w.agent, &SupplyInformation{Referral: id, Answer: "The guide; Xochiquetzal Palomarín saw it."})
	w.stands(id, "information_supplied")
	w.do(w.mp, &Accept{Referral: id, Note: "Se acepta."})
	w.stands(id, "accepted")
	w.do(w.mp, &RegisterFile{Referral: id, File: "FED/TAMPS/REY/0001234/2026"})
	for _, step := range []string{"record_imputation", "record_bound_over", "record_abbreviated", "record_conviction"} {
		w.do(w.mp, &TakeStep{Referral: id, Step: step})
	}
	w.do(w.mp, &Dispose{Referral: id, Form: "conviction", Reason: "judgment", Months: 96, FineCents: 100_00, Currency: "MXN"})
	w.do(w.mp, &SignStep{Referral: id, Step: "report_outcome"})
	w.do(w.agent, &TakeStep{Referral: id, Step: "close"})
	w.stands(id, "closed")
	r := w.load(w.us, id)
	if r.File != "FED/TAMPS/REY/0001234/2026" || r.Outcome == nil || r.Outcome.Months != 96 {
		t.Errorf("the outcome did not come back: %q %+v", r.File, r.Outcome)
	}
	if mine := w.load(w.mx, id); mine.OwnCase == "" {
		t.Error("no case was opened by the acceptance")
	}
	w.us.ReplayEqual()
	w.mx.ReplayEqual()
}

// opens counts the items of the packet that a node can open.
func (w *world) opens(n interface{ Read(func(*store.Tx) error) }, id string) (open int) {
	w.t.Helper()
	node := w.mx
	if n == any(w.us) {
		node = w.us
	}
	r := w.load(node, id)
	node.Read(func(tx *store.Tx) error {
		v, _, err := packet.Latest(tx, r.Packet)
		if err != nil {
			return err
		}
		all, err := packet.Open(tx, node.Ring, v)
		for _, items := range all {
			for _, c := range items {
				if c.Body != nil {
					open++
				}
			}
		}
		return err
	})
	return open
}

// item is an item of the packet that a request can serve.
func (w *world) item(id string) (item string) {
	w.t.Helper()
	r := w.load(w.mx, id)
	w.mx.Read(func(tx *store.Tx) error {
		v, _, err := packet.Latest(tx, r.Packet)
		for _, s := range v.Manifest.Sections {
			if s.Name == wire.SectionStatements {
				item = s.Items[0].ID
			}
		}
		return err
	})
	return item
}
