package test

import (
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/webtest"
	"github.com/oasiss/oasiss/wire"
)

// TestRedressInTheBrowser has a person ask through the consulate that her name is
// put right, by hand through the pages of two nodes, each side in its own
// language: the request with its clock, the correction, the answer, the letter;
// the correction crosses, names the record that the other country has of her and
// leads to it, is receipted by a person there, and the receipt shows on both sides.
func TestRedressInTheBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("drives two nodes through a browser")
	}
	us, mx := webtest.Start(t), webtest.Start(t)
	w := newWorld(t)
	for _, l := range spoken(i18n.English) {
		t.Run(string(l), func(t *testing.T) {
			w.t = t
			north, south := &desk{us, t, w.web["us"], l, w}, &desk{mx, t, w.web["mx"], l.Other(), w}
			for _, d := range []*desk{north, south} {
				d.Size(t, 1280, 900)
			}
			f := w.file()
			referral := w.identified(f)
			request := w.putRight(north, f)
			w.receipted(north, south, f, referral)
			north.leave()
			south.leave()
			w.letter(north, request)
		})
	}
}

// identified sends a case whose witness agreed to be named, until it is accepted
// and the identity has gone.
func (w *world) identified(f file) (referral string) {
	w.t.Helper()
	w.take("us", "ravenel", wire.PurposeProtection, "protection.consent", map[string]any{"case": f.id, "person": f.witness, "for": wire.PurposeProsecution, "node": "mx",
		"categories": []string{"identity", "statement"}, "until": time.Now().AddDate(1, 0, 0), "told": true, "language": "es"})
	referral = w.sent(f)
	w.there(referral, "referral.sign_for_analysis", map[string]any{"undertakes": true})
	w.there(referral, "referral.accept", map[string]any{})
	return referral
}

// putRight takes the request, acknowledges it, corrects the record and answers.
func (w *world) putRight(north *desk, f file) (request string) {
	t := w.t
	north.enter("ravenel")
	north.Open(t, north.base+"/people/"+f.witness)
	north.act("redress.receive", "right", "rectification", "brought", "consulate", "checked", "consular_record", "lang", "es", "words", "Mi segundo apellido es Ocaranza.", "contact", "Consulado en McAllen")
	request, _, _ = strings.Cut(north.Address(t), "?")
	if !strings.HasPrefix(request, "/requests/") {
		t.Fatalf("the request leads to %s\n%s", request, north.Text(t))
	}
	north.shoot("request")
	north.act("redress.acknowledge")
	north.Open(t, north.base+request)
	north.ask("redress.answer", "outcome", "granted", "reasons", "Se corrigió su segundo apellido.")
	north.Wait(t, north.say("refusal.redress.not_corrected"))
	north.shoot("request-refused")
	north.leave()
	north.enter("kestrelle")
	north.Open(t, north.base+"/people/"+f.witness)
	north.act("protection.reveal", "reason", "Her own request to be named rightly", "minutes", "15")
	north.act("case.correct_person", "materno", "Ocaranza", "reason", "new_information")
	north.leave()
	north.enter("ravenel")
	north.Open(t, north.base+request)
	north.act("redress.answer", "outcome", "granted", "reasons", "Se corrigió su segundo apellido.")
	north.Open(t, north.base+request)
	north.Wait(t, north.say("redress.outcome.granted"))
	north.shoot("request-answered")
	return request
}

// receipted: the correction is there, with the record that it is about; an
// official reads it, and both nodes show who did.
func (w *world) receipted(north, south *desk, f file, referral string) {
	t := w.t
	north.Open(t, north.base+"/requests")
	north.Wait(t, north.say("requests.unread"))
	north.shoot("requests-told")
	south.enter("escamillar")
	south.Reload(t, south.base+"/requests", "Ocaranza")
	south.shoot("requests-correction")
	var p struct{ Plant string }
	w.ok(w.as("us", "ravenel", wire.PurposeProtection).Get(t.Context(), "persons/"+f.witness, &p))
	record := i18n.T(south.lang, "requests.record", map[string]any{"Version": 1, "Plant": p.Plant})
	if !strings.Contains(south.Text(t), record) {
		t.Fatalf("the correction does not say %q:\n%s", record, south.Text(t))
	}
	south.Click(t, `main li[id^="correction-"] a[href^="/referrals/`+referral+`?version=1&section=people"]`)
	south.Wait(t, south.say("requests.see_correction")) // what was sent stands as it was, and says what came since
	south.shoot("correction-record")
	south.Open(t, south.base+"/requests")
	read := south.Find(t, `main details[id^="act-redress.read_correction-"]`, "id")
	if len(read) == 0 {
		t.Fatalf("no correction can be receipted:\n%s", south.Text(t))
	}
	south.act(strings.TrimPrefix(read[0], "act-"))
	for _, d := range []*desk{south, north} {
		d.Reload(t, d.base+"/requests", i18n.T(d.lang, "requests.read_by", map[string]any{"Name": "Graciana Escamillar"}))
		d.Wait(t, d.say("receipt.recorded"))
		d.shoot("requests-receipted")
	}
}

// letter reads what the person is told, in Spanish and in English.
func (w *world) letter(north *desk, request string) {
	t := w.t
	north.enter("ravenel")
	north.Open(t, north.base+request)
	for _, l := range i18n.Languages() {
		north.Click(t, `main a[href="`+request+`/letter.`+string(l)+`.html"]`)
		for _, words := range []string{i18n.T(l, "redress.letter.answer"), i18n.T(l, "redress.outcome.granted"), "Mi segundo apellido es Ocaranza.", "Se corrigió su segundo apellido.", "Sable Ravenel"} {
			if !strings.Contains(north.Text(t), words) {
				t.Errorf("the letter in %s does not say %q:\n%s", l, words, north.Text(t))
			}
		}
		north.shoot("letter-" + string(l))
		north.Open(t, north.base+request)
	}
	north.leave()
}
