package test

import (
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
