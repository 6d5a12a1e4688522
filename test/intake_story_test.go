package test

import (
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/webtest"
)

// TestIntakeInTheBrowser captures an event by keyboard alone on one node and on a
// telephone on the other, each in its language; the line is cut in the middle and
// nothing is typed twice. Then what was captured is left to the next shift.
func TestIntakeInTheBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("drives nodes through a browser")
	}
	north, south := webtest.Start(t), webtest.Start(t)
	for _, l := range spoken(i18n.English) {
		t.Run(string(l), func(t *testing.T) {
			w := newWorld(t)
			us := &desk{north, t, w.web["us"], l, w}
			us.Size(t, 1280, 800)
			us.byKeyboard("kestrelle")
			us.again("kestrelle")
			us.leave()
			mx := &desk{south, t, w.web["mx"], l.Other(), w}
			mx.Size(t, 390, 844)
			mx.onATelephone("escamillar")
			mx.nextShift("frondosa")
			mx.leave()
		})
	}
}

// typed is the event that is captured: fields in the order of the page, each with
// what is typed in it. A choice is typed by the beginning of its name. The browser
// itself speaks English, and asks for the day of a time in its own order.
func (d *desk) typed() [][2]string {
	if d.lang == i18n.Spanish {
		return [][2]string{
			{"event.when", "0607" + time.Now().AddDate(-1, 0, 0).Format("2006") + "\t1110P"},
			{"event.mode", "Casa de segu"}, {"event.place", "Sector Rio Grande Valley"}, {"event.place_name", "Alamo"}, {"event.reference", "MCS2606000412"}, {"event.narrative", "Dos personas en un cuarto cerrado con llave."},
			{"people.1.role", "Persona s"}, {"people.1.function", "Cuidador"}, {"people.1.as_recorded", "Rogelio Basurto Nava"}, {"people.1.age", "Persona a"}, {"people.1.nationalities", "Méx"}, {"people.1.languages", "Espa"},
			{"people.2.role", "Persona m"}, {"people.2.age", "Ni"}, {"people.2.nationalities", "Honduras"}, {"people.2.languages", "Espa"}, {"people.2.with", "1"},
		}
	}
	return [][2]string{
		{"event.when", "0607" + time.Now().AddDate(-1, 0, 0).Format("2006") + "\t1110P"},
		{"event.mode", "Stash"}, {"event.place", "Rio Grande Valley S"}, {"event.place_name", "Alamo"}, {"event.reference", "MCS2606000412"}, {"event.narrative", "Two people in a locked room."},
		{"people.1.role", "Suspect"}, {"people.1.function", "Caretaker"}, {"people.1.as_recorded", "Rogelio Basurto Nava"}, {"people.1.age", "Adult"}, {"people.1.nationalities", "Mexico"}, {"people.1.languages", "Spanish"},
		{"people.2.role", "Smuggled"}, {"people.2.age", "Under"}, {"people.2.nationalities", "Honduras"}, {"people.2.languages", "Spanish"}, {"people.2.with", "1"},
	}
}

// byKeyboard captures it without a pointer, over a line that is cut after the
// event and mended before the case is opened.
func (d *desk) byKeyboard(login string) {
	t, cable := d.t, newCable(d.t, d.base)
	d.enter(login)
	d.Open(t, cable.base+"/intake")
	d.shoot("intake-empty")
	presses := 0
	for _, f := range d.typed() {
		if f[0] == "people.2.role" {
			cable.cut()
		}
		presses += d.TabTo(t, f[0])
		presses += d.Keys(t, f[1])
	}
	d.Wait(t, d.say("form.draft_waits"))
	d.shoot("intake-cut")
	cable.mend()
	d.Open(t, cable.base+"/intake") // as whoever loses patience does
	d.Wait(t, d.say("form.draft_back"))
	for name, want := range map[string]string{"event.reference": "MCS2606000412", "people.1.role": "suspect", "people.2.role": "smuggled_migrant", "people.2.nationalities": "HN", "people.2.with": "1"} {
		if got := d.Value(t, name); got != want {
			t.Errorf("after the cut %s is %q, not %q", name, got, want)
		}
	}
	presses += d.TabTo(t, d.say("intake.open")) + d.Enter(t)
	d.Wait(t, d.say("case.protected"))
	t.Logf("an event with two people: %d key presses", presses)
	if text := d.Text(t); !strings.Contains(text, "Rogelio Basurto Nava") || !strings.Contains(text, "Alamo") {
		t.Errorf("the case lacks what was captured:\n%s", text)
	}
	d.shoot("intake-opened")
}

// again captures the same event once more: the case is suggested as it is typed,
// the draft is there in another browser, and what is said to be another is opened.
func (d *desk) again(login string) {
	t := d.t
	d.Open(t, d.base+"/intake")
	d.TabTo(t, "event.reference")
	d.Keys(t, "MCS2606000412")
	d.Wait(t, d.say("intake.same.reference"))
	d.shoot("intake-alike")
	d.Wait(t, d.say("form.draft_kept"))
	other := *d
	other.Browser = webtest.Start(t)
	other.enter(login)
	other.Open(t, other.base+"/intake")
	other.Wait(t, other.say("form.draft_back"))
	if got := other.Value(t, "event.reference"); got != "MCS2606000412" {
		t.Errorf("another browser finds %q", got)
	}
	other.Quit()
}

// onATelephone captures an event at the width of a telephone.
func (d *desk) onATelephone(login string) {
	t := d.t
	d.enter(login)
	d.Open(t, d.base+"/intake")
	if over := d.Overflow(t); over > 0 {
		t.Errorf("the page is %d px too wide for a telephone", over)
	}
	d.Submit(t, "main") // nothing typed
	d.shoot("intake-390-refused")
	for name, value := range map[string]string{"event.when": "2026-01-05T23:40", "event.mode": "stash_house", "event.place": "inegi:28", "event.place_name": "Reynosa", "people.1.role": "smuggled_migrant", "people.1.languages": "es"} {
		d.Fill(t, "main", name, value)
	}
	d.shoot("intake-390")
	d.Submit(t, "main")
	d.Wait(t, d.say("case.protected"))
}

// nextShift leaves what was captured to a colleague, who takes it.
func (d *desk) nextShift(colleague string) {
	t := d.t
	d.Size(t, 1280, 800)
	d.Open(t, d.base+"/shift")
	d.Fill(t, "main", "items", d.Find(t, `input[name="items"][value^="case/"]`, "value")[0])
	d.Fill(t, "main", "to", d.Find(t, `select[name="to"] option:not([value=""])`, "value")[0])
	d.Fill(t, "main", "note", "La grúa llega a las seis.")
	d.shoot("shift-leave")
	d.Submit(t, "main")
	d.Wait(t, d.say("shift.state.offered"))
	d.leave()
	d.enter(colleague)
	d.Open(t, d.base+"/")
	d.Wait(t, "La grúa llega a las seis.")
	d.shoot("shift-offered")
	d.Click(t, `form[action="/acts/shift.take"] button.btn`)
	d.Wait(t, d.say("shift.held"))
	d.shoot("shift-taken")
}
