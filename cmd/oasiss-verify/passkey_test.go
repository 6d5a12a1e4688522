package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/wire"
)

// TestPasskeyProofOverAnotherAct: the checker reads passkey proofs with the
// node's descriptor alone, and one about another act does not hold. That good
// ones do is held by the published vectors.
func TestPasskeyProofOverAnotherAct(t *testing.T) {
	text, err := os.ReadFile(vectors + "vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []struct{ Name, Object, Text string }
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	message, err := os.ReadFile(vectors + "message.txt")
	if err != nil {
		t.Fatal(err)
	}
	act, _, _ := bytes.Cut(message, []byte("\n"))
	for _, v := range all {
		if v.Object != "enrolled" || !strings.HasPrefix(v.Name, "good") {
			continue
		}
		path := filepath.Join(t.TempDir(), "message.txt")
		if err := os.WriteFile(path, append(append(act[:len(act):len(act)], '\n'), "["+v.Text+"]"...), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, out := ask("proof", path, "-keys", vectors+"descriptor-us.jws"); code != 1 || !strings.Contains(out, "[altered]") {
			t.Errorf("%s: %d %s", v.Name, code, out)
		}
	}
}

// TestSoftwareIsSaid: whoever reads hears where a passkey is kept.
func TestSoftwareIsSaid(t *testing.T) {
	for lang, word := range map[string]string{"en": "program", "es": "programa"} {
		v := voice{lang: lang}
		if got := v.strength(wire.Signature{Strength: wire.StrengthStrong, Held: wire.HeldSoftware}); !strings.Contains(got, word) {
			t.Error(got)
		}
		if got := v.strength(wire.Signature{Strength: wire.StrengthStrong, Held: wire.HeldDevice}); strings.Contains(got, word) || got == "" {
			t.Error(got)
		}
	}
}
