package node

import (
	"testing"

	"github.com/oasiss/oasiss/internal/access"
)

// A command whose verb stands in no group of the policies could never be
// taken.
func TestEveryVerbIsKnownToThePolicies(t *testing.T) {
	p, err := access.LoadPolicies()
	if err != nil {
		t.Fatal(err)
	}
	verbs := Verbs()
	if len(verbs) < 80 {
		t.Errorf("only %d verbs", len(verbs))
	}
	for verb, fresh := range verbs {
		if !p.Covers(verb) {
			t.Errorf("%s stands in no group of the policies", verb)
		}
		if got := fresh().Verb(); got != verb {
			t.Errorf("%s makes a command of %s", verb, got)
		}
	}
	if p.Covers("weather.tell") {
		t.Error("an unknown verb is covered")
	}
}
