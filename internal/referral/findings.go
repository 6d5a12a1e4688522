package referral

import (
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// opener is what findings need of an act or of a view: opening sealed parts.
type opener struct {
	casefile.Opener
	Now     time.Time
	Purpose string
}

// findings are the facts that the procedure's conditions read, as this node's
// case, catalogue, accords and protection desk give them. On the receiving
// side there is no case: nothing is established that the act does not say.
func (r Referral) findings(tx *store.Tx, d *act.Draw, draft packet.Draft) (map[string]any, error) {
	return r.found(tx, opener{d, d.Now, d.Purpose}, draft)
}

func (r Referral) found(tx *store.Tx, o opener, draft packet.Draft) (map[string]any, error) {
	out := map[string]any{"purpose_prosecution": o.Purpose == wire.PurposeProsecution}
	r.appointment(out, o.Now)
	if !r.Home() {
		return out, nil
	}
	protected, err := protection.Assess(tx, r.Case)
	if err != nil {
		return nil, err
	}
	sound, err := packet.Soundness(tx, o, draft)
	if err != nil {
		return nil, err
	}
	law, err := r.law(tx, o)
	if err != nil {
		return nil, err
	}
	out["suspect_under_control"] = slices.ContainsFunc(r.Suspects, func(id string) bool { return slices.Contains(protected.UnderControl, id) })
	for _, part := range []map[string]any{protected.Facts(), law, sound.Named()} {
		for k, v := range part {
			out[k] = v
		}
	}
	facts, err := factsOf(tx, r.Case)
	if err != nil {
		return nil, err
	}
	_, _, err = accord.Under(tx, r.Accord, r.Sender, r.Receiver, facts.last, o.Now)
	if _, refused := refusal.As(err); err != nil && !refused {
		return nil, err
	}
	out["corridor_open"] = err == nil
	return out, nil
}

// holds asks the step's conditions, giving them only facts that the procedure
// declares.
func (r Referral) holds(s program.Step, found map[string]any) error {
	return s.Holds(r.declared(found))
}

func (r Referral) declared(found map[string]any) map[string]any {
	out := map[string]any{}
	for _, f := range r.procedure.Facts {
		if v, ok := found[f.ID]; ok {
			out[f.ID] = v
		}
	}
	return out
}

// law asks the offence catalogue about the charges against the suspects.
func (r Referral) law(tx *store.Tx, o opener) (map[string]any, error) {
	q, charges, err := r.question(tx, o)
	if err != nil {
		return nil, err
	}
	out := program.Assess(q).Facts()
	out["national_of_receiving_country"] = q.NationalReceiving
	out["finally_tried_abroad"] = q.FinallyTried
	sending, _ := r.countries()
	out["open_charge_in_sending_country"] = r.State().Tracks["forum"] == "sender_prosecutes" || slices.ContainsFunc(charges, func(c casefile.Charge) bool {
		offence, ok := program.OffenceByID(c.Offence)
		return ok && offence.Country == sending && c.Status == "filed"
	})
	return out, nil
}

// addDoubts says what the catalogue leaves to a lawyer: laws that were not in
// force or that nobody read, and later ones that may be more favourable (CPF 56).
func (r Referral) addDoubts(tx *store.Tx, v *act.Viewing, s program.Standing, now time.Time, out *Shown) error {
	state, known := r.procedure.StateOf(program.MainTrack, s.Main)
	if !r.Home() || !known || state.Ends {
		return nil
	}
	q, _, err := r.question(tx, opener{v.Ring, now, wire.PurposeProsecution})
	if err != nil {
		return err
	}
	units, err := r.unitDoubt(tx, now)
	out.Doubts = append(program.Assess(q).Doubts(), units...)
	return err
}

// question is what the catalogue is asked. Nationality is read for CPF 4 alone
// (DESIGN §4).
func (r Referral) question(tx *store.Tx, o opener) (program.Question, []casefile.Charge, error) {
	sending, receiving := r.countries()
	facts, err := factsOf(tx, r.Case)
	if err != nil {
		return program.Question{}, nil, err
	}
	q := program.Question{Sending: sending, Receiving: receiving, FactsOn: program.DayOf(facts.last, time.UTC), Today: program.DayOf(o.Now, time.UTC),
		ActsIn: facts.countries, Shown: map[string]bool{}, NationalReceiving: true}
	charges, err := r.charges(tx)
	if err != nil {
		return q, nil, err
	}
	for _, c := range charges {
		q.Offences = append(q.Offences, namesIn(c.Offence, receiving)...)
		q.FinallyTried = q.FinallyTried || c.TriedAbroad == "yes"
		q.EffectsInReceiving = q.EffectsInReceiving || c.Jurisdiction == "cpf_2_i"
		for _, e := range c.Elements {
			if len(e.Items) > 0 {
				q.Shown[e.ID] = true
			}
		}
	}
	slices.Sort(q.Offences)
	q.Offences = slices.Compact(q.Offences)
	for _, id := range r.Suspects {
		national, err := isNational(tx, o, id, receiving)
		if err != nil {
			return q, nil, err
		}
		q.NationalReceiving = q.NationalReceiving && national
	}
	return q, charges, nil
}

// namesIn gives an offence and what answers to it in the receiving country.
func namesIn(offence, receiving string) []string {
	out := []string{offence}
	if o, ok := program.OffenceByID(offence); ok && o.Country != receiving {
		for _, e := range o.EquivalentIn(receiving) {
			if other, ok := program.OffenceByID(e.ID); ok && other.Referable {
				out = append(out, e.ID)
			}
		}
	}
	return out
}

func isNational(tx *store.Tx, o opener, person, country string) (bool, error) {
	p, err := casefile.LoadPerson(tx, person)
	if err != nil {
		return false, err
	}
	who, err := casefile.OpenIdentity(tx, o, p)
	if err != nil {
		return false, err
	}
	return who.Has(country), nil
}

// charges are those against the people asked to be prosecuted.
func (r Referral) charges(tx *store.Tx) ([]casefile.Charge, error) {
	return chargesOf(tx, r.Case, r.Suspects)
}

func chargesOf(tx *store.Tx, caseID string, suspects []string) ([]casefile.Charge, error) {
	items, err := casefile.Items(tx, caseID, "charge")
	if err != nil {
		return nil, err
	}
	var out []casefile.Charge
	for _, i := range items {
		var c casefile.Charge
		if err := i.Decode(&c); err != nil {
			return nil, err
		}
		if slices.Contains(suspects, c.Person) {
			out = append(out, c)
		}
	}
	return out, nil
}

// formOffences are the offences that a step's forms are judged by; a step
// without forms asks for none, and no packet is read for it.
func (r Referral) formOffences(tx *store.Tx, rule *program.StepRule) ([]string, error) {
	if len(rule.Forms) == 0 {
		return nil, nil
	}
	return r.offences(tx)
}

// offences are those of the referral in the receiving side's law: what decides
// which forms and outcomes are admitted. Both nodes know them, the sender from
// the case until it has sent, then from the notice.
func (r Referral) offences(tx *store.Tx) ([]string, error) {
	versions, err := packet.Versions(tx, r.Packet)
	if err != nil {
		return nil, err
	}
	for _, v := range slices.Backward(versions) {
		if v.Message != "" {
			return v.Notice.Offences, nil
		}
	}
	if !r.Home() {
		return nil, nil
	}
	_, receiving := r.countries()
	return chargedWith(tx, r.Case, r.Suspects, receiving)
}

// chargedWith lists the offences that people of a case are charged with, and
// what answers to them in the receiving country.
func chargedWith(tx *store.Tx, caseID string, suspects []string, receiving string) ([]string, error) {
	charges, err := chargesOf(tx, caseID, suspects)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, c := range charges {
		out = append(out, namesIn(c.Offence, receiving)...)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// draft is what a packet of this referral is composed of, without the words
// that only a composer gives.
func (r Referral) draft() packet.Draft {
	_, receiving := r.countries()
	return packet.Draft{Packet: r.Packet, Case: r.Case, Referral: r.ID, To: r.Receiver, Procedure: r.procedure, Receiving: receiving,
		Lang: langOf(receiving), Suspects: r.Suspects, Declined: r.declinedHere()}
}

// declinedHere reports whether a prosecutor of the sending side declined by a
// step of this referral; both directions have one.
func (r Referral) declinedHere() bool {
	at := r.State()
	for _, step := range []string{"us_decline", "mx_decline"} {
		if _, taken := at.Last(step); taken {
			return true
		}
	}
	return false
}

// langOf is the language of a country's authorities.
func langOf(country string) string {
	c, ok := program.CountryByID(country)
	if !ok || len(c.Languages) == 0 {
		return "en"
	}
	return c.Languages[0]
}
