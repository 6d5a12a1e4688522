package casefile

import (
	"testing"

	"github.com/oasiss/oasiss/internal/act/acttest"
)

// Every refusal, verb and code of this room has its words in both languages.
func TestEverythingHasItsWords(t *testing.T) {
	acttest.RefusalsHaveWords(t, 60)
	acttest.VerbsHaveWords(t, Verbs)
	for _, list := range Lists() {
		acttest.CodesHaveWords(t, "casefile."+list, Codes(list)...)
	}
	acttest.CodesHaveWords(t, "casefile.unsaid", unsaidCodes...)
	acttest.CodesHaveWords(t, "casefile.identification", attackCodes...)
	acttest.CodesHaveWords(t, "casefile.status", StatusOpen, StatusClosed, StatusForgotten)
	acttest.CodesHaveWords(t, "casefile.business", string(businessReferral), string(businessAppeal))
	acttest.CodesHaveWords(t, "casefile.forget_what", forgetPerson, forgetCase)
	acttest.CodesHaveWords(t, "casefile.class", string(Protected), string(Suspect), string(Official))
	acttest.CodesHaveWords(t, "casefile.age", string(Adult), string(Child), string(Doubt))
}
