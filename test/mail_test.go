package test

import (
	"errors"
	"io"
	"mime/quotedprintable"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/mail"
	"github.com/oasiss/oasiss/internal/mail/mailtest"
	"github.com/oasiss/oasiss/wire"
)

// TestLettersTellThatSomethingWaits plays the life of a referral between two
// nodes whose people chose to be written to, over a real mail server with TLS:
// each gets a letter of what waits for them, its number leads there for nobody
// else, and nothing personal was in any byte on its way.
func TestLettersTellThatSomethingWaits(t *testing.T) {
	post := mailtest.Start(t)
	w := emptyWorld(t)
	w.mail = &mail.Server{Address: post.Address, From: "oasiss@node.example", User: mailtest.User, Password: mailtest.Password, Roots: post.Roots}
	w.fromFirst()
	address := map[string]string{"us/lockridge": "d1@agency.example", "us/kestrelle": "d2@agency.example", "us/okafor": "d3@agency.example", "us/garnick": "d4@agency.example", "mx/escamillar": "d5@agency.example", "mx/frondosa": "d6@agency.example"}
	for who, to := range address {
		n, login, _ := strings.Cut(who, "/")
		w.take(n, login, wire.PurposeAdministration, "mail.choose", map[string]any{"address": to, "events": mail.Events})
	}
	f := w.file()
	referral := w.sent(f)
	w.there(referral, "referral.sign_for_analysis", map[string]any{"undertakes": true})
	alert := w.take("us", "lockridge", wire.PurposeLifeAtRisk, "alert.raise", map[string]any{"danger": "heat_cold", "region": "usbp:RGV", "number": 11, "where": "Third gate at Falfurrias", "known": "Two children"})
	proposal := w.take("us", "whitfield", wire.PurposeAdministration, "role.grant", map[string]any{"user": w.account("kestrelle"), "role": "field_agent"})

	// Who is written about what, and where the number leads.
	type letter struct{ who, event, object string }
	want := []letter{
		{"us/lockridge", mail.EventApproval, referral}, {"mx/escamillar", mail.EventReferral, referral}, {"mx/frondosa", mail.EventReferral, referral},
		{"us/kestrelle", mail.EventAnswer, referral}, {"us/lockridge", mail.EventAnswer, referral},
		{"us/kestrelle", mail.EventAlert, alert}, {"mx/escamillar", mail.EventAlert, alert}, {"mx/frondosa", mail.EventAlert, alert},
		{"us/okafor", mail.EventApproval, proposal},
	}
	var got []letter
	numbers := map[string]string{}
	w.until(func() error {
		got = nil
		for who := range address {
			n, login, _ := strings.Cut(who, "/")
			var own mail.Own
			if err := w.as(n, login, wire.PurposeAdministration).Get(t.Context(), "mail", &own); err != nil {
				return err
			}
			for _, l := range own.Letters {
				if !l.Taken {
					return errors.New("a letter is awaited")
				}
				var lead mail.Lead
				w.ok(w.as(n, login, wire.PurposeAdministration).Get(t.Context(), "mail/"+l.Number, &lead))
				got, numbers[l.Number] = append(got, letter{who, l.Event, lead.Object}), who
			}
		}
		for _, x := range want {
			if !slices.Contains(got, x) {
				return errors.New("a letter is awaited")
			}
		}
		return nil
	})
	for _, x := range got {
		if x.who == "us/garnick" && x.event != mail.EventApproval { // an auditor takes no part in cases
			t.Errorf("written: %+v", x)
		}
	}
	for number, who := range numbers {
		n, _, _ := strings.Cut(who, "/")
		other := map[string]string{"us": "northcutt", "mx": "ibarrola"}[n]
		if err := w.as(n, other, wire.PurposeAdministration).Get(t.Context(), "mail/"+number, nil); err == nil {
			t.Errorf("the number of %s leads %s somewhere", who, other)
		}
	}
	w.nothingPersonal(t, post, numbers, []string{referral, alert, proposal, f.id, f.suspect, f.witness})
}

// nothingPersonal looks for what a letter must not say in every byte of every
// conversation with the mail server.
func (w *world) nothingPersonal(t *testing.T, post *mailtest.Server, numbers map[string]string, ids []string) {
	t.Helper()
	said := string(post.Said())
	secret := slices.Clone(ids)
	for n, all := range people {
		for _, p := range all {
			secret = append(secret, p.login, p.name, p.office, w.user[n+"/"+p.login].Token)
		}
	}
	secret = append(secret, "Xochiquetzal", "Palomar", "Rutilio", "Barragarza", "Anzalduas", "Falfurrias", "RGV-", "RGV", "Tamaulipas", "/referrals", "/alerts", "https://", "heat", "approval", "prosecution")
	var plain strings.Builder
	for _, l := range post.Letters() {
		_, err := io.Copy(&plain, quotedprintable.NewReader(strings.NewReader(l.Text)))
		w.ok(err)
	}
	for _, s := range secret {
		if strings.Contains(said, s) || strings.Contains(plain.String(), s) {
			t.Errorf("%q was said to the mail server", s)
		}
	}
	for number := range numbers {
		if !strings.Contains(said, number) {
			t.Errorf("the letter %s was not sent", number)
		}
	}
	t.Logf("%d letters, %d bytes searched for %d strings", len(post.Letters()), len(said), len(secret))
}

// TestClockAboutToRunOutIsWrittenAboutOnce: the Mexican side has 24 hours to sign for
// what came, and its prosecutor is written to at once; of the 48 for the answer, which
// begin with that signature, only when their last day has begun. Of each once.
func TestClockAboutToRunOutIsWrittenAboutOnce(t *testing.T) {
	w := newWorld(t)
	w.take("mx", "escamillar", wire.PurposeAdministration, "mail.choose", map[string]any{"address": "d5@agency.example", "events": []string{mail.EventClock}})
	written := func() (n int) {
		var own mail.Own
		w.ok(w.as("mx", "escamillar", wire.PurposeAdministration).Get(t.Context(), "mail", &own))
		return len(own.Letters)
	}
	look := func() { w.ok(mail.LookAtClocks(t.Context(), w.nodes["mx"].Acts, "MX")) }
	once := func(what string, want int) {
		t.Helper()
		for range 2 {
			if look(); written() != want {
				t.Fatalf("%s: %d letters, want %d", what, written(), want)
			}
		}
	}
	once("before anything came", 0)
	id := w.sent(w.file())
	w.until(func() error { // a clock set ahead before it is there would find it too old to take
		if look(); written() == 0 {
			return errors.New("no clock is written about")
		}
		return nil
	})
	once("of the signature", 1)
	w.there(id, "referral.sign_for_analysis", map[string]any{"undertakes": true})
	once("of an answer for which there are two days", 1)
	for d := time.Duration(0); written() == 1; d += 12 * time.Hour {
		if d > 40*24*time.Hour {
			t.Fatal("no clock ran out")
		}
		w.ahead.Store("mx", d)
		w.signIn("mx", "escamillar")
		look()
	}
	once("of the answer", 2)
}

// TestNoticesAndTasksAreWrittenAbout: a consulate is written to about a notice that
// came, the adviser about what the consulate answered, both about a notice that
// nobody acknowledged in time, and an office about its task that is overdue; each
// once, and nobody about what they may not see.
func TestNoticesAndTasksAreWrittenAbout(t *testing.T) {
	w := newWorld(t)
	w.withConsul()
	us, mx := []string{"ravenel", "kestrelle", "northcutt", "garnick"}, []string{consul, "escamillar"}
	each := func(f func(n, login string)) {
		for n, logins := range map[string][]string{"us": us, "mx": mx} {
			for _, login := range logins {
				f(n, login)
			}
		}
	}
	each(func(n, login string) {
		w.take(n, login, wire.PurposeAdministration, "mail.choose", map[string]any{"address": "d@agency.example", "events": []string{mail.EventConsular, mail.EventClock, mail.EventTask}})
	})
	f := w.file()
	person := w.asks(f, "Remedios")
	about := func(more map[string]any) map[string]any {
		more["case"], more["person"] = f.id, person
		return more
	}
	w.take("us", "ravenel", wire.PurposeProtection, "consular.advise", about(map[string]any{"wish": "asks", "language": "es"}))
	notice := w.take("us", "ravenel", wire.PurposeProtection, "consular.notify", about(map[string]any{"office": "sre-programa", "place": "Station, room 2", "call": "+1 956 555 0100"}))
	due := time.Now().Add(time.Hour).UTC().Format("2006-01-02T15:04")
	for _, what := range []string{"Ask for the film of the gate", "Ask for the log"} {
		task := w.take("us", "kestrelle", wire.PurposeProsecution, "case.add_task", map[string]any{"case": f.id, "what": what, "due": due, "zone": "UTC"})
		if what == "Ask for the log" {
			w.take("us", "kestrelle", wire.PurposeProsecution, "case.end_task", map[string]any{"task": task, "outcome": "done"})
		}
	}
	type letter struct{ who, event, object string }
	got := func() (out []letter) {
		each(func(n, login string) {
			var own mail.Own
			w.ok(w.as(n, login, wire.PurposeAdministration).Get(t.Context(), "mail", &own))
			for _, l := range own.Letters {
				var lead mail.Lead
				w.ok(w.as(n, login, wire.PurposeAdministration).Get(t.Context(), "mail/"+l.Number, &lead))
				out = append(out, letter{n + "/" + login, l.Event, lead.Object})
			}
		})
		slices.SortFunc(out, func(a, b letter) int { return strings.Compare(a.who+a.event, b.who+b.event) })
		return out
	}
	expect := func(when string, want ...letter) {
		t.Helper()
		var have []letter
		for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
			if have = got(); slices.Equal(have, want) {
				return
			}
		}
		t.Fatalf("%s: %v, want %v", when, have, want)
	}
	look := func() {
		for n, country := range map[string]string{"us": "US", "mx": "MX"} {
			w.ok(mail.LookAtClocks(t.Context(), w.nodes[n].Acts, country))
		}
	}
	came := letter{"mx/" + consul, mail.EventConsular, notice}
	look()
	expect("when it came", came)
	for _, n := range []string{"us", "mx"} {
		w.ahead.Store(n, 25*time.Hour)
	}
	each(w.signIn)
	look()
	look()
	late := []letter{{"mx/" + consul, mail.EventClock, notice}, came,
		{"us/kestrelle", mail.EventTask, f.id}, {"us/ravenel", mail.EventClock, notice}, {"us/ravenel", mail.EventTask, f.id}}
	expect("a day later", late...)
	w.take("mx", consul, wire.PurposeProtection, "consular.acknowledge", map[string]any{"notice": notice})
	look()
	expect("acknowledged", late[0], late[1], late[2], late[3], letter{"us/ravenel", mail.EventConsular, notice}, late[4])
}
