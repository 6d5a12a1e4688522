package test

import (
	"encoding/base64"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/authenticator"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/wire"
)

// bridge is the migration officer who chooses a password in a story and then
// receives a person with it.
var bridge = official{"zubillaga", "Casilda Zubillaga Rentería", "inm-reynosa", "inm", "es"}

// stories play what the main job leaves out, between the same two nodes, each
// with the United States' desk in one of the two languages and Mexico's in the
// other.
func (w *world) stories(t *testing.T, north, south *desk) {
	for _, s := range []struct {
		name string
		lang i18n.Lang // of the United States' desk
		play func(north, south *desk)
	}{
		{"kept here", i18n.Spanish, w.keptHere},
		{"hand-over", i18n.English, w.handOver},
		{"life at risk", i18n.English, w.lifeAtRisk},
		{"withdrawal", i18n.Spanish, w.withdrawal},
		{"accord", i18n.English, w.secondAccord},
		{"evidence", i18n.English, w.evidence},
	} {
		t.Run(s.name, func(t *testing.T) {
			w.t = t
			n, m := *north, *south
			n.t, n.lang, m.t, m.lang = t, s.lang, t, s.lang.Other()
			s.play(&n, &m)
		})
	}
}

// presented is a case before the US Attorney.
func (w *world) presented(f file) (referral string) {
	w.t.Helper()
	referral = w.take("us", "kestrelle", wire.PurposeProsecution, "referral.draft", map[string]any{"case": f.id, "node": "mx", "office": "fgr-tamps"})
	for _, step := range []string{"screen_eligible", "present"} {
		w.take("us", "kestrelle", wire.PurposeProsecution, "referral.step", map[string]any{"referral": referral, "step": step})
	}
	return referral
}

// sent is a case on its way to the other country.
func (w *world) sent(f file) (referral string) {
	w.t.Helper()
	referral = w.presented(f)
	for _, step := range []struct {
		by, verb string
		cmd      map[string]any
	}{
		{"northcutt", "case.ausa_decision", map[string]any{"case": f.id, "decision": "declined", "reasons": []string{"small_group"}}},
		{"northcutt", "referral.sign_step", map[string]any{"step": "us_decline", "reason": "small_group_resources"}},
		{"kestrelle", "referral.compose", map[string]any{"none_known": true, "left_out": w.leaves, "declared": map[string]string{"consular": "Told of the right; declined."},
			"facts": map[string]string{"lang": "en", "text": "A guide led seven people across the river for money.", "translation": "Un guía condujo a siete personas por el río a cambio de dinero.", "translator": "E. Marlow"}}},
		{"lockridge", "referral.approve", map[string]any{}},
		{"kestrelle", "referral.send", map[string]any{}},
	} {
		if step.cmd["case"] == nil {
			step.cmd["referral"] = referral
		}
		w.take("us", step.by, wire.PurposeProsecution, step.verb, step.cmd)
	}
	return referral
}

// there takes an act of the Mexican prosecutor as soon as what it answers has arrived.
func (w *world) there(referral, verb string, cmd map[string]any) {
	w.t.Helper()
	cmd["referral"] = referral
	w.until(func() error {
		_, err := w.as("mx", "escamillar", wire.PurposeProsecution).Take(w.t.Context(), verb, "", cmd)
		return err
	})
}

// add records one thing of a case by hand, on its own page.
func (d *desk) add(id, noun string, fields ...string) {
	d.t.Helper()
	d.Open(d.t, d.base+"/cases/"+id+"/add/"+noun)
	for i := 0; i < len(fields); i += 2 {
		d.Fill(d.t, "main", fields[i], fields[i+1])
	}
	d.shoot("add-" + noun)
	d.Submit(d.t, "main")
	if a, _, _ := strings.Cut(d.Address(d.t), "?"); a != "/cases/"+id {
		d.t.Fatalf("%s was not recorded: %s\n%s", noun, a, d.Text(d.t))
	}
}

// keptHere: the US Attorney prosecutes, nothing leaves, and what the court
// decided stands in the case.
func (w *world) keptHere(north, _ *desk) {
	t := w.t
	f := w.file()
	referral := w.presented(f)
	north.enter("northcutt")
	north.add(f.id, "decision", "decision", "retained")
	north.Open(t, north.base+"/referrals/"+referral)
	north.act("referral.sign_step-us_retain", "reason", "accepted_for_us_prosecution")
	north.shoot("referral-kept")
	if len(north.Find(t, `details[id="act-referral.compose"]`, "id")) > 0 {
		t.Error("a case that is prosecuted here can still be composed for the other country")
	}
	north.add(f.id, "outcome", "person", f.suspect, "kind", "conviction", "on", time.Now().Format(time.DateOnly), "months", "37", "authority", "S.D. Tex.")
	north.shoot("case-outcome")
	if !strings.Contains(north.Text(t), "37") {
		t.Errorf("the case does not say what the court decided:\n%s", north.Text(t))
	}
	north.leave()
}

// handOver: a person is given by one country and received by the other, each
// with its own signature; the officer at the bridge, whose account was made for
// it, sees the sheet and not the case.
func (w *world) handOver(north, south *desk) {
	t := w.t
	south.redeem(w.invite("mx", bridge), bridge.login)
	south.leave()

	f := w.file()
	referral := w.sent(f)
	w.there(referral, "referral.sign_for_analysis", map[string]any{"undertakes": true})
	w.there(referral, "referral.accept", map[string]any{})

	w.waive(f)
	path := "/referrals/" + referral
	north.enter("kestrelle")
	north.Reload(t, north.base+path, north.done("accept"))
	chicago := i18n.Zone("America/Chicago")
	north.act("referral.schedule_hand_over", "person", f.suspect, "office", bridge.office, "at", hidalgo(time.Now()).In(chicago).Format("2006-01-02T15:04"), "crossing", "hidalgo", "basis", "at_liberty", "property", "Backpack\nMXN 340 in notes")
	north.shoot("hand-over-scheduled")
	north.ask("referral.give")
	for _, said := range []string{"By pseudonym", "Hidalgo–Reynosa", "At liberty"} {
		if read := north.Text(t); !strings.Contains(strings.ToLower(read), strings.ToLower(said)) {
			t.Errorf("whoever signs giving a person over does not read %q:\n%s", said, read)
		}
	}
	north.finish("referral.give")
	north.shoot("hand-over-given")

	south.Size(t, 768, 1024) // the tablet at the bridge
	south.enter(bridge.login)
	south.Reload(t, south.base+"/", "Hidalgo–Reynosa")
	south.shoot("my-day-bridge")
	south.Click(t, `a[href^="/hand-overs/"]`)
	south.Wait(t, "Dana Kestrelle")
	for _, beyond := range []string{"900 dólares", "A guide led", "Palomarín"} {
		if strings.Contains(south.Text(t), beyond) {
			t.Errorf("the officer at the bridge reads %q of the case", beyond)
		}
	}
	south.shoot("hand-over-at-the-bridge")
	south.act("referral.receive", "form", "at_liberty", "people", "1", "counted.1", "as_announced", "counted.2", "missing", "reasons.2", "Gastado en comida en la estación.")
	south.shoot("hand-over-received")
	north.Wait(t, bridge.name)
	for _, d := range []*desk{north, south} {
		for _, name := range []string{"Dana Kestrelle", bridge.name} {
			if pair := strings.Join(d.Words(t, "section.pair"), "\n"); !strings.Contains(pair, name) {
				t.Errorf("%s is not among the two signatures in %s:\n%s", name, d.lang, pair)
			}
		}
	}
	south.Open(t, south.base+"/hand-overs")
	south.shoot("reconciliation")
	south.Size(t, 1440, 900)
	north.shoot("hand-over-done")
	north.leave()
	south.leave()
}

// redeem chooses a password with both halves of a link and signs in with it.
func (d *desk) redeem(half [2]string, login string) {
	d.t.Helper()
	d.Open(d.t, d.base+"/redeem")
	d.speak()
	d.Fill(d.t, "", "half", half[0])
	d.Fill(d.t, "", "other", half[1])
	d.Fill(d.t, "", "password", password)
	d.shoot("redeem")
	d.Submit(d.t, "main")
	d.shoot("redeemed")
	if a, _, _ := strings.Cut(d.Address(d.t), "?"); a != "/sign-in" {
		d.t.Fatalf("the link was not redeemed: %s\n%s", a, d.Text(d.t))
	}
	d.begin(login)
	d.enter(login)
	d.shoot("my-day-first")
}

// begin takes a new account into use by hand: with the password alone nothing
// but one's own account opens, and a passkey is registered there.
func (d *desk) begin(login string) {
	d.t.Helper()
	d.Authenticator(d.t)
	d.Open(d.t, d.base+"/sign-in")
	d.speak()
	d.Unfold(d.t, "other")
	d.Fill(d.t, "other", "user", login)
	d.Fill(d.t, "other", "password", password)
	d.Fill(d.t, "other", "notice", "yes")
	d.Submit(d.t, "other")
	d.speak()
	for _, path := range []string{"/", "/cases", "/referrals"} {
		if d.Open(d.t, d.base+path); d.Address(d.t) != "/account" {
			d.t.Errorf("with a password alone %s opens", d.Address(d.t))
		}
	}
	d.shoot("account-bare")
	d.Fill(d.t, "passkeys", "name", "Tablet")
	d.Submit(d.t, "passkeys")
	d.Wait(d.t, "Tablet")
	d.shoot("account")
	id, key := d.Held(d.t)
	k, err := authenticator.FromPKCS8("localhost", base64.RawURLEncoding.EncodeToString(id), key)
	d.w.ok(err)
	c := d.w.stranger(d.node())
	c.Signer = k
	d.w.user[d.node()+"/"+login] = c
	d.leave()
}

var figures = regexp.MustCompile(`\d+`)

// withdrawal: an official takes a referral back, the victim adviser stops
// another. The other side sees the same, and not who or why.
func (w *world) withdrawal(north, south *desk) {
	t := w.t
	taken, stopped := w.file(), w.file()
	back, stop := w.sent(taken), w.sent(stopped)
	for _, referral := range []string{back, stop} {
		w.there(referral, "referral.sign_for_analysis", map[string]any{"undertakes": true})
	}
	south.enter("escamillar")
	south.Reload(t, south.base+"/referrals/"+back, south.done("sign_for_analysis"))

	north.enter("kestrelle")
	north.Reload(t, north.base+"/referrals/"+back, north.done("sign_for_analysis"))
	north.act("referral.withdraw")
	north.shoot("referral-withdrawn")
	north.leave()
	north.enter("ravenel")
	north.Open(t, north.base+"/cases/"+stopped.id)
	north.act("protection.stop", "reason", "La familia recibió amenazas.")
	north.shoot("referral-stopped")
	north.leave()

	south.Wait(t, south.done("withdraw")) // the page renews itself
	var seen [2]string
	for i, referral := range []string{back, stop} {
		south.Reload(t, south.base+"/referrals/"+referral, south.done("withdraw"))
		turns := south.Words(t, "#conversation li")
		seen[i] = figures.ReplaceAllString(turns[len(turns)-1], "0")
	}
	if seen[0] != seen[1] {
		t.Errorf("a stop differs from a withdrawal:\n%s\n%s", seen[0], seen[1])
	}
	for _, told := range []string{"Kestrelle", "Ravenel", "amenazas"} {
		if strings.Contains(seen[0]+seen[1], told) {
			t.Errorf("the withdrawal says %q:\n%s", told, seen[0])
		}
	}
	south.shoot("withdrawn-there")
	south.act("referral.step-acknowledge_withdrawal")
	south.shoot("withdrawal-acknowledged")
	south.leave()
}

// secondAccord: an accord is proposed, and two officials of each country sign
// it: only then does it open its corridor.
func (w *world) secondAccord(north, south *desk) {
	t := w.t
	north.enter("whitfield")
	north.Open(t, north.base+"/accords/new")
	north.Fill(t, "main", "template", "accord-2007")
	north.Click(t, `form[action="/accords/new"] button`)
	north.Wait(t, "Eagle Pass") // the draft is read in words, and nobody writes YAML
	north.shoot("accord-new")
	north.Click(t, `form[action$="/acts/accord.propose"] button`)
	path, _, _ := strings.Cut(north.Address(t), "?")
	if !strings.HasPrefix(path, "/accords/0") {
		t.Fatalf("the accord was not proposed: %s\n%s", path, north.Text(t))
	}
	north.shoot("accord-proposed")
	inForce := func(d *desk) string { return d.say("accord.status.in_force") }
	for n, d := range map[string]*desk{"us": north, "mx": south} {
		for i, p := range people[n][:2] {
			if n == "us" && i == 0 {
				d.Open(t, d.base+path)
			} else {
				d.enter(p.login)
				d.Reload(t, d.base+path, "Coahuila")
			}
			d.act("accord.sign")
			d.shoot("accord-signed")
			d.leave()
		}
	}
	for n, d := range map[string]*desk{"us": north, "mx": south} {
		d.enter(people[n][0].login)
		d.Reload(t, d.base+path, inForce(d))
		for _, p := range append(people["us"][:2:2], people["mx"][:2]...) {
			if !strings.Contains(d.Text(t), p.name) {
				t.Errorf("%s's signature is not on the page in %s", p.name, d.lang)
			}
		}
		d.shoot("accord-in-force")
		d.leave()
	}
}
