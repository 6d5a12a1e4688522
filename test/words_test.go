package test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/node"
)

// TestEveryKindHasWords holds the journal's and the link's pages to words: no
// kind of fact is shown by its code.
func TestEveryKindHasWords(t *testing.T) {
	for _, kind := range node.Kinds(nil).Names() {
		if !i18n.Has("kind." + kind) {
			t.Errorf("kind.%s has no words", kind)
		}
	}
}

// look is a read of the house by the name under which it stands in the journal.
var look = regexp.MustCompile(`act\.View\([^"\n]*, "([a-z_.]+)",`)

// TestEveryLookHasWords: who reads who saw what reads no code for what was done.
func TestEveryLookHasWords(t *testing.T) {
	found := 0
	err := filepath.WalkDir("../internal", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range look.FindAllSubmatch(source, -1) {
			found++
			if name := string(m[1]); !i18n.Has("looked."+name) && !i18n.Has("verb."+name) {
				t.Errorf("%s: looked.%s has no words", path, name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 60 {
		t.Errorf("%d reads were found", found)
	}
}
