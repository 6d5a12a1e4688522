package test

import (
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/webtest"
)

// TestTwoPeopleWorkAtOneCaseInTheBrowser has two people correct one record at
// once: what only one of them changed is joined, the same field shows both
// values with who wrote the other and when, and nothing typed is lost. Then
// something is added beside the case, without leaving it.
func TestTwoPeopleWorkAtOneCaseInTheBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("drives two browsers")
	}
	one, two := webtest.Start(t), webtest.Start(t)
	w := newWorld(t)
	f := w.file()
	a, b := &desk{one, t, w.web["us"], i18n.English, w}, &desk{two, t, w.web["us"], i18n.Spanish, w}
	record := "/cases/" + f.id + "/items/" + f.car
	a.enter("kestrelle")
	b.enter("lockridge")
	both := func() {
		a.Open(t, a.base+record)
		b.Open(t, b.base+record)
	}
	both()
	a.act("case.correct_vehicle", "make", "Chevrolet", "reason", "clerical")
	b.act("case.correct_vehicle", "model", "F-250", "reason", "clerical")
	both()
	for _, said := range []string{"Chevrolet", "F-250"} {
		if !strings.Contains(b.Text(t), said) {
			t.Errorf("a change is lost: %s is not in\n%s", said, b.Text(t))
		}
	}
	a.act("case.correct_vehicle", "make", "Dodge", "reason", "clerical")
	b.ask("case.correct_vehicle", "make", "Ram", "reason", "clerical")
	b.Wait(t, "Dodge")
	b.Wait(t, "Dana Kestrelle")
	if typed := b.Value(t, "make"); typed != "Ram" {
		t.Errorf("what was typed is lost: %q", typed)
	}
	b.shoot("crossed")
	b.act("case.correct_vehicle")
	b.Open(t, b.base+record)
	b.Wait(t, "Ram")

	a.Open(t, a.base+"/cases/"+f.id)
	a.Press(t, `a[data-panel][href$="/add/task"]`)
	a.Await(t, "#panel form")
	a.Submit(t, "panel")
	if refused := a.Text(t); !strings.Contains(refused, a.say("refusal.casefile.task_missing")) || !strings.HasPrefix(a.Address(t), "/cases/"+f.id) {
		t.Errorf("a refusal is not shown in the panel: %s\n%s", a.Address(t), refused)
	}
	a.Fill(t, "panel", "what", "Ask the clinic for its record")
	a.shoot("case-panel")
	a.Submit(t, "panel")
	a.Wait(t, "Ask the clinic for its record")
	a.Open(t, a.base+"/cases/"+f.id+"?part=tasks")
	a.shoot("case-tasks")
	a.Open(t, a.base+"/cases/"+f.id+"/looks")
	a.Wait(t, "Dana Kestrelle")
	a.shoot("case-looks")
	a.Open(t, a.base+"/cases/"+f.id)
	a.act("case.export", "reason", "own_file")
	a.Wait(t, a.say("export.reason.own_file"))
	a.shoot("case-taken")
}
