package intake

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
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
		_, rest, _ := strings.Cut(text, "```yaml\n")
		first, _, _ := strings.Cut(rest, "```")
		if m := mapping(t, first); m.Target != TargetStatistics {
			t.Errorf("docs/%s begins with a mapping for %s", name, m.Target)
		}
	}
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
