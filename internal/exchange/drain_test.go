package exchange_test

import (
	"testing"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/wire"
)

// A peer that was down finds all that was meant for it, in order, though both
// nodes start again while the queue drains: 500 messages in the suite, 5,000 in
// a soak.
func TestDrainAfterThePeerWasDown(t *testing.T) {
	want := numbered(500)
	if soaking() {
		want = numbered(5000)
	}
	for way, makes := range map[string]making{"both dial": pair, "one dials": oneDials} {
		t.Run(way, func(t *testing.T) {
			us, mx := makes(t)
			mx.server.Close() //nolint:errcheck // down
			us.start()
			var facts []journal.Fact
			for _, text := range want {
				facts = append(facts, &note{Envelope: journal.Envelope{Case: "case-1", Referral: "ref-1", To: wire.Address{Node: "mx"}}, Text: text})
			}
			us.enter(wire.PurposeProsecution, facts...)
			if n := us.queued(mx); n != int64(len(want)) {
				t.Fatalf("%d queued", n)
			}
			mx.restart()
			eventually(t, "some have arrived", func() bool { return len(mx.texts()) > 0 })
			mx.restart()
			us.restart()
			settled(t, us, mx, want)
			eventually(t, "cosigned to the last fact", func() bool {
				return us.state(mx).Cosigned.Size == int64(us.count(`SELECT COUNT(*) FROM fact`)) && us.state(mx).Problem == ""
			})
			if n := us.count(`SELECT COUNT(*) FROM link_alarm`) + mx.count(`SELECT COUNT(*) FROM link_alarm`); n != 0 {
				t.Errorf("%d alarms", n)
			}
			us.ReplayEqual()
			mx.ReplayEqual()
		})
	}
}
