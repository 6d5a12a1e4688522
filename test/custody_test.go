package test

import (
	"time"

	"github.com/oasiss/oasiss/wire"
)

// ledger is an exhibit of a case, taken into custody by the case's agent.
func (w *world) ledger(f file) string {
	w.t.Helper()
	return w.take("us", "kestrelle", wire.PurposeProsecution, "exhibit.collect", map[string]any{"case": f.id, "kind": "ledger", "description": "Notebook of payments, 40 sheets",
		"when": time.Now().Add(-time.Hour).Format(time.RFC3339), "place": "Kitchen, second drawer", "basis": "search_warrant", "source": "A", "information": "1", "seal": "A-100"})
}
