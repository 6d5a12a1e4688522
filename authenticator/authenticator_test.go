package authenticator_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/authenticator"
)

// A key answers its own node alone: not another, and not a page elsewhere that
// asks in its name.
func TestAnswersItsOwnNodeAlone(t *testing.T) {
	k := authenticator.New("us.example")
	for name, c := range map[string]struct {
		party, origin string
		ok            bool
	}{
		"its pages":          {"us.example", "https://us.example:8443", true},
		"a part of its host": {"us.example", "https://casos.us.example", true},
		"another node":       {"mx.example", "https://mx.example", false},
		"a page elsewhere":   {"us.example", "https://us.example.test", false},
		"a name like it":     {"us.example", "https://notus.example", false},
	} {
		_, err := k.Assert(c.party, c.origin, "AAAA")
		_, _, made := k.Register(c.party, c.origin, "AAAA")
		if (err == nil) != c.ok || (made == nil) != c.ok || !c.ok && !errors.Is(err, authenticator.ErrElsewhere) {
			t.Errorf("%s: %v, %v", name, err, made)
		}
	}
}

// A file opens by its passphrase alone, holds no key in clear, and is noticed
// to be altered.
func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "one.passkey")
	k := authenticator.New("us.example")
	if err := k.Save(path, "seven herons over the bridge"); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	if _, err := authenticator.Load(path, "another"); !errors.Is(err, authenticator.ErrPassphrase) {
		t.Error(err)
	}
	got, err := authenticator.Load(path, "seven herons over the bridge")
	if err != nil || got.Credential != k.Credential {
		t.Fatal(got, err)
	}
	if !bytes.Equal(k.Public(), got.Public()) {
		t.Error("the key that was loaded is another one")
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(raw), "us.example", "mx.example", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := authenticator.Load(path, "seven herons over the bridge"); !errors.Is(err, authenticator.ErrPassphrase) {
		t.Errorf("a file of another node: %v", err)
	}
}
