package evidence

import (
	"testing"

	"github.com/oasiss/oasiss/internal/act/acttest"
)

// Every refusal, verb and code of this room has its words in both languages.
func TestEverythingHasItsWords(t *testing.T) {
	acttest.RefusalsHaveWords(t, 15)
	acttest.VerbsHaveWords(t, Verbs)
	for _, l := range []list{bases, sources, informations, steps, conditions} {
		acttest.CodesHaveWords(t, "exhibit."+l.name, l.codes...)
	}
	acttest.CodesHaveWords(t, "exhibit.gap", gapCodes...)
	for _, k := range Kinds() {
		acttest.CodesHaveWords(t, "exhibit.kind", k.ID)
		if k.NIEM == "" || k.CASE == "" {
			t.Errorf("%s has no name in the vocabularies of exchange", k.ID)
		}
	}
}
