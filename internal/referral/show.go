package referral

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Shown is a referral as one reader may see it.
type Shown struct {
	Row
	AccordRef     string                  `json:"accord_ref"`
	AccordName    program.Text            `json:"accord_name"`
	CorridorName  program.Text            `json:"corridor_name"`
	ProcedureName program.Text            `json:"procedure_name"`
	Tracks        []TrackState            `json:"tracks"`
	Clocks        []Clock                 `json:"clocks"`
	Warned        []Warning               `json:"warned,omitempty"`
	Doubts        []program.Doubt         `json:"doubts,omitempty"` // at home: what a lawyer should look at before it goes
	Offered       []Offer                 `json:"offered"`
	Turns         []Turn                  `json:"turns"`
	Versions      []packet.VersionView    `json:"versions"`
	Printable     bool                    `json:"printable,omitempty"` // the reader may have it printed
	Copies        []packet.Copy           `json:"copies,omitempty"`    // that were taken out of this node
	Disclosed     []packet.Disclosed      `json:"disclosed,omitempty"` // of the version sent last
	Checklist     []packet.Line           `json:"checklist,omitempty"`
	Shut          string                  `json:"shut,omitempty"` // code of what keeps the referral from leaving
	HandOver      *HandOver               `json:"hand_over,omitempty"`
	Outcome       *Disposition            `json:"outcome,omitempty"`
	SignedBy      *Signature              `json:"signed_by,omitempty"`
	Withdrawals   []protection.Withdrawal `json:"withdrawals,omitempty"`
	NotYetThere   bool                    `json:"not_yet_there,omitempty"` // withdrawn here, not yet recorded there
	ToOpen        bool                    `json:"to_open,omitempty"`       // the reader's looking is the receipt "opened"
	// ToOpenIdentities says that the reader's looking is the receipt of the
	// identities that were released.
	ToOpenIdentities bool          `json:"to_open_identities,omitempty"`
	Opened           []Opened      `json:"opened,omitempty"`   // the disclosure receipt
	Elements         []Choice      `json:"elements,omitempty"` // that a request can serve
	Suspects         []string      `json:"suspects,omitempty"`
	Label            program.Label `json:"label"`            // what may be done with what it brings
	Onward           []Onward      `json:"onward,omitempty"` // what was asked about passing it on
	Court            []CourtUse    `json:"court,omitempty"`  // what was asked about its use before a court
	// CourtTask is to ask for consent to use before a court what came marked H1.
	CourtTask *OwedTask `json:"court_task,omitempty"`
	// SupplementTask is to tell what was found since that speaks for a suspect.
	SupplementTask *OwedTask    `json:"supplement_task,omitempty"`
	Lint           *packet.Lint `json:"lint,omitempty"` // at home: of the version that waits to be signed
}

// TrackState is where one track stands.
type TrackState struct {
	Track     string       `json:"track"`
	Name      program.Text `json:"name"`
	State     string       `json:"state"`
	StateName program.Text `json:"state_name"`
	Begun     bool         `json:"begun"` // it has left its first state
}

// Warning is a warning of the procedure that applies.
type Warning struct {
	ID   string       `json:"id"`
	Name program.Text `json:"name"`
}

// Choice is a code with its name.
type Choice struct {
	ID   string       `json:"id"`
	Name program.Text `json:"name"`
	Law  program.Text `json:"law,omitzero"`
	// Verified says whether the provision was read; what was not is shown so.
	Verified bool `json:"verified,omitempty"`
	// For lists the forms that a reason can take; empty for any.
	For []string `json:"for,omitempty"`
}

// Offer is a step that the reader's side and roles may take now.
type Offer struct {
	Step        string       `json:"step"`
	Name        program.Text `json:"name"`
	Verb        string       `json:"verb"` // command that takes it
	Signed      bool         `json:"signed"`
	Released    bool         `json:"released"` // the other side is told
	Forms       []Choice     `json:"forms,omitempty"`
	Reasons     []Choice     `json:"reasons,omitempty"`
	NeedsReason bool         `json:"needs_reason"`
	Blocked     []Blocked    `json:"blocked,omitempty"`
}

// Blocked is a condition that does not hold, and what to do next.
type Blocked struct {
	Condition string       `json:"condition"`
	Says      program.Text `json:"says"`
	Next      program.Text `json:"next"`
}

// Turn is one act in the conversation of the two sides.
type Turn struct {
	Fact     string       `json:"fact"`
	Step     string       `json:"step"`
	Name     program.Text `json:"name"` // what was done
	Side     program.Side `json:"side"`
	Node     string       `json:"node"`
	By       string       `json:"by,omitempty"` // official; none where the node itself acted
	Office   string       `json:"office,omitempty"`
	At       time.Time    `json:"at"`
	Recorded time.Time    `json:"recorded"`
	Reason   *Choice      `json:"reason,omitempty"`
	Form     *Choice      `json:"form,omitempty"`
	Item     string       `json:"item,omitempty"`    // of a request
	Element  string       `json:"element,omitempty"` // of a request
	About    []string     `json:"about,omitempty"`
	Cites
	Words       *packet.Words      `json:"words,omitempty"` // the letter, where it can be opened here
	Sealed      bool               `json:"sealed,omitempty"`
	Released    bool               `json:"released"`
	Overtaken   bool               `json:"overtaken,omitempty"`
	OvertakenBy *program.Text      `json:"overtaken_by,omitempty"` // the step of the other side
	Refused     string             `json:"refused,omitempty"`      // code of the other side's refusal
	Proof       string             `json:"proof,omitempty"`        // weak, strong; empty when nobody signed
	Held        string             `json:"held,omitempty"`         // of a strong one: device, software
	Delivery    *exchange.Delivery `json:"delivery,omitempty"`
	Version     int                `json:"version,omitempty"`
}

// Show gives one referral with everything that the reader may see of it.
func Show(ctx context.Context, a *act.Acts, by access.Actor, purpose, id string) (Shown, error) {
	return act.View(ctx, a, by, purpose, "referral.show", func(tx *store.Tx, v *act.Viewing) (Shown, error) {
		r, err := seenBy(tx, v, id)
		if err != nil {
			return Shown{}, err
		}
		return r.shown(tx, v, a.Now())
	})
}

func (r Referral) shown(tx *store.Tx, v *act.Viewing, now time.Time) (Shown, error) {
	s := r.State()
	row, err := r.summary(tx, v.By, s, now)
	if err != nil {
		return Shown{}, err
	}
	out := Shown{Onward: r.Onward, Court: r.Court, Row: row, ProcedureName: r.procedure.Title, Outcome: r.Outcome, SignedBy: r.Signed, Suspects: r.Suspects,
		ToOpen: !r.Home() && r.Seen == nil && v.By.Office == r.Receiver.Office && r.mayOpen(v)}
	if out.OwnCase != "" { // no way leads to a case that the reader cannot see
		own, err := casefile.Load(tx, out.OwnCase)
		if err != nil && !refusal.Is(err, "access.not_found") {
			return Shown{}, err
		}
		if err != nil || !v.See(casefile.Resource(own)) {
			out.OwnCase = ""
		}
	}
	if last, ok := s.Last("dispose"); !ok || out.Outcome == nil || last.ID != out.Outcome.Fact {
		out.Outcome = nil
	}
	if _, ok := s.Last(stepAnalysis); !ok {
		out.SignedBy = nil
	}
	out.Tracks = r.tracks(s)
	if out.Label, err = r.label(tx); err != nil {
		return Shown{}, err
	}
	for _, w := range r.procedure.Warnings {
		if slices.Contains(s.Warnings, w.ID) {
			out.Warned = append(out.Warned, Warning{w.ID, w.Title})
		}
	}
	if h, ok := r.handOver(s); ok && v.See(r.resource("handover")) {
		out.HandOver = &h
	}
	for _, add := range []func(*store.Tx, *act.Viewing, program.Standing, time.Time, *Shown) error{
		r.addAccord, r.addClocks, r.addDoubts, r.addOffers, r.addTurns, r.addVersions, r.addProtection,
	} {
		if err := add(tx, v, s, now, &out); err != nil {
			return out, err
		}
	}
	return out, nil
}

func (r Referral) mayOpen(v *act.Viewing) bool {
	rule, ok := r.procedure.Rule(stepAnalysis)
	return ok && v.May("referral.open", r.owned(rule.Owner, nil))
}

func (r Referral) tracks(s program.Standing) []TrackState {
	var out []TrackState
	for _, t := range r.procedure.Tracks {
		state, _ := r.procedure.StateOf(t.ID, s.Tracks[t.ID])
		out = append(out, TrackState{Track: t.ID, Name: t.Title, State: state.ID, StateName: state.Title, Begun: state.ID != t.Initial})
	}
	return out
}

func (r Referral) addAccord(tx *store.Tx, _ *act.Viewing, _ program.Standing, _ time.Time, out *Shown) error {
	a, err := accord.Load(tx, r.Accord)
	if err != nil {
		return err
	}
	out.AccordRef, out.AccordName = a.Document.Ref, a.Document.Title
	for _, c := range a.Document.Corridors {
		if c.ID == r.Corridor {
			out.CorridorName = c.Title
		}
	}
	return nil
}

func (r Referral) addClocks(tx *store.Tx, v *act.Viewing, s program.Standing, now time.Time, out *Shown) (err error) {
	out.Clocks, err = r.clocks(tx, v.By, s, now)
	return err
}

// addOffers lists the steps that the procedure offers to this side and that
// access lets the reader take, each with what still blocks it. What lets a
// version leave is offered where one is ready, and what takes a second person to
// no first one.
func (r Referral) addOffers(tx *store.Tx, v *act.Viewing, s program.Standing, now time.Time, out *Shown) error {
	offences, err := r.offences(tx)
	if err != nil {
		return err
	}
	out.Elements, err = r.elementChoices(tx)
	if err != nil {
		return err
	}
	found, err := r.found(tx, opener{v.Ring, now, wire.PurposeProsecution}, r.draft())
	if err != nil {
		return err
	}
	var version packet.Version
	if r.Home() {
		if version, _, err = packet.Latest(tx, r.Packet); err != nil {
			return err
		}
	}
	out.Offered = []Offer{}
	for _, step := range r.procedure.Offered(s, r.Side, v.By.Roles) {
		if !versionGoes(step.ID, version) || !v.May(verbOf(step), r.owned(step.Owner, notSecond(step.Owner, version))) {
			continue
		}
		o, err := r.offer(step, offences, found)
		if err != nil {
			return err
		}
		out.Offered = append(out.Offered, o)
	}
	anew, err := r.drawnUpAnew(tx, v)
	out.Offered = slices.Concat(anew, out.Offered)
	return err
}

// drawnUpAnew are the two acts that a supplement needs before it can go: the
// packet is drawn up once more, and a second person approves that version. They
// move nothing, so that the procedure has no step for them.
func (r Referral) drawnUpAnew(tx *store.Tx, v *act.Viewing) ([]Offer, error) {
	supplement, knows := r.procedure.Rule("supplement")
	if !knows || !r.Home() || !r.offers(supplement) {
		return nil, nil
	}
	var out []Offer
	compose, approve := (*Compose)(nil).Verb(), (*Approve)(nil).Verb()
	if rule, ok := r.procedure.Rule(stepComplete); ok && v.May(compose, r.owned(supplement.Owner, nil)) {
		out = append(out, Offer{Step: stepComplete, Name: rule.Title, Verb: compose})
	}
	last, had, err := packet.Latest(tx, r.Packet)
	if err != nil || !had || last.Message != "" || !last.Approved.IsZero() {
		return out, err
	}
	if rule, ok := r.procedure.Rule(stepApprove); ok && v.May(approve, r.owned(rule.Owner, last.NotSecond)) {
		out = append(out, Offer{Step: stepApprove, Name: rule.Title, Verb: approve, Signed: rule.Signed})
	}
	return out, nil
}

func (r Referral) offer(step program.Step, offences []string, found map[string]any) (Offer, error) {
	o := Offer{Step: step.ID, Name: step.Title, Verb: verbOf(step), Signed: step.Signed, Released: step.Released, NeedsReason: step.NeedsCause}
	for _, f := range step.OpenForms(offences) {
		o.Forms = append(o.Forms, Choice{ID: f.ID, Name: f.Title, Law: f.Law, Verified: f.Verified.Sure()})
	}
	for _, c := range step.OpenReasons("", offences) {
		o.Reasons = append(o.Reasons, Choice{ID: c.ID, Name: c.Title, For: c.Forms})
	}
	if !r.Home() || saysItself[step.ID] {
		return o, nil
	}
	failing, err := step.Failing(r.declared(found))
	for _, c := range failing {
		o.Blocked = append(o.Blocked, Blocked{c.ID, c.Says, c.Next})
	}
	return o, err
}

// saysItself are steps whose conditions read what only the act will say.
var saysItself = map[string]bool{stepComplete: true, "schedule_hand_over": true, "give": true}

// verbOf is the command that takes a step.
func verbOf(step program.Step) string {
	switch id := step.ID; {
	case id == stepComplete:
		return (*Compose)(nil).Verb()
	case ownCommand(id):
		return "referral." + id
	case step.Signed:
		return (*SignStep)(nil).Verb()
	}
	return (*TakeStep)(nil).Verb()
}

func (r Referral) elementChoices(tx *store.Tx) ([]Choice, error) {
	offences, err := r.offences(tx)
	if err != nil {
		return nil, err
	}
	var out []Choice
	for _, id := range offences {
		o, ok := program.OffenceByID(id)
		if !ok || o.Country != r.procedure.Receives {
			continue
		}
		for _, e := range o.Elements {
			if !slices.ContainsFunc(out, func(c Choice) bool { return c.ID == e.ID }) {
				out = append(out, Choice{ID: e.ID, Name: e.Title, Law: o.Section})
			}
		}
	}
	return out, nil
}

// addTurns tells the conversation in the one order of both histories.
func (r Referral) addTurns(tx *store.Tx, v *act.Viewing, s program.Standing, _ time.Time, out *Shown) error {
	letters := v.See(r.resource("request"))
	out.Turns = []Turn{}
	for _, a := range s.Taken {
		t, err := r.turn(tx, v, a, letters)
		if err != nil {
			return err
		}
		out.Turns = append(out.Turns, t)
	}
	for _, a := range r.Acts {
		if a.Refused == "" {
			continue
		}
		t, err := r.turn(tx, v, program.Applied{Taken: a.taken(), Released: true}, letters)
		if err != nil {
			return err
		}
		t.Refused = string(a.Refused)
		out.Turns = append(out.Turns, t)
	}
	if err := r.addOnward(tx, v, letters, out); err != nil {
		return err
	}
	return r.addCourt(tx, v, letters, out)
}

func (r Referral) turn(tx *store.Tx, v *act.Viewing, a program.Applied, letters bool) (Turn, error) {
	t := Turn{Fact: a.ID, Step: a.Step, Side: a.Side, Node: r.nodeOf(a.Side), Office: a.Office, At: a.At, Released: a.Released, Overtaken: a.Overtaken}
	if rule, ok := r.procedure.Rule(a.Step); ok {
		t.Name = rule.Done
	}
	if rule, ok := r.procedure.Rule(a.ByStep); ok && a.Overtaken {
		t.OvertakenBy = &rule.Title
	}
	if reason, ok := r.procedure.Reason(a.Reason); ok {
		t.Reason = &Choice{ID: reason.ID, Name: reason.Title}
	}
	if form, ok := r.procedure.Form(a.Form); ok {
		t.Form = &Choice{ID: form.ID, Name: form.Title, Law: form.Law, Verified: form.Verified.Sure()}
	}
	if d, released, err := exchange.Receipts(tx, a.ID); err != nil {
		return t, err
	} else if released {
		t.Delivery = &d
	}
	return t, r.fromFact(tx, v, &t, letters)
}

// fromFact adds what the act's own message says.
func (r Referral) fromFact(tx *store.Tx, v *act.Viewing, t *Turn, letters bool) error {
	e, m, err := journal.Load(tx, t.Fact)
	if err != nil {
		return nilIfGone(err) // an earlier act of the other side has no message here
	}
	t.Recorded = e.Recorded
	if e.By != nil {
		t.By = e.By.Name
	}
	if t.Proof = e.Strength(); t.Proof == wire.StrengthStrong {
		t.Held = e.Proofs[0].Held()
	}
	var said struct {
		Item    string   `json:"item"`
		Element string   `json:"element"`
		About   []string `json:"about"`
		Version int      `json:"version"`
		Cites
	}
	if err := json.Unmarshal(m.Act.Clear, &said); err != nil {
		return err
	}
	t.Item, t.Element, t.About, t.Version = said.Item, said.Element, said.About, said.Version
	t.Cites = said.Cites
	_, t.Sealed = e.Part(partLetter)
	if !t.Sealed || !letters {
		return nil
	}
	w, ok, err := readLetter(tx, v.Ring, e)
	if ok {
		t.Words, t.Sealed = &w, false
	}
	return err
}

// addProtection adds what keeps the referral from leaving and what was taken
// back: never why.
func (r Referral) addProtection(tx *store.Tx, _ *act.Viewing, s program.Standing, _ time.Time, out *Shown) error {
	var err error
	if out.Withdrawals, err = protection.Withdrawals(tx, r.ID); err != nil {
		return err
	}
	if fact, ok := r.ownWithdrawal(s); ok {
		d, released, err := exchange.Receipts(tx, fact)
		if err != nil {
			return err
		}
		out.NotYetThere = released && d.State != exchange.DeliveryRecorded
	}
	if !r.Home() {
		return nil
	}
	f, err := protection.Assess(tx, r.Case)
	if err != nil {
		return err
	}
	if refused, ok := refusal.As(f.Refuses()); ok {
		out.Shut = refused.Code
	}
	return nil
}

func nilIfGone(err error) error {
	if errors.Is(err, journal.ErrForgotten) || isAbsent(err) {
		return nil
	}
	return err
}
