package access_test

import (
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/access"
)

// R05: what is kept of a password is salted and dear to try, nothing of it is
// cut, and the same characters typed on another keyboard are the same password.
func TestR05PasswordIsKeptSaltedAndWhole(t *testing.T) {
	long := strings.Repeat("nopal tren lluvia ", 14) + "é7"
	first, err := access.HashSecret(t.Context(), long)
	if err != nil {
		t.Fatal(err)
	}
	second, err := access.HashSecret(t.Context(), long)
	if err != nil {
		t.Fatal(err)
	}
	if first == second || strings.Contains(first, "nopal") || !strings.HasPrefix(first, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("kept as %q and %q", first, second)
	}
	for typed, want := range map[string]bool{
		long: true,
		strings.ReplaceAll(long, "é", "e\u0301"): true, // composed by another keyboard
		long[:len(long)-1]:                       false,
		long + " ":                               false,
		strings.ToUpper(long):                    false,
		"":                                       false,
	} {
		if right, err := access.VerifySecret(t.Context(), first, typed); err != nil || right != want {
			t.Errorf("%d characters, the last %q: %v, %v", len(typed), typed[max(0, len(typed)-3):], right, err)
		}
	}
}
