package webtest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Hands are how a browser's person works it.
type Hands string

// The ways to work a browser. With ByScript what is meant is done to the page
// itself, which is quick; ByKeyboard nothing is done but keys pressed, and each
// stop of the focus on the way is held against the rules.
const (
	ByScript   Hands = ""
	ByKeyboard Hands = "keyboard"
)

// mostStops is how many stops of the Tab key are gone at most to reach something.
const mostStops = 400

// standsScript tells where the focus is, seen from what is looked for, and what
// is wrong with that stop: it has no name, it does not show, it is under
// something that stays in place (2.4.11), or in a form it jumps back up the page
// (2.4.3).
const standsScript = `(() => {
	` + sightScript + `
	const wanted = window.wanted, e = document.activeElement, faults = [], main = document.getElementById("main");
	if (!wanted || !wanted.isConnected) return JSON.stringify({gone: true});
	const inside = !!main && main.contains(wanted) && !main.contains(e);
	if (!e || e === document.body) return JSON.stringify({});
	if (e === wanted) window.wanted = null;
	if (e.tabIndex >= 0 && e !== window.stop) { // a heading or part that was given the focus is read, not worked
		const names = [...e.labels || []].map(l => l.innerText).join(" ") + (e.getAttribute("aria-label") || "") + (e.innerText || "") + (e.getAttribute("aria-labelledby") || "");
		if (!names.trim()) faults.push("has no name: " + said(e));
		if (!ringed(e)) faults.push("shows no focus: " + said(e));
		if (!hidden(e) && !sighted(e)) faults.push("is under something when it has the focus: " + said(e));
		const was = window.stop, r = e.getBoundingClientRect();
		if (!window.backwards && was && was.isConnected && was.form && was.form === e.form && was !== e) {
			const w = was.getBoundingClientRect();
			if (r.bottom < w.top - 4 && r.left <= w.left) faults.push("jumps back up its form: " + said(e) + " after " + said(was));
		}
		window.stop = e;
	}
	if (e !== wanted) window.backwards = !!(e.compareDocumentPosition(wanted) & Node.DOCUMENT_POSITION_PRECEDING);
	return JSON.stringify({there: e === wanted, back: window.backwards && e !== wanted, skip: inside && e.matches("a.skip"), at: said(e), faults});
})()`

// stand is what standsScript tells.
type stand struct {
	There, Gone bool
	Back        bool // what is wanted lies before it
	Skip        bool // it is the skip link, and what is wanted lies behind it
	At          string
	Faults      []string
}

// keys presses them, one after another.
func (b *Browser) keys(t *testing.T, keys string, modifiers ...chromedp.Modifier) {
	t.Helper()
	if err := chromedp.Do(b.Context, chromedp.KeyEvent(keys, chromedp.KeyModifiers(modifiers...))); err != nil {
		t.Fatalf("press %q: %v", keys, err)
	}
}

// reach takes the focus to what a script finds, by the Tab key, past the skip
// link where it lies in the page's main part; what lies in something folded is
// unfolded on the way.
func (b *Browser) reach(t *testing.T, find string) {
	t.Helper()
	for {
		what := evaluate[string](t, b, `(() => {
			let e = `+find+`;
			if (!e) return "nothing";
			let folded = null;
			for (let d = e.closest("details:not([open])"); d; d = d.parentElement.closest("details:not([open])")) if (d.querySelector("summary") !== e) folded = d;
			window.backwards = false;
			window.wanted = folded ? folded.querySelector("summary") : e;
			return folded ? "folded" : "";
		})()`)
		if what == "nothing" {
			t.Fatalf("there is nothing at %s on %s", find, b.Address(t))
		}
		b.tab(t)
		if what == "" {
			return
		}
		b.keys(t, kb.Enter)
		b.until(t, `document.activeElement.closest("details").open`)
	}
}

// enter takes the focus to a button or a link and presses it.
func (b *Browser) enter(t *testing.T, find string) {
	t.Helper()
	b.reach(t, find)
	evaluate[bool](t, b, pressed+`true`)
	b.keys(t, kb.Enter)
}

// unfold opens a folded act by its summary.
func (b *Browser) unfold(t *testing.T, id string) {
	t.Helper()
	open := part(id) + `.open`
	if evaluate[bool](t, b, open) {
		return
	}
	b.reach(t, part(id)+`.querySelector("summary")`)
	b.keys(t, kb.Enter)
	b.until(t, open)
}

// tab goes on until the focus is where it is wanted.
func (b *Browser) tab(t *testing.T) {
	t.Helper()
	var trail []string
	for range mostStops {
		var s stand
		if err := json.Unmarshal([]byte(evaluate[string](t, b, standsScript)), &s); err != nil {
			t.Fatal(err)
		}
		for _, f := range s.Faults {
			t.Errorf("%s: by keyboard: %s", b.Address(t), f)
		}
		switch {
		case s.There:
			return
		case s.Gone:
			t.Fatalf("what was looked for on %s went away", b.Address(t))
		case s.Skip:
			b.keys(t, kb.Enter)
		case s.Back:
			b.keys(t, "\t", chromedp.ModifierShift)
		default:
			b.keys(t, "\t")
		}
		trail = append(trail, s.At)
	}
	t.Fatalf("on %s the Tab key does not reach %s; it began with\n%s", b.Address(t),
		evaluate[string](t, b, `window.wanted ? window.wanted.outerHTML.slice(0, 200) : ""`), strings.Join(trail[:8], "\n"))
}

// until waits for what a script says of the page.
func (b *Browser) until(t *testing.T, script string) {
	t.Helper()
	for deadline := time.Now().Add(patience); !evaluate[bool](t, b, "!!("+script+")"); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never on %s: %s", b.Address(t), script)
		}
	}
}

// field is one field as the keyboard meets it.
type field struct {
	Kind  string // "select", or the type of an input
	Now   string // what stands in it; of a tick whether it is ticked
	Steps int    // of a select: how far down the choice is
	None  string // why there is no such field
}

// typeIn fills a field by keys.
func (b *Browser) typeIn(t *testing.T, within, name, value string) {
	t.Helper()
	find := `(() => { const all = [...` + part(within) + `.querySelectorAll("[name]")].filter(f => f.name === ` + js(name) + ` && f.type !== "hidden");
		const radios = all.filter(f => f.type === "radio");
		if (radios.length) return radios.find(f => f.checked) || radios[0];
		return all.find(f => f.type !== "checkbox" || f.value === ` + js(value) + `) })()`
	var f field
	raw := evaluate[string](t, b, `(() => { const f = `+find+`;
		if (!f) return JSON.stringify({None: "no field"});
		const options = [...f.options || []], at = options.findIndex(o => o.value === `+js(value)+`);
		if (f.tagName === "SELECT" && at < 0) return JSON.stringify({None: "no such choice: " + options.map(o => o.value).join(" ")});
		return JSON.stringify({Kind: f.tagName === "SELECT" ? "select" : f.type, Now: f.type === "checkbox" || f.type === "radio" ? String(f.checked) : f.value, Steps: at - f.selectedIndex});
	})()`)
	if err := json.Unmarshal([]byte(raw), &f); err != nil {
		t.Fatal(err)
	}
	if f.None != "" {
		t.Fatalf("type into %s %s: %s", within, name, f.None)
	}
	b.reach(t, find)
	switch f.Kind {
	case "select":
		if key := kb.ArrowDown; f.Steps != 0 {
			if f.Steps < 0 {
				key = kb.ArrowUp
			}
			b.keys(t, strings.Repeat(key, max(f.Steps, -f.Steps)))
		}
	case "radio":
		b.radio(t, value)
		return
	case "checkbox":
		if f.Now != "true" {
			b.keys(t, " ")
		}
		b.until(t, `document.activeElement.checked`)
		return
	case "date", "datetime-local":
		b.first(t)
		b.keys(t, dateKeys(t, value))
	default:
		if f.Now != "" {
			b.keys(t, "a", chromedp.ModifierCtrl)
		}
		b.keys(t, value)
	}
	b.until(t, `document.activeElement.value.trim() === `+js(strings.TrimSpace(value)))
}

// first goes to the first part of a date: whoever comes from below it is at the last.
func (b *Browser) first(t *testing.T) {
	t.Helper()
	if evaluate[bool](t, b, `window.backwards && (window.date = document.activeElement) !== null`) {
		for evaluate[bool](t, b, `document.activeElement === window.date`) {
			b.keys(t, "\t", chromedp.ModifierShift)
		}
		b.keys(t, "\t")
	}
}

// radio chooses in a group of which one choice has the focus.
func (b *Browser) radio(t *testing.T, value string) {
	t.Helper()
	for range 40 {
		if evaluate[bool](t, b, `document.activeElement.value === `+js(value)) {
			b.keys(t, " ")
			b.until(t, `document.activeElement.checked`)
			return
		}
		b.keys(t, kb.ArrowDown)
	}
	t.Fatalf("the arrow keys reach no choice %q", value)
}

// dateKeys is a date, or a date with its time, as an American keyboard's user
// types it into the browser's own field.
func dateKeys(t *testing.T, value string) string {
	t.Helper()
	if day, err := time.Parse(time.DateOnly, value); err == nil {
		return day.Format("01022006")
	}
	at, err := time.Parse("2006-01-02T15:04", value)
	if err != nil {
		t.Fatalf("%q is no time: %v", value, err)
	}
	return fmt.Sprintf("%s%s%s", at.Format("01022006"), kb.ArrowRight, at.Format("0304PM"))
}
