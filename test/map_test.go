package test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
)

// TestTheMapCountsWhatItsReaderMayKnow: the office of a referral sees how many are
// open in its corridor and how long an answer takes, whoever oversees no few, and
// whose office has no part in it no count at all, nor that there is one.
func TestTheMapCountsWhatItsReaderMayKnow(t *testing.T) {
	w := newWorld(t)
	w.watching()
	v := w.visitor(t)
	open := func(n string) string {
		return `<dt>Open</dt><dd><b class="t4 num">` + n + `</b></dd>`
	}
	v.signIn("kestrelle")
	v.says(v.get("/map"), http.StatusOK, "None that you may see.")
	referral := w.sent(w.file())
	w.sent(w.file())
	v.says(v.get("/map"), http.StatusOK, open("2"), "none in 90 days", "no hand-over of a suspect")
	w.there(referral, "referral.sign_for_analysis", map[string]any{"undertakes": true})
	w.there(referral, "referral.accept", map[string]any{})
	var page page
	w.until(func() error {
		if page = v.get("/map"); !strings.Contains(page.text, "inside the clock") {
			return errors.New("no answer is counted")
		}
		return nil
	})
	v.says(page, http.StatusOK, open("2"), "median", "1 of 1 inside the clock", `class="mark"`)

	v.signIn("thackeray")
	page = v.get("/map")
	v.says(page, http.StatusOK, "None that you may see.")
	if strings.Contains(page.text, "<dt>Open</dt>") || strings.Contains(page.text, `class="mark"`) {
		t.Error("another office is told how many are open")
	}
}
