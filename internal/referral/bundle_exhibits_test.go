package referral

import (
	"testing"

	"github.com/oasiss/oasiss/wire"
)

// TestWhatABundleCarries: a file by itself too large, and one that is too large
// with those before it, are listed and not carried; at the bound it is carried.
func TestWhatABundleCarries(t *testing.T) {
	for _, c := range []struct {
		size, carried int64
		why           string
	}{
		{1, 0, ""},
		{wire.MaxBundleExhibit, 0, ""},
		{wire.MaxBundleExhibit + 1, 0, wire.AbsentTooLarge},
		{wire.MaxBundleExhibit, wire.MaxBundleExhibits - wire.MaxBundleExhibit, ""},
		{wire.MaxBundleExhibit, wire.MaxBundleExhibits - wire.MaxBundleExhibit + 1, wire.AbsentTooLarge},
	} {
		if got := tooLarge(c.size, c.carried); got != c.why {
			t.Errorf("%d after %d: %q, want %q", c.size, c.carried, got, c.why)
		}
	}
}
