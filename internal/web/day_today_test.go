package web

import (
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/view"
)

// TestSomebodyBetweenTwoSignaturesIsNotHandedOverToday: who was given days ago and
// never received stands among the hand-overs of today, and is not counted as one.
func TestSomebodyBetweenTwoSignaturesIsNotHandedOverToday(t *testing.T) {
	q := &request{zoned: i18n.Zone("America/Chicago"), s: &Server{Acts: &act.Acts{Now: func() time.Time { return now }}}}
	for says, c := range map[string]struct {
		all  []view.HandOver
		want int
	}{
		"none":                        {nil, 0},
		"an appointment of today":     {[]view.HandOver{{At: at(2)}}, 1},
		"one of today that is late":   {[]view.HandOver{{At: at(-1), Alarm: true}}, 1},
		"since days ago":              {[]view.HandOver{{At: at(-72), Alarm: true}}, 0},
		"when it is is not told here": {[]view.HandOver{{At: time.Time{}, Safe: true}}, 1},
	} {
		if got := q.handedOverToday(c.all); got != c.want {
			t.Errorf("%s: %d, want %d", says, got, c.want)
		}
	}
}
