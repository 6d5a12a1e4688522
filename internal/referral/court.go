package referral

import (
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// courtTerm is how long the receiving side has, from the arrival of what is
// marked H1, to say before which court it wants to use it: no judge should meet
// the question first (programme practice).
const courtTerm = 5 * 24 * time.Hour

// CourtUse is what the receiving side asked of the sending side: to use before a
// court what is marked H1 or H3, and how that was answered. Both sides hold it.
type CourtUse struct {
	Asking
	Court string `json:"court"`
}

// CourtAsked is the fact that the receiving side asked for the sender's consent
// to use what is so marked before a court. Why is a sealed letter.
type CourtAsked struct {
	journal.Envelope
	Court string `json:"court"`
}

// Kind implements journal.Fact.
func (CourtAsked) Kind() string { return "referral.court_asked.1" }

// CourtAnswered is the fact that the sending side gave its consent, refused it,
// or took it back: the last answer counts.
type CourtAnswered struct {
	journal.Envelope
	Ask     string    `json:"ask"`
	Granted bool      `json:"granted"`
	Until   time.Time `json:"until,omitzero"`
}

// Kind implements journal.Fact.
func (CourtAnswered) Kind() string { return "referral.court_answered.1" }

// AskCourt asks the sending side for its consent to use what is marked H1 or H3
// before a court.
type AskCourt struct {
	Referral string `json:"referral"`
	Court    string `json:"court"`
	Reason   string `json:"reason"`
}

// Verb implements act.Command.
func (*AskCourt) Verb() string { return "referral.ask_court" }

// Signed implements act.Signed.
func (*AskCourt) Signed() {}

// Decide implements act.Command.
func (c *AskCourt) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, err := onTerms(tx, d, c.Referral, program.Receiver)
	if err != nil {
		return nil, err
	}
	label, err := r.label(tx)
	if err != nil {
		return nil, err
	}
	court := strings.TrimSpace(c.Court)
	switch {
	case r.Home() || label.Court == wire.MarkFree:
		return nil, refusal.New("referral.court_free")
	case court == "" || len(court) > maxCourt:
		return nil, refusal.New("referral.court_missing")
	case strings.TrimSpace(c.Reason) == "":
		return nil, refusal.New("referral.court_reason")
	}
	f := &CourtAsked{Envelope: r.envelope(true), Court: court}
	return []journal.Fact{f}, r.letter(tx, d, &f.Envelope, c.Reason)
}

// maxCourt bounds the name of a court and its proceeding, in bytes.
const maxCourt = 300

// AnswerCourt gives, refuses or takes back the consent that was asked for.
type AnswerCourt struct {
	Referral string    `json:"referral"`
	Ask      string    `json:"ask"`
	Granted  bool      `json:"granted,omitempty"`
	Until    time.Time `json:"until,omitzero"`
	Note     string    `json:"note,omitempty"`
}

// Verb implements act.Command.
func (*AnswerCourt) Verb() string { return "referral.answer_court" }

// Signed implements act.Signed.
func (*AnswerCourt) Signed() {}

// Decide implements act.Command.
func (c *AnswerCourt) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, err := consenting(tx, d, c.Referral)
	if err != nil {
		return nil, err
	}
	if _, known := r.courtAsk(c.Ask); !known {
		return nil, refusal.NotFound()
	}
	until, err := consentUntil(c.Granted, c.Until, d.Now)
	if err != nil {
		return nil, err
	}
	f := &CourtAnswered{Envelope: r.envelope(true), Ask: c.Ask, Granted: c.Granted, Until: until}
	return []journal.Fact{f}, r.letter(tx, d, &f.Envelope, c.Note)
}

func (r Referral) courtAsk(id string) (CourtUse, bool) {
	for _, u := range r.Court {
		if u.ID == id {
			return u, true
		}
	}
	return CourtUse{}, false
}

// inCourt demands that what a referral brought may be used before a court now:
// it is one's own, not marked, or its originator consents. The right of the
// defence and a court's order pass every mark (DESIGN §7).
func (r Referral) inCourt(label program.Label, reason, purpose string, now time.Time) error {
	if r.Home() || reason != casefile.ForCourt || label.Court == wire.MarkFree || purpose == wire.PurposeDefenceCourt {
		return nil
	}
	for _, u := range r.Court {
		if u.Holds(now) {
			return nil
		}
	}
	return refusal.New("referral.court_needs_consent", "Number", r.Number, "Node", r.Sender.Node)
}

// courtTask is the task that stands open on the receiving side since something
// marked H1 arrived, until it has asked.
func (r Referral) courtTask(tx *store.Tx) (*OwedTask, error) {
	if r.Home() || len(r.Court) > 0 {
		return nil, nil
	}
	versions, err := packet.Versions(tx, r.Packet)
	if err != nil {
		return nil, err
	}
	for _, v := range versions {
		if v.Marks().Court != wire.MarkFree {
			return &OwedTask{Since: v.Sent, Due: v.Sent.Add(courtTerm)}, nil
		}
	}
	return nil, nil
}

func applyCourtAsked(tx *store.Tx, e journal.Entry, f CourtAsked) error {
	return change(tx, e.Referral, func(r *Referral) {
		r.Court = append(r.Court, CourtUse{Asking{ID: e.ID, Asked: *signature(e)}, f.Court})
	})
}

func applyCourtAnswered(tx *store.Tx, e journal.Entry, f CourtAnswered) error {
	return change(tx, e.Referral, func(r *Referral) {
		for i := range r.Court {
			r.Court[i].answer(e, f.Ask, f.Granted, f.Until)
		}
	})
}

// registerCourt registers asking for consent and giving it.
func registerCourt(k *journal.Kinds, link packet.Link) {
	journal.Register(k, applyCourtAsked)
	journal.Register(k, applyCourtAnswered)
	journal.React(k, letterKeys[CourtAsked](link))
	journal.React(k, letterKeys[CourtAnswered](link))
	journal.Admit(k, func(tx *store.Tx, m wire.Message, f CourtAsked) (wire.Code, error) {
		return admitOnward(tx, m, program.Receiver, func(Referral) bool { return f.Court != "" && len(f.Court) <= maxCourt })
	})
	journal.Admit(k, func(tx *store.Tx, m wire.Message, f CourtAnswered) (wire.Code, error) {
		return admitOnward(tx, m, program.Sender, func(r Referral) bool {
			_, known := r.courtAsk(f.Ask)
			return known && f.Granted == !f.Until.IsZero()
		})
	})
	k.Set(journal.SignedByPerson(), &CourtAsked{}, &CourtAnswered{})
}

// addCourt adds the task that stands open, and what was asked and answered to
// the conversation.
func (r Referral) addCourt(tx *store.Tx, v *act.Viewing, letters bool, out *Shown) (err error) {
	if out.CourtTask, err = r.courtTask(tx); err != nil {
		return err
	}
	for _, u := range r.Court {
		if err := r.askingTurns(tx, v, letters, out, u.Asking, "court", map[string]any{"Court": u.Court}); err != nil {
			return err
		}
	}
	return nil
}
