package retention

import (
	"testing"

	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/program"
)

// Every refusal, verb and code of this room has its words in both languages.
func TestEverythingHasItsWords(t *testing.T) {
	acttest.RefusalsHaveWords(t, 8)
	acttest.VerbsHaveWords(t, Verbs)
	acttest.CodesHaveWords(t, "retention.what", program.KeptCase, program.KeptPerson, keptReferral, program.KeptAlert)
	acttest.CodesHaveWords(t, "retention.state", program.KeptRunning, program.ReviewDue, program.PurgeDue)
	acttest.CodesHaveWords(t, "retention", OutcomeExpunged, OutcomeRetained)
}
