package web

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/raster"
	"github.com/oasiss/oasiss/internal/web/webtest"
)

// TestEveryPrintedPageSaysHowItIsHandled prints pages as a person would, from
// whatever look they read in while a life is at risk elsewhere: every sheet of
// paper has the handling code, the number, who printed it, that the data are for
// practice and which of how many it is; no button, and nothing of another matter.
func TestEveryPrintedPageSaysHowItIsHandled(t *testing.T) {
	if testing.Short() {
		t.Skip("prints from a browser")
	}
	server, b := site(t), webtest.Start(t)
	for _, l := range i18n.Languages() {
		for file, says := range map[string][]string{"case": {"H2", i18n.T(l, "handling.H2"), "RGV-26-0412"}, "referral": {"H2", i18n.T(l, "handling.H2"), "RGV-26-0398", "9f41c07a2b6e"},
			"person": {"H2", i18n.T(l, "handling.H2"), "RGV-26-0412", "Ceiba"}, "map": nil, "figures": nil, "exhibit": {"H1", i18n.T(l, "handling.H1"), "RGV-26-0412-E1"}, "alert": {i18n.T(l, "alert.paper")}} {
			b.Open(t, server.URL+"/page/"+string(l)+"/dark/"+file+"?alert")
			pdf := b.Print(t)
			d, err := raster.Open("application/pdf", bytes.NewReader(pdf), int64(len(pdf)))
			if err != nil {
				t.Fatal(err)
			}
			whole := ""
			for n := range d.Pages() {
				text, err := d.Text(n)
				if err != nil {
					t.Fatal(err)
				}
				text = strings.Join(strings.Fields(text), " ") // a foot may take two lines
				for _, want := range append(says, strings.Fields(i18n.T(l, "shell.fictional"))[0], i18n.T(l, "print.by", map[string]any{"Name": "D. Ruiz", "Office": "Rio Grande Valley"}), fmt.Sprintf("%d / %d", n+1, d.Pages())) {
					if !strings.Contains(text, want) {
						t.Errorf("%s in %s: page %d of %d does not say %q:\n%s", file, l, n+1, d.Pages(), want, text)
					}
				}
				for _, twice := range map[string][]string{"referral": {"RGV-26-0398", "9f41c07a2b6e"}, "case": {"RGV-26-0412"}, "person": {"RGV-26-0412"}}[file] { // at the top, and at the foot
					if foot := text[strings.LastIndex(text, "OASISS"):]; !strings.Contains(foot, twice) {
						t.Errorf("%s in %s: the foot of page %d does not say %q:\n%s", file, l, n+1, twice, foot)
					}
				}
				for _, not := range []string{i18n.T(l, "act.review_and_sign"), i18n.T(l, "case.add"), i18n.T(l, "figures.take"), "Zubirán"} {
					if strings.Contains(text, not) {
						t.Errorf("%s in %s: page %d prints %q, which is for a screen", file, l, n+1, not)
					}
				}
				whole += text
				keepPage(t, d, n, fmt.Sprintf("print-%s-%s-%d.png", file, l, n+1))
			}
			if first := fixtureReferral(l).Before; file == "referral" { // what a screen folds away
				if len(first) == 0 || !strings.Contains(whole, first[0].Did) {
					t.Errorf("%s in %s: the paper leaves out the first acts of the conversation", file, l)
				}
			}
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestPaperHasItsOwnColours: whichever look somebody reads in, no colour of it is
// left on paper.
func TestPaperHasItsOwnColours(t *testing.T) {
	css, err := os.ReadFile("static/oasiss.css")
	if err != nil {
		t.Fatal(err)
	}
	_, paper, ok := strings.Cut(string(css), "@media print")
	if !ok {
		t.Fatal("the stylesheet says nothing of paper")
	}
	for _, look := range []string{":root[data-theme=dark] {", ":root[data-theme=contrast] {"} {
		_, after, _ := strings.Cut(string(css), look)
		tokens, _, _ := strings.Cut(after, "}")
		found := regexp.MustCompile(`--[a-z0-9]+:`).FindAllString(tokens, -1)
		if len(found) < 10 {
			t.Fatalf("%s has %d tokens", look, len(found))
		}
		for _, token := range found {
			if !strings.Contains(paper, " "+token) {
				t.Errorf("paper keeps %s of %s", token, look)
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
