package web

import (
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/program"
)

// TestADoubtSaysOfWhichOffence: “in force since: not established” alone tells a
// prosecutor nothing.
func TestADoubtSaysOfWhichOffence(t *testing.T) {
	all := program.Assessment{NotInForce: []string{"mx-lm-159-i"}, NotEstablished: []string{"mx-lm-159-i"}, Unverified: []string{"mx-lm-159-i"}, Favourable: []string{"mx-lm-159-i"}}.Doubts()
	if len(all) != 4 {
		t.Fatalf("%d doubts", len(all))
	}
	o, ok := program.OffenceByID(all[0].Offence)
	if !ok {
		t.Fatalf("no offence %q", all[0].Offence)
	}
	for _, l := range i18n.Languages() {
		for _, d := range all {
			n := (&request{lang: l}).doubt(d)
			if strings.Count(n.Title+" "+n.Text, o.Name(l)) != 1 {
				t.Errorf("in %s: %q, %q does not say once that it is of %q", l, n.Title, n.Text, o.Name(l))
			}
		}
	}
}
