package casefile

import (
	"slices"
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// ChargeFields are a charge as it is entered.
type ChargeFields struct {
	Person       string   `json:"person"`
	Offence      string   `json:"offence"`
	Facts        string   `json:"facts"`
	Counts       int      `json:"counts,omitempty"`
	Status       string   `json:"status,omitempty"`
	Filed        string   `json:"filed,omitempty"`
	Jurisdiction string   `json:"jurisdiction,omitempty"`
	TriedAbroad  string   `json:"tried_abroad,omitempty"`
	Elements     []string `json:"elements,omitempty"`
}

func (f ChargeFields) draft(tx *store.Tx, c Case) (draft[Charge], error) {
	var out draft[Charge]
	p, err := c.person(tx, f.Person)
	if err != nil {
		return out, err
	}
	if !p.Has(roleSuspect) || p.Class != Suspect {
		return out, refusal.New("casefile.not_a_suspect", "Plant", p.Plant)
	}
	charge := Charge{Person: p.ID, Offence: f.Offence, Facts: f.Facts, Counts: max(f.Counts, 1), Status: f.Status, Filed: f.Filed,
		Jurisdiction: f.Jurisdiction, TriedAbroad: f.TriedAbroad}
	if charge.Status == "" {
		charge.Status = "considered"
	}
	out.content = charge
	if err := inForce(charge); err != nil {
		return out, err
	}
	out.content.Elements, err = f.elements(tx, c)
	return out, err
}

// inForce refuses an offence that by read law was not one on the day of the facts.
func inForce(c Charge) error {
	if err := c.check(); err != nil {
		return err
	}
	o, _ := program.OffenceByID(c.Offence)
	day, err := program.ParseDay(c.Facts)
	if err != nil {
		return refusal.New("casefile.facts_date")
	}
	if o.On(day) == program.NotInForce {
		return refusal.New("casefile.not_law_then", "Offence", c.Offence, "Day", c.Facts)
	}
	return nil
}

// elements reads which items show which element of the offence; an element can
// be named once for each of its items.
func (f ChargeFields) elements(tx *store.Tx, c Case) ([]Element, error) {
	o, _ := program.OffenceByID(f.Offence)
	var out []Element
	for _, s := range f.Elements {
		id, list, _ := strings.Cut(s, "=")
		e := Element{ID: strings.TrimSpace(id), Items: trimmed(strings.Split(list, ","))}
		if len(e.Items) == 0 || !slices.ContainsFunc(o.Elements, func(x program.Element) bool { return x.ID == e.ID }) {
			return nil, refusal.New("casefile.element", "Element", e.ID, "Offence", f.Offence)
		}
		for _, item := range e.Items {
			if err := c.has(tx, item); err != nil {
				return nil, err
			}
		}
		if at := slices.IndexFunc(out, func(x Element) bool { return x.ID == e.ID }); at >= 0 {
			out[at].Items = append(out[at].Items, e.Items...)
			continue
		}
		out = append(out, e)
	}
	return out, nil
}

// AddCharge records an offence that is considered, referred or filed.
type AddCharge struct {
	Case string `json:"case"`
	ChargeFields
}

// Verb implements act.Command.
func (*AddCharge) Verb() string { return "case.add_charge" }

// Decide implements act.Command.
func (a *AddCharge) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	return add(tx, d, a.Case, func(c Case) (draft[Charge], error) { return a.draft(tx, c) })
}

// CorrectCharge corrects a charge or moves it on.
type CorrectCharge struct {
	Correction
	ChargeFields
}

// Verb implements act.Command.
func (*CorrectCharge) Verb() string { return "case.correct_charge" }

// Decide implements act.Command.
func (k *CorrectCharge) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	k = new(*k) // what was sent stays as it was: the rule may run again
	return correct(tx, d, k.Correction, &k.ChargeFields, func(c Case) (draft[Charge], error) { return k.draft(tx, c) })
}

// OutcomeFields are an outcome as it is entered.
type OutcomeFields struct {
	Person    string `json:"person"`
	Charge    string `json:"charge,omitempty"`
	Kind      string `json:"kind"`
	On        string `json:"on"`
	Authority string `json:"authority,omitempty"`
	Months    int    `json:"months,omitempty"`
	FineCents int64  `json:"fine_cents,omitempty"`
	Currency  string `json:"currency,omitempty"`
	Final     bool   `json:"final,omitempty"`
}

func (f OutcomeFields) draft(tx *store.Tx, c Case) (draft[Outcome], error) {
	var out draft[Outcome]
	p, err := c.person(tx, f.Person)
	if err != nil {
		return out, err
	}
	out.content = Outcome{Person: p.ID, Charge: f.Charge, Kind: f.Kind, On: f.On, Authority: strings.TrimSpace(f.Authority),
		Months: f.Months, FineCents: f.FineCents, Currency: f.Currency, Final: f.Final}
	if f.Charge == "" {
		return out, nil
	}
	if err := c.has(tx, f.Charge); err != nil {
		return out, err
	}
	i, err := LoadItem(tx, f.Charge)
	if err != nil {
		return out, err
	}
	var charge Charge
	if err := i.Decode(&charge); err != nil {
		return out, err
	}
	o, ok := program.OffenceByID(charge.Offence)
	if !ok {
		return out, nil
	}
	if law, closed := o.Closes(f.Kind); closed {
		return out, refusal.New("casefile.outcome_closed", "Law", law)
	}
	return out, nil
}

// AddOutcome records how a charge ended.
type AddOutcome struct {
	Case string `json:"case"`
	OutcomeFields
}

// Verb implements act.Command.
func (*AddOutcome) Verb() string { return "case.add_outcome" }

// Decide implements act.Command.
func (a *AddOutcome) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	return add(tx, d, a.Case, func(c Case) (draft[Outcome], error) { return a.draft(tx, c) })
}

// CorrectOutcome corrects an outcome.
type CorrectOutcome struct {
	Correction
	OutcomeFields
}

// Verb implements act.Command.
func (*CorrectOutcome) Verb() string { return "case.correct_outcome" }

// Decide implements act.Command.
func (k *CorrectOutcome) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	k = new(*k) // what was sent stays as it was: the rule may run again
	return correct(tx, d, k.Correction, &k.OutcomeFields, func(c Case) (draft[Outcome], error) { return k.draft(tx, c) })
}

// RecordDecision records what the US Attorney decided on prosecuting here.
type RecordDecision struct {
	Case     string   `json:"case"`
	Decision string   `json:"decision"`
	Reasons  []string `json:"reasons,omitempty"`
	On       string   `json:"on,omitempty"`
	People   []string `json:"people,omitempty"`
}

// Verb implements act.Command.
func (*RecordDecision) Verb() string { return "case.ausa_decision" }

// Decide implements act.Command.
func (r *RecordDecision) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	on := r.On
	if on == "" {
		on = d.Now.Format("2006-01-02")
	}
	return add(tx, d, r.Case, func(c Case) (draft[Decision], error) {
		out := draft[Decision]{content: Decision{Decision: r.Decision, Reasons: r.Reasons, On: on, People: r.People}}
		if !d.By.Has(access.RoleUSAttorney) && !d.By.Has(access.RoleProsecutions) {
			return out, refusal.New("casefile.not_us_attorney")
		}
		for _, id := range r.People {
			if _, err := c.person(tx, id); err != nil {
				return out, err
			}
		}
		return out, nil
	})
}
