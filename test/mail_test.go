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

// TestClockAboutToRunOutIsWrittenAboutOnce sets a clock ahead to the last day
// of a term that the Mexican side answers for.
func TestClockAboutToRunOutIsWrittenAboutOnce(t *testing.T) {
	w := newWorld(t)
	w.take("mx", "escamillar", wire.PurposeAdministration, "mail.choose", map[string]any{"address": "d5@agency.example", "events": []string{mail.EventClock}})
	w.sent(w.file())
	written := func() (n int) {
		var own mail.Own
		w.ok(w.as("mx", "escamillar", wire.PurposeAdministration).Get(t.Context(), "mail", &own))
		return len(own.Letters)
	}
	look := func() { w.ok(mail.LookAtClocks(t.Context(), w.nodes["mx"].Acts, "MX")) }
	look()
	if n := written(); n != 0 {
		t.Fatalf("%d letters of a clock that has just begun", n)
	}
	for d := time.Duration(0); written() == 0; d += 12 * time.Hour {
		if d > 40*24*time.Hour {
			t.Fatal("no clock ran out")
		}
		w.ahead.Store("mx", d)
		w.signIn("mx", "escamillar")
		look()
	}
	n := written()
	look()
	if again := written(); again != n {
		t.Errorf("written about again: %d, then %d", n, again)
	}
}
