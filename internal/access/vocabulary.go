package access

import (
	"fmt"
	"io/fs"
	"slices"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"
)

// See is the verb of every read; what may be seen is decided by the type of
// the thing. Acts have the verb of their command.
const See = "see"

// vocabulary is policies/vocabulary.yaml: the groups that policies speak of.
type vocabulary struct {
	verbs map[string][]string // verb, or "area.*" → groups of verbs
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

// groups gives the groups of a verb: its own where it is named, otherwise
// those of its area.
func (v *vocabulary) groups(verb string) ([]string, bool) {
	if g, ok := v.verbs[verb]; ok {
		return g, true
	}
	area, _, _ := strings.Cut(verb, ".")
	g, ok := v.verbs[area+".*"]
	return g, ok
}

// Covers reports whether policies speak of a verb. A command whose verb is not
// covered can never be done.
func (p *Policies) Covers(verb string) bool {
	_, ok := p.words.groups(verb)
	return ok
}

// Verbs lists the verbs and areas ("area.*") that policies speak of, sorted.
func (p *Policies) Verbs() []string { return keys(p.words.verbs) }

// Types lists every type of thing that policies know, sorted.
func (p *Policies) Types() []string { return keys(p.words.types) }

// CaseBound reports whether things of a type are known to member offices only.
func (p *Policies) CaseBound(typ string) bool {
	return slices.Contains(p.words.types[typ], "case_bound")
}

func keys(m map[string][]string) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
