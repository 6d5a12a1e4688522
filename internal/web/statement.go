package web

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/web/view"
	"github.com/oasiss/oasiss/wire"
)

var errNotAnAct = errors.New("web: a prepared act that cannot be read")

// read puts an act that waits for a signature into words: who does what for
// which purpose, and what its message will say in clear. What is sealed in it
// is named, not shown. crosses says whether the act goes to another node.
func (q *request) read(p act.Prepared) (statement string, facts []view.Fact, crosses bool, err error) {
	var a wire.Act
	if err := json.Unmarshal(p.Act, &a); err != nil {
		return "", nil, false, fmt.Errorf("%w: %w", errNotAnAct, err)
	}
	var step referral.Step
	_ = json.Unmarshal(a.Clear, &step) // an act of another room has no step
	what := q.t("verb." + p.Verb)
	facts = append(facts, view.Fact{Label: q.t("confirm.by"), Value: q.by.Name + ", " + q.office(a.From.Node, a.From.Office)},
		view.Fact{Label: q.t("confirm.purpose"), Value: q.t("purpose." + a.Purpose)})
	if a.To.Node != "" {
		facts = append(facts, view.Fact{Label: q.t("confirm.to"), Value: strings.TrimPrefix(q.office(a.To.Node, a.To.Office)+", "+q.t("country."+q.country(a.To.Node)), ", ")})
	}
	if id := q.concerning(a); id != "" {
		facts = append(facts, view.Fact{Label: q.t("confirm.person"), Value: q.called(id)})
	}
	number, more := q.stepFacts(a, step)
	facts = append(append(append(append(facts, more...), q.custodyFacts(a)...), q.receptionFacts(a)...), append(q.callFacts(a), q.consentFacts(a)...)...)
	facts = append(facts, q.countedFacts(p)...)
	for _, s := range a.Sealed {
		facts = append(facts, view.Fact{Label: q.t("confirm.sealed"), Value: q.sealedPart(s.ID)})
	}
	if !a.Expires.IsZero() {
		facts = append(facts, view.Fact{Label: q.t("confirm.expires"), Value: i18n.DateLong(q.lang, a.Expires, q.zone()) + ", " + i18n.Time(a.Expires, q.zone())})
	}
	if number != "" {
		return q.t("confirm.statement_about", "What", what, "Number", number), facts, a.To.Node != "", nil
	}
	return q.t("confirm.statement", "What", what), facts, a.To.Node != "", nil
}

// concerning is the person that an act of the protection desk is about: named in it,
// or by the request it decides.
func (q *request) concerning(a wire.Act) string {
	var names struct{ Person, Request string }
	_ = json.Unmarshal(a.Clear, &names) // an act of another room may name nobody
	if names.Person == "" && names.Request != "" {
		q.lookUp(func(tx *store.Tx) (err error) {
			names.Person, err = protection.Requested(tx, names.Request)
			return err
		})
	}
	return names.Person
}

// callFacts are what a person said who takes a consent back by telephone or away
// from the offices of the case.
func (q *request) callFacts(a wire.Act) []view.Fact {
	var f protection.WithdrawalCalled
	if a.Kind != f.Kind() || json.Unmarshal(a.Clear, &f) != nil {
		return nil
	}
	return []view.Fact{{Label: q.t("ask.consent_reference"), Value: f.Reference}, {Label: q.t("ask.through"), Value: q.word("protection.through.", f.Through)}}
}

// consentFacts are what a person agrees to, as the official signs it.
func (q *request) consentFacts(a wire.Act) []view.Fact {
	var f protection.ConsentGiven
	if a.Kind != f.Kind() || json.Unmarshal(a.Clear, &f) != nil {
		return nil
	}
	out := []view.Fact{{Label: q.t("ask.for"), Value: q.word("purpose.", f.Purpose)}}
	if !f.ToService { // which service it is stands sealed
		to := q.office(f.Recipient.Node, f.Recipient.Office)
		out = append(out, view.Fact{Label: q.t("confirm.to"), Value: cmp.Or(to, q.t("country."+q.country(f.Recipient.Node)))})
	}
	out = append(out, view.Fact{Label: q.t("ask.categories"), Value: q.categories(f.Categories)}, view.Fact{Label: q.t("ask.until"), Value: i18n.DateLong(q.lang, f.Until, q.zone())})
	if f.AgreedBy != "" {
		out = append(out, view.Fact{Label: q.t("ask.agreed_by"), Value: q.word("protection.guardian.", f.AgreedBy)})
	}
	return append(out, view.Fact{Label: q.t("ask.consent_reference"), Value: f.Reference})
}

// sealedPart names a sealed part of an act.
func (q *request) sealedPart(id string) string {
	if section, ok := strings.CutPrefix(id, "section-"); ok {
		return q.word("section.", section)
	}
	if plant, ok := strings.CutPrefix(id, "identity-"); ok {
		return q.t("confirm.identity_of", "Plant", plant)
	}
	return q.word("part.", id)
}

// stepFacts are what a step of a referral says: its number, name, reason and
// form; of a hand-over the sheet too, which the message names by its number only.
func (q *request) stepFacts(a wire.Act, step referral.Step) (number string, facts []view.Fact) {
	var sheet *referral.Sheet
	var lint *packet.Lint
	var law *program.Procedure
	q.lookUp(func(tx *store.Tx) error {
		if a.Referral == "" {
			if c, err := casefile.Load(tx, a.Case); err == nil {
				number = c.Number
			}
			return nil
		}
		x, err := referral.Load(tx, a.Referral)
		if err != nil {
			return err
		}
		number = x.Number
		if a.Kind == (packet.Approved{}).Kind() || a.Kind == (referral.Sent{}).Kind() {
			law = x.Law()
			if lint, err = referral.LintBeforeSigning(tx, q.s.Acts.Ring, x.ID, q.s.Acts.Now()); err != nil {
				return err
			}
		}
		if rule, ok := x.Law().Rule(step.Step); ok {
			facts = append(facts, view.Fact{Label: q.t("confirm.step"), Value: rule.Title.In(q.lang)})
		}
		if f, ok := x.Law().Form(step.Form); ok {
			facts = append(facts, view.Fact{Label: q.t("ask.form"), Value: f.Title.In(q.lang) + " (" + f.Law.In(q.lang) + ")"})
		}
		if r, ok := x.Law().Reason(step.Reason); ok {
			facts = append(facts, view.Fact{Label: q.t("ask.reason"), Value: r.Title.In(q.lang)})
		}
		if s, ok := x.SheetToSign(step.Step); ok {
			sheet = &s
		}
		return nil
	})
	if sheet != nil {
		facts = append(facts, q.signedSheet(*sheet)...)
	}
	return number, append(facts, q.lintFacts(lint, law)...)
}
