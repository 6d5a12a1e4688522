package intake

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/i18n"
)

func TestRefusalsAndVerbsHaveWords(t *testing.T) {
	acttest.RefusalsHaveWords(t, 20)
	acttest.VerbsHaveWords(t, Verbs)
}

// Faults are written by fault and Faults.add; each has its sentence too.
func TestFaultsHaveWords(t *testing.T) {
	code := regexp.MustCompile(`(?:fault|f\.add)\("(intake\.[a-z_]+)"`)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range code.FindAllStringSubmatch(string(raw), -1) {
			found[m[1]] = true
		}
	}
	if len(found) < 25 {
		t.Errorf("only %d codes found", len(found))
	}
	for c := range found {
		for _, key := range []string{"refusal." + c, "refusal." + c + ".next"} {
			if !i18n.Has(key) {
				t.Errorf("%s is not in both languages", key)
			}
		}
	}
	// and no text that no code says
	for _, key := range i18n.Keys(i18n.English, "refusal.intake.") {
		c := strings.TrimSuffix(strings.TrimPrefix(key, "refusal."), ".next")
		if !found[c] && !saidIn(files, c) {
			t.Errorf("%s is said by nothing", key)
		}
	}
}

func saidIn(files []string, code string) bool {
	for _, name := range files {
		if raw, err := os.ReadFile(name); err == nil && !strings.HasSuffix(name, "_test.go") && strings.Contains(string(raw), `"`+code+`"`) {
			return true
		}
	}
	return false
}
