package web

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
)

// hour is a time of day as people read it, with what stands behind it.
var hour = regexp.MustCompile(`\b\d{1,2}:\d\d(?::\d\d)?\b(?:[ \x{a0}]([A-Z]{2,4}))?`)

// dueIn is one zone of a due time: whether it is the reader's own, and what it says.
var dueIn = regexp.MustCompile(`<span( class="own")?><i class="m[^>]*></i> <time[^>]*>([^<]*)</time></span>`)

// TestTimesAreTheOfficesOwn walks every page as an office reads it before and
// after each change of hour. The two countries change on different days or not at
// all: since 2022 only the municipalities of the border in Mexico change, with the
// United States. No hour stands without the letters of its zone, and a due time
// says the office's own first and strong, the other country's beside it.
func TestTimesAreTheOfficesOwn(t *testing.T) {
	r, was := renderer(t), now
	defer func() { now = was }()
	for _, office := range []struct {
		name         string
		own, other   Zone
		lettersOwn   [4]string // 7 and 9 March, 31 October, 2 November
		lettersOther [4]string
	}{
		{"Houston", Zone{"us", "America/Chicago", "Houston"}, Zone{"mx", "America/Mexico_City", "Ciudad de México"}, [4]string{"CST", "CDT", "CDT", "CST"}, [4]string{"CST", "CST", "CST", "CST"}},
		{"Tijuana", Zone{"mx", "America/Tijuana", "Tijuana"}, Zone{"us", "America/Los_Angeles", "San Diego"}, [4]string{"PST", "PDT", "PDT", "PST"}, [4]string{"PST", "PDT", "PDT", "PST"}},
		{"Reynosa", Zone{"mx", "America/Matamoros", "Reynosa"}, Zone{"us", "America/Chicago", "McAllen"}, [4]string{"CST", "CDT", "CDT", "CST"}, [4]string{"CST", "CDT", "CDT", "CST"}},
		{"Hermosillo", Zone{"mx", "America/Hermosillo", "Hermosillo"}, Zone{"us", "America/Phoenix", "Nogales"}, [4]string{"MST", "MST", "MST", "MST"}, [4]string{"MST", "MST", "MST", "MST"}},
	} {
		for i, day := range []time.Time{time.Date(2026, 3, 7, 18, 0, 0, 0, time.UTC), time.Date(2026, 3, 9, 18, 0, 0, 0, time.UTC), time.Date(2026, 10, 31, 18, 0, 0, 0, time.UTC), time.Date(2026, 11, 2, 18, 0, 0, 0, time.UTC)} {
			now = day
			l := i18n.Languages()[i%2]
			for _, s := range everyPage(l) {
				html := drawIn(t, r, s, l, office.own, office.other)
				for _, m := range hour.FindAllStringSubmatch(tag.ReplaceAllString(html, " "), -1) {
					if m[1] == "" && s.file != "overseen" { // which says what counts as night
						t.Errorf("%s, %s on %s: %q has no zone", office.name, s.file, day.Format(time.DateOnly), m[0])
					}
				}
				if s.file == "my_day" {
					dueTimes(t, office.name+" on "+day.Format(time.DateOnly), html, office.lettersOwn[i], office.lettersOther[i])
				}
			}
		}
	}
}

// drawIn draws a page for a reader of one zone, with the other country's beside.
func drawIn(t *testing.T, r *Renderer, s shot, l i18n.Lang, own, other Zone) string {
	t.Helper()
	page := fixturePage(l)
	page.Zones, page.Now = []Zone{own, other}, now
	if s.signedOut {
		page.User, page.Nav, page.Live = nil, nil, ""
	}
	return drawPage(t, r, s, page)
}

// dueTimes holds that the due times that are near alternate between the two zones,
// the reader's own first.
func dueTimes(t *testing.T, at, html, own, other string) {
	t.Helper()
	all := dueIn.FindAllStringSubmatch(html, -1)
	if len(all) < 4 || len(all)%2 != 0 {
		t.Fatalf("%s: %d due times", at, len(all))
	}
	for i, m := range all[:2] { // the first is due within the day: no change of hour lies between
		strong, letters := m[1] != "", []string{own, other}[i%2]
		if strong != (i%2 == 0) || !strings.HasSuffix(strings.TrimSpace(m[2]), letters) {
			t.Errorf("%s: due time %d is %q, strong %v, not in %s", at, i, m[2], strong, letters)
		}
	}
}
