package test

import (
	"bufio"
	"context"
	"encoding/json"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/wire"
)

// Where and when a protected person crosses is on no page, in no answer of the
// API, in no feed and in no export of anybody but the victim adviser, and of the
// receiving officer from two hours before: everybody else reads "safe, counted".
func TestWhereAProtectedPersonCrossesIsToldToFew(t *testing.T) {
	w := newWorld(t)
	f := w.file()
	ref := w.sent(f)
	w.there(ref, "referral.sign_for_analysis", map[string]any{"undertakes": true})
	at := hidalgo(time.Now().Add(48 * time.Hour)).Truncate(time.Minute).Add(7 * time.Minute)
	w.take("us", "ravenel", wire.PurposeProtection, "protection.waive_return", map[string]any{"case": f.id, "person": f.witness, "language": "es", "signed": true})
	x := w.take("us", "ravenel", wire.PurposeProtection, "referral.schedule_reception", map[string]any{"referral": ref, "person": f.witness, "office": "inm-reynosa", "at": at, "crossing": "hidalgo",
		"property": []string{"A lute with five strings"}})

	var sheet referral.Sheet
	w.ok(w.as("us", "ravenel", wire.PurposeProtection).Get(t.Context(), "referrals/"+x+"/hand-over", &sheet))
	if sheet.Safe || sheet.HandOver.Crossing != "hidalgo" || !sheet.HandOver.At.Equal(at) {
		t.Errorf("the adviser reads %+v", sheet)
	}
	adviser := w.visitor(t)
	adviser.signIn("ravenel")
	adviser.says(adviser.get("/hand-overs/"+x), http.StatusOK, "Hidalgo–Reynosa", "A lute with five strings", "USBP-RGV/INM-REYNOSA/0001")
	adviser.says(adviser.get("/hand-overs/"+x+"/acta.es.html"), http.StatusOK, "USBP-RGV/INM-REYNOSA/0001")

	chicago := i18n.Zone("America/Chicago")
	secrets := []string{"lute", `"crossing":"hidalgo"`, at.UTC().Format("2006-01-02T15:04"), at.In(chicago).Format("2006-01-02T15:04"), "INM-REYNOSA/0001"}
	silent := func(where, said string) {
		t.Helper()
		for _, s := range secrets {
			if strings.Contains(said, s) {
				t.Errorf("%s says %q", where, s)
			}
		}
	}
	for _, login := range []string{"kestrelle", "lockridge"} {
		v := w.visitor(t)
		v.signIn(login)
		for _, path := range []string{"/", "/referrals", "/referrals/" + ref, "/cases/" + f.id, "/cases/" + f.id + "/history", "/people/" + f.witness, "/hand-overs", "/hand-overs/" + x, "/hand-overs/" + x + "/acta.en.html"} {
			got := v.get(path)
			v.says(got, http.StatusOK)
			silent(login+" "+path, got.text)
		}
		v.says(v.get("/hand-overs/"+x), http.StatusOK, "Safe, counted")
		c := w.as("us", login, wire.PurposeProsecution)
		for _, path := range []string{"day", "referrals/" + ref, "referrals/" + x + "/hand-over", "hand-overs/reconciliation", "cases/" + f.id, "changes", "persons/" + f.witness} {
			var got json.RawMessage
			w.ok(c.Get(t.Context(), path, &got))
			silent(login+" api "+path, string(got))
		}
		silent(login+" feed", w.hears(v, "/", func() {
			w.take("us", "ravenel", wire.PurposeProtection, "referral.cancel_reception", map[string]any{"reception": x})
			x = w.take("us", "ravenel", wire.PurposeProtection, "referral.schedule_reception", map[string]any{"referral": ref, "person": f.witness, "office": "inm-reynosa", "at": at, "crossing": "hidalgo",
				"property": []string{"A lute with five strings"}})
		}))
	}
	taken, err := w.as("us", "kestrelle", wire.PurposeProsecution).Take(t.Context(), "case.export", "", map[string]any{"case": f.id, "reason": "own_file"})
	w.ok(err)
	var exported json.RawMessage
	w.ok(w.as("us", "kestrelle", wire.PurposeProsecution).Get(t.Context(), "exports/"+taken.Facts[0], &exported))
	silent("an export", string(exported))
	w.until(func() error {
		var got json.RawMessage
		return w.as("mx", "escamillar", wire.PurposeProsecution).Get(t.Context(), "referrals/"+x+"/hand-over", &got)
	})
	var there json.RawMessage
	w.ok(w.as("mx", "escamillar", wire.PurposeProsecution).Get(t.Context(), "referrals/"+x+"/hand-over", &there))
	silent("the ministerio público", string(there))
}

// hears is what the stream of a page that somebody opened says while f is done.
func (w *world) hears(v *visitor, path string, f func()) string {
	w.t.Helper()
	address := regexp.MustCompile(`sse-connect="([^"]+)"`).FindStringSubmatch(html.UnescapeString(v.get(path).text))
	if address == nil {
		w.t.Fatal(path + " listens to nothing")
	}
	ctx, stop := context.WithTimeout(w.t.Context(), time.Minute)
	defer stop()
	res, err := v.http.Do(v.request(http.MethodGet, address[1], nil).WithContext(ctx))
	w.ok(err)
	defer func() { _ = res.Body.Close() }()
	f()
	said, data := "", false
	for lines := bufio.NewReader(res.Body); ; {
		line, err := lines.ReadString('\n')
		said += line
		data = data || strings.HasPrefix(line, "data:")
		if data && line == "\n" {
			return said
		}
		if err != nil {
			break
		}
	}
	w.t.Error("the stream said nothing")
	return said
}
