package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/webtest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if err := webtest.End(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// site serves every page and the sheet at /lang/theme/file.
func site(t *testing.T) *httptest.Server {
	r := renderer(t)
	d, err := r.take()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.set.ParseFiles("testdata/components.html"); err != nil {
		t.Fatal(err)
	}
	r.give(d)
	var one sync.Mutex // the sheet is in this drawing alone
	mux := http.NewServeMux()
	mux.Handle(AssetPrefix, Assets())
	mux.HandleFunc("/live", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("/page/{lang}/{theme}/{file}", func(w http.ResponseWriter, req *http.Request) {
		l := i18n.Lang(req.PathValue("lang"))
		for _, s := range append(everyPage(l), sheet(l)) {
			if s.file == req.PathValue("file") {
				page := fixturePage(l)
				if strings.HasPrefix(s.name, "approvals") {
					page = supervisorPage(l)
				}
				page.Theme = strings.TrimPrefix(req.PathValue("theme"), "system")
				page.Live = ""
				if req.URL.Query().Has("alert") {
					page.Alert = &component.Alert{Title: "Zubirán", URL: "#"}
				}
				if s.signedOut {
					page.User, page.Nav, page.LocksIn = nil, nil, 0
				}
				one.Lock()
				defer one.Unlock()
				if err := r.Render(w, s.name, page, s.data); err != nil {
					t.Error(err)
				}
				return
			}
		}
		http.NotFound(w, req)
	})
	server := httptest.NewServer(Headed(mux))
	t.Cleanup(server.Close)
	return server
}

// window is one way in which a page is looked at.
type window struct {
	lang  i18n.Lang
	theme string
	width int
	judge bool // by axe and by the keyboard, which take long; else only how wide it gets
}

// windows are the ways in which a page is looked at: all twelve in a soak, each
// judged. Else it is judged in two, one of each language and one of each width, so
// chosen by the page's place that any six pages beside each other are judged in
// every pair of language, theme and width; and it is looked at in either language
// where room is scarce.
func windows(page int) (out []window) {
	for i, l := range i18n.Languages() {
		for j, width := range []int{1280, narrow} {
			for k, theme := range themes {
				judge := j == (page+i)%2 && k == (page+i)%len(themes)
				if soaking() || judge || width == narrow && k == (page+i)%len(themes) {
					out = append(out, window{l, theme, width, soaking() || judge})
				}
			}
		}
	}
	return out
}

// narrow is a window of 1280 CSS pixels at 400 % zoom.
const narrow = 320

// wanted are the names of the pages that are opened: all, or those of OASISS_PAGES.
func wanted() *regexp.Regexp { return regexp.MustCompile(os.Getenv("OASISS_PAGES")) }

func soaking() bool { return os.Getenv("OASISS_SOAK") != "" }

// TestWindowsMeetEveryPair: six pages beside each other are judged in every pair
// of language, theme and width, and each is judged, and seen narrow, in both languages.
func TestWindowsMeetEveryPair(t *testing.T) {
	for first := range 6 {
		met := map[any]bool{}
		for page := first; page < first+6; page++ {
			seen, judged := map[i18n.Lang]bool{}, map[i18n.Lang]bool{}
			for _, w := range windows(page) {
				if w.width == narrow {
					seen[w.lang] = true
				}
				if w.judge {
					judged[w.lang] = true
					met[[2]any{w.lang, w.theme}], met[[2]any{w.lang, w.width}], met[[2]any{w.theme, w.width}] = true, true, true
				}
			}
			if all := len(i18n.Languages()); len(seen) != all || len(judged) != all {
				t.Errorf("page %d is judged in %v and seen narrow in %v", page, judged, seen)
			}
		}
		if want := 2*3 + 2*2 + 3*2; len(met) != want {
			t.Errorf("from page %d on %d pairs are met, want %d", first, len(met), want)
		}
	}
}

// TestPagesAreAccessible opens every page: no rule of WCAG 2.2 AA that axe can
// judge is broken in any theme and either language, the focus shows and is under
// nothing, targets have room, and at 320 CSS pixels (400 % zoom) nothing needs
// sideways scrolling. OASISS_PICTURES names a folder to keep pictures in, to be
// looked at; OASISS_PAGES (an expression) opens only the pages of these names.
func TestPagesAreAccessible(t *testing.T) {
	if testing.Short() {
		t.Skip("opens a browser over every page")
	}
	server, b := site(t), webtest.Start(t)
	for i, s := range append(everyPage(i18n.English), sheet(i18n.English)) {
		if !wanted().MatchString(s.file) {
			continue
		}
		for _, w := range windows(i) {
			lookAt(t, b, server.URL, s.file, w)
		}
		if strings.HasPrefix(s.file, "hand_over") { // the tablet at the bridge
			lookAt(t, b, server.URL, s.file, window{i18n.Spanish, "light", 768, true})
		}
	}
}

// lookAt opens a page in a window and holds it against the rules.
func lookAt(t *testing.T, b *webtest.Browser, base, file string, w window) {
	t.Helper()
	name := fmt.Sprintf("%s-%s-%s-%d", file, w.lang, w.theme, w.width)
	b.Size(t, w.width, 800)
	b.Open(t, base+"/page/"+string(w.lang)+"/"+w.theme+"/"+file)
	if over := b.Overflow(t); over > 0 {
		t.Errorf("%s: %d px too wide", name, over)
	}
	if w.judge {
		for _, v := range b.Audit(t) {
			t.Errorf("%s: %s", name, v)
		}
		for _, fault := range b.Focus(t) {
			t.Errorf("%s: %s", name, fault)
		}
	}
	if pictures := os.Getenv("OASISS_PICTURES"); pictures != "" {
		b.Picture(t, filepath.Join(pictures, name+".png"))
	}
}
