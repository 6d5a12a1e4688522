package protection

import (
	"testing"

	"github.com/oasiss/oasiss/internal/act/acttest"
)

// Every refusal, verb and code of this room has its words in both languages.
func TestEverythingHasItsWords(t *testing.T) {
	acttest.RefusalsHaveWords(t, 35)
	acttest.VerbsHaveWords(t, Verbs)
	acttest.CodesHaveWords(t, "protection.topic", Topics...)
	acttest.CodesHaveWords(t, "protection.answer", Answers...)
	acttest.CodesHaveWords(t, "protection.outcome", Done, CannotBeDone)
	acttest.CodesHaveWords(t, "protection.cause", Causes...)
	acttest.CodesHaveWords(t, "protection.category", Categories...)
	acttest.CodesHaveWords(t, "protection.need", Needs...)
}
