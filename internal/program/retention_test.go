package program

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func moment(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

// Review and purge dates come from the facts of the record alone.
func TestKeepByClass(t *testing.T) {
	opened, closed := moment("2024-02-01"), moment("2025-03-10")
	acquitted, convicted := Ending{"acquittal", moment("2025-01-15")}, Ending{"conviction", moment("2025-02-20")}
	for name, x := range map[string]struct {
		held          Held
		class         string
		review, purge string
	}{
		"an open case is looked at after five years": {Held{Of: KeptCase, Opened: opened, Suspects: 1}, "case_open", "2029-02-01", ""},
		"a closed case goes after five":              {Held{Of: KeptCase, Opened: opened, Closed: closed, Suspects: 1}, "case_closed", "2026-03-10", "2030-03-10"},
		"a conviction":                               {Held{Of: KeptCase, Opened: opened, Closed: closed, Endings: []Ending{acquitted, convicted}, Suspects: 2}, "case_convicted", "2030-02-20", "2037-02-20"},
		"all were acquitted, and it was not closed":  {Held{Of: KeptCase, Opened: opened, Endings: []Ending{acquitted}, Suspects: 1}, "case_cleared", "2025-04-16", "2026-01-15"},
		"one of two was acquitted":                   {Held{Of: KeptCase, Opened: opened, Endings: []Ending{acquitted}, Suspects: 2}, "case_open", "2029-02-01", ""},
		"the one who was acquitted":                  {Held{Of: KeptPerson, Opened: opened, Endings: []Ending{acquitted}, Suspect: true}, "person_cleared", "2025-04-16", "2026-01-15"},
		"the one who was convicted goes with it":     {Held{Of: KeptPerson, Opened: opened, Endings: []Ending{convicted}, Suspect: true}, "", "", ""},
		"a temporary archive clears nobody":          {Held{Of: KeptPerson, Opened: opened, Endings: []Ending{{"temporary_archive", closed}}, Suspect: true}, "", "", ""},
		"a witness, while the case is open":          {Held{Of: KeptPerson, Opened: opened, Protected: true}, "", "", ""},
		"a witness of a closed case":                 {Held{Of: KeptPerson, Opened: opened, Closed: closed, Protected: true}, "person_protected", "2026-03-10", "2030-03-10"},
		"a child of a closed case":                   {Held{Of: KeptPerson, Opened: opened, Closed: closed, Protected: true, Child: true}, "person_child", "2026-03-10", "2028-03-10"},
		"an official":                                {Held{Of: KeptPerson, Opened: opened, Closed: closed}, "", "", ""},
		"an alert that stands":                       {Held{Of: KeptAlert, Opened: opened}, "", "", ""},
		"an alert that is over":                      {Held{Of: KeptAlert, Opened: opened, Ended: closed}, "alert_over", "2026-03-10", "2027-03-10"},
	} {
		term, ok := Keep(x.held)
		if ok != (x.class != "") || term.Class.ID != x.class {
			t.Errorf("%s: class %q, %v", name, term.Class.ID, ok)
			continue
		}
		for what, d := range map[string][2]string{"review": {dayOf(term.Review), x.review}, "purge": {dayOf(term.Purge), x.purge}} {
			if d[0] != d[1] {
				t.Errorf("%s: %s on %s, want %s", name, what, d[0], d[1])
			}
		}
	}
}

func dayOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// No class is looked at later than after five years (28 CFR 23.20(h)), none goes
// before it was looked at, and each says in both languages on what it rests.
func TestEveryClassIsReviewedInTime(t *testing.T) {
	start := moment("2026-01-01")
	seen := map[string]bool{}
	for _, c := range RetentionClasses() {
		review, purge := c.Review.after(start), c.Purge.after(start)
		if review.IsZero() || review.After(LongestReview(start)) || !purge.IsZero() && !purge.After(review) {
			t.Errorf("%s: review %s, purge %s", c.ID, review, purge)
		}
		if seen[c.ID] || c.Title.En == "" || c.Title.Es == "" || c.Source.En == "" || c.Source.Es == "" {
			t.Errorf("%s: twice, or not in both languages", c.ID)
		}
		seen[c.ID] = true
	}
	all := loadRetention()
	for _, id := range append(append([]string{}, all.Clears...), all.Convicts...) {
		if _, ok := OutcomeByID(id); !ok {
			t.Errorf("%s is no outcome", id)
		}
	}
	for _, g := range all.Retains {
		if g.Title.En == "" || g.Title.Es == "" || g.Law.En == "" || g.Law.Es == "" {
			t.Errorf("ground %s is not in both languages", g.ID)
		}
	}
}

// Once something is due it stays due until somebody decides, whatever the day.
func TestWhatIsDueStaysDue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := moment("2020-01-01").AddDate(0, 0, rapid.IntRange(0, 3000).Draw(t, "start"))
		c := rapid.SampledFrom(RetentionClasses()).Draw(t, "class")
		term := Term{Class: c, Start: start, Review: c.Review.after(start), Purge: c.Purge.after(start)}
		now := start.AddDate(0, 0, rapid.IntRange(0, 6000).Draw(t, "now"))
		later := now.AddDate(0, 0, rapid.IntRange(0, 6000).Draw(t, "later"))
		if was := term.State(time.Time{}, now); was == PurgeDue && term.State(time.Time{}, later) != PurgeDue || was == ReviewDue && term.State(time.Time{}, later) == KeptRunning {
			t.Fatalf("%s: due on %s, and not on %s", c.ID, now, later)
		}
		if next := now.AddDate(0, 0, rapid.IntRange(1, 1800).Draw(t, "next")); term.State(next, now) != KeptRunning || term.State(next, next) == KeptRunning {
			t.Fatalf("%s: kept until %s", c.ID, next)
		}
	})
}
