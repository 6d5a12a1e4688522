package program

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	celast "cel.dev/cel-go/common/ast"
)

// banned are the attributes that no rule may read but to protect (DESIGN §4).
var banned = []string{"ethnicity", "indigenous_origin", "language", "religion", "complexion", "sex", "orientation", "health", "asylum", "irregular_status"}

// nationality may be read only where law makes it an element of the offence, of
// jurisdiction (CPF 4) or of return.
const nationality = "nationality"

// suspicious finds a protected attribute in the name of a fact whose author did
// not declare it, in either language.
var suspicious = map[string]*regexp.Regexp{
	"ethnicity":         regexp.MustCompile(`(?i)ethnic|\brace\b|racial|[eé]tnic|\braza\b`),
	"indigenous_origin": regexp.MustCompile(`(?i)indigen|ind[ií]gen|native people|tribal`),
	"language":          regexp.MustCompile(`(?i)speaks|mother.?tongue|lengua materna|person.?s? language|habla`),
	"religion":          regexp.MustCompile(`(?i)religio|faith\b|creed|culto`),
	"complexion":        regexp.MustCompile(`(?i)complexion|skin|hair|eye.?colou?r|\btez\b|piel|cabello`),
	"sex":               regexp.MustCompile(`(?i)\bsex\b|gender|g[eé]nero|\bfemale\b|\bmale\b|_sex\b|sexo|mujer|hombre`),
	"orientation":       regexp.MustCompile(`(?i)orientation|lgbt|orientaci[oó]n sexual`),
	"health":            regexp.MustCompile(`(?i)health|pregnan|disab|illness|medical|hiv|salud|embaraz|discapac|enferm`),
	"asylum":            regexp.MustCompile(`(?i)asyl|asil|fear|temor|refug`),
	"irregular_status":  regexp.MustCompile(`(?i)irregular|undocument|sin.documentos|deportab|removable|unlawful.?presen|immigration.?status|inadmiss`),
	"nationality":       regexp.MustCompile(`(?i)(?:\b|_)national(?:ity|s|_|\b)|citizen|(?:\b|_)nacional(?:idad|es|_|\b)|country.?of.?birth|extranjer`),
}

// conditions compiles every rule, refuses one that is always true or always
// false, and applies the ban on profiling.
func (r *report) conditions(where string, p *Procedure) {
	used := map[string]bool{}
	for _, f := range p.Facts {
		r.fact(where+": fact "+f.ID, f)
	}
	env, err := environment(p.Facts)
	if err != nil {
		r.add(where, "%v", err)
		return
	}
	for _, c := range p.Conditions {
		at := where + ": condition " + c.ID
		if !slices.Contains([]Aim{AimProcedure, AimOffence, AimJurisdiction, AimReturn, AimGate, AimMeasure}, c.Aim) {
			r.add(at, "no known aim %q", c.Aim)
		}
		if c.Basis == "" {
			r.add(at, "names no basis; write none and why, where there is no law")
		}
		prg, ast, err := compile(env, c)
		if err != nil {
			r.add(at, "%v", err)
			continue
		}
		read := factsRead(ast, p.facts)
		for _, id := range read {
			used[id] = true
		}
		said := constantsOf(ast)
		r.values(at, p.facts, read, said)
		table, ok := truth(prg, p.facts, read, said)
		if !ok {
			r.add(at, "reads too many facts for all their combinations to be tried; divide it")
			continue
		}
		r.constant(at, table)
		r.profiling(at, c, p.facts, read, table)
	}
	for _, f := range p.Facts {
		if !used[f.ID] {
			r.add(where+": fact "+f.ID, "no condition reads it")
		}
	}
}

func (r *report) fact(at string, f FactVar) {
	if f.Type == "enum" && len(f.Values) == 0 {
		r.add(at, "lists no values")
	}
	if f.Reads != "" && f.Reads != nationality && !slices.Contains(banned, f.Reads) {
		r.add(at, "reads %q, which is no known attribute", f.Reads)
	}
	if f.Reads != "" {
		return
	}
	said := strings.Join(append([]string{f.ID, f.Title.En, f.Title.Es}, f.Values...), "\n")
	for _, attribute := range slices.Sorted(maps.Keys(suspicious)) {
		if suspicious[attribute].MatchString(said) {
			r.add(at, "reads as if it stood on %s; declare it with reads: %s, or word it otherwise", attribute, attribute)
		}
	}
}

// constants are the values that a rule names.
type constants struct {
	words     []string
	numbers   []int64
	durations []time.Duration
}

func constantsOf(ast *cel.Ast) constants {
	var c constants
	for _, e := range celast.MatchDescendants(celast.NavigateAST(ast.NativeRep()), celast.ConstantValueMatcher()) {
		switch v := e.AsLiteral().Value().(type) {
		case string:
			if d, err := time.ParseDuration(v); err == nil {
				c.durations = append(c.durations, d)
			} else {
				c.words = append(c.words, v)
			}
		case int64:
			c.numbers = append(c.numbers, v)
		}
	}
	return c
}

// values wants every word that a rule names to be a value of a fact it reads: a
// misspelt one would never match and nobody would notice.
func (r *report) values(at string, facts map[string]*FactVar, read []string, said constants) {
	for _, w := range said.words {
		if !slices.ContainsFunc(read, func(id string) bool { return slices.Contains(facts[id].Values, w) }) {
			r.add(at, "names %q, which is a value of no fact it reads", w)
		}
	}
}

// factsRead lists the declared facts that a rule mentions.
func factsRead(ast *cel.Ast, facts map[string]*FactVar) []string {
	found := map[string]bool{}
	for _, ref := range ast.NativeRep().ReferenceMap() {
		if facts[ref.Name] != nil {
			found[ref.Name] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// row is one combination of the facts a rule reads, and what the rule says.
type row struct {
	facts map[string]any
	yes   bool
}

// mostRows is how many combinations of facts are tried at most.
const mostRows = 1 << 17

// truth tries a rule on every combination of the facts it reads. Numbers and
// durations are tried at zero and at, just under and just over each value that
// the rule names. ok is false where there are more combinations than mostRows.
func truth(prg cel.Program, facts map[string]*FactVar, read []string, said constants) (rows []row, ok bool) {
	rows = []row{{facts: map[string]any{}}}
	for _, id := range read {
		samples := facts[id].samples(said)
		if len(rows)*len(samples) > mostRows {
			return nil, false
		}
		var next []row
		for _, base := range rows {
			for _, v := range samples {
				m := maps.Clone(base.facts)
				m[id] = v
				next = append(next, row{facts: m})
			}
		}
		rows = next
	}
	for i := range rows {
		out, _, err := prg.Eval(rows[i].facts)
		if err == nil {
			rows[i].yes, _ = out.Value().(bool)
		}
	}
	return rows, true
}

func (f FactVar) samples(said constants) []any {
	switch f.Type {
	case "bool":
		return []any{false, true}
	case "int":
		return around(0, said.numbers, 1)
	case "duration":
		return around(0, said.durations, time.Nanosecond)
	}
	out := []any{""}
	for _, v := range f.Values {
		out = append(out, v)
	}
	return out
}

func around[N int64 | time.Duration](zero N, named []N, step N) []any {
	all := []N{zero}
	for _, n := range named {
		all = append(all, n-step, n, n+step)
	}
	slices.Sort(all)
	var out []any
	for _, n := range slices.Compact(all) {
		if n >= 0 {
			out = append(out, n)
		}
	}
	return out
}

func (r *report) constant(at string, table []row) {
	yes := 0
	for _, t := range table {
		if t.yes {
			yes++
		}
	}
	if yes == 0 {
		r.add(at, "is false whatever the facts are")
	}
	if yes == len(table) {
		r.add(at, "is true whatever the facts are")
	}
}

// profiling refuses a rule that reads a protected attribute, unless it shuts a
// protection gate or opens a protection measure, and then proves by trying every
// combination that the attribute can only do that: it never opens the gate and
// never withholds the measure. Nationality is read only where law makes it an
// element of offence, jurisdiction or return.
func (r *report) profiling(at string, c Condition, facts map[string]*FactVar, read []string, table []row) {
	for _, id := range read {
		switch attribute := facts[id].Reads; {
		case attribute == "":
		case attribute == nationality:
			if !slices.Contains([]Aim{AimOffence, AimJurisdiction, AimReturn}, c.Aim) {
				r.add(at, "reads nationality (%s) outside offence, jurisdiction and return", id)
			}
			if c.Basis == "" || strings.HasPrefix(c.Basis, "none") {
				r.add(at, "reads nationality (%s) and names no law that makes it an element", id)
			}
		case c.Aim == AimGate:
			if against(table, id, facts[id], true) {
				r.add(at, "reads %s (%s) and could open the gate because of it", attribute, id)
			}
		case c.Aim == AimMeasure:
			if against(table, id, facts[id], false) {
				r.add(at, "reads %s (%s) and could withhold the measure because of it", attribute, id)
			}
		default:
			r.add(at, "profiles: reads %s (%s) and protects nobody", attribute, id)
		}
	}
}

// against looks for a combination where establishing the fact turns the rule to
// yes (opens) or to no (!opens), everything else equal. Only a yes-or-no fact
// can be judged so; any other kind counts as against.
func against(table []row, id string, f *FactVar, opens bool) bool {
	if f.Type != "bool" {
		return true
	}
	without := map[string]bool{}
	for _, t := range table {
		if t.facts[id] == false {
			without[rest(t.facts, id)] = t.yes
		}
	}
	for _, t := range table {
		if t.facts[id] == true && t.yes == opens && without[rest(t.facts, id)] != opens {
			return true
		}
	}
	return false
}

func rest(facts map[string]any, but string) string {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(facts)) {
		if k != but {
			b.WriteString(k + "=" + fmt.Sprint(facts[k]) + ";")
		}
	}
	return b.String()
}
