package program

import (
	"slices"

	"github.com/oasiss/oasiss/internal/refusal"
)

// Step is a step that is open in a standing, for one side.
type Step struct {
	*StepRule
	By       Side
	p        *Procedure
	standing Standing
}

// Step opens a step for a side, or says in the programme's words why not:
// referral.step_unknown, referral.not_your_step (the other side's to take) or
// referral.step_not_open (409: the state has moved on).
func (p *Procedure) Step(name string, s Standing, by Side) (Step, error) {
	r, ok := p.steps[name]
	if !ok {
		return Step{}, refusal.New("referral.step_unknown", "Step", name)
	}
	state, _ := p.StateOf(MainTrack, s.Main)
	if !mayTake(r, by) {
		return Step{}, refusal.New("referral.not_your_step", "Step", r.Title)
	}
	if r.open(s.Tracks, "") == nil {
		return Step{}, refusal.Conflict("referral.step_not_open", "Step", r.Title, "State", state.Title)
	}
	return Step{StepRule: r, By: by, p: p, standing: s}, nil
}

// Offered lists the steps open to a side and, where roles are given, to one of
// these roles, in the procedure's order.
func (p *Procedure) Offered(s Standing, by Side, roles []string) []Step {
	var out []Step
	for i := range p.Steps {
		r := &p.Steps[i]
		if r.Automatic || !mayTake(r, by) || r.open(s.Tracks, "") == nil || roles != nil && !r.Owner.Admits(roles) {
			continue
		}
		out = append(out, Step{StepRule: r, By: by, p: p, standing: s})
	}
	return out
}

// Admits reports whether one of roles is among the owner's.
func (o Owner) Admits(roles []string) bool {
	return slices.ContainsFunc(roles, func(r string) bool { return slices.Contains(o.Roles, r) })
}

// OpenForms lists the legal forms that the step admits in this standing for
// these offences, in the procedure's order.
func (s Step) OpenForms(offences []string) []Form {
	var out []Form
	for _, id := range s.StepRule.Forms {
		if s.admitsForm(id, offences) == nil {
			out = append(out, *s.p.forms[id])
		}
	}
	return out
}

// OpenReasons lists the reasons that the step admits with this form for these
// offences; an empty form lists those of any form open now.
func (s Step) OpenReasons(form string, offences []string) []Reason {
	var out []Reason
	for _, r := range s.p.Reasons {
		if slices.Contains(r.Steps, s.ID) && s.admitsReason(r.ID, form, offences) == nil {
			out = append(out, r)
		}
	}
	return out
}

// Admits checks the reason and its legal form against the step, the standing
// and the offences of the referral: referral.not_yet_opened before the analysis
// is signed for, referral.form_required, referral.form_not_admitted (with the
// law that closes it), referral.reason_required, referral.reason_not_admitted,
// referral.reason_closed (with the law that forbids to end a case for it).
func (s Step) Admits(reason, form string, offences []string) error {
	if err := s.admitsForm(form, offences); err != nil {
		return err
	}
	return s.admitsReason(reason, form, offences)
}

func (s Step) admitsForm(form string, offences []string) error {
	if len(s.StepRule.Forms) == 0 {
		if form != "" {
			return refusal.New("referral.form_not_admitted", "Form", s.p.formName(form), "Law", "—")
		}
		return nil
	}
	if form == "" {
		return refusal.New("referral.form_required", "Step", s.Title)
	}
	f, ok := s.p.forms[form]
	if !ok || !slices.Contains(s.StepRule.Forms, form) {
		return refusal.New("referral.form_not_admitted", "Form", s.p.formName(form), "Law", "—")
	}
	if s.StepRule.open(s.standing.Tracks, form) == nil {
		if s.p.sealedStill(s.standing) {
			return refusal.New("referral.not_yet_opened", "Form", f.Title)
		}
		return refusal.New("referral.form_not_admitted", "Form", f.Title, "Law", f.Law)
	}
	for _, id := range offences {
		if o, ok := OffenceByID(id); ok && f.Outcome != "" {
			if law, closed := o.Closes(f.Outcome); closed {
				return refusal.New("referral.form_not_admitted", "Form", f.Title, "Law", law)
			}
		}
	}
	return nil
}

// sealedStill reports whether the packet lies unopened with the receiver.
func (p *Procedure) sealedStill(s Standing) bool {
	first := p.steps[p.first]
	return first != nil && len(first.Moves) > 0 && first.Moves[0].To[MainTrack] == s.Main
}

// formName is the form's name, or the code as given where nobody knows it.
func (p *Procedure) formName(id string) Text {
	if f, ok := p.forms[id]; ok {
		return f.Title
	}
	return Text{id, id}
}

func (p *Procedure) reasonName(id string) Text {
	if r, ok := p.reasons[id]; ok {
		return r.Title
	}
	return Text{id, id}
}

func (s Step) admitsReason(reason, form string, offences []string) error {
	if reason == "" {
		if s.NeedsCause {
			return refusal.New("referral.reason_required", "Step", s.Title)
		}
		return nil
	}
	r, ok := s.p.reasons[reason]
	if !ok || !slices.Contains(r.Steps, s.ID) {
		return refusal.New("referral.reason_not_admitted", "Reason", s.p.reasonName(reason), "Step", s.Title)
	}
	if form != "" && len(r.Forms) > 0 && !slices.Contains(r.Forms, form) {
		return refusal.New("referral.reason_not_admitted", "Reason", r.Title, "Step", s.p.formName(form))
	}
	for _, id := range offences {
		if o, ok := OffenceByID(id); ok {
			if law, closed := o.ClosesReason(reason); closed {
				return refusal.New("referral.reason_closed", "Reason", r.Title, "Law", law)
			}
		}
	}
	return nil
}

// Holds evaluates the step's conditions over the declared facts and refuses
// with referral.condition_not_met, naming the first condition that fails in
// both languages. A fact that is declared and not given counts as false, empty
// or zero, so that what nobody has established never opens a step.
func (s Step) Holds(facts map[string]any) error {
	for _, id := range s.StepRule.Conditions {
		c := s.p.conds[id]
		ok, err := s.p.evaluator.holds(c, facts)
		if err != nil {
			return err
		}
		if !ok {
			return refusal.New("referral.condition_not_met", "Condition", id, "Says", c.Says, "Next", c.Next)
		}
	}
	return nil
}

// Failing lists every condition of the step that does not hold, for a checklist
// shown before the step is tried.
func (s Step) Failing(facts map[string]any) ([]Condition, error) {
	var out []Condition
	for _, id := range s.StepRule.Conditions {
		ok, err := s.p.evaluator.holds(s.p.conds[id], facts)
		if err != nil {
			return nil, err
		}
		if !ok {
			out = append(out, *s.p.conds[id])
		}
	}
	return out, nil
}
