package test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/web/webtest"
	"github.com/oasiss/oasiss/wire"
)

// file is a case that can be referred: a guide, a witness, the fee, a charge,
// everybody screened.
type file struct{ id, suspect, witness, statement, car string }

func (w *world) file(controls ...string) file {
	w.t.Helper()
	do := func(verb string, cmd map[string]any) string {
		w.t.Helper()
		return w.take("us", "kestrelle", wire.PurposeProsecution, verb, cmd)
	}
	day := time.Now().Add(-40 * time.Hour)
	at := func(d time.Duration) string { return day.Add(d).UTC().Format("2006-01-02T15:04") }
	f := file{id: do("case.open", map[string]any{"title": "Anzalduas, seven on foot", "controls": append([]string{}, controls...)})}
	do("case.add_member", map[string]any{"case": f.id, "office": "usao-sdtx"})
	do("case.add_event", map[string]any{"case": f.id, "when": at(0), "zone": "UTC", "mode": "foot_between_ports", "place": "usbp:RGV", "place_name": "Anzalduas", "group_size": 7,
		"acts": []string{"guiding=inegi:28", "crossing=usbp:RGV"}, "narrative": "A guide led seven people across the river.", "narrative_lang": "en"})
	f.suspect = do("case.add_person", map[string]any{"case": f.id, "given": "Rutilio", "paterno": "Barragarza", "birth": "1988-02-03", "nationalities": []string{"MX"}, "role": "suspect", "function": "guide", "source": "observation"})
	f.witness = do("case.add_person", map[string]any{"case": f.id, "given": "Xochiquetzal", "paterno": "Palomarín", "birth": "1999-05-05", "nationalities": []string{"MX"}, "role": "smuggled_migrant", "source": "observation"})
	f.statement = do("case.add_statement", map[string]any{"case": f.id, "person": f.witness, "kind": "sworn", "lang": "es", "text": "Rutilio nos cobró 900 dólares a cada quien. Nos llevó por el monte de noche y cruzamos el río en una balsa.",
		"start": at(10 * time.Hour), "end": at(11 * time.Hour), "zone": "UTC", "place": "McAllen station", "present": []string{"D. Kestrelle, agent"}, "rights": "read", "same_language": true, "recorded": true, "willing": true, "identifies": []string{f.suspect}})
	fee := do("case.add_property", map[string]any{"case": f.id, "holder": f.suspect, "kind": "money", "description": "Notes in a bag", "amount_cents": 90000, "currency": "USD"})
	f.car = do("case.add_vehicle", map[string]any{"case": f.id, "kind": "pickup", "make": "Ford"})
	do("case.add_charge", map[string]any{"case": f.id, "person": f.suspect, "offence": "mx-lm-159-i", "facts": day.Format(time.DateOnly), "jurisdiction": "territorial",
		"elements": []string{"smuggling_purpose=" + f.statement, "led_abroad=" + f.statement, "profit=" + fee}})
	for _, p := range []string{f.suspect, f.witness} {
		w.take("us", "ravenel", wire.PurposeProtection, "protection.screen", map[string]any{"case": f.id, "person": p, "answers": screened(), "language": "es"})
	}
	return f
}

// screened are the answers of a person about whom nothing shuts a gate.
func screened() map[string]string { return protection.CurrentForm().Calm() }

// desk is one person's browser on one node, in one language.
type desk struct {
	*webtest.Browser
	t    *testing.T
	base string
	lang i18n.Lang
	w    *world
}

func (d *desk) say(key string) string { return i18n.T(d.lang, key) }

// enter signs somebody in through the page, in the desk's language.
func (d *desk) enter(login string) {
	d.t.Helper()
	k := d.w.key(d.node(), login)
	id, err := base64.RawURLEncoding.DecodeString(k.Credential)
	d.w.ok(err)
	key, err := k.PKCS8()
	d.w.ok(err)
	d.Hold(d.t, "localhost", login, id, key)
	d.Open(d.t, d.base+"/sign-in")
	d.speak()
	d.proven(func() {
		d.Fill(d.t, "", "notice", "yes")
		d.Click(d.t, `form[action="/sign-in/passkey"] button`)
	})
	d.speak()                                                  // the account has a language of its own
	if a := d.Address(d.t); strings.HasPrefix(a, "/sign-in") { // an auditor begins at the journal, an administrator at the accounts
		d.t.Fatalf("%s was not let in: %s\n%s", login, a, d.Text(d.t))
	}
}

// node is the desk's.
func (d *desk) node() string {
	for n, base := range d.w.web {
		if base == d.base {
			return n
		}
	}
	d.t.Fatalf("no node at %s", d.base)
	return ""
}

// speak changes the page's language if it is not the desk's.
func (d *desk) speak() {
	d.t.Helper()
	if !strings.HasPrefix(d.Lang(d.t), string(d.lang)) {
		d.Click(d.t, "form[data-language] button")
	}
}

func (d *desk) leave() {
	d.t.Helper()
	d.Click(d.t, `form[action="/sign-out"] button`)
}

// act takes an act of the open page: its fields in order, then signed on the
// page that shows what is signed, if the act wants a signature.
func (d *desk) act(id string, fields ...string) {
	d.t.Helper()
	d.ask(id, fields...)
	d.finish(id)
}

// ask fills an act in and sends it; of one that is signed it leads to the page
// where it is read.
func (d *desk) ask(id string, fields ...string) {
	d.t.Helper()
	part := "act-" + id
	d.Unfold(d.t, part)
	for i := 0; i < len(fields); i += 2 {
		d.Fill(d.t, part, fields[i], fields[i+1])
	}
	d.Submit(d.t, part)
}

// finish signs an act if it is one that is signed, and holds that it was taken.
func (d *desk) finish(id string) {
	d.t.Helper()
	if d.Has(d.t, `form[action^="/sign/"]`) { // on its own page, or beside the packet
		d.shoot("confirm-" + id)
		d.proven(func() { d.Click(d.t, `form[action^="/sign/"] button`) })
	}
	if a := d.Address(d.t); strings.Contains(a, "/acts/") || strings.HasPrefix(a, "/sign/") {
		d.t.Fatalf("%s was not taken: %s\n%s", id, a, d.Text(d.t))
	}
}

// proven does what an authenticator answers. Where pages have no scripts this
// page says that it needs one, and has it for this alone.
func (d *desk) proven(do func()) {
	d.t.Helper()
	if d.Scripts() {
		do()
		return
	}
	if !strings.Contains(d.Text(d.t), d.say("passkey.needs_script")) {
		d.t.Errorf("%s does not say that it needs a script:\n%s", d.Address(d.t), d.Text(d.t))
	}
	d.Script(d.t, true)
	d.Open(d.t, d.base+d.Address(d.t))
	do()
	d.Script(d.t, false)
	d.Open(d.t, d.base+d.Address(d.t))
}

// shoot keeps a picture to be looked at, when OASISS_PICTURES names a folder;
// where there is time (OASISS_SOAK), it holds the page against the rules of
// accessibility. The suite holds every page against them once, by its fixtures
// (TestPagesAreAccessible).
func (d *desk) shoot(name string) {
	d.t.Helper()
	if !d.Scripts() {
		return
	}
	if os.Getenv("OASISS_SOAK") != "" {
		for _, v := range d.Audit(d.t) {
			d.t.Errorf("%s in %s: %s", name, d.lang, v)
		}
	}
	if dir := os.Getenv("OASISS_PICTURES"); dir != "" {
		d.Picture(d.t, filepath.Join(dir, name+"-"+string(d.lang)+".png"))
	}
}

// spoken are the languages that a long story is played in: one in the suite,
// both where there is time (OASISS_SOAK).
func spoken(once i18n.Lang) []i18n.Lang {
	if os.Getenv("OASISS_SOAK") == "" {
		return []i18n.Lang{once}
	}
	return i18n.Languages()
}

// briefly are the hands by which the suite works what it works by keyboard
// elsewhere: quick ones, or the keyboard's where there is time (OASISS_SOAK).
func briefly() webtest.Hands {
	if os.Getenv("OASISS_SOAK") == "" {
		return webtest.ByScript
	}
	return webtest.ByKeyboard
}

// TestMainJobInTheBrowser records a case, refers it from the United States to
// Mexico, has a question asked and answered, it accepted, its steps and outcome
// reported and the referral closed, all by keyboard alone through the pages of
// two nodes, with each side in either language (the suite once, make soak both
// ways); another prosecutor's open page shows it all without being touched. Each
// stop of the Tab key is held against the rules of the focus.
func TestMainJobInTheBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("drives two nodes through a browser")
	}
	w := newWorld(t)
	us, mx := w.byHand(t, i18n.English, webtest.ByKeyboard, true)
	us.Hands, mx.Hands = briefly(), briefly()
	w.stories(t, &desk{us, t, w.web["us"], i18n.English, w}, &desk{mx, t, w.web["mx"], i18n.Spanish, w})
}

// TestMainJobWithoutScripts plays the same in browsers that run no script of any
// page but for the moment in which an authenticator answers; by keyboard where
// there is time.
func TestMainJobWithoutScripts(t *testing.T) {
	if testing.Short() {
		t.Skip("drives two nodes through a browser")
	}
	newWorld(t).byHand(t, i18n.Spanish, briefly(), false)
}

// byHand plays the main job in the browsers of three officials of two countries,
// each side in either language (in one alone where time is short), and gives the browsers of
// the first two.
func (w *world) byHand(t *testing.T, once i18n.Lang, hands webtest.Hands, scripts bool) (us, mx *webtest.Browser) {
	us, mx, other := webtest.Start(t), webtest.Start(t), webtest.Start(t)
	for _, l := range spoken(once) {
		t.Run(string(l), func(t *testing.T) {
			north := &desk{us, t, w.web["us"], l, w}
			south, second := &desk{mx, t, w.web["mx"], l.Other(), w}, &desk{other, t, w.web["mx"], l.Other(), w}
			for _, d := range []*desk{north, south, second} {
				d.Hands = hands
				d.Size(t, 1440, 900)
				d.Script(t, scripts)
			}
			w.mainJob(t, north, south, second)
		})
	}
	return us, mx
}

// mainJob plays the story; north is the United States' desk, south a Mexican
// prosecutor's, second another one's whose page stays open.
func (w *world) mainJob(t *testing.T, north, south, second *desk) {
	w.t = t
	path := w.draftAndSend(north, north.recorded())

	// The notice is there; whoever looks first gives the receipt "opened".
	south.enter("escamillar")
	south.Reload(t, south.base+"/referrals", "RGV-")
	south.shoot("referrals")
	south.Open(t, south.base+path)
	south.shoot("referral-notice")
	second.enter("frondosa")
	second.Open(t, second.base+path)
	south.act("referral.sign_for_analysis", "undertakes", "yes")
	second.Wait(t, second.done("sign_for_analysis"))
	south.Reload(t, south.base+path+"?section=statements", "900 dólares")
	if strings.Contains(south.Text(t), "Palomarín") {
		t.Error("a protected name is on the page before the case is accepted")
	}
	south.shoot("referral-analysis")

	// A question and its answer.
	south.Open(t, south.base+path)
	item := south.choice("act-referral.request_information", "item")
	south.act("referral.request_information", "item", item, "element", "profit", "question", "¿Quién cobró la cuota?")
	second.Wait(t, "¿Quién cobró la cuota?")
	north.enter("kestrelle")
	north.Reload(t, north.base+path, "¿Quién cobró la cuota?")
	north.act("referral.supply_information", "answer", "The guide himself, in the brush, before the river.")
	second.Wait(t, "The guide himself")

	// Accepted; the other prosecutor, whose form was open, is told who was first.
	second.Open(t, second.base+path)
	south.Open(t, south.base+path)
	south.act("referral.accept", "note", "Se acepta.")
	second.late("referral.decline")
	second.shoot("second-answer")
	second.Open(t, second.base+path)
	second.Wait(t, "Se acepta.")

	// The case that came with it holds nothing yet: it leads back to what was
	// sent instead of listing what a referral of it would lack.
	south.Click(t, `a[href^="/cases/"]:not([href="/cases"])`)
	south.Wait(t, south.say("case.received"))
	if strings.Contains(south.Text(t), south.say("case.before")) {
		t.Error("a case that came by referral asks for what a referral needs")
	}
	south.shoot("case-received")

	w.outcome(north, south, second, path)
	w.around(north, south)
}

// draftAndSend takes the case to the other country: drafted, screened,
// presented and declined here, composed, approved by a second person, sent.
func (w *world) draftAndSend(north *desk, f file) (path string) {
	t := w.t
	north.enter("kestrelle")
	north.Open(t, north.base+"/cases/"+f.id)
	north.shoot("case")
	north.act("referral.draft", "office", "fgr-tamps")
	path, _, _ = strings.Cut(north.Address(t), "?")
	north.shoot("referral-draft")
	north.act("referral.step-screen_eligible")
	north.act("referral.step-present")
	north.leave()

	north.enter("northcutt")
	north.add(f.id, "decision", "decision", "declined", "reasons", "small_group")
	north.Open(t, north.base+path)
	north.act("referral.sign_step-us_decline", "reason", "small_group_resources")
	north.leave()

	north.enter("kestrelle")
	north.Open(t, north.base+path)
	if f.car == "" {
		f.car = north.Run(t, `[...document.querySelectorAll("[name^='left_out.']")].find(e => [...e.labels].some(l => l.textContent.includes("`+north.say("noun.vehicle")+`"))).name.slice("left_out.".length)`)
	}
	north.act("referral.compose", "facts.lang", "en", "facts.text", "A guide led seven people across the river for money.", "facts.translation", "Un guía condujo a siete personas por el río a cambio de dinero.",
		"facts.translator", "E. Marlow", "none_known", "yes", "declared.consular", "Told of the right; declined.", "left_out."+f.car, "Held for the case here")
	north.shoot("referral-composed")
	north.Open(t, north.base+path+"?section=left_out")
	north.Wait(t, "Held for the case here")
	north.leave()

	north.enter("lockridge")
	north.Open(t, north.base+path)
	north.act("referral.approve")
	north.leave()

	north.enter("kestrelle")
	north.Open(t, north.base+path)
	north.act("referral.send")
	north.Wait(t, north.say("receipt.recorded"))
	north.shoot("referral-sent")
	north.leave()
	return path
}

// outcome reports what became of the case and closes it.
func (w *world) outcome(north, south, second *desk, path string) {
	t := w.t
	south.Open(t, south.base+path)
	south.act("referral.register_file", "file", "FED/TAMPS/REY/0001234/2026")
	second.Wait(t, "FED/TAMPS/REY/0001234/2026")
	for _, step := range []string{"record_imputation", "record_bound_over", "record_abbreviated", "record_conviction"} {
		south.act("referral.step-" + step)
	}
	south.shoot("referral-accepted")
	south.act("referral.dispose", "form", "conviction", "reason", "judgment", "months", "96", "fine_cents", "1000000", "currency", "MXN")
	south.act("referral.sign_step-report_outcome")
	north.Reload(t, north.base+path, north.done("report_outcome"))
	north.act("referral.step-close")
	north.shoot("referral-closed")
	second.Wait(t, second.done("close"))
}

// around opens every other page of the two desks.
func (w *world) around(north, south *desk) {
	t := w.t
	south.Open(t, south.base+"/")
	south.shoot("my-day")
	south.leave()
	north.Open(t, north.base+"/")
	north.shoot("my-day-north")
	north.Open(t, north.base+"/referrals")
	north.shoot("referrals-north")
	for _, page := range []string{"accords", "accords/law", "accords/procedures/mx-accusatory-2016", "links"} {
		north.Open(t, north.base+"/"+page)
		north.shoot(strings.ReplaceAll(page, "/", "-"))
	}
	north.leave()
	north.enter("whitfield")
	north.Open(t, north.base+"/accords")
	north.Click(t, "tbody h3 a")
	north.shoot("accord")
	north.leave()
	north.enter("garnick")
	north.Open(t, north.base+"/journal?check=yes")
	north.Wait(t, strings.TrimSpace(strings.Split(north.say("journal.root"), "{{")[0]))
	north.Click(t, "tbody tr:nth-child(9) td a")
	north.shoot("journal")
	north.Open(t, north.base+"/journal/accesses")
	north.shoot("journal-accesses")
	north.leave()
}

// step is what a step of the procedure is called in the desk's language.
func (d *desk) step(id string) string { d.t.Helper(); return d.rule(id).Name(d.lang) }

// done is what the desk's language says when a step was taken.
func (d *desk) done(id string) string { d.t.Helper(); return d.rule(id).Done.In(d.lang) }

func (d *desk) rule(id string) *program.StepRule {
	d.t.Helper()
	p, ok := program.ProcedureByID("mx-accusatory-2016")
	if !ok {
		d.t.Fatal("no procedure")
	}
	rule, ok := p.Rule(id)
	if !ok {
		d.t.Fatalf("no step %s", id)
	}
	return rule
}

// choice is the first choice that a field offers.
func (d *desk) choice(part, name string) string {
	d.t.Helper()
	for _, v := range d.Find(d.t, `details[id="`+part+`"] select[name="`+name+`"] option`, "value") {
		if v != "" {
			return v
		}
	}
	d.t.Fatalf("%s offers no %s", part, name)
	return ""
}

// late answers with a form drawn before somebody else answered: the page says
// so, with the first answer.
func (d *desk) late(id string) {
	d.t.Helper()
	part := "act-" + id
	d.Unfold(d.t, part)
	for _, name := range []string{"reason", "form"} {
		d.Fill(d.t, part, name, d.choice(part, name))
	}
	d.Fill(d.t, part, "explanation", "Falta la prueba del lucro.")
	d.Submit(d.t, part)
	text := d.Text(d.t)
	told, _, _ := strings.Cut(text, d.say("referral.packet")) // above the desk
	if !strings.Contains(told, "Graciana Escamillar") || !strings.Contains(told, "“"+d.step("accept")+"”") || !strings.Contains(told, "Falta la prueba del lucro.") {
		d.t.Errorf("the second answer is not told of the first:\n%s", text)
	}
}
