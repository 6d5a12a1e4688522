package exchange_test

import (
	"testing"

	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/wire"
)

// Every code that a person may meet on the link page has a sentence in both
// languages.
func TestCodesHaveWords(t *testing.T) {
	keys := []string{"link.problem.unreachable", "link.problem.cut", "link.problem.pin", "link.problem.status", "link.problem.receipt",
		"link.problem.heads", "link.problem.descriptor", "link.problem.fault", "link.problem.damaged"}
	for _, c := range wire.Codes {
		keys = append(keys, "receipt.code."+string(c))
	}
	for _, a := range []string{exchange.AlarmOtherDigest, exchange.AlarmAltered, exchange.AlarmRootMismatch, exchange.AlarmBehind,
		exchange.AlarmAhead, exchange.AlarmSplitView, exchange.AlarmRolledBack, exchange.AlarmUncosigned, exchange.AlarmNotIncluded, exchange.AlarmRestored, exchange.AlarmContinued, exchange.AlarmRewritten, exchange.AlarmDamaged, exchange.AlarmMended} {
		keys = append(keys, "alarm."+a)
	}
	for _, r := range []string{wire.VoidExpired, wire.VoidExpunged, wire.VoidRecalled} {
		keys = append(keys, "void."+r)
	}
	for _, d := range []string{exchange.DeliveryQueued, exchange.DeliveryWaiting, exchange.DeliveryRecorded, exchange.DeliveryRefused, exchange.DeliveryVoid} {
		keys = append(keys, "delivery."+d)
	}
	for _, k := range keys {
		if !i18n.Has(k) {
			t.Errorf("%s has no text", k)
		}
	}
}
