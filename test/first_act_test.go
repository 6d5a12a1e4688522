package test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/webtest"
	"github.com/oasiss/oasiss/wire"
	"github.com/pquerna/otp/totp"
)

// TestTheFirstActOfSomebodyWithoutAPasskey: somebody who signs in by password and
// code, and has never had a passkey, asks for an act that is signed. They are sent
// to register one, come back to the very act with what they typed, and sign it.
func TestTheFirstActOfSomebodyWithoutAPasskey(t *testing.T) {
	if testing.Short() {
		t.Skip("drives a node through a browser")
	}
	b, w := webtest.Start(t), oneNode(t)
	id := w.take("us", "kestrelle", wire.PurposeProsecution, "case.open", map[string]any{"title": "A first act"})
	person := w.take("us", "kestrelle", wire.PurposeProsecution, "case.add_person", map[string]any{"case": id, "given": "Hortensia", "paterno": "Villalpando", "birth": "1990-01-01", "role": "witness", "source": "observation"})
	for login, l := range map[string]i18n.Lang{"pettibone": i18n.English, "quintero": i18n.Spanish} {
		t.Run(string(l), func(t *testing.T) {
			d := &desk{b, t, w.web["us"], l, w}
			d.byCode(login, w.withoutPasskey(t, login, string(l)))
			d.Authenticator(t)
			page, typed := "/people/"+person, "To call her lawyer, for "+login
			d.Open(t, d.base+page)
			d.ask("protection.reveal", "reason", typed, "minutes", "15")
			if d.Has(t, `form[action^="/sign/"]`) || !strings.Contains(d.Text(t), d.say("confirm.no_passkey")) {
				t.Fatalf("not told that a passkey is missing:\n%s", d.Text(t))
			}
			act := d.Run(t, `document.querySelector(".digest").textContent`)
			d.shoot("first-act")
			d.Click(t, `a[href^="/account?next="]`)
			d.Wait(t, d.say("own.waits"))
			d.shoot("first-act-account")
			d.Submit(t, "passkeys") // without its name: refused, and the act still waits
			d.Wait(t, d.say("own.waits"))
			d.Fill(t, "passkeys", "name", "Office telephone")
			d.Submit(t, "passkeys")
			d.Wait(t, d.say("confirm.you_sign"))
			if again := d.Run(t, `document.querySelector(".digest").textContent`); again != act {
				t.Fatalf("came back to the act %s, not to %s", again, act)
			}
			d.finish("protection.reveal")
			if a, says := d.Address(t), d.Text(t); !strings.HasPrefix(a, page) || !strings.Contains(says, "Hortensia") {
				t.Errorf("signed, led to %s:\n%s", a, says)
			}
			d.leave()
		})
	}
}

// withoutPasskey makes an account whose person has an authenticator app and no
// passkey, and gives the codes of the app.
func (w *world) withoutPasskey(t *testing.T, login, lang string) (code func() string) {
	t.Helper()
	ctx := context.Background()
	half := w.invite("us", official{login, "Person of " + login, "usbp-rgv", "prosecutions", lang})
	c := w.stranger("us")
	w.ok(c.Post(ctx, "redeem", map[string]any{"half": half[0], "other": half[1], "password": password}, nil))
	_, err := c.SignIn(ctx, login, password, true)
	w.ok(err)
	c.Purpose = wire.PurposeAdministration
	var seed struct{ Seed, Ticket string }
	w.ok(c.Post(ctx, "totp/draw", map[string]any{}, &seed))
	at := w.now("us")
	code = func() string { // a code is taken once: each is that of the next half minute
		if now := w.now("us"); now.Sub(at) > time.Minute {
			at = now
		}
		out, err := totp.GenerateCode(seed.Seed, at)
		w.ok(err)
		at = at.Add(30 * time.Second)
		return out
	}
	w.ok(c.Post(ctx, "totp", map[string]any{"ticket": seed.Ticket, "code": code()}, nil))
	return code
}

// byCode signs somebody in through the page by password and code.
func (d *desk) byCode(login string, code func() string) {
	d.t.Helper()
	d.Open(d.t, d.base+"/sign-in")
	d.speak()
	d.Run(d.t, `(() => { for (const x of document.querySelectorAll("details")) x.open = true; return "" })()`)
	d.Run(d.t, `(() => { const f = document.querySelector('form[action="/sign-in"]').elements; f.user.value = "`+login+`"; f.password.value = "`+password+`"; f.notice.checked = true; return "" })()`)
	d.Click(d.t, `form[action="/sign-in"] button:not([type=button])`)
	d.Run(d.t, `(() => { document.querySelector('form[action="/sign-in/code"]').elements.code.value = "`+code()+`"; return "" })()`)
	d.Click(d.t, `form[action="/sign-in/code"] button:not([type=button])`)
	d.speak()
	if a := d.Address(d.t); strings.HasPrefix(a, "/sign-in") {
		d.t.Fatalf("%s was not let in: %s\n%s", login, a, d.Text(d.t))
	}
}
