package access

import (
	"slices"
	"testing"
)

// TestWrongPasswordAndUnknownNameTakeTheSameWork counts what is derived for each:
// the same calls at the same cost, also for the first name that nobody has. What
// a clock says of it depends on the machine, so that no clock is asked.
func TestWrongPasswordAndUnknownNameTakeTheSameWork(t *testing.T) {
	type call struct {
		passes, memory, key uint32
		lanes               uint8
		salt                int
	}
	var calls []call
	real := idKey
	t.Cleanup(func() { idKey = real })
	idKey = func(password, salt []byte, passes, memory uint32, lanes uint8, key uint32) []byte {
		calls = append(calls, call{passes, memory, key, lanes, len(salt)})
		return real(password, salt, passes, memory, lanes, key)
	}
	done := func(phc, password string) []call {
		t.Helper()
		calls = nil
		if ok, err := VerifySecret(t.Context(), phc, password); ok || err != nil {
			t.Fatalf("%v, %v", ok, err)
		}
		return slices.Clone(calls)
	}
	unknown := done("", "seven herons over the bridge")
	phc, err := HashSecret(t.Context(), "seven herons over the bridge")
	if err != nil {
		t.Fatal(err)
	}
	wrong := done(phc, "seven egrets over the bridge")
	if len(wrong) != 1 || !slices.Equal(unknown, wrong) {
		t.Errorf("for an unknown name %v, for a wrong password %v", unknown, wrong)
	}
	if long := done(phc, string(make([]byte, 8*PasswordMax))); !slices.Equal(long, wrong) {
		t.Errorf("for a password that nobody could have %v", long)
	}
}
