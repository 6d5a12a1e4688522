package packet

import (
	"testing"

	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/wire"
)

// Every refusal, verb and code of this room has its words in both languages.
func TestEverythingHasItsWords(t *testing.T) {
	acttest.RefusalsHaveWords(t, 7)
	acttest.CodesHaveWords(t, "packet.line", LinePresent, LineDeclared, LineMissing, LineOptional)
	acttest.CodesHaveWords(t, "packet.omitted", omissions...)
	acttest.CodesHaveWords(t, "packet.ground", GroundSuspect, "consent")
	acttest.CodesHaveWords(t, "section.empty", "none_recorded", "none_known", "nothing_left_out", "none_relied_on", emptyUnstated)
	acttest.CodesHaveWords(t, "packet.exculpatory", exculpatoryKinds...)
	acttest.CodesHaveWords(t, "packet.tier", wire.TierNotice, wire.TierAnalysis, wire.TierReleased)
}
