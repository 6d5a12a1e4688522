package file

import (
	"testing"

	"github.com/oasiss/oasiss/internal/act/acttest"
)

// Every refusal and verb of this room has its words in both languages.
func TestEverythingHasItsWords(t *testing.T) {
	acttest.RefusalsHaveWords(t, 8)
	acttest.VerbsHaveWords(t, Verbs)
}
