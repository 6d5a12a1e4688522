package referral

import (
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// NoticeOpened is the receipt "opened": a person of the receiving office saw
// the notice. It is no step; the referral stands where it stood.
type NoticeOpened struct{ journal.Envelope }

// Kind implements journal.Fact.
func (NoticeOpened) Kind() string { return "referral.notice_opened.1" }

// OpenNotice records that a person of the receiving office saw the notice. The
// doors take it when such a person first looks.
type OpenNotice struct {
	Referral string `json:"referral"`
}

// Verb implements act.Command.
func (*OpenNotice) Verb() string { return "referral.open" }

// Decide implements act.Command.
func (c *OpenNotice) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, err := looked(tx, d, c.Referral)
	if err != nil {
		return nil, err
	}
	switch {
	case d.By.Office != r.Receiver.Office:
		return nil, refusal.New("referral.not_the_office")
	case r.Seen != nil:
		return nil, refusal.Conflict("referral.opened_already")
	}
	return []journal.Fact{&NoticeOpened{Envelope: r.envelope(true)}}, nil
}

// looked loads a referral that came here for a receipt of who may sign for it.
func looked(tx *store.Tx, d *act.Draw, id string) (Referral, error) {
	r, err := Load(tx, id)
	if err != nil {
		return r, err
	}
	rule, ok := r.procedure.Rule(stepAnalysis)
	if !ok || r.Home() {
		return r, refusal.NotFound()
	}
	return r, d.Allow(tx, r.owned(rule.Owner, nil))
}

func applyNoticeOpened(tx *store.Tx, e journal.Entry, _ NoticeOpened) error {
	return change(tx, e.Referral, func(r *Referral) { r.Seen = signature(e) })
}

func admitNoticeOpened(tx *store.Tx, m wire.Message, _ NoticeOpened) (wire.Code, error) {
	return admitReceipt(tx, m, func(r Referral) bool { return r.Seen != nil })
}

const stepAnalysis = "sign_for_analysis"

// AnalysisSigned is the fact that the receiving side's named prosecutor signed
// for the whole packet and undertook its purpose (LGPDPPSO 62; CNPP 444). The
// content keys follow it.
type AnalysisSigned struct {
	Step
	Undertakes bool `json:"undertakes_purpose"`
}

// Kind implements journal.Fact.
func (AnalysisSigned) Kind() string { return "referral.analysis_signed.1" }

// SignForAnalysis opens the packet to the prosecutor who signs.
type SignForAnalysis struct {
	Referral   string `json:"referral"`
	Undertakes bool   `json:"undertakes"`
}

// Verb implements act.Command.
func (*SignForAnalysis) Verb() string { return "referral.sign_for_analysis" }

// Signed implements act.Signed.
func (*SignForAnalysis) Signed() {}

// Decide implements act.Command.
func (c *SignForAnalysis) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, err := Load(tx, c.Referral)
	if err != nil {
		return nil, err
	}
	s, step, err := r.ask(tx, d, stepAnalysis, "", "")
	if err != nil {
		return nil, err
	}
	if err := r.holds(s, map[string]any{"undertakes_purpose": c.Undertakes}); err != nil {
		return nil, err
	}
	return []journal.Fact{&AnalysisSigned{Step: step, Undertakes: true}}, nil
}

func registerAnalysis(k *journal.Kinds, link packet.Link) {
	journal.Register(k, applyNoticeOpened)
	journal.Admit(k, admitNoticeOpened)
	journal.Register(k, applyAnalysis)
	journal.Admit(k, func(tx *store.Tx, m wire.Message, f AnalysisSigned) (wire.Code, error) {
		if !f.Undertakes {
			return wire.CodePurpose, nil
		}
		return admitStep(tx, m, f.Step)
	})
	journal.React(k, tiersOnAnswer[AnalysisSigned](link))
}

func applyAnalysis(tx *store.Tx, e journal.Entry, f AnalysisSigned) error {
	if err := applyStep(tx, e, f.Step); err != nil {
		return err
	}
	return change(tx, e.Referral, func(r *Referral) { r.Signed = signature(e) })
}

// tiersOnAnswer is the sender's reaction to what opens a tier: the content
// keys when the prosecutor signs for analysis, the identity keys on
// acceptance, each if its ground still covers it then. A supplement opens at
// once as far as the referral has come.
func tiersOnAnswer[F any](link packet.Link) func(*store.Tx, *journal.Draw, journal.Entry, F) ([]journal.Fact, error) {
	return func(tx *store.Tx, d *journal.Draw, e journal.Entry, _ F) ([]journal.Fact, error) {
		r, err := Load(tx, e.Referral)
		if err != nil || !r.Home() {
			return nil, err
		}
		var out []journal.Fact
		if _, err := mayGoOn(tx, r.Case, r.Receiver, d.Now); err != nil {
			if _, taken := refusal.As(err); taken { // the originator took its consent back meanwhile
				return nil, nil
			}
			return nil, err
		}
		for _, tier := range r.opened() {
			facts, err := r.release(tx, d, link, tier)
			if err != nil {
				return nil, err
			}
			out = append(out, facts...)
		}
		keys, err := r.fileKeys(tx, d, link)
		return append(out, keys...), err
	}
}

// opened lists the tiers that the referral has come to, in the standing it has
// now: one that was withdrawn or declined opens nothing more.
func (r Referral) opened() []string {
	s := r.State()
	if _, signed := s.Last(stepAnalysis); !signed {
		return nil
	}
	state, _ := r.procedure.StateOf(program.MainTrack, s.Main)
	switch state.Opens {
	case wire.TierReleased:
		return []string{wire.TierAnalysis, wire.TierReleased}
	case wire.TierAnalysis:
		return []string{wire.TierAnalysis}
	}
	return nil
}

func (r Referral) release(tx *store.Tx, d *journal.Draw, link packet.Link, tier string) ([]journal.Fact, error) {
	versions, err := packet.Versions(tx, r.Packet)
	if err != nil {
		return nil, err
	}
	var out []journal.Fact
	for _, v := range versions {
		f, err := packet.Release(tx, d, link, v, tier)
		if err != nil {
			return nil, err
		}
		if f != nil {
			out = append(out, f)
		}
	}
	return out, nil
}
