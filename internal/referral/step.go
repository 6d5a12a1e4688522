package referral

import (
	"fmt"
	"slices"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Step is what every act of a referral says: which step of the procedure it
// takes, its number among the side's released acts, and how many of the other
// side's its actor had seen. Facts embed it.
type Step struct {
	journal.Envelope
	Step   string `json:"step"`
	Nth    int    `json:"nth,omitempty"`
	Seen   int    `json:"seen,omitempty"`
	Reason string `json:"reason,omitempty"`
	Form   string `json:"form,omitempty"`
	Clock  string `json:"clock,omitempty"`
}

func (s Step) act(e journal.Entry, side program.Side) Act {
	a := Act{Fact: e.ID, Step: s.Step, Side: side, Node: e.From.Node, Nth: s.Nth, Seen: s.Seen, At: e.Created, Reason: s.Reason, Form: s.Form,
		Clock: s.Clock, Office: e.From.Office}
	if e.By != nil {
		a.By, a.Name = e.By.ID, e.By.Name
	}
	return a
}

// Freezes reports whether the step froze a version of the packet, which waits
// for its second person from then on.
func (s Step) Freezes() bool { return s.Step == stepComplete }

// Taken is the fact that a step was taken that says nothing but itself.
type Taken struct{ Step }

// Kind implements journal.Fact.
func (Taken) Kind() string { return "referral.step_taken.1" }

// SignedStep is Taken for a step that the person signs.
type SignedStep struct{ Step }

// Kind implements journal.Fact.
func (SignedStep) Kind() string { return "referral.step_signed.1" }

// ask demands that the actor may take a step of this referral, and that the
// procedure admits it now with this reason and form.
func (r Referral) ask(tx *store.Tx, d *act.Draw, step, reason, form string, not ...string) (program.Step, Step, error) {
	rule, ok := r.procedure.Rule(step)
	if !ok || rule.Automatic {
		if err := d.Known(Resource(r)); err != nil {
			return program.Step{}, Step{}, err
		}
		return program.Step{}, Step{}, refusal.New("referral.step_unknown", "Step", step)
	}
	if err := d.Allow(tx, r.owned(rule.Owner, not)); err != nil {
		return program.Step{}, Step{}, err
	}
	offences, err := r.formOffences(tx, rule)
	if err != nil {
		return program.Step{}, Step{}, err
	}
	return r.open(rule, reason, form, offences)
}

// open is ask without the question of who.
func (r Referral) open(rule *program.StepRule, reason, form string, offences []string) (program.Step, Step, error) {
	standing := r.State()
	s, err := r.procedure.Step(rule.ID, standing, r.Side)
	if refusal.Is(err, "referral.step_not_open") {
		err = r.movedOn(rule, standing)
	}
	if err == nil {
		err = s.Admits(reason, form, offences)
	}
	if err != nil {
		return s, Step{}, err
	}
	return s, r.next(rule, reason, form), nil
}

// next is the step as its fact will say it.
func (r Referral) next(rule *program.StepRule, reason, form string) Step {
	s := Step{Envelope: r.envelope(rule.Released), Step: rule.ID, Reason: reason, Form: form, Seen: r.last(r.Side.Other())}
	if rule.Released {
		s.Nth = r.last(r.Side) + 1
	}
	return s
}

// movedOn says who was first, with what they did (two people answering at
// once; an act of the other side that arrived meanwhile).
func (r Referral) movedOn(rule *program.StepRule, s program.Standing) error {
	state, _ := r.procedure.StateOf(program.MainTrack, s.Main)
	for i := len(s.Taken) - 1; i >= 0; i-- {
		a := s.Taken[i]
		done, ok := r.procedure.Rule(a.Step)
		if a.Overtaken || !ok {
			continue
		}
		by := a.Office
		for _, x := range r.Acts {
			if x.Fact == a.ID && x.Name != "" {
				by = x.Name
			}
		}
		return refusal.Conflict("referral.moved_on", "Step", rule.Title, "State", state.Title, "Last", done.Title, "By", by, "At", a.At.UTC().Format(refusal.Moment))
	}
	return refusal.Conflict("referral.step_not_open", "Step", rule.Title, "State", state.Title)
}

// applyStep keeps the act in its side's history. A referral that is not here
// yet gets it all the same: an alert may arrive first.
func applyStep(tx *store.Tx, e journal.Entry, s Step) error {
	side := program.Sender
	if p, err := partiesOf(tx, e.Referral); err == nil && p != (parties{}) {
		side = Referral{Sender: p.Sender}.sideOf(e.From.Node)
	}
	a := s.act(e, side)
	if err := a.save(tx, e.Referral, e.Seq); err != nil {
		return err
	}
	return enqueueAfter(tx, e.Referral, a)
}

// parties is what applying an act reads of its referral; none of one that is
// not here.
type parties struct {
	Sender wire.Address `json:"sender"`
}

// partiesKey is a referral's among what a transaction knows: whoever decided an
// act has just read it.
type partiesKey string

func partiesOf(tx *store.Tx, id string) (parties, error) {
	if p, known := tx.Known(partiesKey(id)); known {
		return p.(parties), nil
	}
	return store.Doc[parties](tx, `SELECT doc FROM referral WHERE id = $1`, id)
}

// change loads a referral, lets f change its document and saves it. It belongs
// to applies.
func change(tx *store.Tx, id string, f func(r *Referral)) error {
	r, err := store.Doc[Referral](tx, `SELECT doc FROM referral WHERE id = $1`, id)
	if err != nil {
		return fmt.Errorf("referral: %w", err)
	}
	f(&r)
	return r.save(tx)
}

// kindOf is the kind of fact that takes a step; every other step is a Taken or
// a SignedStep, as the procedure says.
var kindOf = map[string]string{
	"send": Sent{}.Kind(), "resend": Sent{}.Kind(), "supplement": Sent{}.Kind(), "expire": Undelivered{}.Kind(),
	"sign_for_analysis": AnalysisSigned{}.Kind(), "request_information": InformationRequested{}.Kind(), "supply_information": InformationSupplied{}.Kind(),
	"accept": Accepted{}.Kind(), "decline": Declined{}.Kind(), "register_file": FileRegistered{}.Kind(), "withdraw": Withdrawn{}.Kind(),
	"schedule_hand_over": HandOverScheduled{}.Kind(), "cancel_hand_over": HandOverCancelled{}.Kind(), "give": PersonGiven{}.Kind(), "receive": PersonReceived{}.Kind(),
	"record_urgent_case": UrgentCaseRecorded{}.Kind(), "dispose": Disposed{}.Kind(),
}

// takenBy is the kind of fact by which a step is taken.
func takenBy(rule *program.StepRule) string {
	if k, ok := kindOf[rule.ID]; ok {
		return k
	}
	if rule.Signed {
		return SignedStep{}.Kind()
	}
	return Taken{}.Kind()
}

// admits checks an act of the other side against the procedure as its actor
// saw the referral: acts that crossed with ours are taken, and the procedure
// says what becomes of them.
func (r Referral) admits(tx *store.Tx, m wire.Message, s Step) (wire.Code, error) {
	if m.Act.Purpose != wire.PurposeProsecution {
		return wire.CodePurpose, nil
	}
	if m.Act.From.Node != r.there().Node || m.Act.To != r.here() || m.Act.Case != r.Case {
		return wire.CodeNotOwner, nil
	}
	side := r.Side.Other()
	rule, ok := r.procedure.Rule(s.Step)
	switch {
	case !ok, !rule.Released, takenBy(rule) != m.Act.Kind:
		return wire.CodeStep, nil
	case rule.Owner.Side != side && rule.Owner.Side != program.Either:
		return wire.CodeNotOwner, nil
	case s.Nth < 1, s.Seen < 0, s.Seen > r.last(r.Side):
		return wire.CodeContent, nil
	case m.Act.By != nil && !rule.Owner.Admits([]string{m.Act.By.Role}):
		return wire.CodeNotOwner, nil
	}
	return r.admitsNow(tx, s, rule, side)
}

// admitsNow judges the step in the standing that its actor had. That standing
// is not known here where an alert overtook another act on the way, in either
// direction; then the joined histories will tell what the act changes.
func (r Referral) admitsNow(tx *store.Tx, s Step, rule *program.StepRule, side program.Side) (wire.Code, error) {
	seen := r.seenAt(s, side)
	before, alert := 0, false
	for _, a := range seen {
		if a.Side == side {
			before++
		} else {
			alert = alert || r.isAlert(a)
		}
	}
	switch {
	case slices.ContainsFunc(r.Acts, func(a Act) bool { return a.Side == side && a.Nth == s.Nth }):
		return wire.CodeContent, nil
	case alert, before < s.Nth-1:
		return "", nil
	}
	step, err := r.procedure.Step(rule.ID, r.stateOf(seen), side)
	if err != nil {
		return wire.CodeStep, nil //nolint:nilerr // the sender is told by code
	}
	offences, err := r.formOffences(tx, rule)
	if err != nil {
		return "", err
	}
	if step.Admits(s.Reason, s.Form, offences) != nil {
		return wire.CodeContent, nil
	}
	return "", nil
}

// seenAt are the acts that the actor of a side's step had before them, as far as
// they are here.
func (r Referral) seenAt(s Step, side program.Side) (seen []Act) {
	for _, a := range r.Acts {
		if a.Side == side && a.Nth < s.Nth || a.Side != side && a.Nth <= s.Seen {
			seen = append(seen, a)
		}
	}
	return seen
}

func (r Referral) isAlert(a Act) bool {
	rule, ok := r.procedure.Rule(a.Step)
	return ok && rule.Alert
}

// admitStep is the admission of every act about a known referral.
func admitStep(tx *store.Tx, m wire.Message, s Step) (wire.Code, error) {
	r, err := Load(tx, m.Act.Referral)
	if refusal.Is(err, "access.not_found") {
		return wire.CodeUnknownObject, nil
	}
	if err != nil {
		return "", err
	}
	return r.admits(tx, m, s)
}

// TakeStep takes a step of the procedure that has no command of its own and
// needs no signature: screening, milestones, warrants, challenges.
type TakeStep struct {
	Referral string `json:"referral"`
	Step     string `json:"step"`
	Reason   string `json:"reason,omitempty"`
	Form     string `json:"form,omitempty"`
	Note     string `json:"note,omitempty"`
}

// Verb implements act.Command.
func (*TakeStep) Verb() string { return "referral.step" }

// Decide implements act.Command.
func (c *TakeStep) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	step, err := generic(tx, d, c.Referral, c.Step, c.Reason, c.Form, c.Note, false)
	if err != nil {
		return nil, err
	}
	return []journal.Fact{&Taken{Step: step}}, nil
}

// SignStep is TakeStep for the steps that a person signs.
type SignStep struct {
	Referral string `json:"referral"`
	Step     string `json:"step"`
	Reason   string `json:"reason,omitempty"`
	Form     string `json:"form,omitempty"`
	Note     string `json:"note,omitempty"`
}

// Verb implements act.Command.
func (*SignStep) Verb() string { return "referral.sign_step" }

// Signed implements act.Signed.
func (*SignStep) Signed() {}

// Decide implements act.Command.
func (c *SignStep) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	step, err := generic(tx, d, c.Referral, c.Step, c.Reason, c.Form, c.Note, true)
	if err != nil {
		return nil, err
	}
	return []journal.Fact{&SignedStep{Step: step}}, nil
}

// generic decides a step that carries nothing of its own.
func generic(tx *store.Tx, d *act.Draw, id, name, reason, form, note string, signed bool) (Step, error) {
	r, err := Load(tx, id)
	if err != nil {
		return Step{}, err
	}
	rule, known := r.procedure.Rule(name)
	if known && ownCommand(name) {
		if err := d.Allow(tx, r.owned(rule.Owner, nil)); err != nil {
			return Step{}, err
		}
		return Step{}, refusal.New("referral.own_command", "Step", rule.Title)
	}
	s, step, err := r.ask(tx, d, name, reason, form)
	if err != nil {
		return Step{}, err
	}
	if s.Signed != signed {
		return Step{}, refusal.New("referral.signature", "Step", s.Title)
	}
	if len(s.Conditions) > 0 {
		found, err := r.findings(tx, d, r.draft())
		if err != nil {
			return Step{}, err
		}
		if err := r.holds(s, found); err != nil {
			return Step{}, err
		}
	}
	return step, r.letter(tx, d, &step.Envelope, note)
}

// ownCommand reports whether a step is taken by a command of its own.
func ownCommand(step string) bool {
	if _, own := kindOf[step]; own {
		return true
	}
	switch step {
	case "complete_packet", "approve", program.StepPause, program.StepResume, program.StepCannotMeet:
		return true
	}
	return false
}

// seenBy is a referral that the reader may see; otherwise it is absent.
func seenBy(tx *store.Tx, v *act.Viewing, id string) (Referral, error) {
	r, err := Load(tx, id)
	if err != nil {
		return r, err
	}
	if !v.See(Resource(r)) {
		return r, refusal.NotFound()
	}
	return r, nil
}
