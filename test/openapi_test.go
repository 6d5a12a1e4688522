package test

import (
	"bytes"
	"encoding/json"
	"os"
	"path"
	"testing"

	"github.com/oasiss/oasiss/internal/i18n"
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
	ID        string                `json:"operationId"`
	Summary   string                `json:"summary"`
	Security  []map[string][]string `json:"security"`
	Responses map[string]struct {
		Content map[string]struct {
			Schema schema `json:"schema"`
		} `json:"content"`
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

// TestEveryNameOfAnAnswerHasALabel holds that what the command line shows of
// an answer is named in both languages.
func TestEveryNameOfAnAnswerHasALabel(t *testing.T) {
	made, err := node.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths      map[string]map[string]operation `json:"paths"`
		Components struct {
			Schemas map[string]schema `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(made, &doc); err != nil {
		t.Fatal(err)
	}
	names, seen := map[string]bool{}, map[string]bool{}
	var walk func(s schema)
	walk = func(s schema) {
		if ref := path.Base(s.Ref); s.Ref != "" && !seen[ref] {
			seen[ref] = true
			walk(doc.Components.Schemas[ref])
		}
		for name, p := range s.Properties {
			names[name] = true
			walk(p)
		}
		if s.Items != nil {
			walk(*s.Items)
		}
	}
	for _, ops := range doc.Paths {
		for _, op := range ops {
			for _, c := range op.Responses["200"].Content {
				walk(c.Schema)
			}
		}
	}
	if len(names) < 200 {
		t.Fatalf("only %d names were found", len(names))
	}
	for name := range names {
		if !i18n.Has("label." + name) {
			t.Errorf("%s has no text label.%s in both languages", name, name)
		}
	}
}

// schema is what these tests read of a schema.
type schema struct {
	Ref        string            `json:"$ref"`
	Properties map[string]schema `json:"properties"`
	Items      *schema           `json:"items"`
}
