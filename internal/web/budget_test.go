package web

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/i18n"
)

// What a first view may weigh, in bytes as they cross the network: an old
// computer at a border station on a slow line.
const (
	mostFirstView = 150 << 10
	mostScript    = 80 << 10
)

// TestFirstViewIsLight weighs each page with all that it loads before anybody
// does anything: markup, style, scripts, icons and the fonts that its text uses.
// Scripts that a page loads when somebody sends a file count for no first view.
func TestFirstViewIsLight(t *testing.T) {
	if len(shelf()["htmx.js"].body) == 0 {
		t.Fatal("what npm gives is missing: run make assets")
	}
	r := renderer(t)
	loaded := regexp.MustCompile(`(?:src|href)="` + AssetPrefix + `([^"?]+)\?`)
	for _, l := range i18n.Languages() {
		for _, s := range everyPage(l) {
			html := draw(t, r, s, l, "")
			names, weight, script := map[string]bool{"next.woff2": true}, len(zip([]byte(html))), 0
			for _, m := range loaded.FindAllStringSubmatch(html, -1) {
				names[m[1]] = true
			}
			if regexp.MustCompile(`class="[^"]*\b(id|hash|hand|digest|words)\b|<kbd`).MatchString(html) {
				names["mono.woff2"] = true
			}
			if regexp.MustCompile(`class="[^"]*\b(said|signed|sheet)\b|<q|<blockquote`).MatchString(html) {
				names["serif.woff2"] = true
			}
			for name := range names {
				a, ok := shelf()[name]
				if !ok {
					t.Fatalf("%s: there is no %s", s.file, name)
				}
				weight += a.sent()
				if strings.HasSuffix(name, ".js") {
					script += a.sent()
				}
			}
			if weight > mostFirstView || script > mostScript {
				t.Errorf("%s in %s weighs %d bytes, of them scripts %d; at most %d and %d", s.file, l, weight, script, mostFirstView, mostScript)
			}
		}
	}
}

// TestPagesAreCompressedForOurOwnAskingOnly: what another site had a browser ask
// for leaves at its own length.
func TestPagesAreCompressedForOurOwnAskingOnly(t *testing.T) {
	for site, want := range map[string]bool{"same-origin": true, "none": true, "cross-site": false, "same-site": false, "": false} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept-Encoding", "gzip, br")
		r.Header.Set("Sec-Fetch-Site", site)
		if got := ownAsking(r); got != want {
			t.Errorf("asked from %q: compressed %v", site, got)
		}
	}
	r := httptest.NewRequest(http.MethodGet, assetURL("oasiss.css"), nil)
	r.Header.Set("Accept-Encoding", "gzip")
	w := httptest.NewRecorder()
	Assets().ServeHTTP(w, r)
	if n := w.Body.Len(); w.Header().Get("Content-Encoding") != "gzip" || n*3 > len(shelf()["oasiss.css"].body) || w.Header().Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("the stylesheet leaves with %d bytes: %v", n, w.Header())
	}
}
