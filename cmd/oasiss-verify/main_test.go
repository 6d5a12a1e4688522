package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/wire"
)

const vectors = "../../wire/testdata/"

// ask runs the checker as its main function would.
func ask(args ...string) (code int, out string) {
	var b bytes.Buffer
	code = run(args, &b, &b)
	return code, b.String()
}

// altered writes a copy of a vector with one change and gives its path.
func altered(t *testing.T, name, old, new string) string {
	t.Helper()
	b, err := os.ReadFile(vectors + name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(b, []byte(old)) {
		t.Fatalf("%s does not hold %q", name, old)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, bytes.Replace(b, []byte(old), []byte(new), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// frameProof takes the proof of the first message out of the published frame.
func frameProof(t *testing.T) string {
	t.Helper()
	var keys []struct {
		Node        string
		SealPrivate []byte `json:"seal_private"`
	}
	b, err := os.ReadFile(vectors + "keys.json")
	if err != nil || json.Unmarshal(b, &keys) != nil {
		t.Fatal("keys.json", err)
	}
	text, err := os.ReadFile(vectors + "descriptor-us.jws")
	if err != nil {
		t.Fatal(err)
	}
	us, err := wire.ReadDescriptor(string(text))
	if err != nil {
		t.Fatal(err)
	}
	key, err := wire.ParseSealKey(keys[1].SealPrivate)
	if err != nil {
		t.Fatal(err)
	}
	frame, err := os.ReadFile(vectors + "frame.bin")
	if err != nil {
		t.Fatal(err)
	}
	f, err := wire.OpenFrame(frame, us.Keys(), "mx", key)
	if err != nil {
		t.Fatal(err)
	}
	p, err := f.Proof(0)
	if err != nil {
		t.Fatal(err)
	}
	b, err = json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "frame-proof.json")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// histories writes a file in which us, by its published key, has signed the
// vector's checkpoint and another state of its journal.
func histories(t *testing.T, size int64, root byte) string {
	t.Helper()
	held, err := os.ReadFile(vectors + "checkpoint.txt")
	if err != nil {
		t.Fatal(err)
	}
	seed := sha256.Sum256([]byte("oasiss vector us journal"))
	shown, err := wire.SignCheckpoint(wire.JournalName("exercise", "us"), size, wire.Digest{root}, ed25519.NewKeyFromSeed(seed[:]))
	if err != nil {
		t.Fatal(err)
	}
	if root == 0 {
		shown = held
	}
	b, err := json.Marshal(wire.NewHistories(held, shown, nil))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "histories.json")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestChecks(t *testing.T) {
	us, mx := vectors+"descriptor-us.jws", vectors+"descriptor-mx.jws"
	message, receipt := vectors+"message.txt", vectors+"receipt.jws"
	checkpoint, inclusion := vectors+"checkpoint.txt", vectors+"inclusion.json"
	proof := frameProof(t)
	for _, c := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"descriptor", []string{"descriptor", us}, 0, "toast guitar"},
		{"descriptor in Spanish", []string{"-lang", "es", "descriptor", us}, 0, "tomate fabula"},
		{"descriptor altered", []string{"descriptor", altered(t, "descriptor-us.jws", ".eyJ", ".eyK")}, 1, "DOES NOT HOLD"},
		{"message", []string{"message", message}, 0, "Only its form"},
		{"message in its frame", []string{"message", message, "-frame", proof, "-keys", us}, 0, "lane case, number 1"},
		{"message in another's frame", []string{"message", message, "-frame", proof, "-keys", mx}, 1, "[signature]"},
		{"other message in the frame", []string{"message", altered(t, "message.txt", `"people":3`, `"people":2`), "-frame", proof, "-keys", us}, 1, "[altered]"},
		{"message for removal", []string{"message", altered(t, "message.txt", "prosecution", "removal")}, 1, "[purpose]"},
		{"proof", []string{"proof", message, "-keys", us}, 0, "weak"},
		{"proof of an altered act", []string{"proof", altered(t, "message.txt", `"people":3`, `"people":2`), "-keys", us}, 1, "[altered]"},
		{"proof without keys", []string{"proof", message}, 2, "missing"},
		{"receipt", []string{"receipt", receipt, "-keys", mx, "-against", message}, 0, "recorded as leaf 41"},
		{"receipt in Spanish", []string{"receipt", receipt, "-keys", mx, "--lang=es"}, 0, "ningún acuerdo vigente"},
		{"receipt of another node", []string{"receipt", receipt, "-keys", us}, 1, "[signature]"},
		{"receipt for another message", []string{"receipt", receipt, "-keys", mx, "-against", altered(t, "message.txt", `"people":3`, `"people":2`)}, 1, "[altered]"},
		{"checkpoint", []string{"checkpoint", checkpoint, "-keys", us, "-witness", mx}, 0, "Cosigned by"},
		{"checkpoint continued", []string{"checkpoint", checkpoint, "-keys", us, "-against", checkpoint}, 0, "nothing was changed"},
		{"checkpoint altered", []string{"checkpoint", altered(t, "checkpoint.txt", "\n7\n", "\n6\n"), "-keys", us}, 1, "[signature]"},
		{"checkpoint, wrong witness", []string{"checkpoint", checkpoint, "-keys", us, "-witness", us}, 1, "[unsigned]"},
		{"inclusion", []string{"inclusion", inclusion, "-keys", us, "-witness", mx}, 0, "leaf 2 (from 0) of 7"},
		{"inclusion at another leaf", []string{"inclusion", altered(t, "inclusion.json", `"index":2`, `"index":1`), "-keys", us}, 1, "[altered]"},
		{"one history", []string{"histories", histories(t, 7, 0), "-keys", us}, 0, "beginning of this one"},
		{"two histories of one size", []string{"histories", histories(t, 7, 1), "-keys", us}, 1, "two journals of one size"},
		{"two histories of two sizes", []string{"histories", histories(t, 8, 1), "-keys", us}, 1, "no proof joins"},
		{"histories of another node", []string{"histories", histories(t, 7, 1), "-keys", mx}, 1, "[signature]"},
		{"no such file", []string{"message", "nowhere"}, 2, "cannot be read"},
		{"no such check", []string{"truth", message}, 2, "no such check"},
		{"nothing", nil, 2, "oasiss-verify CHECK"},
		{"help", []string{"help", "-lang", "es"}, 0, "COMPROBACIÓN"},
		{"help of a check", []string{"message", "-h"}, 0, "oasiss-verify CHECK"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, out := ask(c.args...)
			if code != c.code || !strings.Contains(out, c.says) {
				t.Errorf("exit %d, want %d with %q:\n%s", code, c.code, c.says, out)
			}
			if strings.Contains(out, "%!") {
				t.Errorf("sentence with the wrong number of values:\n%s", out)
			}
		})
	}
}

// TestSentences: every text exists in both languages and takes the same values.
func TestSentences(t *testing.T) {
	verb := regexp.MustCompile(`%(\[\d\])?[sd]`)
	check := func(name string, b both) {
		if b.en == "" || b.es == "" || b.en == b.es {
			t.Errorf("%s is not in both languages", name)
		}
		if strings.Join(verb.FindAllString(b.en, -1), "") != strings.Join(verb.FindAllString(b.es, -1), "") {
			t.Errorf("%s takes different values", name)
		}
	}
	for k, b := range sentences {
		check(k, b)
	}
	for _, c := range wire.Codes {
		check("code "+string(c), codes[c])
	}
	for _, p := range wire.Purposes {
		check("purpose "+p, purposes[p])
	}
	for _, v := range order {
		if verbs[v] == nil || sentences["usage_"+v].en == "" {
			t.Errorf("verb %s is not complete", v)
		}
	}
}

// TestImports: the checker stands on wire and the standard library alone.
func TestImports(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range f.Imports {
			if path := strings.Trim(i.Path.Value, `"`); strings.Contains(path, ".") && path != "github.com/oasiss/oasiss/wire" {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
}
