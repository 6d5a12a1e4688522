package redress

import (
	"testing"

	"github.com/oasiss/oasiss/internal/act/acttest"
)

// Every refusal, verb and code of this room has its words in both languages.
func TestEverythingHasItsWords(t *testing.T) {
	acttest.RefusalsHaveWords(t, 15)
	acttest.VerbsHaveWords(t, Verbs)
	acttest.CodesHaveWords(t, "redress.bringer", Bringers...)
	acttest.CodesHaveWords(t, "redress.check", Checks...)
	acttest.CodesHaveWords(t, "redress.outcome", Outcomes...)
}
