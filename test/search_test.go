package test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/wire"
)

// listOf takes a list of what is found by words.
func (w *world) listOf(words string) (fact string) {
	w.t.Helper()
	done, err := w.as("us", "kestrelle", wire.PurposeProsecution).Take(w.t.Context(), "search.export", "", map[string]any{"words": words, "reason": "own_file"})
	w.ok(err)
	return done.Facts[0]
}

// chartOf takes a link chart out that begins at a suspect.
func (w *world) chartOf(suspect string) (fact string) {
	w.t.Helper()
	done, err := w.as("us", "kestrelle", wire.PurposeProsecution).Take(w.t.Context(), "network.export", "", map[string]any{"start": suspect, "reason": "own_file"})
	w.ok(err)
	return done.Facts[0]
}

// TestSearchInTheBrowser: what is looked for stands in no address, a search is
// kept and asked again, and a list is taken out by an act of its own, which
// shows who took it.
func TestSearchInTheBrowser(t *testing.T) {
	w := oneNode(t)
	v := w.visitor(t)
	v.signIn("kestrelle")
	c := w.take("us", "kestrelle", wire.PurposeProsecution, "case.open", map[string]any{"title": "A trailer"})
	w.take("us", "kestrelle", wire.PurposeProsecution, "case.add_event", map[string]any{"case": c, "when": "2026-05-01T10:00", "mode": "river", "place_name": "Anzalduas"})
	ask := url.Values{"q": {"anzald"}, "noun": {"event"}, "from": {"2026-05-01"}, "to": {"2026-05-01"}, "purpose": {wire.PurposeProsecution}}
	with := func(name, value string) url.Values {
		out := url.Values{name: {value}}
		for k, x := range ask {
			out[k] = x
		}
		return out
	}
	found := v.post("/search", ask)
	v.says(found, http.StatusOK, "Anzalduas", text("search.found", map[string]any{"Count": 1}))
	if found.path != "/search" {
		t.Errorf("the answer stands at %s", found.path)
	}
	nothing := v.post("/search", url.Values{"q": {"anzald"}, "to": {"2026-04-30"}, "purpose": {wire.PurposeProsecution}})
	v.says(nothing, http.StatusOK, text("search.empty", nil))
	wrong := v.post("/search", url.Values{"q": {"anzald"}, "from": {"2026-06-30"}, "to": {"2026-04-30"}})
	v.says(wrong, http.StatusOK, text("refusal.search.days", nil), `value="2026-06-30"`)
	v.says(v.post("/search/keep", with("name", "The landing")), http.StatusOK, "The landing")
	v.says(v.post("/search/keep", with("name", "")), http.StatusUnprocessableEntity, text("refusal.search.view_name", nil), `value="anzald"`)
	kept := v.get("/search")
	v.says(kept, http.StatusOK, "The landing", `name="q" value="anzald"`)
	_, rest, _ := strings.Cut(kept.text, `name="id" value="`)
	id, _, _ := strings.Cut(rest, `"`)
	v.says(v.post("/search/rename", url.Values{"id": {id}, "called": {"Landings of May"}}), http.StatusOK, "Landings of May")
	v.says(v.post("/search/keep", with("name", "The landing")), http.StatusOK, "The landing", "Landings of May")
	v.says(v.post("/search/rename", url.Values{"id": {id}, "called": {"The landing"}}), http.StatusConflict, "Landings of May")
	take := with("reason", "")
	take.Set("_token", "search-list-without-reason")
	v.says(v.post("/search/take", take), http.StatusUnprocessableEntity, text("refusal.export.reason", nil), `value="anzald"`)
	take.Set("_token", "search-list-with-a-reason")
	take.Set("reason", "own_file")
	list := v.post("/search/take", take)
	v.says(list, http.StatusOK, "Anzalduas", "Dana Kestrelle", text("list.title", nil))
	_, rest, _ = strings.Cut(list.text, `href="/lists/`)
	address, _, _ := strings.Cut(rest, `"`)
	file := v.get("/lists/" + address)
	if !strings.HasPrefix(file.header.Get("Content-Disposition"), "attachment") || !strings.Contains(file.text, "Anzalduas") {
		t.Errorf("the file: %v %s", file.header, file.text)
	}
	other := w.visitor(t)
	other.signIn("ravenel")
	v.says(other.post("/search/rename", url.Values{"id": {id}, "called": {"Somebody else’s"}}), http.StatusOK)
	if p := v.get("/search"); strings.Contains(p.text, "Somebody else’s") {
		t.Error("somebody else gives a kept search its name")
	}
	v.says(v.post("/search/drop", url.Values{"id": {id}}), http.StatusOK, "The landing")
	if p := v.get("/search"); strings.Contains(p.text, "Landings of May") {
		t.Error("a search that was removed is still kept")
	}
	if p := other.get("/search"); strings.Contains(p.text, "The landing") {
		t.Error("a search that somebody keeps is shown to somebody else")
	}
	if p := other.get("/lists/" + address); p.status != http.StatusNotFound {
		t.Errorf("somebody else reads the list: %d", p.status)
	}
}
