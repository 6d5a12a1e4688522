package access_test

import (
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
)

// How somebody reads the pages is kept for the account, and one change leaves
// the others as they were.
func TestALookIsKeptForTheAccount(t *testing.T) {
	d := newDoor(t)
	keep := func(user string, change func(*access.Look)) {
		t.Helper()
		if err := d.KeepLook(t.Context(), user, change); err != nil {
			t.Fatal(err)
		}
	}
	keep("u1", func(l *access.Look) { l.Theme = "contrast" })
	keep("u1", func(l *access.Look) { l.Lang = "es" })
	keep("u2", func(l *access.Look) { l.Theme = "dark" })
	got, err := d.Look(t.Context(), "u1")
	if err != nil || got.Theme != "contrast" || got.Lang != "es" {
		t.Errorf("%+v, %v", got, err)
	}
}

// What is new on one's day is what came since the visit before: looking again
// within a visit does not make it old.
func TestADayIsNewSinceTheVisitBefore(t *testing.T) {
	d := newDoor(t)
	first := d.now
	for _, x := range []struct {
		after time.Duration
		want  time.Time
	}{
		{0, time.Time{}},                             // the first visit
		{10 * time.Minute, time.Time{}},              // the same visit
		{9 * time.Hour, first.Add(10 * time.Minute)}, // the next day
		{time.Minute, first.Add(10 * time.Minute)},   // looked at again
		{access.SessionIdle, first.Add(9*time.Hour + 11*time.Minute)},
	} {
		d.now = d.now.Add(x.after)
		l, err := d.LookedAtDay(t.Context(), "u1")
		if err != nil || !l.Before.Equal(x.want) {
			t.Errorf("at %s: new since %s, want %s (%v)", d.now.Format(time.TimeOnly), l.Before, x.want, err)
		}
	}
}
