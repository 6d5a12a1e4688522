package web

import (
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/packet"
)

// TestASupplementSaysItsNextStep: until something that was found is told, the
// note says what is to be done now, not what was done already.
func TestASupplementSaysItsNextStep(t *testing.T) {
	now := time.Date(2026, 6, 9, 12, 0, 0, 0, time.UTC)
	sent := packet.VersionView{N: 1, Approved: now, Sent: now}
	for _, of := range []struct {
		versions []packet.VersionView
		verb     string
	}{
		{[]packet.VersionView{sent}, "referral.compose"},
		{[]packet.VersionView{sent, {N: 2}}, "referral.approve"},
		{[]packet.VersionView{sent, {N: 2, Approved: now}}, "referral.supplement"},
		{[]packet.VersionView{sent, {N: 2, Approved: now, Sent: now}}, "referral.compose"}, // and something more was found
	} {
		verb, words := supplementStep(of.versions)
		if verb != of.verb {
			t.Errorf("after %d versions: %s, not %s", len(of.versions), verb, of.verb)
		}
		for _, key := range []string{"supplement.task." + words, "verb." + verb} {
			if !i18n.Has(key) {
				t.Errorf("no text %s", key)
			}
		}
	}
}
