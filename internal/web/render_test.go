package web

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/view"
)

func renderer(t testing.TB) *Renderer {
	t.Helper()
	r, err := NewRenderer(slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	r.missing = func(key string) { t.Errorf("text %q is missing", key) }
	return r
}

func draw(t testing.TB, r *Renderer, s shot, l i18n.Lang, theme string) string {
	t.Helper()
	page := fixturePage(l)
	page.Theme = theme
	if s.signedOut {
		page.User, page.Nav, page.Live = nil, nil, ""
	}
	return drawPage(t, r, s, page)
}

func drawPage(t testing.TB, r *Renderer, s shot, page Page) string {
	t.Helper()
	w := httptest.NewRecorder()
	if err := r.Render(w, s.name, page, s.data); err != nil {
		t.Fatalf("%s in %s: %v", s.file, page.Lang, err)
	}
	return w.Body.String()
}

// english is words that only an English sentence has.
var english = regexp.MustCompile(`(?i)\b(the|and|with|from|your|this|that|which|nothing|every|please)\b`)

var tag = regexp.MustCompile(`(?s)<[^>]*>`)

// foreign is a passage marked as being in another language.
var foreign = regexp.MustCompile(`(?s)<(\w+)[^>]* lang="en"[^>]*>.*?</(\w+)>`)

func TestEveryPageInBothLanguages(t *testing.T) {
	r := renderer(t)
	for _, l := range i18n.Languages() {
		for _, s := range everyPage(l) {
			html := draw(t, r, s, l, "")
			for _, bad := range []string{" style=", "onclick=", "<script>", "ZgotmplZ", "no value&gt;", "%!"} {
				if strings.Contains(html, bad) {
					t.Errorf("%s in %s: has %q", s.file, l, bad)
				}
			}
			if n := strings.Count(html, "<h1"); n != 1 {
				t.Errorf("%s in %s: %d headings of the first rank", s.file, l, n)
			}
			if s.name != "form_page" && strings.Contains(html, " checked") && !strings.Contains(html, `name="theme" value="" checked`) {
				t.Errorf("%s in %s: something is preselected", s.file, l)
			}
			if l == i18n.Spanish {
				text := tag.ReplaceAllString(foreign.ReplaceAllString(html, ""), " ")
				if w := english.FindString(text); w != "" {
					at := strings.Index(text, w)
					t.Errorf("%s: English in a Spanish page: …%s…", s.file, text[max(0, at-40):min(len(text), at+40)])
				}
			}
		}
	}
}

// asking is a form that asks for a page: it says what was asked, and decides nothing.
var asking = regexp.MustCompile(`(?s)<form method="get".*?</form>`)

// TestNoDecisionIsPreselected: the desk never leans towards an answer.
func TestNoDecisionIsPreselected(t *testing.T) {
	r := renderer(t)
	for _, s := range everyPage(i18n.English) {
		if s.file == "intake" { // gone on with: what the reader chose before stands in it
			continue
		}
		html := asking.ReplaceAllString(draw(t, r, s, i18n.English, "light"), "")
		for _, input := range regexp.MustCompile(`<input[^>]* checked[^>]*>|<option[^>]* selected[^>]*>`).FindAllString(html, -1) {
			if !strings.Contains(input, `name="theme"`) && !strings.Contains(input, `value="America/Chicago"`) { // the zone of one's office decides nothing
				t.Errorf("%s: preselected: %s", s.file, input)
			}
		}
	}
}

func TestRefusedFormKeepsWhatWasTypedButNeverAPassword(t *testing.T) {
	r := renderer(t)
	f := form("/sign-in")
	f.Values.Set("user", "druiz")
	f.Values.Set("password", "correct horse battery")
	html := draw(t, r, shot{"", "sign_in", true, view.SignIn{Form: f, Other: true, Passkey: form("/sign-in/passkey")}}, i18n.English, "")
	if !strings.Contains(html, `value="druiz"`) || strings.Contains(html, "correct horse") {
		t.Error("the name must come back and the password must not")
	}
}

func TestTextsAreEscaped(t *testing.T) {
	r := renderer(t)
	day := fixtureDay(i18n.English)
	day.Yours[0].Title = `<img src=x onerror=alert(1)>`
	if html := draw(t, r, shot{"", "my_day", false, day}, i18n.English, ""); strings.Contains(html, "<img") {
		t.Error("what a person typed became markup")
	}
}

func TestPagesAtOnceDoNotMixLanguages(t *testing.T) {
	r := renderer(t)
	var group sync.WaitGroup
	for i := range 16 {
		l := i18n.Languages()[i%2]
		group.Go(func() {
			pages := everyPage(l)
			html := draw(t, r, pages[slices.IndexFunc(pages, func(s shot) bool { return s.file == "referrals" })], l, "")
			if !strings.Contains(html, `<html lang="`+l.Tag()+`"`) || !strings.Contains(html, i18n.T(l, "referrals.title")) {
				t.Errorf("a page in %s came out in another language", l)
			}
		})
	}
	group.Wait()
}

func TestAssets(t *testing.T) {
	for path, want := range map[string]int{"/assets/oasiss.css": 200, "/assets/oasiss.js": 200, "/assets/nothing.css": 404, "/assets/../page.go": 404, "/assets/.gitkeep": 404} {
		w := httptest.NewRecorder()
		Assets().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
	}
	w := httptest.NewRecorder()
	Assets().ServeHTTP(w, httptest.NewRequest(http.MethodGet, assetURL("oasiss.css"), nil))
	if !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Error("an address with its mark is kept for ever")
	}
}

func TestStylesheetAsksNobodyElse(t *testing.T) {
	css := shelf()["oasiss.css"].body
	if bytes.Contains(css, []byte("http")) || bytes.Contains(css, []byte("@import")) {
		t.Error("the stylesheet must not reach out")
	}
}

func BenchmarkRender(b *testing.B) {
	r := renderer(b)
	s := shot{"", "referral", false, fixtureReferral(i18n.Spanish)}
	for b.Loop() {
		draw(b, r, s, i18n.Spanish, "")
	}
}

// TestAPageKeepsNothingOfTheOneBefore: the copy of the templates that drew a
// record draws the next page, for somebody else, without its number.
func TestAPageKeepsNothingOfTheOneBefore(t *testing.T) {
	r := renderer(t)
	drawn := 0
	for _, s := range everyPage(i18n.English) {
		if s.file != "my_day" && s.file != "journal" && s.file != "figures" && s.file != "map" {
			continue
		}
		before := foot(draw(t, r, shot{name: "referral", file: "referral", data: fixtureReferral(i18n.English)}, i18n.English, ""))
		if !strings.Contains(before, "RGV-26-0398") {
			t.Fatalf("the foot of a referral does not say its number: %q", before)
		}
		after := foot(draw(t, r, s, i18n.English, ""))
		if !strings.Contains(after, "D. Ruiz") || strings.Contains(after, "RGV-26-0398") {
			t.Errorf("%s: after a referral its foot says %q", s.file, after)
		}
		drawn++
	}
	if drawn != 4 {
		t.Errorf("%d of 4 pages were drawn", drawn)
	}
}

// foot is what a page prints at the foot of every sheet of paper.
func foot(html string) string {
	_, after, _ := strings.Cut(html, `<p class="print at-foot">`)
	before, _, _ := strings.Cut(after, "</p>")
	return tag.ReplaceAllString(before, "")
}
