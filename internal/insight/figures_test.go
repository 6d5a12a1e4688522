package insight

import (
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestNothingHiddenCanBeWorkedOut: whatever the counts, no shown cell is under
// eleven, and no hidden one follows from what is shown, along rows, columns and
// steps, nor by all of them together.
func TestNothingHiddenCanBeWorkedOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, columns := rapid.IntRange(1, 6).Draw(t, "rows"), rapid.IntRange(2, 4).Draw(t, "columns")
		cells, at := make([][]Cell, rows+1), rapid.IntRange(0, 40)
		for r := range cells {
			cells[r] = make([]Cell, columns+1)
		}
		for r := range rows {
			for c := range columns {
				n := at.Draw(t, "n")
				for _, x := range []*Cell{&cells[r][c], &cells[r][columns], &cells[rows][c], &cells[rows][columns]} {
					x.N += n
				}
			}
		}
		var sums []sum
		for r := range cells {
			s := sum{total: &cells[r][columns]}
			for c := range columns {
				s.parts = append(s.parts, &cells[r][c])
			}
			sums = append(sums, s)
		}
		for c := range columns + 1 {
			s := sum{total: &cells[rows][c]}
			for r := range rows {
				s.parts = append(s.parts, &cells[r][c])
			}
			sums = append(sums, s)
		}
		keepsWhatItHides(t, sums)
	})
}

// keepsWhatItHides suppresses sums and looks at what is left of them as a reader
// would who knows the rule and adds and takes away as they like.
func keepsWhatItHides(t *rapid.T, sums []sum) {
	t.Helper()
	had := map[*Cell]int{}
	for _, s := range sums {
		for _, c := range s.cells() {
			had[c] = c.N
		}
	}
	suppress(sums)
	for _, s := range sums {
		hidden, left := 0, 0
		for _, c := range s.parts {
			if c.Hidden || c.unseen {
				hidden++
				left += had[c]
			}
		}
		for _, c := range s.cells() {
			if c.Hidden && c.N != 0 || c.shown() && c.small() {
				t.Fatalf("shown: %+v", c)
			}
		}
		if !s.total.Hidden && left > 0 && left < Least {
			t.Fatalf("%d hidden parts are together %d, which the total %d gives", hidden, left, s.total.N)
		}
	}
	for c, n := range had {
		if n > 0 && (c.Hidden || c.unseen && n < Least) && follows(sums, had, c) {
			t.Fatalf("a count of %d (hidden %v) follows from what is shown", n, c.Hidden)
		}
	}
}

// follows reports whether the sums give one cell from those that are shown: whether
// it alone is a combination of their equations.
func follows(sums []sum, had map[*Cell]int, c *Cell) bool {
	place := map[*Cell]int{}
	for x, n := range had {
		if n > 0 && (x.Hidden || x.unseen) {
			place[x] = len(place)
		}
	}
	var rows [][]*big.Rat
	for _, s := range sums {
		row := nothing(len(place))
		for _, x := range s.parts {
			if at, ok := place[x]; ok {
				row[at].Add(row[at], big.NewRat(1, 1))
			}
		}
		if at, ok := place[s.total]; ok {
			row[at].Sub(row[at], big.NewRat(1, 1))
		}
		rows = append(rows, row)
	}
	alone := nothing(len(place))
	alone[place[c]].SetInt64(1)
	without := rank(rows)
	return rank(append(rows, alone)) == without
}

func nothing(n int) []*big.Rat {
	out := make([]*big.Rat, n)
	for i := range out {
		out[i] = new(big.Rat)
	}
	return out
}

// rank is how many of the rows say something that the others do not.
func rank(given [][]*big.Rat) (out int) {
	rows := make([][]*big.Rat, len(given))
	for i, row := range given {
		rows[i] = nothing(len(row))
		for j, x := range row {
			rows[i][j].Set(x)
		}
	}
	for column := 0; len(rows) > 0 && column < len(rows[0]); column++ {
		pivot := -1
		for r := out; r < len(rows) && pivot < 0; r++ {
			if rows[r][column].Sign() != 0 {
				pivot = r
			}
		}
		if pivot < 0 {
			continue
		}
		rows[out], rows[pivot] = rows[pivot], rows[out]
		for r := out + 1; r < len(rows); r++ {
			if rows[r][column].Sign() == 0 {
				continue
			}
			times := new(big.Rat).Quo(rows[r][column], rows[out][column])
			for i := column; i < len(rows[r]); i++ {
				rows[r][i].Sub(rows[r][i], new(big.Rat).Mul(times, rows[out][i]))
			}
		}
		if out++; out == len(rows) {
			return out
		}
	}
	return out
}

// drawn are courses as referrals have them: each goes as far as it does, in one of
// two directions, in the months of a year.
func drawn(t *rapid.T) []course {
	var out []course
	ends := []string{"sent", "studied", "accepted", "received", "imputed", "bound_over", "convicted"}
	for range rapid.IntRange(1, 5).Draw(t, "groups") {
		until, ended := rapid.IntRange(0, len(ends)-1).Draw(t, "until"), rapid.Bool().Draw(t, "ended")
		reason, month := rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "reason"), time.Month(rapid.IntRange(1, 12).Draw(t, "month"))
		from, to := "US", "MX"
		if rapid.IntRange(0, 3).Draw(t, "back") == 0 {
			from, to = to, from
		}
		for n := range rapid.IntRange(1, 60).Draw(t, "many") {
			c := course{at: map[string]time.Time{}, not: map[string]bool{}, from: from, to: to, month: month}
			for i := 0; i <= until; i++ {
				c.at[ends[i]] = time.Date(2026, month, 1+i, n%24, 0, 0, 0, time.UTC)
			}
			if ended {
				for _, id := range ends[until+1:] {
					c.not[id] = true
				}
				if until < 2 {
					c.reason = reason
				}
			}
			out = append(out, c)
		}
	}
	return out
}

// TestNoFigureTellsOfAFew: of whatever became of a year's referrals no figure of a
// direction tells a count under eleven, not even one that no table has: how many were
// studied and not accepted, or ended without an answer.
func TestNoFigureTellsOfAFew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := Way{From: "us", To: "mx"}
		var all []course
		for _, c := range drawn(t) {
			if c.from == "US" {
				all = append(all, c)
			}
		}
		keepsWhatItHides(t, w.sums(all))
	})
}

// TestEachDirectionStandsForItself: what one country sent is in no figure of what
// the other sent, and each step names who takes it in its direction.
func TestEachDirectionStandsForItself(t *testing.T) {
	sent := func(n int, from, to string) (out []course) {
		for range n {
			out = append(out, course{at: map[string]time.Time{"sent": time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}, not: map[string]bool{}, from: from, to: to, month: 3})
		}
		return out
	}
	f := count(append(sent(40, "US", "MX"), sent(15, "MX", "US")...), "tamaulipas", 2026)
	if len(f.Ways) != 2 {
		t.Fatalf("%d directions", len(f.Ways))
	}
	for i, want := range []struct {
		from, to string
		n        int
	}{{"us", "mx", 40}, {"mx", "us", 15}} {
		w := f.Ways[i]
		if w.From != want.from || w.To != want.to || w.Steps[0].Count.N != want.n || w.Months[2].Sent.N != want.n || w.Steps[0].Country != want.from || w.Steps[2].Country != want.to {
			t.Errorf("%+v, not %+v", w.Steps, want)
		}
	}
}

// What is studied and comes to nothing is a few: the tables that would give it have
// a hole, and the one that readers miss least.
func TestWhatIsMissedLeastIsHidden(t *testing.T) {
	var all []course
	add := func(n int, steps []string, declined bool) {
		for i := range n {
			c := course{at: map[string]time.Time{}, not: map[string]bool{}, from: "US", to: "MX", month: time.Month(1 + i%2)}
			for _, s := range steps {
				c.at[s] = time.Date(2026, c.month, 1, 0, 0, 0, 0, time.UTC)
			}
			if declined {
				c.not["accepted"], c.reason = true, "a"
			}
			all = append(all, c)
		}
	}
	add(120, []string{"sent", "studied", "accepted"}, false)
	add(4, []string{"sent", "studied"}, false)
	add(40, []string{"sent"}, false)
	w := count(all, "tamaulipas", 2026).Ways[0]
	if s := w.step("accepted"); s.Count.N != 120 || s.Unknown.N != 44 {
		t.Errorf("accepted: %+v", s)
	}
	if s := w.step("studied"); !s.Count.Hidden || !s.Unknown.Hidden || s.Days != -1 {
		t.Errorf("studied: %+v", s)
	}
}
