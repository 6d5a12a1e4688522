package demo

import (
	"context"
	"fmt"
	"maps"

	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/wire"
)

// codeWord is the one by which the demo's people take a consent back by telephone.
const codeWord = "colibrí azul"

// childAlone: a child without parents is found with the group, asked the four
// tests, and keeps the referral from leaving until the adviser has ended the gate.
func (f *file) childAlone(ctx context.Context) error {
	given, paterno, materno := somebody(f.seed + f.n*2 + 1601)
	child, err := f.here(ctx, "case.add_person", map[string]any{"case": f.id, "given": given, "paterno": paterno, "materno": materno,
		"birth": f.w.now.AddDate(-13, 0, -f.n%300).Format("2006-01-02"), "role": "smuggled_migrant", "source": "observation"})
	if err != nil {
		return err
	}
	answers, reasons := quiet(), map[string]string{}
	maps.Copy(answers, map[string]string{"child.under_18": protection.Yes, "child.unaccompanied": protection.Yes, "child.test_decides": protection.No})
	for _, test := range []string{"child.test_victim", "child.test_risk", "child.test_fear"} {
		answers[test] = protection.No
	}
	for _, test := range []string{"child.test_victim", "child.test_risk", "child.test_fear", "child.test_decides"} {
		reasons[test] = "Asked alone, with the child advocate, in the child's language."
	}
	if err := f.desk(ctx, "protection.screen", map[string]any{"case": f.id, "person": child, "answers": answers, "reasons": reasons, "language": "es", "opening": f.opened}); err != nil {
		return err
	}
	if err := f.refused(f.from, f.sent(ctx), "protection.gate_shut"); err != nil {
		return err
	}
	gates, err := f.guarded(ctx, child)
	if err != nil {
		return err
	}
	for _, g := range gates.Gates {
		if !g.Shut {
			continue
		}
		to := map[string]any{"case": f.id, "person": child, "gate": g.ID}
		take := maps.Clone(to)
		take["service"] = "Child-protection authority, told by telephone"
		if err := f.desk(ctx, "protection.take_gate", take); err != nil {
			return err
		}
		to["outcome"], to["evidence"] = protection.Done, "In the care of the child-protection authority"
		if err := f.desk(ctx, "protection.end_gate", to); err != nil {
			return err
		}
	}
	return nil
}

// desk takes an act of the protection desk on the sending side.
func (f *file) desk(ctx context.Context, verb string, cmd map[string]any) error {
	_, err := f.do(ctx, f.from, f.cast().screens, wire.PurposeProtection, verb, cmd)
	return err
}

// guarded is what the sending side's desk sees of a person.
func (f *file) guarded(ctx context.Context, person string) (protection.PersonView, error) {
	c, err := f.w.as(ctx, f.from, f.cast().screens, wire.PurposeProtection)
	if err != nil {
		return protection.PersonView{}, err
	}
	var v protection.CaseView
	if err := c.Get(ctx, "cases/"+f.id+"/protection", &v); err != nil {
		return protection.PersonView{}, err
	}
	for _, p := range v.People {
		if p.Person == person {
			return p, nil
		}
	}
	return protection.PersonView{}, fmt.Errorf("case %d: the desk does not see a person of it", f.n)
}

// takenBackFromAfar: the witness takes the consent back away from the office of
// the case: from the United States by telephone, with the wrong word once; from
// Mexico at an office of the other country.
func (f *file) takenBackFromAfar(ctx context.Context) error {
	p, err := f.guarded(ctx, f.witness)
	if err != nil {
		return err
	}
	for _, k := range p.Consents {
		if k.ID != f.consent {
			continue
		}
		if f.from == "mx" {
			_, err := f.do(ctx, f.to, "adviser."+f.way.usao, wire.PurposeProtection, "protection.call_withdrawal", map[string]any{"reference": k.Reference, "through": "consulate"})
			return err
		}
		call := map[string]any{"reference": k.Reference, "through": protection.Telephone, "code_word": "colibrí verde"}
		_, err := f.do(ctx, f.from, "adviser."+f.way.usao, wire.PurposeProtection, "protection.call_withdrawal", call)
		if err := f.refused(f.from, err, "protection.call_wrong"); err != nil {
			return err
		}
		call["code_word"] = codeWord
		_, err = f.do(ctx, f.from, "adviser."+f.way.usao, wire.PurposeProtection, "protection.call_withdrawal", call)
		return err
	}
	return fmt.Errorf("case %d: the consent is not there", f.n)
}

// violenceTold: the witness tells the adviser what was done on the way, which is
// kept apart, and the adviser writes a note.
func (f *file) violenceTold(ctx context.Context) error {
	if err := f.desk(ctx, "protection.violence", map[string]any{"case": f.id, "person": f.witness, "accused": protection.ByOfficial, "agency": "ssp", "what": "Nos quitaron el dinero y me golpearon en la espalda.",
		"where": "Antes del río", "lang": "es"}); err != nil {
		return err
	}
	return f.desk(ctx, "protection.note", map[string]any{"case": f.id, "person": f.witness, "note": "Wants to be heard by a woman."})
}
