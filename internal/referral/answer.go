package referral

import (
	"slices"
	"strings"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Accepted is the fact that the receiving side takes the case. It never waits
// for the number of its file, which follows (FileRegistered).
type Accepted struct {
	Step
	Cites
}

// Kind implements journal.Fact.
func (Accepted) Kind() string { return "referral.accepted.1" }

// Accept takes the case.
type Accept struct {
	Referral string `json:"referral"`
	Note     string `json:"note,omitempty"`
	Page     int    `json:"page,omitempty"` // of the print of the version that is answered
}

// Verb implements act.Command.
func (*Accept) Verb() string { return "referral.accept" }

// Signed implements act.Signed.
func (*Accept) Signed() {}

// Decide implements act.Command.
func (c *Accept) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, err := Load(tx, c.Referral)
	if err != nil {
		return nil, err
	}
	_, step, err := r.ask(tx, d, "accept", "", "")
	if err != nil {
		return nil, err
	}
	cites, err := r.cites(tx, c.Page)
	if err != nil {
		return nil, err
	}
	f := &Accepted{Step: step, Cites: cites}
	return []journal.Fact{f}, r.letter(tx, d, &f.Envelope, c.Note)
}

// openOwnCase opens the receiving side's own case when it accepts, once.
func openOwnCase(tx *store.Tx, d *journal.Draw, e journal.Entry, _ Accepted) ([]journal.Fact, error) {
	r, err := Load(tx, e.Referral)
	if err != nil || r.Home() || r.OwnCase != "" {
		return nil, err
	}
	lang := i18n.Lang(langOf(r.procedure.Receives))
	label, err := r.label(tx)
	if err != nil {
		return nil, err
	}
	return casefile.OpenFor(tx, d, r.Receiver.Office, r.ID, i18n.T(lang, "referral.own_case_title", map[string]any{"Number": r.Number}), label)
}

// keepOwnCase notes on the referral which case was opened for it.
func keepOwnCase(tx *store.Tx, _ journal.Entry, f casefile.Opened) error {
	r, err := Load(tx, f.Origin)
	if refusal.Is(err, "access.not_found") || err == nil && r.Home() {
		return nil
	}
	if err != nil {
		return err
	}
	return change(tx, r.ID, func(r *Referral) { r.OwnCase = f.ID })
}

// Declined is the fact that the receiving side does not take the case: a coded
// reason in the legal form it has there. Before the analysis is signed for, it
// is returned unopened or another authority's (DESIGN §5, tiers).
type Declined struct {
	Step
	Cites
}

// Kind implements journal.Fact.
func (Declined) Kind() string { return "referral.declined.1" }

// Decline ends the receiving side's study of the referral with a coded reason
// and the legal form it takes there (CNPP 253–255; LAW.md §2, Not proceeding).
// The victim's ten-day challenge clock starts with notice to the victim.
type Decline struct {
	Referral    string `json:"referral"`
	Reason      string `json:"reason"`
	Form        string `json:"form"`
	Explanation string `json:"explanation,omitempty"`
	Page        int    `json:"page,omitempty"` // of the print of the version that is answered
}

// Verb implements act.Command.
func (*Decline) Verb() string { return "referral.decline" }

// Signed implements act.Signed.
func (*Decline) Signed() {}

// Decide implements act.Command.
func (c *Decline) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, err := Load(tx, c.Referral)
	if err != nil {
		return nil, err
	}
	_, step, err := r.ask(tx, d, "decline", c.Reason, c.Form)
	if err != nil {
		return nil, err
	}
	cites, err := r.cites(tx, c.Page)
	if err != nil {
		return nil, err
	}
	f := &Declined{Step: step, Cites: cites}
	return []journal.Fact{f}, r.letter(tx, d, &f.Envelope, c.Explanation)
}

// FileRegistered is the fact that the receiving side gave the number of its
// investigation file.
type FileRegistered struct {
	Step
	File string `json:"file"`
}

// Kind implements journal.Fact.
func (FileRegistered) Kind() string { return "referral.file_registered.1" }

// RegisterFile gives the number of the investigation file, or corrects it.
type RegisterFile struct {
	Referral string `json:"referral"`
	File     string `json:"file"`
}

// Verb implements act.Command.
func (*RegisterFile) Verb() string { return "referral.register_file" }

// maxFile bounds the number of a file, in bytes.
const maxFile = 80

// Decide implements act.Command.
func (c *RegisterFile) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, err := Load(tx, c.Referral)
	if err != nil {
		return nil, err
	}
	_, step, err := r.ask(tx, d, "register_file", "", "")
	if err != nil {
		return nil, err
	}
	file := strings.TrimSpace(c.File)
	if file == "" || len(file) > maxFile {
		return nil, refusal.New("referral.file_number", "Max", maxFile)
	}
	return []journal.Fact{&FileRegistered{Step: step, File: file}}, nil
}

// Disposition is how the receiving side's case ended.
type Disposition struct {
	Form       string `json:"form"`
	Reason     string `json:"reason,omitempty"`
	Months     int    `json:"months,omitempty"`           // of prison
	FineCents  int64  `json:"fine_cents,omitempty"`       // in hundredths of Currency
	Reparation int64  `json:"reparation_cents,omitempty"` // to the victims
	Currency   string `json:"currency,omitempty"`         // ISO 4217
	Final      bool   `json:"final,omitempty"`
	Fact       string `json:"fact,omitempty"`
}

// Disposed is the fact that the receiving side's case ended, with the sentence.
type Disposed struct {
	Step
	Outcome Disposition `json:"outcome"`
}

// Kind implements journal.Fact.
func (Disposed) Kind() string { return "referral.disposed.1" }

// Dispose records how the case ended here.
type Dispose struct {
	Referral   string `json:"referral"`
	Form       string `json:"form"`
	Reason     string `json:"reason,omitempty"`
	Months     int    `json:"months,omitempty"`
	FineCents  int64  `json:"fine_cents,omitempty"`
	Reparation int64  `json:"reparation_cents,omitempty"`
	Currency   string `json:"currency,omitempty"`
	Final      bool   `json:"final,omitempty"`
	Note       string `json:"note,omitempty"`
}

// Verb implements act.Command.
func (*Dispose) Verb() string { return "referral.dispose" }

// Signed implements act.Signed.
func (*Dispose) Signed() {}

// Decide implements act.Command.
func (c *Dispose) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, err := Load(tx, c.Referral)
	if err != nil {
		return nil, err
	}
	_, step, err := r.ask(tx, d, "dispose", c.Reason, c.Form)
	if err != nil {
		return nil, err
	}
	f := &Disposed{Step: step, Outcome: Disposition{Form: c.Form, Reason: c.Reason, Months: c.Months, FineCents: c.FineCents,
		Reparation: c.Reparation, Currency: c.Currency, Final: c.Final}}
	if err := f.Outcome.check(); err != nil {
		return nil, err
	}
	return []journal.Fact{f}, r.letter(tx, d, &f.Envelope, c.Note)
}

// maxMonths bounds a sentence, in months; it catches a slip of the keyboard.
const maxMonths = 1800

func (x Disposition) check() error {
	switch {
	case x.Months < 0 || x.Months > maxMonths:
		return refusal.New("referral.months", "Max", maxMonths)
	case x.FineCents < 0 || x.Reparation < 0:
		return refusal.New("referral.amount")
	case x.FineCents+x.Reparation > 0 && !slices.Contains([]string{"MXN", "USD"}, x.Currency):
		return refusal.New("referral.currency")
	case x.Form != "conviction" && (x.Months > 0 || x.FineCents > 0):
		return refusal.New("referral.sentence_without_conviction")
	}
	return nil
}

func registerOutcome(k *journal.Kinds, link packet.Link) {
	journal.Register(k, func(tx *store.Tx, e journal.Entry, f FileRegistered) error {
		if err := applyStep(tx, e, f.Step); err != nil {
			return err
		}
		return change(tx, e.Referral, func(r *Referral) { r.File = f.File })
	})
	journal.Admit(k, func(tx *store.Tx, m wire.Message, f FileRegistered) (wire.Code, error) {
		if f.File == "" || len(f.File) > maxFile {
			return wire.CodeContent, nil
		}
		return admitStep(tx, m, f.Step)
	})
	journal.Register(k, applyDisposed)
	journal.Admit(k, func(tx *store.Tx, m wire.Message, f Disposed) (wire.Code, error) {
		if f.Outcome.check() != nil || f.Outcome.Form != f.Form || f.Outcome.Reason != f.Reason {
			return wire.CodeContent, nil
		}
		return admitStep(tx, m, f.Step)
	})
	journal.React(k, letterKeys[Disposed](link))
	journal.Also(k, keepOwnCase)
}

// applyDisposed keeps the outcome only while the act has effect: of two acts
// that crossed, the histories decide.
func applyDisposed(tx *store.Tx, e journal.Entry, f Disposed) error {
	if err := applyStep(tx, e, f.Step); err != nil {
		return err
	}
	return change(tx, e.Referral, func(r *Referral) {
		r.Outcome = &f.Outcome
		r.Outcome.Fact = e.ID
	})
}

// elements are those of the offences of the referral, in either country's law.
func (r Referral) elements(tx *store.Tx) ([]string, error) {
	offences, err := r.offences(tx)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, id := range offences {
		if o, ok := program.OffenceByID(id); ok {
			for _, e := range o.Elements {
				if !slices.Contains(out, e.ID) {
					out = append(out, e.ID)
				}
			}
		}
	}
	return out, nil
}
