package test

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/oasiss/oasiss/internal/node"
)

// TestTheDescriptionOfTheAPIIsCommitted holds api/openapi.json against what
// the operations say of themselves.
func TestTheDescriptionOfTheAPIIsCommitted(t *testing.T) {
	made, err := node.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	again, err := node.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(made, again) {
		t.Error("the description comes out differently each time")
	}
	committed, err := os.ReadFile("../api/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(made, committed) {
		t.Error("api/openapi.json is not what the operations say; run make openapi and look at the difference")
	}
}

// TestEveryOperationSaysWhatItGives holds that each operation has a summary
// and describes its answers of no as problems (RFC 9457).
func TestEveryOperationSaysWhatItGives(t *testing.T) {
	for name, op := range operations(t) {
		if op.Summary == "" {
			t.Errorf("%s has no summary", name)
		}
		for _, status := range []string{"401", "422", "500"} {
			if _, ok := op.Responses[status].Content["application/problem+json"]; !ok {
				t.Errorf("%s does not describe its answer %s", name, status)
			}
		}
	}
}

// operation is what these tests read of the description.
type operation struct {
	Summary   string                `json:"summary"`
	Security  []map[string][]string `json:"security"`
	Responses map[string]struct {
		Content map[string]any `json:"content"`
	} `json:"responses"`
}

// operations are those of the API, by "METHOD path".
func operations(t *testing.T) map[string]operation {
	t.Helper()
	made, err := node.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]operation `json:"paths"`
	}
	if err := json.Unmarshal(made, &doc); err != nil {
		t.Fatal(err)
	}
	out := map[string]operation{}
	for path, ops := range doc.Paths {
		for method, op := range ops {
			out[method+" "+path] = op
		}
	}
	if len(out) < 100 {
		t.Fatalf("only %d operations", len(out))
	}
	return out
}
