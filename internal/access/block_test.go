package access_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/refusal"
)

// R02: an address with many failures is refused everything, for twice as long
// each time it comes to that again, up to eight hours; it is told the same of
// names that exist and names that do not, and once a day quiet it begins anew.
func TestR02AddressWaitsTwiceAsLongEachTime(t *testing.T) {
	d := newDoor(t)
	name := 0
	from := func(login string) error {
		_, _, err := d.SignIn(t.Context(), access.SignIn{Login: login, Password: right, Addr: "198.51.100.7", Notice: true, Door: "web"})
		return err
	}
	fail := func() {
		t.Helper()
		for range 30 {
			name++
			if err := from(fmt.Sprintf("nobody%d", name)); !refusal.Is(err, "access.sign_in_refused") {
				t.Fatalf("a name that does not exist: %v", err)
			}
		}
	}
	shut := func() {
		t.Helper()
		for _, login := range []string{"lrivera", "nobody-at-all"} {
			if err := from(login); !refusal.Is(err, "access.too_many") {
				t.Errorf("%s while the address is blocked: %v", login, err)
			}
		}
	}
	minutes := []time.Duration{15, 30, 60, 120, 240, 480, 480}
	for _, m := range minutes {
		fail()
		shut()
		d.now = d.now.Add(m*time.Minute - time.Second)
		shut()
		d.now = d.now.Add(time.Second)
		if m == 480 {
			continue
		}
		if err := from("lrivera"); err != nil {
			t.Fatalf("after %d minutes: %v", m, err)
		}
	}
	facts := 0
	for _, k := range d.kinds() {
		if k == "access.sign_in_failed.1" {
			facts++
		}
	}
	if want := len(minutes) * 31; facts != want {
		t.Errorf("%d failures are recorded, want %d: each, and once that a block began", facts, want)
	}
	d.now = d.now.Add(24 * time.Hour)
	fail()
	shut()
	d.now = d.now.Add(15 * time.Minute)
	if err := from("lrivera"); err != nil {
		t.Errorf("a day later the first block is the shortest again: %v", err)
	}
	if _, err := d.try(right); err != nil {
		t.Errorf("from another address: %v", err)
	}
}
