package referral

import (
	"testing"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// A case is forgotten with its referral once nothing is awaited of it, on
// either side; both journals verify and replay to the same tables.
func TestCaseIsForgottenWithItsReferrals(t *testing.T) {
	w := newWorld(t)
	f, id := w.sent()
	w.do(w.mp, &OpenNotice{Referral: id})
	w.do(w.mp, &SignForAnalysis{Referral: id, Undertakes: true})
	w.do(w.mp, &Accept{Referral: id, Note: "Se acepta."})
	own := w.load(w.mx, id).OwnCase
	forget := func(n *acttest.Node, first, second access.Actor, c string) {
		t.Helper()
		n.Must(first, wire.PurposeProsecution, &casefile.SetStatus{Case: c, Status: casefile.StatusClosed})
		x := &casefile.Expunge{Case: c, Ground: "retention_ended", Order: "R-1"}
		n.Refused(first, wire.PurposeProsecution, "casefile.forget_business", x)
	}
	confirm := func(n *acttest.Node, first, second access.Actor, c string) {
		t.Helper()
		o := n.Must(first, wire.PurposeProsecution, &casefile.Expunge{Case: c, Ground: "retention_ended", Order: "R-1"}).Object
		n.Must(second, wire.PurposeProsecution, &casefile.ConfirmExpunge{Order: o})
	}
	forget(w.us, w.super, w.attorney, f.id)
	forget(w.mx, w.mp, w.mp2, own)
	w.do(w.mp, &RegisterFile{Referral: id, File: "FED/TAMPS/REY/0001234/2026"})
	for _, step := range []string{"record_imputation", "record_bound_over", "record_abbreviated", "record_conviction"} {
		w.do(w.mp, &TakeStep{Referral: id, Step: step})
	}
	w.do(w.mp, &Dispose{Referral: id, Form: "conviction", Reason: "judgment", Months: 96, FineCents: 100_00, Currency: "MXN"})
	w.do(w.mp, &SignStep{Referral: id, Step: "report_outcome"})
	w.do(w.agent, &TakeStep{Referral: id, Step: "close"})
	w.stands(id, "closed")
	confirm(w.us, w.super, w.attorney, f.id)
	confirm(w.mx, w.mp, w.mp2, own)
	if text := recent.get(id).text; text != "" {
		t.Errorf("what was forgotten is kept in memory: %s", text)
	}
	for _, n := range []*acttest.Node{w.us, w.mx} {
		n.Read(func(tx *store.Tx) error {
			if _, err := Load(tx, id); !refusal.Is(err, "access.not_found") {
				t.Errorf("%s still holds the referral: %v", n.Acts.Node, err)
			}
			return nil
		})
		if v := n.Verified(); v.Forgotten < 10 {
			t.Errorf("%s forgot %d bodies", n.Acts.Node, v.Forgotten)
		}
		n.ReplayEqual()
	}
}
