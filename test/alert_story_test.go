package test

import (
	"strings"

	"github.com/oasiss/oasiss/wire"
)

// lifeAtRisk: an alert shows on whatever page the other side's office has open,
// without a reload; they take a task there, and it shows here.
func (w *world) lifeAtRisk(north, south *desk) {
	t := w.t
	south.enter("escamillar")
	south.Open(t, south.base+"/cases") // nothing of rescue
	north.enter("kestrelle")
	north.Open(t, north.base+"/alerts")
	north.act("alert.raise", "danger", "heat_cold", "number", "11", "region", "usbp:RGV", "where", "Brush north of Falfurrias, by the third gate", "known", "Two children, no water since yesterday")
	north.shoot("alert-raised")
	south.Wait(t, south.say("alert.life_at_risk"))
	if a := south.Address(t); a != "/cases" {
		t.Errorf("the page was left for %s", a)
	}
	south.shoot("alert-on-another-page")
	south.Click(t, `.life a[href^="/alerts/"]`)
	south.Wait(t, "third gate")
	south.act("alert.take-medical")
	south.shoot("alert-taken")
	north.Wait(t, "Escamillar")
	id := strings.TrimPrefix(north.Address(t), "/alerts/")
	id, _, _ = strings.Cut(id, "?")
	w.take("us", "kestrelle", wire.PurposeLifeAtRisk, "alert.end", map[string]any{"alert": id, "rescued": 11})
	south.Wait(t, south.say("alert.over"))
	south.shoot("alert-over")
	north.leave()
	south.leave()
}
