package webtest

import (
	"testing"
	"unicode/utf8"

	"github.com/chromedp/chromedp"
)

// Keys presses keys one after another, as at a keyboard, in whatever has the
// focus, and gives how many they were.
func (b *Browser) Keys(t *testing.T, keys string) int {
	t.Helper()
	if err := chromedp.Do(b.Context, chromedp.KeyEvent(keys)); err != nil {
		t.Fatalf("press keys: %v", err)
	}
	return utf8.RuneCountInString(keys)
}

// mostTabs is how far a field may be by the tabulator.
const mostTabs = 120

// TabTo goes on by the tabulator until the focus is on the field of a name, or on
// the button that says it, and gives how many presses that took.
func (b *Browser) TabTo(t *testing.T, name string) int {
	t.Helper()
	for n := range mostTabs {
		if evaluate[bool](t, b, `(() => { const e = document.activeElement; return e.name === `+js(name)+` || e.tagName === "BUTTON" && e.innerText.trim() === `+js(name)+` || e.tagName === "SUMMARY" && e.innerText.trim() === `+js(name)+` })()`) {
			return n
		}
		b.Keys(t, "\t")
	}
	t.Fatalf("no tabulator leads to %q", name)
	return 0
}

// Enter presses the button that has the focus, and waits for the page it leads to.
func (b *Browser) Enter(t *testing.T) int {
	t.Helper()
	evaluate[bool](t, b, `window.pressed = true`)
	n := b.Keys(t, "\r")
	b.arrive(t, "the button with the focus")
	return n
}
