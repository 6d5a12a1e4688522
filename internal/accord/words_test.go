package accord

import (
	"testing"

	"github.com/oasiss/oasiss/internal/act/acttest"
)

// Every refusal, verb and code of this room has its words in both languages.
func TestEverythingHasItsWords(t *testing.T) {
	acttest.RefusalsHaveWords(t, 12)
	acttest.VerbsHaveWords(t, Verbs)
	acttest.CodesHaveWords(t, "accord.status", string(StatusProposed), string(StatusInForce), string(StatusSuspended), string(StatusEnded))
}
