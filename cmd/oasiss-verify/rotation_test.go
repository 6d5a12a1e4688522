package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/wire"
)

// A node that has changed its keys: what the former one signed is checked with
// both its descriptors, and not with that of another node.
func TestReceiptByAFormerKey(t *testing.T) {
	text, err := os.ReadFile(vectors + "descriptor-mx.jws")
	if err != nil {
		t.Fatal(err)
	}
	d, err := wire.ReadDescriptor(string(text))
	if err != nil {
		t.Fatal(err)
	}
	seed := sha256.Sum256([]byte("the key that came after"))
	after := ed25519.NewKeyFromSeed(seed[:])
	d.SignKey, d.Created = after.Public().(ed25519.PublicKey), d.Created.Add(time.Hour)
	signed, err := wire.SignDescriptor(d, after)
	if err != nil {
		t.Fatal(err)
	}
	now := filepath.Join(t.TempDir(), "mx-now.jws")
	if err := os.WriteFile(now, []byte(signed), 0o600); err != nil {
		t.Fatal(err)
	}
	receipt, former := vectors+"receipt.jws", vectors+"descriptor-mx.jws"
	if code, out := ask("receipt", receipt, "-keys", now, "-keys", former); code != exitHolds {
		t.Error(out)
	}
	if code, out := ask("receipt", receipt, "-keys", now); code != exitFails {
		t.Error(out)
	}
	if code, out := ask("receipt", receipt, "-keys", former, "-keys", vectors+"descriptor-us.jws"); code != exitFails || !strings.Contains(out, "different nodes") {
		t.Error(out)
	}
}
