package wire_test

import (
	"os"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/wire"
)

// TestSpecificationNamesEverything: docs/wire.md lists what an implementation
// of the other country must know by name.
func TestSpecificationNamesEverything(t *testing.T) {
	b, err := os.ReadFile("../docs/wire.md")
	must(t, err)
	page := string(b)
	want := []string{wire.Undertaking, wire.ProofFormat, wire.MethodPassword, wire.MethodPasskey,
		wire.VoidExpired, wire.VoidExpunged, wire.VoidRecalled, wire.TierNotice, wire.TierAnalysis, wire.TierReleased,
		wire.ChannelAgency, wire.ChannelLegalAssistance, wire.ChannelCourt, wire.MarkFree, wire.MarkConsent, wire.MarkNever}
	want = append(append(append(want, wire.Purposes...), wire.Lanes...), wire.Sections...)
	for _, w := range want {
		if !strings.Contains(page, "`"+w+"`") && !strings.Contains(page, `"`+w+`"`) {
			t.Errorf("docs/wire.md does not name %q", w)
		}
	}
	for _, c := range wire.Codes {
		if !strings.Contains(page, "\n| `"+string(c)+"` |") {
			t.Errorf("docs/wire.md has no row for code %q", c)
		}
	}
}
