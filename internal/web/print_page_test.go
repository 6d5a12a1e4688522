package web

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/raster"
	"github.com/oasiss/oasiss/internal/web/webtest"
)

// TestEveryPrintedPageSaysHowItIsHandled prints pages as a person would, from
// whatever look they read in: every sheet of paper has the handling code, the
// number, who printed it and which of how many it is; and no button.
func TestEveryPrintedPageSaysHowItIsHandled(t *testing.T) {
	if testing.Short() {
		t.Skip("prints from a browser")
	}
	server, b := site(t), webtest.Start(t)
	for _, l := range i18n.Languages() {
		for file, says := range map[string][]string{"case": {"H2", i18n.T(l, "handling.H2"), "RGV-26-0412"}, "referral": {"H2", i18n.T(l, "handling.H2"), "RGV-26-0398", "9f41c07a2b6e"},
			"person": {"H2", i18n.T(l, "handling.H2"), "RGV-26-0412"}, "exhibit": {"H1", i18n.T(l, "handling.H1"), "RGV-26-0412-E1"}, "alert": {i18n.T(l, "alert.paper")}} {
			b.Open(t, server.URL+"/page/"+string(l)+"/dark/"+file)
			pdf := b.Print(t)
			d, err := raster.Open("application/pdf", bytes.NewReader(pdf), int64(len(pdf)))
			if err != nil {
				t.Fatal(err)
			}
			for n := range d.Pages() {
				text, err := d.Text(n)
				if err != nil {
					t.Fatal(err)
				}
				for _, want := range append(says, i18n.T(l, "print.by", map[string]any{"Name": "D. Ruiz", "Office": "Rio Grande Valley"}), fmt.Sprintf("%d / %d", n+1, d.Pages())) {
					if !strings.Contains(text, want) {
						t.Errorf("%s in %s: page %d of %d does not say %q:\n%s", file, l, n+1, d.Pages(), want, text)
					}
				}
				for _, twice := range map[string][]string{"referral": {"RGV-26-0398", "9f41c07a2b6e"}, "case": {"RGV-26-0412"}}[file] { // at the top, and at the foot
					if foot := text[strings.LastIndex(text, "OASISS"):]; !strings.Contains(foot, twice) {
						t.Errorf("%s in %s: the foot of page %d does not say %q:\n%s", file, l, n+1, twice, foot)
					}
				}
				if not := i18n.T(l, "act.review_and_sign"); strings.Contains(text, not) {
					t.Errorf("%s in %s: page %d prints a button", file, l, n+1)
				}
				keepPage(t, d, n, fmt.Sprintf("print-%s-%s-%d.png", file, l, n+1))
			}
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// keepPage keeps a printed page to be looked at.
func keepPage(t *testing.T, d raster.Document, n int, name string) {
	t.Helper()
	pictures := os.Getenv("OASISS_PICTURES")
	if pictures == "" {
		return
	}
	page, err := d.Page(n)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := raster.PNG(&out, page); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(pictures, name), out.Bytes(), 0o644); err != nil { // #nosec G306 -- pictures of fictional pages
		t.Fatal(err)
	}
}
