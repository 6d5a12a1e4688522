package main

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/node"
)

// ownVerbs are the verbs that are neither an act nor a question to the API, and
// by what right each works. Every other verb is one or the other, so that the
// node decides about it (R09).
var ownVerbs = map[string]string{
	"init":            "whoever owns the folders: makes a node where none is",
	"serve":           "whoever owns the folders",
	"demo":            "none needed: two nodes of its own, fictional people only",
	"demo-node":       "none needed: one node of the demo, fictional people only",
	"found":           "one of the two one-time founding codes",
	"redeem":          "both halves of a one-time link",
	"login":           "one's own passkey, or account name, password and second factor",
	"passkey add":     "one's own session; with a second factor already, one that was opened by it",
	"passkey list":    "one's own session",
	"passkey remove":  "one's own session, opened by a second factor",
	"passkey codes":   "one's own session, opened by a second factor",
	"logout":          "one's own session",
	"password":        "one's own session and password",
	"whoami":          "one's own session",
	"version":         "none needed",
	"openapi":         "none needed",
	"reference":       "none needed",
	"backup make":     "whoever owns the folders: copies them as they are, sealed parts sealed",
	"backup verify":   "whoever holds the copy: recomputes its digests",
	"key backup":      "whoever owns the key folder: seals it for two custodians",
	"key restore":     "both custodians' shares together: into a folder without keys",
	"restore":         "whoever owns empty folders and the key folder of the node in the backup",
	"doctor":          "whoever owns the folders: says what is wrong with them, and nothing of what is in them",
	"case import":     "one's own session: takes acts of intake",
	"file put":        "one's own session: takes file.begin and file.add, and sends the bytes between them",
	"file redact":     "one's own session: asks for what file show shows, and takes file.begin and file.add for its copy",
	"file get":        "one's own session: asks for what file show shows, and its bytes",
	"journal archive": "whoever owns the folders: copies the journal as it is, sealed parts sealed",
	"journal verify":  "whoever owns the folders: reads digests of a stopped node",
	"journal replay":  "whoever owns the folders: compares tables of a stopped node",
}

// TestEveryVerbHasAnAccessRule holds that each verb is an act of the house, a
// question that the API describes, or named above with the right it works by.
func TestEveryVerbHasAnAccessRule(t *testing.T) {
	_, parser, err := commandLine(i18n.English, nil, io.Discard, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	made, err := node.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]any `json:"paths"`
	}
	if err := json.Unmarshal(made, &doc); err != nil {
		t.Fatal(err)
	}
	asked := func(q query) bool {
		method := http.MethodGet
		if q.post {
			method = http.MethodPost
		}
		for path, ops := range doc.Paths {
			if ops[strings.ToLower(method)] != nil && sameShape("/api/v1/"+q.path, path) {
				return true
			}
		}
		return false
	}
	verbs, seen := node.Verbs(), map[string]bool{}
	for _, n := range parser.Model.Leaves(false) {
		words := strings.Fields(n.Path())
		name := strings.Join(words, " ")
		verb := strings.ReplaceAll(strings.Join(words, "."), "-", "_")
		q, isQuery := queries[verb]
		_, isAct := verbs[verb]
		switch {
		case isAct && !isQuery:
		case isQuery && asked(q):
		case ownVerbs[name] != "":
			seen[name] = true
		default:
			t.Errorf("%s is no act, the API does not know it as a question, and nothing says by what right it works", name)
		}
	}
	for name := range ownVerbs {
		if !seen[name] {
			t.Errorf("%s stands in the list and is no verb", name)
		}
	}
}

// sameShape reports whether two paths differ only in what their places are called.
func sameShape(a, b string) bool {
	return slices.EqualFunc(strings.Split(a, "/"), strings.Split(b, "/"), func(x, y string) bool {
		return x == y || strings.HasPrefix(x, "{") && strings.HasPrefix(y, "{")
	})
}
