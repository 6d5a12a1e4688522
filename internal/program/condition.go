package program

import (
	"fmt"
	"time"

	"cel.dev/cel-go/cel"
)

// FactVar is a fact that conditions may read: a boolean, one of a closed list,
// a whole number or a length of time. Nothing else can be read by a rule.
type FactVar struct {
	ID     string   `yaml:"id"`
	Title  Text     `yaml:"name"`
	Type   string   `yaml:"type"` // bool, enum, int, duration
	Values []string `yaml:"values"`
	// Reads is the protected attribute that the fact stands on, if any; see
	// the linter's ban on profiling.
	Reads string `yaml:"reads"`
}

// Aim is what a condition is for. It decides which protected attributes it may read.
type Aim string

// The aims of a condition.
const (
	AimProcedure    Aim = "procedure"          // order of steps, forms, papers
	AimOffence      Aim = "offence"            // an element of the offence
	AimJurisdiction Aim = "jurisdiction"       // which country may try it
	AimReturn       Aim = "return"             // who may be handed over
	AimGate         Aim = "protection_gate"    // shuts for a person's protection
	AimMeasure      Aim = "protection_measure" // opens something that protects
)

// Condition is a rule in CEL over the declared facts, with what is said when it
// does not hold and what to do next.
type Condition struct {
	ID       string   `yaml:"id"`
	Rule     string   `yaml:"rule"`
	Aim      Aim      `yaml:"aim"`
	Basis    string   `yaml:"basis"`
	Verified Verified `yaml:"verified"`
	Says     Text     `yaml:"says"`
	Next     Text     `yaml:"next"`
}

// evaluator holds the compiled conditions of a procedure.
type evaluator struct {
	facts    map[string]*FactVar
	programs map[string]cel.Program
}

// environment declares exactly the facts of the list to CEL.
func environment(facts []FactVar) (*cel.Env, error) {
	opts := make([]cel.EnvOption, 0, len(facts))
	for _, f := range facts {
		t, ok := map[string]*cel.Type{"bool": cel.BoolType, "enum": cel.StringType, "int": cel.IntType, "duration": cel.DurationType}[f.Type]
		if !ok {
			return nil, fmt.Errorf("fact %s: unknown type %q", f.ID, f.Type)
		}
		opts = append(opts, cel.Variable(f.ID, t))
	}
	return cel.NewEnv(opts...)
}

// compile type-checks one rule; it must give a boolean.
func compile(env *cel.Env, c Condition) (cel.Program, *cel.Ast, error) {
	ast, iss := env.Compile(c.Rule)
	if iss.Err() != nil {
		return nil, nil, fmt.Errorf("condition %s: %w", c.ID, iss.Err())
	}
	if ast.OutputType() != cel.BoolType {
		return nil, nil, fmt.Errorf("condition %s gives %s, not a yes or no", c.ID, ast.OutputType())
	}
	prg, err := env.Program(ast)
	if err != nil {
		return nil, nil, fmt.Errorf("condition %s: %w", c.ID, err)
	}
	return prg, ast, nil
}

func newEvaluator(facts []FactVar, conditions []Condition) (*evaluator, error) {
	env, err := environment(facts)
	if err != nil {
		return nil, err
	}
	e := &evaluator{facts: map[string]*FactVar{}, programs: map[string]cel.Program{}}
	for i := range facts {
		e.facts[facts[i].ID] = &facts[i]
	}
	for _, c := range conditions {
		prg, _, err := compile(env, c)
		if err != nil {
			return nil, err
		}
		e.programs[c.ID] = prg
	}
	return e, nil
}

// zero is what a fact is while nobody has established it.
func (f FactVar) zero() any {
	switch f.Type {
	case "bool":
		return false
	case "int":
		return int64(0)
	case "duration":
		return time.Duration(0)
	}
	return ""
}

// holds evaluates one condition. Undeclared facts and values of the wrong type
// are faults of the caller, not refusals.
func (e *evaluator) holds(c *Condition, given map[string]any) (bool, error) {
	vars := make(map[string]any, len(e.facts))
	for id, f := range e.facts {
		vars[id] = f.zero()
	}
	for id, v := range given {
		if e.facts[id] == nil {
			return false, fmt.Errorf("condition %s: fact %q is not declared", c.ID, id)
		}
		if n, ok := v.(int); ok {
			v = int64(n)
		}
		vars[id] = v
	}
	out, _, err := e.programs[c.ID].Eval(vars)
	if err != nil {
		return false, fmt.Errorf("condition %s: %w", c.ID, err)
	}
	ok, isBool := out.Value().(bool)
	if !isBool {
		return false, fmt.Errorf("condition %s: no yes or no", c.ID)
	}
	return ok, nil
}
