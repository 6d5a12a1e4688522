package program

import (
	"fmt"
	"io/fs"
	"slices"
)

// without names what a procedure leaves out of the one it is built on.
type without struct {
	Facts      []string `yaml:"facts"`
	Conditions []string `yaml:"conditions"`
	Forms      []string `yaml:"forms"`
	Reasons    []string `yaml:"reasons"`
	Eligible   []string `yaml:"eligibility"`
	Packet     []string `yaml:"packet"`
}

// carried gives the decoded file of a procedure that the software carries.
func carried(id string) (*Procedure, error) {
	src, err := data.ReadFile("data/procedures/" + id + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("it is built on %q, which is not carried: %w", id, fs.ErrNotExist)
	}
	p := &Procedure{}
	return p, decode(src, p)
}

// build completes a procedure that says only how it differs from another: what
// has a name of the base's takes its place, what is new comes after it, and
// what "without" names is left out. A base is written out in full.
func (p *Procedure) build(base func(id string) (*Procedure, error)) error {
	if p.BuiltOn == "" {
		return nil
	}
	b, err := base(p.BuiltOn)
	if err != nil {
		return err
	}
	if b.BuiltOn != "" {
		return fmt.Errorf("it is built on %s, which is built on another itself", b.ID)
	}
	m := merging{}
	p.Tracks = merge(&m, "track", b.Tracks, p.Tracks, nil, func(t Track) string { return t.ID })
	p.Facts = merge(&m, "fact", b.Facts, p.Facts, p.Without.Facts, func(f FactVar) string { return f.ID })
	p.Conditions = merge(&m, "condition", b.Conditions, p.Conditions, p.Without.Conditions, func(c Condition) string { return c.ID })
	p.Forms = merge(&m, "form", b.Forms, p.Forms, p.Without.Forms, func(f Form) string { return f.ID })
	p.Reasons = merge(&m, "reason", b.Reasons, p.Reasons, p.Without.Reasons, func(x Reason) string { return x.ID })
	p.Steps = merge(&m, "step", b.Steps, p.Steps, nil, func(s StepRule) string { return s.ID })
	p.Crossings = merge(&m, "crossing", b.Crossings, p.Crossings, nil, func(c Crossing) string { return fmt.Sprint(c.Sender, c.Receiver, c.Forms) })
	p.Warnings = merge(&m, "warning", b.Warnings, p.Warnings, nil, func(w Warning) string { return w.ID })
	p.Timers = merge(&m, "clock", b.Timers, p.Timers, nil, func(t Timer) string { return t.Clock })
	p.Eligible = merge(&m, "eligibility check", b.Eligible, p.Eligible, p.Without.Eligible, func(c Check) string { return c.ID })
	p.Packet = merge(&m, "packet check", b.Packet, p.Packet, p.Without.Packet, func(c Check) string { return c.ID })
	return m.err
}

// merging keeps the first fault of a merge.
type merging struct{ err error }

// merge puts own over base by name. To leave out what the base does not have is
// a fault of the file: the rule it names has been renamed or is gone.
func merge[T any](m *merging, kind string, base, own []T, left []string, key func(T) string) []T {
	at := func(id string) int { return slices.IndexFunc(base, func(v T) bool { return key(v) == id }) }
	for _, id := range left {
		if at(id) < 0 && m.err == nil {
			m.err = fmt.Errorf("it leaves out %s %q, which its base does not have", kind, id)
		}
	}
	out := slices.Clone(base)
	for _, v := range own {
		if i := at(key(v)); i >= 0 {
			out[i] = v
		} else {
			out = append(out, v)
		}
	}
	return slices.DeleteFunc(out, func(v T) bool { return slices.Contains(left, key(v)) })
}
