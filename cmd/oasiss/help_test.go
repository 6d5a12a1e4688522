package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/node"
)

// each visits a command line's nodes with their arguments and flags.
func each(n *kong.Node, f func(where, help string)) {
	f(n.FullPath(), n.Help)
	for _, p := range n.Positional {
		f(n.FullPath()+" "+p.Name, p.Help)
	}
	for _, flag := range n.Flags {
		if flag.Name != "help" { // the parser's own, named by speak
			f(n.FullPath()+" --"+flag.Name, flag.Help)
		}
	}
	for _, c := range n.Children {
		each(c, f)
	}
}

func TestEveryHelpTextIsInBothLanguages(t *testing.T) {
	parser, err := kong.New(&root{}, append([]kong.Option{kong.Name("oasiss"), kong.Description("cli.verb.oasiss"),
		kong.Vars{"lang": "en", "home": "home"}}, areas(nil)...)...)
	if err != nil {
		t.Fatal(err)
	}
	visited := 0
	each(parser.Model.Node, func(where, help string) {
		visited++
		if key := strings.TrimSuffix(strings.TrimSuffix(help, asJSON), asList); !i18n.Has(key) {
			t.Errorf("%s: the text %q is not in both languages", where, key)
		}
	})
	if visited < 500 {
		t.Errorf("only %d texts were looked at", visited)
	}
}

func TestEveryFieldOfEveryCommandIsExplained(t *testing.T) {
	for verb, fresh := range node.Verbs() {
		for _, f := range commandFields(reflect.TypeOf(fresh()).Elem()) {
			if key := act.HelpKey(verb, jsonName(f)); !i18n.Has(key) {
				t.Errorf("%s: the field %s has no text %s in both languages", verb, jsonName(f), key)
			}
		}
	}
}

func TestNoVerbTakesAFlagThatEveryCallHas(t *testing.T) {
	_, parser, err := commandLine(i18n.English, nil, io.Discard, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	global := map[string]bool{}
	for _, f := range parser.Model.Flags {
		global[f.Name] = true
		if !slices.Contains(everyCall, f.Name) {
			t.Errorf("--%s is a flag of every call and not in everyCall", f.Name)
		}
	}
	for _, n := range parser.Model.Leaves(false) {
		for _, f := range n.Flags {
			if global[f.Name] {
				t.Errorf("%s --%s hides a flag of every call", n.FullPath(), f.Name)
			}
		}
	}
}

func TestHelpSpeaksTheLanguageAskedFor(t *testing.T) {
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"referral", "decline", "--help"}, []string{"Usage: oasiss referral decline [<referral>] [options]", "Id of the referral."}},
		{[]string{"--lang=es", "referral", "decline", "--help"}, []string{"Uso: oasiss referral decline [<referral>] [opciones]", "Id de la remisión."}},
		{[]string{"referral", "decline", "--help", "--lang", "es"}, []string{"Uso:", "Mostrar esta ayuda."}},
		{[]string{"case", "--help", "--lang=es"}, []string{"<verbo>", "Verbos:", "Vea oasiss case VERBO --help"}},
	} {
		var out, errOut bytes.Buffer
		if code := run(context.Background(), c.args, nil, &out, &errOut); code != exitOK {
			t.Errorf("%v: exit code %d: %s", c.args, code, errOut.String())
		}
		for _, w := range c.want {
			if !strings.Contains(out.String(), w) {
				t.Errorf("%v: %q is not in\n%s", c.args, w, out.String())
			}
		}
	}
}

func TestAMisusedCallGetsASentenceInTheLanguageAskedFor(t *testing.T) {
	t.Setenv("OASISS_LANG", "es")
	for _, c := range []struct{ call, want string }{
		{"case lits", "“lits” no tiene sentido aquí. Lo más parecido es list."},
		{"case list --limmit 3", "No hay ninguna opción --limmit aquí. La más parecida es --limit."},
		{"case list --zzzzzzzz", "No hay ninguna opción --zzzzzzzz aquí."},
		{"case show", "Falta <case>."},
		{"init --node us", "Falta lo siguiente: --country"},
		{"case", "Falta un verbo"},
		{"referral list --side middle", "--side admite uno de éstos"},
		{"login https://x --name n --ca /nowhere.pem", "no hay un archivo /nowhere.pem"},
		{"case list --limit many", "--limit admite un número, no many."},
		{"case add-event --group-size x c", "admite un número"},
		{"referral schedule-hand-over --at tomorrow r", "--at no admite “tomorrow”"},
		{"referral compose --facts words r", "--facts admite JSON"},
	} {
		var out, errOut bytes.Buffer
		if code := run(context.Background(), strings.Fields(c.call), nil, &out, &errOut); code != exitUsage {
			t.Errorf("%s: exit code %d", c.call, code)
		}
		if !strings.Contains(errOut.String(), c.want) {
			t.Errorf("%s: said %q, want %q", c.call, errOut.String(), c.want)
		}
	}
}

func TestEveryMisuseHasWords(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]bool{}
	for _, p := range parserSays {
		codes[p.code] = true
	}
	said := regexp.MustCompile(`misuse\("([a-z_]+)"`)
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range said.FindAllStringSubmatch(string(src), -1) {
			codes[m[1]] = true
		}
	}
	if len(codes) < 12 {
		t.Errorf("only %d codes were found", len(codes))
	}
	for code := range codes {
		for _, key := range []string{"cli.usage." + code, "cli.usage." + code + ".next"} {
			if !i18n.Has(key) {
				t.Errorf("there is no text %s in both languages", key)
			}
		}
	}
}

// TestEveryVerbHelpsAndSaysNo walks over all verbs: each has help and exits
// well; asked with nothing and nobody signed in, each says no as one object of
// JSON, with the exit code of a no or of a misuse.
func TestEveryVerbHelpsAndSaysNo(t *testing.T) {
	_, parser, err := commandLine(i18n.English, nil, io.Discard, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	t.Setenv("OASISS_HOME", t.TempDir())
	call := func(words ...string) (code int, out, errOut string) {
		var o, e bytes.Buffer
		code = run(context.Background(), words, strings.NewReader(""), &o, &e)
		return code, o.String(), e.String()
	}
	works := []string{"demo", "openapi", "reference", "version"} // need nothing; the demo has tests of its own
	verbs := parser.Model.Leaves(true)
	if len(verbs) < 100 {
		t.Errorf("only %d verbs were looked at", len(verbs))
	}
	for _, n := range verbs {
		verb := strings.Fields(n.Path())
		if code, out, _ := call(append(slices.Clone(verb), "--help")...); code != exitOK || !strings.Contains(out, "Usage: oasiss "+strings.Join(verb, " ")) {
			t.Errorf("%v --help: exit code %d: %s", verb, code, out)
		}
		if slices.Contains(works, verb[0]) {
			continue
		}
		code, out, said := call(append(slices.Clone(verb), "--json")...)
		var no struct{ Code, Title string }
		if err := json.Unmarshal([]byte(said), &no); err != nil || no.Code == "" || no.Title == "" || code != exitUsage && code != exitRefused || out != "" {
			t.Errorf("%v --json: exit code %d, said %q: %v", verb, code, said, err)
		}
	}
}
