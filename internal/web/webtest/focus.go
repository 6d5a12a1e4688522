package webtest

import "testing"

// sightScript is what both ways of looking at the focus share: how an element is
// told of, whether it is there for readers alone, whether it shows that it has
// the focus, and whether any of it is seen and not under something else.
const sightScript = `
	const said = e => e.outerHTML.replace(/\s+/g, " ").slice(0, 140);
	const hidden = e => e.closest(".vh") || getComputedStyle(e).clipPath !== "none";
	const ringed = e => { const style = getComputedStyle(e); return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2; };
	const sighted = e => {
		const r = e.getBoundingClientRect();
		return [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]].some(([x, y]) => {
			const at = document.elementFromPoint(Math.min(Math.max(r.left, 0) + (Math.min(r.right, innerWidth) - Math.max(r.left, 0)) * x, innerWidth - 1), Math.max(r.top, 0) + (Math.min(r.bottom, innerHeight) - Math.max(r.top, 0)) * y);
			return at && (e.contains(at) || at.contains(e) || at.closest("label") && at.closest("label").contains(e));
		});
	};`

// focusScript walks through everything that takes the focus, in the order of
// the Tab key, and tells what WCAG 2.2 asks and a machine can see: no id
// that a label might mean another's by (4.1.2), no order of its own (2.4.3), a
// focus that shows (2.4.7), not wholly under something that
// stays in place (2.4.11), and at least 24 CSS pixels or as much room (2.5.8).
const focusScript = `(() => {
	` + sightScript + `
	const faults = [], ids = new Set();
	for (const e of document.querySelectorAll("[id]")) if (ids.has(e.id)) faults.push("has an id that another has: " + said(e)); else ids.add(e.id);
	const all = [...document.querySelectorAll("a[href],button,input,select,textarea,summary,[tabindex]")].filter(e =>
		!e.disabled && e.type !== "hidden" && e.tabIndex >= 0 && e.checkVisibility({visibilityProperty: true}) && !e.closest("details:not([open]) > :not(summary)"));
	const boxes = all.map(e => e.getBoundingClientRect());
	for (const [n, e] of all.entries()) {
		if (e.tabIndex > 0) faults.push("has an order of its own: " + said(e));
		e.focus({focusVisible: true});
		if (document.activeElement !== e) { faults.push("does not take the focus: " + said(e)); continue; }
		const r = e.getBoundingClientRect();
		if (!ringed(e)) faults.push("shows no focus: " + said(e));
		if (hidden(e)) continue;
		if (!sighted(e)) faults.push("is under something when it has the focus: " + said(e) + " at " + [r.left, r.top, r.width, r.height].map(Math.round));
		const label = e.closest("label"), b = label ? label.getBoundingClientRect() : r;
		if (b.width >= 24 && b.height >= 24) continue;
		if (e.tagName === "A" && getComputedStyle(e).display === "inline" && e.parentElement.innerText.trim() !== e.innerText.trim()) continue; // in a sentence
		const x = boxes[n].left + boxes[n].width / 2, y = boxes[n].top + boxes[n].height / 2; // room enough: a circle of 24 px touches no other's
		const near = boxes.find((o, i) => i !== n && !hidden(all[i]) && !all[i].contains(e) && !e.contains(all[i]) && Math.hypot(Math.max(o.left - x, 0, x - o.right), Math.max(o.top - y, 0, y - o.bottom)) < 12);
		if (near) faults.push("is small and near another: " + said(e) + " " + [b.width, b.height].map(Math.round).join("×"));
	}
	document.activeElement.blur();
	scrollTo(0, 0);
	return faults;
})()`

// Focus holds the open page against the rules of the focus and of targets, and
// tells what breaks them.
func (b *Browser) Focus(t *testing.T) []string {
	t.Helper()
	return evaluate[[]string](t, b, focusScript)
}
