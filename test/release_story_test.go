package test

import (
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/web/webtest"
	"github.com/oasiss/oasiss/wire"
)

// TestAFileForAServiceInTheBrowser has a victim's file go to a receiving service
// by hand: the consent that names it, the release that is signed, the file that
// is fetched, the consent taken back, the task on the adviser's day and desk, and
// the service told.
func TestAFileForAServiceInTheBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("drives a node through a browser")
	}
	b := webtest.Start(t)
	w := newWorld(t)
	for _, l := range spoken(i18n.Spanish) {
		t.Run(string(l), func(t *testing.T) {
			w.t = t
			d := &desk{b, t, w.web["us"], l, w}
			d.Size(t, 1280, 900)
			f := w.file()
			victim := w.take("us", "kestrelle", wire.PurposeProsecution, "case.add_person", map[string]any{"case": f.id, "given": "Tlanextli", "paterno": "Palomarín", "birth": "1994-02-03", "role": "victim", "source": "observation"})
			d.enter("ravenel")
			consent := d.consents(victim)
			d.fetches(victim, consent)
			d.takesBack(victim, consent)
			d.leave()
		})
	}
}

// consents has the victim agree that a shelter gets a file, and gives the consent.
func (d *desk) consents(victim string) (consent string) {
	t := d.t
	d.Open(t, d.base+"/people/"+victim)
	d.act("protection.consent-service", "service", "shelter", "service_name", "Casa Tecolotl", "categories", protection.CategoryIdentity, "until", time.Now().AddDate(0, 1, 0).Format(time.DateOnly), "language", "es", "told", "yes")
	d.Open(t, d.base+"/people/"+victim)
	d.Wait(t, "Casa Tecolotl")
	d.shoot("person-service-consented")
	for _, id := range d.Find(t, `main details[id^="act-protection.release_htcds-"]`, "id") {
		consent = strings.TrimPrefix(id, "act-protection.release_htcds-")
	}
	if consent == "" {
		t.Fatalf("nothing can be released:\n%s", d.Text(t))
	}
	return consent
}

// fetches releases the file to another service, which is refused, then to the one
// that was named, and fetches it.
func (d *desk) fetches(victim, consent string) {
	t := d.t
	release := "protection.release_htcds-" + consent
	d.ask(release, "service", "Casa Otra", "reason", "A bed from tonight on")
	d.Wait(t, d.say("refusal.protection.another_service"))
	d.Open(t, d.base+"/people/"+victim)
	d.act(release, "service", "casa tecolotl", "reason", "A bed from tonight on")
	if !strings.HasPrefix(d.Address(t), "/releases/") {
		t.Fatalf("a release leads to %s\n%s", d.Address(t), d.Text(t))
	}
	d.shoot("released")
	links := d.Find(t, `main a[href*="/htcds-"]`, "href")
	if len(links) != 1 {
		t.Fatalf("%d files to fetch:\n%s", len(links), d.Text(t))
	}
	file := d.Run(t, `(() => { const x = new XMLHttpRequest(); x.open("GET", "`+links[0]+`", false); x.send(); return x.responseText; })()`)
	if !strings.Contains(file, "Tlanextli,,Palomarín,1994-02-03") || !strings.Contains(file, "Casa Tecolotl") {
		t.Errorf("the file that was fetched: %s", file)
	}
}

// takesBack ends the consent; the service is to be told, on three pages, until it was.
func (d *desk) takesBack(victim, consent string) {
	t := d.t
	d.Open(t, d.base+"/people/"+victim)
	d.act("protection.withdraw_consent", "through", "in_person")
	lead := i18n.T(d.lang, "my_day.to_tell", map[string]any{"Count": 1})
	for name, page := range map[string]string{"my-day-to-tell": "/", "protection-to-tell": "/protection", "waiting-to-tell": "/waiting"} {
		d.Open(t, d.base+page)
		d.Wait(t, "Casa Tecolotl")
		if page == "/" {
			d.Wait(t, lead)
		}
		d.shoot(name)
	}
	d.Open(t, d.base+"/waiting")
	d.act("protection.tell_service-"+consent, "note", "Con la directora, por teléfono: lo destruyó.")
	d.Open(t, d.base+"/")
	if strings.Contains(d.Text(t), lead) {
		t.Error("the service was told, and the day still says that it waits")
	}
	d.Open(t, d.base+"/people/"+victim)
	d.shoot("person-service-told")
}

// TestOneFileOfAnExhibitStaysInTheBrowser leaves one of the two files of an
// exhibit out of a packet, on the page, with its reason; the other one goes.
func TestOneFileOfAnExhibitStaysInTheBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("drives a node through a browser")
	}
	b := webtest.Start(t)
	w := newWorld(t)
	d := &desk{b, t, w.web["us"], i18n.English, w}
	d.Size(t, 1280, 900)
	f := w.file()
	first, second := w.put(f, "ledger-first.png", "", []byte("\x89PNG\r\n\x1a\nfirst page")), w.put(f, "ledger-second.png", "", []byte("\x89PNG\r\n\x1a\nsecond page"))
	exhibit, err := w.collects("us", "kestrelle", f.id, "Two pages of a ledger", first)
	w.ok(err)
	w.take("us", "kestrelle", wire.PurposeProsecution, "exhibit.step", map[string]any{"exhibit": exhibit, "step": "copy", "seal_read": "B-7", "condition": "intact", "note": "The second page, photographed", "file": second})
	referral := w.presented(f)
	w.take("us", "northcutt", wire.PurposeProsecution, "case.ausa_decision", map[string]any{"case": f.id, "decision": "declined", "reasons": []string{"small_group"}})
	w.take("us", "northcutt", wire.PurposeProsecution, "referral.sign_step", map[string]any{"referral": referral, "step": "us_decline", "reason": "small_group_resources"})
	d.enter("kestrelle")
	d.Open(t, d.base+"/referrals/"+referral)
	d.act("referral.compose", "facts.lang", "en", "facts.text", "A guide led seven people across the river for money.", "facts.translation", "Un guía condujo a siete personas por el río a cambio de dinero.",
		"facts.translator", "E. Marlow", "none_known", "yes", "declared.consular", "Told of the right; declined.", "left_out."+second, "It shows the accounts of others")
	d.Open(t, d.base+"/referrals/"+referral+"?section=left_out")
	d.Wait(t, "It shows the accounts of others")
	d.shoot("left-out-file")
	d.Open(t, d.base+"/referrals/"+referral+"?section=exhibits")
	if text := d.Text(t); !strings.Contains(text, "ledger-first.png") || strings.Contains(text, "ledger-second.png") {
		t.Errorf("the packet has these files:\n%s", text)
	}
}
