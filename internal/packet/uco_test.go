package packet

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/evidence"
)

// shaped holds a graph against the shapes of CASE and UCO 1.4 that it touches,
// and gives what it breaks: which properties a class has, and that numbers of
// exhibits are strings.
func shaped(t *testing.T, b []byte) (broken []string) {
	t.Helper()
	var doc struct {
		Context map[string]string `json:"@context"`
		Graph   []map[string]any  `json:"@graph"`
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, n := range doc.Graph {
		known[fmt.Sprint(n["@id"])] = true
	}
	own := map[string][]string{
		"uco-observable:FileFacet":          {"uco-observable:fileName", "uco-observable:sizeInBytes"},
		"uco-observable:RasterPictureFacet": {"uco-observable:pictureHeight", "uco-observable:pictureWidth"},
		"uco-observable:ContentDataFacet":   {"uco-observable:hash", "uco-observable:mimeType", "uco-observable:sizeInBytes"},
		"uco-types:Hash":                    {"uco-types:hashMethod", "uco-types:hashValue"},
	}
	var walk func(n map[string]any)
	walk = func(n map[string]any) {
		kind := fmt.Sprint(n["@type"])
		for name, value := range n {
			prefix, _, named := strings.Cut(name, ":")
			if may, closed := own[kind]; closed && named && prefix != "rdfs" && !slices.Contains(may, name) {
				broken = append(broken, kind+" has no "+name)
			}
			if _, declared := doc.Context[prefix]; named && !declared && prefix != "rdfs" {
				broken = append(broken, "no namespace for "+name)
			}
			if _, text := value.(string); strings.HasSuffix(strings.ToLower(name), "exhibitnumber") && !text {
				broken = append(broken, name+" is no string")
			}
			list, many := value.([]any)
			if !many {
				list = []any{value}
			}
			for _, x := range list {
				if inner, object := x.(map[string]any); object {
					if id, only := inner["@id"]; only && len(inner) == 1 && !known[fmt.Sprint(id)] {
						broken = append(broken, fmt.Sprint(id)+" is nowhere")
					}
					walk(inner)
				}
			}
		}
	}
	for _, n := range doc.Graph {
		walk(n)
	}
	return broken
}

// TestEvidenceInCASE: the evidence of a packet as CASE/UCO follows its shapes;
// every exhibit, file, digest and step is in it, each step informed by the one
// before. The shapes tell a valid graph from one that is not.
func TestEvidenceInCASE(t *testing.T) {
	for name, sound := range map[string]bool{"case_valid.json": true, "case_invalid.json": false} {
		b, err := os.ReadFile("../evidence/testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if broken := shaped(t, b); (len(broken) == 0) != sound || !sound && len(broken) != 3 {
			t.Errorf("%s: %v", name, broken)
		}
	}
	w := newWorld(t)
	w.screen(w.suspect, w.witness)
	w.filled()
	if err := w.compose(); err != nil {
		t.Fatal(err)
	}
	v := w.latest(w.here)
	b, err := v.View(w.content(w.here), func(string) bool { return true }).CASE("OAS-US-26-000001")
	if err != nil {
		t.Fatal(err)
	}
	if broken := shaped(t, b); len(broken) > 0 {
		t.Errorf("%v\n%s", broken, b)
	}
	var doc struct {
		Graph []struct {
			ID       string `json:"@id"`
			Type     any    `json:"@type"`
			Name     string `json:"uco-core:name"`
			Exhibit  string `json:"case-investigation:exhibitNumber"`
			Informed struct {
				ID string `json:"@id"`
			} `json:"case-investigation:wasInformedBy"`
		} `json:"@graph"`
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	kinds, steps, informed := map[string]int{}, []string{}, 0
	for _, n := range doc.Graph {
		kinds[fmt.Sprint(n.Type)]++
		if n.Type == "case-investigation:InvestigativeAction" {
			steps = append(steps, n.Name)
		}
		if n.Informed.ID != "" {
			informed++
		}
	}
	if !slices.Equal(steps, []string{evidence.StepCollect, evidence.StepOpen, evidence.StepSeal}) || informed != 2 || kinds["case-investigation:ProvenanceRecord"] != 3 ||
		kinds["uco-observable:File"] != 1 || kinds["uco-identity:Identity"] != 1 || kinds["case-investigation:Investigation"] != 1 {
		t.Errorf("steps %v, %d informed, %v", steps, informed, kinds)
	}
	var file FileBody
	for _, c := range w.content(w.here)["exhibits"] {
		if f, err := body[FileBody](c.Body); err == nil && f.Noun == nounFile {
			file = f
		}
	}
	if !strings.Contains(string(b), file.SHA256.String()) || strings.Contains(string(b), "Xochil") {
		t.Errorf("the digest of the file, or a name: %s", b)
	}
	back, err := evidence.ReadCASE(b)
	if err != nil || len(back) != 1 || back[0].Number != "RGV-26-0001-E1" || len(back[0].Steps) != 3 || back[0].Steps[1].Name != evidence.StepOpen || back[0].Steps[0].By != "Official agent" ||
		len(back[0].Files) != 1 || back[0].Files[0].SHA256 != file.SHA256.String() || back[0].Files[0].Name != file.Name {
		t.Errorf("read back: %+v, %v", back, err)
	}
	none, err := v.View(nil, func(string) bool { return false }).CASE("OAS-US-26-000001")
	if err != nil || strings.Contains(string(none), "exhibit-") {
		t.Errorf("to whom nothing is open: %s, %v", none, err)
	}
}
