package evidence

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
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

// The published examples: the valid one is taken in, the invalid one is refused
// with the node and the property that break a shape. It runs where
// OASISS_REAL_DATA names the folder of the files: make real-data.
func TestRealDataOfCASE(t *testing.T) {
	dir := os.Getenv("OASISS_REAL_DATA")
	if dir == "" {
		t.Skip("OASISS_REAL_DATA names no folder; the fictional graphs of testdata are read by the other tests")
	}
	k := newRoom(t)
	take := func(name string) *Import {
		b, err := os.ReadFile(filepath.Join(dir, "case-uco", name))
		if err != nil {
			t.Fatal(err)
		}
		return &Import{Case: k.c, Graph: string(b), When: k.Clock.Format("2006-01-02T15:04"), Zone: "UTC", Place: "By the liaison's courier", Basis: "legal_assistance", Source: "B", Information: "2"}
	}
	v, err := k.show(k.agent, k.by(k.agent, take("investigative_action_PASS.json")))
	if err != nil || v.Kind != "photograph" || v.Description == nil || v.Description.Description != "Screenshot of webpage" || len(v.Chain) != 1 {
		t.Fatalf("the valid example: %+v, %v", v, err)
	}
	if w := v.Chain[0].Words; w == nil || !strings.Contains(w.Note, "screenshot-1.png") || !strings.Contains(w.Note, "Submit reference graphic") {
		t.Errorf("of its custody before: %+v", w)
	}
	invalid := take("investigative_action_XFAIL.json")
	refusedFor(t, k, invalid, "uco-observable:sizeInBytes")
	invalid.Graph = strings.Replace(invalid.Graph, `,
                    "uco-observable:sizeInBytes": 1234567`, "", 1) // the first of its two faults
	refusedFor(t, k, invalid, "case-investigation:exhibitNumber", "case-investigation:rootExhibitNumber")
	k.ReplayEqual()
}

// refusedFor holds that a graph is refused for a node and one of some properties.
func refusedFor(t *testing.T, k room, c *Import, properties ...string) {
	t.Helper()
	_, err := k.Take(k.agent, "prosecution", c)
	no, ok := refusal.As(err)
	if !ok || no.Code != "exhibit.case_shape" || !strings.HasPrefix(fmt.Sprint(no.Params["Node"]), "kb:") || !slices.Contains(properties, fmt.Sprint(no.Params["Property"])) {
		t.Errorf("refused for %v, want one of %v", err, properties)
	}
}

// Each fault of the published invalid example is refused alone, as it is there:
// a size on the facet of a picture, and an exhibit's number that is no string.
func TestEachFaultOfAGraphIsNamed(t *testing.T) {
	k := newRoom(t)
	for property, fault := range map[string][2]string{
		"uco-observable:sizeInBytes":       {`"uco-observable:pictureWidth": 10`, `"uco-observable:pictureWidth": 10, "uco-observable:sizeInBytes": 4711`},
		"case-investigation:exhibitNumber": {`"case-investigation:exhibitNumber": "1"`, `"case-investigation:exhibitNumber": 1`},
	} {
		g := graph(t, "case_valid.json")
		spoiled := strings.Replace(g, fault[0], fault[1], 1)
		if spoiled == g {
			t.Fatalf("the graph has no %s", fault[0])
		}
		refusedFor(t, k, &Import{Case: k.c, Graph: spoiled, When: k.Clock.Format("2006-01-02T15:04"), Zone: "UTC", Place: "By the liaison's courier", Basis: "legal_assistance", Source: "B", Information: "2"}, property)
	}
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
