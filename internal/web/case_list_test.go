package web

import (
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/referral"
)

// A case shows the clock that dies first of all its referrals, whether it was
// referred from here or opened here for what came.
func TestACaseShowsTheClockThatDiesFirst(t *testing.T) {
	due := func(hours int) *referral.Clock {
		return &referral.Clock{Due: now.Add(time.Duration(hours) * time.Hour)}
	}
	clocks := firstClocks([]referral.Row{{Case: "a", Clock: due(9)}, {Case: "a", Clock: due(-2)}, {Case: "a", Clock: due(30)}, {Case: "a"},
		{Case: "theirs", OwnCase: "b", Clock: due(4)}, {Case: "c"}})
	for id, want := range map[string]*referral.Clock{"a": due(-2), "b": due(4), "c": nil, "": nil} {
		got := clocks[id]
		if (got == nil) != (want == nil) || got != nil && !got.Due.Equal(want.Due) {
			t.Errorf("case %q shows %+v, want %+v", id, got, want)
		}
	}
	for i, c := range []struct {
		a, b *referral.Clock
		want int
	}{{due(1), due(2), -1}, {due(1), nil, -1}, {nil, due(1), 1}, {nil, nil, 0}} {
		if got := byClock(c.a, c.b); got != c.want {
			t.Errorf("%d: order %d, want %d", i, got, c.want)
		}
	}
}
