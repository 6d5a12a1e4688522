package test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/intake"
	"github.com/oasiss/oasiss/internal/web/webtest"
	"github.com/oasiss/oasiss/wire"
)

// fileOf is a file that an office could bring.
func fileOf(t *testing.T, name string) string {
	t.Helper()
	p, err := filepath.Abs(filepath.Join("..", "internal", "intake", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// bring chooses a file on the page of the capture and asks for the form to be filled.
func (d *desk) bring(file, number, says string) {
	d.t.Helper()
	d.Unfold(d.t, "fill")
	d.Fill(d.t, "main", "_number", number)
	d.Choose(d.t, "#fill-file", file)
	d.Click(d.t, `button[formaction="/intake/file"]`)
	d.Wait(d.t, says)
}

// eventOf is the event of a number as it was recorded.
func (d *desk) eventOf(number string) (e casefile.Event) {
	d.t.Helper()
	as := d.w.as("us", "kestrelle", wire.PurposeProsecution)
	var cases []casefile.Row
	d.w.ok(as.Get(d.t.Context(), "cases", &cases))
	for _, c := range cases {
		var v casefile.View
		d.w.ok(as.Get(d.t.Context(), "cases/"+c.ID, &v))
		for _, i := range v.Items {
			if i.Noun != "event" {
				continue
			}
			if d.w.ok(json.Unmarshal(i.Content, &e)); e.Reference == number {
				return e
			}
		}
	}
	d.t.Fatalf("no event of the number %s", number)
	return e
}

// TestIntakeIsFilledFromAFile: what a file of the case system holds stands in the
// form, marked with its line; a wrong file takes nothing of what was typed; nothing
// is recorded before the case is opened; and the event is found again by its number.
func TestIntakeIsFilledFromAFile(t *testing.T) {
	if testing.Short() {
		t.Skip("drives a node through a browser")
	}
	w := oneNode(t)
	d := &desk{webtest.Start(t), t, w.web["us"], i18n.English, w}
	d.Size(t, 1280, 900)
	d.enter("kestrelle")
	d.Open(t, d.base+"/intake")
	d.Fill(t, "main", "event.narrative", "Typed before any file.")
	d.Fill(t, "main", "people.1.role", "witness")
	d.bring(fileOf(t, "cbp-extract.psv"), "", d.say("intake.not_filled"))
	d.shoot("intake-file-wrong")
	long := filepath.Join(t.TempDir(), "long.csv")
	w.ok(os.WriteFile(long, []byte(strings.Repeat("Event,Subject\n", intake.MostFilling/14+1)), 0o600))
	d.bring(long, "", d.say("intake.not_filled"))
	d.bring(fileOf(t, "case-people.csv"), "", "RGV-T-0101, RGV-T-0102")
	for name, want := range map[string]string{"event.narrative": "Typed before any file.", "people.1.role": "witness", "event.reference": ""} {
		if got := d.Value(t, name); got != want {
			t.Errorf("after wrong files %s is %q, not %q", name, got, want)
		}
	}
	d.bring(fileOf(t, "case-people.csv"), "RGV-T-0101", i18n.T(d.lang, "intake.filled", map[string]any{"Count": 3}))
	d.shoot("intake-file-filled")
	for name, want := range map[string]string{"event.narrative": "Typed before any file.", "people.1.role": "witness", "event.reference": "RGV-T-0101", "event.when": "2026-05-02T23:40",
		"event.place": "usbp:RGV", "event.lat": "26.1", "event.lon": "-98.26", "event.uncertainty_m": "500", "event.mode": "hidden_in_vehicle", "people.2.given": "Rogelio", "people.2.role": "suspect", "people.2.birth": "1988-02-14", "people.3.given": "Itzel", "people.4.given": "Casimira"} {
		if got := d.Value(t, name); got != want {
			t.Errorf("filled, %s is %q, not %q", name, got, want)
		}
	}
	if marks := d.Words(t, ".src"); !slices.Contains(marks, i18n.T(d.lang, "intake.src", map[string]any{"Where": "line 2"})) {
		t.Errorf("nothing is marked with its line: %q", marks)
	}
	for _, left := range []string{"Line 4", "Line 5", "Line 7"} {
		if !strings.Contains(d.Text(t), left) {
			t.Errorf("%s could not be read, and the page does not say so", left)
		}
	}
	var cases []casefile.Row
	w.ok(w.as("us", "kestrelle", wire.PurposeProsecution).Get(t.Context(), "cases", &cases))
	if len(cases) > 0 {
		t.Errorf("recorded before anybody opened a case: %v", cases)
	}
	if over := d.Overflow(t); over > 0 {
		t.Errorf("the page is %d px too wide", over)
	}
	d.Fill(t, "main", "people.4.identifiers", "") // the file's CURP has two characters changed
	d.Submit(t, "main")
	d.Wait(t, d.say("case.protected"))
	if text := d.Text(t); !strings.Contains(text, "Rogelio Quintero Barragarza") || strings.Contains(text, "Itzel") {
		t.Errorf("the case does not show its suspect, or names somebody protected:\n%s", text)
	}
	if at := d.eventOf("RGV-T-0101").Place.Coordinates; at == nil || *at != (casefile.Point{Lat: 26.1, Lon: -98.26, Uncertainty: 500}) {
		t.Errorf("the event is at %+v, the file says within 500 m", at)
	}
	d.Open(t, d.base+"/intake")
	d.Unfold(t, "fill")
	d.Fill(t, "main", "_number", "RGV-T-0101")
	d.Click(t, `button[formaction="/intake/number"]`)
	d.Wait(t, i18n.T(d.lang, "intake.filled_others", map[string]any{"Count": 3, "Case": "RGV-26-0001"}))
	d.Wait(t, d.say("intake.same.reference"))
	d.shoot("intake-number-filled")
	if got := d.Value(t, "event.place_name"); got != "Puente de Prueba" {
		t.Errorf("the place by number is %q", got)
	}
	for name, want := range map[string]string{"event.lat": "26.1", "event.lon": "-98.26", "event.uncertainty_m": "500"} {
		if got := d.Value(t, name); got != want {
			t.Errorf("by number %s is %q, not %q", name, got, want)
		}
	}
	if got := d.Value(t, "people.1.as_recorded"); got != "Rogelio Quintero Barragarza" {
		t.Errorf("the suspect by number is %q", got)
	}
}
