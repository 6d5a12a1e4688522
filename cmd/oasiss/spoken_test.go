package main

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/i18n"
)

// answer holds codes as answers hold them, and values that are none.
func answer() map[string]any {
	return map[string]any{
		"id": "RGV-26-0001", "status": "in_force", "refused": "access.not_found", "title": "open",
		"state": "under_review", "state_name": map[string]any{"en": "Under review", "es": "En estudio"},
		"roles": []any{"us_attorney", "nobody_has_this"}, "purpose": "prosecution", "kind": "case.opened.1",
		"source": map[string]any{"kind": "observation"}, "mode": "river", "verb": "view.case.show",
		"delivery": map[string]any{"state": "queued"}, "accord_none": map[string]any{"refused": "accord.none_in_force"},
	}
}

func TestAPersonReadsWordsAndAProgramCodes(t *testing.T) {
	for lang, want := range map[string][]string{
		"en": {"In force", "Under review", "Assistant US Attorney", "nobody_has_this", "Prosecution of smuggling", "Observation", "On its way", "Looked at a case", "RGV-26-0001", "accord.none_in_force"},
		"es": {"Vigente", "En estudio", "Observación", "nobody_has_this"},
	} {
		var out bytes.Buffer
		e := &env{root: &root{Lang: lang}, out: &out}
		if err := e.print(answer()); err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !strings.Contains(out.String(), w) {
				t.Errorf("%s: %q is not in\n%s", lang, w, out.String())
			}
		}
		for _, code := range []string{" in_force", "under_review", "us_attorney", "case.opened.1", "queued", "view.case", "access.not_found", "<no value>"} {
			if strings.Contains(out.String(), code) {
				t.Errorf("%s: a person reads the code %q in\n%s", lang, code, out.String())
			}
		}
		if !strings.Contains(out.String(), "open\n") {
			t.Errorf("%s: a title was taken for a code\n%s", lang, out.String())
		}
	}
	var peers bytes.Buffer
	if err := (&env{root: &root{Lang: "es"}, out: &peers, area: "peer"}).list([]any{map[string]any{"id": "mx", "status": "approved"}}, []string{"id", "status"}); err != nil {
		t.Fatal(err)
	}
	if want := i18n.T(i18n.Spanish, "directory.state.approved"); !strings.Contains(peers.String(), want) {
		t.Errorf("%q is not in\n%s", want, peers.String())
	}
	var out bytes.Buffer
	if err := (&env{root: &root{Lang: "es", JSON: true}, out: &out}).print(answer()); err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{`"status":"in_force"`, `"state":"under_review"`, `"us_attorney"`, `"kind":"case.opened.1"`} {
		if !strings.Contains(out.String(), code) {
			t.Errorf("--json lacks %s: %s", code, out.String())
		}
	}
}

// TestACodeHasOneName: each list of texts is there, and no code of one name is
// called two things.
func TestACodeHasOneName(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(spoken)) {
		said := map[string]string{}
		for _, prefix := range spoken[name] {
			keys := i18n.Keys(i18n.English, prefix)
			if len(keys) == 0 {
				t.Errorf("%s: there are no texts %s…", name, prefix)
			}
			for _, k := range keys {
				code := strings.TrimPrefix(k, prefix)
				for _, l := range i18n.Languages() {
					is := i18n.T(l, k)
					if was, ok := said[string(l)+code]; ok && was != is {
						t.Errorf("%s: %s is called %q and %q", name, code, was, is)
					}
					said[string(l)+code] = is
				}
			}
		}
	}
}
