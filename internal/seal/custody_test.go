package seal_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
)

// Two custodians together bring the keys back, all generations of them; one
// alone, with anything in place of the other's share, does not.
func TestTwoCustodians(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	if err := seal.CreateNodeKeys(dir, time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.Next(dir, 1, time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := seal.Activate(dir, 2); err != nil {
		t.Fatal(err)
	}
	was, err := seal.LoadNodeKeys(dir)
	if err != nil {
		t.Fatal(err)
	}
	sealed, shares, err := seal.BackupKeys(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, others, err := seal.BackupKeys(dir)
	if err != nil {
		t.Fatal(err)
	}
	anew := filepath.Join(t.TempDir(), "keys")
	for _, c := range []struct {
		shares [2]string
		code   string
	}{
		{[2]string{shares[0], shares[0]}, "key.shares"},
		{[2]string{shares[0], others[1]}, "key.shares"},
		{[2]string{shares[0], ""}, "key.share"},
		{[2]string{shares[0], strings.Replace(shares[1], shares[1][:1], "Q", 1)[:20]}, "key.share"},
	} {
		if err := seal.RestoreKeys(sealed, c.shares, anew); !refusal.Is(err, c.code) {
			t.Errorf("%v, want %s", err, c.code)
		}
	}
	sealed[len(sealed)-1] ^= 1
	if err := seal.RestoreKeys(sealed, shares, anew); !refusal.Is(err, "key.shares") {
		t.Errorf("a changed byte: %v", err)
	}
	sealed[len(sealed)-1] ^= 1
	if seal.HasNodeKeys(anew) {
		t.Fatal("something was written")
	}
	typed := [2]string{strings.ToLower(strings.ReplaceAll(shares[1], "-", " ")), shares[0] + "\n"}
	if err := seal.RestoreKeys(sealed, typed, anew); err != nil {
		t.Fatal(err)
	}
	is, err := seal.LoadNodeKeys(anew)
	if err != nil || !is.Sign.Equal(was.Sign) || is.Wrapping != was.Wrapping || len(is.Former) != 1 {
		t.Errorf("%v", err)
	}
	if err := seal.RestoreKeys(sealed, shares, anew); !refusal.Is(err, "key.there") {
		t.Errorf("over keys: %v", err)
	}
	if info, err := os.Stat(filepath.Join(anew, "sign.key")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
}
