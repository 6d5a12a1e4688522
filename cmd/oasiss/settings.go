package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"
)

// settingsFile is a YAML file with settings of a node: the flags of its own
// verbs that the environment may give, too, by their names. The call's words go
// before the environment, the environment before the file, the file before what
// is built in.
type settingsFile struct {
	path   string
	values map[string]any // by name
	byEnv  map[string]any // by the variable of the environment, which a setting has alone
}

// settingsEnv names the file where --config does not.
const settingsEnv = "OASISS_CONFIG"

// settings reads the file that a call names; nil if it names none.
func settings(args []string, env func(string) string) (*settingsFile, error) {
	path := env(settingsEnv)
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, "--config="); ok {
			path = v
		} else if a == "--config" && i+1 < len(args) {
			path = args[i+1]
		}
	}
	if path == "" {
		return nil, nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, misuse("no_file", "A", "--config", "B", path)
	}
	f := &settingsFile{path: path}
	if err := yaml.Unmarshal(b, &f.values); err != nil {
		return nil, misuse("not_settings", "A", path)
	}
	return f, nil
}

// Validate implements kong.Resolver; settle has looked at the names already.
func (*settingsFile) Validate(*kong.Application) error { return nil }

// settle finds the settings that the file's names are of. A name that no
// setting has is a mistake of typing, and never passed over. It is done before
// a call is parsed.
func (f *settingsFile) settle(app *kong.Application) error {
	known := nodeSettings(app)
	f.byEnv = map[string]any{}
	for name, v := range f.values {
		i := slices.IndexFunc(known, func(s setting) bool { return s.flag.Name == name })
		if i < 0 {
			return misuse("no_setting", "A", name, "B", f.path)
		}
		f.byEnv[known[i].flag.Envs[0]] = v
	}
	return nil
}

// Resolve implements kong.Resolver.
func (f *settingsFile) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if len(flag.Envs) == 0 {
		return nil, nil
	}
	v, ok := f.byEnv[flag.Envs[0]]
	if !ok {
		return nil, nil
	}
	if _, set := os.LookupEnv(flag.Envs[0]); set {
		return nil, nil
	}
	if list, ok := v.([]any); ok {
		words := make([]string, len(list))
		for i, x := range list {
			words[i] = fmt.Sprint(x)
		}
		return strings.Join(words, ","), nil
	}
	return fmt.Sprint(v), nil
}

// setting is a flag that the environment and the file may give, with the verbs
// that take it.
type setting struct {
	flag  *kong.Flag
	verbs []string
}

// nodeSettings lists the settings of a node's own verbs: of those that name
// its data folder. What has one variable of the environment is one setting,
// whichever verbs take it.
func nodeSettings(app *kong.Application) (out []setting) {
	for _, n := range nodeVerbs(app) {
		for _, f := range n.Flags {
			if len(f.Envs) == 0 || f.Envs[0] == settingsEnv {
				continue
			}
			verb := strings.TrimSpace(strings.TrimPrefix(path(n, app.Node), app.Name))
			if i := slices.IndexFunc(out, func(s setting) bool { return s.flag.Envs[0] == f.Envs[0] }); i >= 0 {
				out[i].verbs = append(out[i].verbs, verb)
				continue
			}
			out = append(out, setting{f, []string{verb}})
		}
	}
	return out
}

// nodeVerbs are the verbs that work on a node's folders, serve first: it takes
// most.
func nodeVerbs(app *kong.Application) (out []*kong.Node) {
	for _, n := range app.Leaves(true) {
		if slices.ContainsFunc(n.Flags, func(f *kong.Flag) bool { return slices.Contains(f.Envs, "OASISS_DATA") }) {
			out = append(out, n)
		}
	}
	slices.SortStableFunc(out, func(a, b *kong.Node) int {
		switch "serve" {
		case a.Name:
			return -1
		case b.Name:
			return 1
		}
		return 0
	})
	return out
}
