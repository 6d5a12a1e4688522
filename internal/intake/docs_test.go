package intake

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/program"
)

// TestTheLanguageIsDocumented holds the guides against the code: every field
// of the language is named in both, and their first mapping can be used.
func TestTheLanguageIsDocumented(t *testing.T) {
	fields := map[string]bool{"column": true, "required": true, "thousands": true, "fiscal_start": true}
	collect(reflect.TypeFor[Mapping](), fields)
	if len(fields) < 50 {
		t.Errorf("only %d fields found", len(fields))
	}
	for _, name := range []string{"import.md", "import.es.md"} {
		raw, err := os.ReadFile(filepath.Join("..", "..", "docs", name))
		if err != nil {
			t.Fatal(err)
		}
		text := string(raw)
		words := map[string]bool{}
		for _, w := range strings.FieldsFunc(text, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') }) {
			words[w] = true
		}
		for f := range fields {
			if !words[f] {
				t.Errorf("docs/%s does not speak of %s", name, f)
			}
		}
		for _, code := range closed() {
			if !strings.Contains(text, "`"+code+"`") {
				t.Errorf("docs/%s does not give the code %s", name, code)
			}
		}
		_, rest, _ := strings.Cut(text, "```yaml\n")
		first, _, _ := strings.Cut(rest, "```")
		if m := mapping(t, first); m.Target != TargetStatistics {
			t.Errorf("docs/%s begins with a mapping for %s", name, m.Target)
		}
	}
}

// closed lists the codes that a mapping for cases must bring values to.
func closed() []string {
	out := slices.Concat(casefile.Codes("source"), casefile.Schemes())
	for _, m := range program.Modes() {
		out = append(out, m.ID)
	}
	for _, w := range slices.Concat(program.PersonRoles(), program.Functions()) {
		out = append(out, w.ID)
	}
	return slices.DeleteFunc(out, func(c string) bool { return c == "passport" }) // written with its country
}

// collect lists the names of the language.
func collect(t reflect.Type, into map[string]bool) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() {
			continue
		}
		if name := f.Tag.Get("yaml"); name != "" {
			into[name] = true
		}
		collect(f.Type, into)
	}
}
