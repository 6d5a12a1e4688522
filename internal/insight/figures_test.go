package insight

import (
	"testing"

	"pgregory.net/rapid"
)

// TestNothingHiddenCanBeWorkedOut: whatever the counts, no shown cell is under
// eleven, and no hidden one is what its total leaves when the others are taken away,
// along rows, columns and steps.
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
		suppress(sums)
		for _, s := range sums {
			hidden := 0
			for _, c := range append(append([]*Cell{}, s.parts...), s.total) {
				if c.Hidden {
					hidden++
				}
				if c.Hidden && c.N != 0 || !c.Hidden && c.N > 0 && c.N < Least {
					t.Fatalf("shown: %+v", c)
				}
			}
			if hidden == 1 {
				t.Fatalf("what is hidden is what is left: total %+v", s.total)
			}
		}
	})
}
