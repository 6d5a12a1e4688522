package insight

import (
	"math"
	"slices"
)

// system is what a reader of the tables can work with: an equation for each sum,
// whose unknowns are the counts that are not shown.
type system struct {
	unknown []*Cell
	rows    [][]float64
}

// newSystem makes the equations of sums. A count of none is known: it is shown, and
// of those that no table has the law of the procedure says which there cannot be.
func newSystem(sums []sum) system {
	var y system
	place := map[*Cell]int{}
	for _, s := range sums {
		for _, c := range s.cells() {
			if _, known := place[c]; !known && c.N > 0 && !c.shown() {
				place[c] = len(y.unknown)
				y.unknown = append(y.unknown, c)
			}
		}
	}
	for _, s := range sums {
		row := make([]float64, len(y.unknown))
		for _, c := range s.parts {
			if at, unknown := place[c]; unknown {
				row[at]++
			}
		}
		if at, unknown := place[s.total]; unknown {
			row[at]--
		}
		y.rows = append(y.rows, row)
	}
	y.reduce()
	return y
}

// tiny is what rounding leaves of nothing: the entries are whole numbers, or
// fractions of small ones.
const tiny = 1e-9

// reduce brings the equations to their reduced form, so that what follows from
// all of them together stands in single ones.
func (y *system) reduce() {
	top := 0
	for column := range y.unknown {
		pivot := slices.IndexFunc(y.rows[top:], func(row []float64) bool { return math.Abs(row[column]) > tiny })
		if pivot < 0 {
			continue
		}
		y.rows[top], y.rows[top+pivot] = y.rows[top+pivot], y.rows[top]
		for i, by := column, y.rows[top][column]; i < len(y.unknown); i++ {
			y.rows[top][i] /= by
		}
		for r := range y.rows {
			if times := y.rows[r][column]; r != top && math.Abs(times) > tiny {
				for i := column; i < len(y.unknown); i++ {
					y.rows[r][i] -= times * y.rows[top][i]
				}
			}
		}
		if top++; top == len(y.rows) {
			return
		}
	}
}

// told gives the cells of an equation that tells what may not be told: one that is
// hidden or too small by itself, or several that are a small count together; nil if
// there is none.
func (y system) told() []*Cell {
	for _, row := range y.rows {
		var cells []*Cell
		together, added := 0.0, true
		for i, times := range row {
			if math.Abs(times) > tiny {
				cells = append(cells, y.unknown[i])
				together += times * float64(y.unknown[i].N)
				added = added && times > 0
			}
		}
		one := len(cells) == 1 && (cells[0].Hidden || cells[0].small())
		if one || len(cells) > 1 && added && together < Least-tiny {
			return cells
		}
	}
	return nil
}
