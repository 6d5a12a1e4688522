package web

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/webtest"
)

// sheet is every component once, in each of its states.
func sheet(l i18n.Lang) shot {
	r := fixtureReferral(l)
	f := form("#")
	f.Errors["place"] = words(l, "Write the name as the document has it.", "Escriba el nombre como está en el documento.")
	f.Refusal = &component.Refusal{Code: "referral.reason_required"}
	done := *fixturePair()
	done.Lower.At = ptr(at(-.01))
	return shot{"components", "components", false, map[string]any{
		"Clocks": []component.Clock{{State: component.OnTrack, BusinessDays: 2, Share: .7, Due: at(50), Owner: "mx"}, {State: component.DueSoon, Left: 70 * time.Minute, Share: .09, Due: at(1.1), Owner: "us", Yours: true}, {State: component.Overdue, Left: 25 * time.Minute, Due: at(-.4), Big: true},
			{State: component.Paused, Share: .6, Left: 76 * time.Hour, PausedBy: "mx", Reason: words(l, "interpreter", "intérprete")}, {State: component.Met, Due: at(-9), Unverified: true}},
		"Receipts": []component.Receipts{{}, {Recorded: ptr(at(-2))}, {Recorded: ptr(at(-2)), Opened: ptr(at(-1)), Due: ptr(at(3))}, {Recorded: ptr(at(-99)), Opened: ptr(at(-98)), Silent: 72 * time.Hour}, {Recorded: ptr(at(-2)), Opened: ptr(at(-1)), Answered: ptr(at(-.5))}, {Recorded: ptr(at(-1)), NoAnswer: true}, {Refused: words(l, "expired on the way", "venció en camino")}},
		"Handling": []component.Handling{{Code: "H0"}, {Code: "H1"}, {Code: "H2"}, {Code: "H3", Own: words(l, "Only for the control judge.", "Sólo para la persona juzgadora de control.")}},
		"Readers":  r.Head.Readers,
		"People":   []component.Person{{Plant: "Acacia", Notes: "F"}, {Plant: "Ceiba", Case: "RGV-26-0412", URL: "#"}, {Name: "Rogelio Basurto Nava", Notes: "M, 38"}},
		"Gates":    []component.Gates{gates(false), gates(false, component.GateShut), gates(true), gates(true, component.GateShut, component.GateWaiting, component.GateCannot)},
		"Seals":    []component.Seal{{State: component.Verified}, {State: component.Cosigned, Country: "mx", At: at(-.1)}, {State: component.Waiting, Country: "mx", For: 7 * time.Minute}, {State: component.Broken, Country: "mx"}},
		"Blocked":  r.Head.Acts, "Form": f, "Options": options("A", "B"),
		"Notes": []component.Note{{Kind: "over", Title: words(l, "Cannot be referred.", "No puede remitirse.")}, {Kind: "soon", Title: words(l, "Insulin at 18:00.", "Insulina a las 18:00.")}, {Kind: "ok", Title: words(l, "Mexico accepted.", "México aceptó.")}, {Title: words(l, "For information.", "Para su información."), Act: words(l, "Open", "Abrir"), URL: "#"}},
		"Pairs": []component.Pair{*fixturePair(), done}, "Turns": r.Turns, "Acts": r.Acts[:4],
	}}
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
	mux := http.NewServeMux()
	mux.Handle(AssetPrefix, Assets())
	mux.HandleFunc("/live", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("/page/{lang}/{theme}/{file}", func(w http.ResponseWriter, req *http.Request) {
		l := i18n.Lang(req.PathValue("lang"))
		component := sheet(l)
		if s, ok := component.data.(map[string]any); ok {
			s["Blocked"] = fixtureHead(l).Acts[0]
		}
		for _, s := range append(everyPage(l), component) {
			if s.file == req.PathValue("file") {
				page := fixturePage(l)
				page.Theme = strings.TrimPrefix(req.PathValue("theme"), "system")
				page.Live = ""
				if s.signedOut {
					page.User, page.Nav = nil, nil
				}
				if err := r.Render(w, s.name, page, s.data); err != nil {
					t.Error(err)
				}
				return
			}
		}
		http.NotFound(w, req)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

// TestPagesAreAccessible opens every page: no rule of WCAG 2.2 AA that axe can
// judge is broken in any theme and either language, and at 320 CSS pixels (400 %
// zoom) nothing needs sideways scrolling. OASISS_PICTURES names a folder to
// keep pictures in, to be looked at; OASISS_PAGES (an expression) opens only
// the pages of these names.
func TestPagesAreAccessible(t *testing.T) {
	if testing.Short() {
		t.Skip("opens a browser over every page")
	}
	server, pictures, only := site(t), os.Getenv("OASISS_PICTURES"), regexp.MustCompile(os.Getenv("OASISS_PAGES"))
	b := webtest.Start(t)
	for _, l := range i18n.Languages() {
		for _, s := range append(everyPage(l), sheet(l)) {
			if !only.MatchString(s.file) {
				continue
			}
			themes := []string{"light"}
			if s.file == "components" || s.file == "referral" || s.file == "sign_in" || s.file == "my_day" {
				themes = []string{"light", "dark", "contrast"}
			}
			for _, theme := range themes {
				address := server.URL + "/page/" + string(l) + "/" + theme + "/" + s.file
				b.Size(t, 1280, 800)
				b.Open(t, address)
				for _, v := range b.Audit(t) {
					t.Errorf("%s %s %s: %s", s.file, l, theme, v)
				}
				name := s.file + "-" + string(l) + "-" + theme
				if pictures != "" {
					b.Picture(t, filepath.Join(pictures, name+".png"))
				}
				if theme != "light" {
					continue
				}
				b.Size(t, 320, 800)
				b.Open(t, address)
				if over := b.Overflow(t); over > 0 {
					t.Errorf("%s %s: %d px too wide at 320", s.file, l, over)
				}
				if pictures != "" {
					b.Picture(t, filepath.Join(pictures, name+"-320.png"))
				}
				if !strings.HasPrefix(s.file, "hand_over") {
					continue
				}
				b.Size(t, 768, 1024) // the tablet at the bridge
				b.Open(t, address)
				for _, v := range b.Audit(t) {
					t.Errorf("%s %s on a tablet: %s", s.file, l, v)
				}
				if over := b.Overflow(t); over > 0 {
					t.Errorf("%s %s: %d px too wide on a tablet", s.file, l, over)
				}
				if pictures != "" {
					b.Picture(t, filepath.Join(pictures, name+"-768.png"))
				}
			}
		}
	}
}
