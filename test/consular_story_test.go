package test

import (
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/webtest"
	"github.com/oasiss/oasiss/wire"
)

// TestAConsularNoticeInTwoBrowsers: a person asks, the adviser tells the consulate,
// the consulate acknowledges, sees the person, finds the family, and the two words
// that travel back are on the adviser's open page. What the consulate kept goes by
// order of two of its people, who read in the two languages. Each side has its own
// language and each open page says that there is news. A notice that nobody acknowledges is late on the
// adviser's page and day.
func TestAConsularNoticeInTwoBrowsers(t *testing.T) {
	if testing.Short() {
		t.Skip("drives two nodes through a browser")
	}
	w := newWorld(t)
	w.withConsul()
	w.joins("mx", secondConsul)
	f := w.file()
	us, mx := webtest.Start(t), webtest.Start(t)
	us.Size(t, 1280, 900)
	mx.Size(t, 1280, 900)
	for _, l := range spoken(i18n.English) {
		t.Run(string(l), func(t *testing.T) {
			w.t = t
			w.noticed(&desk{us, t, w.web["us"], l, w}, &desk{mx, t, w.web["mx"], l.Other(), w}, f)
		})
	}
	w.t = t
	w.unanswered(&desk{us, t, w.web["us"], i18n.Spanish, w}, f)
}

func (w *world) noticed(north, south *desk, f file) {
	t, person := w.t, w.asks(f, "Remedios")
	south.enter(consul)
	south.Open(t, south.base+"/consular")
	north.enter("ravenel")
	north.Open(t, north.base+"/cases/"+f.id+"/screening?person="+person)
	north.act("consular.advise", "wish", "asks", "language", "es") // each leads back to the person
	north.act("consular.notify", "office", "sre-programa", "place", "Station, room 2", "call", "+1 956 555 0100")
	if a := north.Address(t); !strings.Contains(a, "/cases/"+f.id+"/screening?person="+person) {
		t.Errorf("whoever told the consulate is led to %s, away from the person", a)
	}
	north.shoot("consulate-told")
	north.Click(t, `#consulate a[href^="/consular/"]`)
	north.Wait(t, north.say("consular.state.waits"))
	north.shoot("notice-sent")
	notice := north.Address(t)

	south.fresh(south.say("consular.notice")) // came to the open page
	south.shoot("notices")
	south.Open(t, south.base+notice)
	south.shoot("notice-came")
	south.act("consular.acknowledge")
	north.fresh(north.say("consular.state.acknowledged"))
	south.Open(t, south.base+notice)
	south.act("consular.reveal", "reason", "Buscarla en el registro consular", "minutes", "10")
	south.Wait(t, "Carballeda")
	south.act("consular.interview", "on", time.Now().Add(-time.Hour).In(i18n.Zone("America/Mexico_City")).Format("2006-01-02T15:04"), "where", "Estación, cuarto 2", "who", "Guardia consular", "note", "Pide hablar con su madre.")
	south.act("consular.family", "found", "yes")
	north.fresh(w.before(north, "consular.family.found"))
	south.act("consular.family", "found", "yes", "told", "yes", "note", "La madre vive en Cholula.")
	south.shoot("notice-kept")
	north.fresh(w.before(north, "consular.family.told"))
	north.shoot("notice-family")
	if says := north.Text(t); strings.Contains(says, "Cholula") || strings.Contains(says, "cuarto 2") {
		t.Errorf("what the consulate keeps is on the page of who told it:\n%s", says)
	}
	w.erased(south, strings.TrimPrefix(notice, "/consular/"))
	north.Open(t, north.base+notice)
	north.Wait(t, north.say("consular.state.acknowledged"))
	north.leave()
}

// secondConsul is of the office of the other one.
var secondConsul = official{"villalpando", "Rosaura Villalpando Ibáñez", "sre-programa", "consular", "es"}

// erased has two people of a consulate erase what it keeps of a notice: one orders
// it, and cannot confirm it; the other does, in the other language; then nothing of
// it is left there for either.
func (w *world) erased(first *desk, notice string) {
	t, second := w.t, &desk{first.Browser, first.t, first.base, first.lang.Other(), w}
	order := func(d *desk) string {
		d.Open(t, d.base+"/retention?all=yes")
		d.Wait(t, d.say("retention.waiting"))
		orders := d.Find(t, `li[id^="order-"]`, "id")
		if len(orders) != 1 {
			t.Fatalf("%d orders wait for a second person:\n%s", len(orders), d.Text(t))
		}
		return strings.TrimPrefix(orders[0], "order-")
	}
	first.Open(t, first.base+"/retention?all=yes")
	first.Await(t, `[id="kept-`+notice+`"]`)
	first.shoot("consulate-keeps")
	first.act("retention.erase-"+notice, "ground", "erasure_granted", "order", "Acuerdo 14/2026")
	id := order(first)
	first.Wait(t, first.say("retention.second_awaited"))
	if first.Has(t, `[id="act-retention.erase_confirm-`+id+`"]`) {
		t.Error("whoever ordered it is offered to confirm it")
	}
	first.shoot("consulate-erasure-waits")
	first.leave()

	second.enter(secondConsul.login)
	if other := order(second); other != id {
		t.Errorf("the second person finds the order %s, not %s", other, id)
	}
	second.Wait(t, second.say("casefile.forget_ground.erasure_granted"))
	second.act("retention.erase_confirm-" + id)
	second.Open(t, second.base+"/retention?all=yes")
	if second.Has(t, `[id="kept-`+notice+`"]`) || second.Has(t, `[id="order-`+id+`"]`) {
		t.Errorf("it is kept still, or waits:\n%s", second.Text(t))
	}
	second.shoot("consulate-keeps-nothing")
	second.Open(t, second.base+"/consular")
	if second.Has(t, `a[href="/consular/`+notice+`"]`) {
		t.Errorf("the notice is among those that came:\n%s", second.Text(t))
	}
	second.Open(t, second.base+"/consular/"+notice)
	second.Wait(t, second.say("refusal.access.not_found"))
	if says := second.Text(t); strings.Contains(says, "Cholula") || strings.Contains(says, "Carballeda") {
		t.Errorf("what was erased is shown:\n%s", says)
	}
	second.Open(t, second.base+"/")
	second.leave()
}

// fresh waits until the open page says that there is news, and has it shown.
func (d *desk) fresh(words string) {
	d.t.Helper()
	d.Wait(d.t, d.say("shell.fresh"))
	d.Click(d.t, ".fresh a")
	d.Wait(d.t, words)
}

// before is what a text says before its first blank.
func (w *world) before(d *desk, key string) string {
	says, _, _ := strings.Cut(i18n.T(d.lang, key, map[string]any{"When": "\x00"}), " (\x00")
	return says
}

// unanswered lets a day and an hour go by on a notice.
func (w *world) unanswered(d *desk, f file) {
	t, person := w.t, w.asks(f, "Eulalia")
	about := map[string]any{"case": f.id, "person": person}
	with := func(more map[string]any) map[string]any {
		for k, v := range about {
			more[k] = v
		}
		return more
	}
	w.take("us", "ravenel", wire.PurposeProtection, "consular.advise", with(map[string]any{"wish": "asks", "language": "es"}))
	notice := w.take("us", "ravenel", wire.PurposeProtection, "consular.notify", with(map[string]any{"office": "sre-programa", "place": "Station, room 2", "call": "+1 956 555 0100"}))
	late := d.say("my_day.notices_unanswered")
	d.enter("ravenel")
	d.Open(t, d.base+"/")
	if strings.Contains(d.Text(t), late) {
		t.Error("a notice of this minute is late")
	}
	d.leave()
	w.ahead.Store("us", 25*time.Hour)
	defer w.ahead.Store("us", time.Duration(0))
	d.enter("ravenel")
	d.Open(t, d.base+"/")
	d.Wait(t, late)
	if !d.Has(t, `a[href="/consular/`+notice+`"]`) {
		t.Errorf("the day does not lead to the notice:\n%s", d.Text(t))
	}
	d.shoot("my-day-notice-late")
	d.Open(t, d.base+"/consular/"+notice)
	d.Wait(t, d.say("consular.state.overdue"))
	d.shoot("notice-late")
	d.leave()
}
