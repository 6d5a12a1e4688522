package consular

import (
	"testing"

	"github.com/oasiss/oasiss/internal/act/acttest"
)

// Every refusal, verb and code of this room has its words in both languages.
func TestEverythingHasItsWords(t *testing.T) {
	acttest.RefusalsHaveWords(t, 25)
	acttest.VerbsHaveWords(t, Verbs)
	acttest.CodesHaveWords(t, "consular.wish", Wishes...)
	acttest.CodesHaveWords(t, "consular.means", Means...)
	acttest.CodesHaveWords(t, "consular.need", Needs...)
}
