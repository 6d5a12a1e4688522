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
	sre := w.MX.Person("sre", "sre-mcallen", access.RoleConsular)
	first := w.US.Must(w.agent, wire.PurposeLifeAtRisk, &Raise{Danger: "lost", Region: "usbp:RGV", Number: 2, Where: "Third gate"}).Object
	w.Pass(1)
	second := w.US.Must(w.agent, wire.PurposeLifeAtRisk, &Raise{Danger: "lost", Region: "usbp:RGV", Number: 2, Where: "Fourth gate", Nationalities: []string{"MX"}}).Object
	w.Pass(1)
	third := w.US.Must(w.agent, wire.PurposeLifeAtRisk, &Raise{Danger: "lost", Region: "usbp:RGV", Number: 2, Where: "Fifth gate", Nationalities: []string{"GT"}}).Object
	w.US.Refused(w.agent, wire.PurposeLifeAtRisk, "alert.nationalities", &Raise{Danger: "lost", Region: "usbp:RGV", Where: "Sixth gate", Asked: true})
	w.Settle()
	for _, id := range []string{first, third} {
		w.MX.Refused(sre, wire.PurposeLifeAtRisk, "access.not_found", &Acknowledge{Alert: id})
	}
	if v := w.show(w.MX, sre, second); len(v.Consulates) != 1 || v.Written[0].Words == nil {
		t.Fatalf("the consulate sees %+v", v.Alert)
	}
	w.do(w.MX, w.beta, &TellConsulates{Alert: first, Nationalities: []string{"MX"}, Asked: true})
	w.Settle()
	if here, there := w.show(w.US, w.agent, first), w.show(w.MX, sre, first); store.JSON(here.Alert) != store.JSON(there.Alert) {
		t.Errorf("the two sides differ: %+v %+v", here.Alert, there.Alert)
	}
	w.US.ReplayEqual()
	w.MX.ReplayEqual()
}

// The case that an alert names is seen by who may see the case, and does not cross.
func TestAnAlertNamesACase(t *testing.T) {
	w := newWorld(t)
	c := w.US.Must(w.US.Person("liaison", "usbp-rgv", access.RoleProsecutions), wire.PurposeProsecution, &casefile.Open{Title: "Falfurrias"}).Object
	w.Pass(1)
	id := w.US.Must(w.agent, wire.PurposeLifeAtRisk, &Raise{Danger: "lost", Region: "usbp:RGV", Number: 2, Where: "Third gate", Case: c}).Object
	w.Settle()
	if v := w.show(w.US, w.agent, id); v.Case != c || v.CaseNumber == "" {
		t.Errorf("the case's office sees %+v", v.Alert)
	}
	if v := w.show(w.US, w.US.Person("ofo", "usbp-rgv", access.RoleConsular), id); v.Case != "" || v.CaseNumber != "" {
		t.Errorf("who may not see the case sees %+v", v.Alert)
	}
	if v := w.show(w.MX, w.beta, id); v.Case != "" {
		t.Errorf("the other node sees %+v", v.Alert)
	}
	w.US.Refused(w.US.Person("ofo", "usbp-rgv", access.RoleConsular), wire.PurposeLifeAtRisk, "access.not_found", &Link{Alert: id, Case: c})
	w.US.ReplayEqual()
}
