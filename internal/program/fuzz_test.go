package program

import (
	"testing"
	"time"
)

// FuzzProcedure reads procedure files: what can be read at all the linter can
// look at, and its conditions can be asked.
func FuzzProcedure(f *testing.F) {
	if _, err := ParseProcedure([]byte(smallProcedure)); err != nil {
		f.Fatalf("the small procedure is not one: %v", err)
	}
	files, err := data.ReadDir("data/procedures")
	if err != nil {
		f.Fatal(err)
	}
	for _, x := range files {
		src, err := data.ReadFile("data/procedures/" + x.Name())
		if err != nil {
			f.Fatal(err)
		}
		if len(src) < 10<<10 { // of the long ones the fuzzer tries a handful a minute
			f.Add(src)
		}
	}
	f.Add([]byte(smallProcedure))
	f.Add([]byte("id: x\nsteps: [{id: a, from: [b], to: c}]\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		p, err := ParseProcedure(src)
		if err != nil {
			return
		}
		if len(p.Facts) <= 8 && len(p.Conditions) <= 8 { // the linter tries all values of the facts that a condition reads
			LintProcedure(p)
		}
		for i := range p.Steps {
			p.Rule(p.Steps[i].ID)
		}
	})
}

// smallProcedure has one of each thing that a procedure is made of.
const smallProcedure = `id: small
version: 1
name: {en: Small, es: Breve}
sending_country: US
receiving_country: MX
facts_from: '2016-06-18'
verified: 'no'
tracks:
- id: main
  name: {en: Referral, es: Remisión}
  initial: draft
  states:
  - {id: draft, name: {en: Draft, es: Borrador}, owes: {side: sender, roles: [prosecutions]}}
  - {id: sent, opens: analysis, name: {en: Sent, es: Remitido}, owes: {side: receiver, roles: [mp]}}
  - {id: accepted, opens: released, name: {en: Accepted, es: Aceptado}, ends: true}
  - {id: withdrawn, name: {en: Withdrawn, es: Retirado}, ends: true}
facts:
- {id: signed, type: bool, name: {en: Signed, es: Firmado}}
- {id: kind, type: enum, values: [a, b], name: {en: Kind, es: Tipo}}
- {id: held, type: duration, name: {en: Held, es: Retenido}}
conditions:
- {id: ready, rule: 'signed && kind == "a" || held > duration("1h")', aim: eligibility, basis: none, verified: 'no', says: {en: Not ready, es: No está listo}}
steps:
- {id: send, name: {en: Send, es: Remitir}, done: {en: Sent, es: Remitió}, owner: {side: sender, roles: [prosecutions]}, released: true, conditions: [ready], moves: [{from: {main: [draft]}, to: {main: sent}}]}
- {id: accept, name: {en: Accept, es: Aceptar}, done: {en: Accepted, es: Aceptó}, owner: {side: receiver, roles: [mp]}, released: true, moves: [{from: {main: [sent]}, to: {main: accepted}}]}
- {id: withdraw, name: {en: Withdraw, es: Retirar}, done: {en: Withdrew, es: Retiró}, owner: {side: sender, roles: [prosecutions]}, released: true, moves: [{from: {main: [sent]}, to: {main: withdrawn}}]}
crossings:
- {sender: [withdraw], receiver: [accept], first: sender, becomes: {main: withdrawn}, why: {en: A stop stands, es: El retiro prevalece}}
clocks:
- {clock: prog-decision, starts_on: [send], ends_on: [accept, withdraw], owner: {side: receiver, roles: [mp]}, escalates_to: [coordinator]}
`

// FuzzCondition compiles and asks rules that somebody wrote: an answer is yes,
// no or an error, and never takes long.
func FuzzCondition(f *testing.F) {
	for _, p := range Procedures() {
		for _, c := range p.Conditions {
			f.Add(c.Rule)
		}
	}
	f.Add(`held > duration("1h") && count == 3 && kind in ["a", "b"]`)
	f.Add(`[1,2,3].map(x, [1,2,3].map(y, [1,2,3].map(z, x*y*z))).size() > 0`)
	f.Add(`duration("9999999999h") > held`)
	f.Add(`1/0 == count`)
	facts := []FactVar{{ID: "signed", Type: "bool"}, {ID: "kind", Type: "enum", Values: []string{"a", "b"}}, {ID: "count", Type: "int"}, {ID: "held", Type: "duration"}}
	f.Fuzz(func(t *testing.T, rule string) {
		c := Condition{ID: "c", Rule: rule}
		e, err := newEvaluator(facts, []Condition{c})
		if err != nil {
			return
		}
		begun := time.Now()
		_, _ = e.holds(&c, map[string]any{"signed": true, "kind": "a", "count": int64(3), "held": time.Hour}) // an error is an answer
		if took := time.Since(begun); took > 10*time.Second {
			t.Fatalf("the rule takes %v", took)
		}
	})
}
