package web

import (
	"testing"
	"time"
)

// Whoever asks too often is not answered until the first of it is long ago;
// nobody else notices.
func TestLooksAreBounded(t *testing.T) {
	var p pace
	for i := range mostLooks {
		if !p.admits("a", at(0).Add(time.Duration(i)*time.Second)) {
			t.Fatalf("look %d is refused", i)
		}
	}
	end := at(0).Add(lookSpan)
	for _, c := range []struct {
		who  string
		when time.Time
		want bool
	}{{"a", end.Add(-time.Second), false}, {"b", end.Add(-time.Second), true}, {"a", end, true}, {"a", end, false}} {
		if got := p.admits(c.who, c.when); got != c.want {
			t.Errorf("%s at %s: %v", c.who, c.when.Sub(at(0)), got)
		}
	}
}
