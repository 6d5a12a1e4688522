package alert

import (
	"testing"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// A consulate hears of an alert at once where the nationality is known, on the
// other node too, and not of another country's nationals.
func TestConsulatesHearAtOnce(t *testing.T) {
	w := newWorld(t)
	sre := w.mx.Person("sre", "sre-mcallen", access.RoleConsular)
	first := w.us.Must(w.agent, wire.PurposeLifeAtRisk, &Raise{Danger: "lost", Region: "usbp:RGV", Number: 2, Where: "Third gate"}).Object
	w.pass(1)
	second := w.us.Must(w.agent, wire.PurposeLifeAtRisk, &Raise{Danger: "lost", Region: "usbp:RGV", Number: 2, Where: "Fourth gate", Nationalities: []string{"MX"}}).Object
	w.pass(1)
	third := w.us.Must(w.agent, wire.PurposeLifeAtRisk, &Raise{Danger: "lost", Region: "usbp:RGV", Number: 2, Where: "Fifth gate", Nationalities: []string{"GT"}}).Object
	w.us.Refused(w.agent, wire.PurposeLifeAtRisk, "alert.nationalities", &Raise{Danger: "lost", Region: "usbp:RGV", Where: "Sixth gate", Asked: true})
	w.settle()
	for _, id := range []string{first, third} {
		w.mx.Refused(sre, wire.PurposeLifeAtRisk, "access.not_found", &Acknowledge{Alert: id})
	}
	if v := w.show(w.mx, sre, second); len(v.Consulates) != 1 || v.Written[0].Words == nil {
		t.Fatalf("the consulate sees %+v", v.Alert)
	}
	w.do(w.mx, w.beta, &TellConsulates{Alert: first, Nationalities: []string{"MX"}, Asked: true})
	w.settle()
	if here, there := w.show(w.us, w.agent, first), w.show(w.mx, sre, first); store.JSON(here.Alert) != store.JSON(there.Alert) {
		t.Errorf("the two sides differ: %+v %+v", here.Alert, there.Alert)
	}
	w.us.ReplayEqual()
	w.mx.ReplayEqual()
}

// The case that an alert names is seen by who may see the case, and does not cross.
func TestAnAlertNamesACase(t *testing.T) {
	w := newWorld(t)
	c := w.us.Must(w.us.Person("liaison", "usbp-rgv", access.RoleProsecutions), wire.PurposeProsecution, &casefile.Open{Title: "Falfurrias"}).Object
	w.pass(1)
	id := w.us.Must(w.agent, wire.PurposeLifeAtRisk, &Raise{Danger: "lost", Region: "usbp:RGV", Number: 2, Where: "Third gate", Case: c}).Object
	w.settle()
	if v := w.show(w.us, w.agent, id); v.Case != c || v.CaseNumber == "" {
		t.Errorf("the case's office sees %+v", v.Alert)
	}
	if v := w.show(w.us, w.us.Person("ofo", "usbp-rgv", access.RoleConsular), id); v.Case != "" || v.CaseNumber != "" {
		t.Errorf("who may not see the case sees %+v", v.Alert)
	}
	if v := w.show(w.mx, w.beta, id); v.Case != "" {
		t.Errorf("the other node sees %+v", v.Alert)
	}
	w.us.Refused(w.us.Person("ofo", "usbp-rgv", access.RoleConsular), wire.PurposeLifeAtRisk, "access.not_found", &Link{Alert: id, Case: c})
	w.us.ReplayEqual()
}
