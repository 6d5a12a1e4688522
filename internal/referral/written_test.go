package referral

import (
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// A referral for facts before the accusatory procedure goes its whole way by
// written declarations, and stays under them when the governments adopt another
// procedure for the same days.
func TestAReferralStaysUnderItsProcedure(t *testing.T) {
	w := newWorld(t)
	w.inForce("written", "2009-01-01", adopted{"mx-written-2005", "2005-08-17", "2016-06-17"})
	before := time.Date(2016, 6, 17, 9, 0, 0, 0, time.UTC)
	f := w.fileOf(before)
	w.screen(f)
	id := w.approved(f)
	w.us.Must(w.agent, wire.PurposeProsecution, &Send{Referral: id})
	w.Settle()
	w.inForce("accusatory-for-all", "2026-01-01", adopted{"mx-accusatory-2016", "2005-08-17", ""})
	other := w.fileOf(before)
	w.screen(other)
	if p := w.load(w.us, w.drafted(other)).Procedure; p != "mx-accusatory-2016" {
		t.Errorf("a new referral is under %s", p)
	}
	w.do(w.mp, &SignForAnalysis{Referral: id, Undertakes: true})
	w.do(w.mp, &Accept{Referral: id, Note: "Se acepta."})
	w.do(w.mp, &RegisterFile{Referral: id, File: "AP/PGR/TAMPS/REY/0123/2016"})
	w.refused(w.mx, w.mp, "referral.step_unknown", &TakeStep{Referral: id, Step: "request_advance_evidence"})
	for _, step := range []string{"record_consignment", "record_committed", "record_accusation", "record_conviction"} {
		w.do(w.mp, &TakeStep{Referral: id, Step: step})
	}
	if r := w.load(w.us, id); r.State().Tracks["court"] != "convicted" {
		t.Errorf("court: %v", r.State().Tracks)
	}
	w.do(w.mp, &Dispose{Referral: id, Form: "conviction", Reason: "judgment", Months: 72, FineCents: 100_00, Currency: "MXN"})
	w.do(w.mp, &SignStep{Referral: id, Step: "report_outcome"})
	w.do(w.agent, &TakeStep{Referral: id, Step: "close"})
	w.stands(id, "closed")
	if us, mx := w.load(w.us, id).Procedure, w.load(w.mx, id).Procedure; us != "mx-written-2005" || mx != us {
		t.Errorf("under %s and %s", us, mx)
	}
	w.us.ReplayEqual()
	w.mx.ReplayEqual()
}

// While an accord is suspended nothing new is referred under it, and what was
// referred goes on; the programme stood still in 2016 and 2017.
func TestSuspendedAccordRefersNothingNew(t *testing.T) {
	w := newWorld(t)
	_, sent := w.sent()
	f := w.theFile()
	w.screen(f)
	ready := w.approved(f)
	var id string
	w.us.Read(func(tx *store.Tx) error {
		all, err := accord.All(tx)
		id = all[0].ID
		return err
	})
	m1 := w.mx.Person("c1", "fgr-programme", access.RoleCoordinator)
	w.mx.Must(m1, wire.PurposeOversight, &accord.Suspend{Accord: id})
	w.Settle()
	w.refused(w.us, w.agent, "referral.condition_not_met", &Send{Referral: ready})
	w.refused(w.us, w.agent, "accord.suspended", &Draft{Case: f.id, Node: "mx", Office: "fgr-tamps"})
	w.do(w.mp, &SignForAnalysis{Referral: sent, Undertakes: true})
	w.do(w.mp, &Accept{Referral: sent, Note: "Se acepta."})
	w.stands(sent, "accepted")
	w.mx.Must(m1, wire.PurposeOversight, &accord.Resume{Accord: id})
	w.Settle()
	w.us.Must(w.agent, wire.PurposeProsecution, &Send{Referral: ready})
	w.Settle()
	w.stands(ready, "sent")
}
