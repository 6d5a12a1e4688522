package decoy

import (
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/i18n"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// What a touch is, and who can tell, is held over the real doors in
// test/decoy_test.go.
func TestEverythingHasWords(t *testing.T) {
	acttest.VerbsHaveWords(t, Verbs)
	acttest.CodesHaveWords(t, "decoy.state", StateProposed, StateUnfit, StateStands, StateEnded)
	acttest.RefusalsHaveWords(t, 5)
}

// TestWhatSoundsIsDone: each act and look that sounds is one that the house has.
func TestWhatSoundsIsDone(t *testing.T) {
	for _, verb := range touching {
		key := "verb." + verb
		if look, is := strings.CutPrefix(verb, "view."); is {
			key = "looked." + look
		}
		if !i18n.Has(key) {
			t.Errorf("nobody does %s", verb)
		}
	}
}
