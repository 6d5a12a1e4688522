package webtest

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// patience is how long a page may take to show what another node sends.
const patience = 40 * time.Second

// js writes a text as a JavaScript literal.
func js(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always encodes
	}
	return string(b)
}

// Text is what the open page says, as a person reads it: nothing while one page
// gives way to the next.
func (b *Browser) Text(t *testing.T) string {
	t.Helper()
	return evaluate[string](t, b, `document.body?.innerText ?? ""`)
}

// Wait waits until the open page says words, without touching it: pages that
// renew themselves do. Without scripts none does, and it is loaded again. It
// fails with what the page says instead.
func (b *Browser) Wait(t *testing.T, words string) {
	t.Helper()
	if b.bare {
		b.Reload(t, evaluate[string](t, b, `location.href`), words)
		return
	}
	for deadline := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		text := b.Text(t)
		if strings.Contains(text, words) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the page never says %q:\n%s", words, text)
		}
	}
}

// Reload loads the page anew until it says words.
func (b *Browser) Reload(t *testing.T, url, words string) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(150 * time.Millisecond) {
		b.Open(t, url)
		text := b.Text(t)
		if strings.Contains(text, words) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s never says %q:\n%s", url, words, text)
		}
	}
}

// Fill puts a value into the field of a form, as typing or choosing does:
// text, a choice by its value, or a tick. within narrows to one part of the
// page ("#act-referral.accept"), as CSS without the need to escape dots.
func (b *Browser) Fill(t *testing.T, within, name, value string) {
	t.Helper()
	if b.Hands == ByKeyboard {
		b.typeIn(t, within, name, value)
		return
	}
	found := evaluate[string](t, b, `(() => {
		const part = `+part(within)+`;
		if (!part) return "no part";
		const fields = [...part.querySelectorAll("[name]")].filter(f => f.name === `+js(name)+` && f.type !== "hidden");
		if (!fields.length) return "no field among: " + [...part.querySelectorAll("[name]")].map(f => f.name).join(" ");
		for (const f of fields) {
			if (f.type === "radio" || f.type === "checkbox") {
				if (f.value === `+js(value)+`) { f.click(); return f.checked ? "" : "not ticked" }
				continue;
			}
			f.focus(); f.value = `+js(value)+`;
			f.dispatchEvent(new Event("input", {bubbles: true})); f.dispatchEvent(new Event("change", {bubbles: true}));
			return f.value === `+js(value)+` ? "" : "no such choice: " + [...f.options || []].map(o => o.value).join(" ");
		}
		return "no such choice";
	})()`)
	if found != "" {
		t.Fatalf("fill %s %s: %s", within, name, found)
	}
}

// Choose chooses a file of this machine in a file field.
func (b *Browser) Choose(t *testing.T, selector, path string) {
	t.Helper()
	if err := chromedp.Do(b.Context, chromedp.SetUploadFiles(selector, []string{path})); err != nil {
		t.Fatalf("choose a file in %s: %v", selector, err)
	}
}

// part finds a part of the page by its id, or the whole page for "".
func part(id string) string {
	if id == "" {
		return "document"
	}
	return "document.getElementById(" + js(id) + ")"
}

// Unfold opens a folded act by its summary, as a click does.
func (b *Browser) Unfold(t *testing.T, id string) {
	t.Helper()
	if b.Hands == ByKeyboard {
		b.unfold(t, id)
		return
	}
	ok := evaluate[bool](t, b, `(() => { const d = `+part(id)+`; if (!d) return false; if (!d.open) d.querySelector("summary").click(); return true })()`)
	if !ok {
		t.Fatalf("no act %s on the page; there are: %s", id, evaluate[string](t, b, `[...document.querySelectorAll("details[id]")].map(d => d.id).join(" ")`))
	}
}

// pressed marks the open page until another stands in its place, or says that
// what was asked for has come into it.
const pressed = `window.pressed = true; document.addEventListener("oasiss:shown", () => { window.pressed = false }, { once: true }); `

// Click clicks what a CSS selector finds, and waits for the page it leads to.
func (b *Browser) Click(t *testing.T, selector string) {
	t.Helper()
	b.Press(t, selector)
	b.arrive(t, selector)
}

// Press clicks what a CSS selector finds, and waits for nothing.
func (b *Browser) Press(t *testing.T, selector string) {
	t.Helper()
	if b.Hands == ByKeyboard {
		b.enter(t, `document.querySelector(`+js(selector)+`)`)
		return
	}
	if !evaluate[bool](t, b, `(() => { const e = document.querySelector(`+js(selector)+`); if (!e) return false; `+pressed+`e.click(); return true })()`) {
		t.Fatalf("nothing to click at %s", selector)
	}
}

// arrive waits for the page that follows. While one page gives way to the next
// there is none to ask: that is no failure.
func (b *Browser) arrive(t *testing.T, after string) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		there, err := Ask[bool](b, `!window.pressed && document.readyState === "complete"`)
		if err != nil && !between(err) {
			t.Fatalf("after pressing %q: %v", after, err)
		}
		if there {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("pressing %q led nowhere:\n%s", after, b.Text(t))
		}
	}
}

// between says that the page asked was just leaving.
func between(err error) bool {
	for _, words := range []string{"navigated or closed", "context was destroyed", "Cannot find context"} {
		if strings.Contains(err.Error(), words) {
			return true
		}
	}
	return false
}

// Submit sends the form of a part, as its button does, and waits for the page
// that follows or for what comes into the form's place.
func (b *Browser) Submit(t *testing.T, within string) {
	t.Helper()
	if b.Hands == ByKeyboard {
		b.enter(t, part(within)+`.querySelector("form button:not([type=button])")`)
		b.arrive(t, within)
		return
	}
	if !evaluate[bool](t, b, `(() => { const p = `+part(within)+`; const e = p && p.querySelector("form button:not([type=button])"); if (!e) return false; `+pressed+`e.click(); return true })()`) {
		t.Fatalf("no form in %s", within)
	}
	b.arrive(t, within)
}

// Await waits until a CSS selector finds something on the open page.
func (b *Browser) Await(t *testing.T, selector string) {
	t.Helper()
	for deadline := time.Now().Add(patience); !b.Has(t, selector); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s never comes:\n%s", selector, b.Text(t))
		}
	}
}

// Has reports whether a CSS selector finds anything on the open page.
func (b *Browser) Has(t *testing.T, selector string) bool {
	t.Helper()
	return evaluate[bool](t, b, `document.querySelector(`+js(selector)+`) !== null`)
}

// Lang is the language that the open page says it is in.
func (b *Browser) Lang(t *testing.T) string {
	t.Helper()
	return evaluate[string](t, b, `document.documentElement.lang`)
}

// Address is the path and query of the open page.
func (b *Browser) Address(t *testing.T) string {
	t.Helper()
	return evaluate[string](t, b, `location.pathname + location.search`)
}

// Find lists the values of an attribute of what a CSS selector finds.
func (b *Browser) Find(t *testing.T, selector, attribute string) []string {
	t.Helper()
	return evaluate[[]string](t, b, `[...document.querySelectorAll(`+js(selector)+`)].map(e => e.getAttribute(`+js(attribute)+`) || "")`)
}

// Words lists what the elements that a CSS selector finds say, as a person
// reads them.
func (b *Browser) Words(t *testing.T, selector string) []string {
	t.Helper()
	return evaluate[[]string](t, b, `[...document.querySelectorAll(`+js(selector)+`)].map(e => e.innerText)`)
}

// Value is what stands in the first field of a name, as it would be sent; "" for
// a box that is not ticked.
func (b *Browser) Value(t *testing.T, name string) string {
	t.Helper()
	return evaluate[string](t, b, `(() => { const f = [...document.getElementsByName(`+js(name)+`)]; const e = f.find(x => x.type !== "radio" && x.type !== "checkbox" || x.checked); return e ? e.value : "" })()`)
}
