package test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestWhatSecuritySaysIsShownByATestThatExists holds that each test which
// SECURITY.md and its Spanish text name is there under that name.
func TestWhatSecuritySaysIsShownByATestThatExists(t *testing.T) {
	tests := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func (?:Test|Fuzz)([A-Za-z0-9]+)\(`)
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && (strings.HasPrefix(d.Name(), ".") && d.Name() != ".." || d.Name() == "node_modules") {
			return fs.SkipDir
		}
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		src, err := os.ReadFile(path)
		for _, m := range declared.FindAllSubmatch(src, -1) {
			tests[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	name := regexp.MustCompile(`\b(?:[A-Z][a-z0-9]*){3,}\b`) // three words or more, written as one
	for _, file := range []string{"../SECURITY.md", "../docs/seguridad.md"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		said := 0
		for _, in := range regexp.MustCompile(`\([^()]*\)`).FindAllString(string(text), -1) {
			for _, n := range name.FindAllString(in, -1) {
				if strings.ToUpper(n) == n {
					continue // letters that stand for words
				}
				said++
				if !tests[n] {
					t.Errorf("%s rests on a test %s that is not there", file, n)
				}
			}
		}
		if said < 20 {
			t.Errorf("%s names only %d tests", file, said)
		}
	}
}
