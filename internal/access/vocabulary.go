package access

import (
	"fmt"
	"io/fs"
	"slices"
	"sort"

	"go.yaml.in/yaml/v3"
)

// See is the verb of every read; what may be seen is decided by the type of
// the thing. Acts have the verb of their command.
const See = "see"

// vocabulary is policies/vocabulary.yaml: the groups that policies speak of.
type vocabulary struct {
	verbs map[string][]string // verb → groups of verbs
	types map[string][]string // type → groups of things
}

func loadVocabulary(files fs.FS) (*vocabulary, error) {
	raw, err := fs.ReadFile(files, "policies/vocabulary.yaml")
	if err != nil {
		return nil, fmt.Errorf("vocabulary: %w", err)
	}
	var doc struct {
		Verbs  map[string][]string `yaml:"verbs"`
		Things map[string][]string `yaml:"things"`
	}
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		return nil, fmt.Errorf("vocabulary: %w", err)
	}
	v := &vocabulary{verbs: inverted(doc.Verbs), types: inverted(doc.Things)}
	v.verbs[See] = nil
	return v, nil
}

// inverted turns group → members into member → groups, sorted.
func inverted(groups map[string][]string) map[string][]string {
	out := map[string][]string{}
	for group, members := range groups {
		for _, m := range members {
			out[m] = append(out[m], group)
		}
	}
	for _, g := range out {
		sort.Strings(g)
	}
	return out
}

func (v *vocabulary) knows(verb, typ string) bool {
	_, knownVerb := v.verbs[verb]
	_, knownType := v.types[typ]
	return knownVerb && knownType
}

// Verbs lists every verb that a policy covers, sorted. A command whose verb is
// not among them can never be done.
func (p *Policies) Verbs() []string {
	out := make([]string, 0, len(p.words.verbs))
	for v := range p.words.verbs {
		out = append(out, v)
	}
	sort.Strings(out)
	return out
}

// Types lists every type of thing that policies know, sorted.
func (p *Policies) Types() []string {
	out := make([]string, 0, len(p.words.types))
	for t := range p.words.types {
		out = append(out, t)
	}
	sort.Strings(out)
	return out
}

// Covers reports whether a verb belongs to a group that policies speak of.
func (p *Policies) Covers(verb string) bool {
	_, ok := p.words.verbs[verb]
	return ok
}

// CaseBound reports whether things of a type are known to member offices only.
func (p *Policies) CaseBound(typ string) bool {
	return slices.Contains(p.words.types[typ], "case_bound")
}
