package evidence

import (
	"os"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/refusal"
)

// graph is one of the small graphs of these tests; they have the form of the
// published examples, of which one is valid and one is not.
func graph(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The valid graph becomes an exhibit in the custody of whoever signs, with what
// was told of it sealed in the first step; the invalid one is refused with what
// breaks its shape, and nothing of it is taken in.
func TestImportOfCASE(t *testing.T) {
	k := newRoom(t)
	take := func(graph string) *Import {
		return &Import{Case: k.c, Graph: graph, When: k.Clock.Format("2006-01-02T15:04"), Zone: "UTC", Place: "By the liaison's courier", Basis: "legal_assistance", Source: "B", Information: "2"}
	}
	id := k.by(k.agent, take(graph(t, "case_valid.json")))
	v, err := k.show(k.agent, id)
	if err != nil {
		t.Fatal(err)
	}
	if v.Kind != "photograph" || v.Description == nil || v.Description.Description != "A drawing made for this test" || v.Basis != "legal_assistance" || len(v.Chain) != 1 || v.Custody.Holder != k.agent.User {
		t.Errorf("taken in: %+v", v)
	}
	if w := v.Chain[0].Words; w == nil || !strings.Contains(w.Note, "exercise.png") || !strings.Contains(w.Note, "Submit") {
		t.Errorf("of its custody before: %+v", w)
	}
	_, err = k.Take(k.agent, "prosecution", take(graph(t, "case_invalid.json")))
	if no, ok := refusal.As(err); !ok || no.Code != "exhibit.case_shape" || no.Params["Node"] == "" || no.Params["Property"] == "" {
		t.Errorf("the invalid one: %v", err)
	}
	two := strings.Replace(graph(t, "case_valid.json"), `"@graph": [`, `"@graph": [{"@id":"kb:record-2","@type":"case-investigation:ProvenanceRecord","case-investigation:exhibitNumber":"2"},`, 1)
	k.by(k.agent, take(two))
	all, err := List(t.Context(), k.Acts, k.agent, "prosecution", k.c)
	if err != nil || len(all) != 3 || all[1].Number == all[2].Number || all[2].N != 3 {
		t.Errorf("of two in one graph: %+v, %v", all, err)
	}
	for code, bad := range map[string]string{"exhibit.case_unread": "no JSON", "exhibit.case_empty": `{"@graph":[{"@id":"kb:x"}]}`,
		"exhibit.case_shape": strings.Replace(graph(t, "case_valid.json"), "unifiedcyberontology.org/uco/core/", "example.org/core/", 1)} {
		k.refused(code, k.agent, take(bad))
	}
	k.refused("access.not_found", k.lab, take(graph(t, "case_valid.json")))
	k.ReplayEqual()
}

// FuzzReadCASE: whatever a graph is, it is read or refused.
func FuzzReadCASE(f *testing.F) {
	for _, name := range []string{"case_valid.json", "case_invalid.json"} {
		b, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		out, err := ReadCASE(b)
		if _, refused := refusal.As(err); err != nil && !refused || err == nil && len(out) == 0 {
			t.Fatalf("%d exhibits, %v", len(out), err)
		}
	})
}
