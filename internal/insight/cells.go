package insight

import "slices"

// Least is the smallest count that is shown: below it a figure could be told
// from a person.
const Least = 11

// Cell is a count as it may be shown.
type Cell struct {
	N      int  `json:"n"` // 0 where it is hidden
	Hidden bool `json:"hidden,omitempty"`
	// unseen is a count that no table has and that others may give all the same.
	unseen bool
	// spare is hidden before others, because readers miss it least.
	spare bool
}

// small reports whether a count could be told from a person.
func (c *Cell) small() bool { return c.N > 0 && c.N < Least }

// shown reports whether a reader has a count other than none.
func (c *Cell) shown() bool { return !c.Hidden && !c.unseen && c.N > 0 }

// sum is cells that make up a total: what is hidden of them may not be worked out
// from the others.
type sum struct {
	total *Cell
	parts []*Cell
}

// suppress hides what is too small, and then as much more as it takes: of each
// sum either nothing is hidden, or two parts at least that are together no small
// count, or the total too; and no count that is hidden, nor a small one that no
// table has, follows from all the sums together. What is hidden loses its number
// once it is settled.
func suppress(sums []sum) {
	for again := true; again; {
		for changed := true; changed; {
			changed = false
			for _, s := range sums {
				changed = s.step() || changed
			}
		}
		again = false
		if row := newSystem(sums).told(); row != nil {
			again = hideBeside(sums, row)
		}
	}
	for _, s := range sums {
		for _, c := range s.cells() {
			if c.Hidden {
				c.N = 0
			}
		}
	}
}

func (s sum) cells() []*Cell { return append(slices.Clone(s.parts), s.total) }

// step hides what one sum asks to be hidden, and reports whether it did. A sum with
// parts that no table has is no reader's sum; told sees to it.
func (s sum) step() (changed bool) {
	for _, c := range s.cells() {
		if c.shown() && c.small() {
			c.Hidden, changed = true, true
		}
	}
	if slices.ContainsFunc(s.parts, func(c *Cell) bool { return c.unseen }) {
		return changed
	}
	hidden, together := 0, 0
	for _, c := range s.parts {
		if c.Hidden {
			hidden++
			together += c.N
		}
	}
	switch {
	case hidden == 0 && s.total.Hidden: // its parts would give it
		if c := s.next(); c != nil {
			c.Hidden = true
			return true
		}
	case hidden > 0 && !s.total.Hidden && (hidden == 1 || together < Least):
		c := s.next()
		if c == nil {
			c = s.total // nothing else is left: the whole would be the part
		}
		c.Hidden = true
		return true
	}
	return changed
}

// next is the part to be hidden next: a spare one, or the smallest that is shown
// and not empty; nil if there is none.
func (s sum) next() *Cell { return first(s.parts) }

// first is the cell that is missed least; nil if none is shown.
func first(cells []*Cell) (out *Cell) {
	for _, c := range cells {
		if c.shown() && (out == nil || c.spare && !out.spare || c.spare == out.spare && c.N < out.N) {
			out = c
		}
	}
	return out
}

// hideBeside hides one more cell of the sums that give what may not be told; where
// they have none left, one of any. It reports whether there was one.
func hideBeside(sums []sum, row []*Cell) bool {
	var near, all []*Cell
	for _, s := range sums {
		cells := s.cells()
		all = append(all, cells...)
		if slices.ContainsFunc(cells, func(c *Cell) bool { return slices.Contains(row, c) }) {
			near = append(near, cells...)
		}
	}
	c := first(near)
	if c == nil {
		c = first(all)
	}
	if c == nil {
		return false
	}
	c.Hidden = true
	return true
}
