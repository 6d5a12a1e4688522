package referral

import (
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Onward is what the receiving side asked of the sending side: to pass what it
// was lent on to a third node, and how that was answered. Both sides hold it.
type Onward struct {
	Asking
	To wire.Address `json:"to"` // the third; an empty office is the whole node
}

// Asking is a question of the receiving side to the sending side whether it may
// do something with what it was lent, and the answer that counts.
type Asking struct {
	ID       string     `json:"id"`
	Asked    Signature  `json:"asked"`
	Answered *Signature `json:"answered,omitempty"`
	Granted  bool       `json:"granted,omitempty"`
	Until    time.Time  `json:"until,omitzero"` // last moment of the consent
}

// Holds reports whether the consent is given and has not run out.
func (a Asking) Holds(now time.Time) bool { return a.Granted && !now.After(a.Until) }

// answer takes an answer to the question of that id.
func (a *Asking) answer(e journal.Entry, ask string, granted bool, until time.Time) {
	if a.ID == ask {
		a.Answered, a.Granted, a.Until = signature(e), granted, until
	}
}

// Covers reports whether the consent is given, for this address, at now.
func (o Onward) Covers(to wire.Address, now time.Time) bool {
	return o.Holds(now) && o.To.Node == to.Node && (o.To.Office == "" || o.To.Office == to.Office)
}

// OnwardAsked is the fact that the receiving side asked for the sender's
// consent to pass a referral's content on. Why is a sealed letter.
type OnwardAsked struct {
	journal.Envelope
	Recipient wire.Address `json:"recipient"`
}

// Kind implements journal.Fact.
func (OnwardAsked) Kind() string { return "referral.onward_asked.1" }

// OnwardAnswered is the fact that the sending side gave its consent, refused
// it, or took it back: the last answer counts.
type OnwardAnswered struct {
	journal.Envelope
	Ask     string    `json:"ask"`
	Granted bool      `json:"granted"`
	Until   time.Time `json:"until,omitzero"`
}

// Kind implements journal.Fact.
func (OnwardAnswered) Kind() string { return "referral.onward_answered.1" }

// onwardPeople are who asks and who answers, on whichever side.
var onwardPeople = []string{access.RoleProsecutions, access.RoleSupervisor, access.RoleUSAttorney, access.RoleMP}

// AskOnward asks the sending side for its consent to pass on what it referred.
type AskOnward struct {
	Referral string `json:"referral"`
	Node     string `json:"node"`
	Office   string `json:"office,omitempty"`
	Reason   string `json:"reason"`
}

// Verb implements act.Command.
func (*AskOnward) Verb() string { return "referral.ask_onward" }

// Signed implements act.Signed.
func (*AskOnward) Signed() {}

// Decide implements act.Command.
func (c *AskOnward) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, err := onTerms(tx, d, c.Referral, program.Receiver)
	if err != nil {
		return nil, err
	}
	switch {
	case r.Home() || c.Node == "" || c.Node == r.Sender.Node || c.Node == r.Receiver.Node:
		return nil, refusal.New("referral.onward_recipient")
	case c.Reason == "":
		return nil, refusal.New("referral.onward_reason")
	}
	f := &OnwardAsked{Envelope: r.envelope(true), Recipient: wire.Address{Node: c.Node, Office: c.Office}}
	return []journal.Fact{f}, r.letter(tx, d, &f.Envelope, c.Reason)
}

// AnswerOnward gives, refuses or takes back the consent that was asked for.
type AnswerOnward struct {
	Referral string    `json:"referral"`
	Ask      string    `json:"ask"`
	Granted  bool      `json:"granted,omitempty"`
	Until    time.Time `json:"until,omitzero"`
	Note     string    `json:"note,omitempty"`
}

// Verb implements act.Command.
func (*AnswerOnward) Verb() string { return "referral.answer_onward" }

// Signed implements act.Signed.
func (*AnswerOnward) Signed() {}

// Decide implements act.Command.
func (c *AnswerOnward) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, err := consenting(tx, d, c.Referral)
	if err != nil {
		return nil, err
	}
	o, known := r.onward(c.Ask)
	if !known {
		return nil, refusal.NotFound()
	}
	until, err := consentUntil(c.Granted, c.Until, d.Now)
	if err != nil {
		return nil, err
	}
	if c.Granted { // who was lent the case itself can give only what its originator gave
		if _, err := mayGoOn(tx, r.Case, o.To, d.Now); err != nil {
			return nil, err
		}
	}
	f := &OnwardAnswered{Envelope: r.envelope(true), Ask: c.Ask, Granted: c.Granted, Until: until}
	return []journal.Fact{f}, r.letter(tx, d, &f.Envelope, c.Note)
}

// onTerms loads a referral for who may ask, or say, what its receiver does with it
// beyond the case: lending it on, or using it in court.
func onTerms(tx *store.Tx, d *act.Draw, id string, side program.Side) (Referral, error) {
	r, err := Load(tx, id)
	if err != nil {
		return r, err
	}
	return r, d.Allow(tx, r.owned(program.Owner{Side: side, Roles: onwardPeople}, nil))
}

// consenting is onTerms for the answer, of a referral of this node.
func consenting(tx *store.Tx, d *act.Draw, id string) (Referral, error) {
	r, err := onTerms(tx, d, id, program.Sender)
	if err == nil && !r.Home() {
		err = refusal.NotFound()
	}
	return r, err
}

// consentUntil is until when a consent holds, which lies ahead; none if it is not given.
func consentUntil(granted bool, until, now time.Time) (time.Time, error) {
	switch {
	case !granted:
		return time.Time{}, nil
	case !until.After(now):
		return time.Time{}, refusal.New("referral.onward_until")
	}
	return until.UTC().Truncate(time.Microsecond), nil
}

func (r Referral) onward(ask string) (Onward, bool) {
	for _, o := range r.Onward {
		if o.ID == ask {
			return o, true
		}
	}
	return Onward{}, false
}

func applyOnwardAsked(tx *store.Tx, e journal.Entry, f OnwardAsked) error {
	return change(tx, e.Referral, func(r *Referral) {
		r.Onward = append(r.Onward, Onward{Asking{ID: e.ID, Asked: *signature(e)}, f.Recipient})
	})
}

func applyOnwardAnswered(tx *store.Tx, e journal.Entry, f OnwardAnswered) error {
	return change(tx, e.Referral, func(r *Referral) {
		for i := range r.Onward {
			r.Onward[i].answer(e, f.Ask, f.Granted, f.Until)
		}
	})
}

// admitOnward takes an asking from the side that was lent the referral, and an
// answer from the side that lent it, signed by a person who may.
func admitOnward(tx *store.Tx, m wire.Message, side program.Side, about func(r Referral) bool) (wire.Code, error) {
	r, err := Load(tx, m.Act.Referral)
	if refusal.Is(err, "access.not_found") {
		return wire.CodeUnknownObject, nil
	}
	switch {
	case err != nil:
		return "", err
	case m.Act.Purpose != wire.PurposeProsecution:
		return wire.CodePurpose, nil
	case r.Side.Other() != side || m.Act.From.Node != r.there().Node || m.Act.To != r.here() || m.Act.Case != r.Case:
		return wire.CodeNotOwner, nil
	case m.Act.By == nil || !(program.Owner{Roles: onwardPeople}).Admits([]string{m.Act.By.Role}):
		return wire.CodeNotOwner, nil
	case !about(r):
		return wire.CodeContent, nil
	}
	return "", nil
}

// registerOnward registers asking for consent and giving it.
func registerOnward(k *journal.Kinds, link packet.Link) {
	journal.Register(k, applyOnwardAsked)
	journal.Register(k, applyOnwardAnswered)
	journal.React(k, letterKeys[OnwardAsked](link))
	journal.React(k, letterKeys[OnwardAnswered](link))
	journal.Admit(k, func(tx *store.Tx, m wire.Message, f OnwardAsked) (wire.Code, error) {
		return admitOnward(tx, m, program.Receiver, func(r Referral) bool {
			return f.Recipient.Node != "" && f.Recipient.Node != r.Sender.Node && f.Recipient.Node != r.Receiver.Node
		})
	})
	journal.Admit(k, func(tx *store.Tx, m wire.Message, f OnwardAnswered) (wire.Code, error) {
		return admitOnward(tx, m, program.Sender, func(r Referral) bool {
			_, known := r.onward(f.Ask)
			return known && f.Granted == !f.Until.IsZero()
		})
	})
	k.Set(journal.SignedByPerson(), &OnwardAsked{}, &OnwardAnswered{})
}

// Lent is by what a case may go on that another node lent: its label, and the
// consent of the node that lent it, which had its own originator's. It travels
// with what goes on.
type Lent struct {
	From    wire.Address  `json:"from"` // who lent it
	Label   program.Label `json:"label"`
	Consent string        `json:"consent,omitempty"` // fact by which that side consented; none where none was needed
	At      time.Time     `json:"at,omitzero"`
}

// lentCase is the referral by which a case came to this node; false for a case
// of this node's own.
func lentCase(tx *store.Tx, caseID string) (Referral, bool, error) {
	k, err := casefile.Load(tx, caseID)
	if err != nil || k.Origin == "" {
		return Referral{}, false, err
	}
	r, err := Load(tx, k.Origin)
	if _, absent := refusal.As(err); err != nil && !absent {
		return r, false, err
	}
	return r, err == nil && !r.Home(), nil
}

// mayGoOn says by what a case of this node may be told to another node. What
// was lent under a mark goes on only with the consent of who lent it on record:
// referral.onward_needs_consent, or referral.onward_never. Nil for a case of this node's own, and
// towards the node that lent it.
func mayGoOn(tx *store.Tx, caseID string, to wire.Address, now time.Time) (*Lent, error) {
	r, lent, err := lentCase(tx, caseID)
	if err != nil || !lent {
		return nil, err
	}
	label, err := r.label(tx)
	if err != nil {
		return nil, err
	}
	out := &Lent{From: r.Sender, Label: label}
	switch {
	case to.Node == r.Sender.Node || label.Onward == wire.MarkFree:
		return out, nil
	case label.Onward == wire.MarkNever:
		return nil, refusal.New("referral.onward_never", "Number", r.Number, "Node", r.Sender.Node)
	}
	for _, o := range r.Onward {
		if o.Covers(to, now) {
			out.Consent, out.At = o.Answered.Fact, o.Answered.At
			return out, nil
		}
	}
	return nil, refusal.New("referral.onward_needs_consent", "Number", r.Number, "Node", r.Sender.Node, "To", to.Node)
}

// sound reports whether what a sending says of its origin holds together with
// its contents: every item is marked at least as strictly, and where a mark asks
// for consent, one is named.
func (l *Lent) sound(m wire.Manifest) bool {
	if l == nil {
		return true
	}
	if l.From.Node == "" || l.Label.Onward == wire.MarkNever || l.Label.Onward == wire.MarkConsent && l.Consent == "" {
		return false
	}
	for _, s := range m.Sections {
		for _, it := range s.Items {
			held := program.Label{Handling: it.Handling, Onward: it.Onward, Court: it.Court, Controls: l.Label.Controls}
			if !held.Covers(l.Label) {
				return false
			}
		}
	}
	return true
}

// label is what may be done with what a referral brought, as its message, its
// items and what it says of its own origin mark it.
func (r Referral) label(tx *store.Tx) (program.Label, error) {
	out := program.LabelOf(r.Handling).With(program.Label{Controls: r.Controls})
	versions, err := packet.Versions(tx, r.Packet)
	if err != nil {
		return out, err
	}
	for _, v := range versions {
		out = out.With(v.Marks())
	}
	return out, nil
}
