package referral

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/i18n"
)

var codes = regexp.MustCompile(`refusal\.(?:New|Conflict)\("([a-z_.]+)"`)

// TestEveryRefusalAndVerbHasItsWords reads the codes off the source, so that a
// new one cannot be without a sentence and what to do next.
func TestEveryRefusalAndVerbHasItsWords(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no source", err)
	}
	found := 0
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range codes.FindAllSubmatch(text, -1) {
			found++
			for _, key := range []string{"refusal." + string(m[1]), "refusal." + string(m[1]) + ".next"} {
				if !i18n.Has(key) {
					t.Errorf("%s: %s has no words", f, key)
				}
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d codes found", found)
	}
	v := act.Verbs{}
	Verbs(v)
	for verb := range v {
		if !i18n.Has("verb." + verb) {
			t.Errorf("verb.%s has no words", verb)
		}
	}
}
