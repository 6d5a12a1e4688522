package program

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed data
var data embed.FS

// decode reads a YAML document strictly: an unknown field is an error, so that
// a misspelt rule cannot be silently ignored.
func decode(src []byte, into any) error {
	d := yaml.NewDecoder(bytes.NewReader(src))
	d.KnownFields(true)
	return d.Decode(into)
}

// read loads one of the package's own files. A failure is a fault of the build
// that every test run would show, so it panics.
func read[T any](file string) T {
	var v T
	src, err := data.ReadFile("data/" + file)
	if err == nil {
		err = decode(src, &v)
	}
	if err != nil {
		panic(fmt.Sprintf("program: %s: %v", file, err))
	}
	return v
}

// ParseProcedure reads a procedure file, completes it from the one it is built
// on and indexes it. It refuses what cannot be read at all; what can be read
// and is wrong is for Lint.
func ParseProcedure(src []byte) (*Procedure, error) {
	p := &Procedure{}
	if err := decode(src, p); err != nil {
		return nil, fmt.Errorf("procedure: %w", err)
	}
	if err := p.build(carried); err != nil {
		return nil, fmt.Errorf("procedure %s: %w", p.ID, err)
	}
	if err := p.index(); err != nil {
		return nil, fmt.Errorf("procedure %s: %w", p.ID, err)
	}
	return p, nil
}

// index builds the lookups and compiles the conditions.
func (p *Procedure) index() error {
	p.tracks, p.steps = map[string]*Track{}, map[string]*StepRule{}
	p.forms, p.reasons = map[string]*Form{}, map[string]*Reason{}
	p.conds, p.facts = map[string]*Condition{}, map[string]*FactVar{}
	p.precede = map[[2]string]Side{}
	for i := range p.Tracks {
		p.tracks[p.Tracks[i].ID] = &p.Tracks[i]
	}
	for i := range p.Forms {
		p.forms[p.Forms[i].ID] = &p.Forms[i]
	}
	for i := range p.Reasons {
		p.reasons[p.Reasons[i].ID] = &p.Reasons[i]
	}
	for i := range p.Conditions {
		p.conds[p.Conditions[i].ID] = &p.Conditions[i]
	}
	for i := range p.Facts {
		p.facts[p.Facts[i].ID] = &p.Facts[i]
	}
	for i := range p.Steps {
		s := &p.Steps[i]
		p.steps[s.ID] = s
		if p.first == "" && s.Released && s.Owner.Side == Sender {
			p.first = s.ID
		}
		for _, id := range s.Conditions {
			if p.conds[id] == nil {
				return fmt.Errorf("step %s: condition %q is not declared", s.ID, id)
			}
		}
		for _, id := range s.Forms {
			if p.forms[id] == nil {
				return fmt.Errorf("step %s: form %q is not declared", s.ID, id)
			}
		}
	}
	for _, c := range p.Crossings {
		for _, a := range c.Sender {
			for _, b := range c.Receiver {
				p.precede[[2]string{a, b}] = c.First
			}
		}
	}
	var err error
	p.evaluator, err = newEvaluator(p.Facts, p.Conditions)
	return err
}

var loadProcedures = sync.OnceValue(func() []*Procedure {
	var out []*Procedure
	err := fs.WalkDir(data, "data/procedures", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".yaml") {
			return err
		}
		src, err := data.ReadFile(name)
		if err != nil {
			return err
		}
		p, err := ParseProcedure(src)
		if err != nil {
			return fmt.Errorf("%s: %w", path.Base(name), err)
		}
		out = append(out, p)
		return nil
	})
	if err != nil {
		panic(fmt.Sprintf("program: %v", err)) // compiled in: a broken file is a broken build
	}
	return out
})

// Procedures lists the procedures that the software carries, by id.
func Procedures() []*Procedure { return slices.Clone(loadProcedures()) }

// ProcedureByID finds a procedure.
func ProcedureByID(id string) (*Procedure, bool) {
	for _, p := range loadProcedures() {
		if p.ID == id {
			return p, true
		}
	}
	return nil, false
}
