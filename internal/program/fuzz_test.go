package program

import (
	"testing"
	"time"
)

// FuzzProcedure reads procedure files: what can be read at all the linter can
// look at, and its conditions can be asked.
func FuzzProcedure(f *testing.F) {
	files, err := data.ReadDir("data/procedures")
	if err != nil {
		f.Fatal(err)
	}
	for _, x := range files {
		src, err := data.ReadFile("data/procedures/" + x.Name())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
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
