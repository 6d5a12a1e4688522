package referral

import (
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// deliveryTerm is how long a first sending may be under way before it expires
// undelivered and is shown so: what a prosecutor reads must not be older than
// the custody it may lead to (CBP holds people generally at most 72 hours).
const deliveryTerm = 72 * time.Hour

// Sent is the fact that a version of the packet went to the other side, for
// the first time, again, or as a supplement. Its clear part is the notice and
// the manifest; everything else is sealed.
type Sent struct {
	Step
	packet.Sending
	Number    string       `json:"number"`
	Accord    string       `json:"accord"`
	Corridor  string       `json:"corridor"`
	Procedure string       `json:"procedure"`
	Receiver  wire.Address `json:"receiver"`
	// Earlier are the sender's released acts that never reached the receiver,
	// so that both nodes join the same two histories.
	Earlier []Act `json:"earlier,omitempty"`
	// Lent says by what a case goes on that another node lent; nil for one's own.
	Lent     *Lent    `json:"lent,omitempty"`
	Controls []string `json:"controls,omitempty"`
}

// Kind implements journal.Fact.
func (Sent) Kind() string { return "referral.sent.1" }

// Send sends the approved version.
type Send struct {
	Referral string `json:"referral"`
}

// Verb implements act.Command.
func (*Send) Verb() string { return "referral.send" }

// Signed implements act.Signed.
func (*Send) Signed() {}

// Decide implements act.Command.
func (c *Send) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	return sends(tx, d, c.Referral, "send", "")
}

// Resend sends again what was not delivered or came back unopened.
type Resend struct {
	Referral string `json:"referral"`
}

// Verb implements act.Command.
func (*Resend) Verb() string { return "referral.resend" }

// Signed implements act.Signed.
func (*Resend) Signed() {}

// Decide implements act.Command.
func (c *Resend) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	return sends(tx, d, c.Referral, "resend", "")
}

// Supplement sends a newer approved version after the first.
type Supplement struct {
	Referral string `json:"referral"`
	Reason   string `json:"reason,omitempty"`
}

// Verb implements act.Command.
func (*Supplement) Verb() string { return "referral.supplement" }

// Signed implements act.Signed.
func (*Supplement) Signed() {}

// Decide implements act.Command.
func (c *Supplement) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	return sends(tx, d, c.Referral, "supplement", c.Reason)
}

// sends decides every way in which a version leaves. The gates stand before
// anything else: nobody is referred unscreened.
func sends(tx *store.Tx, d *act.Draw, id, name, reason string) ([]journal.Fact, error) {
	r, err := Load(tx, id)
	if err != nil {
		return nil, err
	}
	v, had, err := packet.Latest(tx, r.Packet)
	if err != nil {
		return nil, err
	}
	v = outgoing(name, v)
	var not []string
	if rule, ok := r.procedure.Rule(name); ok {
		not = notSecond(rule.Owner, v)
	}
	s, step, err := r.ask(tx, d, name, reason, "", not...)
	if err != nil {
		return nil, err
	}
	if !had {
		return nil, refusal.New("referral.no_packet")
	}
	if err := r.gates(tx, d, s); err != nil {
		return nil, err
	}
	if err := r.fits(tx, d.Now); err != nil {
		return nil, err
	}
	_, lent, err := r.goesOn(tx, d.Now)
	if err != nil {
		return nil, err
	}
	if err := r.releasable(tx, v); err != nil {
		return nil, err
	}
	sending, parts, err := packet.Send(tx, d.Draw, v)
	if err != nil {
		return nil, err
	}
	f := &Sent{Step: step, Sending: sending, Number: r.Number, Accord: r.Accord, Corridor: r.Corridor, Procedure: r.Procedure, Receiver: r.Receiver,
		Earlier: r.unheard(tx), Lent: lent, Controls: r.Controls}
	f.Sealed = parts
	if name != "supplement" {
		f.Expires = d.Now.Add(deliveryTerm)
	}
	return []journal.Fact{f}, nil
}

// versionGoes reports whether a step may let a version of the packet leave, the newest:
// packet.Send lets one go that is ready. A step that lets none leave does not
// ask.
func versionGoes(step string, v packet.Version) bool {
	return kindOf[step] != Sent{}.Kind() || outgoing(step, v).Ready()
}

// outgoing is a version as a step lets it leave.
func outgoing(step string, v packet.Version) packet.Version {
	if step == "resend" {
		return v.Again()
	}
	return v
}

// notSecond are the accounts that may not take a step of two people on a
// version: those that took part in it.
func notSecond(o program.Owner, v packet.Version) []string {
	if !o.TwoPeople {
		return nil
	}
	return v.NotSecond
}

// gates asks protection first, in its own words, then the procedure.
func (r Referral) gates(tx *store.Tx, d *act.Draw, s program.Step) error {
	protected, err := protection.Assess(tx, r.Case)
	if err != nil {
		return err
	}
	if err := protected.Refuses(); err != nil {
		return err
	}
	found, err := r.findings(tx, d, r.draft())
	if err != nil {
		return err
	}
	return r.holds(s, found)
}

// unheard lists the released acts of this side that the other side has no
// message of: a sending that was not delivered, and what followed from that.
func (r Referral) unheard(tx *store.Tx) []Act {
	var out []Act
	for _, a := range r.Acts {
		if a.Side != r.Side || a.Nth == 0 {
			continue
		}
		d, released, err := exchange.Receipts(tx, a.Fact)
		if err == nil && (!released || d.State == exchange.DeliveryVoid || d.State == exchange.DeliveryRefused) {
			a.By, a.Name = "", ""
			out = append(out, a)
		}
	}
	return out
}

func registerSending(k *journal.Kinds, link packet.Link) {
	journal.Register(k, applySent)
	journal.Register(k, applyUndelivered)
	journal.Admit(k, admitSent)
	journal.React(k, tiersOnAnswer[Sent](link))
}

// applySent makes the referral on the node that receives it, keeps the act on
// both, and marks the version.
func applySent(tx *store.Tx, e journal.Entry, f Sent) error {
	r, err := Load(tx, e.Referral)
	if _, absent := refusal.As(err); err != nil && !absent {
		return err
	}
	if err != nil {
		r = Referral{ID: e.Referral, Number: f.Number, Case: e.Case, Side: program.Receiver, Sender: e.From, Receiver: e.To, Accord: f.Accord,
			Corridor: f.Corridor, Procedure: f.Procedure, Handling: e.Handling, Opened: e.Recorded, Packet: f.Packet, Controls: f.Controls}
		if err := r.save(tx); err != nil {
			return err
		}
		if err := access.Member(tx, typeReferral, r.ID, e.To.Office); err != nil {
			return err
		}
		if err := r.spell(tx); err != nil {
			return err
		}
	}
	for _, a := range f.Earlier {
		a.Side, a.Node = r.sideOf(e.From.Node), e.From.Node
		if err := keepEarlier(tx, r.ID, a, e.Seq); err != nil {
			return err
		}
	}
	tx.Keep(historyKey(r.ID), Referral{}) // it has grown by more than the step
	if err := applyStep(tx, e, f.Step); err != nil {
		return err
	}
	if err := packet.Keep(tx, e, f.Sending); err != nil {
		return err
	}
	return r.sayAbout(tx, f.Notice)
}

// keepEarlier adds an act that only its own side had; what is here stays.
func keepEarlier(tx *store.Tx, referral string, a Act, seq int64) error {
	return tx.Exec(`INSERT INTO referral_act (referral, fact, side, seq, doc) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (referral, fact) DO NOTHING`,
		referral, a.Fact, string(a.Side), seq, store.JSON(a))
}

// admitSent takes a sending under an accord in force that opens its corridor,
// with the procedure that the accord adopted for its facts, to an office of
// this node.
func admitSent(tx *store.Tx, m wire.Message, f Sent) (wire.Code, error) {
	if m.Act.Purpose != wire.PurposeProsecution {
		return wire.CodePurpose, nil
	}
	if m.Act.Referral == "" || m.Act.Case == "" || f.Number == "" || f.Receiver != m.Act.To {
		return wire.CodeContent, nil
	}
	r, err := Load(tx, m.Act.Referral)
	if _, absent := refusal.As(err); err != nil && !absent {
		return "", err
	}
	if err == nil {
		if code, err := r.admits(tx, m, f.Step); code != "" || err != nil {
			return code, err
		}
		if f.Packet != r.Packet || f.Procedure != r.Procedure {
			return wire.CodeContent, nil
		}
		a, err := accord.Load(tx, r.Accord)
		if err != nil {
			return "", err
		}
		return f.within(a, m), nil
	}
	a, code, err := admitFirst(tx, m, f)
	if code != "" || err != nil {
		return code, err
	}
	return f.within(a, m), nil
}

// within is whole, and holds a sending to what its accord lets go (R13): one
// that brings more is refused here, too.
func (f Sent) within(a accord.Accord, m wire.Message) wire.Code {
	if code := f.whole(m); code != "" {
		return code
	}
	if manifest, err := wire.ParseManifest(f.Manifest); err != nil || len(packet.Over(manifest, a.Document.Release)) > 0 {
		return wire.CodeAccord
	}
	return ""
}

// whole holds a sending against its own rule, and against what it says of its
// origin: nothing is taken that was lent to the sender and is marked more
// loosely than it was, or goes on without the consent that it needs.
func (f Sent) whole(m wire.Message) wire.Code {
	if code := f.Sending.Check(m.Act.Sealed); code != "" {
		return code
	}
	manifest, err := wire.ParseManifest(f.Manifest)
	if err != nil {
		return wire.CodeContent
	}
	if !f.Lent.sound(manifest) || f.Lent != nil && !program.LabelOf(m.Act.Handling).With(program.Label{Controls: f.Controls}).Covers(program.Label{Handling: f.Lent.Label.Handling, Controls: f.Lent.Label.Controls}) {
		return wire.CodeHandling
	}
	return ""
}

// admitFirst checks the sending that brings a referral.
func admitFirst(tx *store.Tx, m wire.Message, f Sent) (a accord.Accord, code wire.Code, err error) {
	p, ok := program.ProcedureByID(f.Procedure)
	if !ok || f.Step.Step != p.FirstReleased() && f.Step.Step != "resend" || f.Nth < 1 || f.Seen != 0 || f.Reason != "" || f.Form != "" {
		return a, wire.CodeStep, nil
	}
	known, err := officeKnown(tx, m.Act.To.Office)
	if err != nil {
		return a, "", err
	}
	if !known {
		return a, wire.CodeMisaddressed, nil
	}
	facts, err := time.Parse(time.DateOnly, f.Notice.To)
	if err != nil {
		return a, wire.CodeContent, nil //nolint:nilerr // the sender is told by code
	}
	facts = facts.Add(12 * time.Hour) // noon: the same day in every zone of the border
	var corridor accord.Corridor
	a, corridor, err = accord.Under(tx, f.Accord, m.Act.From, m.Act.To, facts, m.Act.Created)
	if _, refused := refusal.As(err); refused {
		return a, wire.CodeAccord, nil
	}
	if err != nil {
		return a, "", err
	}
	adopted, err := a.Procedure(accord.Direction{From: m.Act.From, To: m.Act.To}, facts, f.Notice.Offences)
	if err != nil || adopted != f.Procedure || corridor.ID != f.Corridor || a.ID != f.Accord {
		return a, wire.CodeAccord, nil //nolint:nilerr // the sender is told by code
	}
	if route, ok := a.Route(corridor, m.Act.To.Node, f.Notice.Offences, program.DayOf(m.Act.Created, time.UTC)); ok && route.Admits(m.Act.To) != nil {
		return a, wire.CodeMisaddressed, nil
	}
	rule, ok := p.Rule(f.Step.Step)
	if !ok || m.Act.By == nil || !rule.Owner.Admits([]string{m.Act.By.Role}) {
		return a, wire.CodeNotOwner, nil
	}
	code, err = earlierSound(tx, m, f)
	return a, code, err
}

// earlierSound checks the acts that come along, and an alert that was faster:
// only the same node can have written them.
func earlierSound(tx *store.Tx, m wire.Message, f Sent) (wire.Code, error) {
	for _, a := range f.Earlier {
		if a.Nth < 1 || a.Nth >= f.Nth || a.Fact == "" {
			return wire.CodeContent, nil
		}
	}
	acts, err := actsOf(tx, m.Act.Referral)
	if err != nil {
		return "", err
	}
	for _, a := range acts {
		if a.Node != m.Act.From.Node {
			return wire.CodeNotOwner, nil
		}
	}
	return "", nil
}

// Undelivered is the fact that a sending did not arrive: it expired on the way,
// or the other side refused it by signed receipt. The sender's side emits it
// by itself; it reaches the other with the next sending, if there is one.
type Undelivered struct {
	Step
	Message string    `json:"message"`
	Refused wire.Code `json:"refused,omitempty"` // why, where the other side refused it
}

// Kind implements journal.Fact.
func (Undelivered) Kind() string { return "referral.undelivered.1" }

func applyUndelivered(tx *store.Tx, e journal.Entry, f Undelivered) error {
	return applyStep(tx, e, f.Step)
}

func undeliveredOnRefusal(tx *store.Tx, _ *journal.Draw, e journal.Entry, f exchange.Refused) ([]journal.Fact, error) {
	return undelivered(tx, e.Referral, f.Of, f.Message, f.Code)
}

func undeliveredOnVoid(tx *store.Tx, _ *journal.Draw, e journal.Entry, f exchange.Voided) ([]journal.Fact, error) {
	if f.Theirs {
		return nil, nil
	}
	return undelivered(tx, e.Referral, f.Of, f.Message, "")
}

// undelivered takes the step "expire" for a sending that stands open.
func undelivered(tx *store.Tx, id, of, message string, code wire.Code) ([]journal.Fact, error) {
	if of != (Sent{}).Kind() || id == "" {
		return nil, nil
	}
	r, err := Load(tx, id)
	if err != nil {
		return nil, err
	}
	rule, ok := r.procedure.Rule("expire")
	if !ok || !r.offers(rule) || !r.Home() {
		return nil, nil
	}
	step := r.next(rule, "term_ran_out", "")
	if code != "" {
		step.Reason = ""
	}
	step.To = wire.Address{} // the other side has nothing that this could be about
	return []journal.Fact{&Undelivered{Step: step, Message: message, Refused: code}}, nil
}
