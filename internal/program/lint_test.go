package program

import "testing"

func TestEverythingCarriedIsSound(t *testing.T) {
	for _, f := range Lint() {
		t.Error(f)
	}
}
