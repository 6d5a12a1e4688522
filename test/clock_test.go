package test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
)

// TestTheLinkPageTellsOfAClock: a peer whose clock is more than a minute off is
// told on the link page, in both languages, for as long as it is. That nothing
// is lost meanwhile is held by internal/exchange (TestClockJumps).
func TestTheLinkPageTellsOfAClock(t *testing.T) {
	w := newWorld(t)
	v := w.visitor(t)
	v.signIn("whitfield")
	shown := func(l i18n.Lang, by time.Duration) {
		t.Helper()
		v.post("/language", url.Values{"language": {string(l)}, "back": {"/links"}})
		told := i18n.T(l, "links.clock_off", map[string]any{"Span": i18n.Span(l, by)})
		w.until(func() error {
			p := v.get("/links")
			if p.status != http.StatusOK || strings.Contains(p.text, i18n.T(l, "links.clock_off.text", nil)) != (by != 0) || by != 0 && !strings.Contains(p.text, told) {
				return fmt.Errorf("the link page (%d) does not say %q:\n%s", p.status, told, p.text)
			}
			return nil
		})
	}
	shown(i18n.English, 0)
	w.ahead.Store("mx", 30*time.Second) // within what clocks may differ
	shown(i18n.English, 0)
	w.ahead.Store("mx", 10*time.Minute+30*time.Second)
	for _, l := range i18n.Languages() {
		shown(l, 10*time.Minute+30*time.Second)
	}
	w.ahead.Store("mx", time.Duration(0))
	shown(i18n.Spanish, 0)
}
